"""Photos of the sample's reports and visits: most are as they should be, one is old, one was used a month before."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from functools import partial

from django.core.files.uploadedfile import SimpleUploadedFile

from kkmp.accounts.models import User
from kkmp.pages.demo import pictures, plan
from kkmp.pages.demo.people import TEBET
from kkmp.photos import read_photo
from outlets.models import Evidence, ReportLine, ReportState, Seen, Status, Visit, month_end
from outlets.report_cycle import previous_month

MOST_BYTES = 1_000_000
OLD = timedelta(days=45)
# Photos of so many ended months; of every so many cooperatives beside those where people sign in to look.
ENDED_MONTHS, PHOTOGRAPHED = 2, 7
# Messengers take out what a photo says of itself.
THROUGH_A_MESSENGER = 0.2
_SHOWN = {
    Status.RUNNING: (pictures.FRONT, pictures.SHELVES),
    Status.IDLE: (pictures.SHUTTER, pictures.EMPTY_ROOM),
    Status.PREPARING: (pictures.EMPTY_ROOM,),
    Status.CLOSED: (pictures.SHUTTER,),
}
_SEEN = {Seen.RUNNING: Status.RUNNING, Seen.CLOSED: Status.IDLE, Seen.NONE: Status.PREPARING}


def is_photographed(code: str, number: int) -> bool:
    return code == plan.MELAWAI or code.startswith(f"{TEBET}.") or number % PHOTOGRAPHED == 0


def of_reports(
    lines: Iterable[tuple[ReportLine, ReportState, datetime]], codes: Sequence[str], *, today: date
) -> None:
    """Add photos to lines, each with the state of its report and the moment it was begun, before reports are locked."""
    month = today.replace(day=1)
    for _ended in range(ENDED_MONTHS):
        month = previous_month(month)
    rows: list[Evidence] = []
    content: dict[tuple[int, date], bytes] = {}
    odd = iter(("same", "old"))
    for line, state, begun_at in lines:
        report = line.report
        if line.outlet is None or report.month < month or state == ReportState.RETURNED:
            continue
        code = report.cooperative.kelurahan_id
        if not is_photographed(code, codes.index(code)):
            continue
        before = content.get((line.outlet.pk, previous_month(report.month)))
        added_at = begun_at + timedelta(minutes=5)
        is_odd = state == ReportState.SUBMITTED and before and report.month < today.replace(day=1)
        oddity = next(odd, "") if is_odd else ""
        taken_at = _taken_at(report.month, added_at, code) if oddity != "old" else added_at - OLD
        kinds = _SHOWN[Status(line.status)]
        draw = kinds[report.month.month % len(kinds)]
        dice = plan.dice("photo", code, line.outlet.name, report.month)
        shot = pictures.snap(draw, dice, sign=str(report.cooperative), taken_at=taken_at)
        if oddity == "same" and before:
            shot = before
        content[line.outlet.pk, report.month] = shot
        rows.append(_row(shot, at=added_at, by=report.saved_by, line=line))
    Evidence.objects.bulk_create(rows)


def _taken_at(month: date, added_at: datetime, code: str) -> datetime | None:
    dice = plan.dice("taken", code, month)
    if dice.random() < THROUGH_A_MESSENGER:
        return None
    day = min(added_at, added_at.replace(year=month.year, month=month.month, day=month_end(month).day))
    return day - timedelta(days=dice.randint(0, 3), minutes=dice.randint(5, 90))


def of_visits(visits: Iterable[tuple[Visit, datetime]]) -> None:
    """One photo each, taken shortly before the visit was written down."""
    rows = []
    for visit, at in visits:
        dice = plan.dice("visit photo", visit.cooperative.kelurahan_id, visit.visited_on)
        taken_at = at - timedelta(minutes=dice.randint(5, 90))
        draw = dice.choice(_SHOWN[_SEEN[Seen(visit.seen)]])
        shot = pictures.snap(draw, dice, sign=str(visit.cooperative), taken_at=taken_at)
        rows.append(_row(shot, at=at, by=visit.visited_by, visit=visit))
    Evidence.objects.bulk_create(rows)


def _row(
    shot: bytes,
    *,
    at: datetime,
    by: User,
    line: ReportLine | None = None,
    visit: Visit | None = None,
) -> Evidence:
    """Through the door that every photo comes in by."""
    photo = read_photo(SimpleUploadedFile("contoh.jpg", shot), most_bytes=MOST_BYTES)
    make = partial(Evidence, image=photo.content, sha256=photo.sha256, added_at=at, added_by=by)
    return make(line=line, visit=visit, taken_at=photo.taken_at)
