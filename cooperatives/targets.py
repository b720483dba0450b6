"""Whether a target is reached, on the way or behind: measured against the straight path that leads to it."""

from dataclasses import dataclass
from datetime import date

from django.db import models
from django.utils.translation import gettext_lazy as _


class Verdict(models.TextChoices):
    REACHED = "reached", _("Tercapai")
    ON_THE_WAY = "on_the_way", _("Sesuai rencana")
    BEHIND = "behind", _("Tertinggal")
    MISSED = "missed", _("Tidak tercapai")
    UNSURE = "unsure", _("Belum bisa dinilai")


@dataclass(frozen=True)
class Start:
    """Where the way to a target begins: what was counted or promised for a day."""

    on: date
    count: int


@dataclass(frozen=True)
class Aim:
    """A number to come to by a day, `at_most` where less is better; without a start there is no path."""

    on: date
    goal: int
    start: Start | None = None
    at_most: bool = False

    def expected(self, day: date) -> int | None:
        """What the path asks for on a day, in whole outlets and in favour of those who build them."""
        if self.start is None:
            return None
        length = (self.on - self.start.on).days
        gone = min(max((day - self.start.on).days, 0), length)
        way = (self.goal - self.start.count) * gone
        # Nobody opens a tenth of an outlet: what is begun is not yet asked for.
        return self.start.count + (-(-way // length) if self.at_most else way // length)


def judge(aim: Aim, *, count: int, on: date, unrecorded: int = 0) -> Verdict:
    """How a target stands on a day, by what is counted then.

    Reached: the number is there, also before its day. Missed: its day has come and the number is not there. Between,
    a straight line leads from the start (the target before it, else the published figures) to the target: behind is
    who is below the line on that day, on the way who is not. `unrecorded` cooperatives may turn out either way:
    where that would change the answer, there is none yet.
    """
    answers = {_at(aim, count, on), _at(aim, count + unrecorded, on)}
    return answers.pop() if len(answers) == 1 else Verdict.UNSURE


def _at(aim: Aim, count: int, on: date) -> Verdict:
    if count <= aim.goal if aim.at_most else count >= aim.goal:
        return Verdict.REACHED
    if on >= aim.on:
        return Verdict.MISSED
    expected = aim.expected(on)
    is_behind = expected is not None and (count > expected if aim.at_most else count < expected)
    return Verdict.BEHIND if is_behind else Verdict.ON_THE_WAY
