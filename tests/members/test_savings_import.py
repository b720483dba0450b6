import io
from datetime import date
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from cooperatives.models import Cooperative
from kkmp.accounts.models import User
from kkmp.imports.importer import GivenRow, importer_for, importer_of
from kkmp.imports.services import confirm, preview, targets_of, undo
from kkmp.tabular.writing import write_xlsx
from members.models import Movement, SavingsEntry
from tests.factories import CooperativeFactory, officer_of
from tests.member_factories import (
    MemberFactory,
    MonthLockFactory,
    SavingsEntryFactory,
    SavingsRateFactory,
    synthetic_national_id,
)
from tests.members.savings_sheets import found_in, ledger, notes_of, previewed

LONG = "No Anggota|NIK|Nama|Tanggal|Jenis Simpanan|Jumlah|Untuk Bulan|No Kwitansi|Keterangan"
WIDE = "No|NO. ANGGOTA|NAMA ANGGOTA|POKOK|WAJIB|SUKARELA|PER TANGGAL|LUNAS S/D"
KINDS = "“Simpanan pokok”, “Simpanan wajib”, “Simpanan sukarela”"
NOT_KNOWN = "Nomor ini tidak ada di buku anggota. Periksa nomornya, atau masukkan dulu anggotanya."


@pytest.fixture
def here(db: None) -> Cooperative:
    cooperative: Cooperative = CooperativeFactory.create()
    for number, name in (("A-001", "Siti Contoh"), ("A-002", "Budi Contoh"), ("A-003", "Rina Umpama")):
        MemberFactory.create(
            cooperative=cooperative,
            number=number,
            full_name=name,
            national_id=synthetic_national_id(int(number[-1])),
        )
    SavingsRateFactory.create(cooperative=cooperative)
    return cooperative


@pytest.fixture
def officer(here: Cooperative) -> User:
    return officer_of(here.kelurahan)


def test_deposits_of_a_long_sheet(today: date, here: Cooperative, officer: User) -> None:
    batch = previewed(
        LONG,
        "A-001|||05/01/2026|Wajib|Rp 30.000,-|Jan-Mar 2026|K-07|",
        f"|{synthetic_national_id(2)}||5 Januari 2026|SUKARELA|25.000||K-08|Titipan",
        "||rina  UMPAMA|05/01/26|Simpanan Pokok|100000|||",
        "a-2|||06/01/2026|iuran|10.000|01/2026||",
        cooperative=here,
        by=officer,
    )
    assert found_in(batch) == [
        (2, "new", "A-001 Siti Contoh · 05/01/2026 · Setoran simpanan wajib Januari 2026 – Maret 2026 Rp\xa030.000"),
        (3, "new", "A-002 Budi Contoh · 05/01/2026 · Setoran simpanan sukarela Rp\xa025.000"),
        (4, "new", "A-003 Rina Umpama · 05/01/2026 · Setoran simpanan pokok Rp\xa0100.000"),
        (5, "failed", f"Nomor anggota: {NOT_KNOWN}"),
    ]  # fmt: skip
    confirm(batch=batch, by=officer)
    assert ledger() == [
        ("A-001", "mandatory", "deposit", 10_000, "05/01/2026", "01/2026", "K-07/1"),
        ("A-001", "mandatory", "deposit", 10_000, "05/01/2026", "02/2026", "K-07/2"),
        ("A-001", "mandatory", "deposit", 10_000, "05/01/2026", "03/2026", "K-07/3"),
        ("A-002", "voluntary", "deposit", 25_000, "05/01/2026", "", "K-08/1"),
        ("A-003", "principal", "deposit", 100_000, "05/01/2026", "", "2026-00001/1"),
    ]
    entry = SavingsEntry.objects.get(receipt_no="K-08")
    assert (entry.batch, entry.recorded_by, entry.note) == (batch, officer, "Titipan")
    assert synthetic_national_id(2) not in str(list(batch.rows.values_list("payload", "effect", "messages")))


WIDE_ROWS = (
    "||||||31/12/2025|",
    "1|A-001|SITI CONTOH|100.000|120.000|Rp 1.250.000,-|31/12/2025|Desember 2025",
    "2|A-002|Budi|100.000|-|0|31 Desember 2025|-",
    "3|A-003|Rina|50000|0||31/12/2025|Nov 2025",
    "4|A-001|Siti|100.000||||",
    "|Jumlah||350.000|120.000|1.250.000||",
)


def test_balances_of_a_wide_sheet(today: date, here: Cooperative, officer: User) -> None:
    batch = previewed("SALDO AWAL SIMPANAN ANGGOTA", "", WIDE, *WIDE_ROWS, cooperative=here, by=officer)
    assert found_in(batch) == [
        (4, "skipped", ""),
        (5, "new", "A-001 Siti Contoh · 31/12/2025 · Saldo awal simpanan pokok Rp\xa0100.000 · Saldo awal simpanan wajib Rp\xa0120.000 · lunas sampai Desember 2025 · Saldo awal simpanan sukarela Rp\xa01.250.000"),
        (6, "new", "A-002 Budi Contoh · 31/12/2025 · Saldo awal simpanan pokok Rp\xa0100.000"),
        (7, "new", "A-003 Rina Umpama · 31/12/2025 · Saldo awal simpanan pokok Rp\xa050.000 · Saldo awal simpanan wajib Rp\xa00 · lunas sampai November 2025"),
        (8, "failed", "Tanggal: Isi tanggalnya; yang kosong tidak dianggap hari ini. Contoh: 22/09/2025."),
    ]  # fmt: skip
    confirm(batch=batch, by=officer)
    assert ledger() == [
        ("A-001", "principal", "opening", 100_000, "31/12/2025", "", ""),
        ("A-001", "mandatory", "opening", 120_000, "31/12/2025", "12/2025", ""),
        ("A-001", "voluntary", "opening", 1_250_000, "31/12/2025", "", ""),
        ("A-002", "principal", "opening", 100_000, "31/12/2025", "", ""),
        ("A-003", "principal", "opening", 50_000, "31/12/2025", "", ""),
        ("A-003", "mandatory", "opening", 0, "31/12/2025", "11/2025", ""),
    ]


def test_balances_without_a_day_take_that_of_the_title(today: date, here: Cooperative, officer: User) -> None:
    head = "Nama|No Anggota|Pokok|Mutasi"
    rows = ("Siti Contoh|A-001|100.000|", "Budi Contoh|A-002|50.000|setoran")
    title = "SALDO SIMPANAN PER 31 DESEMBER 2025"
    batch = previewed(title, "", head, *rows, cooperative=here, by=officer)
    blank_day = "Tanggal: Isi tanggalnya; yang kosong tidak dianggap hari ini. Contoh: 22/09/2025."
    assert found_in(batch) == [
        (4, "new", "A-001 Siti Contoh · 31/12/2025 · Saldo awal simpanan pokok Rp\xa0100.000"),
        # A payment has a day of its own.
        (5, "failed", blank_day),
    ]


def test_months_side_by_side(today: date, here: Cooperative, officer: User) -> None:
    titled = previewed(
        "No Anggota|Tanggal|Nov 2025|Des-25|Jan 2026|Jumlah",
        "A-001|10/01/2026|10.000|10.000|10.000|30.000",
        "A-002|10/01/2026||6x8|10.000|",
        "A-003|10/01/2026|-|10.000|-|20.000",
        cooperative=here,
        by=officer,
    )
    assert found_in(titled) == [
        (2, "new", "A-001 Siti Contoh · 10/01/2026 · Setoran simpanan wajib November 2025 – Januari 2026 Rp\xa030.000"),
        (3, "failed", "Desember: “6x8” bukan jumlah rupiah. Contoh: 1.250.000."),
        (4, "failed", "Jumlah (Rp): Jumlahnya Rp\xa010.000 menurut kolom-kolom di baris ini. Betulkan salah satunya."),
    ]  # fmt: skip
    confirm(batch=titled, by=officer)
    assert {(row[5], row[6]) for row in ledger()} == {
        ("11/2025", "2026-00001/1"),
        ("12/2025", "2026-00001/2"),
        ("01/2026", "2026-00001/3"),
    }
    of_a_year = previewed(
        "No Anggota|Tanggal|Tahun|Januari|Februari",
        "A-001|10/02/2026|2026|10.000|10.000",
        "A-002|10/02/2026||10.000|",
        cooperative=here,
        by=officer,
    )
    assert found_in(of_a_year) == [
        (2, "new", "A-001 Siti Contoh · 10/02/2026 · Setoran simpanan wajib Februari 2026 Rp\xa010.000"),
        (3, "failed", "Tahun: Kolom bulan tanpa tahun: isi tahunnya, misalnya 2026, atau tulis “Jan 2026” di judul kolom."),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("cells", "told"),
    [
        ("|||05/01/2026|Wajib|10.000|Jan 2026||", "Nomor anggota: Isi nomor anggota, NIK, atau nama lengkapnya."),
        ("A-9|||05/01/2026|Pokok|10.000|||", f"Nomor anggota: {NOT_KNOWN}"),
        ("||Entah|05/01/2026|Pokok|10.000|||", "Nama lengkap: Nama ini tidak ada di buku anggota. Ketik persis seperti di buku, atau nomor anggotanya."),
        ("|123||05/01/2026|Pokok|10.000|||", "NIK: NIK terdiri dari 16 angka. Atau ketik nomor anggotanya."),
        ("A-001||Budi|05/01/2026|Pokok|10.000|||", "Nama lengkap: Nomor A-001 tercatat atas nama Siti Contoh. Betulkan nama atau nomornya."),
        ("A-001|2||05/01/2026|Pokok|10.000|||", "Nomor anggota: Nomor anggota dan NIK menunjuk dua orang. Betulkan salah satunya."),
        ("A-001||||Pokok|10.000|||", "Tanggal: Isi tanggalnya; yang kosong tidak dianggap hari ini. Contoh: 22/09/2025."),
        ("A-001|||31/02/2026|Pokok|10.000|||", "Tanggal: “31/02/2026” bukan tanggal. Contoh: 22/09/2025."),
        ("A-001|||17/03/2026|Pokok|10.000|||", "Tanggal: Tanggal ini belum terjadi. Paling akhir hari ini: 16/03/2026."),
        ("A-001|||31/08/2025|Pokok|10.000|||", "Tanggal: Buku simpanan sudah ditutup sampai 31/08/2025. Ketik tanggal sesudahnya, atau minta Sudin membuka lagi."),
        ("A-001|||05/01/2026|Pinjaman|10.000|||", f"Jenis simpanan: “Pinjaman” tidak dikenal. Ketik salah satu: {KINDS}."),
        ("A-001|||05/01/2026||10.000|||", f"Jenis simpanan: Isi jenis simpanannya. Ketik salah satu: {KINDS}."),
        ("A-001|||05/01/2026|Pokok||||", "Jumlah (Rp): Isi jumlahnya dalam rupiah. Contoh: 10.000."),
        ("A-001|||05/01/2026|Pokok|0|||", "Jumlah (Rp): Jumlahnya lebih dari nol."),
        ("A-001|||05/01/2026|Pokok|6x8|||", "Jumlah (Rp): “6x8” bukan jumlah rupiah. Contoh: 1.250.000."),
        ("A-001|||05/01/2026|Wajib|10.000|||", "Untuk bulan: Isi bulan yang dibayar dengan tahunnya. Contoh: Januari 2026 atau Jan-Mar 2026."),
        ("A-001|||05/01/2026|Wajib|10.000|Januari||", "Untuk bulan: “Januari” bukan bulan. Contoh: Januari 2026, 01/2026, atau Jan-Mar 2026."),
        ("A-001|||05/01/2026|Wajib|10.000|Jan-Mar 2026||", "Jumlah (Rp): Rp\xa010.000 tidak terbagi rata untuk 3 bulan. Tulis satu baris untuk setiap bulan."),
        ("A-001|||05/01/2026|Wajib|15.000|Sep 2025||", "Jumlah (Rp): Simpanan wajib September 2025 sudah dibayar: Rp\xa010.000 pada 05/09/2025. Hapus dari lembar, atau batalkan dulu yang tercatat."),
        ("A-001|||05/01/2026|Sukarela|15.000||B-1|", "Nomor bukti: Nomor bukti ini sudah dipakai: Simpanan wajib Rp\xa010.000 pada 05/09/2025. Periksa nomornya."),
        ("A-001|||05/01/2026|Wajib|10.000|Jul 2025||", "Jumlah (Rp): Juli 2025: sebelum menjadi anggota."),
        ("A-001|||05/01/2026|Wajib|10.000|Jul 2027||", "Jumlah (Rp): Juli 2027: lebih dari setahun di muka."),
        ("A-001|||05/01/2026|Pokok|10.000||" + "9" * 31 + "|", "Nomor bukti: Nomor bukti paling panjang 30 huruf. Ketik yang lebih pendek."),
    ],
)  # fmt: skip
def test_row_that_is_wrong_says_what_to_type(
    today: date, here: Cooperative, officer: User, cells: str, told: str
) -> None:
    siti = here.members.get(number="A-001")
    SavingsEntryFactory.create(member=siti, mandatory=True, receipt_no="B-1")
    MonthLockFactory.create(cooperative=here)
    cells = cells.replace("|2||", f"|{synthetic_national_id(2)}||")
    assert found_in(previewed(LONG, cells, cooperative=here, by=officer))[0][1:] == ("failed", told)


def test_returned_workbook_keeps_the_year_of_its_months(
    client: Client, today: date, here: Cooperative, officer: User
) -> None:
    batch = previewed(
        "No Anggota|Tanggal|Nov 2025|Jan 2026", "A-001|10/01/2026|6x8|10.000", cooperative=here, by=officer
    )
    client.force_login(officer)
    response = client.get(reverse("imports:failed", args=[batch.pk]), {"format": "csv"})
    mended = response.getvalue().replace(b"6x8", b"10.000")
    again = preview(kind="savings", file=io.BytesIO(mended), file_name="x.csv", by=officer, cooperative=here)
    assert found_in(again) == [
        (3, "new", "A-001 Siti Contoh · 10/01/2026 · Setoran simpanan wajib November 2025 – Januari 2026 Rp\xa020.000")
    ]  # fmt: skip


def test_name_of_two_members_asks_for_the_number(today: date, here: Cooperative, officer: User) -> None:
    MemberFactory.create(cooperative=here, number="A-010", full_name="Siti contoh")
    MemberFactory.create(cooperative=here, number="A-011", full_name="Budi Contoh", voided=True)
    MemberFactory.create(cooperative=here, number="A-012", full_name="Tuti Keluar", ended=True)
    batch = previewed(
        LONG,
        "||Siti Contoh|05/01/2026|Pokok|10.000|||",
        "||Budi Contoh|05/01/2026|Pokok|10.000|||",
        "A-011|||05/01/2026|Pokok|10.000|||",
        "A-012|||05/03/2026|Pokok|10.000|||",
        cooperative=here,
        by=officer,
    )
    assert found_in(batch) == [
        (2, "failed", "Nama lengkap: Nama ini ada di beberapa nomor: A-001, A-010. Ketik nomornya di kolom “Nomor anggota”."),
        (3, "new", "A-002 Budi Contoh · 05/01/2026 · Setoran simpanan pokok Rp\xa010.000"),
        (4, "failed", "Nomor anggota: Nomor ini dibatalkan di buku anggota. Ketik nomor yang berlaku."),
        (5, "failed", "Tanggal: A-012 Tuti Keluar sudah keluar pada 1 Februari 2026; setoran hanya sampai hari itu."),
    ]  # fmt: skip


def test_number_that_excel_shortened_is_found(today: date, here: Cooperative, officer: User) -> None:
    MemberFactory.create(cooperative=here, number="007", full_name="Tujuh Contoh")
    batch = previewed(LONG, "7|||05/01/2026|Pokok|10.000|||", cooperative=here, by=officer)
    assert found_in(batch) == [
        (2, "new", "007 Tujuh Contoh · 05/01/2026 · Setoran simpanan pokok Rp\xa010.000")
    ]


def test_rows_of_one_file_contradict_each_other(today: date, here: Cooperative, officer: User) -> None:
    SavingsEntryFactory.create(
        member=here.members.get(number="A-003"),
        kind="mandatory",
        movement=Movement.OPENING,
        paid_until=date(2025, 12, 1),
        receipt_no="",
    )
    batch = previewed(
        LONG,
        "A-001|||05/01/2026|Wajib|10.000|Jan 2026|K-1|",
        "A-001|||05/01/2026|Wajib|20.000|Jan-Feb 2026|K-1|",
        "A-002|||05/01/2026|Sukarela|5.000||K-1|",
        "A-001|||05/01/2026|Sukarela|5.000||K-1|",
        "A-003|||05/01/2026|Wajib|24.000|Nov 2025-Feb 2026||",
        "A-003|||05/01/2026|Wajib|6.000|Jan 2025||",
        cooperative=here,
        by=officer,
    )
    covered = "Jumlah (Rp): {} sudah termasuk saldo awal, lunas sampai Desember 2025. Hapus dari lembar."
    assert found_in(batch) == [
        (2, "new", "A-001 Siti Contoh · 05/01/2026 · Setoran simpanan wajib Januari 2026 Rp\xa010.000"),
        (3, "failed", "Jumlah (Rp): Baris 2 sudah membawa ini untuk anggota yang sama. Sisakan satu."),
        (4, "failed", "Nomor bukti: Nomor bukti ini dipakai baris 2 untuk anggota atau tanggal lain. Ketik nomor lain."),
        (5, "new", "A-001 Siti Contoh · 05/01/2026 · Setoran simpanan sukarela Rp\xa05.000"),
        (6, "failed", f"{covered.format('November 2025')}; {covered.format('Desember 2025')}"),
        (7, "failed", covered.format("Januari 2025")),
    ]  # fmt: skip
    confirm(batch=batch, by=officer)
    assert [row[6] for row in ledger()[1:]] == ["K-1/1", "K-1/2"]


def test_what_deserves_a_second_look(today: date, here: Cooperative, officer: User) -> None:
    batch = previewed(
        LONG,
        "A-001|1234567890123456||05/01/2026|Wajib|5.000|Jan 2026||",
        "A-003|||05/01/2026|Pokok|10.000|Jul 2025||",
        cooperative=here,
        by=officer,
    )
    assert notes_of(batch) == [
        "NIK tidak dipakai: NIK ini keliru: periksa angka ke-7 sampai ke-12 (tanggal lahir) dan empat angka terakhir.",
        "Rp\xa05.000 sebulan; besar simpanan wajib Rp\xa010.000.",
        "Bulan hanya dicatat untuk setoran simpanan wajib.",
    ]


TWICE = (
    "A-001|||05/01/2026|Wajib|20.000|Jan-Feb 2026||",
    "A-001|||05/01/2026|Sukarela|5.000|||",
    "A-001|||05/01/2026|Sukarela|5.000|||",
    "A-002|||05/01/2026|Sukarela|5.000||K-1|",
)


def test_the_same_file_again_writes_nothing(today: date, here: Cooperative, officer: User) -> None:
    confirm(batch=previewed(LONG, *TWICE, cooperative=here, by=officer), by=officer)
    balances = confirm(batch=previewed(WIDE, *WIDE_ROWS[1:4], cooperative=here, by=officer), by=officer)
    assert balances.counts == {"new": 3}
    written = ledger()
    assert [row[6] for row in written[:5]] == [
        "2026-00001/1",
        "2026-00001/2",
        "2026-00002/1",
        "2026-00003/1",
        "K-1/1",
    ]
    for head, rows in ((LONG, TWICE), (WIDE, WIDE_ROWS[1:4])):
        again = previewed(head, *rows, cooperative=here, by=officer)
        assert again.counts == {"same": len(rows)}
        with pytest.raises(ValidationError, match="Tidak ada baris"):
            confirm(batch=again, by=officer)
    # Another row like the two is another deposit, and a closed month says nothing of what stands there already.
    MonthLockFactory.create(cooperative=here, through_on=date(2026, 1, 31))
    more = previewed(LONG, *TWICE, TWICE[1], cooperative=here, by=officer)
    assert more.counts == {"same": 4, "failed": 1}
    assert ledger() == written


def test_undo_reverses_each_entry_and_tells_what_stays(today: date, here: Cooperative, officer: User) -> None:
    rows = (
        "A-001|||05/01/2026|Wajib|20.000|Jan-Feb 2026|K-1|",
        "A-002|||05/01/2026|Sukarela|50.000|||",
        "A-003|||05/01/2026|Sukarela|7.000|||",
    )
    batch = confirm(batch=previewed(LONG, *rows, cooperative=here, by=officer), by=officer)
    SavingsEntryFactory.create(
        member=here.members.get(number="A-002"), withdrawal=True, value_on=date(2026, 2, 1), receipt_no="T-1"
    )
    MonthLockFactory.create(cooperative=here, through_on=date(2026, 3, 31))
    stays = "1 mutasi tetap tercatat, karena uangnya sudah ditarik: anggota A-002."
    assert importer_for(batch).consequences(targets_of(batch)) == [
        "3 mutasi dibatalkan dengan mutasi pembatalan tanggal 1 April 2026; jumlahnya Rp\xa027.000. Yang dibatalkan tetap terbaca di buku simpanan.",
        stays,
    ]
    assert undo(batch=batch, note="Salah berkas", by=officer) == [stays]
    assert ledger()[-3:] == [
        ("A-003", "voluntary", "reversal", -7_000, "01/04/2026", "", "2026-00003/1"),
        ("A-001", "mandatory", "reversal", -10_000, "01/04/2026", "", "2026-00004/1"),
        ("A-001", "mandatory", "reversal", -10_000, "01/04/2026", "", "2026-00004/2"),
    ]
    reversals = SavingsEntry.objects.filter(movement=Movement.REVERSAL).order_by("pk")
    assert {(one.note, one.recorded_by, one.batch) for one in reversals} == {("Salah berkas", officer, batch)}
    assert [one.reverses.amount_idr for one in reversals] == [7_000, 10_000, 10_000]
    # The mended file may bear the same receipt numbers.
    here.month_locks.update(reopened_at="2026-03-16T05:00Z", reopened_by=officer, reopen_reason="Uji")
    again = confirm(batch=previewed(LONG, rows[0], cooperative=here, by=officer), by=officer)
    assert (again.counts, [row[6] for row in ledger()[-2:]]) == ({"new": 1}, ["K-1/3", "K-1/4"])


def test_members_of_others_are_unknown(today: date, here: Cooperative, officer: User) -> None:
    theirs = MemberFactory.create(
        number="B-001", full_name="Rahasia Contoh", national_id=synthetic_national_id(77)
    )
    SavingsEntryFactory.create(member=theirs, receipt_no="K-1", batch=None)
    rows = (
        "B-001|||05/01/2026|Pokok|10.000|||",
        f"|{synthetic_national_id(77)}||05/01/2026|Pokok|10.000|||",
        "||Rahasia Contoh|05/01/2026|Pokok|10.000|||",
        "A-001|||05/01/2026|Sukarela|10.000||K-1|",
    )
    batch = previewed(LONG, *rows, cooperative=here, by=officer)
    assert found_in(batch) == [
        (2, "failed", f"Nomor anggota: {NOT_KNOWN}"),
        (3, "failed", "NIK: NIK ini tidak ada di buku anggota. Ketik nomor anggotanya."),
        (4, "failed", "Nama lengkap: Nama ini tidak ada di buku anggota. Ketik persis seperti di buku, atau nomor anggotanya."),
        (5, "new", "A-001 Siti Contoh · 05/01/2026 · Setoran simpanan sukarela Rp\xa010.000"),
    ]  # fmt: skip
    # Somebody whose grant has ended finds nobody there, even with the number of a file.
    stranger = officer_of(theirs.cooperative.kelurahan)
    checked = importer_for(batch).check([GivenRow(2, {"number": "A-001", "amount": "1", "kind": "pokok", "day": "05/01/2026"})], user=stranger)  # fmt: skip
    assert [problem.text for problem in checked[0].problems] == [NOT_KNOWN]


def test_check_asks_the_same_queries_for_one_row_and_for_thirty(
    today: date, here: Cooperative, officer: User, django_assert_num_queries: Any
) -> None:
    rows = [
        {"number": f"A-00{number % 3 + 1}", "day": "05/01/2026", "kind": "Wajib", "amount": "1", "months": month}
        for number in range(3)
        for month in ("08/2025", "09/2025", "10/2025", "11/2025", "12/2025", "01/2026", "02/2026", "03/2026", "04/2026", "05/2026")
    ]  # fmt: skip
    for count in (1, 30):
        given = [GivenRow(number, row) for number, row in enumerate(rows[:count])]
        with django_assert_num_queries(4):
            checked = importer_of("savings", cooperative=here).check(given, user=officer)
        assert {row.outcome for row in checked} == {"new"}


def test_template_is_read_again(today: date, here: Cooperative, officer: User) -> None:
    blank = importer_of("savings", cooperative=here).template(user=officer)
    filled = dict.fromkeys(range(len(blank.headings)), "")
    titles = [str(heading.title) for heading in blank.headings]
    filled |= {titles.index("Nomor anggota"): "A-001", titles.index("Tanggal"): "31/12/2025"}
    filled |= {titles.index("Simpanan pokok (Rp)"): "100.000"}
    content = write_xlsx(blank.headings, [list(filled.values())], sheet=blank.sheet, guide=blank.guide)
    batch = preview(
        kind="savings", file=io.BytesIO(content), file_name="contoh.xlsx", by=officer, cooperative=here
    )
    assert (batch.counts, batch.ignored) == ({"new": 1}, [])
