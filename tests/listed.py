"""What tests of lists share: every list with its costs, rows for all of them, pages and files read back alike."""

import datetime as dt
import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from bs4 import BeautifulSoup, Tag

from cooperatives.models import Gender
from kkmp.columns import Column, Kind, Part
from kkmp.listing import ListForm
from kkmp.pages.cooperative_list import CooperativeListForm
from kkmp.parsing import parse_day
from kkmp.tabular.reading import Column as FileColumn
from kkmp.tabular.reading import read
from kkmp.templatetags.ui import number, rupiah, tanggal
from members.list_forms import MemberListForm
from outlets.forms import OutletListForm
from outlets.need_forms import NeedListForm
from partners.disbursement_forms import DisbursementListForm
from partners.forms import EventListForm, PartnerListForm, SupportListForm
from partners.gap_list import GapListForm
from partners.models import Attendance, Stage
from tests.factories import CapitalNeedFactory, CooperativeFactory, OutletFactory, StatusChangeFactory
from tests.member_factories import MemberFactory
from tests.partner_factories import DisbursementFactory, EventFactory, PartnerFactory, support_at


@dataclass(frozen=True)
class Listed:
    """A list: where it is, its form, a query that filters, sorts and chooses columns, and its costs in queries."""

    address: str
    form: type[ListForm]
    asked: str
    page: int
    file: int


LISTS = {
    "koperasi": Listed(
        "/cooperatives/",
        CooperativeListForm,
        "class=idle&sort=-member_count&columns=legal_name,member_count,reason",
        page=5,
        file=6,
    ),
    "gerai": Listed(
        "/outlets/", OutletListForm, "status=idle&sort=-need&columns=address,status,need", page=7, file=6
    ),
    "kebutuhan-modal": Listed(
        "/outlets/needs/", NeedListForm, "state=all&sort=-outlet&columns=closed,idr", 7, 6
    ),
    "kekurangan-modal": Listed(
        "/partners/gap/", GapListForm, "reason=capital&sort=-gap&columns=amount,gap", 8, 6
    ),
    "penyaluran": Listed(
        "/partners/disbursements/",
        DisbursementListForm,
        "kind=cash_grant&sort=-paid_on&columns=amount,note",
        7,
        6,
    ),
    "anggota": Listed("/members/", MemberListForm, "state=all&sort=-full_name&columns=gender,ended_on", 9, 6),
    "mitra": Listed(
        "/partners/", PartnerListForm, "category=private&sort=-agreed&columns=agreed,contact", 5, 6
    ),
    "bantuan": Listed(
        "/partners/supports/",
        SupportListForm,
        "stage=agreed&sort=-stage&columns=note,stage,flags,arrived",
        10,
        7,
    ),
    "acara": Listed(
        "/partners/events/", EventListForm, "q=acara&sort=-cooperatives&columns=cooperatives", 5, 6
    ),
}
# What a page says where nothing is known, and a file leaves empty.
NOTHING = {
    "belum diisi",
    "belum dicatat",
    "masih terbuka",
    "Tandai terpenuhi",
    "menyusul",
    "belum bernomor",
    "",
}
ODD = ["=1+1", "@x", "-1", "+62 21", "<b>tebal</b>"]


def plant(rows: int) -> None:
    """One row in every list for each number; texts, sums and days differ, and some are not known."""
    event = EventFactory.create(title="Acara Bersama", place="Balai")
    for place in range(rows):
        odd = ODD[place % len(ODD)]
        cooperative = CooperativeFactory.create(legal_name=f"Koperasi {odd} {place}")
        outlet = OutletFactory.create(cooperative=cooperative, name=f"{odd} gerai {place}", address=odd)
        StatusChangeFactory.create(outlet=outlet, idle=True, effective_on=dt.date(2025, 9, 1 + place))
        closed = dt.date(2026, 1, 5) if place % 2 else None
        CapitalNeedFactory.create(
            outlet=outlet, amount_idr=1_000_000 * (place + 1), text=odd, closed_on=closed
        )
        MemberFactory.create(
            cooperative=cooperative,
            full_name=f"{odd} anggota {place}",
            number=f"{place + 8:03}",
            gender=Gender.FEMALE if place % 2 else "",
            ended_on=closed,
        )
        MemberFactory.create_batch(place, cooperative=cooperative, gender=Gender.MALE)
        partner = PartnerFactory.create(name=f"{odd} mitra {place}", contact=odd)
        committed = 5_000_000 * place or None
        support_at(
            [Stage.COMMITTED, Stage.DISBURSED][place % 2],
            partner=partner,
            cooperative=cooperative,
            committed_idr=committed,
            note=odd,
        )
        DisbursementFactory.create(
            support__partner=partner,
            support__cooperative=cooperative,
            amount_idr=1_000_000 * (place + 1),
            paid_on=dt.date(2026, 1, 1 + place),
            note=odd,
            verified=bool(place % 2),
        )
        other = EventFactory.create()
        Attendance.objects.create(event=other, partner=partner)
        Attendance.objects.create(event=event, cooperative=cooperative)


def shown_parts(part: Part, value: Any) -> str:
    """A cell of a file as the page would say it."""
    if value is None:
        return ""
    if part.kind is Kind.DAY:
        return tanggal(parse_day(value))
    if part.kind is Kind.MONEY:
        return rupiah(int(float(value)))
    return number(int(float(value))) if part.kind is Kind.NUMBER else str(value)


def said_of(column: Column, texts: Sequence[str]) -> list[str]:
    """How the page says these cells of a file: the text, and the second line if there is one."""
    if column.key == "cooperative":
        _code, kecamatan, kelurahan = texts
        return [f"KKMP {kelurahan}", kecamatan]
    since = [f"sejak {texts[1]}"] if column.key in {"stage", "reason"} and texts[1] else texts[1:]
    return [text for text in (texts[0], *since) if text]


def rows_of_page(page: BeautifulSoup) -> list[list[list[str]]]:
    def said(cell: Tag) -> list[str]:
        subs = [sub.extract().get_text() for sub in cell.select(".sub")]
        text = cell.get_text().strip()
        return [words for words in ("" if text in NOTHING else text, *subs) if words]

    return [[said(cell) for cell in row.select("th, td")] for row in page.select("[data-total] tbody tr")]


def rows_of_file(content: bytes, columns: Sequence[Column]) -> list[list[list[str]]]:
    parts = [part for one in columns for part in one.parts]
    wanted = [FileColumn(str(place), part.label) for place, part in enumerate(parts)]
    table = read(io.BytesIO(content), wanted, max_bytes=10_000_000, max_rows=20_000)
    assert table.ignored == []
    places = [[parts.index(part) for part in one.parts] for one in columns]
    return [
        [
            said_of(one, [shown_parts(parts[place], row.cells.get(str(place))) for place in own])
            for one, own in zip(columns, places, strict=True)
        ]
        for row in table.rows
    ]


def columns_in(form: type[ListForm], page: BeautifulSoup) -> list[Column]:
    heads = [head.get_text(strip=True) for head in page.select("[data-total] thead th")]
    return [one for one in form.columns if str(one.label) in heads]
