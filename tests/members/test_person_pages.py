import datetime as dt
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from kkmp.accounts.models import AccessEvent, User, Verb
from members.models import Domicile, EndReason, Member, MemberKind, MemberState
from members.national_ids import open_national_id
from tests import header
from tests.factories import CooperativeFactory, UserFactory, officer_of
from tests.member_factories import MemberFactory, synthetic_national_id
from tests.reading import errors_of, names_on, page_of, text_of, values_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]
TODAY = dt.date(2026, 3, 16)
FIRST, SECOND = synthetic_national_id(1), synthetic_national_id(2, is_woman=True)
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


def application(**changes: object) -> dict[str, object]:
    return {"full_name": "Calon Baru", "applied_on": "2026-01-05"} | changes


def row(**changes: object) -> dict[str, object]:
    """A row of an existing register, and what a member's form sends."""
    return {
        "number": "010",
        "full_name": "Anggota Baru",
        "gender": "female",
        "kind": "regular",
        "joined_on": "2026-01-05",
    } | changes


def edit_of(member: Member) -> str:
    return reverse("members:edit", args=[member.pk])


@pytest.mark.parametrize("edits", [1, 3])
def test_page_of_one_costs_the_same_for_any_history(
    sudin_client: Client, django_assert_num_queries: DjangoAssertNumQueries, edits: int
) -> None:
    member = MemberFactory.create(national_id=FIRST)
    for number in range(edits):
        member.full_name = f"Nama {number}"
        member.save()
    with django_assert_num_queries(7 + header.SUDIN):
        sudin_client.get(member.get_absolute_url())


def test_opening_a_person_is_logged_without_the_name(sudin_client: Client, sudin: User) -> None:
    member = MemberFactory.create(number="007", full_name="Nama Orang")
    applicant = MemberFactory.create(applicant=True, full_name="Nama Lain")
    former = MemberFactory.create(ended=True, number="008", full_name="Nama Lama")
    again = reverse("members:return", args=[former.pk])
    for address in (member.get_absolute_url(), edit_of(member), applicant.get_absolute_url(), again):
        sudin_client.get(address)
    logged = AccessEvent.objects.filter(verb=Verb.PERSON_VIEWED).order_by("pk").values_list("user", "target")
    seen = f"anggota 007, {member.cooperative} (#{member.pk})"
    assert list(logged) == [
        (sudin.pk, seen),
        (sudin.pk, seen),
        (sudin.pk, f"calon anggota, {applicant.cooperative} (#{applicant.pk})"),
        (sudin.pk, f"anggota 008, {former.cooperative} (#{former.pk})"),
    ]


def test_page_offers_the_steps_that_come_next(sudin_client: Client) -> None:
    members = {
        "applicant": MemberFactory.create(applicant=True),
        "member": MemberFactory.create(),
        "gone": MemberFactory.create(ended=True),
        "turned away": MemberFactory.create(
            applicant=True, ended_on=dt.date(2025, 9, 1), end_reason=EndReason.NOT_ADMITTED
        ),
        "voided": MemberFactory.create(voided=True),
    }
    offered = {
        name: [
            str(link["href"]).split("/")[-2]
            for link in page_of(sudin_client, member.get_absolute_url()).select(
                ".card-foot a, .card-head a[href$='/edit/']"
            )
        ]
        for name, member in members.items()
    }
    assert offered == {
        "applicant": ["admit", "end", "edit"],
        "member": ["end", "void", "edit"],
        "gone": ["return", "void", "edit"],
        "turned away": ["edit"],
        "voided": [],
    }


def test_officer_records_an_application_without_a_number(client: Client) -> None:
    cooperative = CooperativeFactory.create()
    officer = officer_of(cooperative.kelurahan)
    client.force_login(officer)
    add = reverse("members:add", args=[cooperative.kelurahan_id])
    assert values_of(page_of(client, add))["applied_on"] == "2026-03-16"
    response = client.post(add, application(national_id=f"  {FIRST[:6]} {FIRST[6:]}"), follow=True)
    member = Member.objects.get()
    assert (member.number, member.full_name, member.applied_on, member.joined_on, member.is_taken_over) == (
        "", "Calon Baru", dt.date(2026, 1, 5), None, False,
    )  # fmt: skip
    assert (open_national_id(member), member.state_on(TODAY)) == (FIRST, MemberState.APPLICANT)
    assert member.history.get().history_user == officer
    assert "Permohonan Calon Baru tercatat." in response.content.decode()
    assert client.post(add, application(again="1"))["Location"] == add


def test_row_of_an_existing_register_is_taken_as_it_stands(client: Client) -> None:
    other = MemberFactory.create(number="009")
    officer = officer_of(other.cooperative.kelurahan)
    client.force_login(officer)
    address = reverse("members:take_over", args=[other.cooperative.kelurahan_id])
    assert values_of(page_of(client, address))["number"] == "010"
    response = client.post(address, row(), follow=True)
    member = Member.objects.get(number="010")
    assert (member.cooperative, member.full_name, member.gender, member.joined_on, member.is_taken_over) == (
        other.cooperative, "Anggota Baru", "female", dt.date(2026, 1, 5), True,
    )  # fmt: skip
    assert (member.domicile, member.ktp_seen_on, member.kind) == ("", None, MemberKind.REGULAR)
    assert member.history.get().history_user == officer
    assert "Anggota Baru tercatat sebagai anggota nomor 010" in response.content.decode()
    assert client.post(address, row(number="011", again="1"))["Location"] == address


@pytest.mark.parametrize(
    ("changes", "errors"),
    [
        ({"number": "", "full_name": ""}, {"number": ["Nomor anggota wajib diisi."], "full_name": ["Bidang ini tidak boleh kosong."]}),
        ({"number": "009"}, {"number": ["Nomor 009 sudah dipakai Nama Lama. Nomor berikutnya yang bebas: 010."]}),
        ({"joined_on": "31/02/2026"}, {"joined_on": ["“31/02/2026” bukan tanggal. Contoh: 22/09/2025."]}),
        ({"joined_on": "2026-03-17"}, {"joined_on": ["Tanggal ini belum terjadi; paling akhir hari ini."]}),
        ({"joined_on": "0001-01-01"}, {"joined_on": ["Periksa tahunnya: tanggal ini sebelum 17 Agustus 1945."]}),
        ({"ended_on": "2026-01-04", "end_reason": "moved"}, {"ended_on": ["Tanggal keluar tidak boleh sebelum tanggal masuk (5 Januari 2026)."]}),
        ({"ended_on": "2026-02-04"}, {"end_reason": ["Pilih sebab keluar."]}),
        ({"end_reason": "moved"}, {"ended_on": ["Isi tanggal keluar, atau kosongkan sebabnya."]}),
        ({"gender": "x"}, {"gender": ["Masukkan pilihan yang valid. x bukan salah satu dari pilihan yang tersedia."]}),
        ({"number": "1" * 10_000}, {"number": ["Pastikan nilai ini mengandung paling banyak 20 karakter (sekarang 10000 karakter)."]}),
        ({"full_name": "a" * 10_000}, {"full_name": ["Pastikan nilai ini mengandung paling banyak 150 karakter (sekarang 10000 karakter)."]}),
        ({"full_name": "a\x00b"}, {"full_name": ["Karakter null tidak diizinkan."]}),
        ({"national_id": "317499"}, {"national_id": ["NIK terdiri dari 16 angka."]}),
        ({"national_id": f"{FIRST[:12]}0000"}, {"national_id": ["NIK ini keliru: periksa angka ke-7 sampai ke-12 (tanggal lahir) dan empat angka terakhir."]}),
        ({"national_id": FIRST}, {"national_id": ["NIK ini sudah tercatat pada 009 Nama Lama di koperasi ini."]}),
    ],
)  # fmt: skip
def test_bad_input_is_told_and_nothing_typed_is_lost(
    sudin_client: Client, changes: dict[str, str], errors: dict[str, list[str]]
) -> None:
    other = MemberFactory.create(number="009", full_name="Nama Lama", national_id=FIRST)
    wanted = row(**changes)
    address = reverse("members:take_over", args=[other.cooperative.kelurahan_id])
    response = sudin_client.post(address, wanted)
    page = BeautifulSoup(response.content, "html.parser")
    assert response.status_code == 200
    assert errors_of(page) == errors
    for name in ("number", "full_name", "joined_on", "ended_on", "national_id"):
        assert values_of(page)[name] == str(wanted.get(name, ""))
    typed_id = str(wanted.get("national_id") or "nothing typed")
    # In the field that is being corrected and nowhere else.
    assert response.content.decode().count(typed_id) == (1 if "national_id" in changes else 0)
    assert Member.objects.count() == 1


@pytest.mark.parametrize("name", ODD_NAMES)
def test_any_name_is_kept_and_shown_as_text(sudin_client: Client, name: str) -> None:
    cooperative = CooperativeFactory.create()
    address = reverse("members:take_over", args=[cooperative.kelurahan_id])
    response = sudin_client.post(address, row(full_name=name), follow=True)
    member = Member.objects.get()
    assert member.full_name == name
    for content in (response.content, sudin_client.get(edit_of(member)).content):
        page = BeautifulSoup(content, "html.parser")
        assert name in page.get_text()
        assert [script.get_text() for script in page.select("script:not([src])")] == []
    assert names_on(page_of(sudin_client, "/members/")) == [name]


def test_what_deserves_a_second_look_is_told_after_saving(sudin_client: Client) -> None:
    other = MemberFactory.create(number="009", full_name="Nama Sama")
    elsewhere = MemberFactory.create(full_name="Rahasia Tetangga", number="RHS-1", national_id=FIRST)
    address = reverse("members:add", args=[other.cooperative.kelurahan_id])
    wanted = application(full_name="nama sama", national_id=FIRST, gender="female", birth_date="1980-05-18")
    response = sudin_client.post(address, wanted, follow=True)
    page = BeautifulSoup(response.content, "html.parser")
    told = text_of(page, ".messages")
    for warning in (
        "Jenis kelamin tidak cocok dengan NIK. Periksa keduanya.",
        "Tanggal lahir tidak cocok dengan NIK. Periksa keduanya.",
        "NIK ini juga tercatat pada keanggotaan yang masih berjalan di KKMP lain. Tanyakan kepada anggotanya.",
        "Nama ini juga tercatat dengan nomor 009. Periksa apakah orangnya sama.",
    ):
        assert warning in told
    for secret in ("Rahasia", "RHS-1", str(elsewhere.cooperative), FIRST):
        assert secret not in page.get_text()


def test_edited_form_never_shows_the_stored_number(sudin_client: Client) -> None:
    member = MemberFactory.create(number="010", national_id=FIRST, full_name="Tersimpan")
    page = page_of(sudin_client, edit_of(member))
    assert values_of(page)["national_id"] == ""
    assert "Tersimpan: ••••••••••••9001. Biarkan kosong bila tidak berubah." in page.get_text()
    kept = {"domicile": "here", "ktp_seen_on": "2025-08-01"}
    steps: list[tuple[dict[str, object], str]] = [
        ({"full_name": "Nama Baru"}, FIRST),
        ({"national_id": SECOND}, SECOND),
        ({"remove_national_id": "on"}, ""),
        ({"national_id": FIRST}, FIRST),
    ]
    for version, (changes, stored) in enumerate(steps, start=1):
        response = sudin_client.post(edit_of(member), row(version=version, **kept, **changes))
        assert response.status_code == 302
        member.refresh_from_db()
        assert open_national_id(member) == stored
    told = member.history.order_by("version").values_list("national_id_last", "history_change_reason")
    assert list(told) == [
        ("9001", None), ("9001", None), ("9002", "NIK diperbarui"), ("", "NIK diperbarui"), ("9001", "NIK diperbarui"),
    ]  # fmt: skip


def test_a_number_is_replaced_or_removed_not_both(sudin_client: Client) -> None:
    member = MemberFactory.create(number="010", national_id=FIRST)
    wanted = row(
        version=1, national_id=SECOND, remove_national_id="on", domicile="here", ktp_seen_on="2025-08-01"
    )
    page = BeautifulSoup(sudin_client.post(edit_of(member), wanted).content, "html.parser")
    assert errors_of(page) == {"remove_national_id": ["Isi NIK yang baru, atau hapus: tidak keduanya."]}
    member.refresh_from_db()
    assert open_national_id(member) == FIRST


def test_new_member_keeps_what_a_regular_member_needs(sudin_client: Client) -> None:
    member = MemberFactory.create(number="010")
    page = BeautifulSoup(sudin_client.post(edit_of(member), row(version=1)).content, "html.parser")
    assert "Anggota baru perlu KTP yang sudah dilihat" in text_of(page, "[role=alert]")
    outside = MemberFactory.create(number="011", kind=MemberKind.EXTRAORDINARY, domicile=Domicile.ELSEWHERE)
    wanted = row(number="011", version=1, kind="regular", domicile="elsewhere", ktp_seen_on="2025-08-01")
    page = BeautifulSoup(sudin_client.post(edit_of(outside), wanted).content, "html.parser")
    assert errors_of(page) == {"kind": ["Domisili menurut KTP belum tercatat di kelurahan ini."]}


def test_mistaken_end_is_taken_back_in_the_form(sudin_client: Client) -> None:
    member = MemberFactory.create(number="010", joined_on=dt.date(2026, 1, 5), ended=True)
    kept = {"domicile": "here", "ktp_seen_on": "2025-08-01"}
    wanted = row(version=1, ended_on="2026-02-02", end_reason="moved", **kept)
    sudin_client.post(edit_of(member), wanted)
    sudin_client.post(edit_of(member), row(version=2, **kept))
    states = member.history.order_by("version").values_list("version", "ended_on", "end_reason")
    assert list(states) == [
        (1, dt.date(2026, 2, 1), EndReason.RESIGNED),
        (2, dt.date(2026, 2, 2), EndReason.MOVED),
        (3, None, ""),
    ]


def test_second_editor_is_told_and_may_save_again(sudin_client: Client) -> None:
    member = MemberFactory.create(number="010", is_taken_over=True)
    first = UserFactory.create(sudin=True, full_name="Staf Pertama")
    other_client = Client()
    other_client.force_login(first)
    other_client.post(edit_of(member), row(full_name="Isian Pertama", national_id=FIRST, version=1))
    response = sudin_client.post(edit_of(member), row(full_name="Isian Kedua", version=1))
    page = BeautifulSoup(response.content, "html.parser")
    told = text_of(page, "[role=alert]")
    assert "Data ini baru saja diubah oleh Staf Pertama." in told
    assert "Nama lengkap sekarang berisi “Isian Pertama”" in told
    assert FIRST not in response.content.decode()
    values = values_of(page)
    assert (values["full_name"], values["version"]) == ("Isian Kedua", "2")
    sudin_client.post(edit_of(member), row(full_name=values["full_name"], version=values["version"]))
    member.refresh_from_db()
    # What the first one wrote of the number stays: the second one said nothing about it.
    assert (member.full_name, member.version, open_national_id(member)) == ("Isian Kedua", 3, FIRST)


def test_closed_rows_are_not_edited(sudin_client: Client) -> None:
    member = MemberFactory.create(voided=True, full_name="Keliru")
    for name in ("edit", "admit", "end", "return", "void"):
        address = reverse(f"members:{name}", args=[member.pk])
        assert sudin_client.get(address)["Location"] == member.get_absolute_url()
        assert sudin_client.post(address, row(version=1))["Location"] == member.get_absolute_url()
    member.refresh_from_db()
    assert (member.full_name, member.version) == ("Keliru", 1)


@pytest.mark.parametrize("pk", ["99999999999999999999999999", "9" * 5000, "0"])
def test_impossible_keys_are_not_found(sudin_client: Client, pk: str) -> None:
    assert sudin_client.get(f"/members/{pk}/").status_code == 404


def test_living_again_is_no_way_around_a_double_under_another_key(
    sudin_client: Client, settings: Any
) -> None:
    digits, old, new = synthetic_national_id(1), bytes(range(32)), bytes(range(100, 132))
    settings.DATA_KEYS = (old,)
    member = MemberFactory.create(ended=True, national_id=digits)
    settings.DATA_KEYS = (new, old)
    other = MemberFactory.create(cooperative=member.cooperative, national_id=digits)
    stored = {
        name: getattr(member, name) for name in ("number", "full_name", "domicile", "kind", "ktp_seen_on")
    }
    typed = {**stored, "joined_on": member.joined_on, "ended_on": "", "end_reason": "", "version": 1}
    answer = sudin_client.post(edit_of(member), typed)
    assert f"NIK ini sudah tercatat pada {other}" in answer.text
    member.refresh_from_db()
    assert member.ended_on is not None
