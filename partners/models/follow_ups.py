"""Whether an outlet still runs some time after the last money arrived."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cooperatives.scope import ScopedQuerySet
from kkmp.accounts.models import User
from partners.models.supports import Support

# Days after the last disbursement.
FOLLOW_UP_DAYS = (30, 90, 180)


class Answer(models.TextChoices):
    RUNS = "runs", _("Masih berjalan")
    STOPPED = "stopped", _("Berhenti")
    NOT_YET = "not_yet", _("Belum mulai berjalan")


class FollowUpQuerySet(ScopedQuerySet["FollowUp"]):
    cooperative_path: ClassVar[str] = "support__cooperative"


class FollowUp(models.Model):
    """Somebody looked, `days` after the last disbursement. Append-only; figures come from status changes, not from here."""

    support = models.ForeignKey(Support, models.PROTECT, verbose_name=_("bantuan"), related_name="follow_ups")
    days = models.PositiveSmallIntegerField(_("hari sesudah penyaluran terakhir"))
    answer = models.CharField(_("jawaban"), max_length=8, choices=Answer)
    checked_on = models.DateField(_("diperiksa pada"))
    note = models.CharField(_("keterangan"), max_length=300, blank=True)
    by = models.ForeignKey(User, models.PROTECT, verbose_name=_("dicatat oleh"), related_name="+")
    recorded_at = models.DateTimeField(_("dicatat pada"), default=timezone.now, editable=False)

    objects = FollowUpQuerySet.as_manager()

    class Meta:
        verbose_name = _("tindak lanjut bantuan")
        verbose_name_plural = pgettext_lazy("plural", "tindak lanjut bantuan")
        ordering = ["support", "days", "pk"]
        constraints = [
            models.UniqueConstraint(
                name="follow_up_once_a_milestone",
                fields=["support", "days"],
                violation_error_message=_("Tindak lanjut ini sudah dicatat."),
            ),
            models.CheckConstraint(
                name="follow_up_is_at_a_milestone",
                condition=Q(days__in=FOLLOW_UP_DAYS),
                violation_error_message=_("Tindak lanjut pada hari ke-30, 90, atau 180."),
            ),
            models.CheckConstraint(
                name="follow_up_answer_is_known",
                condition=Q(answer__in=Answer.values),
                violation_error_message=_("Pilih jawaban dari daftar."),
            ),
            models.CheckConstraint(
                name="what_does_not_run_says_why",
                condition=Q(answer=Answer.RUNS) | ~Q(note=""),
                violation_error_message=_("Tulis mengapa tidak berjalan."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.support}: {self.days}"

    @property
    def tone(self) -> str:
        """As the status that the answer speaks of."""
        return {Answer.RUNS: "running", Answer.STOPPED: "closed"}.get(Answer(self.answer), "preparing")
