"""What the tests of the pages of a report share: people, an outlet, and what a browser would send."""

import datetime as dt
from typing import Any

import pytest
from bs4 import BeautifulSoup, Tag
from django.test import Client
from django.urls import reverse

from cooperatives.models import Cooperative
from kkmp.accounts.models import User
from outlets.models import MonthlyReport, Outlet, ReportState
from tests.factories import (
    CapitalNeedFactory,
    StatusChangeFactory,
    UserFactory,
    officer_of,
)

MARCH, FEBRUARY = dt.date(2026, 3, 1), dt.date(2026, 2, 1)


@pytest.fixture
def outlet() -> Outlet:
    """Idle for capital since 22 September 2025, with an open need."""
    outlet = StatusChangeFactory.create(idle=True).outlet
    assert outlet is not None
    CapitalNeedFactory.create(outlet=outlet)
    return outlet


@pytest.fixture
def officer(outlet: Outlet) -> User:
    return officer_of(outlet.cooperative.kelurahan)


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def mine(officer: User) -> Client:
    return signed_in(officer)


@pytest.fixture
def sudin() -> User:
    return UserFactory.create(sudin=True)


def one(page: Tag, selector: str) -> Tag:
    """The only such element."""
    [found] = page.select(selector)
    return found


def form_of(cooperative: Cooperative, month: str = "2026-03") -> str:
    return reverse("reports:form", args=[cooperative.kelurahan_id, month])


def typed(client: Client, address: str, **changes: Any) -> dict[str, Any]:
    """What a browser would send from the page, with these fields changed; g stands for the only outlet."""
    page = BeautifulSoup(client.get(address).content, "html.parser")
    values: dict[str, Any] = {}
    for field in page.select("form.report-form [name]:not(button)"):
        if field.get("type") in {"file", "checkbox"} and not field.has_attr("checked"):
            continue
        name = str(field["name"])
        if field.name == "select":
            chosen = field.select_one("option[selected]")
            values[name] = chosen["value"] if chosen else ""
        elif field.name == "textarea":
            values[name] = field.text.strip()
        else:
            values[name] = field.get("value", "")
    prefix = next((name.partition("-")[0] for name in values if name.startswith("g")), "g")
    return {
        **values,
        **{name.replace("g_", f"{prefix}-").replace("new_", "new-").replace("none_", "none-"): value for name, value in changes.items()},
    }  # fmt: skip


def submitted(outlet: Outlet, officer: User, client: Client) -> MonthlyReport:
    address = form_of(outlet.cooperative)
    client.post(
        address, typed(client, address, action="submit", g_status="running", g_changed_on="2026-03-10")
    )
    return MonthlyReport.objects.get(state=ReportState.SUBMITTED, cooperative=outlet.cooperative)
