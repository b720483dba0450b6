"""Everything the leader's sheet says, once: page, PDF and workbook print these texts and count nothing themselves.

A field of type `str` is said on paper as it stands; what only tells how to draw it is marked `UNSAID`. A test reads
page and PDF and finds every text of the definition in both.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, fields, is_dataclass
from datetime import date
from typing import Any

from kkmp.charts import Part

# Of a text that only tells how to draw, or that a screen alone has room for.
UNSAID = {"unsaid": True}


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
    tone: str = field(metadata=UNSAID)


@dataclass(frozen=True)
class RiskLine:
    """A risk with what there is to decide; `rule` says by which rule it was found and why it stands so high."""

    number: str
    title: str
    evidence: str
    rule: str
    decision: str
    count: int


@dataclass(frozen=True)
class MapTile:
    """A kelurahan as a square: what is written on it in one or two lines; the full name is for screens and files."""

    col: int
    row: int
    lines: list[str]
    tone: str = field(metadata=UNSAID)
    name: str = field(metadata=UNSAID)
    group: str = field(metadata=UNSAID)
    status: str = field(metadata=UNSAID)
    note: str = field(metadata=UNSAID)


@dataclass(frozen=True)
class Key:
    """A line of the legend."""

    text: str
    tone: str = field(metadata=UNSAID)


@dataclass(frozen=True)
class Head:
    """Of a column; a tone is drawn as its sign, with the word for those who do not see it."""

    text: str
    tone: str = field(default="", metadata=UNSAID)


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
    language: str = field(metadata=UNSAID)
    parts: list[Part] = field(metadata=UNSAID)
    on: date
    total: int


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
