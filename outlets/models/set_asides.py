"""A cooperative's own money that it keeps for a need of its outlet."""

from datetime import date
from typing import ClassVar, Self

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cooperatives.scope import ScopedQuerySet
from kkmp.accounts.models import User
from outlets.models.needs import CapitalNeed


class SetAsideQuerySet(ScopedQuerySet["SetAside"]):
    cooperative_path: ClassVar[str] = "need__outlet__cooperative"

    def held_on(self, day: date) -> Self:
        """Set aside by that day and not released by then."""
        return self.known_on(day).filter(Q(released_on=None) | Q(released_on__gt=day))

    def known_on(self, day: date) -> Self:
        """Set aside by that day, released or not."""
        return self.filter(set_on__lte=day)


class SetAside(models.Model):
    """Money of the cooperative itself, kept for one need from a day on, until it is released.

    Append-only but for the release (its three fields, once): a wrong sum is released with a reason and set anew.
    """

    need = models.ForeignKey(
        CapitalNeed, models.PROTECT, verbose_name=_("kebutuhan modal"), related_name="set_asides"
    )
    amount_idr = models.BigIntegerField(pgettext_lazy("money", "jumlah"))
    set_on = models.DateField(_("disisihkan pada"))
    by = models.ForeignKey(User, models.PROTECT, verbose_name=_("dicatat oleh"), related_name="+")
    recorded_at = models.DateTimeField(_("dicatat pada"), default=timezone.now, editable=False)
    released_on = models.DateField(_("dilepas pada"), null=True, blank=True, editable=False)
    released_by = models.ForeignKey(
        User,
        models.PROTECT,
        verbose_name=_("dilepas oleh"),
        related_name="+",
        null=True,
        blank=True,
        editable=False,
    )
    release_reason = models.CharField(_("alasan dilepas"), max_length=300, blank=True, editable=False)

    objects = SetAsideQuerySet.as_manager()

    class Meta:
        verbose_name = _("dana sendiri")
        verbose_name_plural = pgettext_lazy("plural", "dana sendiri")
        ordering = ["need", "-set_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="set_aside_is_positive",
                condition=Q(amount_idr__gt=0),
                violation_error_message=_("Jumlah lebih dari Rp 0."),
            ),
            models.CheckConstraint(
                name="release_is_whole_or_absent",
                condition=Q(released_on=None, released_by=None, release_reason="")
                | (Q(released_on__isnull=False, released_by__isnull=False) & ~Q(release_reason="")),
                violation_error_message=_("Pelepasan perlu tanggal, orang, dan alasan."),
            ),
            models.CheckConstraint(
                name="released_after_set_aside",
                condition=Q(released_on=None) | Q(released_on__gte=F("set_on")),
                violation_error_message=_("Tanggal dilepas tidak boleh sebelum tanggal disisihkan."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.need}: Rp {self.amount_idr}"

    def is_held_on(self, day: date) -> bool:
        """As `held_on` of the queryset."""
        return self.set_on <= day and (self.released_on is None or self.released_on > day)
