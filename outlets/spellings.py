"""Words that people write for a status, a reason and a kind of outlet, as sheets from the field have them."""

from collections.abc import Mapping
from functools import cache

from django.db.models import TextChoices

from kkmp.languages import in_every_language
from kkmp.parsing import choice_key, parse_choice
from outlets.models import OutletKind, Reason, Status

# Indonesian whatever language the page is read in; labels in every language are understood beside them.
_STATUS: Mapping[str, str] = {
    Status.RUNNING: (
        "berjalan, sudah berjalan, jalan, sudah jalan, beroperasi, sudah beroperasi, operasional, sudah operasional, "
        "aktif, buka, sudah buka"
    ),
    Status.IDLE: (
        "ada belum berjalan, belum berjalan, ada tapi belum berjalan, ada gerai belum berjalan, "
        "sudah ada belum berjalan, belum jalan, tidak berjalan, belum beroperasi, tidak beroperasi, "
        "ada belum beroperasi, belum operasional, belum aktif, tidak aktif, belum buka, berhenti, "
        "berhenti sementara, tutup sementara, vakum, mangkrak, menganggur"
    ),
    Status.PREPARING: (
        "disiapkan, sedang disiapkan, persiapan, dalam persiapan, dibangun, sedang dibangun, pembangunan, "
        "dalam pembangunan, renovasi, direncanakan, rencana"
    ),
    Status.CLOSED: "ditutup, tutup, sudah tutup, tutup permanen, ditutup permanen",
    Status.NONE: (
        "belum ada gerai, belum ada, tidak ada, tidak ada gerai, belum punya, belum punya gerai, "
        "belum memiliki gerai, tanpa gerai, nihil"
    ),
}
_REASON: Mapping[str, str] = {
    Reason.CAPITAL: "modal usaha, modal, kurang modal, kekurangan modal, belum ada modal, modal kerja, permodalan, dana",
    Reason.STOCK: "stok atau pemasok, stok, stok barang, barang, pemasok, suplier, supplier, pasokan",
    Reason.STAFF: "pengelola, sdm, tenaga, tenaga kerja, pegawai, karyawan, penjaga",
    Reason.PERMIT: "perizinan, izin, ijin, perijinan, legalitas, izin usaha",
    Reason.UTILITIES: "listrik air internet, listrik, air, internet, utilitas, jaringan, jaringan listrik",
    Reason.PREMISES: "tempat, lokasi, lahan, bangunan, gedung, sewa tempat",
    Reason.DEMAND: "pembeli sepi, sepi, sepi pembeli, pasar, pembeli, konsumen",
    Reason.GOVERNANCE: "kepengurusan, pengurus, tata kelola, kelembagaan, organisasi",
    Reason.OTHER: "lainnya, lain, lain lain",
}
_KIND: Mapping[str, str] = {
    OutletKind.GROCERY: "sembako, toko sembako, gerai sembako, kelontong, toko, warung",
    OutletKind.PHARMACY: "apotek, apotik, gerai obat, apotek kelurahan",
    OutletKind.OFFICE: "kantor koperasi, kantor",
    OutletKind.SAVINGS_LOAN: "unit simpan pinjam, simpan pinjam, usp",
    OutletKind.CLINIC: "klinik, klinik kelurahan, klinik desa",
    OutletKind.WAREHOUSE: "cold storage gudang, cold storage, gudang, pergudangan",
    OutletKind.LOGISTICS: "logistik, distribusi",
    OutletKind.OTHER: "lainnya, lain, lain lain",
}

_WORDS: Mapping[type[TextChoices], Mapping[str, str]] = {Status: _STATUS, Reason: _REASON, OutletKind: _KIND}


@cache
def _spellings(choices: type[TextChoices]) -> Mapping[str, str]:
    shown = {
        choice_key(word): str(member.value) for member in choices for word in in_every_language(member.label)
    }
    written = {
        choice_key(word): str(value) for value, text in _WORDS[choices].items() for word in text.split(",")
    }
    return {**{choice_key(value): str(value) for value in choices.values}, **shown, **written}


def _read(value: object, choices: type[TextChoices]) -> str:
    return parse_choice(value, _spellings(choices), offered=choices.labels)


def parse_status(value: object) -> Status | None:
    """Empty is None. Raises ValueError that names the words on offer."""
    found = _read(value, Status)
    return Status(found) if found else None


def parse_reason(value: object) -> Reason | None:
    """Empty is None. Raises ValueError that names the words on offer."""
    found = _read(value, Reason)
    return Reason(found) if found else None


def parse_kind(value: object) -> OutletKind | None:
    """Empty is None. Raises ValueError that names the words on offer."""
    found = _read(value, OutletKind)
    return OutletKind(found) if found else None
