"""What was said in public: facts with their source, published figures, and targets."""

from typing import Self
from urllib.parse import urlsplit

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cooperatives.models.territory import Cooperative, Kecamatan
from cooperatives.scope import may_view
from kkmp.accounts.models import User
from kkmp.accounts.permissions import sees_whole_city
from kkmp.edited import EditedModel


class PublicFactQuerySet(models.QuerySet["PublicFact"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Facts about cooperatives in view, and those about the whole city."""
        if not may_view(self.model, user):
            return self.none()
        return self.filter(Q(cooperative=None) | Q(cooperative__in=Cooperative.objects.visible_to(user)))

    def city_wide(self) -> Self:
        return self.filter(cooperative=None)


class PublicFact(models.Model):
    """Something a public source said; kept with the source and how sure it is, never mixed with our own records."""

    key = models.SlugField(_("kunci"), max_length=60, unique=True)
    cooperative = models.ForeignKey(
        Cooperative,
        models.PROTECT,
        verbose_name=_("koperasi"),
        null=True,
        blank=True,
        related_name="public_facts",
    )
    text = models.CharField(_("isi"), max_length=400)
    on = models.DateField(_("tanggal"))
    until = models.DateField(_("sampai"), null=True, blank=True)
    source = models.URLField(_("sumber"), max_length=400)
    confidence = models.CharField(_("tingkat keyakinan"), max_length=100, blank=True)
    note = models.CharField(_("catatan"), max_length=400, blank=True)

    objects = PublicFactQuerySet.as_manager()

    class Meta:
        verbose_name = _("fakta publik")
        verbose_name_plural = pgettext_lazy("plural", "fakta publik")
        ordering = ["-on", "key"]
        constraints = [
            models.CheckConstraint(
                name="public_fact_ends_after_it_starts",
                condition=Q(until=None) | Q(until__gte=F("on")),
                violation_error_message=_("Tanggal akhir tidak boleh sebelum tanggal awal."),
            )
        ]

    def __str__(self) -> str:
        return self.text

    @property
    def source_host(self) -> str:
        """The publisher, short enough for a line."""
        return urlsplit(self.source).netloc.removeprefix("www.")


class PublishedFigure(models.Model):
    """What the office announced for the whole city on a day."""

    on = models.DateField(_("tanggal"), unique=True)
    running = models.PositiveSmallIntegerField(_("sudah berjalan"))
    idle = models.PositiveSmallIntegerField(_("ada, belum berjalan"))
    none = models.PositiveSmallIntegerField(_("belum ada gerai"))
    source = models.URLField(_("sumber"), max_length=400)

    class Meta:
        verbose_name = _("angka resmi")
        verbose_name_plural = pgettext_lazy("plural", "angka resmi")
        ordering = ["-on", "pk"]

    def __str__(self) -> str:
        return f"{self.on:%d/%m/%Y}: {self.running} · {self.idle} · {self.none}"

    @property
    def total(self) -> int:
        return self.running + self.idle + self.none


class TargetQuerySet(models.QuerySet["Target"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Targets of areas that the user sees as a whole: beside half an area its target would mislead."""
        if not isinstance(user, User) or not may_view(self.model, user):
            return self.none()
        if sees_whole_city(user):
            return self.all()
        mine = Cooperative.objects.visible_to(user)
        hidden = Cooperative.objects.exclude(pk__in=mine.order_by().values("pk"))
        there = {"kelurahan__kecamatan": OuterRef("kecamatan")}
        return self.filter(Exists(mine.filter(**there)), ~Exists(hidden.filter(**there)))


class Target(EditedModel):
    """How many outlets are to run (and at most stand idle) by a day, for a kecamatan or the whole city."""

    kecamatan = models.ForeignKey(
        Kecamatan, models.PROTECT, verbose_name=_("kecamatan"), null=True, blank=True
    )
    on = models.DateField(_("per tanggal"))
    running = models.PositiveSmallIntegerField(_("sudah berjalan, sedikitnya"))
    idle = models.PositiveSmallIntegerField(_("ada belum berjalan, paling banyak"), null=True, blank=True)
    note = models.CharField(_("catatan"), max_length=200, blank=True)

    objects = TargetQuerySet.as_manager()

    class Meta:
        verbose_name = _("target")
        verbose_name_plural = pgettext_lazy("plural", "target")
        ordering = ["on", "pk"]
        constraints = [
            models.UniqueConstraint(
                name="target_once_a_kecamatan_and_day",
                fields=["kecamatan", "on"],
                condition=Q(kecamatan__isnull=False),
                violation_error_message=_("Target kecamatan ini untuk tanggal itu sudah ada."),
            ),
            models.UniqueConstraint(
                name="city_target_once_a_day",
                fields=["on"],
                condition=Q(kecamatan=None),
                violation_error_message=_("Target kota untuk tanggal itu sudah ada."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.area_in_words} {self.on:%d/%m/%Y}: {self.running}"

    def get_absolute_url(self) -> str:
        return reverse("targets:edit", args=[self.pk])

    @property
    def area_in_words(self) -> str:
        return str(self.kecamatan or _("Seluruh kota"))
