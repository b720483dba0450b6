"""What a report says beside what is recorded: the one rule for review, for words, and for what verification writes."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from outlets.models import MonthlyReport, Reason, ReportLine, Status, StatusChange
from outlets.outlet_class import OutletClass

DAY = "j F Y"


@dataclass(frozen=True)
class Difference:
    """One line beside the record: what stands there, what verification would take back, and whether it adds.

    `line` is none where a former revision said something that this one no longer says. `problem` is why the line
    cannot become the record.
    """

    line: ReportLine | None
    before: StatusChange | None
    takes_back: StatusChange | None = None
    adds: bool = False
    problem: str = ""

    @property
    def is_nothing(self) -> bool:
        return not (self.adds or self.takes_back or self.problem)

    @property
    def subject(self) -> str:
        found = self.line or self.takes_back
        if found is not None and found.outlet is not None:
            return found.outlet.name
        return str(_("Koperasi"))

    def in_words(self) -> str:
        """“Belum berjalan (modal usaha) → berjalan sejak 3 Oktober 2025”."""
        if self.line is None:
            assert self.takes_back is not None  # noqa: S101  # a difference has a line, or it takes back
            return _("“%(status)s” sejak %(day)s dicabut") % {
                "status": status_in_words(self.takes_back.status, self.takes_back.reason),
                "day": date_format(self.takes_back.effective_on, DAY),
            }
        was = (
            status_in_words(self.before.status, self.before.reason)
            if self.before
            else OutletClass.UNRECORDED.label
        )
        now = status_in_words(self.line.status, self.line.reason)
        day = date_format(self.line.changed_on, DAY) if self.line.changed_on else "–"
        return _("%(was)s → %(now)s sejak %(day)s") % {"was": was, "now": now, "day": day}


def status_in_words(status: str, reason: str) -> str:
    words = str(Status(status).label)
    return f"{words} ({str(Reason(reason).label).lower()})" if reason else words


@dataclass
class _Record:
    """The live changes of one cooperative, by outlet; None is the cooperative itself."""

    changes: dict[int | None, list[StatusChange]] = field(default_factory=lambda: defaultdict(list))

    def of(self, outlet: int | None, without: StatusChange | None) -> list[StatusChange]:
        """In order of their days."""
        return [change for change in self.changes.get(outlet, []) if change != without]


def differences_of(reports: Sequence[MonthlyReport]) -> dict[int, list[Difference]]:
    """By report, what each would change, nothing left out; two queries however many reports."""
    records: dict[int, _Record] = defaultdict(_Record)
    cooperatives = {report.cooperative_id for report in reports}
    live = StatusChange.objects.live().filter(cooperative__in=cooperatives)
    for change in live.select_related("report", "outlet").order_by("effective_on", "pk"):
        records[change.cooperative_id].changes[change.outlet_id].append(change)
    lines: dict[int, list[ReportLine]] = {report.pk: [] for report in reports}
    for line in ReportLine.objects.filter(report__in=lines).select_related("outlet").order_by("pk"):
        lines[line.report_id].append(line)
    return {
        report.pk: _differences(report, lines[report.pk], records[report.cooperative_id])
        for report in reports
    }


def differences(report: MonthlyReport) -> list[Difference]:
    """Of one report."""
    return differences_of([report])[report.pk]


def is_unchanged(found: Iterable[Difference]) -> bool:
    return all(difference.is_nothing for difference in found)


def _differences(report: MonthlyReport, lines: list[ReportLine], record: _Record) -> list[Difference]:
    own = {
        outlet: change
        for outlet, changes in record.changes.items()
        for change in changes
        if change.report is not None and change.report.month == report.month
    }
    found = [_beside(report, line, own.pop(line.outlet_id, None), record) for line in lines if line.status]
    # What a former revision of this month made the record, and this one says nothing of.
    found += [Difference(None, change, takes_back=change) for change in own.values()]
    return found


def _beside(report: MonthlyReport, line: ReportLine, own: StatusChange | None, record: _Record) -> Difference:
    day = line.changed_on
    assert day is not None  # noqa: S101  # a line with a status has its day, by constraint
    everything = record.of(line.outlet_id, without=None)
    standing = _latest(everything, report.last_day)
    if own is not None and _says(own, line) and own.effective_on == day:
        return Difference(line, standing)
    others = record.of(line.outlet_id, without=own)
    before = _latest(others, day)
    if before is not None and _says(before, line):
        adds, problem = False, ""
    elif before is not None and before.effective_on == day:
        adds, problem = False, _taken_in_words(before)
    else:
        adds, problem = True, ""
    later = next(
        (c for c in others if day < c.effective_on <= report.last_day and not _says(c, line)),
        None,
    )
    if later is not None:
        adds, problem = False, _later_in_words(later)
    if line.outlet_id is None:
        for asked in (day, report.last_day):
            if contrary := _outlet_on(record, asked, own):
                adds, problem = False, _contrary_in_words(contrary, asked)
    return Difference(line, standing, takes_back=own, adds=adds, problem=problem)


def _latest(changes: Iterable[StatusChange], day: date) -> StatusChange | None:
    until = [change for change in changes if change.effective_on <= day]
    return until[-1] if until else None


def _says(change: StatusChange, line: ReportLine) -> bool:
    return (change.status, change.reason) == (line.status, line.reason)


def _outlet_on(record: _Record, day: date, without: StatusChange | None) -> StatusChange | None:
    """An outlet that runs or stands idle on the day: then nobody can say that there is none."""
    for outlet in record.changes:
        latest = _latest(record.of(outlet, without), day) if outlet is not None else None
        if latest is not None and latest.status in {Status.RUNNING, Status.IDLE}:
            return latest
    return None


def _taken_in_words(change: StatusChange) -> str:
    return _(
        "Pada %(day)s sudah tercatat “%(status)s”. Tulis hari perubahannya yang benar, "
        "atau minta Sudin mengoreksi catatan itu."
    ) % {
        "day": date_format(change.effective_on, DAY),
        "status": status_in_words(change.status, change.reason),
    }


def _later_in_words(change: StatusChange) -> str:
    return _(
        "Sejak %(day)s tercatat “%(status)s”, sesudah hari yang ditulis di sini. Sesuaikan isiannya."
    ) % {
        "day": date_format(change.effective_on, DAY),
        "status": status_in_words(change.status, change.reason),
    }


def _contrary_in_words(change: StatusChange, day: date) -> str:
    return _("Pada %(day)s gerai “%(outlet)s” tercatat “%(status)s”; jadi bukan “belum ada gerai”.") % {
        "day": date_format(day, DAY),
        "outlet": change.outlet,
        "status": Status(change.status).label,
    }
