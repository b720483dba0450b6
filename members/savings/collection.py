"""The collection grid: members × months of a year, who paid what and who may still be ticked."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from cooperatives.models import Cooperative
from kkmp.templatetags.ui import bulan, number
from members.models import Member
from members.savings.rules import Dues, Paid, why_not_payable


@dataclass(frozen=True)
class MonthHead:
    month: date
    amount_idr: int | None


@dataclass(frozen=True)
class MonthBox:
    """One box: paid, open to be ticked (`value` is what it sends), or neither, for the reason in words."""

    month: date
    value: str
    is_paid: bool
    is_ticked: bool
    why_not: str


@dataclass(frozen=True)
class MemberRow:
    member: Member
    boxes: list[MonthBox]
    open_count: int


@dataclass(frozen=True)
class Grid:
    heads: list[MonthHead]
    rows: list[MemberRow]

    @property
    def has_open(self) -> bool:
        return any(row.open_count for row in self.rows)

    @property
    def lacks_rate(self) -> bool:
        return all(head.amount_idr is None for head in self.heads)


def tick_value(member: int, month: date) -> str:
    return f"{member}:{month:%Y-%m}"


def read_ticks(values: Iterable[str]) -> list[tuple[int, date]]:
    """What a submitted grid says; raises ValueError for what no box sends."""
    ticks = []
    for value in values:
        member, _colon, month = value.partition(":")
        if not (member.isascii() and member.isdigit() and len(member) <= 18):
            raise ValueError(_("Isian tidak dapat dibaca. Muat ulang halaman ini."))
        try:
            ticks.append((int(member), date.fromisoformat(f"{month}-01")))
        except ValueError as error:
            raise ValueError(_("Isian tidak dapat dibaca. Muat ulang halaman ini.")) from error
    return ticks


def grid_of(
    cooperative: Cooperative,
    members: Collection[Member],
    *,
    year: int,
    today: date,
    ticked: Collection[str] = (),
) -> Grid:
    """Two queries, whatever the number of members."""
    dues, paid = Dues.of(cooperative), Paid.by([member.pk for member in members])
    months = [date(year, month, 1) for month in range(1, 13)]
    heads = [MonthHead(month, dues.of_month(month)) for month in months]
    rows = []
    for member in members:
        boxes = []
        for month in months:
            is_paid = paid.covers(member.pk, month)
            value = tick_value(member.pk, month)
            why_not = "" if is_paid else why_not_payable(member, month, dues, today=today)
            boxes.append(MonthBox(month, value, is_paid, value in ticked and not is_paid, why_not))
        rows.append(MemberRow(member, boxes, sum(not (box.is_paid or box.why_not) for box in boxes)))
    return Grid(heads, rows)


def months_in_words(months: Iterable[tuple[Member, date]], *, most: int = 5) -> str:
    """“A-001 Maret 2026, …”, at most so many."""
    named = [f"{member} ({bulan(month)})" for member, month in months]
    rest = len(named) - most
    words = "; ".join(named[:most])
    return words if rest <= 0 else _("%(named)s; dan %(rest)s lagi") % {"named": words, "rest": number(rest)}
