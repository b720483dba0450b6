from datetime import date
from typing import Any

import pytest

from cooperatives.models import Cooperative
from kkmp.accounts.models import User
from kkmp.imports.importer import GivenRow, importer_of
from kkmp.imports.services import confirm
from outlets.models import Outlet
from tests.factories import (
    BoardTermFactory,
    MonthlyReportFactory,
    OutletFactory,
    PaperFactory,
    StatusChangeFactory,
    officer_of,
)
from tests.member_factories import MemberFactory, SavingsEntryFactory
from tests.outlets.recap_sheets import (
    HEAD,
    KELURAHAN,
    MELAWAI,
    area,
    drafts,
    found_in,
    lines,
    notes_of,
    previewed,
    row,
)

STATUSES = "“Berjalan”, “Ada, belum berjalan”, “Disiapkan”, “Ditutup”, “Belum ada gerai”"
REASONS = (
    "“Modal usaha”, “Stok atau pemasok”, “Pengelola”, “Perizinan”, “Listrik, air, internet”, “Tempat”, "
    "“Pembeli sepi”, “Kepengurusan”, “Lainnya”"
)

MESSY_HEAD = (
    "No.",
    "KECAMATAN",
    "KELURAHAN",
    "Nama KKMP",
    "Bulan / Tahun",
    "Status Gerai",
    "Jenis Gerai",
    "Tgl Mulai",
    "Omset Bulan Ini (Rp)",
    "KENDALA",
    "Rencana/Tindak Lanjut",
    "Petugas",
)
# As it comes from five offices: titles above, merged kecamatan, numbered columns, spellings, totals.
MESSY = [
    ("", "", "", "", "", "", "", "", "", "", "", ""),
    ("(1)", "(2)", "(3)", "(4)", "(5)", "(6)", "(7)", "(8)", "(9)", "(10)", "(11)", "(12)"),
    ("1", "Kec. Kebayoran Baru", "MELAWAI", "KKMP Melawai", "Oktober 2025", "Beroperasi", "Sembako", "1 Oktober 2025", "Rp 12.500.000,-", "-", "Tambah stok", "X"),
    ("2", "", "Kel. Pulo", "", "10/2025", "belum berjalan", "", "22/09/2025", "", "Modal", "", ""),
    ("3", "", "Gunung", "", "Okt 2025", "Belum ada gerai", "", "22-9-2025", "", "Belum ada tempat", "", ""),
    ("4", "", "Selong", "", "2025-10", "Sedang disiapkan", "Apotek", "5/10/2025", "0", "", "", ""),
    ("5", "", "Senayan", "", "Okt-25", "", "", "", "", "", "", ""),
    ("6", "PASAR MINGGU", "Pasar Minggu", "", "Oktober 2025", "Jalan", "", "01/10/2025", "7500000", "", "", ""),
    ("7", "", "Jatipadang", "", "Oktober 2025", "Aktif", "", "01.10.2025", "6x8", "", "", ""),
    ("8", "", "Ragunann", "", "Oktober 2025", "Aktif", "", "01/10/2025", "", "", "", ""),
    ("9", "", "cilandak timur", "", "Oktober", "Aktif", "", "01/10/2025", "", "", "", ""),
    ("10", "", "Pejaten Barat", "", "Oktober 2025", "Tutup sementara", "", "02/10/2025", "", "Sewa habis", "", ""),
    ("11", "Setia Budi", "Setiabudi", "", "Oktober 2025", "Berjalan", "", "31/11/2025", "", "", "", ""),
    ("12", "Setiabudi", "Setiabudi", "", "Oktober 2025", "Berjalan", "", "03/10/2025", "2.000.000", "", "", ""),
    ("13", "", "KARET", "", "Oktober 2025", "entah", "", "01/10/2025", "", "", "", ""),
    ("14", "", "Menteng Atas", "", "", "Berjalan", "", "01/10/2025", "", "", "", ""),
    ("15", "Pancoran", "", "KKMP Pancoran", "Oktober 2025", "Berjalan", "", "01/10/2025", "1.000.000", "", "", ""),
    ("16", "", "Rawa Jati", "", "Oktober 2025", "Berjalan", "", "05/11/2025", "", "", "", ""),
    ("17", "", "Duren Tiga", "", "Oktober 2025", "", "", "", "3.000.000", "", "", ""),
    ("18", "", "Kalibata", "", "April 2026", "Berjalan", "", "01/10/2025", "", "", "", ""),
    ("19", "Pesanggrahan", "Ulu Jami", "", "Oktober 2025", "Berjalan", "", "01/10/2025", "", "", "", ""),
    ("20", "", "Bintaro", "", "Oktober 2025", "Nihil", "", "", "", "", "", ""),
    ("", "Jumlah", "", "", "", "", "", "", "26.000.000", "", "", ""),
]  # fmt: skip


def test_messy_recap_is_understood_row_by_row(today: date, sudin: User) -> None:
    for name in KELURAHAN:
        area(name)
    batch = previewed(*MESSY, by=sudin, head=MESSY_HEAD)
    assert found_in(batch) == [
        (4, "new", "KKMP Melawai · Oktober 2025 · draf baru · gerai baru “Gerai KKMP Melawai” (Sembako) · Berjalan sejak 01/10/2025 · omzet Rp\xa012.500.000 · rencana “Tambah stok”"),
        (5, "new", "KKMP Pulo · Oktober 2025 · draf baru · gerai baru “Gerai KKMP Pulo” (Sembako) · Ada, belum berjalan (modal usaha) sejak 22/09/2025 · kendala “Modal”"),
        (6, "new", "KKMP Gunung · Oktober 2025 · draf baru · Belum ada gerai sejak 22/09/2025 · kendala “Belum ada tempat”"),
        (7, "new", "KKMP Selong · Oktober 2025 · draf baru · gerai baru “Gerai KKMP Selong” (Apotek) · Disiapkan sejak 05/10/2025 · omzet Rp\xa00"),
        (8, "skipped", ""),
        (9, "new", "KKMP Pasar Minggu · Oktober 2025 · draf baru · gerai baru “Gerai KKMP Pasar Minggu” (Sembako) · Berjalan sejak 01/10/2025 · omzet Rp\xa07.500.000"),
        (10, "failed", "Omzet bulan ini (Rp): “6x8” bukan jumlah rupiah. Contoh: 1.250.000."),
        (11, "failed", "Kelurahan: Kelurahan ini tidak ada di kecamatan Pasar Minggu. Maksudnya “Ragunan”?"),
        (12, "failed", "Bulan: “Oktober” bukan bulan dengan tahunnya. Contoh: Oktober 2026."),
        (13, "failed", f"Sebab: Gerai yang belum berjalan perlu sebab. Ketik salah satu: {REASONS}."),
        (14, "failed", "Sejak: “31/11/2025” bukan tanggal. Contoh: 22/09/2025."),
        (15, "new", "KKMP Setia Budi · Oktober 2025 · draf baru · gerai baru “Gerai KKMP Setia Budi” (Sembako) · Berjalan sejak 03/10/2025 · omzet Rp\xa02.000.000"),
        (16, "failed", f"Status gerai: “entah” tidak dikenal. Ketik salah satu: {STATUSES}."),
        (17, "failed", "Bulan: Isi bulan laporannya dengan tahunnya. Contoh: Oktober 2026."),
        (18, "new", "KKMP Pancoran · Oktober 2025 · draf baru · gerai baru “Gerai KKMP Pancoran” (Sembako) · Berjalan sejak 01/10/2025 · omzet Rp\xa01.000.000"),
        (19, "failed", "Sejak: Paling akhir 31 Oktober 2025; perubahan sesudahnya masuk laporan bulan berikutnya."),
        (20, "failed", f"Status gerai: Isi status gerai. Ketik salah satu: {STATUSES}."),
        (21, "failed", "Bulan: Laporan April 2026 baru bisa ditulis mulai 1 April 2026."),
        (22, "new", "KKMP Ulujami · Oktober 2025 · draf baru · gerai baru “Gerai KKMP Ulujami” (Sembako) · Berjalan sejak 01/10/2025"),
        (23, "failed", "Sejak: Isi sejak kapan. Contoh: 22/09/2025."),
    ]  # fmt: skip
    assert batch.ignored == ["No.", "Petugas"]


@pytest.mark.parametrize(
    ("title", "found"),
    [
        ("REKAP KKMP KEC. KEBAYORAN BARU BULAN OKTOBER 2025", "new"),
        ("Rekap per 31 Okt 2025", "new"),
        ("Rekap KKMP", "failed"),
        ("Rekap September 2025 sampai Oktober 2025", "failed"),
    ],
)
def test_month_stands_in_the_title_or_is_asked_for(
    today: date, sudin: User, gerai: Outlet, title: str, found: str
) -> None:
    cells = row("Kebayoran Baru", "Melawai", omzet="1.000")
    batch = previewed((), HEAD, cells, by=sudin, head=(title,))
    told = {
        "new": "KKMP Melawai · Oktober 2025 · draf baru · omzet Rp\xa01.000",
        "failed": "Bulan: Isi bulan laporannya dengan tahunnya. Contoh: Oktober 2026.",
    }
    assert found_in(batch) == [(4, found, told[found])]


def test_status_that_changes_says_since_when(today: date, sudin: User, gerai: Outlet) -> None:
    idle = ("Kebayoran Baru", "Melawai", "Oktober 2025", "Belum berjalan")
    told = [
        found_in(previewed(row(*idle, **more), by=sudin))[0][1:]
        for more in (
            {"sebab": "Stok"},
            {"sebab": "Stok", "tanggal": "22/09/2025"},
            {"sebab": "Stok", "tanggal": "01/11/2025"},
            {"kendala": "stok barang", "tanggal": "10/10/2025"},
        )
    ]
    assert told == [
        ("failed", "Sejak: Statusnya berubah: isi sejak kapan. Contoh: 22/09/2025."),
        (
            "failed",
            "Sejak: Tanggal ini milik status sebelumnya, “Berjalan”. Isi sejak kapan “Ada, belum berjalan” berlaku.",
        ),
        (
            "failed",
            "Sejak: Paling akhir 31 Oktober 2025; perubahan sesudahnya masuk laporan bulan berikutnya.",
        ),
        (
            "new",
            (
                "KKMP Melawai · Oktober 2025 · draf baru · Gerai Blok M Berjalan sejak 22/09/2025 → "
                "Ada, belum berjalan (stok atau pemasok) sejak 10/10/2025 · kendala “stok barang”"
            ),
        ),
    ]


def test_several_outlets_are_told_apart_by_name(
    today: date, sudin: User, melawai: Cooperative, gerai: Outlet
) -> None:
    second = OutletFactory.create(cooperative=melawai, name="Apotek Melawai", kind="pharmacy")
    StatusChangeFactory.create(outlet=second)
    head = (*HEAD, "Nama Gerai")
    sheet = [
        (*row(*MELAWAI, omzet="1.000.000", kendala="Sepi"), ""),
        (*row(*MELAWAI, omzet="1.000.000"), "Gerai Blok  M"),
        (*row(*MELAWAI, omzet="2.000.000", kendala="Sepi"), "apotek melawai"),
        (*row(*MELAWAI, omzet="3.000.000"), "Toko"),
        (*row(*MELAWAI, status="Belum ada", tanggal="22/09/2025"), "Apotek Melawai"),
    ]
    batch = previewed(*sheet, by=sudin, head=head)
    assert found_in(batch) == [
        (
            2,
            "failed",
            "Nama gerai: KKMP ini punya beberapa gerai. Ketik salah satu namanya: “Gerai Blok M”, “Apotek Melawai”.",
        ),
        (3, "new", "KKMP Melawai · Oktober 2025 · draf baru · omzet Rp\xa01.000.000"),
        (4, "new", "KKMP Melawai · Oktober 2025 · draf baru · omzet Rp\xa02.000.000 · kendala “Sepi”"),
        (
            5,
            "failed",
            "Nama gerai: Gerai ini tidak tercatat di KKMP ini. Ketik salah satu: “Gerai Blok M”, “Apotek Melawai”. Gerai baru ditambahkan di formulir laporan.",
        ),
        (
            6,
            "failed",
            "Status gerai: KKMP ini punya gerai: “Gerai Blok M”, “Apotek Melawai”. Ketik status gerai itu, misalnya “Ditutup”.",
        ),
    ]
    confirm(batch=previewed(*sheet[1:3], by=sudin, head=head), by=sudin)
    assert lines() == [
        ("Gerai Blok M", "running", "", "22/09/2025", 1_000_000),
        ("Apotek Melawai", "running", "", "22/09/2025", 2_000_000),
    ]
    assert drafts() == [("KKMP Melawai", "2025-10", "draft", "Sepi", "")]


def test_rows_that_contradict_each_other_are_told(today: date, sudin: User, gerai: Outlet) -> None:
    batch = previewed(
        row(*MELAWAI, omzet="1.000.000"), row(*MELAWAI, omzet="2.000.000"), row(*MELAWAI, kendala="a"),
        row(*MELAWAI, kendala="b"), by=sudin,
    )  # fmt: skip
    told = "Kelurahan: Laporan bulan itu untuk gerai yang sama ada di beberapa baris: {}. Sisakan satu."
    two = "; Kendala: Baris lain KKMP ini menulis teks yang berbeda. Tulis di satu baris saja."
    assert found_in(batch) == [
        (2, "failed", told.format("2, 3")),
        (3, "failed", told.format("2, 3")),
        (4, "failed", told.format("4, 5") + two),
        (5, "failed", told.format("4, 5") + two),
    ]


def test_facts_that_differ_are_notes(today: date, sudin: User, melawai: Cooperative, gerai: Outlet) -> None:
    melawai.nib, melawai.npwp, melawai.has_bank_account = "1234567890123", "012345678901234", False
    melawai.save()
    PaperFactory.create(cooperative=melawai, kind="ahu_decree", number="AHU-0012345.AH.01.29.TAHUN 2025")
    BoardTermFactory.create(cooperative=melawai, gender="female")
    member = MemberFactory.create(cooperative=melawai, gender="male")
    SavingsEntryFactory.create(member=member, principal=True, value_on=date(2025, 10, 2))
    facts = {
        "SK AHU": "AHU-0012345.AH.01.29.Tahun 2025",
        "NIB": "1234567890124",
        "NPWP": "01.234.567.8-901.234",
        "NIK Koperasi": "3174000000001",
        "Rekening": "ada",
        "Jumlah Pengurus L/P": "0/1",
        "Jumlah Pengawas L/P": "banyak",
        "Jumlah Anggota L/P": "3/4",
        "Simpanan Pokok": "Rp 100.000,-",
        "Simpanan Wajib": "50.000",
        "Alamat": "Jalan Contoh 1",
        "Bantuan CSR": "PT Contoh, etalase",
    }
    cells = (*row(*MELAWAI, omzet="1"), *facts.values())
    assert notes_of(previewed(cells, by=sudin, head=(*HEAD, *facts))) == [
        "NIK koperasi: belum tercatat, lembar berisi 3174000000001.",
        "NIB: tercatat 1234567890123, lembar berisi 1234567890124.",
        "Rekening: tercatat Belum ada, lembar berisi ada.",
        "Pengawas L/P: “banyak” tidak terbaca, jadi tidak dibandingkan.",
        "Anggota L/P: tercatat 1/0, lembar berisi 3/4. (buku anggota per 31 Oktober 2025)",
        "Simpanan wajib (Rp): tercatat Rp\xa00, lembar berisi Rp\xa050.000.",
        "Alamat: belum tercatat, lembar berisi Jalan Contoh 1.",
        "Bantuan CSR tidak dicatat dari lembar ini; catat di halaman Bantuan.",
    ]


def test_rows_of_other_areas_are_unknown(today: date, sudin: User, gerai: Outlet) -> None:
    """Whether a cooperative exists elsewhere, what it reported, and how many members it has, shows nowhere."""
    theirs = area("Pancoran")[0]
    theirs.nib = "9999999999999"
    theirs.save()
    OutletFactory.create(cooperative=theirs, name="Gerai Rahasia")
    MonthlyReportFactory.create(cooperative=theirs, obstacle="Rahasia")
    officer = officer_of(gerai.cooperative.kelurahan)
    head = (*HEAD, "Kode Kelurahan", "NIB")
    batch = previewed(
        (*row(*MELAWAI, omzet="1.000"), "", ""),
        (*row("Pancoran", "Pancoran", "Oktober 2025", omzet="1.000"), "", "1"),
        (*row("", "", "Oktober 2025", omzet="1.000"), theirs.kelurahan.code, "1"),
        (*row("Kebayoran Baru", "Pulo", "Oktober 2025", omzet="1.000"), "", ""),
        by=officer,
        head=head,
    )
    own = " Yang dibaca hanya KKMP di wilayah Anda."
    assert found_in(batch) == [
        (2, "new", "KKMP Melawai · Oktober 2025 · draf baru · omzet Rp\xa01.000"),
        (3, "failed", f"Kecamatan: Kecamatan ini tidak dikenal. Ketik salah satu: Kebayoran Baru.{own}"),
        (4, "failed", f"Kode kelurahan: Kode ini tidak ada. Contoh: {gerai.cooperative.kelurahan.code}. Salin kodenya dari contoh berkas.{own}"),
        (5, "failed", f"Kelurahan: Kelurahan ini tidak ada di kecamatan Kebayoran Baru. Ketik salah satu: Melawai.{own}"),
    ]  # fmt: skip
    assert notes_of(batch) == []
    assert batch.rows.get(number=2).targets == []


def test_check_asks_the_same_queries_for_one_row_and_for_thirty(
    today: date, sudin: User, gerai: Outlet, django_assert_num_queries: Any
) -> None:
    for name in ("Pasar Minggu", "Pancoran", "Pesanggrahan", "Setiabudi"):
        for cooperative in area(name):
            StatusChangeFactory.create(outlet=OutletFactory.create(cooperative=cooperative))
    cells = [
        {
            "kecamatan": one.kelurahan.kecamatan.name,
            "kelurahan": one.kelurahan.name,
            "month": month,
            "turnover": "1",
        }
        for one in Cooperative.objects.select_related("kelurahan__kecamatan")
        for month in ("Oktober 2025", "November 2025")
    ]
    for count in (1, 30):
        given = [GivenRow(number, row) for number, row in enumerate(cells[:count])]
        with django_assert_num_queries(10):
            checked = importer_of("recap").check(given, user=sudin)
        assert {row.outcome for row in checked} <= {"new", "failed"}
