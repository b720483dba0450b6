"""A file as rows that wait: cells as text, identity numbers sealed, columns named, and what a checked row becomes."""

import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime

from django.db import connection, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kkmp.accounts.models import User
from kkmp.imports import sealing
from kkmp.imports.importer import CheckedRow, GivenRow, Importer
from kkmp.imports.models import MOST_ABOVE, ImportBatch, ImportRow, Outcome
from kkmp.parsing import parse_day, says_nothing
from kkmp.tabular.reading import Cell, Column, Grid

# A longer cell is no value of ours; what is kept is enough to recognise it.
MOST_TEXT = 1_000
ROWS_AT_ONCE = 1_000
MOST_EFFECT = 500
# What a workbook that came back says of where its rows are from; no importer reads these.
BATCH, ROW, TOLD = "_batch", "_row", "_told"
RETURNED = (
    Column(BATCH, gettext_lazy("Berkas asal"), ("berkas asal",)),
    Column(ROW, gettext_lazy("Baris asal"), ("baris asal",)),
    Column(TOLD, gettext_lazy("Yang perlu diperbaiki"), ("yang perlu diperbaiki",)),
)
# From here on Excel's 15 digits no longer hold a whole number.
_ROUNDED_FROM = 1e15
# Days as numbers: 1927 to 2119. Outside of that a number in a column of days is no day.
_SERIAL = re.compile(r"[1-7][0-9]{4}")
_CHECKED = ("outcome", "effect", "messages", "cooperative", "targets")
_STAGED = (*_CHECKED, "payload", "sealed")
# Cells by letter.
Texts = dict[str, str]


def texts_of(grid: Grid, columns: Sequence[Column]) -> dict[int, Texts]:
    """Rows of the file as text, by number and letter."""
    days = {grid.letters.get(column.key) for column in columns if column.is_day}
    return {
        row.number: {
            letter: _day_text(as_text(cell)) if letter in days else as_text(cell)[:MOST_TEXT]
            for letter, cell in row.cells.items()
        }
        for row in grid.rows
    }


def as_text(cell: Cell) -> str:
    """A cell as its owner would type it."""
    if isinstance(cell, bool):
        return _("ya") if cell else _("tidak")
    if isinstance(cell, datetime):
        return f"{cell:%d/%m/%Y %H:%M}"
    if isinstance(cell, date):
        return f"{cell:%d/%m/%Y}"
    if isinstance(cell, float | int):
        if abs(cell) >= _ROUNDED_FROM:
            return f"{cell:.14E}".replace(".", ",")
        return str(int(cell)) if cell == int(cell) else f"{cell:.15g}".replace(".", ",")
    return str(cell)


def named_columns(grid: Grid, columns: Sequence[Column]) -> list[dict[str, str]]:
    """ImportBatch.columns of a file just read, in its own order."""
    keys = {letter: key for key, letter in grid.letters.items()}
    known = {column.key for column in (*columns, *RETURNED)}
    return [
        {
            "letter": letter,
            # A file without titles begins with a person.
            "title": sealing.hide(title)[:200],
            "key": keys.get(letter, "") if keys.get(letter) in known else "",
        }
        for letter, title in grid.titles.items()
    ]


def propose_id_column(
    batch: ImportBatch, texts: Mapping[int, Mapping[str, str]], columns: Sequence[Column]
) -> bool:
    """Take a column without a known title, most of whose cells are 16 digits, for that of identity numbers.

    Only proposed: answers whether somebody has to look at it before the rows are checked.
    """
    wanted = next((column.key for column in columns if column.is_national_id), "")
    if not wanted or wanted in batch.letters:
        return False
    for column in batch.columns:
        cells = [cells[column["letter"]] for cells in texts.values() if cells.get(column["letter"])]
        if not column["key"] and cells and 2 * sum(map(sealing.is_whole_number, cells)) > len(cells):
            column["key"] = wanted
            batch.ignored = [one["title"] for one in batch.columns if not one["key"]]
            return True
    return False


def missing_columns(batch: ImportBatch, columns: Sequence[Column]) -> list[Column]:
    return [column for column in columns if column.is_required and column.key not in batch.letters]


def given_rows(
    batch: ImportBatch, texts: Mapping[int, Mapping[str, str]], columns: Sequence[Column]
) -> list[GivenRow]:
    """The rows as an importer reads them: by key of the column, identity numbers in clear."""
    letters = batch.letters if batch.columns else {column.key: column.key for column in columns}
    wanted = [(column.key, letters[column.key], column.is_day) for column in columns if column.key in letters]
    given = []
    for number, cells in texts.items():
        found = {}
        for key, letter, is_day in wanted:
            text = cells.get(letter, "")
            if not says_nothing(text):
                found[key] = _day_text(text) if is_day else text
        given.append(GivenRow(number, found))
    return given


def _day_text(text: str) -> str:
    """Excel keeps days as numbers where the column has no date format."""
    text = text[:MOST_TEXT]
    if not _SERIAL.fullmatch(text):
        return text
    return f"{parse_day(float(text)):%d/%m/%Y}"


def kept_texts(row: ImportRow) -> Texts:
    """Cells of a staged row, identity numbers in clear."""
    return {**row.payload, **sealing.opened(row)} if row.sealed is not None else row.payload


def stage(row: ImportRow, texts: Mapping[str, str], ids: Iterable[str]) -> None:
    """Put the cells into the row: those with an identity number sealed, and masked where they show.

    What was sealed once stays so, whatever its column is called now.
    """
    letters = {*ids, *sealing.opened(row)}
    hidden = {
        letter: text
        for letter, text in texts.items()
        if sealing.must_be_sealed(text, is_national_id=letter in letters)
    }
    row.payload = {**texts, **{letter: sealing.hide_cell(text) for letter, text in hidden.items()}}
    row.sealed = sealing.seal(hidden, batch=row.batch_id, row=row.number) if hidden else None


def letters_of_ids(batch: ImportBatch, columns: Sequence[Column]) -> list[str]:
    letters = batch.letters if batch.columns else {column.key: column.key for column in columns}
    return [letters[column.key] for column in columns if column.is_national_id and column.key in letters]


# --- numbers that came back masked ----------------------------------------------


def unmask(texts: Mapping[int, Texts], batch: ImportBatch, columns: Sequence[Column], *, user: User) -> None:
    """Put back what a returned workbook shows masked, from the rows it names: of files in sight, of the same cooperative.

    A cell that was changed, or that names no such row, stays as it is.
    """
    letters = batch.letters
    if BATCH not in letters or ROW not in letters:
        return
    masked = {
        number: origin
        for number, cells in texts.items()
        if any(map(sealing.is_masked, cells.values())) and (origin := _origin(cells, letters))
    }
    earlier = _earlier_cells(set(masked.values()), batch, user=user) if masked else {}
    for number, origin in masked.items():
        for column in columns:
            letter, kept = letters.get(column.key, ""), earlier.get(origin, {}).get(column.key, "")
            if kept and sealing.hide_cell(kept) == texts[number].get(letter):
                texts[number][letter] = kept


def words_above(texts: Mapping[int, Texts], batch: ImportBatch, *, user: User) -> str:
    """What stands above the table; of a workbook that came back, what stood above the one its rows are from."""
    letters = batch.letters
    if BATCH not in letters or ROW not in letters:
        return batch.above
    origins = {origin[0] for cells in texts.values() if (origin := _origin(cells, letters))}
    if len(origins) != 1:
        return batch.above
    earlier = ImportBatch.objects.visible_to(user).filter(pk__in=origins, kind=batch.kind)
    found = earlier.filter(cooperative=batch.cooperative).values_list("above", flat=True).first()
    return " · ".join(filter(None, (batch.above, found)))[:MOST_ABOVE]


def _origin(cells: Mapping[str, str], letters: Mapping[str, str]) -> tuple[int, int] | None:
    found = [cells.get(letters[key], "") for key in (BATCH, ROW)]
    if not all(re.fullmatch(r"[0-9]{1,9}", text) for text in found):
        return None
    return int(found[0]), int(found[1])


def _earlier_cells(
    origins: set[tuple[int, int]], batch: ImportBatch, *, user: User
) -> dict[tuple[int, int], dict[str, str]]:
    batches = ImportBatch.objects.visible_to(user).filter(kind=batch.kind, cooperative=batch.cooperative)
    named = {one.pk: one for one in batches.filter(pk__in={key for key, _number in origins})}
    numbers: dict[int, list[int]] = defaultdict(list)
    for key, number in origins:
        numbers[key].append(number)
    found = {}
    for key, one in named.items():
        keys = {letter: column for column, letter in one.letters.items()}
        rows = one.rows.filter(number__in=numbers[key], sealed__isnull=False).order_by("number")
        for row in rows:
            cells = sealing.opened(row)
            found[key, row.number] = {keys[letter]: text for letter, text in cells.items() if letter in keys}
    return found


# --- results ------------------------------------------------------------------


def counts_of(checked: Sequence[CheckedRow[object]]) -> dict[str, int]:
    found = Counter(str(row.outcome) for row in checked)
    return {str(outcome): found[outcome] for outcome in Outcome.values if found[outcome]}


def with_result(row: ImportRow, checked: CheckedRow[object], importer: Importer[object]) -> bool:
    """Write what was found into the row, identity numbers masked; says whether that is news."""
    ids = {str(column.title) for column in importer.columns if column.is_national_id}
    messages = [
        *(
            {
                "column": each.column,
                "value": sealing.hide_cell(each.value) if each.column in ids else sealing.hide(each.value),
                "text": sealing.hide(each.text),
            }
            for each in checked.problems
        ),
        *({"column": "", "value": "", "text": sealing.hide(note)} for note in checked.notes),
    ]
    effect = sealing.hide(checked.effect)[:MOST_EFFECT]
    before = (row.outcome, row.effect, row.messages, row.cooperative_id)
    row.outcome, row.effect, row.messages = checked.outcome, effect, messages
    row.cooperative_id = checked.cooperative
    return before != (row.outcome, row.effect, row.messages, row.cooperative_id)


def create_rows(rows: Sequence[ImportRow]) -> None:
    """In chunks that others see at once: a page can say how far it is."""
    for chunk in _chunks(rows):
        with transaction.atomic():
            ImportRow.objects.bulk_create(chunk)


def update_rows(rows: Sequence[ImportRow], *, with_cells: bool = False) -> None:
    # An insert that gives way: bulk_update writes a CASE of a thousand branches for each field.
    ImportRow.objects.bulk_create(
        rows,
        batch_size=ROWS_AT_ONCE,
        update_conflicts=True,
        unique_fields=["id"],
        update_fields=list(_STAGED if with_cells else _CHECKED),
    )


def save_targets(rows: Sequence[ImportRow]) -> None:
    """What rows made, in a statement a thousand: sending all cells once more took a quarter of confirming."""
    field = ImportRow._meta.get_field("targets")
    for chunk in _chunks(rows):
        values = ", ".join(["(%s, %s)"] * len(chunk))
        statement = (
            f"WITH made (id, targets) AS (VALUES {values}) "  # noqa: S608  # placeholders and names of ours
            f"UPDATE {ImportRow._meta.db_table} SET targets = CAST(made.targets AS {field.db_type(connection)}) "
            f"FROM made WHERE {ImportRow._meta.db_table}.id = CAST(made.id AS bigint)"
        )
        with connection.cursor() as cursor:
            cursor.execute(statement, [part for row in chunk for part in (row.pk, json.dumps(row.targets))])


def _chunks(rows: Sequence[ImportRow]) -> Iterator[Sequence[ImportRow]]:
    for start in range(0, len(rows), ROWS_AT_ONCE):
        yield rows[start : start + ROWS_AT_ONCE]
