"""Everything the leader's sheet says, once: page, PDF and workbook print these texts and count nothing themselves.

A field of type `str` is said on paper as it stands; what only tells how to draw it is marked `unsaid`. A test reads
page and PDF and finds every text of the definition in both.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, fields, is_dataclass
from datetime import date
from typing import Any

from kkmp.charts import Part


def unsaid(**options: Any) -> Any:
    return field(metadata={"unsaid": True}, **options)


@dataclass(frozen=True)
class Figure:
    """A number as a file keeps it, with the text by which people read it; None is not known, never 0."""

    text: str
    value: int | None = None


@dataclass(frozen=True)
class Big:
    """One of the large figures at the top."""

    label: str
    figure: Figure
    notes: list[str]
    tone: str = unsaid()


@dataclass(frozen=True)
class RiskLine:
    """A risk with what there is to decide; `rule` says by which rule it was found and why it stands so high."""

    number: str
    title: str
    evidence: str
    rule: str
    decision: str
    count: int = 0


@dataclass(frozen=True)
class MapTile:
    """A kelurahan as a square: what is written on it in one or two lines; the full name is for screens and files."""

    col: int
    row: int
    lines: list[str]
    tone: str = unsaid()
    name: str = unsaid()
    group: str = unsaid()
    status: str = unsaid()
    note: str = unsaid()


@dataclass(frozen=True)
class Key:
    """A line of the legend."""

    text: str
    tone: str = unsaid()


@dataclass(frozen=True)
class Head:
    """Of a column; a tone is drawn as its sign, with the word for those who do not see it."""

    text: str
    tone: str = unsaid(default="")


@dataclass(frozen=True)
class AreaLine:
    name: str
    cells: list[Figure]


@dataclass(frozen=True)
class Table:
    title: str
    heads: list[Head]
    rows: list[AreaLine]
    total: AreaLine


@dataclass(frozen=True)
class Line:
    """A fact: what it is, how it stands, and what is to be known about it."""

    label: str
    figure: Figure
    note: str = ""


@dataclass(frozen=True)
class Block:
    """Facts under a head; `empty` is said where there are none."""

    title: str
    lines: list[Line]
    note: str = ""


@dataclass(frozen=True)
class Sheet:
    """One page for a meeting: how an area stood on a day, what it needs, and what is to be decided."""

    kind: str
    title: str
    area: str
    day: str
    compared: str
    sample: str
    problems: list[str]
    bigs: list[Big]
    keys: list[Key]
    risks_title: str
    decisions_title: str
    risks: list[RiskLine]
    no_risk: str
    map_title: str
    map: list[MapTile]
    areas: Table
    blocks: list[Block]
    source: str
    printed: str
    page: str
    parts: list[Part] = unsaid()
    on: date = field(default=date.min)
    language: str = unsaid(default="")
    total: int = 0


def texts(said: Any) -> Iterator[str]:
    """Every text of a definition that paper says, in order."""
    if isinstance(said, str):
        if said:
            yield said
    elif is_dataclass(said):
        for one in fields(said):
            if not one.metadata.get("unsaid"):
                yield from texts(getattr(said, one.name))
    elif isinstance(said, Sequence):
        for part in said:
            yield from texts(part)
