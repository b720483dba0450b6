"""Messy registers, unlike each other, read → checked → written → written out → brought again: nothing changes."""

from collections.abc import Callable
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from cooperatives.models import Cooperative
from kkmp.accounts.models import User
from members.imports.member_columns import TITLES
from members.models import Member
from members.national_ids import open_national_id
from tests.factories import CooperativeFactory, officer_of
from tests.member_factories import synthetic_national_id
from tests.members.import_sheets import (
    BORN,
    csv_of,
    effects_of,
    errors_of,
    imported,
    previewed,
    register,
    workbook,
)

JOINED = date(2025, 8, 17)
IDS = [synthetic_national_id(n, born_on=BORN, is_woman=n == 1) for n in range(4)]


def titled_with_merged_heads() -> bytes:
    """Title rows, a head of two rows, counted columns, repeated heads, empty rows, a total and signatures."""
    upper = ("No Urut", "No. Anggota", "Nama Anggota", "JK", "Alamat", "", "", "Tanggal Daftar")
    lower = ("", "", "", "", "Jalan", "RT", "RW", "")
    return workbook(
        (
            "Buku Anggota",
            [
                ("KOPERASI KELURAHAN MERAH PUTIH CONTOH",),
                ("DAFTAR ANGGOTA TAHUN 2025",),
                (),
                upper,
                lower,
                (1, 2, 3, 4, 5, 6, 7, 8),
                (1, "A-01", "Ani Contoh", "P", "Jl. Satu 1", "003", "005", JOINED),
                (2, "A-02", "Budi Contoh", "L", "Jl. Dua 2", 3, 5, 45886),
                (),
                upper,
                lower,
                (3, "A-03", "Cici Contoh", "P", "Jl. Tiga 3", "010", "001", "17 Agustus 2025"),
                ("Jumlah", "", 3),
                (),
                ("", "", "Jakarta, 31 Desember 2025"),
                ("", "", "Ketua"),
            ],
        )
    )


def windows_1252() -> bytes:
    return csv_of(
        ("1", "A-01", IDS[0], "José Contoh", "L", "003/005", "17/08/25"),
        ("2", "A-02", IDS[1], "Ani Contoh", "P", "3 / 5", "17-8-2025"),
        ("3", "A-03", "", "Cici Contoh", "P", "RT 010 RW 001", "2025-08-17"),
        head=("No", "No. Anggota", "No KTP", "Nama Lengkap", "L/P", "RT/RW", "Tgl Masuk"),
        encoding="cp1252",
    )


def utf_16_with_tabs() -> bytes:
    return csv_of(
        ("A-01", "Ani Contoh", "Perempuan", "Aktif", "17/08/2025", "", ""),
        ("A-02", "Budi Contoh", "Laki-laki", "Keluar", "17/08/2025", "31/12/2025", "Pindah"),
        ("A-03", "Cici Contoh", "Wanita", "Meninggal", "17/08/2025", "31/12/2025", ""),
        head=("Nomor Anggota", "Nama", "Jenis Kelamin", "Status", "Tanggal Masuk", "Tanggal Keluar", "Sebab"),
        encoding="utf-16",
        separator="\t",
    )


def numeric_ids() -> bytes:
    return workbook(
        (
            "Sheet1",
            [
                ("NIK", "Nama Anggota", "Tgl Lahir", "No WA", "Tgl Masuk"),
                (float(IDS[0]), "Ani Contoh", BORN, 81234567890, JOINED),
                (IDS[1], "Budi Contoh", 29358, "0812-3456-789", 45886),
                (None, "Cici Contoh", "17 Mei 1980", "", "17/8/25"),
            ],
        )
    )


def two_sheets() -> bytes:
    """A cover with words of ours in it, and the register on the second sheet."""
    return workbook(
        ("Rekap", [("Nama koperasi", "KKMP Contoh"), ("Jumlah anggota", 3), ("Status", "Aktif")]),
        (
            "Anggota",
            [
                ("LAMPIRAN", "", ""),
                ("Nama Anggota", "Tanggal Bergabung", "Jenis"),
                ("Ani Contoh", JOINED, "Anggota biasa"),
                ("Budi Contoh", JOINED, "Luar biasa"),
                ("Cici Contoh", JOINED, ""),
                ("TOTAL", "", ""),
            ],
        ),
    )


SHEETS = [titled_with_merged_heads, windows_1252, utf_16_with_tabs, numeric_ids, two_sheets]


@pytest.mark.parametrize("make", SHEETS, ids=lambda make: make.__name__)
def test_messy_sheet_comes_in_whole_and_again_changes_nothing(
    cooperative: Cooperative, officer: User, make: Callable[[], bytes]
) -> None:
    batch = imported(make(), cooperative, by=officer)
    assert errors_of(batch) == []
    assert {key: count for key, count in batch.counts.items() if key != "skipped"} == {"new": 3}
    assert register(cooperative, "joined_on") == [(JOINED,)] * 3
    again = previewed(make(), cooperative, by=officer)
    assert {outcome for _number, outcome, _effect in effects_of(again)} - {"skipped"} == {"same"}
    out = previewed(written_out(cooperative), cooperative, by=officer)
    assert out.counts == {"same": 3}


def test_heads_of_two_rows_are_read_together(cooperative: Cooperative, officer: User) -> None:
    imported(titled_with_merged_heads(), cooperative, by=officer)
    assert register(cooperative, "number", "full_name", "gender", "address", "rt", "rw") == [
        ("A-01", "Ani Contoh", "female", "Jl. Satu 1", "003", "005"),
        ("A-02", "Budi Contoh", "male", "Jl. Dua 2", "003", "005"),
        ("A-03", "Cici Contoh", "female", "Jl. Tiga 3", "010", "001"),
    ]


def test_days_and_numbers_of_cells_are_understood(cooperative: Cooperative, officer: User) -> None:
    imported(numeric_ids(), cooperative, by=officer)
    assert register(cooperative, "number", "national_id_last", "birth_date", "phone") == [
        ("001", "", BORN, "081234567890"),
        ("002", IDS[1][-4:], BORN, "0812-3456-789"),
        ("003", "", BORN, ""),
    ]


WRITTEN = (
    "number", "full_name", "gender", "birth_date", "phone", "address", "rt", "rw",
    "domicile", "ktp_seen_on", "kind", "applied_on", "joined_on", "ended_on", "end_reason",
)  # fmt: skip


def written_out(cooperative: Cooperative) -> bytes:
    """The register as an export writes it: typed days, words for choices, identity numbers as text."""
    fields = {name: Member._meta.get_field(name) for name in WRITTEN}
    head = ["NIK", *(str(TITLES[name]) for name in WRITTEN)]
    rows = [
        [
            open_national_id(member),
            *(
                dict(field.flatchoices).get(getattr(member, name), getattr(member, name))  # type: ignore[union-attr]
                for name, field in fields.items()
            ),
        ]
        for member in Member.objects.filter(cooperative=cooperative).order_by("number", "pk")
    ]
    return workbook(
        (
            "Daftar anggota",
            [head, *[[cell if isinstance(cell, date) else str(cell or "") for cell in row] for row in rows]],
        )
    )


NAMES = st.text(alphabet="abcdefghijk ", min_size=3, max_size=12).filter(lambda text: text.strip() != "")
DAYS = st.dates(date(2025, 1, 1), date(2025, 12, 31))
ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "name": NAMES,
            "id": st.sampled_from(["", "belum ada", "digits"]),
            "gender": st.sampled_from(["", "L", "P", "perempuan"]),
            "phone": st.sampled_from(["", "08123456789", "81234567890"]),
            "rt_rw": st.sampled_from(["", "3/5", "003/005", "RT 1 RW 2"]),
            "joined": DAYS,
            "ended": st.sampled_from(["", "31/12/2025"]),
            "style": st.sampled_from(["%d/%m/%Y", "%d-%m-%y", "%Y-%m-%d"]),
        }
    ),
    min_size=1,
    max_size=4,
)


class RegisterComesAgain(TestCase):
    @settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
    @given(rows=ROWS)
    def test_what_came_in_and_goes_out_comes_in_as_the_same(self, rows: list[dict[str, object]]) -> None:
        cooperative = CooperativeFactory.create()
        officer = officer_of(cooperative.kelurahan)
        head = ("No. Anggota", "NIK", "Nama", "L/P", "HP", "RT/RW", "Tgl Masuk", "Tgl Keluar")
        cells = [
            (
                f"A-{number:02}",
                IDS[number % 4] if row["id"] == "digits" else str(row["id"]),
                str(row["name"]),
                str(row["gender"]),
                str(row["phone"]),
                str(row["rt_rw"]),
                f"{row['joined']:{row['style']}}",
                str(row["ended"]),
            )
            for number, row in enumerate(rows)
        ]
        sheet = csv_of(*cells, head=head)
        assert imported(sheet, cooperative, by=officer).counts == {"new": len(rows)}
        for content in (sheet, written_out(cooperative)):
            assert previewed(content, cooperative, by=officer).counts == {"same": len(rows)}
