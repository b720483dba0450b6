"""What somebody changed in a month: edits and dated facts, as far as the reader sees them."""

import datetime as dt
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from cooperatives.asof import View
from kkmp.accounts.models import AccessEvent, User, Verb
from kkmp.pages.recent_changes import MOST_OF_A_KIND, month_of
from members.models import Member
from outlets.models import Outlet
from partners.models import Stage
from tests import header
from tests.factories import (
    AreaGrantFactory,
    CooperativeFactory,
    KelurahanFactory,
    OutletFactory,
    SetAsideFactory,
    StatusChangeFactory,
    UserFactory,
    officer_of,
)
from tests.member_factories import MemberFactory
from tests.partner_factories import DisbursementFactory, FollowUpFactory, LetterFactory, support_at
from tests.reading import page_of, total_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]
TODAY = dt.date(2026, 3, 16)


@pytest.fixture
def boss(client: Client) -> User:
    person: User = UserFactory.create(admin=True, username="admin")
    client.force_login(person)
    return person


def view_of(user: User) -> View:
    return View(user=user, today=TODAY, on=TODAY, since=dt.date(2026, 2, 16))


def edited(row: Any, by: User, *, days_ago: int = 0) -> None:
    """As if saved by that person then."""
    row._history_user = by
    row._history_date = dt.datetime.combine(TODAY - dt.timedelta(days=days_ago), dt.time(9), tzinfo=dt.UTC)
    row.save()


def test_month_has_edits_and_facts_of_one_person_that_the_reader_sees(client: Client, boss: User) -> None:
    mine, theirs = CooperativeFactory.create(), CooperativeFactory.create()
    leaver, other = UserFactory.create(full_name="Bima"), UserFactory.create()
    outlet: Outlet = OutletFactory.create(cooperative=mine, name="Gerai Satu")
    member: Member = MemberFactory.create(cooperative=mine, number="A-1", full_name="Anggota Satu")
    edited(outlet, leaver, days_ago=29)
    edited(outlet, leaver, days_ago=30)
    edited(member, leaver)
    edited(MemberFactory.create(cooperative=theirs, full_name="Anggota Lain"), leaver, days_ago=2)
    edited(MemberFactory.create(cooperative=mine), other)
    moment = dt.datetime.combine(TODAY, dt.time(1), tzinfo=dt.UTC)
    StatusChangeFactory.create(outlet=outlet, recorded_by=leaver, recorded_at=moment, note="Sudah buka")
    support_at(Stage.COMMITTED, cooperative=mine)
    month = month_of(leaver, view=view_of(boss))
    assert [(one.kind, one.record, one.action, one.reason) for one in month.done] == [
        ("Anggota", "A-1 Anggota Satu", "Diubah", ""),
        ("Perubahan status", "Gerai Satu: Berjalan (22/09/2025)", "Dicatat", "Sudah buka"),
        ("Anggota", f"{Member.objects.get(full_name='Anggota Lain').number} Anggota Lain", "Diubah", ""),
        ("Gerai", "Gerai Satu", "Diubah", ""),
    ]
    assert month.counts == [("Anggota", 2), ("Perubahan status", 1), ("Gerai", 1)]
    # Whoever keeps one area reads of that area only, and a leader of no member.
    keeper, leader = officer_of(mine.kelurahan), UserFactory.create(leader=True)
    assert {one.record for one in month_of(leaver, view=view_of(keeper)).done} == {
        "A-1 Anggota Satu",
        "Gerai Satu",
        "Gerai Satu: Berjalan (22/09/2025)",
    }
    assert {one.kind for one in month_of(leaver, view=view_of(leader)).done} == {"Gerai", "Perubahan status"}


@pytest.mark.parametrize("count", [1, 3])
def test_month_takes_the_same_queries(
    client: Client, boss: User, count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    leaver = UserFactory.create()
    for _number in range(count):
        cooperative = CooperativeFactory.create()
        edited(MemberFactory.create(cooperative=cooperative), leaver)
        edited(AreaGrantFactory.create(kelurahan=cooperative.kelurahan), leaver)
        edited(AreaGrantFactory.create(kecamatan=KelurahanFactory.create().kecamatan), leaver)
        StatusChangeFactory.create(recorded_by=leaver)
        support = support_at(Stage.COMMITTED)
        edited(support, leaver)
        SetAsideFactory.create(by=leaver)
        DisbursementFactory.create(recorded_by=leaver, recorded_at=timezone.now())
        DisbursementFactory.create(
            verified=True, verified_by=leaver, verified_at=timezone.now(), recorded_at=timezone.now()
        )
        FollowUpFactory.create(by=leaver)
        LetterFactory.create(by=leaver)
    address = reverse("access:changes", args=[leaver.pk])
    with django_assert_num_queries(QUERIES_OF_A_MONTH + header.ADMIN):
        page = client.get(address)
    assert page.content.count(b"<tr>") - 1 == 10 * count


# Session, user, person, kecamatan; one a kind of record, names where there are any, one a kind of fact.
QUERIES_OF_A_MONTH = 35


def test_month_is_cut_and_says_so(client: Client, boss: User) -> None:
    leaver, member = UserFactory.create(), MemberFactory.create()
    for _number in range(MOST_OF_A_KIND + 1):
        edited(member, leaver)
    page = page_of(client, reverse("access:changes", args=[leaver.pk]))
    assert total_of(page) == MOST_OF_A_KIND
    assert "hanya 200 yang terbaru" in page.get_text(" ", strip=True)


def test_month_as_a_file(client: Client, boss: User) -> None:
    leaver = UserFactory.create(username="bima")
    edited(MemberFactory.create(number="A-1", full_name="Anggota Satu"), leaver)
    address = reverse("access:changes", args=[leaver.pk])
    content = client.get(f"{address}?format=csv").content.decode("utf-8-sig").splitlines()
    assert content[2:] == ["16/03/2026 16.00;Anggota;A-1 Anggota Satu;Diubah;"]
    assert list(AccessEvent.objects.values_list("verb", "target")) == [
        (Verb.EXPORTED, "perubahan oleh bima, 1 baris")
    ]
