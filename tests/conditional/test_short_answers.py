"""A page that the browser holds is answered shortly only while it is the very page that would be made now."""

import datetime as dt
from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.contrib.messages import constants
from django.contrib.messages.storage.session import SessionStorage
from django.db import connection, transaction
from django.http import HttpResponse
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext

from cooperatives.models import AreaGrant, Cooperative, Kelurahan
from kkmp import triggers
from kkmp.accounts.models import Role, User
from tests.factories import (
    UserFactory,
    officer_of,
)
from tests.kept_page import Browser, tables_in, unmasked

# Real transactions: within one, all writes on PostgreSQL share a stamp, and nobody else can see them anyway.
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("today")]
LAST_SECOND = dt.datetime(2026, 3, 16, 23, 59, 59, tzinfo=ZoneInfo("Asia/Jakarta"))

# --- unchanged ----------------------------------------------------------------


def test_an_unchanged_page_costs_three_queries_and_no_body(officer: User) -> None:
    browser = Browser(officer)
    with CaptureQueriesContext(connection) as queries:
        answer = browser.ask()
    assert (answer.status_code, answer.content) == (304, b"")
    assert tables_in(queries) == {"accounts_user", "django_session", triggers.VERSION_TABLE}
    assert len(queries) == 3


def test_the_short_answer_says_what_the_page_said(officer: User) -> None:
    browser = Browser(officer)
    answer = browser.ask()
    kept = ("ETag", "Cache-Control", "Vary", "Content-Security-Policy", "Content-Language")
    assert {name: answer[name] for name in kept} == {name: browser.page[name] for name in kept}
    assert answer["Cache-Control"] == "private, no-cache"
    assert answer["Vary"] == "HX-Request, Accept-Encoding, Cookie"
    assert answer.cookies.output() == ""


def test_each_question_has_a_name_of_its_own(figures: Cooperative, officer: User) -> None:
    browser = Browser(officer)
    addresses = [
        "/",
        "/?on=2025-12-31",
        "/?since=2025-12-31",
        "/?known=2025-12-31",
        f"/?cooperative={figures.kelurahan_id}",
    ]
    names = {browser.client.get(address)["ETag"] for address in addresses}
    assert len(names) == len(addresses)
    assert [browser.ask(address).status_code for address in addresses] == [304, 200, 200, 200, 200]
    browser.visit("/?on=2025-12-31")
    assert browser.ask("/?on=2025-12-31").status_code == 304


def test_a_piece_for_htmx_is_not_the_page(figures: Cooperative, officer: User) -> None:
    browser = Browser(officer)
    address = f"/?cooperative={figures.kelurahan_id}"
    browser.visit(address)
    piece = browser.ask(address, **{"HX-Request": "true", "HX-Target": "cooperative-beside"})
    assert (piece.status_code, b"<html" in piece.content) == (200, False)
    assert piece["ETag"] != browser.etag


# --- somebody else, another look, another day ---------------------------------


def test_the_page_of_one_is_not_the_page_of_another(figures: Cooperative, officer: User) -> None:
    browser = Browser(officer)
    for other in (officer_of(figures.kelurahan), officer_of(), UserFactory.create(sudin=True)):
        theirs = Browser(other)
        # Even with the token's cookie of the first.
        theirs.client.cookies["csrftoken"] = browser.client.cookies["csrftoken"].value
        answer = theirs.client.get("/", headers={"If-None-Match": browser.etag})
        assert answer.status_code == 200
        assert other.full_name in answer.content.decode()
        assert answer["ETag"] not in {browser.etag, theirs.etag}


def test_who_signed_out_gets_the_way_in(officer: User) -> None:
    browser = Browser(officer)
    etag = browser.etag
    browser.client.logout()
    answer = browser.client.get("/", headers={"If-None-Match": etag})
    assert (answer.status_code, answer["Location"], "ETag" in answer) == (
        302,
        "/accounts/login/?next=/",
        False,
    )
    assert "no-store" in answer["Cache-Control"]


def test_who_lost_the_account_gets_the_way_in(officer: User) -> None:
    browser = Browser(officer)
    User.objects.filter(pk=officer.pk).update(is_active=False)
    assert browser.ask().status_code == 302


def change_role(browser: Browser, user: User) -> None:
    User.objects.filter(pk=user.pk).update(role=Role.LEADER)


def change_name(browser: Browser, user: User) -> None:
    User.objects.filter(pk=user.pk).update(full_name="Nama Baru")


def end_grant(browser: Browser, user: User) -> None:
    AreaGrant.objects.filter(user=user).update(ends_on=dt.date(2026, 3, 15))


def remove_grant(browser: Browser, user: User) -> None:
    AreaGrant.objects.filter(user=user).delete()


def change_theme(browser: Browser, user: User) -> None:
    browser.client.post("/theme/", {"theme": "dark"})


def change_language(browser: Browser, user: User) -> None:
    browser.client.cookies["django_language"] = "en"


def change_token(browser: Browser, user: User) -> None:
    browser.client.cookies["csrftoken"] = "x" * 32


@pytest.mark.parametrize(
    "change",
    [change_role, change_name, end_grant, remove_grant, change_theme, change_language, change_token],
)
def test_what_belongs_to_the_viewer_changes_the_page(
    officer: User, change: Callable[[Browser, User], None]
) -> None:
    browser = Browser(officer)
    change(browser, officer)
    assert browser.is_told_the_truth()


def test_without_the_tokens_cookie_no_page_is_taken_up_again(officer: User) -> None:
    browser = Browser(officer)
    del browser.client.cookies["csrftoken"]
    answer = browser.ask()
    assert (answer.status_code, "ETag" in answer) == (200, False)
    assert answer.cookies["csrftoken"].value


def test_a_new_day_in_jakarta_changes_the_page(officer: User) -> None:
    with time_machine.travel(LAST_SECOND, tick=False) as clock:
        browser = Browser(officer)
        assert browser.ask().status_code == 304
        clock.shift(1)
        assert browser.is_told_the_truth()


def test_a_grant_that_ends_with_the_day_ends_the_page(figures: Cooperative, officer: User) -> None:
    AreaGrant.objects.filter(user=officer).update(ends_on=dt.date(2026, 3, 16))
    with time_machine.travel(LAST_SECOND, tick=False) as clock:
        browser = Browser(officer)
        assert figures.kelurahan.name in browser.page.content.decode()
        clock.shift(1)
        assert browser.is_told_the_truth()
        assert figures.kelurahan.name not in browser.ask().content.decode()


def test_a_new_release_changes_the_page(officer: User, settings: Any) -> None:
    for name, value in {"RELEASE": "lain", "HELP_CONTACT": "lain", "IS_DEMO": False}.items():
        browser = Browser(officer)
        setattr(settings, name, value)
        assert browser.is_told_the_truth(), name


def test_new_code_changes_the_page(officer: User, monkeypatch: pytest.MonkeyPatch) -> None:
    browser = Browser(officer)
    monkeypatch.setattr("kkmp.conditional.code_fingerprint", lambda: "the next release, its number forgotten")
    assert browser.is_told_the_truth()


def test_a_waiting_message_is_shown_once_and_never_kept(officer: User) -> None:
    browser = Browser(officer)
    request = RequestFactory().get("/")
    request.session = browser.client.session
    waiting = SessionStorage(request)
    waiting.add(constants.SUCCESS, "Sudah disimpan.")
    waiting.update(HttpResponse())
    request.session.save()
    answer = browser.ask()
    assert "Sudah disimpan." in answer.content.decode()
    assert (answer.status_code, answer["Cache-Control"], "ETag" in answer) == (
        200,
        "private, no-store",
        False,
    )
    assert browser.ask().status_code == 304


# --- drawn once ---------------------------------------------------------------


def test_another_look_costs_no_new_drawing(officer: User) -> None:
    """The frame is made anew, with its token and theme; the figures in it are not."""
    browser = Browser(officer)
    browser.client.cookies["theme"] = "dark"
    with CaptureQueriesContext(connection) as queries:
        answer = browser.ask()
    assert answer.status_code == 200
    assert b'data-theme="dark"' in answer.content
    # Session, person, the version for the figures and for what waits.
    assert len(queries) == 4


def test_what_is_drawn_is_kept_for_one_person_only(figures: Cooperative, officer: User) -> None:
    """Another officer of the same area, then one of none, on the same process."""
    Browser(officer)
    name = figures.kelurahan.name
    assert name in Browser(officer_of(figures.kelurahan)).page.content.decode()
    assert name not in Browser(officer_of()).page.content.decode()


def test_nothing_is_kept_of_what_a_transaction_sees_before_its_end(
    figures: Cooperative, officer: User
) -> None:
    browser = Browser(officer)
    with transaction.atomic():
        Kelurahan.objects.update(name="Nama Baru")
        assert "Nama Baru" in browser.client.get("/").content.decode()
        Kelurahan.objects.update(name="Nama Lain")
        assert "Nama Lain" in browser.client.get("/").content.decode()
        transaction.set_rollback(True)
    answer = browser.client.get("/")
    assert unmasked(answer) == unmasked(browser.page)
