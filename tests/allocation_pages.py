"""Idle outlets, and what tests read in the pages of an allocation."""

import datetime as dt
from typing import Any

from bs4 import BeautifulSoup
from django.http import HttpResponse
from django.test import Client

from outlets.models import CapitalNeed, Outlet, Reason, Status
from partners.models import Stage, Support
from tests.factories import (
    CapitalNeedFactory,
    OutletFactory,
    StatusChangeFactory,
)
from tests.partner_factories import support_at

ALLOCATE, PROPOSE = "/partners/allocate/", "/partners/allocate/propose/"


def idle(
    name: str,
    *amounts: int,
    since: dt.date = dt.date(2025, 9, 1),
    reason: str = Reason.CAPITAL,
    **kwargs: Any,
) -> Outlet:
    """An idle outlet with one need of each amount."""
    outlet = OutletFactory.create(name=name, **kwargs)
    StatusChangeFactory.create(outlet=outlet, status=Status.IDLE, reason=reason, effective_on=since)
    for amount in amounts:
        CapitalNeedFactory.create(outlet=outlet, amount_idr=amount)
    return outlet


def promise(need: CapitalNeed, amount: int, **kwargs: Any) -> Support:
    outlet = need.outlet
    return support_at(
        Stage.COMMITTED,
        cooperative=outlet.cooperative,
        outlet=outlet,
        need=need,
        committed_idr=amount,
        **kwargs,
    )


def head_of(page: BeautifulSoup) -> str:
    [section] = page.select("[data-opened]")
    return section.get_text(" ", strip=True).replace("\u00a0", " ")


def rows_of(page: BeautifulSoup) -> list[list[str]]:
    """Name, what must be covered, in or out, the amount in the box, and the outcome."""
    return [
        [
            row.select("th a")[0].get_text(),
            row.select("td.num")[-1].get_text(strip=True).replace("Rp\u00a0", ""),
            "in" if row.select("input[type=checkbox]")[0].has_attr("checked") else "out",
            str(row.select("input[type=text]")[0]["value"]),
            row.select("td")[-1].get_text(" ", strip=True).replace("\u00a0", " "),
        ]
        for row in page.select("tbody tr")
    ]


def alerts_of(page: BeautifulSoup) -> list[str]:
    return [one.get_text(" ", strip=True).replace("\u00a0", " ") for one in page.select(".alert")]


def three() -> list[Outlet]:
    return [
        idle("Besar", 60_000_000, 30_000_000, since=dt.date(2025, 1, 1)),
        idle("Kecil", 20_000_000),
        idle("Tengah", 40_000_000, since=dt.date(2025, 5, 1)),
    ]


def posted(client: Client, address: str, page: BeautifulSoup, **typed: str | None) -> HttpResponse:
    """The form of the rows as the page shows it, with some boxes typed anew; None unticks."""
    form = page.select("form[method=post]:has(table)")[0]
    values = {
        str(box["name"]): str(box.get("value", "on"))
        for box in form.select("input[name]")
        if box.get("type") != "checkbox" or box.has_attr("checked")
    }
    for name, value in typed.items():
        key = name.replace("_", "-")
        if value is None:
            values.pop(key, None)
        else:
            values[key] = value
    return client.post(address, values)  # type: ignore[return-value]


def seen_on(page: BeautifulSoup) -> str:
    return str(page.select("input[name=seen]")[0]["value"])
