"""What a cooperative owned on a day, as its balance sheet or its board said."""

from datetime import date
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cooperatives.models.territory import Cooperative
from cooperatives.scope import ScopedQuerySet
from kkmp.edited import EditedModel


class AssetStatementQuerySet(ScopedQuerySet["AssetStatement"]):
    def by(self, day: date) -> Self:
        """Said of that day or an earlier one, the last known first."""
        return self.filter(on__lte=day).order_by("-on", "-pk")


class AssetStatement(EditedModel):
    """The assets of a cooperative on one day, in rupiah; the last known counts until the next.

    A grant above a share of them is accepted by the members' meeting (model articles; `Parameter`).
    """

    cooperative = models.ForeignKey(
        Cooperative, models.PROTECT, verbose_name=_("koperasi"), related_name="asset_statements"
    )
    on = models.DateField(_("per tanggal"))
    amount_idr = models.BigIntegerField(_("jumlah aset"))
    source = models.CharField(_("sumber"), max_length=200)

    objects = AssetStatementQuerySet.as_manager()

    class Meta:
        verbose_name = _("jumlah aset")
        verbose_name_plural = pgettext_lazy("plural", "jumlah aset")
        ordering = ["cooperative", "-on", "-pk"]
        constraints = [
            models.UniqueConstraint(
                name="assets_stated_once_a_day",
                fields=["cooperative", "on"],
                violation_error_message=_("Jumlah aset per tanggal itu sudah dicatat."),
            ),
            models.CheckConstraint(
                name="assets_are_not_negative",
                condition=Q(amount_idr__gte=0),
                violation_error_message=_("Jumlah aset tidak kurang dari Rp 0."),
            ),
            models.CheckConstraint(
                name="assets_name_their_source",
                condition=~Q(source=""),
                violation_error_message=_("Tulis sumber angka ini."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.cooperative} ({self.on:%d/%m/%Y})"
