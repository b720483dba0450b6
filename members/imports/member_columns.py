"""Columns of a members' register as officers title them, and the words that stand in their cells."""

from collections.abc import Mapping
from functools import cache

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cooperatives.models import Gender
from kkmp.languages import in_every_language
from kkmp.parsing import choice_key, parse_choice
from kkmp.tabular.reading import Column
from members.models import Domicile, EndReason, MemberKind


class Standing(TextChoices):
    """What a register says of a person in its column “Status”."""

    MEMBER = "member", pgettext_lazy("standing", "Aktif")
    APPLICANT = "applicant", _("Calon anggota")
    ENDED = "ended", _("Keluar")


COLUMNS = (
    Column(
        "number",
        _("Nomor anggota"),
        ("no anggota", "nomor induk anggota", "no induk anggota", "nomor keanggotaan", "nia", "no buku anggota", "no agt"),
    ),
    Column(
        "national_id",
        _("NIK"),
        ("nik", "no ktp", "nomor ktp", "no nik", "nomor nik", "nik ktp", "no identitas", "nomor identitas", "ktp", "nomor induk kependudukan", "no induk kependudukan", "nomor kependudukan", "nik/ktp", "no ktp/nik", "nik/no ktp"),
        is_national_id=True,
    ),
    Column(
        "full_name",
        _("Nama lengkap"),
        ("nama anggota", "nama lengkap anggota", "nama sesuai ktp", "nama lengkap sesuai ktp", "nama", "nama penduduk", "nama jelas", "nama warga", "nama pemohon"),
        is_required=True,
    ),
    Column(
        "gender",
        _("Jenis kelamin"),
        ("l/p", "p/l", "jk", "j/k", "jenkel", "jns kelamin", "kelamin", "gender", "sex", "lk/pr", "jns kel", "jenis kel"),
    ),
    Column("birth_date", _("Tanggal lahir"), ("tgl lahir", "tgl. lahir", "lahir", "tanggal kelahiran"), is_day=True),
    # Place and day in one cell, “Jakarta, 17-08-1980”: only the day is kept.
    Column(
        "birth_place_and_date",
        _("Tempat dan tanggal lahir"),
        ("ttl", "tempat tanggal lahir", "tempat/tgl lahir", "tempat tgl lahir", "tmpt tgl lahir", "tempat dan tgl lahir", "tempat & tanggal lahir", "tempat & tgl lahir"),
    ),
    Column(
        "phone",
        _("Nomor telepon"),
        ("no hp", "hp", "no wa", "wa", "nomor hp", "nomor wa", "no telp", "no telepon", "telepon", "telp", "whatsapp", "no whatsapp", "no hp/wa", "hp/wa", "kontak", "telp/hp", "no telp/hp", "telp/wa", "nomor handphone", "no handphone", "handphone"),
    ),
    Column("address", _("Alamat"), ("alamat lengkap", "alamat rumah", "alamat ktp", "alamat sesuai ktp", "alamat tinggal", "alamat domisili", "alamat sekarang", "tempat tinggal", "jalan")),
    Column("rt_rw", _("RT/RW"), ("rt rw", "rtrw", "rt / rw")),
    Column("rt", "RT", ("rt", "no rt")),
    Column("rw", "RW", ("rw", "no rw")),
    Column("domicile", _("Domisili KTP"), ("domisili", "status domisili", "ktp kelurahan")),
    Column("ktp_seen_on", _("KTP dilihat tanggal"), ("ktp dilihat", "tgl ktp dilihat"), is_day=True),
    Column("kind", _("Jenis keanggotaan"), ("jenis anggota", "jenis", "golongan anggota", "kategori anggota")),
    Column("standing", _("Status"), ("status anggota", "status keanggotaan", "keadaan", "keaktifan")),
    Column(
        "applied_on",
        _("Tanggal permohonan"),
        ("tgl permohonan", "tanggal pengajuan", "tgl pengajuan", "tgl permohonan anggota"),
        is_day=True,
    ),
    Column(
        "joined_on",
        _("Tanggal masuk"),
        ("tgl masuk", "tanggal daftar", "tgl daftar", "tanggal bergabung", "tgl bergabung", "tanggal masuk anggota", "tgl masuk anggota", "masuk", "tanggal diterima", "tgl diterima", "tanggal pendaftaran", "terdaftar sejak", "anggota sejak", "menjadi anggota", "tgl gabung", "tanggal gabung", "tgl jadi anggota", "tanggal menjadi anggota", "tgl menjadi anggota", "sejak", "tmt"),
        is_day=True,
    ),
    Column("ended_on", _("Tanggal keluar"), ("tgl keluar", "tanggal berhenti", "tgl berhenti", "keluar"), is_day=True),
    Column("end_reason", _("Sebab keluar"), ("sebab", "alasan keluar", "sebab berhenti", "alasan berhenti", "alasan")),
)  # fmt: skip
TITLES = {column.key: column.title for column in COLUMNS}

_GENDER: Mapping[str, str] = {
    Gender.FEMALE: "p, pr, perempuan, wanita, w, pr., female, f",
    Gender.MALE: "l, lk, laki-laki, laki laki, laki, pria, lk., male, m",
}
_KIND: Mapping[str, str] = {
    MemberKind.REGULAR: "anggota, biasa, anggota biasa, ab, penuh, anggota penuh",
    MemberKind.EXTRAORDINARY: "luar biasa, anggota luar biasa, alb, lb",
}
_DOMICILE: Mapping[str, str] = {
    Domicile.HERE: "di kelurahan ini, ya, sesuai, dalam, dalam kelurahan, di sini, setempat, warga, here",
    Domicile.ELSEWHERE: "di luar kelurahan ini, tidak, luar, luar kelurahan, di luar, bukan warga, elsewhere",
}
_REASON: Mapping[str, str] = {
    EndReason.RESIGNED: "mengundurkan diri, mundur, undur diri, keluar sendiri, permintaan sendiri, resign",
    EndReason.MOVED: "pindah domisili, pindah, pindah alamat, pindah rumah",
    EndReason.DIED: "meninggal dunia, meninggal, wafat, alm, almarhum, almarhumah",
    EndReason.DISMISSED: "diberhentikan, dipecat, dikeluarkan",
    EndReason.NOT_ADMITTED: "permohonan tidak dilanjutkan, ditolak, batal, tidak diterima, tidak jadi",
    EndReason.UNKNOWN: "tidak tercatat, tidak diketahui, tidak tahu",
}
_STANDING: Mapping[str, str] = {
    Standing.MEMBER: "aktif, anggota, anggota aktif, masih aktif, masih anggota, terdaftar",
    Standing.APPLICANT: "calon anggota, calon, calon agt, belum diterima, pemohon",
    Standing.ENDED: "keluar, sudah keluar, berhenti, berakhir, bukan anggota, mantan, mantan anggota, eks anggota",
}
_WORDS: Mapping[type[TextChoices], Mapping[str, str]] = {
    Gender: _GENDER,
    MemberKind: _KIND,
    Domicile: _DOMICILE,
    EndReason: _REASON,
    Standing: _STANDING,
}


@cache
def _spellings(choices: type[TextChoices]) -> Mapping[str, str]:
    shown = {choice_key(word): str(one.value) for one in choices for word in in_every_language(one.label)}
    written = {
        choice_key(word): str(value) for value, text in _WORDS[choices].items() for word in text.split(",")
    }
    return {**shown, **written}


def parse_word(value: str, choices: type[TextChoices]) -> str:
    """The value that was meant. Raises ValueError that names the words on offer."""
    return parse_choice(value, _spellings(choices), offered=choices.labels)


def reason_in(value: str) -> str:
    """Some write why somebody left where others write that they left; empty where the word is no reason."""
    return _spellings(EndReason).get(choice_key(value), "")
