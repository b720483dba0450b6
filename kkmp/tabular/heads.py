"""Where in a sheet the table is: its head row (or two), which column is which, and the rows below that are rows.

Titles above, heads that repeat on each printed page, numbered columns and totals are not rows.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache

from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from xlsxwriter.utility import xl_col_to_name

from kkmp.languages import in_every_language
from kkmp.tabular.writing import Text

Cell = str | float | bool | date | None
Sheet = tuple[str, list[list[Cell]]]

# Titles, notes and merged heads above the table; a table that starts lower is not found.
HEAD_ROWS = 40
# A row that begins so adds the others up: “Jumlah”, “Total anggota”, “Sub total”.
_TOTAL = re.compile(r"(?:sub|grand)?(?:jumlah|total)(?:anggota|seluruhnya|semua|keseluruhan|rp)?")
# Fewer cells may count up by chance.
_FEWEST_COUNTED = 3


class FileError(ValueError):
    """The file cannot be read; the text says why and what to do."""


@dataclass(frozen=True)
class Column:
    """A column that a file may have. `names` are other titles met in real files, the most telling first."""

    key: str
    title: Text
    names: tuple[str, ...] = ()
    is_required: bool = False
    is_day: bool = False
    # Its cells are sealed and shown masked.
    is_national_id: bool = False


@dataclass(frozen=True)
class Row:
    """The cells of one row by column key, blank ones left out. `number` is the row as Excel counts it."""

    number: int
    cells: dict[str, Cell]


@dataclass(frozen=True)
class Table:
    """What was found in a file. `ignored` are titles of columns that nobody reads."""

    rows: list[Row]
    ignored: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Grid:
    """A table before anybody says which column is which: titles and cells by letter of the column.

    `letters` names the columns that were understood: key of our column → letter.
    """

    titles: dict[str, str]
    letters: dict[str, str]
    rows: list[Row]
    # What the sheet is called and what stands over the table: “Rekap bulan Oktober 2026”.
    above: str = ""


@dataclass(frozen=True)
class Head:
    """Where in a row our columns are named: column key → places, all under the most telling of its names."""

    titles: dict[int, str]
    places: dict[str, list[int]]

    @property
    def keys(self) -> set[str]:
        return {name_key(title) for title in self.titles.values()}


def head_of(row: Sequence[Cell], columns: Sequence[Column]) -> Head:
    titles = {place: str(cell) for place, cell in enumerate(row) if cell not in (None, "")}
    keys = {place: name_key(title) for place, title in titles.items()}
    places: dict[str, list[int]] = {}
    for column in columns:
        for name in (*in_every_language(column.title), *column.names):
            found = [place for place, key in keys.items() if key == name_key(name)]
            if found:
                places[column.key] = found
                break
    return Head(titles, places)


@lru_cache(maxsize=2_000)
def name_key(title: str) -> str:
    """“Kebutuhan modal (Rp)” → “kebutuhanmodal”."""
    text = title.casefold()
    return _alphanumeric(re.sub(r"\([^)]*\)", "", text)) or _alphanumeric(text)


def _alphanumeric(text: str) -> str:
    return re.sub(r"[^a-z0-9]", "", text)


@dataclass(frozen=True)
class _Found:
    """A sheet with a row that names columns of ours."""

    sheet: str
    head: Head
    rows: list[Row]
    above: Sequence[Sequence[Cell]] = ()

    @property
    def title(self) -> str:
        written = [cell for row in self.above for cell in row if isinstance(cell, str) and cell]
        return " · ".join([self.sheet, *written] if self.sheet else written)


def only_table(sheets: Sequence[Sheet], columns: Sequence[Column], *, may_be_named_later: bool) -> Grid:
    """The one table of the sheets. Raises FileError where there is none, where there are several, or where a head is not plain."""
    found = [table for sheet, cells in sheets for table in _table_of(sheet, cells, columns)]
    if not found and may_be_named_later:
        found = [table for sheet, cells in sheets for table in _unnamed_table_of(sheet, cells)]
        found = sorted(found, key=lambda table: len(table.rows))[-1:]
    if not found:
        # What the engine adds to files that come back, nobody types.
        titles = ", ".join(str(column.title) for column in columns if not column.key.startswith("_"))
        raise FileError(
            _("Baris judul tidak ditemukan. Tulis judul kolom di satu baris: %(titles)s.")
            % {"titles": titles}
        )
    filled = [table for table in found if table.rows and not _missing(table.head, columns)]
    if len(filled) > 1:
        names = ", ".join(f"“{table.sheet}”" for table in filled)
        raise FileError(
            _("Ada beberapa lembar dengan tabel seperti ini: %(names)s. Gabungkan ke satu lembar.")
            % {"names": names}
        )
    table = filled[0] if filled else max(found, key=lambda table: len(table.head.places))
    if not may_be_named_later:
        _check(table.head, columns)
    head = table.head
    return Grid(
        titles={xl_col_to_name(place): title for place, title in head.titles.items()},
        letters={key: xl_col_to_name(places[0]) for key, places in head.places.items() if len(places) == 1},
        rows=table.rows,
        above=table.title,
    )


def _table_of(sheet: str, cells: list[list[Cell]], columns: Sequence[Column]) -> Iterator[_Found]:
    top = cells[:HEAD_ROWS]
    heads = [head_of(row, columns) for row in top]
    best = max(range(len(heads)), key=lambda at: len(heads[at].places), default=0)
    # One word that fits may stand in any text; two in one row are a head.
    if not heads or len(heads[best].places) < 2:
        return
    # Merged heads: “Alamat” over “RT” and “RW”. Two rows that name more together than either alone are one head.
    pairs = [at for at in (best - 1, best) if at >= 0 and at + 1 < len(top)]
    for at in pairs:
        both = head_of(_over(top[at], top[at + 1]), columns)
        if len(both.places) > len(heads[best].places):
            rows = _rows_below(cells, at + 1, both, heads[at].keys | heads[at + 1].keys)
            yield _Found(sheet, both, rows, cells[:at])
            return
    yield _Found(sheet, heads[best], _rows_below(cells, best, heads[best], heads[best].keys), cells[:best])


def _over(upper: Sequence[Cell], lower: Sequence[Cell]) -> list[Cell]:
    """The lower of two head rows; where it is blank, the upper one."""
    width = max(len(upper), len(lower))
    return [
        next((row[at] for row in (lower, upper) if at < len(row) and row[at] not in (None, "")), None)
        for at in range(width)
    ]


def _unnamed_table_of(sheet: str, cells: list[list[Cell]]) -> Iterator[_Found]:
    """The first row of several words with a row of several cells below it."""
    for at, row in enumerate(cells[:HEAD_ROWS]):
        words = [cell for cell in row if isinstance(cell, str) and re.search(r"[^\W\d]", cell)]
        below = [cell for cell in (cells[at + 1] if at + 1 < len(cells) else []) if cell not in (None, "")]
        if len(words) > 1 and len(below) > 1:
            head = head_of(row, ())
            yield _Found(sheet, head, _rows_below(cells, at, head, head.keys), cells[:at])
            return


def _missing(head: Head, columns: Sequence[Column]) -> list[str]:
    return [str(column.title) for column in columns if column.is_required and column.key not in head.places]


def _check(head: Head, columns: Sequence[Column]) -> None:
    if missing := _missing(head, columns):
        raise FileError(
            ngettext("Kolom %(titles)s tidak ada.", "Kolom %(titles)s tidak ada.", len(missing))
            % {"titles": ", ".join(f"“{title}”" for title in missing)}
        )
    for column in columns:
        places = head.places.get(column.key, [])
        if len(places) > 1:
            letters = ", ".join(xl_col_to_name(place) for place in places)
            raise FileError(
                _("Kolom “%(title)s” ada lebih dari satu: %(letters)s. Sisakan satu.")
                % {"title": column.title, "letters": letters}
            )


def _rows_below(cells: list[list[Cell]], head_at: int, head: Head, head_keys: set[str]) -> list[Row]:
    named = [place for places in head.places.values() for place in places] or list(head.titles)
    letters = {place: xl_col_to_name(place) for place in {*head.titles, *named}}
    below = []
    for number, row in enumerate(cells[head_at + 1 :], start=head_at + 2):
        filled = {place: row[place] for place in letters if place < len(row) and row[place] not in (None, "")}
        _refuse_other_head(number, filled, head)
        if any(place in filled for place in named) and not _is_no_row(list(filled.values()), head_keys):
            below.append(Row(number, {letters[place]: filled[place] for place in sorted(filled)}))
    return below


def _refuse_other_head(number: int, filled: Mapping[int, Cell], head: Head) -> None:
    """A second table below has its columns elsewhere: its rows would be read under the wrong titles."""
    words = {place: cell for place, cell in filled.items() if isinstance(cell, str)}
    if len(words) < len(filled) or len(words) < _FEWEST_COUNTED:
        return
    keys = {name_key(title): place for place, title in head.titles.items()}
    named = {place: keys[key] for place, cell in words.items() if (key := name_key(cell)) in keys}
    if len(named) >= _FEWEST_COUNTED and any(place != usual for place, usual in named.items()):
        raise FileError(
            _(
                "Di baris %(number)d ada judul tabel lain dengan urutan kolom yang berbeda. "
                "Pindahkan tabel itu ke berkas sendiri, lalu unggah lagi."
            )
            % {"number": number}
        )


def _is_no_row(cells: Sequence[Cell], head_keys: set[str]) -> bool:
    """A head once more, columns counted “1 2 3 …” below it, or a sum of the others."""
    first = cells[0]
    if isinstance(first, str) and _TOTAL.fullmatch(name_key(first)):
        return True
    if len(cells) > 1 and all(isinstance(cell, str) and name_key(cell) in head_keys for cell in cells):
        return True
    counted = [_as_count(cell) for cell in cells]
    return len(cells) >= _FEWEST_COUNTED and counted == list(range(1, len(cells) + 1))


def _as_count(cell: Cell) -> int | None:
    """“3”, “(3)” and 3.0 → 3."""
    if isinstance(cell, float | int) and not isinstance(cell, bool):
        return int(cell) if cell == int(cell) else None
    digits = re.fullmatch(r"\(?(\d{1,2})\)?", cell) if isinstance(cell, str) else None
    return int(digits[1]) if digits else None
