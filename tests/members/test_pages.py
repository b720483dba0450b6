import datetime as dt
from urllib.parse import urlencode

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from cooperatives.models import Gender
from kkmp.accounts.models import AccessEvent, User, Verb
from members.models import Member
from tests import header
from tests.factories import CooperativeFactory, KecamatanFactory, UserFactory, officer_of
from tests.member_factories import MemberFactory
from tests.reading import errors_of, file_of, lines_of, names_on, page_of, text_of, total_of, values_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]
LIST = "/members/"
# Names that pages must carry as text, whatever they contain.
ODD_NAMES = [
    "<script>alert(1)</script>",
    "محمد أحمد",
    "Siti 🌾 Aminah",
    "'; DROP TABLE members_member; --",
    "{{ 7|add:7 }}",
]


@pytest.fixture
def sudin() -> User:
    return UserFactory.create(sudin=True)


@pytest.fixture
def sudin_client(client: Client, sudin: User) -> Client:
    client.force_login(sudin)
    return client


def address(**query: object) -> str:
    return f"{LIST}?{urlencode(query)}"


def typed(**changes: object) -> dict[str, object]:
    return {
        "number": "010",
        "full_name": "Anggota Baru",
        "gender": "female",
        "joined_on": "2026-01-05",
        "ended_on": "",
    } | changes


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
        )
    asked: dict[str, dict[str, object]] = {
        "today": {},
        "another day": {"on": "2026-02-15"},
        "before anybody": {"on": "2025-05-31"},
        "who joined": {"state": "joined"},
        "who left": {"state": "ended"},
        "who left since then": {"state": "ended", "since": "2026-03-05"},
        "all who left": {"state": "left"},
        "all": {"state": "all"},
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
        assert len(figures) == 6
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
    assert client.get(reverse("members:edit", args=[theirs.pk])).status_code == 404
    assert client.post(reverse("members:edit", args=[theirs.pk]), typed()).status_code == 404
    assert client.get(reverse("members:add", args=[theirs.cooperative.kelurahan_id])).status_code == 404
    assert client.get(reverse("members:edit", args=[mine.pk])).status_code == 200


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
    with django_assert_num_queries(8 + header.SUDIN):
        sudin_client.get(LIST)


@pytest.mark.parametrize("rows", [1, 3])
def test_export_costs_the_same_for_any_number_of_rows(
    sudin_client: Client, django_assert_num_queries: DjangoAssertNumQueries, rows: int
) -> None:
    MemberFactory.create_batch(rows)
    with django_assert_num_queries(6):
        file_of(sudin_client, address(format="csv"))


@pytest.mark.parametrize("edits", [1, 3])
def test_page_of_one_costs_the_same_for_any_history(
    sudin_client: Client, django_assert_num_queries: DjangoAssertNumQueries, edits: int
) -> None:
    member = MemberFactory.create()
    for number in range(edits):
        member.full_name = f"Nama {number}"
        member.save()
    with django_assert_num_queries(5 + header.SUDIN):
        sudin_client.get(member.get_absolute_url())


def test_export_holds_the_rows_of_the_list_and_is_logged(sudin_client: Client, sudin: User) -> None:
    cooperative = CooperativeFactory.create()
    MemberFactory.create(cooperative=cooperative, number="001", full_name="=SUM(A1)", gender=Gender.FEMALE)
    MemberFactory.create(
        cooperative=cooperative, number="002", full_name="Keluar", ended_on=dt.date(2026, 1, 1)
    )
    lines = lines_of(sudin_client, address(state="all", format="csv"))
    area = f"{cooperative.kelurahan_id};{cooperative.kelurahan.kecamatan.name};{cooperative.kelurahan.name}"
    assert lines[1:] == [
        "Nama lengkap;Nomor anggota;Kode kelurahan;Kecamatan;Kelurahan;Jenis kelamin;Tanggal masuk;Tanggal keluar",
        f"'=SUM(A1);001;{area};Perempuan;01/08/2025;",
        f"Keluar;002;{area};;01/08/2025;01/01/2026",
    ]
    logged = AccessEvent.objects.filter(verb=Verb.EXPORTED).values_list("user", "target")
    assert list(logged) == [(sudin.pk, "Daftar anggota per 16/03/2026, Jakarta Selatan: 2 baris")]


def test_opening_a_person_is_logged_without_the_name(sudin_client: Client, sudin: User) -> None:
    member = MemberFactory.create(number="007", full_name="Nama Orang")
    sudin_client.get(member.get_absolute_url())
    logged = AccessEvent.objects.filter(verb=Verb.PERSON_VIEWED).values_list("user", "target")
    assert list(logged) == [(sudin.pk, f"anggota 007, {member.cooperative}")]


def test_officer_adds_a_member_under_the_proposed_number(client: Client) -> None:
    other = MemberFactory.create(number="009")
    officer = officer_of(other.cooperative.kelurahan)
    client.force_login(officer)
    add = reverse("members:add", args=[other.cooperative.kelurahan_id])
    assert values_of(page_of(client, add))["number"] == "010"
    response = client.post(add, typed(), follow=True)
    member = Member.objects.get(number="010")
    assert (member.cooperative, member.full_name, member.gender, member.joined_on, member.ended_on) == (
        other.cooperative, "Anggota Baru", "female", dt.date(2026, 1, 5), None,
    )  # fmt: skip
    assert member.history.get().history_user == officer
    assert "Anggota Baru tercatat sebagai anggota nomor 010" in response.content.decode()
    again = client.post(add, typed(number="011", again="1"))
    assert again["Location"] == add


@pytest.mark.parametrize(
    ("changes", "errors"),
    [
        ({"number": "", "full_name": ""}, {"number": ["Bidang ini tidak boleh kosong."], "full_name": ["Bidang ini tidak boleh kosong."]}),
        ({"number": "009"}, {"number": ["Nomor 009 sudah dipakai Nama Lama. Nomor berikutnya yang bebas: 010."]}),
        ({"joined_on": "31/02/2026"}, {"joined_on": ["“31/02/2026” bukan tanggal. Contoh: 22/09/2025."]}),
        ({"joined_on": "2026-03-17"}, {"joined_on": ["Tanggal ini belum terjadi; paling akhir hari ini."]}),
        ({"joined_on": "0001-01-01"}, {"joined_on": ["Periksa tahunnya: tanggal ini sebelum 17 Agustus 1945."]}),
        ({"ended_on": "2026-01-04"}, {"ended_on": ["Tanggal keluar tidak boleh sebelum tanggal masuk (5 Januari 2026)."]}),
        ({"gender": "x"}, {"gender": ["Masukkan pilihan yang valid. x bukan salah satu dari pilihan yang tersedia."]}),
        ({"number": "1" * 10_000}, {"number": ["Pastikan nilai ini mengandung paling banyak 20 karakter (sekarang 10000 karakter)."]}),
        ({"full_name": "a" * 10_000}, {"full_name": ["Pastikan nilai ini mengandung paling banyak 150 karakter (sekarang 10000 karakter)."]}),
        ({"full_name": "a\x00b"}, {"full_name": ["Karakter null tidak diizinkan."]}),
    ],
)  # fmt: skip
def test_bad_input_is_told_and_nothing_typed_is_lost(
    sudin_client: Client, changes: dict[str, str], errors: dict[str, list[str]]
) -> None:
    other = MemberFactory.create(number="009", full_name="Nama Lama")
    wanted = typed(**changes)
    response = sudin_client.post(reverse("members:add", args=[other.cooperative.kelurahan_id]), wanted)
    page = BeautifulSoup(response.content, "html.parser")
    assert response.status_code == 200
    assert errors_of(page) == errors
    for name in ("number", "full_name", "joined_on", "ended_on"):
        assert values_of(page)[name] == str(wanted[name])
    assert Member.objects.count() == 1


@pytest.mark.parametrize("name", ODD_NAMES)
def test_any_name_is_kept_and_shown_as_text(sudin_client: Client, name: str) -> None:
    cooperative = CooperativeFactory.create()
    add = reverse("members:add", args=[cooperative.kelurahan_id])
    response = sudin_client.post(add, typed(full_name=name), follow=True)
    member = Member.objects.get()
    assert member.full_name == name
    for content in (response.content, sudin_client.get(member.get_absolute_url()).content):
        page = BeautifulSoup(content, "html.parser")
        assert name in page.get_text()
        assert [script.get_text() for script in page.select("script:not([src])")] == []
    assert names_on(page_of(sudin_client, LIST)) == [name]


def test_same_name_twice_is_a_warning(sudin_client: Client) -> None:
    other = MemberFactory.create(number="009", full_name="Nama Sama")
    add = reverse("members:add", args=[other.cooperative.kelurahan_id])
    response = sudin_client.post(add, typed(full_name="nama sama"), follow=True)
    assert (
        "Nama ini juga tercatat dengan nomor 009. Periksa apakah orangnya sama." in response.content.decode()
    )
    assert Member.objects.count() == 2


def test_membership_ends_and_comes_back(sudin_client: Client) -> None:
    member = MemberFactory.create(number="010", full_name="Anggota Baru", joined_on=dt.date(2026, 1, 5))
    here = member.get_absolute_url()
    ended = sudin_client.post(here, typed(ended_on="2026-03-01", version=1), follow=True)
    member.refresh_from_db()
    assert member.ended_on == dt.date(2026, 3, 1)
    assert "Keanggotaan Anggota Baru berakhir per 1 Maret 2026. Bila keliru" in ended.content.decode()
    back = sudin_client.post(here, typed(version=2), follow=True)
    states = member.history.order_by("version").values_list("version", "ended_on")
    assert list(states) == [(1, None), (2, dt.date(2026, 3, 1)), (3, None)]
    assert "Anggota Baru tercatat lagi sebagai anggota" in back.content.decode()


def test_second_editor_is_told_and_may_save_again(sudin_client: Client) -> None:
    member = MemberFactory.create(number="010")
    here = member.get_absolute_url()
    first = UserFactory.create(sudin=True, full_name="Staf Pertama")
    other_client = Client()
    other_client.force_login(first)
    other_client.post(here, typed(full_name="Isian Pertama", version=1))
    response = sudin_client.post(here, typed(full_name="Isian Kedua", version=1))
    page = BeautifulSoup(response.content, "html.parser")
    told = text_of(page, "[role=alert]")
    assert "Data ini baru saja diubah oleh Staf Pertama." in told
    assert "Nama lengkap sekarang berisi “Isian Pertama”" in told
    values = values_of(page)
    assert (values["full_name"], values["version"]) == ("Isian Kedua", "2")
    sudin_client.post(here, typed(full_name=values["full_name"], version=values["version"]))
    member.refresh_from_db()
    assert (member.full_name, member.version) == ("Isian Kedua", 3)


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


@pytest.mark.parametrize("pk", ["99999999999999999999999999", "9" * 5000, "0"])
def test_impossible_keys_are_not_found(sudin_client: Client, pk: str) -> None:
    assert sudin_client.get(f"/members/{pk}/").status_code == 404


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
    add = reverse("members:add", args=[cooperative.kelurahan_id])
    assert [link["href"] for link in page.select(".empty a.btn")] == [add]
