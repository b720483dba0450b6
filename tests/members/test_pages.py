import datetime as dt
from urllib.parse import urlencode

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from cooperatives.models import Gender
from kkmp.accounts.models import AccessEvent, User, Verb
from members.models import MemberKind, SavingsKind
from tests import header
from tests.factories import CooperativeFactory, KecamatanFactory, UserFactory, officer_of
from tests.member_factories import (
    MemberFactory,
    SavingsEntryFactory,
    SavingsRateFactory,
    synthetic_national_id,
)
from tests.reading import file_of, lines_of, names_on, page_of, text_of, total_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]
LIST = "/members/"


@pytest.fixture
def sudin() -> User:
    return UserFactory.create(sudin=True)


@pytest.fixture
def sudin_client(client: Client, sudin: User) -> Client:
    client.force_login(sudin)
    return client


def address(**query: object) -> str:
    return f"{LIST}?{urlencode(query)}"


def test_list_shows_who_was_a_member_on_the_day(sudin_client: Client) -> None:
    cooperative = CooperativeFactory.create()
    for number, joined_on, ended_on in [
        ("1", dt.date(2025, 6, 1), None),
        ("2", dt.date(2025, 6, 1), dt.date(2026, 3, 1)),
        ("3", dt.date(2026, 3, 10), None),
        ("10", dt.date(2025, 6, 1), None),
    ]:
        MemberFactory.create(
            cooperative=cooperative,
            number=number,
            full_name=f"Nomor {number}",
            joined_on=joined_on,
            ended_on=ended_on,
            kind=MemberKind.EXTRAORDINARY if number == "10" else MemberKind.REGULAR,
            national_id=synthetic_national_id(3) if number == "3" else "",
        )
    MemberFactory.create(cooperative=cooperative, applicant=True, full_name="Pemohon")
    MemberFactory.create(cooperative=cooperative, voided=True, number="4", full_name="Keliru")
    asked: dict[str, dict[str, object]] = {
        "today": {},
        "another day": {"on": "2026-02-15"},
        "before anybody": {"on": "2025-05-31"},
        "who joined": {"state": "joined"},
        "who left": {"state": "ended"},
        "who left since then": {"state": "ended", "since": "2026-03-05"},
        "all who left": {"state": "left"},
        "all": {"state": "all"},
        "applicants": {"state": "applicants"},
        "applicants before they applied": {"state": "applicants", "on": "2025-07-31"},
        "voided": {"state": "voided"},
        "joined between": {"joined_from": "2026-03-10", "joined_until": "2026-03-11"},
        "left between": {"left_from": "2026-03-01", "left_until": "2026-03-01"},
        "extraordinary": {"kind": "extraordinary"},
        "number to come": {"state": "no_national_id"},
    }
    assert {name: names_on(page_of(sudin_client, address(**query))) for name, query in asked.items()} == {
        "today": ["Nomor 1", "Nomor 3", "Nomor 10"],
        "another day": ["Nomor 1", "Nomor 2", "Nomor 10"],
        "before anybody": [],
        "who joined": ["Nomor 3"],
        "who left": ["Nomor 2"],
        "who left since then": [],
        "all who left": ["Nomor 2"],
        "all": ["Nomor 1", "Nomor 2", "Nomor 3", "Nomor 10"],
        "applicants": ["Pemohon"],
        "applicants before they applied": [],
        "voided": ["Keliru"],
        "joined between": ["Nomor 3"],
        "left between": ["Nomor 2"],
        "extraordinary": ["Nomor 10"],
        "number to come": ["Nomor 1", "Nomor 10"],
    }


def test_filters_narrow_and_every_answer_counts_its_rows(sudin_client: Client) -> None:
    tebet = KecamatanFactory.create()
    here = MemberFactory.create(
        cooperative__kelurahan__kecamatan=tebet, full_name="Wati", gender=Gender.FEMALE
    )
    there = MemberFactory.create(full_name="Budi", gender=Gender.MALE, number="X-9")
    MemberFactory.create(cooperative=there.cooperative, full_name="Tanpa", gender="")
    found = {
        str(query): (names_on(page), total_of(page))
        for query in [
            {"kecamatan": tebet.pk},
            {"cooperative": there.cooperative.kelurahan_id, "sort": "name"},
            {"gender": "female"},
            {"gender": "unknown"},
            {"q": "x-9"},
            {"q": here.cooperative.kelurahan.name.upper()},
            {"q": "tidak ada"},
        ]
        for page in [page_of(sudin_client, address(**query))]
    }
    assert list(found.values()) == [
        (["Wati"], 1),
        (["Budi", "Tanpa"], 2),
        (["Wati"], 1),
        (["Tanpa"], 1),
        (["Budi"], 1),
        (["Wati"], 1),
        ([], 0),
    ]


@pytest.mark.parametrize("query", [{}, {"on": "2026-02-20"}, {"since": "2025-08-01"}])
def test_every_figure_opens_as_many_rows_as_it_says(sudin_client: Client, query: dict[str, str]) -> None:
    chosen = CooperativeFactory.create()
    for cooperative in (chosen, CooperativeFactory.create()):
        for gender in (Gender.FEMALE, Gender.MALE, ""):
            MemberFactory.create(cooperative=cooperative, gender=gender)
            MemberFactory.create(cooperative=cooperative, gender=gender, joined_on=dt.date(2026, 2, 18))
            MemberFactory.create(cooperative=cooperative, gender=gender, ended_on=dt.date(2026, 2, 19))
    for asked in (query, query | {"cooperative": chosen.kelurahan_id}):
        figures = page_of(sudin_client, address(**asked)).select("a[data-figure]")
        assert len(figures) == 9
        said = [int(str(link["data-figure"])) for link in figures]
        assert said == [total_of(page_of(sudin_client, str(link["href"]))) for link in figures]
        assert sum(said) > 0


def test_officer_sees_only_the_members_of_their_area(client: Client) -> None:
    tebet = KecamatanFactory.create()
    mine = MemberFactory.create(cooperative__kelurahan__kecamatan=tebet, full_name="Milik Saya")
    theirs = MemberFactory.create(full_name="Milik Tetangga")
    client.force_login(officer_of(tebet))
    for query in [
        {},
        {"state": "all"},
        {"q": "Milik"},
        {"q": theirs.cooperative.kelurahan.name},
        {"cooperative": theirs.cooperative.kelurahan_id},
        {"kecamatan": theirs.cooperative.kelurahan.kecamatan_id},
    ]:
        page = page_of(client, address(**query))
        assert "Milik Tetangga" not in page.get_text()
        assert theirs.cooperative.kelurahan.name not in text_of(page, "#id_cooperative")
    assert names_on(page_of(client, LIST)) == ["Milik Saya"]
    for kind in ("csv", "xlsx"):
        assert b"Tetangga" not in file_of(client, address(format=kind))
    for name in ("detail", "edit", "admit", "end", "return", "void", "reveal"):
        there = reverse(f"members:{name}", args=[theirs.pk])
        assert [client.get(there).status_code, client.post(there).status_code] == [404, 404]
    for name in ("add", "take_over"):
        assert (
            client.get(reverse(f"members:{name}", args=[theirs.cooperative.kelurahan_id])).status_code == 404
        )
    assert client.get(mine.get_absolute_url()).status_code == 200


def test_leader_is_refused_and_nothing_is_logged_as_seen(client: Client) -> None:
    member = MemberFactory.create(full_name="Nama Rahasia")
    client.force_login(UserFactory.create(leader=True))
    for address_ in (
        LIST,
        address(format="csv"),
        member.get_absolute_url(),
        f"/members/add/{member.cooperative.kelurahan_id}/",
    ):
        response = client.get(address_)
        assert response.status_code == 403
        assert b"Nama Rahasia" not in response.content
    assert not AccessEvent.objects.filter(verb__in=[Verb.PERSON_VIEWED, Verb.EXPORTED]).exists()


@pytest.mark.parametrize("rows", [1, 3])
def test_list_costs_the_same_for_any_number_of_rows(
    sudin_client: Client, django_assert_num_queries: DjangoAssertNumQueries, rows: int
) -> None:
    MemberFactory.create_batch(rows)
    with django_assert_num_queries(9 + header.SUDIN):
        sudin_client.get(LIST)


@pytest.mark.parametrize("rows", [1, 3])
def test_export_costs_the_same_for_any_number_of_rows(
    sudin_client: Client, django_assert_num_queries: DjangoAssertNumQueries, rows: int
) -> None:
    MemberFactory.create_batch(rows)
    with django_assert_num_queries(6):
        file_of(sudin_client, address(format="csv"))


def test_export_holds_the_rows_of_the_list_and_is_logged(sudin_client: Client, sudin: User) -> None:
    cooperative = CooperativeFactory.create()
    MemberFactory.create(cooperative=cooperative, number="001", full_name="=SUM(A1)", gender=Gender.FEMALE)
    MemberFactory.create(
        cooperative=cooperative, number="002", full_name="Keluar", ended_on=dt.date(2026, 1, 1)
    )
    lines = lines_of(sudin_client, address(state="all", format="csv"))
    area = f"{cooperative.kelurahan_id};{cooperative.kelurahan.kecamatan.name};{cooperative.kelurahan.name}"
    assert lines[1:] == [
        "Nama lengkap;Nomor anggota;Kode kelurahan;Kecamatan;Kelurahan;Keadaan;Jenis kelamin;Tanggal masuk;Tanggal keluar",
        f"'=SUM(A1);001;{area};Anggota;Perempuan;01/08/2025;",
        f"Keluar;002;{area};Berakhir;;01/08/2025;01/01/2026",
    ]
    logged = AccessEvent.objects.filter(verb=Verb.EXPORTED).values_list("user", "target")
    assert list(logged) == [(sudin.pk, "Daftar anggota per 16/03/2026, Jakarta Selatan: 2 baris")]


@pytest.mark.parametrize(
    "query",
    [
        "on=2026-02-31", "on=2099-01-01", "on=2026-01-01&on=2026-02-01", "on=" + "9" * 5000, "kecamatan=99.99.99",
        "cooperative=%F0%9F%8C%BE", "cooperative=" + "1" * 10_000, "state=x", "gender=x", "sort=x", "page=abc",
        "page=999999999999999999999999", "page=-1", "q=" + "a" * 10_000, "q=%25", "q=%E2%80%AE", "since=2030-01-01",
        "format=pdf", "q=<script>",
    ],
)  # fmt: skip
def test_any_address_gives_a_page(sudin_client: Client, query: str) -> None:
    MemberFactory.create()
    page_of(sudin_client, f"{LIST}?{query}")


def test_list_has_pages_that_keep_the_question(sudin_client: Client) -> None:
    cooperative = CooperativeFactory.create()
    MemberFactory.create_batch(51, cooperative=cooperative)
    page = page_of(sudin_client, address(on="2026-02-01", sort="name"))
    assert (len(names_on(page)), total_of(page)) == (50, 51)
    [following] = [link["href"] for link in page.select("a[rel=next]")]
    assert following == "?on=2026-02-01&sort=name&page=2"
    assert len(names_on(page_of(sudin_client, f"{LIST}{following}"))) == 1


def test_empty_register_says_what_to_do(client: Client) -> None:
    cooperative = CooperativeFactory.create()
    client.force_login(officer_of(cooperative.kelurahan))
    page = page_of(client, LIST)
    assert text_of(page, ".empty h3") == "Belum ada anggota yang tercatat"
    take_over = reverse("members:take_over", args=[cooperative.kelurahan_id])
    assert [link["href"] for link in page.select(".empty a.btn")] == [take_over]


def test_savings_filters_and_figures_are_those_who_paid(sudin_client: Client) -> None:
    cooperative = CooperativeFactory.create()
    SavingsRateFactory.create(cooperative=cooperative, kind=SavingsKind.PRINCIPAL, amount_idr=100_000)
    SavingsRateFactory.create(cooperative=cooperative)
    paid, owes = (
        MemberFactory.create(
            cooperative=cooperative, full_name=name, number=name, joined_on=dt.date(2026, 2, 1)
        )
        for name in ("Lunas", "Menunggak")
    )
    SavingsEntryFactory.create(member=paid, principal=True)
    SavingsEntryFactory.create(member=owes, principal=True, amount_idr=99_999)
    SavingsEntryFactory.create(member=paid, mandatory=True, month=dt.date(2026, 2, 1))
    found = {
        paying: names_on(page_of(sudin_client, address(paying=paying)))
        for paying in ("principal", "no_principal", "current", "behind")
    }
    assert found == {
        "principal": ["Lunas"],
        "no_principal": ["Menunggak"],
        "current": ["Lunas"],
        "behind": ["Menunggak"],
    }
    figures = page_of(sudin_client, LIST).select("a[data-figure]")
    said = [int(str(link["data-figure"])) for link in figures]
    assert said == [total_of(page_of(sudin_client, str(link["href"]))) for link in figures]
    assert said[:3] == [2, 1, 1]
