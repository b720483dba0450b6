"""The rows every installation starts with: territory, the 65 cooperatives, what was published, who was at the event."""

import csv
from collections.abc import Iterable
from datetime import date
from pathlib import Path

from django.conf import settings
from django.db import transaction
from simple_history.utils import bulk_create_with_history, get_history_manager_for_model

from cooperatives.models import Cooperative, Kecamatan, Kelurahan, PublicFact, PublishedFigure
from kkmp.parsing import area_key
from partners.models import Attendance, Event, Partner, PartnerCategory

DATA = Path(settings.BASE_DIR) / "cooperatives" / "data"
ANNOUNCED_ON = date(2025, 9, 22)
ANNOUNCEMENT = (
    "https://jakarta.times.co.id/news/ekonomi/yRBY9LDP3/Pemkot-Jaksel-Dorong-Kolaborasi-Koperasi-Merah-Putih"
)
PARTNERS = {
    "Bank Mandiri": PartnerCategory.BANK,
    "BPJS Ketenagakerjaan Cabang Kebayoran Baru": PartnerCategory.SOCIAL_SECURITY,
    "PT Pertamina": PartnerCategory.BUMN,
    "PT Toco Ramai Digital": PartnerCategory.PLATFORM,
    "PT Food Station Tjipinang Jaya": PartnerCategory.BUMD,
}
EVENT = "Sosialisasi kolaborasi Koperasi Kelurahan Merah Putih dan mitra CSR"
PLACE = "Ruang Dirgantara, Kantor Wali Kota Jakarta Selatan"
# The history says where such a row comes from; it has no author.
ORIGIN = "Data acuan"


@transaction.atomic
def seed_reference() -> dict[str, int]:
    """Add what is missing and answer how many rows of each kind; what is there stays as people left it."""
    rows = read_csv("kelurahan.csv")
    return {
        "kecamatan": _add_kecamatan(rows),
        "kelurahan": _add_kelurahan(rows),
        "koperasi": _add_cooperatives(),
        "fakta publik": _add_public_facts(),
        "angka resmi": _add_published_figure(),
        "mitra": _add_partners(),
        "acara": _add_event(),
    }


def read_csv(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def search_key(spellings: Iterable[str]) -> str:
    """Every spelling as `area_key` makes it, each once; the space keeps one from running into the next."""
    return " ".join(dict.fromkeys(area_key(spelling) for spelling in spellings))


def _add_kecamatan(rows: list[dict[str, str]]) -> int:
    known = set(Kecamatan.objects.values_list("pk", flat=True))
    names = {row["kecamatan_code"]: row["kecamatan"] for row in rows if row["kecamatan_code"] not in known}
    return len(Kecamatan.objects.bulk_create(Kecamatan(code=code, name=name) for code, name in names.items()))


def _add_kelurahan(rows: list[dict[str, str]]) -> int:
    known = set(Kelurahan.objects.values_list("pk", flat=True))
    missing = [
        Kelurahan(
            code=row["code"],
            kecamatan_id=row["kecamatan_code"],
            name=row["name"],
            aliases=row["aliases"],
            population=int(row["population_2024"]),
            tile_col=int(row["tile_col"]),
            tile_row=int(row["tile_row"]),
        )
        for row in rows
        if row["code"] not in known
    ]
    for kelurahan in missing:
        kelurahan.search_key = search_key(kelurahan.spellings)
    return len(Kelurahan.objects.bulk_create(missing))


def _add_cooperatives() -> int:
    codes = Kelurahan.objects.filter(cooperative=None).order_by("pk").values_list("pk", flat=True)
    missing = [Cooperative(kelurahan_id=code) for code in codes]
    return len(bulk_create_with_history(missing, Cooperative, default_change_reason=ORIGIN))


def _add_public_facts() -> int:
    known = set(PublicFact.objects.values_list("key", flat=True))
    cooperatives = dict(Cooperative.objects.order_by("pk").values_list("kelurahan", "pk"))
    missing = [
        PublicFact(
            key=row["key"],
            cooperative_id=cooperatives[row["kelurahan_code"]] if row["kelurahan_code"] else None,
            text=row["text"],
            on=date.fromisoformat(row["on"]),
            until=date.fromisoformat(row["until"]) if row["until"] else None,
            source=row["source"],
            confidence=row["confidence"],
            note=row["note"],
        )
        for row in read_csv("public_facts.csv")
        if row["key"] not in known
    ]
    return len(PublicFact.objects.bulk_create(missing))


def _add_published_figure() -> int:
    _figure, is_new = PublishedFigure.objects.get_or_create(
        on=ANNOUNCED_ON, defaults={"running": 10, "idle": 19, "none": 36, "source": ANNOUNCEMENT}
    )
    return int(is_new)


def _add_partners() -> int:
    # Asked of the history too: a partner whom people gave another name is not missing.
    told = get_history_manager_for_model(Partner)
    known = set(Partner.objects.values_list("name", flat=True)) | set(told.values_list("name", flat=True))
    missing = [
        Partner(name=name, category=category) for name, category in PARTNERS.items() if name not in known
    ]
    return len(bulk_create_with_history(missing, Partner, default_change_reason=ORIGIN))


def _add_event() -> int:
    """Add the event of 22 September 2025 and who came; afterwards its attendance belongs to people."""
    told = get_history_manager_for_model(Event)
    if (
        told.filter(history_change_reason=ORIGIN).exists()
        or Event.objects.filter(held_on=ANNOUNCED_ON).exists()
    ):
        return 0
    [event] = bulk_create_with_history(
        [Event(title=EVENT, held_on=ANNOUNCED_ON, place=PLACE)], Event, default_change_reason=ORIGIN
    )
    present = Partner.objects.filter(name__in=PARTNERS).order_by("pk")
    Attendance.objects.bulk_create(Attendance(event=event, partner=partner) for partner in present)
    return 1
