"""The lines of a book as rows of a table: thousands of cells, for which a template's loop takes several times as long."""

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from kkmp.pdf.paper import Column, Row, Table

register = template.Library()
CLOSED, FILLED = SafeString("</td>"), "<bdi>{}</bdi></td>"


@register.simple_tag
def book_rows(table: Table) -> SafeString:
    """A `<tr>` for each row; each cell names its column for phones, where a row is a card."""
    opened = [_opened(column) for column in table.columns]
    return format_html_join("\n", "{}", ((_row(row, opened),) for row in table.rows))


def _opened(column: Column) -> SafeString:
    kind = "num" if column.is_numeric else "by-hand" if column.is_by_hand else ""
    return format_html('<td data-label="{}" class="{}">', column.label, kind)


def _row(row: Row, opened: list[SafeString]) -> SafeString:
    kind = "struck" if row.is_struck else "total" if row.is_total else ""
    # A cell without a word stays empty: phones leave it out.
    cells = (
        (start, format_html(FILLED, text) if text else CLOSED)
        for start, text in zip(opened, row.cells, strict=True)
    )
    return format_html('<tr class="{}">{}</tr>', kind, format_html_join("", "{}{}", cells))
