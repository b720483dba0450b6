"""Members month by month: who came, who left, how many there were at the end; numbers only, no rows."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _

from cooperatives.models import Cooperative
from kkmp.charts import Series
from members.models import Member, joined_between, left_between, member_on

SHOWN = 12


@dataclass(frozen=True)
class Month:
    """After `since`, by `on`: total = total of the month before + joined − left."""

    since: date
    on: date
    total: int
    joined: int
    left: int


def months_of_members(cooperatives: QuerySet[Cooperative], *, on: date, shown: int = SHOWN) -> list[Month]:
    """The months up to the one of that day, which ends with the day; the newest first, in one query."""
    spans = _spans(on, shown)
    figures: dict[str, Count] = {}
    for place, (since, until) in enumerate(spans):
        conditions: dict[str, Q] = {
            "total": member_on(until),
            "joined": joined_between(since, until),
            "left": left_between(since, until),
        }
        figures |= {f"{name}_{place}": Count("pk", filter=q) for name, q in conditions.items()}
    counted = Member.objects.filter(cooperative__in=cooperatives).aggregate(**figures)
    return [
        Month(since, until, *(counted[f"{name}_{place}"] for name in ("total", "joined", "left")))
        for place, (since, until) in enumerate(spans)
    ]


def series_of(months: list[Month]) -> list[Series]:
    """The members at the end of each month as a line."""
    return [Series(_("Anggota"), "accent", [(one.on, one.total) for one in reversed(months)])]


def _spans(on: date, count: int) -> list[tuple[date, date]]:
    """(last day of the month before, last day), the newest first."""
    spans = []
    until = on
    for _number in range(count):
        since = until.replace(day=1) - timedelta(days=1)
        spans.append((since, until))
        until = since
    return spans
