"""All rows of a monthly recap together: what each changes in which draft, in words, and rows that contradict each other."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date

from django.utils.translation import gettext as _

from kkmp.imports.importer import CheckedRow
from kkmp.imports.models import Outcome
from kkmp.templatetags.ui import bulan, number, rupiah, tanggal_short
from outlets.models import ReportState
from outlets.recap_row import Draft, Recap, RowCheck
from outlets.report_effect import status_in_words

# What is shown of a long text in the effect of a row.
SHOWN_TEXT = 80


def results(checks: Sequence[RowCheck]) -> list[CheckedRow[Recap]]:
    """Of rows that were read; fills in what only a look at all of them can tell."""
    rows: dict[object, list[RowCheck]] = defaultdict(list)
    texts: dict[object, list[RowCheck]] = defaultdict(list)
    for check in checks:
        if check.plan:
            rows[check.plan.key].append(check)
            texts[check.plan.key[:2]].append(check)
    for same in rows.values():
        if len(same) > 1:
            _refuse_doubles(same)
    for of_one_report in texts.values():
        for key in ("obstacle", "plan"):
            _refuse_two_texts(of_one_report, key)
    return [_result(check) for check in checks]


def _refuse_doubles(same: Sequence[RowCheck]) -> None:
    numbers = ", ".join(str(check.given.number) for check in same)
    for check in same:
        key = next((key for key in ("kelurahan", "code", "cooperative") if check.text(key)), "code")
        check.tell(
            key,
            _("Laporan bulan itu untuk gerai yang sama ada di beberapa baris: %(rows)s. Sisakan satu.")
            % {"rows": numbers},
        )


def _refuse_two_texts(of_one_report: Sequence[RowCheck], key: str) -> None:
    """Several rows of one report speak of its outlets; the text is of the whole cooperative."""
    said = {check.text(key) for check in of_one_report if check.text(key)}
    if len(said) > 1:
        for check in of_one_report:
            if check.text(key):
                check.tell(key, _("Baris lain KKMP ini menulis teks yang berbeda. Tulis di satu baris saja."))


def _result(check: RowCheck) -> CheckedRow[Recap]:
    cooperative = check.cooperative.pk if check.cooperative else None
    if check.is_blank:
        return CheckedRow(check.given, Outcome.SKIPPED, cooperative=cooperative)
    plan = check.plan
    changes = _changes(plan) if plan else []
    if plan and plan.draft.report.pk and not check.problems:
        if not changes:
            return CheckedRow(check.given, Outcome.SAME, _head(plan.draft), cooperative=cooperative)
        _refuse_locked(check, plan.draft)
    if check.problems or plan is None:
        return CheckedRow(check.given, Outcome.FAILED, problems=check.problems, cooperative=cooperative)
    is_new = not plan.draft.report.pk
    effect = " · ".join([_head(plan.draft), *([_("draf baru")] if is_new else []), *changes])
    outcome = Outcome.NEW if is_new else Outcome.CHANGED
    return CheckedRow(check.given, outcome, effect, plan, cooperative=cooperative)


def _refuse_locked(check: RowCheck, draft: Draft) -> None:
    report = draft.report
    if report.is_writable:
        return
    words = {
        "month": bulan(report.month),
        "state": str(report.get_state_display()).lower(),
        "cooperative": draft.cooperative,
    }
    if report.state == ReportState.SUBMITTED:
        told = _(
            "Laporan %(month)s sudah %(state)s; impor tidak mengubahnya. Hapus baris ini, atau tarik dulu laporannya di "
            "Laporan › %(cooperative)s."
        )
    else:
        told = _(
            "Laporan %(month)s sudah %(state)s; impor tidak mengubahnya. Hapus baris ini, atau mulai koreksi di "
            "Laporan › %(cooperative)s."
        )
    check.tell("month", told % words)


def _head(draft: Draft) -> str:
    return f"{draft.cooperative} · {bulan(draft.report.month)}"


def _changes(plan: Recap) -> list[str]:
    """What the row says that the draft does not say yet, old → new."""
    told: list[str] = []
    if plan.line:
        told += _changes_of_line(plan)
    for label, was, now in (
        (_("kendala"), plan.draft.report.obstacle, plan.obstacle),
        (_("rencana"), plan.draft.report.plan, plan.plan),
    ):
        if now is not None and now != was:
            told.append(_turn(label, _quoted(was), _quoted(now)))
    return told


def _changes_of_line(plan: Recap) -> Iterable[str]:
    line = plan.line
    assert line is not None  # noqa: S101  # asked for by the one caller
    base = plan.draft.lines.get(line.outlet.pk if line.outlet else None)
    if plan.new_outlet:
        yield _("gerai baru “%(name)s” (%(kind)s)") % {
            "name": plan.new_outlet.name,
            "kind": plan.new_outlet.kind.label,
        }
    was = (base.status, base.reason, base.changed_on) if base else ("", "", None)
    now = (line.status, line.reason, line.changed_on)
    if was != now:
        yield _turn(line.outlet.name if line.outlet else "", _status(*was), _status(*now))
    for label, name, shown in (
        (_("omzet"), "turnover_idr", rupiah),
        (_("pembelian barang"), "procurement_idr", rupiah),
        (_("pembeli"), "customers", number),
    ):
        old, new = getattr(base, name) if base else None, getattr(line, name)
        if old != new:
            yield _turn(label, shown(old) if old is not None else "", shown(new))


def _turn(label: str, was: str, now: str) -> str:
    told = f"{was} → {now}" if was else now
    return f"{label} {told}".strip()


def _status(status: str, reason: str, since: date | None) -> str:
    if not status:
        return ""
    words = status_in_words(status, reason)
    if since is None:
        return words
    return _("%(status)s sejak %(since)s") % {"status": words, "since": tanggal_short(since)}


def _quoted(text: str) -> str:
    if not text:
        return ""
    return f"“{text}”" if len(text) <= SHOWN_TEXT else f"“{text[:SHOWN_TEXT]}…”"
