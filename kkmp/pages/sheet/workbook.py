"""The leader's sheet as a workbook: the same texts, with the numbers as numbers, and the map as a list."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from kkmp.pages.sheet.definition import Sheet
from kkmp.tabular.writing import Heading, OutCell, Page, write_book

Row = tuple[OutCell, ...]


def write_workbook(sheet: Sheet) -> bytes:
    return write_book((_first(sheet), _areas(sheet), _tiles(sheet)))


def _first(sheet: Sheet) -> Page:
    """Everything but table and map, in the order of the page; a number stands beside the text that says it."""
    headings = [
        Heading(_("Bagian"), 26),
        Heading(_("Uraian"), 52),
        Heading(_("Nilai"), 18),
        Heading(_("Keterangan"), 90),
    ]
    return Page(sheet.kind, headings, list(_facts(sheet)))


def _facts(sheet: Sheet) -> Iterator[Row]:
    yield (sheet.title, sheet.area, sheet.on, f"{sheet.day}; {sheet.compared}")
    for problem in sheet.problems:
        yield (sheet.title, problem, None, None)
    for big in sheet.bigs:
        yield (sheet.title, big.label, big.figure.value, "; ".join([big.figure.text, *big.notes]))
    for risk in sheet.risks:
        yield (sheet.risks_title, f"{risk.number}. {risk.title}", risk.count, f"{risk.evidence} {risk.rule}")
        yield (sheet.decisions_title, f"{risk.number}. {risk.decision}", None, None)
    if sheet.no_risk:
        yield (sheet.risks_title, sheet.no_risk, None, None)
    for block in sheet.blocks:
        for line in block.lines:
            yield (
                block.title,
                line.label,
                line.figure.value,
                "; ".join(filter(None, [line.figure.text, line.note])),
            )
        if block.note:
            yield (block.title, block.note, None, None)
    yield (_("Sumber"), sheet.source, None, sheet.printed)


def _areas(sheet: Sheet) -> Page:
    """Numbers where the page has them; “6/7” is the 6 beside the text."""
    table = sheet.areas
    headings = [Heading(head.text, 26 if head is table.heads[0] else 20) for head in table.heads]
    return Page(
        table.title,
        headings,
        [
            (line.name, *(cell.text if "/" in cell.text else cell.value for cell in line.cells))
            for line in (*table.rows, table.total)
        ],
    )


def _tiles(sheet: Sheet) -> Page:
    headings = [
        Heading(_("Kecamatan"), 26),
        Heading(_("Kelurahan"), 30),
        Heading(_("Status"), 24),
        Heading(_("Sebab"), 30),
    ]
    ordered = sorted(sheet.map, key=lambda tile: (tile.group, tile.name))
    return Page(sheet.map_title, headings, [(one.group, one.name, one.status, one.note) for one in ordered])
