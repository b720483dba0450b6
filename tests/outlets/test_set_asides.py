"""Own money of a cooperative: never more than the need, released once with a reason, shown where the need is."""

import datetime as dt

import pytest
from bs4 import BeautifulSoup
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from kkmp.accounts.models import User
from outlets.models import CapitalNeed, SetAside
from outlets.set_aside_services import release, room_for, set_aside
from tests import header
from tests.factories import (
    CapitalNeedFactory,
    OutletFactory,
    SetAsideFactory,
    UserFactory,
    officer_of,
)
from tests.reading import errors_of, page_of, text_of, values_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]
DAY = dt.date(2026, 3, 16)
MARCH = dt.date(2026, 3, 1)
MILLION = 1_000_000


@pytest.fixture
def need() -> CapitalNeed:
    return CapitalNeedFactory.create(amount_idr=50 * MILLION, text="Kulkas")


@pytest.fixture
def officer(client: Client, need: CapitalNeed) -> User:
    person = officer_of(need.outlet.cooperative.kelurahan, full_name="Petugas Melati")
    client.force_login(person)
    return person


def refused(call: object) -> dict[str, list[str]]:
    with pytest.raises(ValidationError) as error:
        call()  # type: ignore[operator]
    problem = error.value
    return problem.message_dict if hasattr(problem, "error_dict") else {"": problem.messages}


# --- the rules ---------------------------------------------------------------


def test_no_more_is_held_than_the_need_asks_for(need: CapitalNeed, sudin: User) -> None:
    set_aside(need=need, amount_idr=30 * MILLION, set_on=MARCH, by=sudin)
    assert refused(lambda: set_aside(need=need, amount_idr=20 * MILLION + 1, set_on=MARCH, by=sudin)) == {
        "amount_idr": [
            "Kebutuhannya Rp\u00a050.000.000 dan Rp\u00a030.000.000 sudah disisihkan: paling banyak Rp\u00a020.000.000 lagi."
        ]
    }
    set_aside(need=need, amount_idr=20 * MILLION, set_on=MARCH, by=sudin)
    assert room_for(need, from_day=MARCH) == 0


def test_an_earlier_day_is_measured_by_what_was_held_afterwards(need: CapitalNeed) -> None:
    SetAsideFactory.create(need=need, amount_idr=40 * MILLION, set_on=MARCH)
    SetAsideFactory.create(need=need, amount_idr=45 * MILLION, set_on=dt.date(2025, 12, 1), released=True)
    rooms = {
        day: room_for(need, from_day=day) // MILLION
        for day in (dt.date(2025, 12, 1), dt.date(2026, 1, 14), dt.date(2026, 1, 15), MARCH)
    }
    assert list(rooms.values()) == [5, 5, 10, 10]


def test_days_and_a_met_need_are_refused(need: CapitalNeed, sudin: User) -> None:
    tomorrow = DAY + dt.timedelta(days=1)
    assert refused(lambda: set_aside(need=need, amount_idr=1, set_on=tomorrow, by=sudin)) == {
        "set_on": ["Tanggal ini belum terjadi; paling akhir hari ini."]
    }
    assert refused(lambda: set_aside(need=need, amount_idr=1, set_on=dt.date(2025, 9, 21), by=sudin)) == {
        "set_on": ["Kebutuhan ini baru tercatat sejak 22 September 2025; dana tidak disisihkan sebelumnya."]
    }
    met = CapitalNeedFactory.create(closed_on=MARCH)
    assert refused(lambda: set_aside(need=met, amount_idr=1, set_on=DAY, by=sudin)) == {
        "": ["Kebutuhan ini sudah terpenuhi pada 1 Maret 2026; buka dulu bila memang masih dibutuhkan."]
    }
    assert not SetAside.objects.exists()


def test_money_is_released_once_with_a_reason(need: CapitalNeed, sudin: User) -> None:
    held = SetAsideFactory.create(need=need)
    early, late = held.set_on - dt.timedelta(days=1), DAY + dt.timedelta(days=1)
    assert [
        refused(lambda day=day, reason=reason: release(held=held, released_on=day, reason=reason, by=sudin))
        for day, reason in ((early, "Salah"), (late, "Salah"), (DAY, " "))
    ] == [
        {"released_on": ["Dana ini disisihkan pada 1 Oktober 2025; tidak bisa dilepas sebelum itu."]},
        {"released_on": ["Tanggal ini belum terjadi; paling akhir hari ini."]},
        {"reason": ["Tulis alasannya."]},
    ]
    release(held=held, released_on=DAY, reason=" Salah catat ", by=sudin)
    stored = SetAside.objects.get()
    assert (stored.released_on, stored.released_by, stored.release_reason) == (DAY, sudin, "Salah catat")
    assert refused(lambda: release(held=held, released_on=DAY, reason="Lagi", by=sudin)) == {
        "": ["Dana ini sudah dilepas oleh Staf Sudin Contoh pada 16 Maret 2026."]
    }
    assert set_aside(need=need, amount_idr=50 * MILLION, set_on=DAY, by=sudin).pk


# --- the pages -----------------------------------------------------------------


def test_officer_sets_money_aside_and_releases_it(client: Client, need: CapitalNeed, officer: User) -> None:
    address = reverse("outlets:set_aside_add", args=[need.pk])
    assert values_of(page_of(client, address)) == {"amount_idr": "50.000.000", "set_on": "2026-03-16"}
    page = client.post(address, {"amount_idr": "12.500.000", "set_on": "2026-03-01"}, follow=True)
    assert page.redirect_chain == [(need.outlet.get_absolute_url(), 302)]
    held = SetAside.objects.get()
    assert (held.need, held.amount_idr, held.set_on, held.by) == (need, 12_500_000, MARCH, officer)
    [link] = page_of(client, need.outlet.get_absolute_url()).select("a[href*=release]")
    address = str(link["href"])
    assert address == reverse("outlets:set_aside_release", args=[held.pk])
    client.post(address, {"released_on": "2026-03-10", "reason": "Dipakai untuk sewa"})
    held.refresh_from_db()
    assert (held.released_on, held.released_by) == (dt.date(2026, 3, 10), officer)


def test_outlet_says_what_is_held_on_the_day_by_whom(
    client: Client, need: CapitalNeed, officer: User
) -> None:
    SetAsideFactory.create(need=need, amount_idr=5 * MILLION, by=officer)
    SetAsideFactory.create(need=need, amount_idr=7 * MILLION, released=True, by=officer)
    SetAsideFactory.create(amount_idr=9 * MILLION)
    met = CapitalNeedFactory.create(outlet=need.outlet, closed_on=MARCH)
    SetAsideFactory.create(need=met, amount_idr=11 * MILLION, by=officer)
    said = {}
    for on in ("2025-10-01", "2026-02-28", "2026-03-16"):
        page = page_of(client, f"{need.outlet.get_absolute_url()}?on={on}")
        [card] = page.select("section[aria-labelledby=own-money]")
        said[on] = (
            text_of(card, ".card-head p"),
            sorted(cell.get_text(" ", strip=True) for cell in card.select("td[data-label=Keadaan]")),
        )
    assert said == {
        "2025-10-01": (
            "Rp\u00a023.000.000 tersimpan per 1 Oktober 2025",
            ["tersimpan", "tersimpan Lepas", "tersimpan Lepas"],
        ),
        "2026-02-28": (
            "Rp\u00a016.000.000 tersimpan per 28 Februari 2026",
            [
                f"dilepas 15 Januari 2026 Dipakai untuk hal lain · {SetAside.objects.get(amount_idr=7 * MILLION).released_by}",
                "tersimpan Lepas",
                "tersimpan Lepas",
            ],
        ),
        "2026-03-16": (
            "Rp\u00a05.000.000 tersimpan per 16 Maret 2026",
            [
                f"dilepas 15 Januari 2026 Dipakai untuk hal lain · {SetAside.objects.get(amount_idr=7 * MILLION).released_by}",
                "kebutuhannya terpenuhi Lepas",
                "tersimpan Lepas",
            ],
        ),
    }


def test_a_mistake_is_told_beside_its_field(client: Client, need: CapitalNeed, officer: User) -> None:
    held = SetAsideFactory.create(need=need, amount_idr=50 * MILLION, by=officer)
    answers = [
        client.post(reverse(f"outlets:{name}", args=[pk]), typed)
        for name, pk, typed in (
            ("set_aside_add", need.pk, {"amount_idr": "1", "set_on": "2026-03-01"}),
            ("set_aside_add", need.pk, {"amount_idr": "0", "set_on": "2099-01-01"}),
            ("set_aside_release", held.pk, {"released_on": "2025-01-01", "reason": ""}),
        )
    ]
    assert [errors_of(BeautifulSoup(answer.content, "html.parser")) for answer in answers] == [
        {
            "amount_idr": [
                "Kebutuhannya Rp\u00a050.000.000 dan Rp\u00a050.000.000 sudah disisihkan: paling banyak Rp\u00a00 lagi."
            ]
        },
        {
            "amount_idr": ["Jumlah lebih dari Rp 0."],
            "set_on": ["Tanggal ini belum terjadi; paling akhir hari ini."],
        },
        {"reason": ["Bidang ini tidak boleh kosong."]},
    ]


def test_leader_sees_and_does_not_write(client: Client, need: CapitalNeed) -> None:
    held = SetAsideFactory.create(need=need)
    client.force_login(UserFactory.create(leader=True))
    page = page_of(client, need.outlet.get_absolute_url())
    assert page.select("a[href*=set-aside], a[href*=release]") == []
    for name, pk in (("set_aside_add", need.pk), ("set_aside_release", held.pk)):
        assert client.post(reverse(f"outlets:{name}", args=[pk]), {}).status_code == 403
    held.refresh_from_db()
    assert held.released_on is None


def test_another_area_is_not_found(client: Client, officer: User) -> None:
    theirs = SetAsideFactory.create()
    for name, pk in (("set_aside_add", theirs.need_id), ("set_aside_release", theirs.pk)):
        typed = {"amount_idr": 1, "set_on": "2026-03-01", "released_on": "2026-03-01", "reason": "x"}
        assert client.post(reverse(f"outlets:{name}", args=[pk]), typed).status_code == 404
    theirs.refresh_from_db()
    assert (SetAside.objects.count(), theirs.released_on) == (1, None)


@pytest.mark.parametrize("rows", [1, 3])
def test_pages_cost_the_same_for_any_number_of_rows(
    client: Client,
    officer: User,
    need: CapitalNeed,
    django_assert_num_queries: DjangoAssertNumQueries,
    rows: int,
) -> None:
    for _number in range(rows):
        SetAsideFactory.create(need=need)
        SetAsideFactory.create(need=CapitalNeedFactory.create(outlet=need.outlet), released=True)
        OutletFactory.create(cooperative=need.outlet.cooperative)
    held = SetAside.objects.order_by("pk")[0]
    for address, queries in (
        (reverse("outlets:set_aside_add", args=[need.pk]), 4),
        (reverse("outlets:set_aside_release", args=[held.pk]), 3),
        (need.outlet.get_absolute_url(), 13),
        (need.get_absolute_url(), 5),
    ):
        with django_assert_num_queries(queries + header.OFFICER):
            client.get(address)
