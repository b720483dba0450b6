"""Offers of the five partners in the sample, most of them made at the event where everybody met."""

from dataclasses import dataclass
from datetime import date, timedelta

from simple_history.utils import bulk_create_with_history

from cooperatives.models import PaperKind
from kkmp.pages.demo import plan
from kkmp.pages.demo.people import People
from kkmp.pages.demo.story import office_hour
from kkmp.pages.demo.write import sign
from outlets.models import OutletKind
from partners.models import Event, Offer, Partner, SupportKind

MILLION = 1_000_000
TOLD_AFTER = timedelta(days=1)
SAMPLE = "Contoh; bukan penawaran resmi mitra ini."

# By partner and kind: a promise finds the offer it was made out of.
Offers = dict[tuple[str, str], Offer]


@dataclass(frozen=True)
class Planned:
    """`conditions` are those that a person reads; the rest are compared by the matching."""

    partner: str
    kind: SupportKind
    title: str
    ceiling: int | None = None
    per_outlet: int | None = None
    open_from: date = plan.START
    open_until: date | None = None
    kecamatan: tuple[str, ...] = ()
    outlet_kinds: tuple[OutletKind, ...] = ()
    papers: tuple[PaperKind, ...] = ()
    members: int | None = None
    conditions: str = ""


_LEGAL = (PaperKind.DEED, PaperKind.AHU_DECREE, PaperKind.NPWP, PaperKind.BANK_ACCOUNT)
PLANNED = (
    Planned(
        *(plan.MANDIRI, SupportKind.CASH_GRANT, "Hibah modal kerja gerai", 1_500, 200),
        open_until=date(2026, 12, 31),
        papers=_LEGAL,
        members=30,
        conditions="Laporan penggunaan dana setiap tiga bulan.",
    ),
    Planned(
        *(plan.MANDIRI, SupportKind.LOAN, "Kredit modal kerja KKMP", 3_000, 500),
        papers=(*_LEGAL, PaperKind.NIB, PaperKind.REGISTRY),
        members=50,
        conditions="Rencana usaha disetujui rapat anggota (PMK 49/2025).",
    ),
    Planned(
        *(plan.MANDIRI, SupportKind.AGENCY, "Agen bank di gerai koperasi"),
        papers=(PaperKind.NPWP, PaperKind.NIB),
        outlet_kinds=(OutletKind.GROCERY, OutletKind.SAVINGS_LOAN),
    ),
    Planned(
        *(plan.PERTAMINA, SupportKind.CASH_GRANT, "Hibah pembukaan gerai", 1_000, 150),
        papers=(PaperKind.BANK_ACCOUNT,),
        outlet_kinds=(OutletKind.GROCERY,),
        members=20,
    ),
    Planned(
        *(plan.PERTAMINA, SupportKind.GOODS_GRANT, "Hibah perlengkapan gerai", 600, 120),
        open_until=date(2027, 3, 31),
        kecamatan=("31.74.01", "31.74.04", "31.74.05", "31.74.09", "31.74.10"),
        outlet_kinds=(OutletKind.GROCERY,),
    ),
    Planned(
        *(plan.PERTAMINA, SupportKind.AGENCY, "Pangkalan LPG 3 kg"),
        papers=(PaperKind.NIB,),
        outlet_kinds=(OutletKind.GROCERY,),
        conditions="Tempat penyimpanan terpisah dan berventilasi.",
    ),
    Planned(
        *(plan.FOOD_STATION, SupportKind.GOODS_GRANT, "Paket stok awal beras dan minyak", 800, 160),
        outlet_kinds=(OutletKind.GROCERY,),
        papers=(PaperKind.DEED,),
    ),
    Planned(
        *(plan.FOOD_STATION, SupportKind.CONSIGNMENT, "Titip jual sembako", None, 150),
        outlet_kinds=(OutletKind.GROCERY, OutletKind.WAREHOUSE),
        conditions="Barang yang tidak laku dikembalikan pada akhir masa titip.",
    ),
    Planned(
        *(plan.FOOD_STATION, SupportKind.SUPPLY, "Pasokan beras dengan harga tetap"),
        open_from=date(2025, 12, 4),
        members=40,
    ),
    Planned(
        *(plan.TOCO, SupportKind.DIGITAL, "Kasir dan katalog digital"),
        open_until=date(2026, 9, 22),
        conditions="Gerai terhubung internet.",
    ),
    Planned(
        *(plan.BPJS, SupportKind.INSURANCE, "Kepesertaan pengelola dan pengurus"),
        kecamatan=("31.74.06", "31.74.07", "31.74.10"),
        papers=(PaperKind.MINUTES,),
    ),
)


def offers(people: People, *, before: date) -> Offers:
    """Enter what had been offered before that day."""
    partners = {partner.name: partner for partner in Partner.objects.order_by("pk")}
    events = {event.held_on: event for event in Event.objects.order_by("-pk")}
    rows = []
    for number, planned in enumerate(PLANNED):
        if planned.open_from + TOLD_AFTER >= before:
            continue
        row = Offer(
            partner=partners[planned.partner],
            event=events.get(planned.open_from),
            title=f"{planned.title} (contoh)",
            kind=planned.kind,
            ceiling_idr=planned.ceiling and planned.ceiling * MILLION,
            per_outlet_idr=planned.per_outlet and planned.per_outlet * MILLION,
            open_from=planned.open_from,
            open_until=planned.open_until,
            kecamatan=list(planned.kecamatan),
            outlet_kinds=list(planned.outlet_kinds),
            needed_papers=list(planned.papers),
            min_paying_members=planned.members,
            conditions=" ".join(part for part in (planned.conditions, SAMPLE) if part),
        )
        sign(row, people.sudin_for(number), at=office_hour(planned.open_from + TOLD_AFTER, 30 + number))
        rows.append(row)
    return {(row.partner.name, row.kind): row for row in bulk_create_with_history(rows, Offer)}
