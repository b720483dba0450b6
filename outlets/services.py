"""What must be remembered about outlets: a status decided, a change corrected or retracted, needs met by it."""

from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from cooperatives.models import Cooperative
from kkmp.accounts.models import User
from outlets.models import CapitalNeed, ChangeSource, Outlet, Reason, Status, StatusChange
from outlets.outlet_class import with_status


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

    Raises ValidationError with a message for the page when a rule of the database would be broken, when somebody
    else was faster, and when NONE is said of a cooperative that has an outlet running or idle on that day.
    """
    now = lock_status(cooperative)
    if effective_on > timezone.localdate(now):
        raise ValidationError({"effective_on": _("Tanggal berlaku tidak boleh di masa depan.")})
    if replaces is not None:
        if replaces.cooperative_id != cooperative.pk:
            raise ValidationError(_("Perubahan yang dikoreksi milik koperasi lain."))
        now = take_back(replaces, note=note, by=by, at=now)
    if status == Status.NONE:
        refuse_none_beside_an_outlet(cooperative, effective_on)
    change = StatusChange(
        cooperative=cooperative,
        outlet=outlet,
        status=status,
        reason=reason,
        note=note.strip(),
        effective_on=effective_on,
        recorded_at=now,
        recorded_by=by,
        source=source,
    )
    change.full_clean()
    try:
        with transaction.atomic():
            change.save(force_insert=True)
    except IntegrityError as error:
        # An import writes many rows without this lock; its row may have come between the check and ours.
        message = _(
            "Orang lain baru saja mencatat status untuk tanggal itu. Muat ulang halaman ini, lalu periksa."
        )
        raise ValidationError(message) from error
    return change


def add_outlet(*, cooperative: Cooperative, name: str, kind: str, by: User) -> Outlet:
    """An outlet that a report speaks of for the first time. Raises ValidationError."""
    outlet = Outlet(cooperative=cooperative, name=name, kind=kind)
    # The name that simple-history looks for.
    vars(outlet)["_history_user"] = by
    outlet.full_clean()
    outlet.save()
    return outlet


@transaction.atomic
def retract_change(change: StatusChange, *, note: str, by: User) -> None:
    """Take a change back, with a reason; it stays readable and no longer counts.

    Raises ValidationError when somebody else retracted it first.
    """
    take_back(change, note=note, by=by, at=lock_status(change.cooperative))


def lock_status(cooperative: Cooperative) -> datetime:
    """One writer a cooperative at a time: the second sees what the first wrote, and its instant comes later."""
    Cooperative.objects.select_for_update().get(pk=cooperative.pk)
    return timezone.now()


def take_back(change: StatusChange, *, note: str, by: User, at: datetime) -> datetime:
    """The instant of the retraction: `at`, unless the clock was set back since the change was recorded."""
    if not note.strip():
        raise ValidationError({"note": _("Tulis alasannya.")})
    at = max(at, change.recorded_at)
    # One statement, so that of two people exactly one retracts.
    won = (
        StatusChange.objects.live()
        .filter(pk=change.pk)
        .update(retracted_at=at, retracted_by=by, retract_note=note.strip())
    )
    if not won:
        raise ValidationError(
            _("Perubahan ini sudah dicabut orang lain. Muat ulang halaman untuk melihat yang berlaku.")
        )
    change.refresh_from_db()
    for need in change.closed_needs.select_for_update().order_by("pk"):
        set_closing(need, None, by=by)
    return at


def close_needs(change: StatusChange, *, by: User) -> None:
    """An outlet that runs from a day on no longer lacks what it lacked until then."""
    open_then = CapitalNeed.objects.filter(outlet=change.outlet).open_on(change.effective_on)
    for need in open_then.select_for_update().order_by("pk"):
        # One that somebody closed for a later day by hand keeps that day.
        if need.closed_on is None:
            set_closing(need, change, by=by)


@transaction.atomic
def meet_need(*, need: CapitalNeed, on: date, by: User) -> None:
    """Grants that arrived cover the need from that day on. One that is closed stays as it was closed."""
    stored = CapitalNeed.objects.select_for_update().get(pk=need.pk)
    if stored.closed_on is None:
        stored.closed_on, stored.is_met_by_money = max(on, stored.since_on), True
        _sign_and_save(stored, by=by)


@transaction.atomic
def reopen_need(*, need: CapitalNeed, by: User) -> None:
    """Money that covered the need is withdrawn. What was closed by hand or by an outlet that runs stays closed."""
    stored = CapitalNeed.objects.select_for_update().get(pk=need.pk)
    if stored.is_met_by_money:
        stored.closed_on, stored.is_met_by_money = None, False
        _sign_and_save(stored, by=by)


def set_closing(need: CapitalNeed, change: StatusChange | None, *, by: User) -> None:
    """Close a need by a change on its day, or open it again when the change no longer counts."""
    need.closed_on = change.effective_on if change else None
    need.closed_by_change = change
    _sign_and_save(need, by=by)


def _sign_and_save(need: CapitalNeed, *, by: User) -> None:
    need.version += 1
    # The name that simple-history looks for.
    vars(need)["_history_user"] = by
    need.save()


def refuse_none_beside_an_outlet(cooperative: Cooperative, day: date) -> None:
    outlets = with_status(Outlet.objects.filter(cooperative=cooperative), on=day)
    standing = outlets.filter(status__in=[Status.RUNNING, Status.IDLE]).order_by("pk").first()
    if standing is None:
        return
    message = _(
        "Pada %(day)s gerai “%(outlet)s” tercatat “%(status)s”; koperasi ini tidak bisa dinyatakan belum punya gerai."
    )
    names = {
        "day": date_format(day, "j F Y"),
        "outlet": standing.name,
        "status": Status(standing.status).label,
    }
    raise ValidationError({"effective_on": message % names})
