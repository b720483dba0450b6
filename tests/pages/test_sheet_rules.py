"""The rules of the leader's sheet: each fires and stays silent; three are shown, the weightiest first."""

import datetime as dt
from collections.abc import Callable

import pytest
from django.test import RequestFactory

from cooperatives.asof import View, read_view
from cooperatives.models import Cooperative, ParameterKey, Target
from kkmp.pages.sheet.facts import PROMISE_DAYS, read_facts
from kkmp.pages.sheet.risks import IDLE_DAYS, RULES, top_risks
from partners.models import Stage
from tests.factories import (
    CapitalNeedFactory,
    CooperativeFactory,
    KecamatanFactory,
    PaperFactory,
    ParameterFactory,
    StatusChangeFactory,
    UserFactory,
)
from tests.partner_factories import StageChangeFactory
from tests.report_steps import at, report

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]
DAY = dt.date(2026, 3, 16)
SINCE = dt.date(2026, 2, 16)
Plant = Callable[[], object]


def view() -> View:
    request = RequestFactory().get("/sheet/")
    request.user = UserFactory.create(leader=True)
    return read_view(request)


def fired() -> dict[str, int]:
    """Key of each rule that fires → how many it concerns."""
    facts = read_facts(view())
    return {rule.key: found.count for rule in RULES if (found := rule.find(facts))}


def ago(days: int) -> dt.date:
    return DAY - dt.timedelta(days=days)


def recorded() -> Cooperative:
    """A cooperative of which something is recorded, so that “unrecorded” stays silent."""
    cooperative: Cooperative = StatusChangeFactory.create(none=True, effective_on=ago(400)).cooperative
    return cooperative


def stops(on: dt.date) -> None:
    change = StatusChangeFactory.create(effective_on=ago(300))
    StatusChangeFactory.create(outlet=change.outlet, idle=True, reason="stock", effective_on=on)


def idle_for_capital(since: dt.date) -> None:
    change = StatusChangeFactory.create(idle=True, effective_on=since)
    CapitalNeedFactory.create(outlet=change.outlet, since_on=since)


def behind(goal: int) -> None:
    recorded()
    Target.objects.create(on=ago(1), running=goal)


def promised(on: dt.date) -> None:
    StageChangeFactory.create(support__cooperative=recorded(), stage=Stage.COMMITTED, effective_on=on)


def unsent(*, january: bool, february: bool) -> None:
    ParameterFactory.create(key=ParameterKey.REPORT_SINCE, value=1, starts_on=dt.date(2026, 1, 1))
    cooperative = recorded()
    if january:
        report(dt.date(2026, 1, 1), ("submitted", at(2, 2)), cooperative=cooperative)
    if february:
        report(dt.date(2026, 2, 1), ("submitted", at(3, 2)), cooperative=cooperative)


def paper(expires_on: dt.date) -> None:
    PaperFactory.create(cooperative=recorded(), issued_on=ago(500), expires_on=expires_on)


@pytest.mark.parametrize(
    ("key", "plant", "count"),
    [
        ("stopped", lambda: stops(SINCE + dt.timedelta(days=1)), 1),
        ("stopped", lambda: stops(SINCE), None),
        ("behind_target", lambda: behind(2), 2),
        ("behind_target", lambda: behind(0), None),
        ("promised_long_ago", lambda: promised(ago(PROMISE_DAYS + 1)), 1),
        ("promised_long_ago", lambda: promised(ago(PROMISE_DAYS)), None),
        ("waiting_for_capital", lambda: idle_for_capital(ago(IDLE_DAYS + 1)), 1),
        ("waiting_for_capital", lambda: idle_for_capital(ago(IDLE_DAYS)), None),
        ("reports_missing", lambda: unsent(january=False, february=False), 1),
        ("reports_missing", lambda: unsent(january=True, february=False), None),
        ("reports_missing", lambda: unsent(january=False, february=True), None),
        ("unrecorded", CooperativeFactory.create, 1),
        ("unrecorded", recorded, None),
        ("contradicting", lambda: StatusChangeFactory.create(idle=True, effective_on=ago(1)), 1),
        ("contradicting", lambda: idle_for_capital(ago(1)), None),
        ("terms_and_papers_ended", lambda: paper(ago(1)), 1),
        ("terms_and_papers_ended", lambda: paper(DAY), None),
    ],
)
def test_rule_fires_at_its_edge_and_not_before(key: str, plant: Plant, count: int | None) -> None:
    plant()
    assert fired().get(key) == count


def test_nothing_fires_where_all_is_well() -> None:
    recorded()
    assert fired() == {}


def test_the_three_with_the_most_points_are_shown_and_equals_in_the_order_of_the_table() -> None:
    for _number in range(2):
        CooperativeFactory.create()
    for _number in range(4):
        paper(ago(1))
    stops(ago(3))
    StatusChangeFactory.create(idle=True, effective_on=ago(1))
    shown = [(risk.rule.key, risk.points) for risk in top_risks(read_facts(view()))]
    # Unrecorded (2 × 2) and ended papers (4 × 1) weigh the same: the former stands first in the table.
    assert shown == [("stopped", 20), ("unrecorded", 4), ("terms_and_papers_ended", 4)]


def test_another_kecamatan_is_not_counted() -> None:
    mine = KecamatanFactory.create()
    CooperativeFactory.create(kelurahan__kecamatan=mine)
    CooperativeFactory.create()
    request = RequestFactory().get(f"/sheet/?kecamatan={mine.pk}")
    request.user = UserFactory.create(leader=True)
    facts = read_facts(read_view(request))
    assert [row.cooperative.kelurahan.kecamatan for row in facts.rows] == [mine]
    assert [risk.finding.count for risk in top_risks(facts)] == [1]
