"""What is written about supports and events: a support begins, its stage moves, somebody attended."""

from collections.abc import Iterable
from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from cooperatives.models import Cooperative
from kkmp.accounts.models import User
from partners.models import Attendance, Event, Partner, Stage, StageChange, Support


@transaction.atomic
def start_support(*, support: Support, stage: Stage, effective_on: date, reason: str, by: User) -> Support:
    """Save a new support together with its first stage. Raises ValidationError as `record_stage` does."""
    support.save(force_insert=True)
    _write(support=support, stage=stage, effective_on=effective_on, reason=reason, by=by)
    return support


@transaction.atomic
def record_stage(
    *,
    support: Support,
    stage: Stage,
    effective_on: date,
    reason: str,
    by: User,
    last_seen: int | None,
    is_step_back_meant: bool = False,
) -> StageChange:
    """Record that the support stands at a stage from a day on.

    `last_seen` is the key of the newest stage the writer knew of: whoever writes second is told what the first wrote.
    Raises ValidationError with a message for the page; a step back has to be meant, since no stage is ever removed.
    """
    # One writer a support at a time.
    Support.objects.select_for_update().get(pk=support.pk)
    changes = StageChange.objects.filter(support=support)
    newest = changes.select_related("by").order_by("-pk").first()
    if newest and newest.pk != last_seen:
        raise ValidationError(
            _(
                "%(who)s baru saja mencatat tahap “%(stage)s” sejak %(day)s. Isian Anda masih ada di bawah. "
                "Periksa, lalu simpan sekali lagi bila masih perlu."
            ),
            code="newer",
            params={
                "who": newest.by,
                "stage": newest.get_stage_display(),
                "day": date_format(newest.effective_on),
            },
        )
    before = changes.by(effective_on).first()
    if before:
        _check_step(before, stage, reason=reason, is_step_back_meant=is_step_back_meant)
    return _write(support=support, stage=stage, effective_on=effective_on, reason=reason, by=by)


def _check_step(before: StageChange, stage: Stage, *, reason: str, is_step_back_meant: bool) -> None:
    words = {
        "before": before.get_stage_display(),
        "stage": stage.label,
        "day": date_format(before.effective_on),
    }
    if before.stage == stage:
        raise ValidationError({"stage": _("Bantuan ini sudah di tahap “%(stage)s” sejak %(day)s.") % words})
    if stage.is_behind(Stage(before.stage)) and not is_step_back_meant:
        raise ValidationError(
            {
                "step_back": _(
                    "Tahapnya mundur: dari “%(before)s” (sejak %(day)s) ke “%(stage)s”. Centang bila memang demikian."
                )
                % words
            }
        )
    if stage.is_behind(Stage(before.stage)) and not reason.strip():
        raise ValidationError({"reason": _("Tulis mengapa tahapnya mundur.")})


def _write(*, support: Support, stage: Stage, effective_on: date, reason: str, by: User) -> StageChange:
    if effective_on > timezone.localdate():
        raise ValidationError({"effective_on": _("Tanggal ini belum terjadi; paling akhir hari ini.")})
    if stage == Stage.CANCELLED and not reason.strip():
        raise ValidationError({"reason": _("Tulis alasan pembatalan.")})
    change = StageChange(support=support, stage=stage, effective_on=effective_on, reason=reason, by=by)
    change.full_clean()
    change.save(force_insert=True)
    return change


@transaction.atomic
def record_attendance(
    *, event: Event, partners: Iterable[Partner], cooperatives: Iterable[Cooperative]
) -> int:
    """Add who was there; who is recorded already is left as it is. Returns how many the event has more."""
    before = event.attendances.count()
    rows = [Attendance(event=event, partner=partner) for partner in partners]
    rows += [Attendance(event=event, cooperative=cooperative) for cooperative in cooperatives]
    Attendance.objects.bulk_create(rows, ignore_conflicts=True)
    return event.attendances.count() - before
