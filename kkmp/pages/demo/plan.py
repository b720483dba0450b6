"""The plot of the sample data: where each cooperative stands on 22 September 2025, and what happens month by month."""

from datetime import date
from random import Random

from outlets.models import NeedPurpose, OutletKind, Premises, Reason, Status, Tenure
from partners.models import SupportKind

START = date(2025, 9, 22)
MELAWAI = "31.74.07.1001"

# Public sources name Melawai only; which others ran on that day is invented.
RUNNING_AT_START = {
    MELAWAI: date(2025, 7, 21),
    "31.74.07.1009": date(2025, 8, 19),
    "31.74.01.1003": date(2025, 8, 27),
    "31.74.02.1005": date(2025, 9, 3),
    "31.74.03.1003": date(2025, 9, 1),
    "31.74.04.1001": date(2025, 8, 12),
    "31.74.04.1005": date(2025, 9, 10),
    "31.74.05.1002": date(2025, 8, 21),
    "31.74.08.1002": date(2025, 8, 25),
    "31.74.09.1001": date(2025, 9, 8),
}
IDLE_AT_START = (
    *("31.74.01.1001", "31.74.01.1005", "31.74.02.1001", "31.74.02.1006", "31.74.03.1002"),
    *("31.74.04.1004", "31.74.04.1007", "31.74.05.1003", "31.74.05.1005", "31.74.06.1001"),
    *("31.74.06.1005", "31.74.07.1003", "31.74.07.1008", "31.74.07.1010", "31.74.08.1003"),
    *("31.74.08.1006", "31.74.09.1003", "31.74.09.1005", "31.74.10.1002"),
)
# These never stop, so further outlets of theirs do not touch the class.
STEADY = frozenset({MELAWAI, "31.74.07.1009", "31.74.04.1001", "31.74.08.1002", "31.74.09.1001"})

# Moves of a month in order: open an idle outlet, resume a stopped one, build one that stands idle, debut of one that
# runs at once, stop, give_up an idle outlet, shut a running one, prepare a place, obstacle becomes another one,
# check again that there is none. `-`: recorded in the next month only; `~`: first recorded wrongly, later corrected;
# `mistake`: recorded for a wrong cooperative and taken back.
MONTHS = {
    (2025, 10): "prepare prepare check open",
    (2025, 11): "open build prepare obstacle-",
    (2025, 12): "open stop- prepare",
    (2026, 1): "open~ open build- check",
    (2026, 2): "mistake resume prepare",
    (2026, 3): "open give_up- debut prepare check",
    (2026, 4): "stop~ open prepare obstacle-",
    (2026, 5): "stop- build give_up-",
    (2026, 6): "open debut prepare check",
    (2026, 7): "stop- open obstacle prepare",
    (2026, 8): "resume shut- prepare",
    (2026, 9): "open open build- check",
    (2026, 10): "stop- open give_up prepare",
    (2026, 11): "stop open build check",
}
# Later months go round; a move that finds no candidate is left out.
LATER_MONTHS = (
    "open build- prepare", "open stop- obstacle", "debut prepare check", "resume open give_up-",
    "build stop- prepare", "open obstacle-",
)  # fmt: skip
STOP_REASONS = (
    *(Reason.STOCK, Reason.UTILITIES, Reason.STAFF, Reason.CAPITAL, Reason.DEMAND, Reason.STOCK),
    Reason.PREMISES,
)
BUILD_REASONS = (Reason.CAPITAL, Reason.PERMIT, Reason.CAPITAL, Reason.UTILITIES, Reason.CAPITAL)
OBSTACLES = (Reason.GOVERNANCE, Reason.OTHER, Reason.PREMISES, Reason.STAFF)

WHY_IDLE = {
    Reason.CAPITAL: "Tempat dan rak sudah siap, modal untuk membeli barang belum ada.",
    Reason.STOCK: "Pasokan terhenti; rak kosong saat dikunjungi.",
    Reason.STAFF: "Pengelola mengundurkan diri, penggantinya belum ada.",
    Reason.PERMIT: "Berkas lengkap, izin masih diproses.",
    Reason.UTILITIES: "Daya listrik belum cukup untuk lemari pendingin.",
    Reason.PREMISES: "Tempat dipakai kegiatan lain sampai ada lokasi pengganti.",
    Reason.DEMAND: "Pembeli sepi; jam buka dan barang sedang ditinjau.",
    Reason.GOVERNANCE: "Menunggu rapat anggota melengkapi pengurus.",
    Reason.OTHER: "Jalan di depan gerai ditutup selama perbaikan saluran.",
}
OUT_OF_MONEY = "Modal kerja habis; gerai berhenti sementara."
# What an idle outlet needs, by reason, with the range of the amount in millions of rupiah.
NEEDS = {
    Reason.CAPITAL: ((NeedPurpose.WORKING_CAPITAL, "Modal kerja tiga bulan pertama", 40, 110),),
    Reason.STOCK: ((NeedPurpose.STOCK, "Stok awal sembako dan LPG", 20, 60),),
    Reason.STAFF: ((NeedPurpose.TRAINING, "Pelatihan pengelola baru", 5, 15),),
    Reason.PERMIT: ((NeedPurpose.PERMIT, "Pengurusan izin dan tenaga ahli", 5, 20),),
    Reason.UTILITIES: ((NeedPurpose.EQUIPMENT, "Tambah daya dan lemari pendingin", 12, 35),),
    Reason.PREMISES: ((NeedPurpose.RENT, "Sewa tempat pengganti setahun", 24, 60),),
}
SECOND_NEEDS = (
    (NeedPurpose.STOCK, "Stok awal sembako", 15, 45),
    (NeedPurpose.EQUIPMENT, "Rak, timbangan, dan mesin kasir", 8, 25),
    (NeedPurpose.RENOVATION, "Perbaikan lantai dan pintu", 10, 40),
)
PLACES = (
    (Premises.KELURAHAN_OFFICE, Tenure.LENT),
    (Premises.RW_POST, Tenure.LENT),
    (Premises.SHOPHOUSE, Tenure.RENTED),
    (Premises.GOVERNMENT_ASSET, Tenure.LENT),
    (Premises.HOUSE, Tenure.RENTED),
    (Premises.PURPOSE_BUILT, Tenure.BUILD_OPERATE_TRANSFER),
    (Premises.KELURAHAN_OFFICE, Tenure.GRANT),
    (Premises.OTHER, Tenure.OWNED),
)
# Second outlets: of which cooperative, what, and its status from day to day.
FURTHER = (
    (MELAWAI, OutletKind.OFFICE, Premises.KELURAHAN_OFFICE, ((date(2025, 10, 15), Status.RUNNING, ""),)),
    (
        MELAWAI,
        OutletKind.PHARMACY,
        Premises.PUBLIC_HUB,
        ((date(2026, 2, 10), Status.PREPARING, ""), (date(2026, 5, 18), Status.IDLE, Reason.PERMIT)),
    ),
    ("31.74.07.1009", OutletKind.SAVINGS_LOAN, Premises.SHOPHOUSE, ((date(2026, 3, 4), Status.RUNNING, ""),)),
    ("31.74.07.1009", OutletKind.OTHER, Premises.OTHER, ((date(2026, 2, 16), Status.RUNNING, ""),)),
    (
        "31.74.04.1001",
        OutletKind.WAREHOUSE,
        Premises.GOVERNMENT_ASSET,
        ((date(2026, 1, 19), Status.PREPARING, ""), (date(2026, 6, 8), Status.RUNNING, "")),
    ),
    (
        "31.74.08.1002",
        OutletKind.CLINIC,
        Premises.PURPOSE_BUILT,
        ((date(2026, 1, 12), Status.PREPARING, ""), (date(2026, 7, 13), Status.IDLE, Reason.STAFF)),
    ),
    (
        "31.74.09.1001",
        OutletKind.LOGISTICS,
        Premises.RW_POST,
        ((date(2025, 11, 10), Status.RUNNING, ""), (date(2026, 2, 26), Status.CLOSED, "")),
    ),
)

MANDIRI, BPJS, PERTAMINA, TOCO, FOOD_STATION = (
    "Bank Mandiri",
    "BPJS Ketenagakerjaan Cabang Kebayoran Baru",
    "PT Pertamina",
    "PT Toco Ramai Digital",
    "PT Food Station Tjipinang Jaya",
)
PARTNERS = (MANDIRI, BPJS, PERTAMINA, TOCO, FOOD_STATION)
# What lets an idle outlet open, and what helps one that runs. Cash, goods and loans carry a sum.
OPENING_HELP = (
    (MANDIRI, SupportKind.CASH_GRANT),
    (FOOD_STATION, SupportKind.GOODS_GRANT),
    (PERTAMINA, SupportKind.CASH_GRANT),
    (MANDIRI, SupportKind.LOAN),
    (FOOD_STATION, SupportKind.CONSIGNMENT),
    (PERTAMINA, SupportKind.GOODS_GRANT),
)
RUNNING_HELP = (
    (PERTAMINA, SupportKind.AGENCY),
    (TOCO, SupportKind.DIGITAL),
    (BPJS, SupportKind.INSURANCE),
    (MANDIRI, SupportKind.TRAINING),
    (FOOD_STATION, SupportKind.SUPPLY),
    (TOCO, SupportKind.ADVICE),
    (FOOD_STATION, SupportKind.LEND_USE),
    (MANDIRI, SupportKind.AGENCY),
    (BPJS, SupportKind.TRAINING),
)
WITH_A_SUM = frozenset({SupportKind.CASH_GRANT, SupportKind.GOODS_GRANT, SupportKind.LOAN})
# What can be given a worth in rupiah once it has arrived.
WITH_WORTH = WITH_A_SUM | {SupportKind.CONSIGNMENT, SupportKind.LEND_USE}
WHY_CANCELLED = (
    "Anggaran CSR tahun berjalan sudah habis.",
    "Koperasi memilih tawaran mitra lain.",
    "Syarat rekening atas nama koperasi belum terpenuhi.",
    "Lokasi gerai tidak jadi dipakai.",
)
EVENTS = (
    (date(2025, 12, 4), "Temu mitra akhir tahun (contoh)", "Kantor Kecamatan Tebet"),
    (date(2026, 3, 5), "Pelatihan pembukuan gerai (contoh)", "Kantor Kecamatan Pasar Minggu"),
    (date(2026, 6, 11), "Temu pemasok sembako (contoh)", "Kantor Wali Kota Jakarta Selatan"),
    (date(2026, 9, 22), "Setahun kolaborasi mitra CSR (contoh)", "Kantor Wali Kota Jakarta Selatan"),
)


def dice(*seed: object) -> Random:
    """Chance that falls the same way each time for one seed; nothing secret is made with it."""
    return Random("kkmp-contoh:" + ":".join(map(str, seed)))  # noqa: S311  repeatable is the point here
