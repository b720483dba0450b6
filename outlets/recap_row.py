"""Rows of the monthly recap: which report each speaks of, what it says there, and everything that is wrong with it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from django.utils.translation import gettext as _

from cooperatives.matching import CooperativeIndex, UnknownAreaError
from cooperatives.models import Cooperative
from kkmp.imports.importer import GivenRow, Problem
from kkmp.parsing import choice_key, parse_count, parse_day, parse_month, parse_rupiah
from kkmp.templatetags.ui import bulan, tanggal
from outlets.models import MonthlyReport, Outlet, OutletKind, Reason, ReportLine, Status
from outlets.opening import DEFAULT_KIND, FIRST_SINCE, LONGEST_NAME
from outlets.recap_columns import OF_AN_OUTLET, OF_THE_REPORT, TITLES
from outlets.report_services import LineValues
from outlets.spellings import parse_kind, parse_reason, parse_status

LONGEST_TEXT = 1000
# What people write into a cell that has nothing to say.
NOTHING = frozenset({"-", "–", "—", ".", "n/a", "na"})

V = TypeVar("V")


@dataclass(frozen=True)
class Draft:
    """The report of a cooperative and month as it stands, or unsaved as it would begin; its lines by outlet."""

    report: MonthlyReport
    lines: Mapping[int | None, ReportLine]

    @property
    def cooperative(self) -> Cooperative:
        return self.report.cooperative


@dataclass(frozen=True)
class NewOutlet:
    name: str
    kind: OutletKind


@dataclass(frozen=True)
class Recap:
    """One row understood: what it adds to a draft. A text that is None was not said; `line` too."""

    draft: Draft
    line: LineValues | None
    new_outlet: NewOutlet | None
    obstacle: str | None
    plan: str | None

    @property
    def key(self) -> tuple[int, date, object]:
        """Of two rows with the same key nobody knows which one counts."""
        report = self.draft.report
        about: object = "texts"
        if self.new_outlet:
            about = choice_key(self.new_outlet.name)
        elif self.line:
            about = self.line.outlet.pk if self.line.outlet else None
        return (report.cooperative_id, report.month, about)


@dataclass(frozen=True)
class Records:
    """What the rows are held against, read at once; `drafts` by cooperative and month."""

    index: CooperativeIndex
    outlets: Mapping[int, Sequence[Outlet]]
    drafts: Mapping[tuple[int, date], Draft]
    today: date


class RowCheck:
    """One row. `kecamatan_above` stands in a merged cell, `month_above` in the title; `area_hint` ends errors of the area."""

    def __init__(
        self, given: GivenRow, *, kecamatan_above: str, month_above: date | None, area_hint: str
    ) -> None:
        self.given = given
        self.month_above = month_above
        self.area_hint = area_hint
        self.problems: list[Problem] = []
        self.cells = {key: text for key, text in given.cells.items() if text.casefold() not in NOTHING}
        self.is_blank = not any(self.text(key) for key in OF_THE_REPORT)
        self.kecamatan = self.text("kecamatan") or kecamatan_above
        self.month = None if self.is_blank else self._month()
        self.cooperative: Cooperative | None = None
        self.plan: Recap | None = None

    def text(self, key: str) -> str:
        return self.cells.get(key, "")

    def tell(self, key: str, text: str) -> None:
        self.problems.append(Problem(str(TITLES[key]), self.given.cells.get(key, "")[:100], text))

    def parsed(self, key: str, parse: Callable[[object], V]) -> V | None:
        try:
            return parse(self.text(key))
        except ValueError as error:
            self.tell(key, str(error))
            return None

    def _month(self) -> date | None:
        if not self.text("month"):
            if self.month_above is None:
                self.tell("month", _("Isi bulan laporannya dengan tahunnya. Contoh: Oktober 2026."))
            return self.month_above
        return self.parsed("month", parse_month)

    def find(self, index: CooperativeIndex) -> None:
        """Which cooperative the row means; the name of the cooperative stands in for that of its kelurahan."""
        if self.is_blank:
            return
        kelurahan = self.text("kelurahan") or self.text("cooperative")
        names = {"code": self.text("code"), "kelurahan": kelurahan}
        try:
            self.cooperative = index.find(kecamatan=self.text("kecamatan"), **names)
        except UnknownAreaError as error:
            if self.text("kecamatan") or not self.kecamatan or names["code"]:
                self.tell(self._cell_of(error), f"{error}{self.area_hint}")
                return
            try:
                self.cooperative = index.find(kecamatan=self.kecamatan, **names)
            except UnknownAreaError as merged:
                # A kelurahan that is known elsewhere lacks its kecamatan; another one is misspelt.
                told = error if index.knows(kelurahan) else merged
                self.tell(self._cell_of(told), f"{told}{self.area_hint}")

    def _cell_of(self, error: UnknownAreaError) -> str:
        named_by_cooperative = error.cell == "kelurahan" and not self.text("kelurahan")
        return "cooperative" if named_by_cooperative and self.text("cooperative") else error.cell

    def read(self, records: Records) -> None:
        """Understand the cells against what is recorded; fills `plan` unless something is missing."""
        if self.is_blank:
            return
        if self.month:
            self._refuse_month(self.month, records.today)
        draft = None
        if self.cooperative and self.month:
            draft = records.drafts.get((self.cooperative.pk, self.month))
        outlet, new_outlet, line = None, None, None
        if any(self.text(key) for key in OF_AN_OUTLET):
            outlets = records.outlets.get(self.cooperative.pk, ()) if self.cooperative else ()
            outlet = self._outlet(outlets)
            line = self._line(draft, outlets, outlet, today=records.today)
            if not outlets and line and line.status != Status.NONE:
                new_outlet = self._new_outlet()
        obstacle, plan = self._long_text("obstacle"), self._long_text("plan")
        if draft and not self.problems:
            self.plan = Recap(draft, line, new_outlet, obstacle, plan)

    def _refuse_month(self, month: date, today: date) -> None:
        if month > today:
            self.tell(
                "month",
                _("Laporan %(month)s baru bisa ditulis mulai %(day)s.")
                % {"month": bulan(month), "day": tanggal(month)},
            )
        elif month < FIRST_SINCE:
            self.tell("month", _("KKMP ada sejak 2025. Periksa tahunnya."))

    def _long_text(self, key: str) -> str | None:
        text = self.text(key)
        if len(text) > LONGEST_TEXT - 1:
            self.tell(
                key,
                _("Teks ini lebih dari %(most)d huruf. Ketik yang lebih pendek.")
                % {"most": LONGEST_TEXT - 1},
            )
        return text or None

    def _outlet(self, outlets: Sequence[Outlet]) -> Outlet | None:
        """The outlet that the row means: by name, else the only one, else the only one of its kind."""
        name = self.text("name")
        names = ", ".join(f"“{outlet.name}”" for outlet in outlets)
        for outlet in outlets:
            if name and choice_key(outlet.name) == choice_key(name):
                return outlet
        if name and outlets:
            self.tell(
                "name",
                _(
                    "Gerai ini tidak tercatat di KKMP ini. Ketik salah satu: %(names)s. Gerai baru ditambahkan di formulir laporan."
                )
                % {"names": names},
            )
            return None
        if len(outlets) > 1:
            self.tell(
                "name",
                _("KKMP ini punya beberapa gerai. Ketik salah satu namanya: %(names)s.") % {"names": names},
            )
            return None
        return outlets[0] if outlets else None

    def _line(
        self, draft: Draft | None, outlets: Sequence[Outlet], outlet: Outlet | None, *, today: date
    ) -> LineValues | None:
        figures = {
            "turnover_idr": self.parsed("turnover", parse_rupiah),
            "procurement_idr": self.parsed("procurement", parse_rupiah),
            "customers": self.parsed("customers", parse_count),
        }
        if draft is None or (outlets and outlet is None):
            return None
        base = draft.lines.get(outlet.pk if outlet else None)
        status = self._status(base, is_known=outlet is not None)
        if status == Status.NONE and outlets:
            self._refuse_none_beside(outlets)
            return None
        reason = self._reason(status, base)
        since = self._since((status, reason), base, last=min(draft.report.last_day, today))
        if status == Status.NONE:
            self._refuse_figures_of_none()
        kept = {
            name: getattr(base, name) if value is None and base else value for name, value in figures.items()
        }
        return LineValues(outlet, status, reason, since, **kept)

    def _status(self, base: ReportLine | None, *, is_known: bool) -> str:
        """What the row says, else what the draft says. Empty while nobody knows: a draft may say so of an outlet."""
        status = self.parsed("status", parse_status) or (base.status if base else "")
        needs_one = not is_known or self.text("since") or self.text("reason")
        if not status and needs_one and not self.text("status"):
            words = ", ".join(f"“{label}”" for label in Status.labels)
            self.tell("status", _("Isi status gerai. Ketik salah satu: %(words)s.") % {"words": words})
        return status

    def _reason(self, status: str, base: ReportLine | None) -> str:
        if status != Status.IDLE:
            if status and self.text("reason"):
                self.tell(
                    "reason",
                    _("Sebab hanya untuk gerai yang belum berjalan. Kosongkan, atau ketik status “%(idle)s”.")
                    % {"idle": Status.IDLE.label},
                )
            return ""
        if self.text("reason"):
            return self.parsed("reason", parse_reason) or ""
        found = base.reason if base and base.status == Status.IDLE else self._obstacle_as_reason()
        if not found:
            words = ", ".join(f"“{label}”" for label in Reason.labels)
            self.tell(
                "reason",
                _("Gerai yang belum berjalan perlu sebab. Ketik salah satu: %(words)s.") % {"words": words},
            )
        return found

    def _obstacle_as_reason(self) -> str:
        """Many sheets have one column for both; it is a reason where it says nothing but one of the words."""
        try:
            return parse_reason(self.text("obstacle")) or ""
        except ValueError:
            return ""

    def _since(self, now: tuple[str, str], base: ReportLine | None, *, last: date) -> date | None:
        day = self.parsed("since", parse_day)
        was = (base.status, base.reason) if base else ("", "")
        known = base.changed_on if base else None
        if not self.text("since"):
            if was == now:
                return known
            if was[0]:
                self.tell("since", _("Statusnya berubah: isi sejak kapan. Contoh: 22/09/2025."))
            elif now[0]:
                self.tell("since", _("Isi sejak kapan. Contoh: 22/09/2025."))
        elif day and day > last:
            self.tell(
                "since",
                _("Paling akhir %(day)s; perubahan sesudahnya masuk laporan bulan berikutnya.")
                % {"day": tanggal(last)},
            )
        elif day and was[0] and was != now and day == known:
            self.tell(
                "since",
                _("Tanggal ini milik status sebelumnya, “%(was)s”. Isi sejak kapan “%(now)s” berlaku.")
                % {"was": Status(was[0]).label, "now": Status(now[0]).label},
            )
        return day

    def _refuse_none_beside(self, outlets: Sequence[Outlet]) -> None:
        names = ", ".join(f"“{outlet.name}”" for outlet in outlets)
        self.tell(
            "status",
            _("KKMP ini punya gerai: %(names)s. Ketik status gerai itu, misalnya “%(closed)s”.")
            % {"names": names, "closed": Status.CLOSED.label},
        )

    def _refuse_figures_of_none(self) -> None:
        for key in ("turnover", "procurement", "customers", "name"):
            if self.text(key) not in ("", "0"):
                self.tell(
                    key,
                    _("Statusnya “%(none)s”. Kosongkan kolom ini, atau ketik status lain.")
                    % {"none": Status.NONE.label},
                )

    def _new_outlet(self) -> NewOutlet:
        name = " ".join(self.text("name").split())
        if len(name) > LONGEST_NAME:
            self.tell(
                "name",
                _("Nama ini lebih dari %(most)d huruf. Ketik yang lebih pendek.") % {"most": LONGEST_NAME},
            )
        kind = self.parsed("kind", parse_kind) or DEFAULT_KIND
        return NewOutlet(name or _("Gerai %(cooperative)s") % {"cooperative": self.cooperative}, kind)
