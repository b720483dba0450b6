"""Addresses of the books, and what tests read in their tables."""

from bs4 import BeautifulSoup
from django.urls import reverse

from cooperatives.models import Cooperative
from members.models import Member


def book(cooperative: Cooperative, number: str = "01", **query: str) -> str:
    return reverse("books:book", args=[cooperative.kelurahan_id, number], query=query or None)


def card(member: Member, **query: str) -> str:
    return reverse("books:savings_book", args=[member.pk], query=query or None)


def columns_of(page: BeautifulSoup, *labels: str) -> list[list[str]]:
    return [
        [row.select(f'td[data-label="{label}"]')[0].get_text(" ", strip=True) for label in labels]
        for row in page.select(".book-table tbody tr")
    ]
