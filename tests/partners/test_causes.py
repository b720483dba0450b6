"""Why an outlet began to run: the flow names what arrived for it, from whom and how much, and nothing else."""

import datetime as dt

import pytest
from django.test import Client

from cooperatives.models import Cooperative
from outlets.models import Outlet, Status
from partners.models import Partner, Stage, Support, SupportKind
from tests.factories import CapitalNeedFactory, CooperativeFactory, OutletFactory, StatusChangeFactory
from tests.partner_factories import DisbursementFactory, PartnerFactory, StageChangeFactory, support_at
from tests.reading import page_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]
# Compared: 16 February with 16 March 2026.
EARLIER, BEFORE, BEGAN, AFTER = (dt.date(2026, *day) for day in ((2, 16), (2, 20), (3, 2), (3, 3)))


@pytest.fixture
def outlet() -> Outlet:
    """One that stood idle and runs since 2 March."""
    outlet = OutletFactory.create()
    StatusChangeFactory.create(outlet=outlet, idle=True)
    StatusChangeFactory.create(outlet=outlet, effective_on=BEGAN)
    return outlet


def paid(
    outlet: Outlet | None,
    amount_idr: int,
    on: dt.date = BEFORE,
    *,
    by: str = "Bank Mandiri",
    kind: SupportKind = SupportKind.CASH_GRANT,
    cooperative: Cooperative | None = None,
    is_verified: bool = True,
    is_withdrawn: bool = False,
) -> Support:
    support = support_at(
        Stage.COMMITTED,
        dt.date(2026, 1, 5),
        partner=Partner.objects.filter(name=by).first() or PartnerFactory.create(name=by),
        cooperative=outlet.cooperative if outlet else cooperative,
        outlet=outlet,
        kind=kind,
    )
    DisbursementFactory.create(
        support=support, amount_idr=amount_idr, paid_on=on, verified=is_verified, withdrawn=is_withdrawn
    )
    return support


def causes_on(client: Client, query: str = "") -> list[str]:
    """What follows the source and day of each move."""
    items = page_of(client, f"/{query}").select("section[aria-labelledby=flow] details li")
    return [item.get_text().partition("2 Maret 2026")[2].removeprefix("; ") for item in items]


def test_the_flow_names_who_gave_how_much(sudin_client: Client, outlet: Outlet) -> None:
    paid(outlet, 25_000_000)
    assert causes_on(sudin_client) == ["hibah Bank Mandiri Rp\u00a025.000.000"]
    flow = page_of(sudin_client, "/").select_one("section[aria-labelledby=flow] summary")
    assert flow
    assert flow.get_text() == "1 lewat keputusan Sudin, 1 dengan bantuan mitra"


def test_each_kind_of_help_by_its_own_name(sudin_client: Client, outlet: Outlet) -> None:
    paid(outlet, 20_000_000, by="Astra")
    paid(outlet, 5_000_000, BEGAN, by="Astra Honda")
    paid(outlet, 7_000_000, by="Astra", kind=SupportKind.GOODS_GRANT)
    paid(outlet, 30_000_000, by="LPDB", kind=SupportKind.LOAN)
    paid(outlet, 4_000_000, by="Bulog", kind=SupportKind.CONSIGNMENT)
    [told] = causes_on(sudin_client)
    assert told.split(", ") == [
        "hibah Astra Rp\u00a020.000.000",
        "hibah barang Astra Rp\u00a07.000.000",
        "hibah Astra Honda Rp\u00a05.000.000",
        "titip jual Bulog Rp\u00a04.000.000",
        "pinjaman LPDB Rp\u00a030.000.000",
    ]


def test_several_payments_of_one_partner_are_one_sum(sudin_client: Client, outlet: Outlet) -> None:
    support = paid(outlet, 20_000_000)
    DisbursementFactory.create(support=support, amount_idr=5_000_000, paid_on=BEGAN, verified=True)
    # Its stage says no more than the sum does.
    StageChangeFactory.create(support=support, stage=Stage.DISBURSED, effective_on=BEFORE)
    assert causes_on(sudin_client) == ["hibah Bank Mandiri Rp\u00a025.000.000"]


def test_what_did_not_arrive_for_it_in_that_time_is_no_cause(sudin_client: Client, outlet: Outlet) -> None:
    paid(outlet, 1_000_000, EARLIER)
    paid(outlet, 2_000_000, AFTER)
    paid(outlet, 3_000_000, is_verified=False)
    paid(outlet, 4_000_000, is_withdrawn=True)
    paid(OutletFactory.create(cooperative=outlet.cooperative), 5_000_000)
    paid(None, 6_000_000, cooperative=outlet.cooperative)
    paid(OutletFactory.create(), 7_000_000)
    CapitalNeedFactory.create(outlet__cooperative=outlet.cooperative, closed_on=BEGAN)
    assert causes_on(sudin_client) == [""]
    # With an earlier day to compare with, the first one came in that time.
    assert causes_on(sudin_client, "?since=2026-02-01") == ["hibah Bank Mandiri Rp\u00a01.000.000"]


def test_help_without_a_checked_sum_is_named_by_its_stage(sudin_client: Client, outlet: Outlet) -> None:
    for name, on, of in (
        ("Pelatih", BEFORE, outlet),
        ("Seluruh Koperasi", BEGAN, None),
        ("Terlambat", AFTER, outlet),
        ("Gerai Lain", BEFORE, OutletFactory.create(cooperative=outlet.cooperative)),
    ):
        support_at(
            Stage.DISBURSED,
            on,
            partner=PartnerFactory.create(name=name),
            cooperative=outlet.cooperative,
            outlet=of,
            kind=SupportKind.TRAINING,
            committed_idr=None,
        )
    CapitalNeedFactory.create(outlet=outlet, closed_on=BEGAN)
    assert causes_on(sudin_client) == [
        "kebutuhan modal terpenuhi, bantuan Pelatih tersalur, bantuan Seluruh Koperasi tersalur"
    ]


def test_money_is_no_cause_of_an_outlet_that_stopped(sudin_client: Client) -> None:
    stopped = StatusChangeFactory.create().outlet
    StatusChangeFactory.create(outlet=stopped, idle=True, effective_on=BEGAN)
    paid(stopped, 25_000_000)
    opened = StatusChangeFactory.create(
        outlet__cooperative=CooperativeFactory.create(), status=Status.PREPARING
    ).outlet
    StatusChangeFactory.create(outlet=opened, effective_on=BEGAN)
    paid(opened, 5_000_000)
    assert sorted(causes_on(sudin_client)) == ["", "hibah Bank Mandiri Rp\u00a05.000.000"]
