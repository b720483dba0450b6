"""Pages of savings: what they show to whom, what they write, and that refusals are sentences at the form."""

import datetime as dt

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from kkmp.accounts.models import AccessEvent, User, Verb
from members.models import Member, MonthLock, Movement, SavingsEntry
from tests import header
from tests.factories import UserFactory, officer_of
from tests.member_factories import MemberFactory, MonthLockFactory, SavingsEntryFactory
from tests.reading import page_of
from tests.savings_pages import (
    FEBRUARY,
    JANUARY,
    errors_on,
    ledger,
    new_payer,
    new_stranger,
    rows_on,
    send,
    told,
    words,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]


@pytest.fixture
def member() -> Member:
    return new_payer()


@pytest.fixture
def officer(client: Client, member: Member) -> User:
    user = officer_of(member.cooperative.kelurahan)
    client.force_login(user)
    return user


@pytest.fixture
def stranger() -> Member:
    return new_stranger()


def test_the_ledger_shows_and_sums_only_ones_own(
    client: Client, officer: User, member: Member, stranger: Member
) -> None:
    SavingsEntryFactory.create(member=member, receipt_no="B-1", mandatory=True)
    SavingsEntryFactory.create(member=member, receipt_no="B-2", value_on=dt.date(2025, 9, 6))
    page = page_of(client, "/savings/")
    assert rows_on(page) == [
        ["B-2 6 September 2025", "Warga Satu A-1", "KKMP Melawai " + member.cooperative.kelurahan.kecamatan.name,
         "Simpanan sukarela", "Setoran", "Rp 25.000"],
        ["B-1 5 September 2025", "Warga Satu A-1", "KKMP Melawai " + member.cooperative.kelurahan.kecamatan.name,
         "Simpanan wajib September 2025", "Setoran", "Rp 10.000"],
    ]  # fmt: skip
    assert [words(one) for one in page.select("dl.facts dd")] == [
        "Rp 0", "Rp 10.000", "Rp 25.000", "Rp 35.000",
    ]  # fmt: skip
    for query, receipts in {
        "kind=mandatory": ["B-1"],
        "movement=withdrawal": [],
        "since_on=2025-09-06": ["B-2"],
        "until_on=2025-09-05": ["B-1"],
        "q=b-2": ["B-2"],
        "q=warga": ["B-2", "B-1"],
        "on=2025-09-05": ["B-1"],
        f"cooperative={stranger.cooperative.kelurahan_id}": ["B-2", "B-1"],
    }.items():
        found = [row[0].split()[0] for row in rows_on(page_of(client, f"/savings/?{query}"))]
        assert (query, found) == (query, receipts)


def test_a_file_of_the_ledger_holds_ones_own_and_is_logged(
    client: Client, officer: User, member: Member, stranger: Member
) -> None:
    SavingsEntryFactory.create(member=member, receipt_no="B-1")
    response = client.get("/savings/?format=csv")
    text = b"".join(response).decode("utf-8-sig")
    assert ("B-1" in text, "LAIN-1" in text) == (True, False)
    assert AccessEvent.objects.filter(verb=Verb.EXPORTED, user=officer).count() == 1


def test_arrears_say_who_is_behind_how_long(
    client: Client, officer: User, member: Member, stranger: Member
) -> None:
    paid = MemberFactory.create(
        cooperative=member.cooperative, full_name="Warga Lunas", joined_on=dt.date(2026, 2, 1), number="A-2"
    )
    SavingsEntryFactory.create(member=paid, mandatory=True, month=FEBRUARY)
    names = {
        state: [
            (row[0].split()[1], row[2], row[3])
            for row in rows_on(page_of(client, f"/savings/arrears/?state={state}"))
        ]
        for state in ("", "paid", "all", "left")
    }
    behind, clear = ("Satu", "2 bulan", "Rp 20.000"), ("Lunas", "lunas", "Rp 0")
    assert names == {"": [behind], "paid": [clear], "all": [behind, clear], "left": []}


def test_the_card_shows_every_line_with_its_balance_and_is_logged(
    client: Client, officer: User, member: Member
) -> None:
    SavingsEntryFactory.create(member=member, principal=True, receipt_no="B-1", value_on=dt.date(2026, 1, 5))
    SavingsEntryFactory.create(
        member=member, mandatory=True, month=JANUARY, receipt_no="B-2", value_on=dt.date(2026, 2, 5)
    )
    page = page_of(client, f"/savings/members/{member.pk}/")
    assert [(row[0].split()[0], row[3], row[4]) for row in rows_on(page)] == [
        ("B-2", "Rp 10.000", "Rp 110.000"),
        ("B-1", "Rp 100.000", "Rp 100.000"),
    ]
    assert told(page) == "Menunggak simpanan wajib 1 bulan, Rp 10.000."
    ways = [(words(one), one["href"]) for one in page.select("#balance ~ p.cluster a, .card p.cluster a")]
    assert ways == [
        ("Data anggota", f"/members/{member.pk}/"),
        ("Cetak kartu simpanan", f"/books/members/{member.pk}/savings/"),
    ]
    [event] = AccessEvent.objects.filter(verb=Verb.PERSON_VIEWED)
    assert (event.user, event.target) == (officer, f"simpanan, anggota A-1, KKMP Melawai (#{member.pk})")


def test_one_receipt_takes_principal_months_and_voluntary(
    client: Client, officer: User, member: Member
) -> None:
    page = send(
        client,
        f"/savings/members/{member.pk}/record/",
        value_on="2026-03-10",
        principal_idr="50.000",
        months=["2026-01-01", "2026-02-01"],
        voluntary_idr="Rp 5.000",
    )
    assert told(page) == "A-1 Warga Satu: Rp 75.000 tercatat dengan bukti 2026-00001."
    assert ledger() == [
        ("principal", "deposit", 50_000, None, "2026-00001", 1),
        ("mandatory", "deposit", 10_000, JANUARY, "2026-00001", 2),
        ("mandatory", "deposit", 10_000, FEBRUARY, "2026-00001", 3),
        ("voluntary", "deposit", 5_000, None, "2026-00001", 4),
    ]


@pytest.mark.parametrize("typed", ["2026-0000007", "2026-99999999999", "2026-12"])
def test_numbers_of_an_older_book_do_not_mislead_the_automatic_ones(
    client: Client, officer: User, member: Member, typed: str
) -> None:
    address = f"/savings/members/{member.pk}/record/"
    for receipt_no in ("", "", "", "", "", "", "", "", typed, ""):
        send(client, address, value_on="2026-03-10", voluntary_idr="5000", receipt_no=receipt_no)
    assert [line[4] for line in ledger()] == [*(f"2026-{n:05}" for n in range(1, 9)), typed, "2026-00009"]


def test_an_applicant_pays_the_principal_alone(client: Client, officer: User, member: Member) -> None:
    applicant = MemberFactory.create(cooperative=member.cooperative, applicant=True)
    address = f"/savings/members/{applicant.pk}/record/"
    fields = [one["name"] for one in page_of(client, address).select("main form input:not([type=hidden])")]
    assert fields == ["value_on", "principal_idr", "receipt_no", "note"]
    send(client, address, value_on="2026-03-10", principal_idr="50000")
    assert ledger() == [("principal", "deposit", 50_000, None, "2026-00001", 1)]


REFUSED: dict[str, tuple[str, dict[str, object], str]] = {
    "nothing": ("record", {}, "Isi setidaknya satu jumlah atau pilih satu bulan."),
    "future": ("record", {"value_on": "2026-03-17", "voluntary_idr": "1"}, "Tanggal ini belum terjadi; paling akhir hari ini."),
    "before joining": (
        "record",
        {"value_on": "2026-01-04", "voluntary_idr": "1"},
        "Keanggotaan A-1 Warga Satu baru mulai 5 Januari 2026.",
    ),
    "taken receipt": (
        "record",
        {"voluntary_idr": "1", "receipt_no": "B-1"},
        "Nomor bukti B-1 sudah dipakai. Nomor berikutnya yang bebas: 2026-00001.",
    ),
    "closed": (
        "record",
        {"value_on": "2026-01-31", "voluntary_idr": "1"},
        "Buku simpanan sudah ditutup sampai 31 Januari 2026. Pakai tanggal sesudahnya, atau minta Sudin membuka lagi.",
    ),
    "paid month": (
        "record",
        {"months": ["2026-01-01"]},
        "Bulan itu sudah dibayar atau tidak dapat dibayar. Muat ulang halaman.",
    ),
    "too much": (
        "withdraw",
        {"amount_idr": "25001"},
        "Simpanan sukarela A-1 Warga Satu sejak 10/03/2026 paling banyak Rp 25.000; tidak cukup untuk Rp 25.001.",
    ),
    "still a member": (
        "refund",
        {},
        "A-1 Warga Satu belum keluar. Catat dulu tanggal keluarnya di buku anggota.",
    ),
    "empty opening": ("opening", {}, "Isi setidaknya satu saldo atau “lunas sampai”."),
    "opening over payments": (
        "opening",
        {"paid_until": "2026-01-20"},
        "Ada bulan yang sudah dibayar sampai dengan “lunas sampai” itu.",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_refused_is_said_at_the_form(
    client: Client, officer: User, member: Member, case: str
) -> None:
    SavingsEntryFactory.create(member=member, receipt_no="B-1", value_on=dt.date(2026, 2, 5))
    SavingsEntryFactory.create(member=member, mandatory=True, month=JANUARY, value_on=dt.date(2026, 2, 5))
    if case == "closed":
        MonthLockFactory.create(cooperative=member.cooperative, through_on=dt.date(2026, 1, 31))
    before = ledger()
    page, typed, message = REFUSED[case]
    answer = send(client, f"/savings/members/{member.pk}/{page}/", **{"value_on": "2026-03-10", **typed})
    assert (errors_on(answer), ledger()) == ([message], before)


def test_withdrawal_refund_opening_and_reversal(client: Client, officer: User, member: Member) -> None:
    base = f"/savings/members/{member.pk}"
    send(
        client,
        f"{base}/opening/",
        value_on="2026-02-01",
        principal_idr="100000",
        mandatory_idr="0",
        paid_until="2026-01-20",
        voluntary_idr="30000",
    )
    send(client, f"{base}/withdraw/", value_on="2026-03-01", amount_idr="10000")
    wrong = SavingsEntry.objects.get(movement=Movement.WITHDRAWAL)
    asked = page_of(client, f"/savings/entries/{wrong.pk}/reverse/")
    assert "Pembatalan tidak dapat dibatalkan." in words(asked)
    send(client, f"/savings/entries/{wrong.pk}/reverse/", reason="Salah orang")
    again = send(client, f"/savings/entries/{wrong.pk}/reverse/", reason="Salah orang")
    assert errors_on(again) == ["Mutasi ini sudah dibatalkan."]
    member.ended_on, member.end_reason = dt.date(2026, 3, 5), "moved"
    member.save()
    send(client, f"{base}/refund/", value_on="2026-03-16", receipt_no="KEMBALI 1")
    assert ledger() == [
        ("principal", "opening", 100_000, None, "", 1),
        ("mandatory", "opening", 0, None, "", 1),
        ("voluntary", "opening", 30_000, None, "", 1),
        ("voluntary", "withdrawal", -10_000, None, "2026-00001", 1),
        ("voluntary", "reversal", 10_000, None, "2026-00002", 1),
        ("principal", "refund", -100_000, None, "KEMBALI 1", 1),
        ("voluntary", "refund", -30_000, None, "KEMBALI 1", 2),
    ]
    assert SavingsEntry.objects.get(movement=Movement.REVERSAL).note == "Salah orang"


# --- rates and closed months --------------------------------------------------


def test_a_rate_is_added_with_its_first_day(client: Client, officer: User, member: Member) -> None:
    code = member.cooperative.kelurahan_id
    typed = {"kind": "mandatory", "amount_idr": "15.000", "basis": "RAT 2026"}
    refused = send(client, f"/savings/rates/add/{code}/", starts_on="2026-04-02", **typed)
    assert errors_on(refused) == ["Besar simpanan wajib berubah mulai tanggal 1."]
    twice = send(client, f"/savings/rates/add/{code}/", starts_on="2025-01-01", **typed)
    assert errors_on(twice) == ["Besar simpanan ini sudah tercatat mulai hari itu."]
    page = send(client, f"/savings/rates/add/{code}/", starts_on="2026-04-01", **typed)
    [row] = rows_on(page)
    assert row[1].startswith(
        "Simpanan wajib Rp 15.000 sejak 1 April 2026 · RAT 2026 · Ubah Simpanan wajib Rp 10.000 sejak 1 Januari 2025"
    )


def test_a_month_is_closed_by_the_officer_and_reopened_by_sudin(
    client: Client, officer: User, member: Member
) -> None:
    code = member.cooperative.kelurahan_id
    early = send(client, f"/savings/months/close/{code}/", month="2026-03-01")
    assert len(errors_on(early)) == 1
    send(client, f"/savings/months/close/{code}/", month="2026-02-01")
    lock = MonthLock.objects.get()
    assert (lock.through_on, lock.locked_by) == (dt.date(2026, 2, 28), officer)
    address = f"/savings/months/{lock.pk}/reopen/"
    assert client.post(address, {"reason": "Bukti tertinggal"}).status_code == 403
    sudin = UserFactory.create(sudin=True)
    client.force_login(sudin)
    send(client, address, reason="Bukti tertinggal")
    lock.refresh_from_db()
    assert (lock.reopened_by, lock.reopen_reason) == (sudin, "Bukti tertinggal")
    # Who closes it cannot open it, Sudin or not.
    send(client, f"/savings/months/close/{code}/", month="2026-02-01")
    again = MonthLock.objects.in_force().get()
    refused = send(client, f"/savings/months/{again.pk}/reopen/", reason="Bukti tertinggal")
    assert errors_on(refused) == ["Yang menutup bulan tidak membukanya lagi; minta orang lain."]


# --- sums and costs -----------------------------------------------------------


@pytest.mark.parametrize("role", ["leader", "admin", "officer"])
def test_sums_stand_on_the_page_of_the_cooperative(
    client: Client, member: Member, stranger: Member, role: str
) -> None:
    user = officer_of(member.cooperative.kelurahan) if role == "officer" else UserFactory.create(role=role)
    client.force_login(user)
    SavingsEntryFactory.create(member=member, principal=True)
    page = page_of(client, f"/cooperatives/{member.cooperative.kelurahan_id}/")
    block = page.select_one("section[aria-labelledby=savings]")
    assert block is not None
    facts = [words(one) for one in block.select("dd")]
    assert facts == ["Rp 100.000", "Rp 0", "Rp 0", "Rp 100.000", "1 anggota, Rp 20.000"]
    assert bool(block.select("a")) == (role != "leader")
    assert "Warga Satu" not in words(page)


@pytest.mark.parametrize(
    ("address", "queries"),
    [
        ("/savings/", 7),
        ("/savings/arrears/", 6),
        ("/savings/rates/", 5),
        ("/savings/months/", 5),
        ("/savings/collect/?cooperative={code}", 9),
        ("/savings/members/{pk}/", 6),
    ],
)
def test_pages_cost_the_same_for_three_as_for_one(
    client: Client,
    officer: User,
    member: Member,
    django_assert_num_queries: DjangoAssertNumQueries,
    address: str,
    queries: int,
) -> None:
    address = address.format(code=member.cooperative.kelurahan_id, pk=member.pk)
    for rows in (1, 2):
        for _row in range(rows):
            other = MemberFactory.create(cooperative=member.cooperative)
            for one in (member, other):
                SavingsEntryFactory.create(member=one)
            lock = {"reopened": True, "cooperative": member.cooperative}
            MonthLockFactory.create(**lock)
        with django_assert_num_queries(queries + header.OFFICER):
            page_of(client, address)
