"""Contradictions of the sample, so that each rule of `outlets.contradictions` has something to find: a few, and recent ones."""

from collections.abc import Sequence
from datetime import date, timedelta

from simple_history.utils import bulk_update_with_history

from kkmp.pages.demo.people import People
from kkmp.pages.demo.story import Change, Story, office_hour
from kkmp.pages.demo.write import sign
from outlets.models import CapitalNeed, Outlet, Reason, Status
from outlets.outlet_class import with_status

# A stop of twelve days that ended nine days ago, of every so many outlets that have run for long.
STOPPED, BACK, LONG = timedelta(days=21), timedelta(days=9), timedelta(days=90)
EVERY = 9
# A need closed by hand while the outlet still lacks capital, of every so many.
CLOSED, EVERY_NEED = timedelta(days=16), 5


def stop_and_go(story: Story, codes: Sequence[str], *, today: date) -> None:
    """Let a few running outlets stop and run again: written down twice, and perhaps only once true."""
    latest = {
        change.place: change
        for change in sorted(story.changes, key=lambda change: change.effective_on)
        if change.place and not change.retracted_at
    }
    long_before = office_hour(today - LONG)
    steady = sorted(
        (change for change in latest.values() if _runs(change) and change.recorded_at < long_before),
        key=lambda change: codes.index(change.code),
    )
    for change in steady[2::EVERY]:
        for status, before, note in (
            (Status.IDLE, STOPPED, "Gerai dilaporkan tutup sementara."),
            (Status.RUNNING, BACK, "Gerai buka kembali."),
        ):
            day = today - before
            reason = Reason.STAFF.value if status == Status.IDLE else ""
            story.changes.append(
                Change(change.code, change.place, status, day, office_hour(day, 60), note, reason=reason)
            )
    story.changes.sort(key=lambda change: (change.recorded_at, change.code))


def _runs(change: Change) -> bool:
    return change.status == Status.RUNNING


def close_needs_too_early(people: People, *, today: date) -> None:
    """Let a few officers close a need by hand while the outlet still stands idle for capital."""
    outlets = with_status(Outlet.objects.order_by("pk"), on=today)
    idle = outlets.filter(
        status=Status.IDLE, status_reason=Reason.CAPITAL, status_since__lt=today - 2 * CLOSED
    )
    chosen = list(idle)[::EVERY_NEED]
    needs = CapitalNeed.objects.filter(outlet__in=chosen, closed_on=None).select_related(
        "outlet__cooperative"
    )
    closed = []
    for need in needs.order_by("pk"):
        need.closed_on = today - CLOSED
        need.version += 1
        by = people.officer_of(need.outlet.cooperative.kelurahan_id)
        sign(need, by, at=office_hour(today - CLOSED, 90))
        closed.append(need)
    bulk_update_with_history(closed, CapitalNeed, ["closed_on", "version"])
