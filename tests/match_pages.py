"""What tests of matching share: idle outlets, and what a page of a ranking says."""

import datetime as dt
from typing import Any

from bs4 import BeautifulSoup

from outlets.models import Outlet, Reason, Status
from tests.factories import (
    CapitalNeedFactory,
    OutletFactory,
    StatusChangeFactory,
)

MATCH, PROPOSE = "/partners/match/", "/partners/match/propose/"


def idle(name: str, *amounts: int, since: dt.date = dt.date(2025, 9, 1), **kwargs: Any) -> Outlet:
    """An idle outlet with one need of each amount."""
    outlet = OutletFactory.create(name=name, **kwargs)
    StatusChangeFactory.create(outlet=outlet, status=Status.IDLE, reason=Reason.CAPITAL, effective_on=since)
    for amount in amounts:
        CapitalNeedFactory.create(outlet=outlet, amount_idr=amount)
    return outlet


def clean(text: str) -> str:
    return text.replace("\u00a0", " ")


def ranked(page: BeautifulSoup) -> list[tuple[str, int]]:
    """Names in order, with their points."""
    return [
        (row.select("th a")[0].get_text(), int(str(row.select("[data-points]")[0]["data-points"])))
        for row in page.select("section[aria-labelledby=rows] tbody tr")
    ]


def excluded(page: BeautifulSoup) -> dict[str, list[str]]:
    return {
        row.select("th a")[0].get_text(): [item.get_text() for item in row.select("td li")]
        for row in page.select("section[aria-labelledby=excluded] tbody tr")
    }


def alerts(page: BeautifulSoup) -> list[str]:
    return [clean(one.get_text(" ", strip=True)) for one in page.select(".alert")]
