"""What tests of the pages of savings share: who pays, and what they read and send."""

import datetime as dt
from typing import Any

from bs4 import BeautifulSoup, Tag
from django.test import Client

from members.models import Member, SavingsEntry
from tests.factories import CooperativeFactory
from tests.member_factories import MemberFactory, SavingsEntryFactory, SavingsRateFactory

JANUARY, FEBRUARY, MARCH = (dt.date(2026, month, 1) for month in (1, 2, 3))


def new_payer() -> Member:
    """A member since January 2026 who owes 10,000 a month; the day is 16 March."""
    cooperative = CooperativeFactory.create(kelurahan__name="Melawai")
    SavingsRateFactory.create(cooperative=cooperative)
    found: Member = MemberFactory.create(
        cooperative=cooperative, number="A-1", full_name="Warga Satu", joined_on=dt.date(2026, 1, 5)
    )
    return found


def new_stranger() -> Member:
    """Somebody of another area, with savings that would give a leak away."""
    other: Member = MemberFactory.create(full_name="Orang Lain", number="Z-9", joined_on=dt.date(2026, 1, 5))
    SavingsRateFactory.create(cooperative=other.cooperative)
    SavingsEntryFactory.create(member=other, amount_idr=7_777_777, receipt_no="LAIN-1")
    return other


def words(element: Tag) -> str:
    return " ".join(element.get_text(" ", strip=True).split())


def errors_on(page: BeautifulSoup) -> list[str]:
    """Beside the fields, and of the form as a whole."""
    whole = [item for item in page.select(".alert.tone-error li") if item.a is None]
    return [words(item) for item in (*whole, *page.select(".errorlist li"))]


def told(page: BeautifulSoup) -> str:
    """Messages and notes, without the words of their buttons."""
    return " ".join(words(note) for note in page.select(".alert > div"))


def send(client: Client, address: str, **typed: object) -> BeautifulSoup:
    response = client.post(address, typed, follow=True)
    return BeautifulSoup(response.content, "html.parser")


def ledger() -> list[tuple[Any, ...]]:
    """What was written, but for the stranger's savings."""
    rows = SavingsEntry.objects.exclude(receipt_no="LAIN-1").order_by("pk")
    return list(rows.values_list("kind", "movement", "amount_idr", "month", "receipt_no", "receipt_line"))


def rows_on(page: BeautifulSoup) -> list[list[str]]:
    return [[words(cell) for cell in row.select("th, td")] for row in page.select(".table tbody tr")]
