"""Words and colours for a month's report, which arrives in templates as a plain value."""

from django import template

from outlets.report_cycle import ReportCell

register = template.Library()

_TONES = {
    ReportCell.VERIFIED: "running",
    ReportCell.ZERO: "closed",
    ReportCell.SUBMITTED: "idle",
    ReportCell.RETURNED: "error",
    ReportCell.MISSING: "error",
    ReportCell.DRAFT: "preparing",
    ReportCell.WAITING: "none",
    ReportCell.NOT_YET: "none",
    ReportCell.NOT_EXPECTED: "none",
}


@register.filter
def cell_label(value: str) -> str:
    return str(ReportCell(value).label)


@register.filter
def cell_tone(value: str) -> str:
    """One of the tones of components.css; the word beside it says which."""
    return _TONES[ReportCell(value)]
