"""Hand-over: shown before it is done, done at once or not at all, and written down."""

import datetime as dt
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from cooperatives.models import AreaGrant, Cooperative
from kkmp.accounts.models import AccessEvent, User, Verb
from tests import header
from tests.factories import (
    AreaGrantFactory,
    CooperativeFactory,
    KecamatanFactory,
    KelurahanFactory,
    UserFactory,
    officer_of,
)
from tests.reading import errors_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]
ADDRESS = reverse("access:hand_over")


@pytest.fixture
def boss(client: Client) -> User:
    person: User = UserFactory.create(admin=True)
    client.force_login(person)
    return person


def grants() -> list[tuple[str, str, dt.date, dt.date | None]]:
    return [
        (grant.user.username, str(grant.area), grant.starts_on, grant.ends_on)
        for grant in AreaGrant.objects.select_related("user").order_by("pk")
    ]


def asked(leaver: User, **values: Any) -> dict[str, Any]:
    to = User.objects.filter(username="baru").first()
    return {
        "grants": [grant.pk for grant in AreaGrant.objects.filter(user=leaver)],
        "to": to.pk if to else "",
        "starts_on": "2026-03-16",
        "last_on": "2026-03-22",
        "reason": "Surat tugas 12",
        **values,
    }


def posted(client: Client, leaver: User, **values: Any) -> BeautifulSoup:
    response = client.post(f"{ADDRESS}?from={leaver.pk}", asked(leaver, **values))
    assert response.status_code == 200, response.status_code
    return BeautifulSoup(response.content, "html.parser")


def key_on(page: BeautifulSoup) -> str:
    [box] = page.select("input[name=key]")
    return str(box["value"])


@pytest.fixture
def leaver(boss: User) -> User:
    """Holds Tebet without end; somebody new is there to take it."""
    UserFactory.create(username="baru", full_name="Baru")
    return officer_of(KecamatanFactory.create(name="Tebet"), username="lama", full_name="Lama")


def test_hand_over_is_shown_then_done_and_logged(client: Client, boss: User, leaver: User) -> None:
    before = grants()
    page = posted(client, leaver)
    items = [item.get_text(" ", strip=True) for item in page.select("section ul ul li")]
    assert items == ["Lama: hari terakhir 22 Maret 2026", "Baru: mulai 16 Maret 2026"]
    assert "Selama 7 hari keduanya melihat" in page.get_text(" ", strip=True)
    assert (grants(), AccessEvent.objects.count()) == (before, 0)

    response = client.post(f"{ADDRESS}?from={leaver.pk}", asked(leaver, key=key_on(page)))
    assert response["Location"] == reverse("access:person", args=[leaver.pk])
    assert grants() == [
        ("lama", "Tebet", dt.date(2025, 1, 1), dt.date(2026, 3, 22)),
        ("baru", "Tebet", dt.date(2026, 3, 16), None),
    ]
    assert list(AccessEvent.objects.order_by("pk").values_list("user", "verb", "target", "purpose")) == [
        (
            boss.pk,
            Verb.RIGHT_CHANGED,
            "lama: wilayah Tebet, 01/01/2025 sampai 22/03/2026",
            "Surat tugas 12",
        ),
        (boss.pk, Verb.RIGHT_CHANGED, "baru: wilayah Tebet, sejak 16/03/2026", "Surat tugas 12"),
    ]
    newest = AreaGrant.history.order_by("-history_id")[:2]
    assert [(row.history_user, row.history_change_reason, row.version) for row in newest] == [
        (boss, "Surat tugas 12", 1),
        (boss, "Surat tugas 12", 2),
    ]


def test_both_see_the_area_while_they_overlap(client: Client, leaver: User) -> None:
    area = AreaGrant.objects.get().kecamatan
    cooperative = CooperativeFactory.create(kelurahan__kecamatan=area)
    other = CooperativeFactory.create()
    client.post(f"{ADDRESS}?from={leaver.pk}", asked(leaver, key=key_on(posted(client, leaver))))
    new = User.objects.get(username="baru")
    seen = {
        day: [list(Cooperative.objects.visible_on(dt.date(2026, 3, day), who)) for who in (leaver, new)]
        for day in (15, 16, 22, 23)
    }
    assert seen == {
        15: [[cooperative], []],
        16: [[cooperative], [cooperative]],
        22: [[cooperative], [cooperative]],
        23: [[], [cooperative]],
    }
    assert other not in Cooperative.objects.visible_to(new)


def test_what_is_held_already_does_not_begin_again(client: Client, leaver: User) -> None:
    """Nor does what ends sooner end later; a kelurahan inside a kecamatan that is held is held."""
    tebet = AreaGrant.objects.get().kecamatan
    inside = KelurahanFactory.create(kecamatan=tebet, name="Tebet Barat")
    AreaGrantFactory.create(user=leaver, kelurahan=inside, ends_on=dt.date(2026, 3, 18))
    new = User.objects.get(username="baru")
    AreaGrantFactory.create(user=new, kecamatan=tebet, starts_on=dt.date(2026, 1, 1))
    page = posted(client, leaver)
    items = [item.get_text(" ", strip=True) for item in page.select("section ul ul li")]
    assert items == [
        "Lama: hari terakhir 22 Maret 2026",
        "Baru: sudah melihatnya sejak 1 Januari 2026, tidak ditambah",
        "Lama: tetap berakhir 18 Maret 2026, seperti sudah tercatat",
        "Baru: sudah melihatnya sejak 1 Januari 2026, tidak ditambah",
    ]
    client.post(f"{ADDRESS}?from={leaver.pk}", asked(leaver, key=key_on(page)))
    assert grants() == [
        ("lama", "Tebet", dt.date(2025, 1, 1), dt.date(2026, 3, 22)),
        ("lama", "Tebet Barat", dt.date(2025, 1, 1), dt.date(2026, 3, 18)),
        ("baru", "Tebet", dt.date(2026, 1, 1), None),
    ]
    assert AccessEvent.objects.filter(verb=Verb.RIGHT_CHANGED).count() == 1


def test_same_area_twice_begins_once(client: Client, leaver: User) -> None:
    tebet = AreaGrant.objects.get().kecamatan
    AreaGrantFactory.create(user=leaver, kecamatan=tebet, starts_on=dt.date(2026, 1, 1))
    client.post(f"{ADDRESS}?from={leaver.pk}", asked(leaver, key=key_on(posted(client, leaver))))
    assert [row[0] for row in grants()] == ["lama", "lama", "baru"]


def test_gap_is_told(client: Client, leaver: User) -> None:
    page = posted(client, leaver, starts_on="2026-03-20", last_on="2026-03-15")
    assert "Selama 4 hari tidak seorang pun" in page.get_text(" ", strip=True)


def test_what_changed_since_the_preview_is_shown_again(client: Client, leaver: User) -> None:
    key = key_on(posted(client, leaver))
    grant = AreaGrant.objects.get()
    grant.ends_on, grant.version = dt.date(2026, 3, 19), 2
    grant.save()
    before = grants()
    page = posted(client, leaver, key=key)
    assert "Belum disimpan" in page.get_text(" ", strip=True)
    assert (grants(), AccessEvent.objects.count()) == (before, 0)
    assert key_on(page) != key
    client.post(f"{ADDRESS}?from={leaver.pk}", asked(leaver, key=key_on(page)))
    assert [row[0] for row in grants()] == ["lama", "baru"]


def test_way_back_keeps_what_was_typed(client: Client, leaver: User) -> None:
    page = posted(client, leaver, key=key_on(posted(client, leaver)), back="1")
    [reason] = page.select("input[name=reason]")
    assert (reason["value"], reason["type"], len(grants())) == ("Surat tugas 12", "text", 1)


@pytest.mark.parametrize(
    ("field", "value", "error"),
    [
        ("grants", [], "Bidang ini tidak boleh kosong."),
        ("grants", ["99999999999999999999999"], None),
        ("to", "", "Bidang ini tidak boleh kosong."),
        ("starts_on", "2026-03-15", "Pilih hari antara 16 Maret 2026 dan 17 Maret 2027."),
        ("starts_on", "31/02/2026", "“31/02/2026” bukan tanggal. Contoh: 22/09/2025."),
        ("last_on", "2026-03-14", "Pilih hari antara 15 Maret 2026 dan 17 Maret 2027."),
        ("last_on", "9999-12-31", "Pilih hari antara 15 Maret 2026 dan 17 Maret 2027."),
        ("reason", "", "Bidang ini tidak boleh kosong."),
    ],
)
def test_bad_input_is_told_and_changes_nothing(
    client: Client, leaver: User, field: str, value: Any, error: str | None
) -> None:
    before = grants()
    found = errors_of(posted(client, leaver, **{field: value}))
    assert (set(found), grants()) == ({field}, before)
    assert error is None or found == {field: [error]}


def test_area_that_begins_later_cannot_end_sooner(client: Client, leaver: User) -> None:
    AreaGrantFactory.create(
        user=leaver, kecamatan=KecamatanFactory.create(name="Pancoran"), starts_on=dt.date(2026, 5, 1)
    )
    found = errors_of(posted(client, leaver))
    assert found == {
        "last_on": ["Kecamatan Pancoran baru mulai 1 Mei 2026: hari terakhirnya tidak bisa sebelum itu."]
    }


def test_areas_of_others_and_people_who_keep_none_are_refused(client: Client, leaver: User) -> None:
    other = officer_of(KecamatanFactory.create())
    sudin, locked = UserFactory.create(sudin=True), UserFactory.create(is_active=False)
    theirs = AreaGrant.objects.get(user=other)
    assert set(errors_of(posted(client, leaver, grants=[theirs.pk]))) == {"grants"}
    for person in (sudin, locked, leaver):
        assert set(errors_of(posted(client, leaver, to=person.pk))) == {"to"}
    for nobody in (sudin.pk, "99999999999999999999999", "x"):
        assert "tidak memegang wilayah" in client.get(f"{ADDRESS}?from={nobody}").content.decode()


def test_locked_leaver_can_be_followed(client: Client, leaver: User) -> None:
    leaver.is_active = False
    leaver.save()
    assert "hari terakhir" in posted(client, leaver).get_text()


@pytest.mark.parametrize("role", ["sudin", "leader"])
def test_others_may_not(client: Client, role: str, db: None) -> None:
    client.force_login(UserFactory.create(**{role: True}))
    assert (client.get(ADDRESS).status_code, client.post(ADDRESS).status_code) == (403, 403)


@pytest.mark.parametrize("count", [1, 3])
def test_preview_takes_the_same_queries(
    client: Client, leaver: User, count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _number in range(count - 1):
        AreaGrantFactory.create(user=leaver, kelurahan=KelurahanFactory.create())
    values = asked(leaver)
    with django_assert_num_queries(7 + header.ADMIN):
        client.post(f"{ADDRESS}?from={leaver.pk}", values)
