"""Columns of sheets with savings, long and wide, as officers title them, and the words that stand in their cells."""

from collections.abc import Mapping
from functools import cache

from django.db.models import TextChoices
from django.utils.dates import MONTHS
from django.utils.translation import gettext_lazy as _

from kkmp.languages import in_every_language
from kkmp.parsing import choice_key, month_words, parse_choice
from kkmp.tabular.reading import Column
from members.models import Movement, SavingsKind

# Years that the title of a column of months may bear.
YEARS = range(2024, 2031)


def _month_names(month: int) -> tuple[str, ...]:
    """“Jan”, “Jan 2026”, “Jan-26”, “01/2026”, and the day that Excel makes of it."""
    words = month_words(month)
    dated = [f"{word}{year}" for year in YEARS for word in words]
    short = [f"{word}{year % 100}" for year in YEARS for word in words]
    numbers = [f"{month:02}/{year}" for year in YEARS] + [f"{year}-{month:02}-01" for year in YEARS]
    return (*words, *dated, *short, *numbers)


MEMBER = (
    Column(
        "number",
        _("Nomor anggota"),
        (
            "nomor anggota",
            "no anggota",
            "nomor induk anggota",
            "no induk anggota",
            "nia",
            "no buku anggota",
            "no agt",
        ),
    ),
    Column(
        "national_id",
        _("NIK"),
        ("nik", "no ktp", "nomor ktp", "no nik", "nomor nik", "nik ktp", "ktp"),
        is_national_id=True,
    ),
    Column(
        "full_name", _("Nama lengkap"), ("nama lengkap", "nama anggota", "nama", "nama penyetor", "penyetor")
    ),
)
OF_A_RECEIPT = (
    Column(
        "day",
        _("Tanggal"),
        (
            "tanggal",
            "tgl",
            "tanggal setor",
            "tgl setor",
            "tanggal bayar",
            "tgl bayar",
            "tanggal transaksi",
            "tgl transaksi",
            "per tanggal",
            "per tgl",
            "saldo per tanggal",
            "posisi per tanggal",
        ),
        is_day=True,
    ),
    Column(
        "receipt",
        _("Nomor bukti"),
        (
            "nomor bukti",
            "no bukti",
            "bukti",
            "nomor kwitansi",
            "no kwitansi",
            "no kuitansi",
            "nomor kuitansi",
            "kwitansi",
            "kuitansi",
            "no bukti setor",
        ),
    ),
    Column("note", _("Catatan"), ("catatan", "keterangan", "ket", "uraian")),
)
LONG = (
    Column("kind", _("Jenis simpanan"), ("jenis simpanan", "jenis simp", "simpanan", "jenis")),
    Column("movement", _("Mutasi"), ("mutasi", "jenis mutasi", "jenis transaksi", "transaksi")),
    Column(
        "amount",
        _("Jumlah (Rp)"),
        ("jumlah", "nominal", "jumlah setoran", "setoran", "jumlah bayar", "nilai", "besar simpanan"),
    ),
    Column(
        "months",
        _("Untuk bulan"),
        ("untuk bulan", "bulan", "pembayaran bulan", "bulan bayar", "dari bulan", "periode"),
    ),
    Column(
        "months_to", _("S.d. bulan"), ("s.d. bulan", "sd bulan", "s/d bulan", "sampai bulan", "hingga bulan")
    ),
)
WIDE = (
    Column(
        "principal",
        _("Simpanan pokok (Rp)"),
        ("simpanan pokok", "pokok", "simp pokok", "saldo pokok", "saldo simpanan pokok", "sp"),
    ),
    Column(
        "mandatory",
        _("Simpanan wajib (Rp)"),
        ("simpanan wajib", "wajib", "simp wajib", "saldo wajib", "saldo simpanan wajib", "sw"),
    ),
    Column(
        "voluntary",
        _("Simpanan sukarela (Rp)"),
        ("simpanan sukarela", "sukarela", "simp sukarela", "saldo sukarela", "saldo simpanan sukarela", "ss"),
    ),
    Column(
        "paid_until",
        _("Lunas sampai bulan"),
        (
            "lunas sampai bulan",
            "lunas sampai",
            "lunas s.d.",
            "lunas s/d",
            "lunas sd",
            "lunas s.d. bulan",
            "wajib lunas sampai",
            "dibayar sampai",
        ),
    ),
)
GRID = (
    Column("year", _("Tahun"), ("tahun", "tahun buku")),
    *(Column(f"m{month:02}", MONTHS[month], _month_names(month)) for month in MONTHS),
)  # fmt: skip
COLUMNS = (*MEMBER, *OF_A_RECEIPT, *LONG, *WIDE, *GRID)
TITLES = {column.key: column.title for column in COLUMNS}
KIND_OF = {
    "principal": SavingsKind.PRINCIPAL,
    "mandatory": SavingsKind.MANDATORY,
    "voluntary": SavingsKind.VOLUNTARY,
}
MONTH_KEYS = {f"m{month:02}": month for month in MONTHS}

_KIND: Mapping[str, str] = {
    SavingsKind.PRINCIPAL: "pokok, simpanan pokok, simp pokok, sp, s pokok, simpok",
    SavingsKind.MANDATORY: "wajib, simpanan wajib, simp wajib, sw, s wajib, simwa, iuran wajib, iuran",
    SavingsKind.VOLUNTARY: "sukarela, simpanan sukarela, simp sukarela, ss, s sukarela, simka, tabungan, manasuka",
}
_MOVEMENT: Mapping[str, str] = {
    Movement.OPENING: "saldo awal, saldo, opening",
    Movement.DEPOSIT: "setoran, setor, bayar, masuk, simpan, kredit",
    Movement.WITHDRAWAL: "penarikan, tarik, ambil, debit",
    Movement.REFUND: "pengembalian saat keluar, pengembalian",
    Movement.REVERSAL: "pembatalan, batal",
}
_WORDS: Mapping[type[TextChoices], Mapping[str, str]] = {SavingsKind: _KIND, Movement: _MOVEMENT}


@cache
def _spellings(choices: type[TextChoices]) -> Mapping[str, str]:
    shown = {choice_key(word): str(one.value) for one in choices for word in in_every_language(one.label)}
    written = {
        choice_key(word): str(value) for value, text in _WORDS[choices].items() for word in text.split(",")
    }
    return {**shown, **written}


def parse_savings_kind(value: str) -> str:
    """Empty stays empty. Raises ValueError that names the words on offer."""
    return parse_choice(value, _spellings(SavingsKind), offered=SavingsKind.labels)


def parse_movement(value: str) -> str:
    """Empty stays empty. Raises ValueError that names the two that a file may bring."""
    offered = (Movement.DEPOSIT.label, Movement.OPENING.label)
    return parse_choice(value, _spellings(Movement), offered=offered)
