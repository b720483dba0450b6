"""What is written about outlets: status decided, a change retracted, needs closed."""

from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cooperatives.models import Cooperative
from kkmp.accounts.models import User
from outlets.models import ChangeSource, Outlet, Reason, Status, StatusChange


@transaction.atomic
def decide_status(
    *,
    cooperative: Cooperative,
    outlet: Outlet | None,
    status: Status,
    reason: Reason | str,
    note: str,
    effective_on: date,
    by: User,
    source: ChangeSource = ChangeSource.DECISION,
    replaces: StatusChange | None = None,
) -> StatusChange:
    """Record that a status holds from a day on; with `replaces`, correct that change at the same instant.

    Raises ValidationError with a message for the page when a rule of the database would be broken.
    """
    # One writer a cooperative at a time: the second sees what the first wrote and gets a message, not an error.
    Cooperative.objects.select_for_update().get(pk=cooperative.pk)
    now = timezone.now()
    if effective_on > timezone.localdate(now):
        raise ValidationError({"effective_on": _("Tanggal berlaku tidak boleh di masa depan.")})
    if replaces is not None:
        _retract(replaces, note=note, by=by, at=now)
    change = StatusChange(
        cooperative=cooperative,
        outlet=outlet,
        status=status,
        reason=reason,
        note=note,
        effective_on=effective_on,
        recorded_at=now,
        recorded_by=by,
        source=source,
    )
    change.full_clean()
    change.save(force_insert=True)
    return change


@transaction.atomic
def retract_change(change: StatusChange, *, note: str, by: User) -> None:
    """Take a change back, with a reason; it stays readable and no longer counts.

    Raises ValidationError when somebody else retracted it first.
    """
    _retract(change, note=note, by=by, at=timezone.now())


def _retract(change: StatusChange, *, note: str, by: User, at: datetime) -> None:
    if not note.strip():
        raise ValidationError(_("Tulis alasan pencabutan."))
    # One statement, so that of two people exactly one retracts.
    won = StatusChange.objects.live().filter(pk=change.pk).update(
        retracted_at=at, retracted_by=by, retract_note=note
    )
    if not won:
        raise ValidationError(_("Perubahan ini sudah dicabut orang lain."))
    change.refresh_from_db()
