"""What outlets lack: open needs, less grants that arrived and were checked, less own money set aside."""

import datetime as dt
from typing import Any

import pytest

from cooperatives.models import Cooperative
from outlets.models import CapitalNeed, Outlet
from partners.gap import (
    GapTotal,
    gap_by,
    gap_of_cooperatives,
    gap_total,
    needs_with_gap,
    open_gap_total,
    with_cooperative_gap,
    with_outlet_gap,
)
from partners.models import Stage, SupportKind
from tests.factories import CapitalNeedFactory, SetAsideFactory
from tests.partner_factories import DisbursementFactory, support_at

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]
DAY = dt.date(2026, 2, 15)


def test_a_grant_counts_from_its_day_once_somebody_else_has_checked_it() -> None:
    need = CapitalNeedFactory.create(amount_idr=50_000_000)
    outlet, cooperative = need.outlet, need.outlet.cooperative
    support = support_at(
        Stage.DISBURSED,
        dt.date(2026, 1, 5),
        cooperative=cooperative,
        outlet=outlet,
        need=need,
        committed_idr=30_000_000,
    )
    loan = support_at(
        Stage.DISBURSED, cooperative=cooperative, outlet=outlet, need=need, kind=SupportKind.LOAN
    )
    DisbursementFactory.create(support=loan, amount_idr=20_000_000, verified=True)
    DisbursementFactory.create(support=support, amount_idr=10_000_000, verified=True)
    DisbursementFactory.create(support=support, amount_idr=5_000_000)
    DisbursementFactory.create(support=support, amount_idr=7_000_000, verified=True, withdrawn=True)
    SetAsideFactory.create(need=need, amount_idr=4_000_000)
    CapitalNeedFactory.create(outlet=outlet, amount_idr=1_000_000, closed_on=DAY)

    def total(on: dt.date) -> GapTotal:
        return gap_total(CapitalNeed.objects.all(), on=on)

    assert total(dt.date(2026, 1, 9)) == GapTotal(2, 1, 1, 51_000_000, 0, 4_000_000, 47_000_000, 30_000_000)
    after = GapTotal(1, 1, 1, 50_000_000, 10_000_000, 4_000_000, 36_000_000, 20_000_000)
    assert total(DAY) == after
    assert open_gap_total(Cooperative.objects.all(), on=DAY) == after
    assert gap_by(CapitalNeed.objects.all(), "outlet", on=DAY) == {outlet.pk: after}
    assert gap_of_cooperatives([cooperative.pk], on=DAY) == {cooperative.pk: after}
    assert [row.gap_idr for row in with_cooperative_gap(Cooperative.objects.all(), on=DAY)] == [36_000_000]
    assert [row.gap_idr for row in with_outlet_gap(Outlet.objects.all(), on=DAY)] == [36_000_000]
    item: Any = needs_with_gap(CapitalNeed.objects.all(), on=DAY).get()
    assert (item.granted_idr, item.set_aside_idr, item.gap_idr, item.promised_idr) == (
        *(10_000_000, 4_000_000),
        *(36_000_000, 20_000_000),
    )
