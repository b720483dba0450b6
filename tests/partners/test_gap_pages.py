"""The list of gaps and the page of one outlet: whole rows, sums that equal them, groups, filters, files, areas, costs."""

import datetime as dt
from typing import Any

import pytest
from bs4 import BeautifulSoup, Tag
from django.test import Client
from django.urls import reverse

from kkmp.accounts.models import User
from outlets.models import CapitalNeed, NeedPurpose, Outlet, Reason
from partners.models import Stage, SupportKind
from tests import header
from tests.factories import (
    CapitalNeedFactory,
    KecamatanFactory,
    OutletFactory,
    SetAsideFactory,
    StatusChangeFactory,
    officer_of,
)
from tests.listed import rows_of_page
from tests.partner_factories import DisbursementFactory, PartnerFactory, support_at
from tests.reading import lines_of, page_of, text_of, total_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]
GAP = "/partners/gap/"
M = 1_000_000
PAID = dt.date(2026, 2, 10)
LIST_QUERIES, OUTLET_QUERIES = 8, 7


def rp(millions: int) -> str:
    return f"Rp\u00a0{millions}.000.000" if millions else "Rp\u00a00"


def granted(need: CapitalNeed, millions: int, committed: int, *, by: str = "Bank Mandiri") -> None:
    support = support_at(
        Stage.COMMITTED,
        dt.date(2026, 1, 5),
        partner=PartnerFactory.create(name=by),
        cooperative=need.outlet.cooperative,
        outlet=need.outlet,
        need=need,
        committed_idr=committed * M,
    )
    if millions:
        DisbursementFactory.create(support=support, amount_idr=millions * M, paid_on=PAID, verified=True)


@pytest.fixture
def needs() -> dict[str, CapitalNeed]:
    """Two needs in Tebet, one of them covered since 10 February; one in Cilandak of an outlet that runs."""
    tebet, cilandak = (KecamatanFactory.create(name=name) for name in ("Tebet", "Cilandak"))
    idle = StatusChangeFactory.create(
        idle=True,
        outlet__name="Toko Manggarai",
        outlet__cooperative__kelurahan__kecamatan=tebet,
        outlet__cooperative__kelurahan__name="Manggarai",
    ).outlet
    place = StatusChangeFactory.create(
        idle=True,
        reason=Reason.STOCK,
        outlet__name="Apotek Bukit Duri",
        outlet__cooperative__kelurahan__kecamatan=tebet,
        outlet__cooperative__kelurahan__name="Bukit Duri",
    ).outlet
    running = StatusChangeFactory.create(
        outlet__name="Toko Gandaria",
        outlet__cooperative__kelurahan__kecamatan=cilandak,
        outlet__cooperative__kelurahan__name="Gandaria",
    ).outlet
    found = {
        "stock": CapitalNeedFactory.create(outlet=idle, amount_idr=50 * M, text="Isi rak"),
        "cooler": CapitalNeedFactory.create(
            outlet=place, amount_idr=20 * M, purpose=NeedPurpose.EQUIPMENT, text="Lemari dingin"
        ),
        "more": CapitalNeedFactory.create(outlet=running, amount_idr=10 * M, text="Tambahan"),
    }
    granted(found["stock"], 15, 25)
    granted(found["cooler"], 20, 20, by="Astra")
    SetAsideFactory.create(need=found["stock"], amount_idr=5 * M)
    return found


def money_of(page: BeautifulSoup) -> list[list[str]]:
    """Need, grants, own money, gap, promised and unpromised of each row."""
    return [[cell[0] for cell in row[3:]] for row in rows_of_page(page)]


def facts_of(page: BeautifulSoup) -> list[str]:
    return [fact.get_text(strip=True) for fact in page.select("dl.facts dd")]


def groups_of(page: BeautifulSoup) -> dict[str, list[list[str]]]:
    def line(row: Tag) -> list[str]:
        name = row.select_one("th a")
        assert name
        return [name.get_text(), *row.select("td.num")[0].stripped_strings]

    return {
        table.caption.get_text(): [line(row) for row in table.select("tbody tr")]
        for table in page.select("table")
        if table.caption
    }


@pytest.mark.usefixtures("needs")
def test_list_says_item_by_item_what_is_lacking_and_sums_the_same_rows(sudin_client: Client) -> None:
    page = page_of(sudin_client, GAP)
    assert money_of(page) == [
        [rp(50), rp(15), rp(5), rp(30), rp(10), rp(20)],
        [rp(10), rp(0), rp(0), rp(10), rp(0), rp(10)],
        [rp(20), rp(20), rp(0), rp(0), rp(0), rp(0)],
    ]
    assert facts_of(page) == [rp(80), rp(35), rp(5), rp(40), rp(10), rp(30)]
    assert groups_of(page) == {
        "Menurut sebab": [
            ["Modal usaha", rp(30), f"dari {rp(50)}", f"{rp(10)} dijanjikan"],
            ["Gerai yang tidak menganggur", rp(10), f"dari {rp(10)}"],
            ["Stok atau pemasok", rp(0), f"dari {rp(20)}"],
        ],
        "Per kecamatan": [
            ["Tebet", rp(30), f"dari {rp(70)}", f"{rp(10)} dijanjikan"],
            ["Cilandak", rp(10), f"dari {rp(10)}"],
        ],
    }


@pytest.mark.usefixtures("needs")
def test_day_before_the_money_arrived_knows_only_the_promise(sudin_client: Client) -> None:
    page = page_of(sudin_client, f"{GAP}?on=2026-02-09")
    assert money_of(page) == [
        [rp(50), rp(0), rp(5), rp(45), rp(25), rp(20)],
        [rp(20), rp(0), rp(0), rp(20), rp(20), rp(0)],
        [rp(10), rp(0), rp(0), rp(10), rp(0), rp(10)],
    ]
    assert facts_of(page) == [rp(80), rp(0), rp(5), rp(75), rp(45), rp(30)]


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("state=lacking", ["Toko Manggarai", "Toko Gandaria"]),
        ("state=unpromised", ["Toko Manggarai", "Toko Gandaria"]),
        ("state=unpromised&on=2026-02-09&sort=outlet", ["Toko Gandaria", "Toko Manggarai"]),
        ("state=covered", ["Apotek Bukit Duri"]),
        ("state=covered&on=2026-02-09", []),
        ("reason=capital", ["Toko Manggarai"]),
        ("reason=other", ["Toko Gandaria"]),
        ("purpose=equipment", ["Apotek Bukit Duri"]),
        ("kecamatan={tebet}", ["Toko Manggarai", "Apotek Bukit Duri"]),
        ("cooperative={manggarai}", ["Toko Manggarai"]),
        ("q=lemari", ["Apotek Bukit Duri"]),
        ("kecamatan={tebet}&state=covered", ["Apotek Bukit Duri"]),
    ],
)
def test_filters_leave_the_rows_their_sums_and_their_groups(
    sudin_client: Client, needs: dict[str, CapitalNeed], query: str, names: list[str]
) -> None:
    kelurahan = needs["stock"].outlet.cooperative.kelurahan
    asked = query.format(tebet=kelurahan.kecamatan_id, manggarai=kelurahan.pk)
    page = page_of(sudin_client, f"{GAP}?{asked}")
    assert [row[1][0] for row in rows_of_page(page)] == names
    lines = lines_of(sudin_client, f"{GAP}?{asked}&format=csv")
    assert len(lines) == 2 + len(names)
    # Every group opens exactly the rows that it counts.
    for link in page.select("a[data-figure]"):
        assert total_of(page_of(sudin_client, str(link["href"]))) == int(str(link["data-figure"]))


@pytest.mark.usefixtures("needs")
def test_file_has_the_same_rows_with_unformatted_sums(sudin_client: Client) -> None:
    [_sample, head, *rows] = lines_of(sudin_client, f"{GAP}?format=csv&state=lacking")
    assert head.endswith(
        "Kebutuhan (Rp);Hibah tiba dan diperiksa (Rp);Dana sendiri disisihkan (Rp);Kekurangan (Rp);"
        "Dari kekurangan itu dijanjikan (Rp);Dari kekurangan itu belum dijanjikan (Rp)"
    )
    assert [row.split(";")[-6:] for row in rows] == [
        ["50000000", "15000000", "5000000", "30000000", "10000000", "20000000"],
        ["10000000", "0", "0", "10000000", "0", "10000000"],
    ]


def test_officer_sees_the_gap_of_their_area_only(client: Client, needs: dict[str, CapitalNeed]) -> None:
    client.force_login(officer_of(needs["stock"].outlet.cooperative.kelurahan))
    page = page_of(client, GAP)
    assert (money_of(page), facts_of(page)[3]) == (
        [[rp(50), rp(15), rp(5), rp(30), rp(10), rp(20)]],
        rp(30),
    )
    assert "Astra" not in page.get_text()
    mine, theirs = (
        reverse("partners:outlet_gap", args=[needs[name].outlet_id]) for name in ("stock", "cooler")
    )
    assert [client.get(address).status_code for address in (mine, theirs)] == [200, 404]


def outlet_with_everything(need: CapitalNeed) -> Outlet:
    """Beside its grants a loan, goods on consignment, a grant that names no need, training, and what came to nothing."""
    for kind, stage, name, paid in (
        (SupportKind.LOAN, Stage.DISBURSED, "LPDB", 30),
        (SupportKind.CONSIGNMENT, Stage.DISBURSED, "Bulog", 4),
        (SupportKind.CASH_GRANT, Stage.COMMITTED, "Antam", 0),
        (SupportKind.TRAINING, Stage.COMPLETED, "Telkom", 0),
        (SupportKind.CASH_GRANT, Stage.CANCELLED, "Batal Jaya", 0),
    ):
        support = support_at(
            stage,
            dt.date(2026, 1, 5),
            partner=PartnerFactory.create(name=name),
            cooperative=need.outlet.cooperative,
            outlet=need.outlet,
            kind=kind,
            committed_idr=None if kind == SupportKind.TRAINING else 30 * M,
        )
        if paid:
            DisbursementFactory.create(support=support, amount_idr=paid * M, paid_on=PAID, verified=True)
    return need.outlet


def capital_of(page: BeautifulSoup) -> dict[str, list[list[str]]]:
    return {
        str(section["aria-labelledby"]): [
            [cell.get_text(" ", strip=True) for cell in row.select("th, td")]
            for row in section.select("tbody tr")
        ]
        for section in page.select("section[aria-labelledby^=capital-]")
    }


def test_outlet_keeps_own_borrowed_and_neither_apart(
    sudin_client: Client, needs: dict[str, CapitalNeed]
) -> None:
    outlet = outlet_with_everything(needs["stock"])
    page = page_of(sudin_client, reverse("partners:outlet_gap", args=[outlet.pk]))
    assert facts_of(page) == [rp(50), rp(15), rp(5), rp(30), rp(10), rp(20)]
    found = capital_of(page)
    assert {key: sorted(rows) for key, rows in found.items()} == {
        "capital-own": [
            ["Antam", "Hibah uang belum menyebut kebutuhannya", "Komitmen", rp(30), rp(0)],
            ["Bank Mandiri", "Hibah uang Modal kerja", "Komitmen", rp(25), rp(15)],
        ],
        "capital-borrowed": [["LPDB", "Pinjaman", "Tersalur", rp(30), rp(30)]],
        "capital-neither": [["Bulog", "Titip jual", "Tersalur", rp(30), rp(4)]],
        "capital-service": [["Telkom", "Pelatihan", "Selesai", "tanpa nilai", "tanpa nilai"]],
    }
    assert text_of(page, "section[aria-labelledby=capital-borrowed] p.muted.small") == (
        "Pinjaman harus dibayar kembali, jadi tidak mengurangi kekurangan."
    )


def test_outlet_page_leads_to_its_gap_on_the_same_day(
    sudin_client: Client, needs: dict[str, CapitalNeed]
) -> None:
    outlet = needs["stock"].outlet
    page = page_of(sudin_client, f"/outlets/{outlet.pk}/?on=2026-02-09")
    [link] = page.select(f"a[href^='/partners/gap/outlets/{outlet.pk}/']")
    assert link["href"] == f"/partners/gap/outlets/{outlet.pk}/?on=2026-02-09"
    assert facts_of(page_of(sudin_client, str(link["href"])))[3] == rp(45)


def test_outlet_without_needs_says_so(sudin_client: Client) -> None:
    outlet = OutletFactory.create()
    page = page_of(sudin_client, reverse("partners:outlet_gap", args=[outlet.pk]))
    assert "Tidak ada kebutuhan modal yang terbuka" in page.get_text()


@pytest.mark.parametrize("rows", [1, 3])
def test_list_and_outlet_cost_the_same_with_more_rows(
    sudin_client: Client, sudin: User, django_assert_num_queries: Any, rows: int
) -> None:
    assert sudin
    for number in range(rows):
        need = CapitalNeedFactory.create(outlet=StatusChangeFactory.create(idle=True).outlet)
        granted(need, 1, 2, by=f"Mitra {number}")
    outlet = need.outlet
    for number in range(rows - 1):
        granted(CapitalNeedFactory.create(outlet=outlet), 1, 2, by=f"Mitra lain {number}")
    with django_assert_num_queries(LIST_QUERIES + header.SUDIN):
        page_of(sudin_client, GAP)
    with django_assert_num_queries(OUTLET_QUERIES + header.SUDIN):
        page_of(sudin_client, reverse("partners:outlet_gap", args=[outlet.pk]))
