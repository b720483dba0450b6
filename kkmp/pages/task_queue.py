"""The shape of what waits for a person: tasks of one kind are a queue, all queues together are what waits."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Self

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

# Of one kind; the others open below.
SHOWN = 8


@dataclass(frozen=True)
class Task:
    """One thing to do, at `href`; `late` says in words by how much, empty while it is in time.

    `one_tap` is an address that takes “no change, checked” as it is.
    """

    title: str
    href: str
    text: str = ""
    late: str = ""
    one_tap: str = ""


@dataclass(frozen=True)
class Queue:
    """Tasks of one kind; `verb` is on the button of each, at `all_href` they stand as a list where there is one."""

    key: str
    title: str
    text: str
    verb: str
    tasks: list[Task]
    all_href: str = ""

    @property
    def first(self) -> list[Task]:
        return self.tasks[:SHOWN]

    @property
    def rest(self) -> list[Task]:
        return self.tasks[SHOWN:]

    @property
    def late_count(self) -> int:
        return sum(bool(task.late) for task in self.tasks)


@dataclass(frozen=True)
class Waiting:
    """How much waits: (title, how many) of each queue that has any."""

    counts: tuple[tuple[str, int], ...]
    late: int = 0

    @classmethod
    def of(cls, queues: Iterable[Queue]) -> Self:
        found = [queue for queue in queues if queue.tasks]
        return cls(
            tuple((queue.title, len(queue.tasks)) for queue in found),
            sum(queue.late_count for queue in found),
        )

    @property
    def total(self) -> int:
        return sum(count for _title, count in self.counts)


def due_in_words(due: date) -> str:
    """“paling lambat 7 November 2026”."""
    return _("paling lambat %(day)s") % {"day": date_format(due, "j F Y")}


def late_in_words(due: date, on: date) -> str:
    """“terlambat 17 hari”; empty on the day itself and before."""
    days = (on - due).days
    if days <= 0:
        return ""
    return ngettext("terlambat %(days)d hari", "terlambat %(days)d hari", days) % {"days": days}
