"""The statutory books as pages: who stands in each on a day, who may open it, what is logged, identity numbers masked."""

import datetime as dt

import pytest
from bs4 import BeautifulSoup
from django.test import Client

from cooperatives.models import Body, Cooperative, Position
from kkmp.accounts.models import User
from members.models import Member, Movement, SavingsKind
from tests.book_pages import book, card, columns_of
from tests.factories import BoardTermFactory, CooperativeFactory, UserFactory, officer_of
from tests.member_factories import MemberFactory, SavingsEntryFactory, synthetic_national_id
from tests.reading import page_of, text_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]
NATIONAL_ID = synthetic_national_id(7)


@pytest.fixture
def mine() -> Cooperative:
    return CooperativeFactory.create()


@pytest.fixture
def theirs() -> Cooperative:
    return CooperativeFactory.create()


@pytest.fixture
def officer(mine: Cooperative) -> User:
    return officer_of(mine.kelurahan, full_name="Petugas Contoh")


@pytest.fixture
def reader(client: Client, officer: User) -> Client:
    client.force_login(officer)
    return client


def cells_of(page: BeautifulSoup) -> list[list[str]]:
    """The words of each line, without the cells that are filled in by hand."""
    return [
        [cell.get_text(" ", strip=True) for cell in row.select("td:not(.by-hand)")]
        for row in page.select(".book-table tbody tr")
    ]


# --- 01 -----------------------------------------------------------------------


def test_register_says_everything_of_a_member(reader: Client, mine: Cooperative) -> None:
    MemberFactory.create(
        cooperative=mine,
        number="7",
        full_name="Siti Contoh",
        national_id=NATIONAL_ID,
        gender="female",
        birth_date=dt.date(1980, 5, 17),
        address="Jl. Melati 3",
        rt="001",
        rw="02",
    )
    page = page_of(reader, book(mine))
    assert cells_of(page) == [
        [
            "1",
            "7",
            "Siti Contoh",
            f"••••••••••••{NATIONAL_ID[-4:]}",
            "P",
            "17/05/1980 (45)",
            "Jl. Melati 3, RT 001/RW 02",
            "01/08/2025",
            "",
            "Anggota",
        ]
    ]
    assert [cell["data-label"] for cell in page.select("td.by-hand")] == ["Cap jempol", "Tanda tangan"]


@pytest.mark.parametrize(
    ("on", "expected"),
    [
        ("2025-07-31", []),
        ("2025-08-01", [["1", "", "Anggota"], ["3", "", "Dibatalkan 01/09/2025: Salah catat"]]),
        (
            "2026-01-31",
            [
                ["1", "", "Anggota"],
                ["2", "", "Anggota luar biasa"],
                ["3", "", "Dibatalkan 01/09/2025: Salah catat"],
            ],
        ),
        (
            "2026-02-01",
            [
                ["1", "01/02/2026 Mengundurkan diri", "Anggota"],
                ["2", "", "Anggota luar biasa"],
                ["3", "", "Dibatalkan 01/09/2025: Salah catat"],
                ["10", "", "Anggota"],
            ],
        ),
    ],
)
def test_register_stands_as_on_the_day(
    reader: Client, mine: Cooperative, theirs: Cooperative, on: str, expected: list[list[str]]
) -> None:
    MemberFactory.create(cooperative=mine, number="1", ended=True)
    MemberFactory.create(cooperative=mine, number="2", joined_on=dt.date(2026, 1, 1), kind="extraordinary")
    MemberFactory.create(cooperative=mine, number="3", voided=True)
    MemberFactory.create(cooperative=mine, number="10", joined_on=dt.date(2026, 2, 1))
    MemberFactory.create(cooperative=mine, applicant=True)
    MemberFactory.create(cooperative=theirs, number="1")
    page = page_of(reader, book(mine, on=on))
    assert columns_of(page, "Nomor anggota", "Keluar, sebab", "Keterangan") == expected


def test_voided_number_shows_no_person(reader: Client, mine: Cooperative) -> None:
    MemberFactory.create(
        cooperative=mine,
        number="3",
        full_name="Salah Orang",
        voided=True,
        national_id=NATIONAL_ID,
        address="Jl. Mawar",
    )
    page = page_of(reader, book(mine))
    [row] = page.select("tr.struck")
    assert columns_of(page, "Nama lengkap", "NIK", "Alamat") == [["Salah Orang", "", ""]]
    assert "Salah Orang" in row.get_text()


def test_register_counts_members_on_the_day(reader: Client, mine: Cooperative) -> None:
    MemberFactory.create(cooperative=mine, gender="female")
    MemberFactory.create(cooperative=mine, gender="male")
    MemberFactory.create(cooperative=mine, gender="")
    MemberFactory.create(cooperative=mine, gender="male", ended=True)
    MemberFactory.create(cooperative=mine, voided=True)
    page = page_of(reader, book(mine))
    facts = {
        line.dt.get_text(): line.dd.get_text()
        for line in page.select(".book dl > div")
        if line.dt and line.dd
    }
    assert facts == {
        "Anggota pada hari itu": "3",
        "Perempuan": "1",
        "Laki-laki": "1",
        "Jenis kelamin belum dicatat": "1",
        "Sudah keluar": "1",
        "Nomor dibatalkan": "1",
    }


def test_book_bears_the_legal_name_or_the_usual_one(reader: Client, mine: Cooperative) -> None:
    assert text_of(page_of(reader, book(mine)), ".book-owner") == mine.legal_name
    mine.legal_name = ""
    mine.save()
    page = page_of(reader, book(mine))
    assert text_of(page, ".book-owner") == str(mine)
    assert "Belum ada anggota yang tercatat" in page.get_text()


# --- 02 and 03 ----------------------------------------------------------------


def test_board_and_supervisors_as_on_the_day(reader: Client, mine: Cooperative, theirs: Cooperative) -> None:
    BoardTermFactory.create(cooperative=mine, position=Position.SECRETARY, name="Sari", gender="female")
    BoardTermFactory.create(cooperative=mine, name="Bayu", ends_on=dt.date(2026, 2, 28))
    BoardTermFactory.create(cooperative=mine, name="Citra", starts_on=dt.date(2026, 3, 1))
    BoardTermFactory.create(cooperative=mine, name="Nanti", starts_on=dt.date(2026, 4, 1))
    BoardTermFactory.create(
        cooperative=mine,
        name="Hapus",
        removed_at=dt.datetime(2026, 1, 1, tzinfo=dt.UTC),
        removed_by=UserFactory.create(),
    )
    BoardTermFactory.create(
        cooperative=mine,
        body=Body.SUPERVISORS,
        name="Lurah",
        is_ex_officio=True,
        starts_on=dt.date(2025, 6, 2),
    )
    BoardTermFactory.create(cooperative=theirs, name="Orang Lain")
    assert cells_of(page_of(reader, book(mine, "02"))) == [
        ["1", "Citra", "", "Ketua", "01/03/2026", "", "menjabat"],
        ["2", "Sari", "P", "Sekretaris", "02/06/2025", "", "menjabat"],
        ["3", "Bayu", "", "Ketua", "02/06/2025", "28/02/2026", "sudah berakhir"],
    ]
    assert cells_of(page_of(reader, book(mine, "02", on="2026-02-28"))) == [
        ["1", "Bayu", "", "Ketua", "02/06/2025", "28/02/2026", "menjabat"],
        ["2", "Sari", "P", "Sekretaris", "02/06/2025", "", "menjabat"],
    ]
    assert cells_of(page_of(reader, book(mine, "03"))) == [
        ["1", "Lurah", "", "Ketua (lurah, karena jabatannya)", "02/06/2025", "", "menjabat"]
    ]


# --- 04 -----------------------------------------------------------------------


@pytest.fixture
def saver(mine: Cooperative) -> Member:
    member = MemberFactory.create(cooperative=mine, number="5", full_name="Rajin Menabung")
    entry = SavingsEntryFactory
    entry.create(
        member=member,
        kind=SavingsKind.MANDATORY,
        movement=Movement.OPENING,
        amount_idr=60_000,
        paid_until=dt.date(2025, 7, 1),
        value_on=dt.date(2025, 8, 1),
        receipt_no="",
    )
    entry.create(member=member, principal=True, value_on=dt.date(2025, 8, 2), receipt_no="B-1")
    entry.create(
        member=member, mandatory=True, value_on=dt.date(2025, 9, 5), receipt_no="B-2", receipt_line=2
    )
    wrong = entry.create(member=member, amount_idr=25_000, value_on=dt.date(2025, 9, 6), receipt_no="B-3")
    undoing = entry.create(
        member=member,
        movement=Movement.REVERSAL,
        amount_idr=-25_000,
        value_on=dt.date(2025, 10, 1),
        receipt_no="B-4",
    )
    wrong.reversed_by = undoing
    wrong.save()
    return member


def test_savings_card_runs_its_balances(reader: Client, saver: Member) -> None:
    SavingsEntryFactory.create(member=MemberFactory.create(cooperative=saver.cooperative))
    wajib, pokok, suka = "Simpanan wajib", "Simpanan pokok", "Simpanan sukarela"
    opening = "Saldo awal lunas sampai Juli 2025"
    undone = "Dibatalkan oleh bukti B-4"
    assert cells_of(page_of(reader, card(saver))) == [
        ["01/08/2025", "", wajib, opening, "60.000", "", "0", "60.000", "0", "60.000", ""],
        ["02/08/2025", "B-1", pokok, "Setoran", "100.000", "", "100.000", "60.000", "0", "160.000", ""],
        [
            "05/09/2025",
            "B-2/2",
            wajib,
            "Setoran untuk September 2025",
            "10.000",
            "",
            "100.000",
            "70.000",
            "0",
            "170.000",
            "",
        ],
        [
            "06/09/2025",
            "B-3",
            suka,
            "Setoran",
            "25.000",
            "",
            "100.000",
            "70.000",
            "25.000",
            "195.000",
            undone,
        ],
        [
            "01/10/2025",
            "B-4",
            suka,
            "Pembatalan bukti B-3",
            "",
            "25.000",
            "100.000",
            "70.000",
            "0",
            "170.000",
            "",
        ],
        ["Jumlah", "", "", "", "195.000", "25.000", "100.000", "70.000", "0", "170.000", ""],
    ]


def test_savings_card_knows_no_later_reversal(reader: Client, saver: Member) -> None:
    page = page_of(reader, card(saver, on="2025-09-30"))
    assert columns_of(page, "Nomor bukti", "Jumlah saldo", "Catatan")[-2:] == [
        ["B-3", "195.000", ""],
        ["", "195.000", ""],
    ]
