"""Targets: the rule that judges them, the page and card that show them, the form that sets them, and for whom."""

import datetime as dt
from typing import Any
from urllib.parse import urljoin

import pytest
from bs4 import BeautifulSoup
from django.contrib.messages import get_messages
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from cooperatives.models import Kecamatan, PublishedFigure, Target
from cooperatives.targets import Aim, Start, Verdict, judge
from kkmp.accounts.models import User
from tests import header
from tests.factories import (
    CooperativeFactory,
    KecamatanFactory,
    StatusChangeFactory,
    UserFactory,
    officer_of,
)
from tests.reading import errors_of, page_of, text_of, total_of, values_of

DAY, YEAR_END = dt.date(2025, 9, 22), dt.date(2026, 12, 31)
# From 10 on the first day to 30 a hundred days later.
START = dt.date(2026, 1, 1)
GOAL_DAY = START + dt.timedelta(days=100)
UP = Aim(GOAL_DAY, 30, Start(START, 10))
DOWN = Aim(GOAL_DAY, 5, Start(START, 25), at_most=True)


@pytest.mark.parametrize(
    ("aim", "after", "count", "verdict"),
    [
        (UP, 0, 10, Verdict.ON_THE_WAY),
        (UP, 0, 9, Verdict.BEHIND),
        # Nobody opens a fifth of an outlet: on the first day nothing more is asked for yet.
        (UP, 4, 10, Verdict.ON_THE_WAY),
        (UP, 5, 10, Verdict.BEHIND),
        (UP, 50, 20, Verdict.ON_THE_WAY),
        (UP, 50, 19, Verdict.BEHIND),
        (UP, 50, 30, Verdict.REACHED),
        (UP, -30, 10, Verdict.ON_THE_WAY),
        (UP, -30, 9, Verdict.BEHIND),
        (UP, 99, 29, Verdict.ON_THE_WAY),
        (UP, 100, 29, Verdict.MISSED),
        (UP, 100, 30, Verdict.REACHED),
        (UP, 300, 29, Verdict.MISSED),
        (DOWN, 4, 25, Verdict.ON_THE_WAY),
        (DOWN, 5, 25, Verdict.BEHIND),
        (DOWN, 50, 15, Verdict.ON_THE_WAY),
        (DOWN, 50, 16, Verdict.BEHIND),
        (DOWN, 50, 5, Verdict.REACHED),
        (DOWN, 100, 6, Verdict.MISSED),
        (Aim(GOAL_DAY, 30), 99, 0, Verdict.ON_THE_WAY),
        (Aim(GOAL_DAY, 30), 100, 0, Verdict.MISSED),
        (Aim(GOAL_DAY, 30), 1, 30, Verdict.REACHED),
    ],
)
def test_a_target_is_measured_against_the_straight_path_to_it(
    aim: Aim, after: int, count: int, verdict: Verdict
) -> None:
    assert judge(aim, count=count, on=START + dt.timedelta(days=after)) == verdict


def test_what_is_not_recorded_leaves_the_answer_open_only_where_it_matters() -> None:
    middle = START + dt.timedelta(days=50)
    assert [
        judge(UP, count=count, on=middle, unrecorded=unrecorded)
        for count, unrecorded in ((19, 1), (18, 1), (20, 3), (20, 10), (30, 20))
    ] == [Verdict.UNSURE, Verdict.BEHIND, Verdict.ON_THE_WAY, Verdict.UNSURE, Verdict.REACHED]
    assert judge(DOWN, count=0, on=middle, unrecorded=65) == Verdict.UNSURE


@given(
    start=st.integers(0, 65),
    goal=st.integers(0, 65),
    length=st.integers(1, 2000),
    day=st.integers(-100, 3000),
    at_most=st.booleans(),
)
def test_the_path_begins_at_its_start_ends_at_its_goal_and_never_turns(
    *, start: int, goal: int, length: int, day: int, at_most: bool
) -> None:
    aim = Aim(START + dt.timedelta(days=length), goal, Start(START, start), at_most=at_most)
    path = [aim.expected(START + dt.timedelta(days=after)) for after in (0, day, day + 1, length)]
    assert (path[0], path[-1]) == (start, goal)
    assert min(start, goal) <= path[1] <= max(start, goal)  # type: ignore[operator]
    assert (path[2] >= path[1]) if goal >= start else (path[2] <= path[1])  # type: ignore[operator]


# --- pages --------------------------------------------------------------------


def as_(client: Client, user: User) -> Client:
    client.force_login(user)
    return client


@pytest.fixture
def city(db: None) -> dict[str, Kecamatan]:
    """Two kecamatan: two outlets run in the first since the published day, one of two stands idle in the second."""
    first, second = (KecamatanFactory.create(name=name) for name in ("Awal", "Baru"))
    for kecamatan, trait in ((first, {}), (first, {}), (second, {"idle": True}), (second, {"none": True})):
        cooperative = CooperativeFactory.create(kelurahan__kecamatan=kecamatan)
        if trait.get("none"):
            StatusChangeFactory.create(none=True, cooperative=cooperative)
        else:
            StatusChangeFactory.create(outlet__cooperative=cooperative, **trait)
    PublishedFigure.objects.create(on=DAY, running=1, idle=1, none=2, source="https://example.org/a")
    return {"first": first, "second": second}


def told(page: BeautifulSoup, selector: str = "main") -> list[str]:
    return [item.get_text(" ", strip=True) for item in page.select(f"{selector} .aims > li")]


@pytest.mark.usefixtures("today", "city")
def test_the_dashboard_shows_the_citys_next_target(client: Client) -> None:
    Target.objects.create(on=dt.date(2025, 12, 31), running=3)
    Target.objects.create(on=YEAR_END, running=4, idle=0)
    Target.objects.create(on=dt.date(2027, 12, 31), running=4)
    page = page_of(as_(client, UserFactory.create(leader=True)), "/")
    assert told(page, "[aria-labelledby=targets]") == [
        # From the target before it, 3 on 31 December 2025.
        "Sudah berjalan: 2 dari 4 Tertinggal Menurut jalurnya sedikitnya 3 pada 16 Maret 2026.",
        # No number was set before: from the published figure.
        (
            "Ada, belum berjalan: 1 dari paling banyak 0 Sesuai rencana "
            "Menurut jalurnya paling banyak 1 pada 16 Maret 2026."
        ),
    ]
    assert text_of(page, "[aria-labelledby=targets] h3") == "Seluruh kota, per 31 Desember 2026"
    past = page_of(client, "/?on=2025-12-31")
    assert told(past, "[aria-labelledby=targets]") == ["Sudah berjalan: 2 dari 3 Tidak tercapai"]


@pytest.mark.usefixtures("today")
def test_each_kecamatan_has_its_sign_and_word(client: Client, city: dict[str, Kecamatan]) -> None:
    Target.objects.create(kecamatan=city["first"], on=YEAR_END, running=2)
    Target.objects.create(kecamatan=city["second"], on=YEAR_END, running=2)
    page = page_of(as_(client, UserFactory.create(sudin=True)), "/")
    cells = [
        (row.th.get_text(strip=True), row.select("td")[-1].get_text(" ", strip=True))  # type: ignore[union-attr]
        for row in page.select("[aria-labelledby=areas] tbody tr")
    ]
    assert cells == [("Awal", "Tercapai: 2/2"), ("Baru", "Sesuai rencana: 0/2")]
    assert text_of(page, "[aria-labelledby=targets] .cluster") == "Tercapai 1 Sesuai rencana 1"
    # Its own page names the numbers; the city's would mislead there.
    Target.objects.create(on=YEAR_END, running=4)
    one = page_of(client, f"/?kecamatan={city['second'].pk}")
    assert told(one, "[aria-labelledby=targets]") == [
        "Sudah berjalan: 0 dari 2 Sesuai rencana Menurut jalurnya sedikitnya 0 pada 16 Maret 2026."
    ]


@pytest.mark.usefixtures("today")
def test_an_officer_sees_targets_only_of_what_is_seen_whole(
    client: Client, city: dict[str, Kecamatan]
) -> None:
    Target.objects.create(on=YEAR_END, running=44, note="Target kota")
    Target.objects.create(kecamatan=city["first"], on=YEAR_END, running=2, note="Target Awal")
    Target.objects.create(kecamatan=city["second"], on=YEAR_END, running=2, note="Target Baru")
    whole = officer_of(city["first"])
    part = officer_of(city["first"].kelurahan_set.order_by("pk")[0])
    for user, seen in ((whole, ["Target Awal"]), (part, [])):
        as_(client, user)
        page = page_of(client, "/targets/")
        assert [cell.get_text(strip=True) for cell in page.select("tbody td:nth-of-type(3)")] == seen
        assert total_of(page) == len(seen)
        assert len(told(page_of(client, "/"))) == len(seen)
        assert [add for add in page.select("a") if add["href"] == reverse("targets:add")] == []


@pytest.mark.usefixtures("today")
def test_the_page_tells_all_targets_and_its_figures_open_their_lists(
    client: Client, city: dict[str, Kecamatan]
) -> None:
    StatusChangeFactory.create(
        outlet=city["second"].kelurahan_set.get(cooperative__outlets__isnull=False).cooperative.outlets.get(),
        effective_on=dt.date(2026, 2, 1),
    )
    Target.objects.create(on=dt.date(2025, 12, 31), running=3, idle=1)
    Target.objects.create(on=YEAR_END, running=4)
    Target.objects.create(kecamatan=city["second"], on=YEAR_END, running=1)
    as_(client, UserFactory.create(sudin=True))
    page = page_of(client, "/targets/")
    assert [told(page, "[aria-labelledby=ahead]"), told(page, "[aria-labelledby=past]")] == [
        [
            "Sudah berjalan: 3 dari 4 Sesuai rencana Menurut jalurnya sedikitnya 3 pada 16 Maret 2026.",
            "Sudah berjalan: 1 dari 1 Tercapai",
        ],
        # As it was on its own day, whatever came later.
        ["Sudah berjalan: 2 dari 3 Tidak tercapai", "Ada, belum berjalan: 1 dari paling banyak 1 Tercapai"],
    ]
    assert total_of(page) == 3
    figures = {str(link["href"]): int(str(link["data-figure"])) for link in page.select("a[data-figure]")}
    assert {address: total_of(page_of(client, urljoin("/", address))) for address in figures} == figures


@pytest.mark.usefixtures("today", "city")
def test_without_a_target_whoever_may_set_one_is_led_there(client: Client) -> None:
    page = page_of(as_(client, UserFactory.create(leader=True)), "/")
    assert page.select("[aria-labelledby=targets] a.btn")[-1]["href"] == reverse("targets:add")
    assert (
        page_of(as_(client, officer_of(Kecamatan.objects.all()[0])), "/").select("[aria-labelledby=targets]")
        == []
    )


@pytest.mark.usefixtures("today")
@pytest.mark.parametrize("role", ["leader", "sudin", "admin"])
def test_those_with_the_right_set_and_change_a_target(
    client: Client, city: dict[str, Kecamatan], role: str
) -> None:
    user = UserFactory.create(**{role: True})
    as_(client, user)
    typed = {
        "kecamatan": city["first"].pk, "on": "2026-12-31", "running": "2", "idle": "", "note": "Dari rapat 😀"
    }  # fmt: skip
    response = client.post("/targets/add/", typed)
    target = Target.objects.get()
    assert response["Location"] == "/targets/"
    assert [str(one) for one in get_messages(response.wsgi_request)] == [
        "Target Awal 31/12/2026: 2 tersimpan."
    ]
    assert (target.kecamatan, target.on, target.running, target.idle, target.note) == (
        city["first"],
        YEAR_END,
        2,
        None,
        "Dari rapat 😀",
    )
    form = page_of(client, target.get_absolute_url())
    again = values_of(form) | {"running": "1", "idle": "1", "change_reason": "Disesuaikan"}
    client.post(target.get_absolute_url(), again)
    target.refresh_from_db()
    assert (target.running, target.idle, target.version) == (1, 1, 2)
    newest = page_of(client, target.get_absolute_url()).select(".history > li")[0].get_text(" ", strip=True)
    assert newest.startswith(
        f"Diubah {user} , 16 Maret 2026 12.00 Disesuaikan Sudah berjalan, sedikitnya dari 2"
    )


@pytest.mark.usefixtures("today")
def test_an_officer_sets_none(client: Client, city: dict[str, Kecamatan]) -> None:
    mine = Target.objects.create(kecamatan=city["first"], on=YEAR_END, running=2)
    theirs = Target.objects.create(kecamatan=city["second"], on=YEAR_END, running=2)
    as_(client, officer_of(city["first"]))
    addresses = ("/targets/add/", mine.get_absolute_url(), theirs.get_absolute_url())
    assert [client.post(address, {"running": "1"}).status_code for address in addresses] == [403, 403, 404]
    assert [client.get(address).status_code for address in addresses] == [403, 403, 404]


@pytest.mark.usefixtures("today", "city")
@pytest.mark.parametrize(
    ("changed", "errors"),
    [
        ({"on": ""}, {"on": ["Bidang ini tidak boleh kosong."]}),
        ({"on": "31/02/2026"}, {"on": ["“31/02/2026” bukan tanggal. Contoh: 22/09/2025."]}),
        ({"on": "2101-01-01"}, {"on": ["Periksa tahunnya: paling jauh 2100."]}),
        ({"running": "5"}, {"running": ["Paling banyak 4: sebanyak koperasi di wilayah itu."]}),
        ({"running": "-1"}, {"running": ["Pastikan nilai ini lebih besar dari atau sama dengan 0."]}),
        (
            {"running": "9" * 40},
            {"running": ["Pastikan nilai ini lebih kecil dari atau sama dengan 9999."]},
        ),
        ({"running": "1.5"}, {"running": ["Masukkan keseluruhan angka bilangan."]}),
        ({"running": "3", "idle": "2"}, {"idle": ["Bersama yang berjalan melebihi 4 koperasi di wilayah itu."]}),
        ({"kecamatan": "99"}, {"kecamatan": ["Masukkan pilihan yang valid. Pilihan tersebut bukan salah satu dari pilihan yang tersedia."]}),
        ({"kecamatan": "a\x00b"}, {"kecamatan": ["Karakter null tidak diizinkan."]}),
        ({"note": "a\x00b"}, {"note": ["Karakter null tidak diizinkan."]}),
    ],
)  # fmt: skip
def test_bad_input_is_told(client: Client, changed: dict[str, str], errors: dict[str, list[str]]) -> None:
    as_(client, UserFactory.create(leader=True))
    typed = {"kecamatan": "", "on": "2026-12-31", "running": "3", "idle": "", "note": ""} | changed
    page = BeautifulSoup(client.post("/targets/add/", typed).content, "html.parser")
    assert (errors_of(page), Target.objects.count()) == (errors, 0)


@pytest.mark.usefixtures("today", "city")
def test_one_day_has_one_target_of_an_area(client: Client) -> None:
    as_(client, UserFactory.create(sudin=True))
    typed = {"kecamatan": "", "on": "2026-12-31", "running": "3", "idle": "", "note": ""}
    client.post("/targets/add/", typed)
    told_again = client.post("/targets/add/", typed)
    assert told_again.context["form"].non_field_errors() == ["Target kota untuk tanggal itu sudah ada."]
    assert Target.objects.count() == 1


@pytest.mark.usefixtures("today", "db")
def test_before_anything_is_published_or_recorded_there_is_no_path(client: Client) -> None:
    CooperativeFactory.create_batch(3)
    Target.objects.create(on=YEAR_END, running=2, idle=0)
    page = page_of(as_(client, UserFactory.create(leader=True)), "/targets/")
    assert told(page) == [
        "Sudah berjalan: 0 dari 2 Belum bisa dinilai",
        "Ada, belum berjalan: 0 dari paling banyak 0 Belum bisa dinilai",
    ]


@pytest.mark.usefixtures("today", "city")
def test_targets_ask_the_database_as_often_for_three_as_for_one(
    client: Client, django_assert_num_queries: Any
) -> None:
    as_(client, UserFactory.create(sudin=True))
    Target.objects.create(on=YEAR_END, running=4, idle=1)
    with django_assert_num_queries(7 + header.SUDIN):
        page_of(client, "/targets/")
    with django_assert_num_queries(20 + header.SUDIN):
        page_of(client, "/")
    for kecamatan in Kecamatan.objects.all():
        Target.objects.create(kecamatan=kecamatan, on=YEAR_END, running=1)
        Target.objects.create(kecamatan=kecamatan, on=dt.date(2025, 12, 31), running=1)
    with django_assert_num_queries(7 + header.SUDIN):
        page_of(client, "/targets/")
    with django_assert_num_queries(20 + header.SUDIN):
        page_of(client, "/")
