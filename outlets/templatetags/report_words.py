"""Words and colours for a month's report, which arrives in templates as a plain value."""

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from kkmp.templatetags.ui import sign, tone
from outlets.report_columns import CELL_TONES
from outlets.report_cycle import ReportCell
from outlets.report_grid import GridCell

register = template.Library()


@register.simple_tag
def month_cell(cell: GridCell) -> SafeString:
    """A cell of the grid: colour and sign to see, words to hear, and a corner where it came late."""
    key = CELL_TONES[cell.cell]
    classes = f"month tone-{tone(key)}"
    if cell.is_late:
        classes += " is-late"
    if cell.cell == ReportCell.NOT_EXPECTED:
        classes += " is-blank"
    inner = format_html('{}<span class="visually-hidden">{}</span>', sign(key), cell.words)
    if cell.href:
        return format_html('<a class="{}" href="{}">{}</a>', classes, cell.href, inner)
    return format_html('<span class="{}">{}</span>', classes, inner)
