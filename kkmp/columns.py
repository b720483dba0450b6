"""What a list shows of a row: each column once, for the page, for files, for sorting and for the choice of columns."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import Enum, auto
from typing import Any

from django.db.models import Case, F, IntegerField, TextChoices, Value, When
from django.db.models.expressions import Expression, OrderBy

from kkmp.tabular.writing import Heading, OutCell, Text
from kkmp.templatetags.ui import number, rupiah, tanggal


class Kind(Enum):
    TEXT = auto()
    NUMBER = auto()
    MONEY = auto()
    DAY = auto()


_SHOWN: dict[Kind, Callable[[Any], str]] = {
    Kind.TEXT: str,
    Kind.NUMBER: number,
    Kind.MONEY: rupiah,
    Kind.DAY: tanggal,
}


@dataclass(frozen=True)
class Part:
    """One typed cell of a file, from one value of the row.

    `path` is the lookup that gives the value, `words` what people read for a stored choice; `value` makes the typed
    value from the stored one and the question of the page, where they differ.
    """

    label: Text
    path: str
    kind: Kind = Kind.TEXT
    words: Mapping[Any, Text] | None = None
    value: Callable[[Any, Any], OutCell] | None = None
    width: int = 18

    def read(self, row: Any, question: Any) -> OutCell:
        stored: OutCell = getattr(row, self.path)
        if self.value is not None:
            return self.value(stored, question)
        return stored if self.words is None else self.words.get(stored, stored)

    def shown(self, row: Any, question: Any) -> str:
        """In words of the page; empty where nothing is known."""
        value = self.read(row, question)
        return "" if value in (None, "") else _SHOWN[self.kind](value)

    @property
    def heading(self) -> Heading:
        return Heading(self.label, self.width, is_text=self.kind is Kind.TEXT)


@dataclass(frozen=True)
class Cell:
    """One cell of the page. `sub` is a second line, `tone` makes the text a badge, `name` says more than a short link.

    `figure` is the number of rows that the link opens.
    """

    text: str = ""
    href: str = ""
    sub: str = ""
    tone: str = ""
    name: str = ""
    figure: int | None = None
    is_unknown: bool = False
    is_action: bool = False


@dataclass(frozen=True)
class Column:
    """A column of a list. The first of a list heads its rows and is always shown.

    `parts` are its cells in files, in the order in which the page says them. `order` sorts it upwards; `extra` are
    lookups that only `cell` reads.
    """

    key: str
    label: Text
    parts: tuple[Part, ...]
    cell: Callable[[Any, Any], Cell] | None = None
    order: tuple[str | Expression, ...] = ()
    extra: tuple[str, ...] = ()
    is_default: bool = True

    @property
    def is_numeric(self) -> bool:
        return self.parts[0].kind in {Kind.NUMBER, Kind.MONEY}

    @property
    def is_day(self) -> bool:
        return self.parts[0].kind is Kind.DAY

    def show(self, row: Any, question: Any) -> Cell:
        if self.cell is not None:
            return self.cell(row, question)
        text, *more = (part.shown(row, question) for part in self.parts)
        return Cell(text, sub=" · ".join(filter(None, more)))

    def sorted_by(self, *, is_down: bool) -> list[OrderBy]:
        """What is not known comes last in both directions."""
        return [
            OrderBy(F(one) if isinstance(one, str) else one, descending=is_down, nulls_last=True)
            for one in self.order
        ]


def column(
    key: str,
    label: Text,
    path: str,
    kind: Kind = Kind.TEXT,
    *,
    words: Mapping[Any, Text] | None = None,
    value: Callable[[Any, Any], OutCell] | None = None,
    width: int = 18,
    title: Text = "",
    **more: Any,
) -> Column:
    """A column of one part; `title` is its name in files where that differs: money says its unit there."""
    part = Part(title or label, path, kind, words=words, value=value, width=width)
    return Column(key, label, (part,), **more)


def words_of(choices: type[TextChoices], **more: Text) -> dict[Any, Text]:
    """Stored value → word; nothing stored → nothing said, unless `none` names it."""
    return {**dict(choices.choices), "": more.get("none", ""), None: more.get("none", "")}


def in_order_of(path: str, choices: type[TextChoices]) -> Case:
    """Sorts by the place of a choice in its list: the stored words would sort by an alphabet that nobody sees."""
    places = (When(**{path: value}, then=Value(place)) for place, value in enumerate(choices.values))
    return Case(*places, output_field=IntegerField())


def paths_of(columns: Iterable[Column], *, for_page: bool) -> list[str]:
    """The lookups that these columns read, each once, after the key."""
    paths = ["pk"]
    for one in columns:
        paths += [part.path for part in one.parts]
        paths += one.extra if for_page else ()
    return list(dict.fromkeys(paths))


def day_in_view(day: date | None, question: Any) -> date | None:
    """A day after the one that the page asks about has not come yet."""
    return day if day and day <= question.on else None
