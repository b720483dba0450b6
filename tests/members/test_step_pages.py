import datetime as dt

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from members.models import Domicile, EndReason, Member, MemberKind, SavingsKind
from members.national_ids import open_national_id
from tests import header
from tests.factories import CooperativeFactory, KecamatanFactory, UserFactory, officer_of
from tests.member_factories import (
    MemberFactory,
    SavingsEntryFactory,
    SavingsRateFactory,
    synthetic_national_id,
)
from tests.reading import errors_of, page_of, text_of, total_of, values_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]
TODAY = dt.date(2026, 3, 16)
SEEN = {"domicile": Domicile.HERE, "ktp_seen_on": dt.date(2025, 8, 1)}
FIRST = synthetic_national_id(1)


@pytest.fixture
def staff(client: Client) -> Client:
    client.force_login(UserFactory.create(sudin=True))
    return client


def step(name: str, member: Member) -> str:
    return reverse(f"members:{name}", args=[member.pk])


def test_admission_gives_a_number_and_says_that_principal_was_not_judged(staff: Client) -> None:
    member = MemberFactory.create(applicant=True, **SEEN)
    page = page_of(staff, step("admit", member))
    assert [badge.get_text(strip=True) for badge in page.select(".facts .badge")] == [
        "terpenuhi", "terpenuhi", "belum dapat dinilai",
    ]  # fmt: skip
    wanted = {"joined_on": "2026-03-10", "kind": "regular", "number": ""}
    answer = staff.post(step("admit", member), wanted, follow=True).content.decode()
    member.refresh_from_db()
    assert (member.number, member.joined_on) == ("001", dt.date(2026, 3, 10))
    assert "diterima sebagai anggota dengan nomor 001" in answer
    assert "Simpanan pokok belum dinilai" in answer


def test_refused_admission_says_what_is_missing_and_offers_the_other_kind(staff: Client) -> None:
    member = MemberFactory.create(applicant=True, ktp_seen_on=dt.date(2025, 8, 1))
    SavingsRateFactory.create(cooperative=member.cooperative, kind=SavingsKind.PRINCIPAL, amount_idr=100_000)
    page = page_of(staff, step("admit", member))
    chosen = [box["value"] for box in page.select("input[name=kind][checked]")]
    assert chosen == ["extraordinary"]
    wanted = {"joined_on": "2026-03-10", "kind": "regular", "number": "B-1"}
    told = BeautifulSoup(staff.post(step("admit", member), wanted).content, "html.parser")
    problems = text_of(told, "[role=alert]")
    assert "Domisili menurut KTP belum tercatat di kelurahan ini." in problems
    assert "Simpanan pokok baru" in problems
    assert values_of(told)["number"] == "B-1"
    staff.post(step("admit", member), {**wanted, "kind": "extraordinary"})
    member.refresh_from_db()
    assert (member.number, member.kind) == ("B-1", MemberKind.EXTRAORDINARY)


def test_end_asks_for_day_and_reason_and_tells_of_savings(staff: Client) -> None:
    member = MemberFactory.create(full_name="Yang Pergi")
    SavingsEntryFactory.create(member=member, amount_idr=25_000)
    assert "25.000" in page_of(staff, step("end", member)).get_text()
    empty = staff.post(step("end", member), {"ended_on": "2026-03-17", "end_reason": ""})
    assert errors_of(BeautifulSoup(empty.content, "html.parser")) == {
        "ended_on": ["Tanggal ini belum terjadi; paling akhir hari ini."],
        "end_reason": ["Bidang ini tidak boleh kosong."],
    }
    wanted = {"ended_on": "2026-03-16", "end_reason": "moved"}
    answer = staff.post(step("end", member), wanted, follow=True).content.decode()
    member.refresh_from_db()
    assert (member.ended_on, member.end_reason) == (TODAY, EndReason.MOVED)
    assert "Keanggotaan Yang Pergi berakhir per 16 Maret 2026." in answer
    assert "25.000 belum dikembalikan" in answer


def test_application_that_goes_no_further_ends_without_a_number(staff: Client) -> None:
    member = MemberFactory.create(applicant=True, full_name="Batal Daftar")
    wanted = {"ended_on": "2026-03-16", "end_reason": "not_admitted"}
    answer = staff.post(step("end", member), wanted, follow=True).content.decode()
    assert "Permohonan Batal Daftar selesai per 16 Maret 2026 tanpa penerimaan." in answer
    member.refresh_from_db()
    assert (member.number, member.end_reason) == ("", EndReason.NOT_ADMITTED)


def test_return_is_filled_in_from_the_former_membership(staff: Client) -> None:
    former = MemberFactory.create(
        ended=True, number="005", full_name="Kembali", national_id=FIRST, phone="0800", gender="male"
    )
    page = page_of(staff, step("return", former))
    values = values_of(page)
    assert [values[name] for name in ("full_name", "phone", "gender", "national_id", "ktp_seen_on")] == [
        "Kembali", "0800", "male", "", "",
    ]  # fmt: skip
    assert "Dari keanggotaan lama: ••••••••••••9001." in page.get_text()
    wanted = {"full_name": "Kembali", "applied_on": "2026-03-16", "gender": "male"}
    answer = staff.post(step("return", former), wanted)
    again = Member.objects.exclude(pk=former.pk).get()
    assert (answer["Location"], again.number, open_national_id(again)) == (
        again.get_absolute_url(),
        "",
        FIRST,
    )
    page = page_of(staff, again.get_absolute_url())
    assert [link["href"] for link in page.select("section[aria-labelledby=others] a")] == [
        former.get_absolute_url()
    ]


def test_voided_number_is_told_on_its_page(staff: Client) -> None:
    member = MemberFactory.create(number="003")
    assert errors_of(
        BeautifulSoup(staff.post(step("void", member), {"reason": ""}).content, "html.parser")
    ) == {"reason": ["Bidang ini tidak boleh kosong."]}
    answer = staff.post(step("void", member), {"reason": "Salah orang"}, follow=True).content.decode()
    assert "Nomor ini dibatalkan 16 Maret 2026: Salah orang. Ia tidak dihitung di mana pun." in answer


def test_leader_opens_the_months_and_no_row(client: Client) -> None:
    member = MemberFactory.create(full_name="Nama Rahasia")
    client.force_login(UserFactory.create(leader=True))
    for name in ("detail", "edit", "admit", "end", "return", "void", "reveal"):
        for answer in (client.get(step(name, member)), client.post(step(name, member), {})):
            assert answer.status_code == 403
            assert b"Nama Rahasia" not in answer.content
    assert client.post(reverse("members:find"), {"national_id": FIRST}).status_code == 403
    page = page_of(client, reverse("members:months"))
    assert "Nama Rahasia" not in page.get_text()
    assert page.select("a[data-figure]") == []


def test_months_add_up_and_open_their_rows(staff: Client) -> None:
    chosen, other = CooperativeFactory.create_batch(2)
    for cooperative in (chosen, other):
        MemberFactory.create(cooperative=cooperative, joined_on=dt.date(2025, 12, 31))
        MemberFactory.create(cooperative=cooperative, joined_on=dt.date(2026, 2, 1), ended_on=TODAY)
        MemberFactory.create(cooperative=cooperative, joined_on=dt.date(2026, 2, 28))
        MemberFactory.create(cooperative=cooperative, voided=True, joined_on=dt.date(2026, 2, 1))
    page = page_of(staff, f"{reverse('members:months')}?cooperative={chosen.kelurahan_id}")
    rows = [
        [cell.get_text(strip=True) for cell in line.select("th, td")]
        for line in page.select("section[aria-labelledby=months] table.cards tbody tr")
    ]
    assert rows[:4] == [
        ["Maret 2026", "0", "1", "2"],
        ["Februari 2026", "2", "0", "3"],
        ["Januari 2026", "0", "0", "1"],
        ["Desember 2025", "1", "0", "1"],
    ]
    figures = page.select("a[data-figure]")
    assert [int(str(link["data-figure"])) for link in figures] == [
        total_of(page_of(staff, str(link["href"]))) for link in figures
    ]


@pytest.mark.parametrize("rows", [1, 3])
def test_months_cost_the_same_for_any_number_of_rows(
    staff: Client, django_assert_num_queries: DjangoAssertNumQueries, rows: int
) -> None:
    MemberFactory.create_batch(rows)
    with django_assert_num_queries(6 + header.SUDIN):
        staff.get(reverse("members:months"))


def test_officer_counts_only_their_area(client: Client) -> None:
    mine = KecamatanFactory.create()
    MemberFactory.create(cooperative__kelurahan__kecamatan=mine)
    theirs = MemberFactory.create()
    client.force_login(officer_of(mine))
    for query in ("", f"?cooperative={theirs.cooperative.kelurahan_id}"):
        page = page_of(client, reverse("members:months") + query)
        assert page.select("a[data-figure]")[0]["data-figure"] == "1"
        assert theirs.cooperative.kelurahan.name not in page.get_text()


def test_free_text_takes_no_identity_number(staff: Client) -> None:
    """It would stand in clear in the register, in the history and in every file."""
    member, digits = MemberFactory.create(), synthetic_national_id(1)
    answer = staff.post(reverse("members:void", args=[member.pk]), {"reason": f"dobel, {digits}"})
    assert "Jangan menulis NIK di sini" in answer.text
    edited = {
        **{
            name: getattr(member, name) for name in ("number", "kind", "domicile", "joined_on", "ktp_seen_on")
        },
        "full_name": f"Ani {digits}",
        "address": digits,
        "change_reason": digits,
        "version": 1,
    }
    answer = staff.post(reverse("members:edit", args=[member.pk]), edited)
    assert answer.text.count("Jangan menulis NIK di sini") >= 3
    member.refresh_from_db()
    assert (member.version, member.voided_on) == (1, None)
