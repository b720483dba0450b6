"""The letter to a member: all that is stored, how it changed, who looked; and that it is itself remembered."""

import datetime as dt
import io
import re
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.test import Client, RequestFactory
from django.urls import reverse
from pypdf import PdfReader
from pytest_django import DjangoAssertNumQueries

from cooperatives.models import Cooperative
from kkmp.accounts.models import AccessEvent, User, Verb
from kkmp.accounts.services import record_access
from members.models import Member
from members.who_saw import book_in_log, lists_with, looks_at, named_in_log
from tests import header
from tests.factories import CooperativeFactory, UserFactory, officer_of
from tests.member_factories import MemberFactory, SavingsEntryFactory, synthetic_national_id
from tests.reading import errors_of, page_of, values_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]
NATIONAL_ID = synthetic_national_id(9)
ASKED = "permintaan pemilik data"


@pytest.fixture
def member() -> Member:
    return MemberFactory.create(
        number="012",
        full_name="Siti Contoh",
        national_id=NATIONAL_ID,
        gender="female",
        birth_date=dt.date(1980, 5, 17),
        phone="0812-0000-0012",
        address="Jl. Melati 3",
        rt="001",
        rw="002",
    )


@pytest.fixture
def officer(member: Member) -> User:
    return officer_of(member.cooperative.kelurahan, full_name="Petugas Contoh")


@pytest.fixture
def reader(client: Client, officer: User) -> Client:
    client.force_login(officer)
    return client


def letter(member: Member) -> str:
    return reverse("books:letter", args=[member.pk])


def text_of(answer: Any) -> str:
    """Of the PDF, without spaces and line breaks."""
    assert answer["Content-Type"] == "application/pdf"
    return re.sub(
        r"\s", "", "".join(page.extract_text() for page in PdfReader(io.BytesIO(answer.content)).pages)
    )


def on_screen(reader: Client, member: Member) -> BeautifulSoup:
    answer = reader.post(letter(member), {"purpose": ASKED, "page": "1"})
    return BeautifulSoup(answer.content, "html.parser")


def lines_of(page: BeautifulSoup, title: str) -> list[list[str]]:
    [heading] = [one for one in page.select(".book h2") if one.get_text() == title]
    assert heading.parent is not None
    return [
        [cell.get_text(" ", strip=True) for cell in row.select("td")]
        for row in heading.parent.select("tbody tr")
    ]


def test_letter_tells_every_field(reader: Client, member: Member) -> None:
    page = on_screen(reader, member)
    [facts, *_others] = page.select(".book dl")
    told = {line.dt.get_text(): line.dd.get_text() for line in facts.select("div") if line.dt and line.dd}
    assert told == {
        "Koperasi": str(member.cooperative),
        "NIK": f"••••••••••••{NATIONAL_ID[-4:]}",
        "Nomor anggota": "012",
        "Nama lengkap": "Siti Contoh",
        "Jenis kelamin": "Perempuan",
        "Tanggal lahir": "17 Mei 1980",
        "Nomor telepon": "0812-0000-0012",
        "Alamat": "Jl. Melati 3",
        "RT": "001",
        "RW": "002",
        "Domisili KTP": "Di kelurahan ini",
        "KTP dilihat tanggal": "1 Agustus 2025",
        "Jenis keanggotaan": "Anggota",
        "Dari buku anggota lama": "tidak",
        "Tanggal permohonan": "–",
        "Tanggal masuk": "1 Agustus 2025",
        "Tanggal keluar": "–",
        "Sebab keluar": "–",
        "Dibatalkan tanggal": "–",
        "Sebab pembatalan": "–",
        "Dianonimkan tanggal": "–",
    }


def test_letter_tells_changes_savings_and_who_looked(reader: Client, officer: User, member: Member) -> None:
    member.phone = "0812-0000-9999"
    member._change_reason = "Ganti nomor"  # type: ignore[attr-defined]  # read by simple-history
    member.save()
    SavingsEntryFactory.create(member=member, principal=True, receipt_no="B-77")
    other = MemberFactory.create(cooperative=member.cooperative, number="0121")
    request = RequestFactory().get("/")
    request.user = officer
    for verb, target, purpose in (
        (Verb.PERSON_VIEWED, named_in_log(member), ""),
        (Verb.PERSON_VIEWED, named_in_log(other), ""),
        (Verb.PERSON_VIEWED, f"members.member {member.pk}", ""),
        (Verb.PERSON_VIEWED, f"members.member {member.pk}9", ""),
        (Verb.REVEALED, f"anggota 012, {member.cooperative}", "rapat"),
        (Verb.REVEALED, f"anggota 0121, {member.cooperative}", "lain"),
        (Verb.PRINTED, f"{book_in_log('01', member.cooperative)} per 16/03/2026: 2 anggota", ""),
        (Verb.PRINTED, f"{book_in_log('01', CooperativeFactory.create())} per 16/03/2026: 2 anggota", ""),
        (
            Verb.REVEALED,
            f"Buku anggota dengan NIK, 2 NIK per 16/03/2026, {member.cooperative}: 2 baris",
            "RAT",
        ),
        (Verb.EXPORTED, f"Buku anggota per 16/03/2026, {CooperativeFactory.create()}: 2 baris", ""),
    ):
        record_access(request, verb, target=target, purpose=purpose)
    page = on_screen(reader, member)
    changed = [line[1:] for line in lines_of(page, "Riwayat perubahan")]
    assert changed == [
        ["–", "Nomor telepon", "0812-0000-0012", "0812-0000-9999", "Ganti nomor"],
        ["–", "Dibuat", "–", "–", ""],
    ]
    assert lines_of(page, "Simpanan")[0][:2] == ["05/09/2025", "B-77"]
    who = "Petugas Contoh"
    # The time of the log is the database's own.
    assert [line[1:] for line in lines_of(page, "Siapa yang melihat")] == [
        [who, "dicetak", f"surat data pribadi, {named_in_log(member)}", ASKED],
        [who, "nomor identitas dibuka", f"anggota 012, {member.cooperative}", "rapat"],
        [who, "data orang dilihat", f"members.member {member.pk}", ""],
        [who, "data orang dilihat", named_in_log(member), ""],
    ]
    printed = f"{book_in_log('01', member.cooperative)} per 16/03/2026: 2 anggota"
    assert [line[1:] for line in lines_of(page, "Buku, daftar, dan berkas yang dapat memuat Anda")] == [
        [
            who,
            "nomor identitas dibuka",
            f"Buku anggota dengan NIK, 2 NIK per 16/03/2026, {member.cooperative}: 2 baris",
            "RAT",
        ],
        [who, "dicetak", printed, ""],
    ]


def test_every_page_and_file_that_showed_the_person_is_told(
    reader: Client, officer: User, member: Member
) -> None:
    """Asked for at the pages themselves, also by somebody who reads English, and of whole areas."""
    own = named_in_log(member)
    elsewhere = MemberFactory.create()
    for address in (
        member.get_absolute_url(),
        reverse("savings:card", args=[member.pk]),
        reverse("books:savings_book", args=[member.pk]),
    ):
        assert reader.get(address).status_code == 200
    reader.post(reverse("members:find"), {"national_id": NATIONAL_ID})
    sudin = Client()
    sudin.force_login(UserFactory.create(sudin=True))
    sudin.cookies["django_language"] = "en"
    for address in (
        "/members/?format=csv",
        "/savings/?format=csv",
        "/savings/arrears/?format=csv",
        "/members/export/?format=csv",
        "/members/export/savings/?format=csv",
        # Neither of these holds the person.
        "/outlets/?format=csv",
        f"/members/?format=csv&cooperative={elsewhere.cooperative.kelurahan_id}",
    ):
        assert sudin.get(address).status_code == 200
    reader.get("/members/export/?format=csv")
    assert [event.target for event in looks_at(member)] == [
        own,
        f"Buku 04, {own} per 16/03/2026: 1 anggota",
        f"simpanan, {own}",
        own,
    ]
    assert [event.target for event in lists_with(member)] == [
        f"Buku anggota per 16/03/2026, Wilayah {officer.username}: 1 baris",
        "Mutasi simpanan per 16/03/2026, Jakarta Selatan: 0 baris",
        "Buku anggota per 16/03/2026, Jakarta Selatan: 2 baris",
        "Saldo dan tunggakan per 16/03/2026, Jakarta Selatan: 0 baris",
        "Mutasi simpanan per 16/03/2026, Jakarta Selatan: 0 baris",
        "Daftar anggota per 16/03/2026, Jakarta Selatan: 2 baris",
    ]


def test_page_says_by_when_and_makes_a_pdf_that_is_logged(reader: Client, member: Member) -> None:
    page = page_of(reader, letter(member))
    assert "3×24 jam" in page.get_text()
    assert values_of(page) == {"purpose": ASKED, "with_national_id": ""}
    text = text_of(reader.post(letter(member), {"purpose": ASKED}))
    assert ("SitiContoh" in text, NATIONAL_ID in text) == (True, False)
    assert [(event.verb, event.target, event.purpose) for event in looks_at(member)] == [
        (Verb.PRINTED, f"surat data pribadi, {named_in_log(member)}", ASKED)
    ]


def test_whole_number_on_request_is_logged_as_opened(reader: Client, member: Member) -> None:
    text = text_of(reader.post(letter(member), {"purpose": ASKED, "with_national_id": "on"}))
    assert (NATIONAL_ID in text, "MemuatNIK" in text) == (True, True)
    assert {event.verb for event in looks_at(member)} == {Verb.REVEALED, Verb.PRINTED}
    assert [
        event.target for event in AccessEvent.objects.all() if NATIONAL_ID in event.target + event.purpose
    ] == []


def test_purpose_is_needed(reader: Client, member: Member) -> None:
    answer = reader.post(letter(member), {"purpose": ""})
    assert list(errors_of(BeautifulSoup(answer.content, "html.parser"))) == ["purpose"]
    assert not looks_at(member).exists()


def test_who_may_ask(client: Client, member: Member, officer: User) -> None:
    elsewhere = officer_of(CooperativeFactory.create().kelurahan)
    answers = {}
    for name, user in (
        ("leader", UserFactory.create(leader=True)),
        ("elsewhere", elsewhere),
        ("admin", UserFactory.create(admin=True)),
    ):
        client.force_login(user)
        answers[name] = [
            client.get(letter(member)).status_code,
            client.post(letter(member), {"purpose": ASKED}).status_code,
        ]
    assert answers == {"leader": [403, 403], "elsewhere": [404, 404], "admin": [200, 200]}
    # The admin's form has no box for the whole number, and one that is typed in opens nothing.
    client.force_login(UserFactory.create(admin=True))
    assert NATIONAL_ID not in text_of(
        client.post(letter(member), {"purpose": ASKED, "with_national_id": "on"})
    )


@pytest.mark.parametrize("count", [1, 3])
def test_queries_do_not_grow(
    reader: Client,
    officer: User,
    member: Member,
    count: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    SavingsEntryFactory.create_batch(count, member=member)
    for number in range(count):
        member.phone = f"0812-{number}"
        member.save()
        record_access(None, Verb.PERSON_VIEWED, target=named_in_log(member), user=officer)
    with django_assert_num_queries(header.OFFICER + 10):
        reader.post(letter(member), {"purpose": ASKED, "page": "1"})


def test_applicant_is_named_by_the_key(member: Member) -> None:
    applicant = MemberFactory.create(applicant=True, cooperative=member.cooperative)
    cooperative: Cooperative = member.cooperative
    assert named_in_log(applicant) == f"calon anggota, {cooperative} (#{applicant.pk})"
    assert named_in_log(member) == f"anggota 012, {cooperative} (#{member.pk})"
