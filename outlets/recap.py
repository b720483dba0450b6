"""The monthly recap: one sheet of many cooperatives becomes drafts of their reports, never a verified status."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import ClassVar

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cooperatives.matching import CooperativeIndex
from cooperatives.models import Cooperative
from kkmp.accounts.models import User
from kkmp.accounts.permissions import sees_whole_city
from kkmp.imports.importer import CheckedRow, GivenRow, Importer, Target, Template, Text
from kkmp.imports.models import BatchKind, ImportBatch
from kkmp.parsing import months_named
from kkmp.tabular.reading import Column
from kkmp.templatetags.ui import bulan
from outlets.models import MonthlyReport, Outlet, ReportLine, Status, StatusChange, month_end
from outlets.recap_check import results
from outlets.recap_columns import COLUMNS, empty_sheet
from outlets.recap_facts import Facts, Registered, facts_of, notes_about
from outlets.recap_row import Draft, Recap, Records, RowCheck
from outlets.recap_undo import OUTLET, REPORT, as_it_stood, consequences, take_back, touched_by
from outlets.report_prefill import lines_of_record
from outlets.report_services import LineValues, open_report, save_draft
from outlets.services import add_outlet


class RecapImporter(Importer[Recap]):
    """Reports of a month, begun or completed as drafts. What differs from profile and register is told, not written."""

    kind: ClassVar[str] = BatchKind.RECAP
    permission: ClassVar[str] = "outlets.change_monthlyreport"
    title: ClassVar[Text] = gettext_lazy("Rekap bulanan KKMP")
    lead: ClassVar[Text] = gettext_lazy(
        "Lembar rekap bulanan menjadi draf laporan setiap KKMP; diajukan dan diverifikasi seperti biasa."
    )
    needs: ClassVar[Sequence[Text]] = (
        gettext_lazy(
            "Satu baris untuk satu KKMP, atau satu gerai bila gerainya beberapa; dengan kode kelurahan atau dengan "
            "kecamatan dan kelurahan."
        ),
        gettext_lazy(
            "Bulan dengan tahunnya, di kolom Bulan atau di judul lembar: “Rekap bulan Oktober 2026”. Tidak pernah ditebak."
        ),
        gettext_lazy(
            "Status, sejak kapan bila statusnya berubah, omzet, kendala, dan rencana tindak lanjut."
        ),
        gettext_lazy(
            "Sel kosong tidak menghapus apa pun. NIB, NPWP, jumlah anggota, dan sejenisnya dibandingkan dengan catatan "
            "dan diberitahukan bila berbeda."
        ),
        gettext_lazy("Laporan yang sudah diajukan atau diverifikasi tidak disentuh."),
    )
    columns: ClassVar[Sequence[Column]] = COLUMNS
    max_rows: ClassVar[int] = 1_000
    all_or_nothing: ClassVar[bool] = False
    maps_columns: ClassVar[bool] = True

    def template(self, *, user: User) -> Template:
        ended = timezone.localdate().replace(day=1) - timedelta(days=1)
        return empty_sheet(user, month=bulan(ended))

    def lock(self) -> None:
        # The same lock as the report services take, in one order, so that nobody saves or submits in between.
        list(Cooperative.objects.select_for_update().order_by("pk").values_list("pk", flat=True))

    def registered(self, cooperatives: Iterable[int], *, on: date) -> Mapping[int, Registered]:  # for heirs
        """Members and savings of the cooperatives by key: another subject, so whoever knows both fills it in."""
        return {}

    def check(self, rows: Sequence[GivenRow], *, user: User) -> list[CheckedRow[Recap]]:
        today = timezone.localdate()
        cooperatives = list(Cooperative.objects.visible_to(user).select_related("kelurahan__kecamatan"))
        index = CooperativeIndex(cooperatives)
        checks = self._located(rows, index, user)
        records = _records(checks, cooperatives, index, today=today)
        for check in checks:
            check.read(records)
        found = results(checks)
        facts = self._facts(checks, today=today)
        for check, result in zip(checks, found, strict=True):
            if check.cooperative:
                result.notes += notes_about(check.cells, check.cooperative, _outlet_of(check, records), facts)
        return found

    def _located(self, rows: Sequence[GivenRow], index: CooperativeIndex, user: User) -> list[RowCheck]:
        """Each row with its cooperative; a kecamatan that stands once, in a merged cell, holds for the rows below."""
        hint = "" if sees_whole_city(user) else _(" Yang dibaca hanya KKMP di wilayah Anda.")
        named = months_named(self.batch.above) if self.batch else set()
        # Of two months in a title nobody knows which one is meant.
        month = next(iter(named)) if len(named) == 1 else None
        checks = []
        kecamatan = ""
        for row in rows:
            check = RowCheck(row, kecamatan_above=kecamatan, month_above=month, area_hint=hint)
            check.find(index)
            kecamatan = check.kecamatan
            checks.append(check)
        return checks

    def _facts(self, checks: Sequence[RowCheck], *, today: date) -> Facts:
        """On the last day of the latest month in the file, or today while it runs."""
        keys = {check.cooperative.pk for check in checks if check.cooperative}
        latest = max((check.month for check in checks if check.month), default=today)
        day = min(month_end(latest), today)
        return facts_of(keys, on=day, registered=self.registered(keys, on=day))

    def write(
        self, rows: Sequence[CheckedRow[Recap]], *, batch: ImportBatch, by: User
    ) -> dict[int, list[Target]]:
        reports: dict[tuple[int, date], list[CheckedRow[Recap]]] = defaultdict(list)
        for row in rows:
            if row.plan:
                report = row.plan.draft.report
                reports[report.cooperative_id, report.month].append(row)
        made: dict[int, list[Target]] = {}
        for of_one_report in reports.values():
            made |= _write(of_one_report, by=by)
        return made

    def consequences(self, targets: Mapping[str, Sequence[int]]) -> list[str]:
        return consequences(touched_by(self.batch), targets.get(OUTLET, ()))

    def undo(
        self, targets: Mapping[str, Sequence[int]], *, note: str, by: User
    ) -> list[str]:  # a draft keeps no reason
        return take_back(touched_by(self.batch), targets.get(OUTLET, ()), by=by)


# --- what is recorded ---------------------------------------------------------


def _records(
    checks: Sequence[RowCheck], cooperatives: Sequence[Cooperative], index: CooperativeIndex, *, today: date
) -> Records:
    asked = {(check.cooperative.pk, check.month) for check in checks if check.cooperative and check.month}
    by_key = {cooperative.pk: cooperative for cooperative in cooperatives}
    keys = {key for key, _month in asked}
    outlets: dict[int, list[Outlet]] = defaultdict(list)
    for outlet in Outlet.objects.filter(cooperative__in=keys).order_by("pk"):
        outlets[outlet.cooperative_id].append(outlet)
    changes: dict[int, list[StatusChange]] = defaultdict(list)
    for change in StatusChange.objects.live().filter(cooperative__in=keys).by(today):
        changes[change.cooperative_id].append(change)
    stored = _stored_drafts({month for _key, month in asked}, keys)
    texts = _texts_before(keys)
    drafts = {}
    for key, month in asked:
        report, lines = stored.get((key, month)) or (_begun(by_key[key], month, texts.get(key, ())), {})
        report.cooperative = by_key[key]
        recorded = lines_of_record(report, outlets[key], changes[key], today=today)
        if report.pk:
            # Outlets added since the draft was begun have no line in it yet.
            recorded = [line for line in recorded if line.outlet_id is not None]
        drafts[key, month] = Draft(report, {line.outlet_id: line for line in recorded} | lines)
    return Records(index, outlets, drafts, today)


def _stored_drafts(
    months: Iterable[date], keys: Iterable[int]
) -> dict[tuple[int, date], tuple[MonthlyReport, dict[int | None, ReportLine]]]:
    """The latest revision of each cooperative and month, with its lines by outlet."""
    reports = MonthlyReport.objects.filter(month__in=list(months), cooperative__in=list(keys))
    latest = {(report.cooperative_id, report.month): report for report in reports.order_by("revision", "pk")}
    lines: dict[int, dict[int | None, ReportLine]] = defaultdict(dict)
    wanted = [report.pk for report in latest.values()]
    for line in ReportLine.objects.filter(report__in=wanted).select_related("outlet").order_by("pk"):
        lines[line.report_id][line.outlet_id] = line
    return {key: (report, lines[report.pk]) for key, report in latest.items()}


def _texts_before(keys: Iterable[int]) -> dict[int, list[tuple[date, str, str]]]:
    """(month, obstacle, plan) of the standing reports of each cooperative, the latest first."""
    found: dict[int, list[tuple[date, str, str]]] = defaultdict(list)
    standing = MonthlyReport.objects.standing().filter(cooperative__in=list(keys)).order_by("-month", "pk")
    for key, month, obstacle, plan in standing.values_list("cooperative", "month", "obstacle", "plan"):
        found[key].append((month, obstacle, plan))
    return found


def _begun(cooperative: Cooperative, month: date, texts: Iterable[tuple[date, str, str]]) -> MonthlyReport:
    """What `open_report` would begin with, not saved."""
    obstacle, plan = next(((told[1], told[2]) for told in texts if told[0] < month), ("", ""))
    return MonthlyReport(cooperative=cooperative, month=month, obstacle=obstacle, plan=plan)


def _outlet_of(check: RowCheck, records: Records) -> Outlet | None:
    """The one that facts about an outlet are compared with."""
    if check.plan and check.plan.line and check.plan.line.outlet:
        return check.plan.line.outlet
    outlets = records.outlets.get(check.cooperative.pk, ()) if check.cooperative else ()
    return outlets[0] if len(outlets) == 1 else None


# --- writing ------------------------------------------------------------------


def _write(rows: Sequence[CheckedRow[Recap]], *, by: User) -> dict[int, list[Target]]:
    """The rows of one report, in one save; the first of them keeps what stood there before."""
    plans = {row.given.number: row.plan for row in rows if row.plan}
    first, plan = next(iter(plans.items()))
    draft = plan.draft.report
    report = open_report(cooperative=draft.cooperative, month=draft.month, by=by)
    before = as_it_stood(report)
    made: dict[int, list[Target]] = {number: [] for number in plans}
    lines: list[LineValues] = []
    for number, one in plans.items():
        if one.new_outlet:
            outlet = add_outlet(
                cooperative=draft.cooperative, name=one.new_outlet.name, kind=one.new_outlet.kind, by=by
            )
            made[number].append((OUTLET, outlet.pk))
            lines.append(_of_outlet(one, outlet))
        elif one.line:
            lines.append(one.line)
    texts = {
        name: next(
            (text for one in plans.values() if (text := getattr(one, name)) is not None),
            getattr(report, name),
        )
        for name in ("obstacle", "plan")
    }
    saved = save_draft(
        report=report, version=report.version, lines=[*lines, *_none_line(report, lines)], by=by, **texts
    )
    made[first].append((REPORT, saved.pk, {"version": saved.version, "before": before}))
    return made


def _of_outlet(plan: Recap, outlet: Outlet) -> LineValues:
    line = plan.line
    assert line is not None  # noqa: S101  # a new outlet comes with its line
    return LineValues(
        outlet,
        line.status,
        line.reason,
        line.changed_on,
        line.turnover_idr,
        line.procurement_idr,
        line.customers,
    )


def _none_line(report: MonthlyReport, lines: Iterable[LineValues]) -> list[LineValues]:
    """“No outlet” stays said where the sheet says nothing else: saving drops it when it is not said again."""
    if any(lines):
        return []
    none = ReportLine.objects.filter(report=report, outlet=None).first()
    return [LineValues(None, Status.NONE, "", none.changed_on)] if none else []
