"""A page that the browser holds is answered shortly only while it is the very page that would be made now."""

import datetime as dt
import re
from collections.abc import Callable, Iterator
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.apps import apps
from django.contrib.messages import constants
from django.contrib.messages.storage.session import SessionStorage
from django.core.cache import caches
from django.core.management import call_command
from django.db import connection, transaction
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext

from cooperatives.models import AreaGrant, Cooperative, Kecamatan, Kelurahan, PublishedFigure, Target
from kkmp import triggers
from kkmp.accounts.models import Role, User
from kkmp.conditional import data_version
from members.models import Member
from outlets.models import CapitalNeed, Outlet, Status, StatusChange
from outlets.services import decide_status
from partners.models import StageChange, Support
from tests.factories import (
    CapitalNeedFactory,
    MemberFactory,
    OutletFactory,
    StageChangeFactory,
    StatusChangeFactory,
    UserFactory,
    officer_of,
)
from tests.past_django import past_django

IS_POSTGRESQL = connection.vendor == "postgresql"
# Real transactions: within one, all writes on PostgreSQL share a stamp, and nobody else can see them anyway.
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("today")]
MASKED = re.compile(rb'(name="csrfmiddlewaretoken" value=|"X-CSRFToken": )"\w+"')
LAST_SECOND = dt.datetime(2026, 3, 16, 23, 59, 59, tzinfo=ZoneInfo("Asia/Jakarta"))
# Rows of these are read by who asks and stand in the page's name themselves.
IN_THE_NAME = {"accounts_user", "django_session", triggers.VERSION_TABLE}


@pytest.fixture
def figures() -> Cooperative:
    """One row of everything the dashboard counts."""
    change = StatusChangeFactory.create(idle=True)
    CapitalNeedFactory.create(outlet=change.outlet)
    MemberFactory.create(cooperative=change.cooperative)
    StageChangeFactory.create(support__cooperative=change.cooperative)
    PublishedFigure.objects.create(
        on=dt.date(2025, 9, 22), running=10, idle=19, none=36, source="https://a.example/"
    )
    Target.objects.create(on=dt.date(2026, 12, 31), running=20)
    cooperative = change.cooperative
    assert isinstance(cooperative, Cooperative)
    return cooperative


@pytest.fixture
def officer(figures: Cooperative) -> User:
    return officer_of(figures.kelurahan)


class Browser:
    """Keeps the last page of the dashboard and asks about it."""

    def __init__(self, user: User) -> None:
        self.client = Client()
        self.client.force_login(user)
        # The first visit gets the cookie that the page's token belongs to.
        self.client.get("/")
        self.visit()

    def visit(self, address: str = "/") -> None:
        self.page = self.client.get(address)
        assert self.page.status_code == 200

    @property
    def etag(self) -> str:
        return str(self.page["ETag"])

    def ask(self, address: str = "/", **headers: str) -> Any:
        return self.client.get(address, headers={"If-None-Match": self.etag, **headers})

    def is_told_the_truth(self) -> bool:
        """Whether the next answer is a whole page and the one that somebody without any page would get."""
        answer = self.ask()
        return answer.status_code == 200 and unmasked(answer) == unmasked(self.client.get("/"))


def unmasked(answer: Any) -> bytes:
    return MASKED.sub(rb"\1", answer.content)


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
    assert answer["Vary"] == "HX-Request, Cookie"
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


# --- data ---------------------------------------------------------------------


def save(cooperative: Cooperative) -> None:
    need = CapitalNeed.objects.get()
    need.amount_idr = 1_000_000
    need.save()


def create_many(cooperative: Cooperative) -> None:
    Member.objects.bulk_create(MemberFactory.build_batch(3, cooperative=cooperative))


def create_many_with_doubles(cooperative: Cooperative) -> None:
    """On SQLite this is INSERT OR IGNORE, whose rule for conflicts also holds inside triggers."""
    member = MemberFactory.build(cooperative=cooperative)
    Member.objects.bulk_create([Member.objects.get(), member], ignore_conflicts=True)


def update_many(cooperative: Cooperative) -> None:
    rows = list(Member.objects.all())
    for row in rows:
        row.gender = "female"
    Member.objects.bulk_update(rows, ["gender"])


def update_all(cooperative: Cooperative) -> None:
    Support.objects.update(committed_idr=None)


def delete(cooperative: Cooperative) -> None:
    CapitalNeed.objects.all().delete()


def delete_all_past_django(cooperative: Cooperative) -> None:
    with past_django() as raw:
        raw.execute("DELETE FROM outlets_capitalneed")


def raw_in_django(cooperative: Cooperative) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE cooperatives_kelurahan SET name = 'Nama Baru'")


def service(cooperative: Cooperative) -> None:
    decide_status(
        cooperative=cooperative,
        outlet=cooperative.outlets.get(),
        status=Status.RUNNING,
        reason="",
        note="Dibuka.",
        effective_on=dt.date(2026, 3, 16),
        by=UserFactory.create(sudin=True),
    )


@pytest.mark.parametrize(
    "write",
    [
        save,
        create_many,
        create_many_with_doubles,
        update_many,
        update_all,
        delete,
        delete_all_past_django,
        raw_in_django,
        service,
    ],
)
def test_every_way_of_writing_changes_the_page(
    figures: Cooperative, officer: User, write: Callable[[Cooperative], None]
) -> None:
    browser = Browser(officer)
    before = unmasked(browser.page)
    write(figures)
    assert browser.is_told_the_truth()
    assert unmasked(browser.ask()) != before


READ_BY_THE_DASHBOARD: dict[Any, str] = {
    AreaGrant: "starts_on = '2025-01-02'",
    Kecamatan: "name = 'Nama Baru'",
    Kelurahan: "name = 'Nama Baru'",
    Cooperative: "office = 'Jalan Baru'",
    PublishedFigure: "running = 11",
    Target: "running = 21",
    Outlet: "name = 'Nama Baru'",
    StatusChange: "retracted_at = '2099-01-01', retracted_by_id = recorded_by_id, retract_note = 'x'",
    CapitalNeed: "amount_idr = 1",
    Member: "gender = 'male'",
    Support: "committed_idr = 1",
}


def test_every_table_of_the_dashboard_changes_it_past_django(figures: Cooperative, officer: User) -> None:
    stale = []
    for model, change in READ_BY_THE_DASHBOARD.items():
        browser, sudin = Browser(officer), Browser(UserFactory.create(sudin=True))
        with past_django() as raw:
            raw.execute(f"UPDATE {model._meta.db_table} SET {change}")
        if not (browser.is_told_the_truth() and sudin.is_told_the_truth()):
            stale.append(model)
    assert stale == []


def test_a_stage_changes_the_page(figures: Cooperative, officer: User) -> None:
    """Append-only: only new rows come."""
    browser = Browser(officer)
    StageChangeFactory.create(
        support=Support.objects.get(), stage="cancelled", effective_on=dt.date(2026, 1, 1), reason="Batal"
    )
    assert browser.is_told_the_truth()


def tables_in(queries: CaptureQueriesContext) -> set[str]:
    return {
        table
        for query in queries.captured_queries
        for table in re.findall(r'\b(?:FROM|JOIN) "(\w+)"', query["sql"])
    }


def test_short_answers_know_of_every_table_the_page_reads(figures: Cooperative, officer: User) -> None:
    """A page that begins to read another table needs it in kkmp.triggers, or in the name that kkmp.conditional gives."""
    OutletFactory.create(cooperative=figures)
    stamped = {apps.get_model(rule.model)._meta.db_table for rule in triggers.stamped()}
    code = figures.kelurahan_id
    read = set()
    for user in (officer, *(UserFactory.create(role=role) for role in (Role.SUDIN, Role.LEADER, Role.ADMIN))):
        browser = Browser(user)
        caches["drawn"].clear()
        for address in ("/", f"/?on=2025-12-31&known=2025-12-31&since=2025-11-30&cooperative={code}"):
            with CaptureQueriesContext(connection) as queries:
                browser.visit(address)
            read |= tables_in(queries)
    assert read - stamped - IN_THE_NAME == set()
    assert read - IN_THE_NAME == {model._meta.db_table for model in [*READ_BY_THE_DASHBOARD, StageChange]}


# --- drawn once ---------------------------------------------------------------


def test_another_look_costs_no_new_drawing(officer: User) -> None:
    """The frame is made anew, with its token and theme; the figures in it are not."""
    browser = Browser(officer)
    browser.client.cookies["theme"] = "dark"
    with CaptureQueriesContext(connection) as queries:
        answer = browser.ask()
    assert answer.status_code == 200
    assert b'data-theme="dark"' in answer.content
    assert len(queries) == 3


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


# --- the data version ---------------------------------------------------------


def test_only_a_write_changes_the_version(figures: Cooperative) -> None:
    before = data_version()
    list(Cooperative.objects.all())
    Client().force_login(UserFactory.create())
    assert data_version() == before
    with transaction.atomic():
        MemberFactory.create()
        transaction.set_rollback(True)
    assert data_version() == before


def test_a_version_never_comes_again(figures: Cooperative) -> None:
    versions = [data_version()]
    for _round in range(5):
        Outlet.objects.update(name="A")
        versions.append(data_version())
    assert len(set(versions)) == len(versions)


def test_a_failed_part_of_a_transaction_does_not_hide_the_next_one(figures: Cooperative) -> None:
    before = data_version()
    with transaction.atomic():
        with transaction.atomic():
            MemberFactory.create(cooperative=figures)
            transaction.set_rollback(True)
        CapitalNeed.objects.update(amount_idr=7)
    assert data_version() != before


def test_a_page_seen_before_the_commit_is_not_the_page_after_it(figures: Cooperative, officer: User) -> None:
    browser = Browser(officer)
    with past_django() as raw:
        raw.execute("BEGIN")
        raw.execute("UPDATE outlets_capitalneed SET amount_idr = 1")
        browser.visit()
        assert browser.ask().status_code == 304
        raw.execute("COMMIT")
    assert browser.is_told_the_truth()


@pytest.fixture
def two_writers() -> Iterator[tuple[Any, Any]]:
    with past_django() as one, past_django() as other:
        yield one, other


@pytest.mark.skipif(not IS_POSTGRESQL, reason="SQLite has one writer at a time")
def test_writers_do_not_wait_for_each_other(figures: Cooperative, two_writers: tuple[Any, Any]) -> None:
    one, other = two_writers
    versions = [data_version()]
    for writer in two_writers:
        writer.execute("SET lock_timeout = '2s'")
        writer.execute("BEGIN")
    # Crosswise: with one shared row, the second statement of each would wait for the other for good.
    one.execute("UPDATE outlets_capitalneed SET amount_idr = 1")
    other.execute("UPDATE members_member SET gender = 'male'")
    one.execute("UPDATE outlets_outlet SET name = 'x'")
    other.execute("UPDATE partners_support SET committed_idr = 1")
    for writer in (other, one):
        writer.execute("COMMIT")
        versions.append(data_version())
    assert len(set(versions)) == 3


@pytest.mark.skipif(not IS_POSTGRESQL, reason="its own statement")
def test_emptying_a_table_changes_the_version(figures: Cooperative) -> None:
    before = data_version()
    with past_django() as raw:
        raw.execute("TRUNCATE outlets_capitalneed")
    assert data_version() != before


def test_where_nothing_keeps_the_version_every_page_is_made(figures: Cooperative, officer: User) -> None:
    browser = Browser(officer)
    with past_django() as raw:
        raw.execute(f"DELETE FROM {triggers.VERSION_TABLE}")
    answer = browser.ask()
    assert (answer.status_code, "ETag" in answer, answer["Cache-Control"]) == (
        200,
        False,
        "private, no-store",
    )


def test_a_gap_in_the_triggers_ends_with_a_new_version(figures: Cooperative) -> None:
    before = data_version()
    triggers._drop(connection, triggers.held(connection))
    Outlet.objects.update(name="B")
    assert data_version() == before
    call_command("migrate", verbosity=0)
    assert data_version() != before
