"""A document of sentences, facts and tables: what stands on it, for a page and for a PDF, not how it is drawn."""

from dataclasses import asdict, dataclass
from typing import Any, Literal

Align = Literal["left", "right", "center"]


@dataclass(frozen=True)
class Column:
    """`width` is its share of the table; `is_by_hand` is filled in on paper: a signature, a thumbprint."""

    label: str
    width: float
    align: Align = "left"
    is_by_hand: bool = False

    @property
    def is_numeric(self) -> bool:
        return self.align == "right"


@dataclass(frozen=True)
class Row:
    """One text for each column; `is_struck` stands there and counts no more."""

    cells: tuple[str, ...]
    is_struck: bool = False
    is_total: bool = False


@dataclass(frozen=True)
class Table:
    """`empty` is said where there is no row; `row_height` in mm leaves room to sign."""

    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    empty: str
    row_height: float = 0


@dataclass(frozen=True)
class Section:
    title: str = ""
    text: tuple[str, ...] = ()
    facts: tuple[tuple[str, str], ...] = ()
    table: Table | None = None


@dataclass(frozen=True)
class Paper:
    """`kind` and `title` head the first page and name the others; `printed` (who, when) stands below each of them.

    `page` is “Halaman {page} dari {pages}”. `watermark` lies under the text of each page.
    """

    kind: str
    title: str
    owner: str
    place: str
    day: str
    printed: str
    page: str
    language: str
    sections: tuple[Section, ...]
    signatures: tuple[str, ...] = ()
    sample: str = ""
    watermark: str = ""
    is_landscape: bool = True


def as_stored(paper: Paper) -> dict[str, Any]:
    """What a column of JSON keeps of it; `from_stored` reads it again."""
    return asdict(paper)


def from_stored(stored: dict[str, Any]) -> Paper:
    """JSON has lists where a paper has tuples and parts of its own."""
    values = {
        "sections": tuple(_section(section) for section in stored["sections"]),
        "signatures": tuple(stored["signatures"]),
    }
    return Paper(**{**stored, **values})


def _section(stored: dict[str, Any]) -> Section:
    table = stored["table"]
    return Section(
        stored["title"],
        tuple(stored["text"]),
        tuple((label, value) for label, value in stored["facts"]),
        table
        and Table(
            tuple(Column(**column) for column in table["columns"]),
            tuple(Row(**{**row, "cells": tuple(row["cells"])}) for row in table["rows"]),
            table["empty"],
            table["row_height"],
        ),
    )
