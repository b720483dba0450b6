"""Columns of the monthly recap sheet, and the empty sheet that offers them."""

from dataclasses import replace

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cooperatives.models import Cooperative
from kkmp.accounts.models import User
from kkmp.imports.importer import Template, Text
from kkmp.tabular.reading import Column
from kkmp.tabular.writing import Heading
from outlets.models import OutletKind, Reason, Status

# What the sheet has of the area, of the report, of the outlet, and of what is kept elsewhere.
_AREA = (
    Column(
        "code",
        gettext_lazy("Kode kelurahan"),
        ("kode kelurahan", "kode wilayah", "kode kemendagri", "kode kel", "kode"),
    ),
    Column("kecamatan", gettext_lazy("Kecamatan"), ("kecamatan", "nama kecamatan", "kec")),
    Column("kelurahan", gettext_lazy("Kelurahan"), ("kelurahan", "nama kelurahan", "desa/kelurahan", "kel")),
    Column(
        "cooperative",
        gettext_lazy("Nama KKMP"),
        ("nama KKMP", "KKMP", "nama koperasi", "nama KDKMP", "koperasi", "nama resmi"),
    ),
    Column(
        "month",
        gettext_lazy("Bulan"),
        ("bulan", "bulan laporan", "periode", "periode laporan", "laporan bulan", "bulan/tahun"),
    ),
)
_REPORT = (
    Column(
        "status",
        gettext_lazy("Status gerai"),
        ("status gerai", "status outlet", "kondisi gerai", "keadaan gerai", "status operasional", "status"),
    ),
    Column(
        "since",
        gettext_lazy("Sejak"),
        (
            "sejak",
            "berlaku sejak",
            "sejak tanggal",
            "tanggal mulai",
            "tgl mulai",
            "tanggal mulai operasi",
            "mulai",
        ),
        is_day=True,
    ),
    Column(
        "reason",
        gettext_lazy("Sebab"),
        ("sebab", "sebab belum berjalan", "penyebab", "alasan", "alasan belum berjalan"),
    ),
    Column("name", gettext_lazy("Nama gerai"), ("nama gerai", "nama outlet", "gerai")),
    Column("kind", gettext_lazy("Jenis gerai"), ("jenis gerai", "jenis usaha", "jenis outlet", "jenis")),
    Column(
        "turnover",
        gettext_lazy("Omzet bulan ini (Rp)"),
        ("omzet bulan ini", "omset bulan ini", "omzet", "omset", "penjualan", "penjualan bulan ini"),
    ),
    Column(
        "procurement",
        gettext_lazy("Pembelian barang (Rp)"),
        ("pembelian barang", "pembelian barang bulan ini", "pembelian", "belanja barang"),
    ),
    Column(
        "customers", gettext_lazy("Pembeli"), ("pembeli", "jumlah pembeli", "pembeli bulan ini", "pelanggan")
    ),
    Column(
        "obstacle",
        gettext_lazy("Kendala"),
        ("kendala", "hambatan", "permasalahan", "masalah", "kendala yang dihadapi"),
    ),
    Column(
        "plan",
        gettext_lazy("Rencana tindak lanjut"),
        ("rencana tindak lanjut", "rencana/tindak lanjut", "rencana", "tindak lanjut", "RTL"),
    ),
)
_FACTS = (
    Column("ahu", gettext_lazy("SK AHU"), ("SK AHU", "nomor SK AHU", "no SK AHU", "no AHU", "badan hukum")),
    Column(
        "registry_no",
        gettext_lazy("NIK koperasi"),
        ("NIK koperasi", "nomor induk koperasi", "no NIK koperasi", "NIK kop"),
    ),
    Column("nib", gettext_lazy("NIB"), ("NIB", "nomor NIB", "no NIB")),
    Column("npwp", gettext_lazy("NPWP"), ("NPWP", "nomor NPWP", "no NPWP", "NPWP koperasi")),
    Column(
        "bank_account",
        gettext_lazy("Rekening"),
        ("rekening", "nomor rekening", "no rekening", "rekening koperasi", "rekening bank"),
    ),
    Column(
        "board",
        gettext_lazy("Pengurus L/P"),
        ("pengurus L/P", "jumlah pengurus L/P", "jumlah pengurus", "pengurus", "jml pengurus"),
    ),
    Column(
        "supervisors",
        gettext_lazy("Pengawas L/P"),
        ("pengawas L/P", "jumlah pengawas L/P", "jumlah pengawas", "pengawas", "jml pengawas"),
    ),
    Column(
        "members",
        gettext_lazy("Anggota L/P"),
        ("anggota L/P", "jumlah anggota L/P", "jumlah anggota", "anggota", "jml anggota", "anggota terdaftar"),
    ),
    Column("members_male", gettext_lazy("Anggota L"), ("anggota L", "anggota laki-laki", "jumlah anggota L", "jml anggota L", "anggota lk")),
    Column("members_female", gettext_lazy("Anggota P"), ("anggota P", "anggota perempuan", "jumlah anggota P", "jml anggota P", "anggota pr")),
    Column(
        "principal",
        gettext_lazy("Simpanan pokok (Rp)"),
        ("simpanan pokok", "total simpanan pokok", "jumlah simpanan pokok"),
    ),
    Column(
        "mandatory",
        gettext_lazy("Simpanan wajib (Rp)"),
        ("simpanan wajib", "total simpanan wajib", "jumlah simpanan wajib"),
    ),
    Column(
        "voluntary",
        gettext_lazy("Simpanan sukarela (Rp)"),
        ("simpanan sukarela", "total simpanan sukarela", "jumlah simpanan sukarela"),
    ),
    Column("address", gettext_lazy("Alamat"), ("alamat gerai", "alamat", "lokasi gerai", "lokasi")),
    Column("area", gettext_lazy("Luas (m²)"), ("luas m2", "luas m²", "luas", "luas gerai", "luas lahan")),
    Column("tenure", gettext_lazy("Status lahan"), ("status lahan", "status tempat", "kepemilikan lahan")),
    Column(
        "supplier", gettext_lazy("Pemasok / mitra"), ("pemasok / mitra", "pemasok", "mitra", "supplier", "suplier")
    ),
    Column("csr", gettext_lazy("Bantuan CSR"), ("bantuan CSR", "CSR", "bantuan", "bantuan mitra")),
    Column(
        "need",
        gettext_lazy("Kebutuhan modal (Rp)"),
        ("kebutuhan modal", "kebutuhan dana", "modal dibutuhkan", "kebutuhan"),
    ),
)  # fmt: skip
COLUMNS = (*_AREA, *_REPORT, *_FACTS)
TITLES = {column.key: column.title for column in COLUMNS}
# Cells that make a draft; a row without any of them reports nothing.
OF_THE_REPORT = tuple(column.key for column in _REPORT)
# Cells that speak of one outlet.
OF_AN_OUTLET = ("status", "since", "reason", "name", "turnover", "procurement", "customers")


def empty_sheet(user: User, *, month: str) -> Template:
    """The cooperatives in view for a month in words, with lists to choose from and a page that explains."""
    cooperatives = Cooperative.objects.visible_to(user).select_related("kelurahan__kecamatan")
    # All as text, so that Excel turns neither 05/09/2025 into May nor 3/2 into the third of February.
    headings = [replace(_heading(column), is_text=True) for column in COLUMNS]
    return Template(
        name=_("rekap-bulanan-kkmp"),
        sheet=_("Rekap"),
        headings=headings,
        rows=[
            (
                cooperative.kelurahan.code,
                cooperative.kelurahan.kecamatan.name,
                cooperative.kelurahan.name,
                str(cooperative),
                month,
            )
            for cooperative in cooperatives
        ],
        guide=_guide(),
    )


def _heading(column: Column) -> Heading:
    hints = {
        "month": _("Satu bulan, dengan tahunnya. Contoh: Oktober 2026."),
        "since": _("Hari, bulan, tahun. Contoh: 22/09/2025."),
        "reason": _("Hanya untuk gerai yang belum berjalan."),
        "turnover": _("Jumlah penuh dalam rupiah. Contoh: 12.500.000."),
        "procurement": _("Jumlah penuh dalam rupiah. Contoh: 12.500.000."),
        "name": _("Wajib bila KKMP punya beberapa gerai."),
        "board": _("Laki-laki/perempuan. Contoh: 3/2."),
    }
    choices = {"status": Status, "reason": Reason, "kind": OutletKind}
    wide = {"obstacle": 40, "plan": 40, "address": 34, "status": 22, "reason": 22, "kelurahan": 24}
    return Heading(
        column.title,
        wide.get(column.key, 20),
        choices=tuple(choices[column.key].labels) if column.key in choices else (),
        hint=hints.get(column.key, ""),
    )


def _guide() -> list[tuple[Text, ...]]:
    return [
        (
            TITLES["code"],
            _("Sudah diisi; jangan diubah. Boleh juga kosong bila kecamatan dan kelurahan diisi."),
        ),
        (
            TITLES["month"],
            _(
                "Bulan laporan dengan tahunnya, misalnya Oktober 2026; atau di judul lembar. Tidak pernah ditebak."
            ),
        ),
        (TITLES["status"], ", ".join(str(label) for label in Status.labels)),
        (TITLES["since"], _("Sejak kapan status itu berlaku. Wajib bila statusnya berubah.")),
        (
            TITLES["reason"],
            _("Wajib untuk “%(idle)s”, kosong untuk status lain: %(words)s.")
            % {"idle": Status.IDLE.label, "words": ", ".join(str(label) for label in Reason.labels)},
        ),
        (TITLES["name"], _("Wajib bila KKMP punya beberapa gerai; satu baris untuk satu gerai.")),
        (TITLES["kind"], ", ".join(str(label) for label in OutletKind.labels)),
        (
            TITLES["turnover"],
            _("Omzet bulan itu, jumlah penuh dalam rupiah. Kosong berarti belum diketahui."),
        ),
        (TITLES["obstacle"], _("Masuk ke laporan. Sel kosong tidak menghapus isi draf.")),
        (TITLES["plan"], _("Masuk ke laporan. Sel kosong tidak menghapus isi draf.")),
        (
            ", ".join(str(column.title) for column in _FACTS),
            _("Dibandingkan dengan catatan dan diberitahukan bila berbeda; tidak diubah dari sini."),
        ),
        ("", _("Setiap baris menjadi draf laporan. Status baru berlaku setelah diajukan dan diverifikasi.")),
    ]
