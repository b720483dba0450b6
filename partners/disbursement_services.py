"""What is written about money and goods that arrive: recorded with evidence, checked by somebody else, or withdrawn."""

from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max, Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from kkmp.accounts.models import User
from kkmp.files import Upload
from kkmp.templatetags.ui import rupiah
from outlets.models import CapitalNeed, SetAside
from outlets.services import meet_need, reopen_need
from partners.gap import with_gap
from partners.models import GRANTS, Disbursement, DisbursementQuerySet, Stage, StageChange, Support


@transaction.atomic
def record_disbursement(
    *, support: Support, amount_idr: int, paid_on: date, note: str, upload: Upload, by: User
) -> Disbursement:
    """Record what arrived. Raises ValidationError: in the future, of a cancelled support, beyond what was committed.

    Whoever decides stages moves the support to DISBURSED with it; what an officer records waits for the check.
    """
    stored = _lock(support)
    if paid_on > timezone.localdate():
        raise ValidationError({"paid_on": _("Tanggal ini belum terjadi; paling akhir hari ini.")})
    newest = _newest_stage(stored)
    if newest and newest.stage == Stage.CANCELLED:
        raise ValidationError(_("Bantuan ini batal. Catat dulu tahap yang berlaku sekarang."))
    _refuse_more_than_committed(stored, amount_idr)
    row = Disbursement(
        support=stored,
        amount_idr=amount_idr,
        paid_on=paid_on,
        note=note.strip(),
        file=upload.file,
        file_name=upload.name,
        media_type=upload.media_type,
        sha256=upload.sha256,
        size=upload.size,
        recorded_by=by,
    )
    name_before = row.file.name
    try:
        with transaction.atomic():
            row.full_clean()
            row.save(force_insert=True)
    except BaseException:
        # A row that was refused must not leave its file behind.
        if row.file.name != name_before:
            row.file.storage.delete(str(row.file.name))
        raise
    if by.has_perm("partners.add_stagechange"):
        _move_to(stored, Stage.DISBURSED, on=paid_on, by=by)
    return row


@transaction.atomic
def verify_disbursement(disbursement: Disbursement, *, by: User) -> None:
    """Check what somebody else recorded: from its day on it counts, and covers the need if nothing is lacking.

    Raises ValidationError for one's own record, and when somebody else checked or withdrew it first.
    """
    support = _lock(disbursement.support)
    if disbursement.recorded_by_id == by.pk:
        raise ValidationError(_("Yang mencatat tidak memverifikasi. Minta rekan Sudin yang lain memeriksa."))
    # One statement, so that of two people exactly one checks.
    waiting = Disbursement.objects.awaiting().filter(pk=disbursement.pk)
    if not waiting.update(verified_by=by, verified_at=timezone.now()):
        raise ValidationError(
            _("Penyaluran ini sudah diperiksa atau dibatalkan orang lain. Muat ulang halaman ini.")
        )
    _move_to(support, Stage.DISBURSED, on=disbursement.paid_on, by=by)
    if support.committed_idr and _sum(Disbursement.objects.verified(), support) >= support.committed_idr:
        _move_to(support, Stage.VERIFIED, on=timezone.localdate(), by=by)
    if support.need and support.kind in GRANTS:
        _meet_if_covered(support.need, by=by)


@transaction.atomic
def withdraw_disbursement(disbursement: Disbursement, *, reason: str, by: User) -> None:
    """Take a wrong record back: it counts on no day, and a need that it covered is open again.

    Raises ValidationError without a reason, and when somebody else withdrew it first.
    """
    support = _lock(disbursement.support)
    if not reason.strip():
        raise ValidationError({"reason": _("Tulis alasannya.")})
    standing = Disbursement.objects.standing().filter(pk=disbursement.pk)
    won = standing.update(withdrawn_by=by, withdrawn_at=timezone.now(), withdraw_reason=reason.strip())
    if not won:
        raise ValidationError(_("Penyaluran ini sudah dibatalkan orang lain. Muat ulang halaman ini."))
    if support.need and _lacks(support.need):
        reopen_need(need=support.need, by=by)


def _lock(support: Support) -> Support:
    """One writer a support at a time."""
    Support.objects.select_for_update().get(pk=support.pk)
    return Support.objects.select_related("need").get(pk=support.pk)


def _newest_stage(support: Support) -> StageChange | None:
    return StageChange.objects.filter(support=support).by(timezone.localdate()).first()


def _move_to(support: Support, stage: Stage, *, on: date, by: User) -> None:
    """Where the support stands earlier: from that day, or from the day of its newest stage where that is later."""
    newest = _newest_stage(support)
    if newest and not Stage(newest.stage).is_behind(stage):
        return
    day = max(on, newest.effective_on) if newest else on
    StageChange.objects.create(support=support, stage=stage, effective_on=day, by=by)


def _sum(rows: DisbursementQuerySet, support: Support) -> int:
    total = rows.standing().filter(support=support).aggregate(total=Sum("amount_idr", default=0))["total"]
    return int(total)


def _refuse_more_than_committed(support: Support, amount_idr: int) -> None:
    if support.committed_idr is None:
        return
    left = support.committed_idr - _sum(Disbursement.objects.all(), support)
    if amount_idr > left:
        words = {"committed": rupiah(support.committed_idr), "left": rupiah(max(0, left))}
        raise ValidationError(
            {
                "amount_idr": _(
                    "Komitmennya %(committed)s, sisanya %(left)s. Bila mitra memberi lebih, naikkan nilai komitmen dulu."
                )
                % words
            }
        )


def _meet_if_covered(need: CapitalNeed, *, by: User) -> None:
    """Closed on the day when the last sum that covers it was there: the gap of earlier days stays what it was."""
    if _lacks(need):
        return
    money = Disbursement.objects.counted(timezone.localdate()).grants().filter(support__need=need)
    days = [
        money.aggregate(day=Max("paid_on"))["day"],
        SetAside.objects.held_on(timezone.localdate()).filter(need=need).aggregate(day=Max("set_on"))["day"],
    ]
    meet_need(need=need, on=max(day for day in days if day), by=by)


def _lacks(need: CapitalNeed) -> bool:
    found: Any = with_gap(CapitalNeed.objects.filter(pk=need.pk), on=timezone.localdate())
    return bool(found.filter(gap_idr__gt=0).exists())
