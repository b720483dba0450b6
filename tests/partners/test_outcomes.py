"""What became of the help: sums by partner, outlets that opened after it, those that still run."""

import datetime as dt

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from cooperatives.models import Cooperative
from kkmp.accounts.models import AccessEvent, User, Verb
from outlets.models import Outlet
from partners.models import Partner, Stage
from partners.outcomes import Outcome, read_outcomes
from tests import header
from tests.factories import (
    CooperativeFactory,
    KecamatanFactory,
    OutletFactory,
    StatusChangeFactory,
    UserFactory,
    officer_of,
)
from tests.partner_factories import DisbursementFactory, PartnerFactory, support_at
from tests.reading import names_on, page_of, total_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]
DAY, OUTCOMES = dt.date(2026, 3, 16), "/partners/outcomes/"
PAID = dt.date(2026, 1, 10)


def retracted() -> dict[str, object]:
    at = dt.datetime(2026, 12, 1, tzinfo=dt.UTC)
    return {"retracted_at": at, "retracted_by": UserFactory.create(sudin=True), "retract_note": "Keliru"}


def with_story(
    *story: tuple[str, str], name: str = "Gerai", cooperative: Cooperative | None = None
) -> Outlet:
    """An outlet with these statuses, each from a day on; “-running” was retracted."""
    outlet = OutletFactory.create(name=name, cooperative=cooperative or CooperativeFactory.create())
    for day, status in story:
        StatusChangeFactory.create(
            outlet=outlet,
            status=status.removeprefix("-"),
            reason="capital" if status.endswith("idle") else "",
            effective_on=dt.date.fromisoformat(day),
            **(retracted() if status.startswith("-") else {}),
        )
    return outlet


def help_of(
    partner: Partner,
    outlet: Outlet,
    *paid: tuple[dt.date, int],
    kind: str = "cash_grant",
    committed_idr: int | None = 50,
    stage: Stage = Stage.DISBURSED,
) -> None:
    support = support_at(
        stage,
        on=dt.date(2026, 1, 1),
        partner=partner,
        cooperative=outlet.cooperative,
        outlet=outlet,
        kind=kind,
        committed_idr=committed_idr,
    )
    for day, amount in paid:
        DisbursementFactory.create(support=support, paid_on=day, amount_idr=amount, verified=True)


def told(row: Outcome) -> tuple[int, ...]:
    return (
        *(row.support_count, row.unknown_count, row.promised_idr, row.arrived_idr, row.granted_idr),
        *(row.helped_count, row.opened_count, row.running_count),
    )


def all_on(on: dt.date = DAY) -> dict[str, tuple[int, ...]]:
    found = read_outcomes(Cooperative.objects.all(), on=on)
    rows = {row.partner.name: told(row) for row in found.partners if row.partner}
    return {**rows, "": told(found.total)}


STORIES = {
    # Idle when the money came, then running.
    "opened": ([("2025-10-01", "idle"), ("2026-02-01", "running")], (1, 1)),
    "unrecorded before": ([("2026-02-01", "running")], (1, 1)),
    "stopped again": ([("2025-10-01", "idle"), ("2026-02-01", "running"), ("2026-03-01", "closed")], (1, 0)),
    "runs again": (
        [("2026-02-01", "running"), ("2026-02-10", "idle"), ("2026-03-16", "running")],
        (1, 1),
    ),
    "ran before": ([("2025-10-01", "running")], (0, 0)),
    "ran before, stopped, runs again": (
        [("2025-10-01", "running"), ("2026-02-01", "idle"), ("2026-03-01", "running")],
        (0, 0),
    ),
    "on the very day": ([("2025-10-01", "idle"), ("2026-01-10", "running")], (0, 0)),
    "stopped on the very day": (
        [("2025-10-01", "running"), ("2026-01-10", "idle"), ("2026-02-01", "running")],
        (1, 1),
    ),
    "never": ([("2025-10-01", "idle")], (0, 0)),
    "after the day asked about": ([("2025-10-01", "idle"), ("2026-03-17", "running")], (0, 0)),
    "taken back": ([("2025-10-01", "idle"), ("2026-02-01", "-running")], (0, 0)),
}


@pytest.mark.parametrize("name", STORIES)
def test_an_outlet_opened_when_it_ran_after_the_first_money_and_not_before(name: str) -> None:
    story, expected = STORIES[name]
    help_of(PartnerFactory.create(name="A"), with_story(*story), (PAID, 20), (dt.date(2026, 3, 10), 5))
    assert all_on() == {"A": (1, 0, 50, 25, 25, 1, *expected), "": (1, 0, 50, 25, 25, 1, *expected)}


def test_sums_are_apart_by_kind_and_only_what_counts_counts() -> None:
    partner = PartnerFactory.create(name="A")
    outlet = with_story(("2025-10-01", "idle"))
    help_of(partner, outlet, (PAID, 20))
    help_of(partner, outlet, (PAID, 7), kind="loan", committed_idr=None)
    help_of(partner, outlet, stage=Stage.OFFERED, committed_idr=1_000)
    help_of(partner, outlet, (PAID, 3), stage=Stage.CANCELLED, committed_idr=1_000)
    waiting = support_at(Stage.COMMITTED, partner=partner, committed_idr=100)
    DisbursementFactory.create(support=waiting, amount_idr=90)
    DisbursementFactory.create(support=waiting, amount_idr=90, verified=True, withdrawn=True)
    row = (3, 1, 150, 30, 23, 1, 0, 0)
    assert all_on() == {"A": row, "": row}
    assert all_on(dt.date(2026, 1, 9)) == {"A": (2, 1, 50, 0, 0, 0, 0, 0), "": (2, 1, 50, 0, 0, 0, 0, 0)}


def test_an_outlet_that_several_helped_counts_once_in_all() -> None:
    early, late = PartnerFactory.create(name="A"), PartnerFactory.create(name="B")
    outlet = with_story(("2025-10-01", "idle"), ("2026-02-01", "running"))
    help_of(early, outlet, (PAID, 20))
    help_of(late, outlet, (dt.date(2026, 1, 31), 20))
    after = PartnerFactory.create(name="C")
    help_of(after, outlet, (dt.date(2026, 2, 2), 20))
    one = (1, 0, 50, 20, 20, 1)
    assert all_on() == {
        "A": (*one, 1, 1),
        "B": (*one, 1, 1),
        "C": (*one, 0, 0),
        "": (3, 0, 150, 60, 60, 1, 1, 1),
    }


def test_page_numbers_open_the_lists_they_count(sudin_client: Client) -> None:
    # A key of four digits is not written with a separator.
    alpha, beta = PartnerFactory.create(name="Alpha", pk=1_234), PartnerFactory.create(name="Beta")
    PartnerFactory.create(name="Tanpa bantuan")
    outlet = with_story(("2025-10-01", "idle"), ("2026-02-01", "running"), name="Gerai Buka")
    help_of(alpha, outlet, (PAID, 20_000_000), committed_idr=50_000_000)
    help_of(alpha, with_story(), stage=Stage.PROSPECT)
    help_of(beta, with_story(), stage=Stage.COMMITTED, committed_idr=None)
    page = page_of(sudin_client, OUTCOMES)
    assert (names_on(page), total_of(page)) == (["Alpha", "Beta"], 2)
    cells = [
        [cell.get_text(" ", strip=True) for cell in row.select("th, td")]
        for row in page.select("table tr")[1:]
    ]
    assert cells == [
        ["Alpha Perusahaan swasta", "1", "Rp\xa050.000.000", "Rp\xa020.000.000", "1", "1", "1"],
        ["Beta Perusahaan swasta", "1", "1 tanpa nilai", "Rp\xa00", "0", "0", "0"],
        ["Jumlah", "2", "Rp\xa050.000.000 1 tanpa nilai", "Rp\xa020.000.000", "1", "1", "1"],
    ]
    for link in page.select("a[data-figure]"):
        assert int(str(link["data-figure"])) == total_of(page_of(sudin_client, str(link["href"])))
    anchors = [str(link["href"]) for link in page.select("td a[href^='#']")]
    assert all(page.select(anchor) for anchor in anchors)
    assert [row.get_text(" ", strip=True) for row in page.select("section[aria-labelledby=opened] li")] == [
        f"Gerai Buka Masih berjalan {outlet.cooperative} · bantuan pertama 10 Januari 2026, berjalan sejak 1 Februari 2026"
    ]


def test_page_is_of_the_area_and_the_day(client: Client, sudin_client: Client) -> None:
    tebet = KecamatanFactory.create()
    here = with_story(cooperative=CooperativeFactory.create(kelurahan__kecamatan=tebet))
    help_of(PartnerFactory.create(name="Sini"), here, (PAID, 1))
    help_of(PartnerFactory.create(name="Sana"), with_story(), (PAID, 1))
    shown = [
        names_on(page_of(sudin_client, OUTCOMES + query))
        for query in ("", f"?kecamatan={tebet.pk}", "?on=2025-12-31")
    ]
    client.force_login(officer_of(tebet))
    assert [*shown, names_on(page_of(client, OUTCOMES))] == [["Sana", "Sini"], ["Sini"], [], ["Sini"]]


def test_copies_hold_the_rows_of_the_page_and_are_logged(sudin_client: Client, sudin: User) -> None:
    outlet = with_story(("2026-02-01", "running"))
    help_of(PartnerFactory.create(name="=1+1"), outlet, (PAID, 20), committed_idr=None)
    reply = sudin_client.get(f"{OUTCOMES}?format=csv")
    assert reply.content.decode("utf-8-sig").splitlines()[1:] == [
        "Mitra;Kategori;Jumlah bantuan;Bantuan tanpa nilai;Dijanjikan (Rp);Tersalur (Rp);Di antaranya hibah (Rp);Gerai dibantu;Gerai mulai berjalan;Masih berjalan",
        "'=1+1;Perusahaan swasta;1;1;;20;20;1;1;1",
    ]
    assert sudin_client.get(f"{OUTCOMES}?format=xlsx").content[:2] == b"PK"
    printed = page_of(sudin_client, f"{OUTCOMES}?print=1")
    assert (names_on(printed), printed.select(".toolbar, .tabs")) == (["=1+1"], [])
    target = "Hasil bantuan per mitra per 16/03/2026, Jakarta Selatan: 1 baris"
    assert list(AccessEvent.objects.order_by("pk").values_list("verb", "user", "target")) == [
        (verb, sudin.pk, target) for verb in (Verb.EXPORTED, Verb.EXPORTED, Verb.PRINTED)
    ]


@pytest.mark.parametrize(
    "query", ["on=x", "kecamatan=x", "format=pdf", "print", "since=x", "known=x", "page=9"]
)
def test_any_address_gives_a_page(sudin_client: Client, query: str) -> None:
    page_of(sudin_client, f"{OUTCOMES}?{query}")


@pytest.mark.parametrize("rows", [1, 3])
def test_page_costs_the_same_for_any_number_of_rows(
    sudin_client: Client, django_assert_num_queries: DjangoAssertNumQueries, rows: int
) -> None:
    for _number in range(rows):
        for _outlet in range(rows):
            outlet = with_story(("2025-10-01", "idle"), ("2026-02-01", "running"))
            help_of(PartnerFactory.create(), outlet, (PAID, 20))
    with django_assert_num_queries(9 + header.SUDIN):
        page_of(sudin_client, OUTCOMES)
