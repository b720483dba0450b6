"""A members' register comes in: good rows at once, every error told, and taken back."""

from datetime import date

import pytest

from cooperatives.models import Cooperative
from kkmp.accounts.models import User
from kkmp.imports.models import BatchState, ImportBatch
from kkmp.tabular.reading import FileError
from members.models import EndReason, Member
from tests.member_factories import MemberFactory
from tests.members.import_sheets import (
    ANI_ID,
    BORN,
    BUDI_ID,
    HEAD,
    Cell,
    csv_of,
    effects_of,
    errors_of,
    imported,
    notes_of,
    previewed,
    register,
    workbook,
)

ANI = ("A-01", ANI_ID, "Ani Contoh", "P", "17/05/1980", "17 Agustus 2025")
BUDI = ("A-02", BUDI_ID, "Budi Contoh", "Laki-laki", "17-05-80", "01.09.2025")
GOOD_ROW = ("A-09", "", "Gita Contoh", "", "", "17/08/2025", "", "")
NO_DOMICILE = "Domisili KTP belum diketahui."
WHOLE = ("number", "full_name", "gender", "birth_date", "joined_on", "national_id_last", "is_taken_over")


def test_register_is_taken_over_as_it_stands(cooperative: Cooperative, officer: User) -> None:
    batch = imported(csv_of(ANI, BUDI), cooperative, by=officer)
    assert (batch.state, batch.counts, batch.cooperative) == (BatchState.CONFIRMED, {"new": 2}, cooperative)
    assert register(cooperative, *WHOLE) == [
        ("A-01", "Ani Contoh", "female", BORN, date(2025, 8, 17), ANI_ID[-4:], True),
        ("A-02", "Budi Contoh", "male", BORN, date(2025, 9, 1), BUDI_ID[-4:], True),
    ]
    assert notes_of(batch) == {2: [NO_DOMICILE], 3: [NO_DOMICILE]}
    member = Member.objects.with_national_id(ANI_ID).get()
    assert [
        (one.history_type, one.history_user, one.history_change_reason) for one in member.history.all()
    ] == [("+", officer, "Impor “anggota.csv”")]


def test_every_error_is_told_at_once_and_the_good_rows_go_in(cooperative: Cooperative, officer: User) -> None:
    bad = ("A-03", "31749917058", "123", "entah", "17/08/25", "bulan lalu")
    batch = imported(csv_of(ANI, bad, ("", "", "Cici Contoh", "P", "6x8", "")), cooperative, by=officer)
    assert (batch.state, batch.counts) == (BatchState.CONFIRMED, {"new": 1, "failed": 2})
    assert errors_of(batch) == [
        (3, "Nama lengkap", "123", "Ini bukan nama. Ketik nama lengkap anggota."),
        (3, "Jenis kelamin", "entah", "“entah” tidak dikenal. Ketik salah satu: “Perempuan”, “Laki-laki”."),
        (
            3,
            "Tanggal lahir",
            "17/08/25",
            "Tahun “25” bisa 1925 atau 2025. Ketik tahunnya dengan empat angka.",
        ),
        (3, "Tanggal masuk", "bulan lalu", "“bulan lalu” bukan tanggal. Contoh: 22/09/2025."),
        (
            3,
            "NIK",
            "•••••••7058",
            "NIK terdiri dari 16 angka. Boleh juga dikosongkan: NIK menyusul.",
        ),
        (4, "Tanggal lahir", "6x8", "“6x8” bukan tanggal. Contoh: 22/09/2025."),
        (4, "Tanggal masuk", "", "Ketik tanggal masuk, misalnya 17/08/2025."),
    ]
    assert register(cooperative, "number") == [("A-01",)]


@pytest.mark.parametrize(
    ("cell", "note"),
    [
        (
            3174995705809001.0,
            "NIK menyusul: NIK di sel angka sudah rusak. Format kolomnya sebagai teks, lalu ketik ulang NIK.",
        ),
        (
            "3,17499E+15",
            "NIK menyusul: NIK di sel angka sudah rusak. Format kolomnya sebagai teks, lalu ketik ulang NIK.",
        ),
        ("31749957058090", "NIK menyusul: NIK terdiri dari 16 angka."),
        ("belum ada", "NIK menyusul: NIK terdiri dari 16 angka."),
        ("••••••••••••9001", "NIK menyusul: yang tertulis disamarkan. Ketik 16 angkanya bila ada."),
        ("-", "NIK menyusul."),
        (None, "NIK menyusul."),
    ],
)
def test_broken_number_never_stops_a_member(
    cooperative: Cooperative, officer: User, cell: Cell, note: str
) -> None:
    sheet = workbook(("Anggota", [HEAD, ("A-01", cell, "Ani Contoh", "P", BORN, date(2025, 8, 17))]))
    batch = imported(sheet, cooperative, by=officer, name="anggota.xlsx")
    assert (batch.counts, notes_of(batch)) == ({"new": 1}, {2: [note, NO_DOMICILE]})
    assert register(cooperative, "number", "national_id_index") == [("A-01", None)]


def test_unchanged_file_writes_no_row(cooperative: Cooperative, officer: User) -> None:
    nameless = ("", "", "Cici Contoh", "P", "", "17/08/2025")
    sheet = csv_of(ANI, BUDI, nameless)
    imported(sheet, cooperative, by=officer)
    before = list(Member.history.order_by("pk").values_list("history_id", "version"))
    again = previewed(sheet, cooperative, by=officer)
    assert [(number, outcome) for number, outcome, _effect in effects_of(again)] == [
        (2, "same"),
        (3, "same"),
        (4, "same"),
    ]
    assert again.writable_count == 0
    assert list(Member.history.order_by("pk").values_list("history_id", "version")) == before


def test_namesakes_of_one_day_are_known_again(cooperative: Cooperative, officer: User) -> None:
    head = ("Nama", "Tgl Masuk")
    row = ("Ani Contoh", "17/08/2025")
    content = csv_of(row, row, head=head)
    imported(content, cooperative, by=officer)
    assert previewed(content, cooperative, by=officer).counts == {"same": 2}
    assert errors_of(previewed(csv_of(row, head=head), cooperative, by=officer)) == [
        (
            2,
            "Nama lengkap",
            "Ani Contoh",
            "Nama ini ada di beberapa nomor: 001, 002. Ketik nomornya di kolom “Nomor anggota”.",
        )
    ]


def test_what_copying_leaves_in_cells_harms_nothing(cooperative: Cooperative, officer: User) -> None:
    content = csv_of(
        ("Budi Contoh", f"\u200b{BUDI_ID}", "RT03RW05", "01/09/2025"),
        ("#REF!", "", "", "01/09/2025"),
        head=("Nama", "NIK", "RT/RW", "Tgl Masuk"),
    )
    batch = imported(content, cooperative, by=officer)
    assert register(cooperative, "full_name", "national_id_last", "rt", "rw") == [
        ("Budi Contoh", BUDI_ID[-4:], "003", "005")
    ]
    assert errors_of(batch) == [(3, "Nama lengkap", "#REF!", "Ini bukan nama. Ketik nama lengkap anggota.")]


def test_second_table_with_other_columns_is_told(cooperative: Cooperative, officer: User) -> None:
    content = csv_of(
        ("Ani Contoh", "17/05/1980", "17/08/2025"),
        ("Nama", "Tgl Masuk", "Tgl Lahir"),
        ("Budi Contoh", "01/09/2025", "17/05/1980"),
        head=("Nama", "Tgl Lahir", "Tgl Masuk"),
    )
    with pytest.raises(FileError, match="Di baris 3 ada judul tabel lain"):
        previewed(content, cooperative, by=officer)


def test_change_is_shown_old_to_new_and_blanks_never_wipe(cooperative: Cooperative, officer: User) -> None:
    member = MemberFactory.create(
        cooperative=cooperative,
        number="A-01",
        full_name="Ani Contoh",
        national_id=ANI_ID,
        phone="0811111111",
        gender="female",
        birth_date=BORN,
        joined_on=date(2025, 8, 17),
    )
    row = ("", ANI_ID, "Ani Contoh Putri", "", "", "", "812345678901")
    batch = imported(csv_of(row, head=(*HEAD, "No HP")), cooperative, by=officer)
    assert effects_of(batch) == [
        (
            2,
            "changed",
            "Nama lengkap: Ani Contoh → Ani Contoh Putri; Nomor telepon: 0811111111 → 0812345678901",
        )
    ]
    member.refresh_from_db()
    assert (member.full_name, member.phone, member.birth_date, member.version) == (
        "Ani Contoh Putri",
        "0812345678901",
        BORN,
        2,
    )


def test_number_missing_at_first_is_added_later(cooperative: Cooperative, officer: User) -> None:
    imported(csv_of(("A-01", "", *ANI[2:])), cooperative, by=officer)
    batch = imported(csv_of(ANI), cooperative, by=officer)
    assert effects_of(batch) == [(2, "changed", f"NIK: – → ••••••••••••{ANI_ID[-4:]}")]
    assert Member.objects.with_national_id(ANI_ID).get().number == "A-01"


def test_number_that_excel_shortened_is_the_same_member(cooperative: Cooperative, officer: User) -> None:
    MemberFactory.create(cooperative=cooperative, number="001", full_name="Ani Contoh")
    row = ("1", "", "ani  contoh", "P", "", "01/08/2025")
    batch = imported(csv_of(row), cooperative, by=officer)
    assert batch.counts == {"changed": 1}
    assert register(cooperative, "number", "full_name", "gender") == [("001", "ani contoh", "female")]


def test_number_of_another_member_is_told_by_name(cooperative: Cooperative, officer: User) -> None:
    MemberFactory.create(cooperative=cooperative, number="B-7", full_name="Dedi Contoh", national_id=ANI_ID)
    batch = previewed(csv_of(ANI), cooperative, by=officer)
    assert errors_of(batch) == [
        (
            2,
            "NIK",
            f"••••••••••••{ANI_ID[-4:]}",
            "NIK ini milik Dedi Contoh, nomor B-7. Periksa nomor atau NIK-nya.",
        )
    ]


def test_identity_number_in_another_column_is_told_and_kept_nowhere(
    cooperative: Cooperative, officer: User
) -> None:
    head = (*HEAD, "Alamat", "Status")
    row = (
        ANI_ID,
        "",
        f"Ani {ANI_ID}",
        "",
        "",
        f"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx{ANI_ID}",
        f"Jl. {ANI_ID}",
        ANI_ID,
    )
    batch = imported(csv_of(row, GOOD_ROW, head=head), cooperative, by=officer)
    told = "Sel ini memuat NIK. Tulis NIK hanya di kolom NIK."
    assert [(column, text) for _row, column, _value, text in errors_of(batch)] == [
        (column, told) for column in ("Nomor anggota", "Nama lengkap", "Alamat", "Tanggal masuk", "Status")
    ]
    assert ANI_ID[:8] not in str(list(batch.rows.values_list("payload", "messages", "effect")))


def test_doubles_in_the_file_name_each_other(cooperative: Cooperative, officer: User) -> None:
    double = ("a-01", ANI_ID, "Eka Contoh", "", "", "17/08/2025")
    batch = previewed(csv_of(ANI, BUDI, double), cooperative, by=officer)
    told = "Sama dengan baris %s. Sisakan satu, atau betulkan."
    hidden = f"••••••••••••{ANI_ID[-4:]}"
    assert errors_of(batch) == [
        (2, "Nomor anggota", "A-01", told % 4),
        (2, "NIK", hidden, told % 4),
        (4, "Nomor anggota", "a-01", told % 2),
        (4, "NIK", hidden, told % 2),
    ]


def test_blank_numbers_follow_the_highest_of_register_and_file(
    cooperative: Cooperative, officer: User
) -> None:
    MemberFactory.create(cooperative=cooperative, number="A-09")
    rows = [("", "", f"Contoh {n}", "", "", "17/08/2025") for n in ("Satu", "Dua")]
    imported(csv_of(("A-11", *ANI[1:]), *rows), cooperative, by=officer)
    assert register(cooperative, "number") == [("A-09",), ("A-11",), ("A-12",), ("A-13",)]


def test_who_left_comes_with_day_and_reason_and_may_return(cooperative: Cooperative, officer: User) -> None:
    head = (*HEAD, "Status", "Tgl Keluar", "Sebab")
    rows = [
        (*ANI, "Keluar", "31/12/2025", "pindah"),
        (*BUDI, "Meninggal", "31/12/2025", ""),
        ("A-05", ANI_ID, "Ani Contoh", "P", "17/05/1980", "01/02/2026", "Aktif", "", ""),
        ("A-06", "", "Fitri Contoh", "P", "", "01/02/2026", "Keluar", "", ""),
        ("A-07", "", "Gita Contoh", "P", "", "01/02/2026", "Aktif", "01/03/2026", ""),
        ("A-08", "", "Hana Contoh", "P", "", "01/02/2026", "", "01/03/2026", ""),
    ]
    sheet = csv_of(*rows, head=head)
    batch = imported(sheet, cooperative, by=officer)
    assert errors_of(batch) == [
        (5, "Tanggal keluar", "", "Ketik tanggal keluar, misalnya 31/12/2025."),
        (
            6,
            "Status",
            "Aktif",
            "Sudah keluar pada 01/03/2026. Kosongkan tanggal keluarnya, atau tulis “Keluar”.",
        ),
    ]
    assert register(cooperative, "number", "ended_on", "end_reason") == [
        ("A-01", date(2025, 12, 31), EndReason.MOVED),
        ("A-02", date(2025, 12, 31), EndReason.DIED),
        ("A-05", None, ""),
        ("A-08", date(2026, 3, 1), EndReason.UNKNOWN),
    ]
    again = previewed(sheet, cooperative, by=officer)
    assert again.counts == {"same": 4, "failed": 2}


def test_file_is_no_way_around_admission(cooperative: Cooperative, officer: User) -> None:
    MemberFactory.create(cooperative=cooperative, applicant=True, full_name="Ani Contoh", national_id=ANI_ID)
    MemberFactory.create(
        cooperative=cooperative,
        number="A-02",
        full_name="Budi Contoh",
        kind="extraordinary",
        domicile="elsewhere",
    )
    head = (*HEAD, "Jenis")
    batch = previewed(
        csv_of(("", *ANI[1:], ""), ("A-02", "", "Budi Contoh", "", "", "", "Anggota"), head=head),
        cooperative,
        by=officer,
    )
    assert errors_of(batch) == [
        (
            2,
            "Tanggal masuk",
            "17 Agustus 2025",
            "Calon ini diterima di halaman anggotanya, bukan lewat berkas.",
        ),
        (
            3,
            "Jenis keanggotaan",
            "Anggota",
            "Menjadi anggota biasa dicatat di halaman anggotanya, bukan lewat berkas.",
        ),
    ]


def test_of_place_and_date_in_one_cell_the_date_is_kept(cooperative: Cooperative, officer: User) -> None:
    head = ("Nama", "TTL", "Tgl Masuk", "RT/RW")
    batch = imported(
        csv_of(
            ("Ani Contoh", "Jakarta, 17-05-1980", "17/08/2025", "3/5"),
            ("Budi Contoh", "Kota Contoh / 3 Juni 1975", "17/08/2025", "-"),
            ("Citra Contoh", "Jakarta", "17/08/2025", "1/2"),
            ("Dian Contoh", "", "17/08/2025", "03/05/2026"),
            head=head,
        ),
        cooperative,
        by=officer,
    )
    assert (
        "Tanggal lahir di “Tempat dan tanggal lahir” tidak terbaca. Tulis seperti “Jakarta, 17/08/1980”."
        in notes_of(batch)[4]
    )
    assert errors_of(batch) == [(5, "RT/RW", "03/05/2026", "“03/05/2026” bukan RT/RW. Contoh: 003/005.")]
    assert register(cooperative, "birth_date", "rt", "rw") == [
        (date(1980, 5, 17), "003", "005"),
        (date(1975, 6, 3), "", ""),
        (None, "001", "002"),
    ]


def test_second_living_membership_elsewhere_is_a_warning_that_reveals_nothing(
    cooperative: Cooperative, officer: User
) -> None:
    MemberFactory.create(full_name="Rahasia Lain", national_id=ANI_ID)
    batch = imported(csv_of(ANI), cooperative, by=officer)
    assert notes_of(batch)[2][1:] == [
        "NIK ini juga tercatat pada keanggotaan yang masih berjalan di KKMP lain. Tanyakan kepada anggotanya."
    ]
    assert "Rahasia" not in str(list(batch.rows.values()))


# --- undo -----------------------------------------------------------------------


def test_row_20001_is_told(cooperative: Cooperative, officer: User) -> None:
    rows = [("", "", "Ani Contoh", "", "", "17/08/2025")] * 20_001
    with pytest.raises(FileError, match=r"lebih dari 20\.000 baris"):
        previewed(csv_of(*rows), cooperative, by=officer)
    assert ImportBatch.objects.count() == 0


def test_file_of_another_sort_is_not_read_as_text(cooperative: Cooperative, officer: User) -> None:
    with pytest.raises(FileError, match="Baris judul tidak ditemukan"):
        previewed(b"apa saja", cooperative, by=officer)
