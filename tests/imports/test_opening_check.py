from datetime import date
from typing import Any

import pytest

from cooperatives.models import Cooperative
from kkmp.accounts.models import User
from outlets.models import Outlet, StatusChange
from tests.factories import OutletFactory, StatusChangeFactory
from tests.imports.sheets import effects_of, errors_of, previewed

CODE = "31.74.07.1001"
STATUS_WORDS = "“Berjalan”, “Ada, belum berjalan”, “Disiapkan”, “Ditutup”, “Belum ada gerai”"
REASON_WORDS = (
    "“Modal usaha”, “Stok atau pemasok”, “Pengelola”, “Perizinan”, “Listrik, air, internet”, “Tempat”, "
    "“Pembeli sepi”, “Kepengurusan”, “Lainnya”"
)
KIND_WORDS = "“Sembako”, “Apotek”, “Kantor koperasi”, “Unit simpan pinjam”, “Klinik”, “Cold storage / gudang”, “Logistik”, “Lainnya”"


@pytest.mark.parametrize(
    "area",
    [
        ("31.74.04.1002", "", ""),
        ("3174041002", "", ""),
        (" 31 74 04 1002", "", ""),
        ("31.74.04.1002", "Ps. Minggu", "Jt Padang"),
        ("", "Pasar Minggu", "Jati Padang"),
        ("", "KEC. PASAR MINGGU", "Kel. Jatipadang"),
        ("", "pasarminggu", "KKMP JATI  PADANG"),
        ("", "Kecamatan Pasar Minggu", "Koperasi Kelurahan Merah Putih Jati Padang"),
    ],
)
def test_area_is_found_in_every_spelling(
    territory: dict[str, Cooperative], sudin: User, today: date, area: tuple[str, str, str]
) -> None:
    batch = previewed((*area, "Berjalan", "22/09/2025"), by=sudin)
    assert effects_of(batch) == [
        (
            2,
            "new",
            "KKMP Jati Padang · Berjalan sejak 22/09/2025 · gerai baru “Gerai KKMP Jati Padang” (Sembako)",
            [],
        )
    ]


@pytest.mark.parametrize(
    ("area", "column", "value", "told"),
    [
        (("", "", ""), "Kelurahan", "", "Isi kode kelurahan, atau kecamatan dan kelurahan."),
        (("", "", "Ragunan"), "Kecamatan", "", "Nama kelurahan saja tidak cukup. Ketik kecamatannya: “Pasar Minggu”."),
        (("", "", "Pasar Minggu"), "Kecamatan", "", "Nama kelurahan saja tidak cukup. Ketik kecamatannya: “Pasar Minggu”."),
        (("", "", "Entah"), "Kecamatan", "", "Nama kelurahan saja tidak cukup. Isi kecamatannya, atau isi kode kelurahan."),
        (
            ("", "Keb. Baru", "Melawai"),
            "Kecamatan",
            "Keb. Baru",
            "Kecamatan ini tidak dikenal. Ketik salah satu: Kebayoran Baru, Pasar Minggu, Setiabudi.",
        ),
        (
            ("", "Kebayoran Baru", "Ragunan"),
            "Kelurahan",
            "Ragunan",
            "Kelurahan ini ada di kecamatan Pasar Minggu, bukan Kebayoran Baru. Betulkan salah satu.",
        ),
        (
            ("", "Kebayoran Baru", "Mlawai"),
            "Kelurahan",
            "Mlawai",
            "Kelurahan ini tidak ada di kecamatan Kebayoran Baru. Maksudnya “Melawai”?",
        ),
        (
            ("", "Kebayoran Baru", "Xyz"),
            "Kelurahan",
            "Xyz",
            "Kelurahan ini tidak ada di kecamatan Kebayoran Baru. Ketik salah satu: Melawai, Pulo.",
        ),
        (
            ("31.74.07.9999", "Kebayoran Baru", "Melawai"),
            "Kode kelurahan",
            "31.74.07.9999",
            "Kode ini tidak ada. Contoh: 31.74.02.1001. Salin kodenya dari contoh berkas.",
        ),
        (
            (CODE, "Kebayoran Baru", "Pulo"),
            "Kelurahan",
            "Pulo",
            "Kode 31.74.07.1001 adalah Melawai, bukan kelurahan ini. Betulkan kodenya, atau ketik “Melawai”.",
        ),
        (
            (CODE, "Setiabudi", "Melawai"),
            "Kecamatan",
            "Setiabudi",
            "Kode 31.74.07.1001 ada di kecamatan Kebayoran Baru. Betulkan kodenya, atau ketik “Kebayoran Baru”.",
        ),
    ],
)  # fmt: skip
def test_area_that_is_not_found_says_what_to_type(
    territory: dict[str, Cooperative],
    sudin: User,
    today: date,
    area: tuple[str, str, str],
    column: str,
    value: str,
    told: str,
) -> None:
    batch = previewed((*area, "Berjalan", "22/09/2025"), by=sudin)
    assert errors_of(batch) == [(2, column, value, told)]


@pytest.mark.parametrize(
    ("cells", "column", "value", "told"),
    [
        (("", "22/09/2025"), "Status gerai", "", f"Isi status gerai. Ketik salah satu: {STATUS_WORDS}."),
        (("entah", "22/09/2025"), "Status gerai", "entah", f"“entah” tidak dikenal. Ketik salah satu: {STATUS_WORDS}."),
        (("Berjalan", ""), "Sejak", "", "Isi tanggalnya; yang kosong tidak dianggap hari ini. Contoh: 22/09/2025."),
        (("Berjalan", "31/02/2025"), "Sejak", "31/02/2025", "“31/02/2025” bukan tanggal. Contoh: 22/09/2025."),
        (
            ("Berjalan", "17/03/2026"),
            "Sejak",
            "17/03/2026",
            "Tanggal ini belum terjadi. Paling akhir hari ini: 16/03/2026.",
        ),
        (
            ("Berjalan", "31/12/2024"),
            "Sejak",
            "31/12/2024",
            "KKMP ada sejak 2025. Untuk gerai yang lebih tua, ketik 01/01/2025.",
        ),
        (
            ("Belum berjalan", "22/09/2025"),
            "Sebab",
            "",
            f"Gerai yang belum berjalan perlu sebab. Ketik salah satu: {REASON_WORDS}.",
        ),
        (
            ("Belum berjalan", "22/09/2025", "entah"),
            "Sebab",
            "entah",
            f"“entah” tidak dikenal. Ketik salah satu: {REASON_WORDS}.",
        ),
        (
            ("Berjalan", "22/09/2025", "modal"),
            "Sebab",
            "modal",
            "Sebab hanya untuk gerai yang belum berjalan. Kosongkan, atau ketik status “Ada, belum berjalan”.",
        ),
        (
            ("Berjalan", "22/09/2025", "", "banyak"),
            "Kebutuhan modal (Rp)",
            "banyak",
            "“banyak” bukan jumlah rupiah. Contoh: 1.250.000.",
        ),
        (
            ("Berjalan", "22/09/2025", "", "99999999999999999999"),
            "Kebutuhan modal (Rp)",
            "99999999999999999999",
            "“99999999999999999999” bukan jumlah rupiah. Contoh: 1.250.000.",
        ),
        (
            ("Belum ada gerai", "22/09/2025", "", "5.000.000"),
            "Kebutuhan modal (Rp)",
            "5.000.000",
            "Kebutuhan modal dicatat pada gerai. Kosongkan, atau ketik status “Disiapkan” bila gerainya sedang disiapkan.",
        ),
        (
            ("Belum ada gerai", "22/09/2025", "", "", "Sembako"),
            "Jenis gerai",
            "Sembako",
            "Statusnya “Belum ada gerai”. Kosongkan kolom ini, atau ketik status lain.",
        ),
        (
            ("Belum ada gerai", "22/09/2025", "", "", "", "Gerai Kita"),
            "Nama gerai",
            "Gerai Kita",
            "Statusnya “Belum ada gerai”. Kosongkan kolom ini, atau ketik status lain.",
        ),
        (
            ("Berjalan", "22/09/2025", "", "", "bioskop"),
            "Jenis gerai",
            "bioskop",
            f"“bioskop” tidak dikenal. Ketik salah satu: {KIND_WORDS}.",
        ),
        (
            ("Berjalan", "22/09/2025", "", "", "", "😀" * 10_000),
            "Nama gerai",
            "😀" * 100,
            "Nama ini lebih dari 150 huruf. Ketik yang lebih pendek.",
        ),
    ],
)  # fmt: skip
def test_cell_that_is_wrong_says_what_to_type(
    territory: dict[str, Cooperative],
    sudin: User,
    today: date,
    cells: tuple[str, ...],
    column: str,
    value: str,
    told: str,
) -> None:
    batch = previewed((CODE, "", "", *cells), by=sudin)
    assert errors_of(batch) == [(2, column, value, told)]
    assert batch.counts == {"failed": 1}


def test_all_errors_are_told_at_once(territory: dict[str, Cooperative], sudin: User, today: date) -> None:
    batch = previewed(
        (CODE, "", "", "Berjalan", "22/09/2025"),
        ("", "Setiabudi", "Pulo", "belum berjalan", "besok", "", "x", "y"),
        ("31.74.04.1004", "", "", "Belum ada", "22/09/2025"),
        by=sudin,
    )
    assert [(number, column) for number, column, _value, _text in errors_of(batch)] == [
        (3, "Kelurahan"),
        (3, "Sejak"),
        (3, "Sebab"),
        (3, "Kebutuhan modal (Rp)"),
        (3, "Jenis gerai"),
    ]
    assert batch.counts == {"new": 2, "failed": 1}


def test_kelurahan_that_comes_twice_is_wrong_in_both_rows(
    territory: dict[str, Cooperative], sudin: User, today: date
) -> None:
    batch = previewed(
        (CODE, "", "", "Berjalan", "22/09/2025"),
        ("31.74.07.1007", "", "", "Berjalan", "22/09/2025"),
        ("", "Kebayoran Baru", "Melawai", "Belum ada", "22/09/2025"),
        by=sudin,
    )
    told = "Kelurahan ini ada di beberapa baris: 2, 4. Sisakan satu."
    assert errors_of(batch) == [(2, "Kode kelurahan", CODE, told), (4, "Kelurahan", "Melawai", told)]


def test_what_is_recorded_is_refused_by_name(
    territory: dict[str, Cooperative], sudin: User, today: date
) -> None:
    StatusChangeFactory.create(none=True, cooperative=territory["Melawai"], effective_on=date(2025, 9, 22))
    StatusChangeFactory.create(
        outlet__cooperative=territory["Ragunan"],
        retracted_at="2026-01-05T00:00Z",
        retracted_by=sudin,
        retract_note="Keliru",
        recorded_at="2026-01-01T00:00Z",
    )
    batch = previewed(
        (CODE, "", "", "Berjalan", "1/10/2025"),
        ("31.74.04.1004", "", "", "Belum ada", "1/10/2025"),
        by=sudin,
    )
    assert errors_of(batch) == [
        (
            2,
            "Status gerai",
            "Berjalan",
            (
                "KKMP Melawai sudah dicatat: Belum ada gerai sejak 22 September 2025. Impor ini tidak mengubahnya. "
                "Hapus baris ini; ubah statusnya di halaman koperasi."
            ),
        )
    ]
    assert batch.counts == {"failed": 1, "new": 1}


def test_rows_that_say_nothing_yet_are_skipped(
    territory: dict[str, Cooperative], sudin: User, today: date
) -> None:
    batch = previewed(
        (CODE, "Kebayoran Baru", "Melawai", "", "", "", "", "", ""),
        ("31.74.07.1007", "Kebayoran Baru", "Pulo", "Berjalan", "22/09/2025"),
        ("", "Jumlah", "", "", ""),
        by=sudin,
    )
    assert effects_of(batch) == [
        (2, "skipped", "", []),
        (3, "new", "KKMP Pulo · Berjalan sejak 22/09/2025 · gerai baru “Gerai KKMP Pulo” (Sembako)", []),
    ]


@pytest.mark.parametrize(
    ("cells", "effect", "notes"),
    [
        (("tidak ada", "1 Oktober 2025"), "KKMP Melawai · Belum ada gerai sejak 01/10/2025", []),
        (
            ("SUDAH ADA, BELUM BERJALAN", "2025-10-01", "Modal usaha", "Rp 50.000.000,-", "apotik", "Apotek Sehat"),
            ("KKMP Melawai · Ada, belum berjalan sejak 01/10/2025 · sebab Modal usaha"
            " · kebutuhan modal Rp\xa050.000.000 · gerai baru “Apotek Sehat” (Apotek)"),
            [],
        ),
        (
            ("belum beroperasi", "01.10.25", "kurang modal"),
            ("KKMP Melawai · Ada, belum berjalan sejak 01/10/2025 · sebab Modal usaha"
            " · gerai baru “Gerai KKMP Melawai” (Sembako)"),
            ["Sebabnya modal, tetapi kebutuhan modalnya kosong. Boleh diisi nanti."],
        ),
        (
            ("idle", "16/3/2026", "Listrik, air, internet", "50"),
            ("KKMP Melawai · Ada, belum berjalan sejak 16/03/2026 · sebab Listrik, air, internet"
            " · kebutuhan modal Rp\xa050 · gerai baru “Gerai KKMP Melawai” (Sembako)"),
            ["Kebutuhan modal hanya Rp\xa050. Tulis jumlah penuh dalam rupiah."],
        ),
        (
            ("dalam pembangunan", "1/1/2025", "", "0"),
            "KKMP Melawai · Disiapkan sejak 01/01/2025 · gerai baru “Gerai KKMP Melawai” (Sembako)",
            [],
        ),
        (("tutup", "1/1/2026"), "KKMP Melawai · Ditutup sejak 01/01/2026 · gerai baru “Gerai KKMP Melawai” (Sembako)", []),
    ],
)  # fmt: skip
def test_words_of_the_field_are_understood(
    territory: dict[str, Cooperative],
    sudin: User,
    today: date,
    cells: tuple[str, ...],
    effect: str,
    notes: list[str],
) -> None:
    batch = previewed((CODE, "", "", *cells), by=sudin)
    assert effects_of(batch) == [(2, "new", effect, notes)]


@pytest.mark.parametrize(
    ("existing", "kind", "name", "effect"),
    [
        ([("grocery", "Gerai Lama")], "", "", "gerai yang sudah ada “Gerai Lama” (Sembako)"),
        ([("grocery", "Gerai Lama")], "sembako", "GERAI-LAMA", "gerai yang sudah ada “Gerai Lama” menjadi “GERAI-LAMA” (Sembako)"),
        ([("grocery", "Gerai Lama")], "", "Gerai Baru", "gerai yang sudah ada “Gerai Lama” menjadi “Gerai Baru” (Sembako)"),
        ([("grocery", "Gerai Lama")], "apotek", "", "gerai baru “Gerai KKMP Melawai” (Apotek)"),
        ([("grocery", "Gerai Lama"), ("pharmacy", "Apotek Lama")], "apotek", "", "gerai yang sudah ada “Apotek Lama” (Apotek)"),
        ([("grocery", "Gerai Lama"), ("grocery", "Gerai Dua")], "", "Gerai Dua", "gerai yang sudah ada “Gerai Dua” (Sembako)"),
    ],
)  # fmt: skip
def test_outlet_without_a_status_is_used_again(
    territory: dict[str, Cooperative],
    sudin: User,
    today: date,
    existing: list[tuple[str, str]],
    kind: str,
    name: str,
    effect: str,
) -> None:
    for kind_of, name_of in existing:
        OutletFactory.create(cooperative=territory["Melawai"], kind=kind_of, name=name_of)
    OutletFactory.create(cooperative=territory["Pulo"], name="Gerai Lain")
    batch = previewed((CODE, "", "", "Berjalan", "22/09/2025", "", "", kind, name), by=sudin)
    assert effects_of(batch) == [(2, "new", f"KKMP Melawai · Berjalan sejak 22/09/2025 · {effect}", [])]


def test_which_of_several_outlets_is_asked(
    territory: dict[str, Cooperative], sudin: User, today: date
) -> None:
    for name in ("Gerai Satu", "Gerai Dua"):
        OutletFactory.create(cooperative=territory["Melawai"], name=name)
    batch = previewed((CODE, "", "", "Berjalan", "22/09/2025"), by=sudin)
    assert errors_of(batch) == [
        (
            2,
            "Nama gerai",
            "",
            "KKMP Melawai punya beberapa gerai tanpa status. Ketik salah satu namanya: “Gerai Satu”, “Gerai Dua”.",
        )
    ]


def test_preview_writes_nothing_of_the_subject(
    territory: dict[str, Cooperative], sudin: User, today: date
) -> None:
    previewed((CODE, "", "", "Berjalan", "22/09/2025"), by=sudin)
    assert (StatusChange.objects.count(), Outlet.objects.count()) == (0, 0)


def test_check_asks_the_same_number_of_queries_for_every_size(
    reference: None, sudin: User, today: date, django_assert_num_queries: Any
) -> None:
    codes = sorted(Cooperative.objects.values_list("kelurahan", flat=True))
    for size in (3, 65):
        rows = [(code, "", "", "Berjalan", "22/09/2025") for code in codes[:size]]
        with django_assert_num_queries(8):
            batch = previewed(*rows, by=sudin)
        assert batch.counts == {"new": size}
