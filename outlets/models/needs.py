"""What outlets need to open or go on, in rupiah."""

from datetime import date
from typing import ClassVar, Self

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cooperatives.scope import ScopedQuerySet
from kkmp.edited import EditedModel
from outlets.models.outlets import Outlet
from outlets.models.status import StatusChange


class NeedPurpose(models.TextChoices):
    STOCK = "stock", _("Stok barang")
    EQUIPMENT = "equipment", _("Peralatan")
    RENOVATION = "renovation", _("Renovasi")
    RENT = "rent", _("Sewa tempat")
    PERMIT = "permit", _("Perizinan")
    TRAINING = "training", _("Pelatihan")
    WORKING_CAPITAL = "working_capital", _("Modal kerja")


class CapitalNeedQuerySet(ScopedQuerySet["CapitalNeed"]):
    cooperative_path: ClassVar[str] = "outlet__cooperative"

    def open_on(self, day: date) -> Self:
        """Needs that had arisen by that day and were not yet closed."""
        return self.known_on(day).filter(Q(closed_on=None) | Q(closed_on__gt=day))

    def closed_by(self, day: date) -> Self:
        """Needs that were met on that day or earlier."""
        return self.known_on(day).filter(closed_on__lte=day)

    def known_on(self, day: date) -> Self:
        """Needs that had arisen by that day, met or not."""
        return self.filter(since_on__lte=day)

    def search(self, text: str) -> Self:
        return self.filter(Q(text__icontains=text.strip()) | Q(outlet__in=Outlet.objects.search(text)))


class CapitalNeed(EditedModel):
    """What an outlet lacks to open or go on, in rupiah, from a day until it is closed."""

    outlet = models.ForeignKey(Outlet, models.PROTECT, verbose_name=_("gerai"), related_name="needs")
    purpose = models.CharField(_("untuk"), max_length=16, choices=NeedPurpose)
    text = models.CharField(_("rincian"), max_length=300, blank=True)
    amount_idr = models.BigIntegerField(pgettext_lazy("money", "jumlah"))
    since_on = models.DateField(_("sejak"))
    closed_on = models.DateField(_("terpenuhi pada"), null=True, blank=True)
    # Empty where somebody closed the need by hand.
    closed_by_change = models.ForeignKey(
        StatusChange,
        models.PROTECT,
        verbose_name=_("terpenuhi oleh perubahan status"),
        related_name="closed_needs",
        null=True,
        blank=True,
        editable=False,
    )

    # By grants that arrived, not by hand: what withdraws the money opens the need again.
    is_met_by_money = models.BooleanField(_("terpenuhi oleh hibah"), default=False, editable=False)

    objects = CapitalNeedQuerySet.as_manager()

    class Meta:
        verbose_name = _("kebutuhan modal")
        verbose_name_plural = pgettext_lazy("plural", "kebutuhan modal")
        ordering = ["-amount_idr", "pk"]
        constraints = [
            models.CheckConstraint(
                name="need_amount_is_positive",
                condition=Q(amount_idr__gt=0),
                violation_error_message=_("Jumlah lebih dari Rp 0."),
            ),
            models.CheckConstraint(
                name="need_closes_after_it_opens",
                condition=Q(closed_on=None) | Q(closed_on__gte=F("since_on")),
                violation_error_message=_("Tanggal terpenuhi tidak boleh sebelum tanggal mulai."),
            ),
            models.CheckConstraint(
                name="only_a_closed_need_was_closed_by_a_change",
                condition=Q(closed_by_change=None) | Q(closed_on__isnull=False),
                violation_error_message=_("Kebutuhan yang terbuka tidak ditutup oleh perubahan status."),
            ),
            models.CheckConstraint(
                name="only_a_closed_need_was_met_by_money",
                condition=Q(is_met_by_money=False) | Q(closed_on__isnull=False, closed_by_change=None),
                violation_error_message=_("Kebutuhan yang terbuka belum terpenuhi."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.outlet}: {self.get_purpose_display()}"

    def get_absolute_url(self) -> str:
        return reverse("outlets:need_edit", args=[self.pk])
