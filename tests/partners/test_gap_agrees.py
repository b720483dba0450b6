"""The gap of an outlet, a cooperative, a kecamatan, the list, the dashboard and the sheet is one figure."""

import datetime as dt
import random

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from django.urls import reverse

from cooperatives.asof import View, month_before
from cooperatives.models import Cooperative
from kkmp.accounts.models import User
from kkmp.pages.sheet.facts import read_facts
from kkmp.templatetags.ui import rupiah
from outlets.models import CapitalNeed, Outlet
from partners.gap import (
    gap_by,
    gap_by_reason,
    gap_of_cooperatives,
    needs_with_gap,
    open_gap_total,
    with_cooperative_gap,
    with_outlet_gap,
)
from partners.models import GRANTS, Stage, SupportKind
from tests.factories import CapitalNeedFactory, KecamatanFactory, SetAsideFactory, StatusChangeFactory
from tests.partner_factories import DisbursementFactory, support_at

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]
TODAY = dt.date(2026, 3, 16)
EARLIER, PAID = dt.date(2026, 1, 31), dt.date(2026, 2, 10)
KECAMATAN = "outlet__cooperative__kelurahan__kecamatan"


def plant() -> list[CapitalNeed]:
    """Needs of two kecamatan with supports of all kinds and stages; what they come to is left to chance."""
    dice = random.Random(6)
    needs = []
    for kecamatan in KecamatanFactory.create_batch(2):
        for _number in range(3):
            change = StatusChangeFactory.create(
                idle=True, outlet__cooperative__kelurahan__kecamatan=kecamatan
            )
            for _need in range(dice.randint(1, 2)):
                need = CapitalNeedFactory.create(
                    outlet=change.outlet, amount_idr=dice.randint(20, 60) * 1_000_000
                )
                needs.append(need)
                for _support in range(3):
                    support = support_at(
                        dice.choice(list(Stage)),
                        dt.date(2026, 1, 1),
                        cooperative=change.cooperative,
                        outlet=change.outlet,
                        need=dice.choice([need, need, None]),
                        kind=dice.choice(list(SupportKind)),
                        committed_idr=dice.choice([None, 30_000_000]),
                    )
                    DisbursementFactory.create(
                        support=support,
                        amount_idr=dice.randint(1, 9) * 1_000_000,
                        paid_on=dice.choice([EARLIER, PAID]),
                        verified=dice.choice([True, False]),
                    )
                if dice.random() < 0.5:
                    SetAsideFactory.create(need=need, amount_idr=dice.randint(1, 50) * 1_000_000)
    return needs


def figures(sudin: User, on: dt.date) -> list[int]:
    """The gap of all, added up in every way the pages do."""
    needs, everything = CapitalNeed.objects.all(), Cooperative.objects.all()
    view = View(user=sudin, today=TODAY, on=on, since=month_before(on))
    sheet = read_facts(view)
    items = sum(need.gap_idr for need in needs_with_gap(needs, on=on))  # type: ignore[attr-defined]
    return [
        items,
        open_gap_total(everything, on=on).gap_idr,
        sum(row.gap_idr for row in with_outlet_gap(Outlet.objects.all(), on=on)),
        sum(row.gap_idr for row in with_cooperative_gap(everything, on=on)),
        sum(
            gap.gap_idr
            for gap in gap_of_cooperatives(everything.values_list("pk", flat=True), on=on).values()
        ),
        sum(gap.gap_idr for gap in gap_by(needs, KECAMATAN, on=on).values()),
        sum(gap.gap_idr for gap in gap_by_reason(needs, on=on).values()),
        sheet.gap.gap_idr,
        sum(gap.gap_idr for gap in sheet.gaps.values()),
    ]


def pages(client: Client, on: dt.date) -> list[str]:
    """What the list, the dashboard and the sheet write."""
    asked = {"on": on.isoformat()}
    listed = BeautifulSoup(client.get(reverse("partners:gap"), asked).content, "html.parser")
    dashboard = BeautifulSoup(client.get(reverse("dashboard"), asked).content, "html.parser")
    facts = dashboard.select("[aria-labelledby=gap] .facts dd")
    [total] = listed.select("[data-sum]")
    return [total.get_text(strip=True), facts[3].get_text(strip=True)]


def test_every_page_says_one_gap_on_any_day(sudin: User, sudin_client: Client) -> None:
    plant()
    for on in (TODAY, EARLIER, dt.date(2026, 1, 1)):
        [gap] = set(figures(sudin, on))
        assert gap > 0
        assert pages(sudin_client, on) == [rupiah(gap)] * 2


def test_a_grant_moves_them_all_by_its_sum_from_its_day_and_nothing_else_does(
    sudin: User, sudin_client: Client
) -> None:
    plant()
    need = CapitalNeedFactory.create(amount_idr=90_000_000)
    before = {on: figures(sudin, on)[0] for on in (TODAY, PAID, PAID - dt.timedelta(days=1))}
    for kind in SupportKind:
        support = support_at(
            Stage.COMMITTED,
            dt.date(2026, 1, 1),
            cooperative=need.outlet.cooperative,
            outlet=need.outlet,
            need=need,
            kind=kind,
            committed_idr=7_000_000,
        )
        assert {on: set(figures(sudin, on)) for on in before} == {on: {gap} for on, gap in before.items()}
        DisbursementFactory.create(support=support, amount_idr=7_000_000, paid_on=PAID)
        assert {on: set(figures(sudin, on)) for on in before} == {on: {gap} for on, gap in before.items()}
        DisbursementFactory.create(support=support, amount_idr=6_000_000, paid_on=PAID, verified=True)
        if kind in GRANTS:
            before = {on: gap - 6_000_000 * (on >= PAID) for on, gap in before.items()}
        assert {on: set(figures(sudin, on)) for on in before} == {on: {gap} for on, gap in before.items()}
    assert pages(sudin_client, PAID) == [rupiah(before[PAID])] * 2
