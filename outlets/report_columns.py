"""Columns of the list of one month's reports."""

from datetime import date, datetime
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cooperatives.asof import View
from kkmp.columns import Cell, Column, Kind, Part, column, in_order_of, words_of
from kkmp.templatetags.ui import waktu
from outlets.report_cycle import IN_WRITING, ReportCell

CELL_WORDS = words_of(ReportCell)
LATE_WORDS: dict[bool, str | Promise] = {True: _("terlambat"), False: ""}
# One of the tones of components.css, or the word whose sign says it; the word beside it says which.
CELL_TONES = {
    ReportCell.VERIFIED: "running",
    ReportCell.ZERO: "zero",
    ReportCell.SUBMITTED: "submitted",
    ReportCell.RETURNED: "returned",
    ReportCell.MISSING: "error",
    ReportCell.DRAFT: "preparing",
    ReportCell.WAITING: "none",
    ReportCell.NOT_YET: "none",
    ReportCell.NOT_EXPECTED: "not_expected",
}


def cell_href(cell: ReportCell, report_id: int | None, *, code: str, month: date, may_write: bool) -> str:
    """The report, or the form of whoever may write it; empty where there is neither."""
    if may_write and cell in IN_WRITING:
        return reverse("reports:form", args=[code, month])
    return reverse("reports:detail", args=[report_id]) if report_id else ""


def _cooperative(row: Any, view: View) -> Cell:
    """Leads to the report, or to the form of whoever may write it."""
    href = cell_href(
        ReportCell(row.report_cell),
        row.report_id,
        code=row.kelurahan__code,
        month=row.report_month,
        may_write=view.user.has_perm("outlets.change_monthlyreport"),
    )
    home = reverse("cooperatives:detail", args=[row.kelurahan__code])
    return Cell(
        f"KKMP {row.kelurahan__name}", href=href or view.link(home), sub=row.kelurahan__kecamatan__name
    )


def _state(row: Any, _view: View) -> Cell:
    is_sent_late = row.report_is_late and row.report_sent_at is not None
    return Cell(
        str(CELL_WORDS[row.report_cell]),
        tone=CELL_TONES[ReportCell(row.report_cell)],
        sub=gettext("terlambat") if is_sent_late else "",
    )


def _day(moment: datetime | None, _view: View) -> date | None:
    return timezone.localdate(moment) if moment else None


def _sent(row: Any, _view: View) -> Cell:
    return Cell(waktu(row.report_sent_at)) if row.report_sent_at else Cell()


REPORT_COLUMNS = (
    Column(
        "cooperative",
        _("Koperasi"),
        (
            Part(_("Kode kelurahan"), "kelurahan__code"),
            Part(_("Kecamatan"), "kelurahan__kecamatan__name"),
            Part(_("Kelurahan"), "kelurahan__name"),
            Part(_("Bulan"), "report_month", Kind.DAY),
        ),
        cell=_cooperative,
        order=("kelurahan__kecamatan__name", "kelurahan__name"),
        extra=("report_cell", "report_id"),
    ),
    Column(
        "state",
        _("Keadaan"),
        (
            Part(_("Keadaan"), "report_cell", words=CELL_WORDS),
            Part(_("Terlambat"), "report_is_late", words=LATE_WORDS),
        ),
        cell=_state,
        order=(in_order_of("report_cell", ReportCell),),
        extra=("report_sent_at",),
    ),
    column(
        "sent",
        _("Pertama diajukan"),
        "report_sent_at",
        Kind.DAY,
        value=_day,
        cell=_sent,
        order=("report_sent_at",),
    ),
)
