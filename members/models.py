"""Members of the cooperatives."""

from datetime import date
from typing import Self

from django.db import models
from django.db.models import Count, F, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from cooperatives.models import Cooperative
from cooperatives.scope import ScopedQuerySet
from kkmp.edited import EditedModel


class Gender(models.TextChoices):
    FEMALE = "female", _("Perempuan")
    MALE = "male", _("Laki-laki")


class MemberQuerySet(ScopedQuerySet["Member"]):
    def as_of(self, day: date) -> Self:
        """Members on that day; the day somebody left no longer counts."""
        return self.filter(Q(ended_on=None) | Q(ended_on__gt=day), joined_on__lte=day)

    def search(self, text: str) -> Self:
        """By name, number or cooperative."""
        return self.filter(
            Q(full_name__icontains=text.strip())
            | Q(number__iexact=text.strip())
            | Q(cooperative__in=Cooperative.objects.search(text))
        )


class Member(EditedModel):
    """One membership: a person who returns after leaving gets a new one (UU 25/1992 Art. 17: the members' register)."""

    cooperative = models.ForeignKey(Cooperative, models.PROTECT, verbose_name=_("koperasi"), related_name="members")
    number = models.CharField(_("nomor anggota"), max_length=20)
    full_name = models.CharField(_("nama lengkap"), max_length=150)
    gender = models.CharField(_("jenis kelamin"), max_length=6, choices=Gender, blank=True)
    joined_on = models.DateField(_("tanggal masuk"))
    ended_on = models.DateField(_("tanggal keluar"), null=True, blank=True)

    objects = MemberQuerySet.as_manager()

    class Meta:
        verbose_name = _("anggota")
        verbose_name_plural = _("anggota")
        ordering = ["cooperative__kelurahan__kecamatan__name", "cooperative__kelurahan__name", "number", "pk"]
        indexes = [models.Index(fields=["cooperative", "joined_on", "ended_on"], name="member_as_of")]
        constraints = [
            models.UniqueConstraint(
                name="member_number_once_a_cooperative",
                fields=["cooperative", "number"],
                violation_error_message=_("Nomor anggota ini sudah dipakai di koperasi itu."),
            ),
            models.CheckConstraint(
                name="member_left_after_joining",
                condition=Q(ended_on=None) | Q(ended_on__gte=F("joined_on")),
                violation_error_message=_("Tanggal keluar tidak boleh sebelum tanggal masuk."),
            ),
            models.CheckConstraint(
                name="member_has_a_number_and_a_name",
                condition=~Q(number="") & ~Q(full_name=""),
                violation_error_message=_("Nomor dan nama anggota wajib diisi."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.full_name}"

    def get_absolute_url(self) -> str:
        return reverse("members:edit", args=[self.pk])


def with_member_count(cooperatives: QuerySet[Cooperative], *, on: date, name: str = "member_count") -> QuerySet[Cooperative]:
    """Annotate each cooperative with its members on a day."""
    # Subquery: joining members beside other children would multiply both counts.
    counted = (
        Member.objects.as_of(on)
        .filter(cooperative=OuterRef("pk"))
        .order_by()
        .values("cooperative")
        .annotate(count=Count("pk"))
        .values("count")
    )
    return cooperatives.annotate(**{name: Coalesce(Subquery(counted, output_field=IntegerField()), 0)})
