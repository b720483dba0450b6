"""Every write, in whatever way, changes the version of the data, and with it the page."""

import datetime as dt
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.apps import apps
from django.core.cache import caches
from django.core.management import call_command
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cooperatives.models import (
    AreaGrant,
    BoardTerm,
    Cooperative,
    Kecamatan,
    Kelurahan,
    Paper,
    Parameter,
    PublishedFigure,
    Target,
)
from kkmp import triggers
from kkmp.accounts.models import Role, User
from kkmp.conditional import data_version
from members.models import Member, SavingsEntry, SavingsRate
from outlets.models import (
    CapitalNeed,
    MonthlyReport,
    Outlet,
    ReportLine,
    ReportStep,
    SetAside,
    Status,
    StatusChange,
    Visit,
)
from outlets.services import decide_status
from partners.models import Disbursement, FollowUp, Partner, StageChange, Support
from tests.factories import OutletFactory, SetAsideFactory, UserFactory
from tests.kept_page import Browser, tables_in, unmasked
from tests.member_factories import MemberFactory, SavingsEntryFactory
from tests.partner_factories import DisbursementFactory, StageChangeFactory
from tests.past_django import past_django

IS_POSTGRESQL = connection.vendor == "postgresql"
# Real transactions: within one, all writes on PostgreSQL share a stamp, and nobody else can see them anyway.
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("today")]
# Rows of these are read by who asks and stand in the page's name themselves.
IN_THE_NAME = {"accounts_user", "django_session", triggers.VERSION_TABLE}

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
    SavingsRate: "amount_idr = 1",
    Support: "committed_idr = 1",
    Parameter: "starts_on = '2026-02-01'",
    MonthlyReport: "return_reason = 'Alasan baru'",
    Visit: "follow_up = 'Langkah baru'",
    ReportLine: "customers = 3",
    Paper: "number = 'Baru'",
    BoardTerm: "name = 'Nama Baru'",
    Partner: "name = 'Mitra Baru'",
}


# Only new rows come.
APPEND_ONLY = (StageChange, ReportStep, SavingsEntry, SetAside, Disbursement, FollowUp)


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


def test_a_payment_changes_the_page(figures: Cooperative, officer: User) -> None:
    """Append-only as well."""
    browser = Browser(officer)
    SavingsEntryFactory.create(member=Member.objects.get(), mandatory=True)
    assert browser.is_told_the_truth()


def test_money_that_arrives_or_is_set_aside_changes_the_page(figures: Cooperative, officer: User) -> None:
    browser = Browser(officer)
    need, support = CapitalNeed.objects.get(), Support.objects.get()
    SetAsideFactory.create(need=need, amount_idr=1, set_on=dt.date(2026, 1, 1))
    assert browser.is_told_the_truth()
    Support.objects.update(outlet=need.outlet, need=need)
    DisbursementFactory.create(support=support, amount_idr=2, paid_on=dt.date(2026, 1, 1), verified=True)
    assert browser.is_told_the_truth()


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
    assert read - IN_THE_NAME == {model._meta.db_table for model in [*READ_BY_THE_DASHBOARD, *APPEND_ONLY]}


# --- the data version ---------------------------------------------------------


def test_only_a_write_changes_the_version(figures: Cooperative) -> None:
    # Who signs in is written down in their row.
    Client().force_login(UserFactory.create())
    before = data_version()
    list(Cooperative.objects.all())
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
        raw.execute("TRUNCATE cooperatives_target")
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
