"""What about a support wants somebody's eyes on a day: each rule, how far it reaches, and that it costs two queries."""

import datetime as dt
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from cooperatives.models import ParameterKey
from outlets.models import NeedPurpose
from partners.flags import FlagKey, flagged, flags_of, wanting_attention, with_flags
from partners.models import Stage, Support, SupportKind
from tests.factories import AssetStatementFactory, CapitalNeedFactory, ParameterFactory, officer_of
from tests.partner_factories import DisbursementFactory, StageChangeFactory, support_at
from tests.reading import file_of, lines_of, names_on, number_at, page_of, total_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]
DAY = dt.date(2026, 3, 16)
MILLION = 1_000_000
SUPPORTS = "/partners/supports/"


def keys(support: Support, on: dt.date = DAY) -> list[str]:
    return [flag.key.value for flag in flags_of([support], on).get(support.pk, [])]


def texts(support: Support, on: dt.date = DAY) -> dict[str, str]:
    return {flag.key.value: flag.text for flag in flags_of([support], on).get(support.pk, [])}


def for_a_need(stage: Stage, on: dt.date = dt.date(2026, 3, 1), **more: Any) -> Support:
    """A support that names a need of a cooperative whose assets are known to be Rp 100 million."""
    need = more.pop("need", None) or CapitalNeedFactory.create()
    cooperative = need.outlet.cooperative
    if not cooperative.asset_statements.exists():
        AssetStatementFactory.create(cooperative=cooperative)
    return support_at(
        stage,
        on,
        **{"cooperative": cooperative, "outlet": need.outlet, "need": need, "committed_idr": 25 * MILLION}
        | more,
    )


def test_a_quiet_support_has_no_flag() -> None:
    assert keys(for_a_need(Stage.COMMITTED)) == []


# --- grants --------------------------------------------------------------------


def test_grant_above_the_share_of_last_known_assets_needs_a_meeting() -> None:
    at_the_limit = for_a_need(Stage.COMMITTED)
    above = for_a_need(Stage.OFFERED, committed_idr=25 * MILLION + 1, partner__name="Mitra A")
    assert (keys(at_the_limit), keys(above)) == ([], ["members_meeting"])
    assert texts(above)["members_meeting"] == (
        "Hibah Mitra A untuk koperasi ini Rp\u00a025.000.001, lebih dari 25% aset terakhir yang diketahui "
        "(Rp\u00a0100.000.000). Anggaran dasar meminta persetujuan rapat anggota luar biasa (RALB); "
        "catat harinya di data bantuan."
    )
    AssetStatementFactory.create(
        cooperative=above.cooperative, on=dt.date(2026, 3, 10), amount_idr=200 * MILLION
    )
    assert (keys(above, dt.date(2026, 3, 9)), keys(above)) == (["members_meeting"], [])


def test_meeting_that_accepted_one_grant_settles_that_one_from_its_day_on() -> None:
    need = CapitalNeedFactory.create()
    AssetStatementFactory.create(cooperative=need.outlet.cooperative, amount_idr=10 * MILLION)
    first = for_a_need(
        Stage.COMMITTED, need=need, committed_idr=9 * MILLION, accepted_on=dt.date(2026, 3, 10)
    )
    second = for_a_need(Stage.COMMITTED, need=need, partner=first.partner, committed_idr=MILLION)
    meeting = [
        ["members_meeting" in keys(support, dt.date(2026, 3, day)) for day in (9, 10)]
        for support in (first, second)
    ]
    assert meeting == [[True, False], [True, True]]


def test_accepted_grant_does_not_ask_for_assets() -> None:
    need = CapitalNeedFactory.create()
    assert keys(for_a_need(Stage.COMMITTED, need=need, accepted_on=dt.date(2026, 3, 10))) == []


def test_share_of_assets_is_a_dated_parameter() -> None:
    ParameterFactory.create(key=ParameterKey.GRANT_MEETING_PERCENT, value=20, starts_on=dt.date(2026, 3, 10))
    support = for_a_need(Stage.COMMITTED)
    assert [keys(support, dt.date(2026, 3, day)) for day in (9, 10)] == [[], ["members_meeting"]]


def test_one_grant_written_for_each_need_counts_as_one() -> None:
    first = for_a_need(Stage.COMMITTED, committed_idr=15 * MILLION)
    others: dict[str, Any] = {
        "need": CapitalNeedFactory.create(outlet=first.outlet),
        "committed_idr": 15 * MILLION,
    }
    for_a_need(Stage.COMMITTED, **others)
    for_a_need(Stage.COMPLETED, partner=first.partner, **others)
    for_a_need(Stage.CANCELLED, partner=first.partner, **others)
    for_a_need(Stage.COMMITTED, partner=first.partner, kind=SupportKind.LOAN, committed_idr=15 * MILLION)
    assert keys(first) == []
    second = for_a_need(
        Stage.OFFERED,
        partner=first.partner,
        need=CapitalNeedFactory.create(outlet=first.outlet),
        committed_idr=15 * MILLION,
    )
    assert (keys(first), keys(second)) == (["members_meeting"], ["members_meeting"])


@pytest.mark.parametrize("kind", [SupportKind.LOAN, SupportKind.CONSIGNMENT, SupportKind.LEND_USE])
def test_only_grants_are_measured_by_assets(kind: SupportKind) -> None:
    assert keys(for_a_need(Stage.COMMITTED, kind=kind, committed_idr=99 * MILLION)) == []


def test_grant_with_a_sum_says_that_no_assets_are_known() -> None:
    need = CapitalNeedFactory.create()
    AssetStatementFactory.create(cooperative=need.outlet.cooperative, on=dt.date(2026, 3, 17))
    named: dict[str, Any] = {"cooperative": need.outlet.cooperative, "outlet": need.outlet, "need": need}
    with_sum = support_at(Stage.OFFERED, **named)
    without = support_at(Stage.OFFERED, committed_idr=None, **named)
    [flag] = flags_of([with_sum], DAY)[with_sum.pk]
    assert (flag.key, flag.tone, keys(without)) == (FlagKey.ASSETS_UNKNOWN, "info", [])


@pytest.mark.parametrize(
    ("stage", "kind", "found"),
    [
        (Stage.COMMITTED, SupportKind.CASH_GRANT, ["no_need"]),
        (Stage.VERIFIED, SupportKind.GOODS_GRANT, ["no_need"]),
        (Stage.OFFERED, SupportKind.CASH_GRANT, []),
        (Stage.COMPLETED, SupportKind.CASH_GRANT, []),
        (Stage.COMMITTED, SupportKind.LOAN, []),
    ],
)
def test_agreed_grant_that_names_no_need_closes_no_gap(
    stage: Stage, kind: SupportKind, found: list[str]
) -> None:
    support = support_at(stage, dt.date(2026, 3, 1), kind=kind)
    AssetStatementFactory.create(cooperative=support.cooperative)
    assert keys(support) == found


# --- one need, promises, things to give back --------------------------------------


def test_two_agreed_supports_for_one_need_are_told_of_both() -> None:
    first = for_a_need(Stage.DISBURSED, committed_idr=20 * MILLION)
    for_a_need(Stage.OFFERED, need=first.need)
    for_a_need(Stage.CANCELLED, need=first.need)
    for_a_need(Stage.COMMITTED, need=CapitalNeedFactory.create(outlet=first.outlet))
    assert keys(first) == []
    second = for_a_need(
        Stage.COMMITTED, dt.date(2026, 3, 10), need=first.need, kind=SupportKind.LOAN, committed_idr=None
    )
    assert (keys(first), keys(second)) == (["same_need"], ["same_need"])
    assert keys(first, dt.date(2026, 3, 9)) == []
    assert texts(first)["same_need"] == (
        "2 bantuan yang disepakati menyebut kebutuhan yang sama: bersama Rp\u00a020.000.000 "
        "untuk kebutuhan Rp\u00a050.000.000."
    )


@pytest.mark.parametrize(
    ("days", "found"),
    [
        (29, []),
        (30, [("no_money_30", "info")]),
        (59, [("no_money_30", "info")]),
        (60, [("no_money_60", "warning")]),
        (89, [("no_money_60", "warning")]),
        (90, [("no_money_90", "error")]),
        (400, [("no_money_90", "error")]),
    ],
)
def test_promise_without_money_is_told_more_loudly_with_time(days: int, found: list[tuple[str, str]]) -> None:
    support = for_a_need(Stage.COMMITTED, DAY - dt.timedelta(days=days))
    flags = flags_of([support], DAY)[support.pk]
    assert [(flag.key.value, flag.tone) for flag in flags] == found


def test_only_verified_money_answers_a_promise() -> None:
    support = for_a_need(Stage.COMMITTED, dt.date(2026, 1, 1))
    DisbursementFactory.create(support=support)
    DisbursementFactory.create(support=support, verified=True, withdrawn=True)
    assert texts(support) == {
        "no_money_60": "Komitmen sejak 1 Januari 2026, 74 hari, dan belum ada penyaluran yang terverifikasi."
    }
    DisbursementFactory.create(support=support, paid_on=dt.date(2026, 3, 10), verified=True)
    assert [keys(support, dt.date(2026, 3, day)) for day in (9, 10)] == [["no_money_60"], []]


def test_only_a_standing_promise_waits_for_money() -> None:
    waits = [for_a_need(stage, dt.date(2026, 1, 1)) for stage in Stage]
    found = flags_of(waits, DAY)
    assert [stage for stage, support in zip(Stage, waits, strict=True) if found[support.pk]] == [
        Stage.COMMITTED
    ]


@pytest.mark.parametrize(
    ("due", "returned", "found"),
    [
        (dt.date(2026, 3, 16), None, []),
        (dt.date(2026, 3, 15), None, ["return_overdue"]),
        (dt.date(2026, 3, 1), dt.date(2026, 3, 16), []),
        (dt.date(2026, 3, 1), dt.date(2026, 3, 17), ["return_overdue"]),
    ],
)
def test_lent_goods_are_overdue_after_their_last_day(
    due: dt.date, returned: dt.date | None, found: list[str]
) -> None:
    support = for_a_need(Stage.DISBURSED, kind=SupportKind.LEND_USE, return_due_on=due, returned_on=returned)
    assert keys(support) == found
    assert keys(for_a_need(Stage.OFFERED, kind=SupportKind.LEND_USE, return_due_on=due)) == []


@pytest.mark.parametrize(
    ("until", "found"),
    [
        (dt.date(2026, 3, 15), ["agreement_ended"]),
        (dt.date(2026, 3, 16), ["agreement_ends"]),
        (dt.date(2026, 5, 15), ["agreement_ends"]),
        (dt.date(2026, 5, 16), []),
        (None, []),
    ],
)
def test_agreement_is_told_before_and_after_its_end(until: dt.date | None, found: list[str]) -> None:
    assert keys(for_a_need(Stage.VERIFIED, agreement_until=until)) == found
    assert keys(for_a_need(Stage.COMPLETED, agreement_until=until)) == []


# --- loans ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("purpose", "sum_idr", "most"),
    [
        (NeedPurpose.EQUIPMENT, 3_000 * MILLION, ""),
        (NeedPurpose.EQUIPMENT, 3_000 * MILLION + 1, "3.000.000.000"),
        (NeedPurpose.STOCK, 500 * MILLION, ""),
        (NeedPurpose.STOCK, 500 * MILLION + 1, "500.000.000"),
        (NeedPurpose.WORKING_CAPITAL, 500 * MILLION + 1, "500.000.000"),
    ],
)
def test_loan_above_its_limit_is_told(purpose: NeedPurpose, sum_idr: int, most: str) -> None:
    need = CapitalNeedFactory.create(purpose=purpose)
    support = for_a_need(Stage.OFFERED, need=need, kind=SupportKind.LOAN, committed_idr=sum_idr)
    said = texts(support)
    assert list(said) == (["loan_sum"] if most else [])
    assert all(f"paling banyak Rp\u00a0{most} (PMK 49/2025)" in text for text in said.values())


def test_loan_without_a_need_has_the_wider_limit() -> None:
    loans = [
        support_at(Stage.OFFERED, kind=SupportKind.LOAN, committed_idr=sum_idr)
        for sum_idr in (600 * MILLION, 3_001 * MILLION)
    ]
    assert [keys(loan) for loan in loans] == [[], ["loan_sum"]]


def test_loan_longer_than_allowed_is_told() -> None:
    loans = [for_a_need(Stage.COMMITTED, kind=SupportKind.LOAN, loan_months=months) for months in (72, 73)]
    assert [keys(loan) for loan in loans] == [[], ["loan_term"]]


# --- all of them --------------------------------------------------------------------


@pytest.mark.parametrize("rows", [1, 3])
def test_flags_of_any_number_of_supports_cost_two_queries(
    django_assert_num_queries: DjangoAssertNumQueries, rows: int
) -> None:
    supports = [support_at(Stage.COMMITTED, dt.date(2025, 10, 1)) for _number in range(rows)]
    with django_assert_num_queries(2):
        found = flags_of(supports, DAY)
    expected = ["no_money_90", "no_need", "assets_unknown"]
    assert [[flag.key.value for flag in found[one.pk]] for one in supports] == [expected] * rows
    with django_assert_num_queries(0):
        assert flags_of([], DAY) == {}


def test_filters_find_exactly_what_is_flagged() -> None:
    mild = for_a_need(Stage.COMMITTED, DAY - dt.timedelta(days=30))
    loud = for_a_need(Stage.COMMITTED, DAY - dt.timedelta(days=90))
    for_a_need(Stage.COMMITTED)
    rows = with_flags(Support.objects.as_of(DAY), on=DAY)
    assert list(wanting_attention(rows)) == [loud]
    assert {key: list(flagged(rows, key)) for key in FlagKey if flagged(rows, key)} == {
        FlagKey.NO_MONEY_30: [mild],
        FlagKey.NO_MONEY_90: [loud],
    }


# --- the list -------------------------------------------------------------------------


def test_list_shows_flags_and_narrows_by_them(sudin_client: Client) -> None:
    support_at(Stage.COMMITTED, dt.date(2025, 10, 1), partner__name="Lama")
    for_a_need(Stage.COMMITTED, DAY - dt.timedelta(days=30), partner__name="Ringan")
    for_a_need(Stage.COMMITTED, partner__name="Tenang")
    page = page_of(sudin_client, f"{SUPPORTS}?sort=partner")
    assert [cell.get_text("|", strip=True) for cell in page.select("td[data-label=Tanda]")] == [
        "Komitmen 90 hari belum terwujud|Hibah tanpa kebutuhan; Aset belum dicatat",
        "Komitmen 30 hari belum terwujud",
        "",
    ]
    narrowed = {
        asked: names_on(page_of(sudin_client, f"{SUPPORTS}?flag={asked}&sort=partner"))
        for asked in ("attention", "no_money_30", "no_need", "return_overdue", "x")
    }
    assert narrowed == {
        "attention": ["Lama"],
        "no_money_30": ["Ringan"],
        "no_need": ["Lama"],
        "return_overdue": [],
        "x": ["Lama", "Ringan", "Tenang"],
    }
    assert names_on(page_of(sudin_client, f"{SUPPORTS}?flag=no_money_90&on=2025-11-01")) == []


def test_files_hold_flags_money_and_capital(sudin_client: Client) -> None:
    support = for_a_need(Stage.COMMITTED, dt.date(2025, 10, 1), partner__name="Mitra A")
    DisbursementFactory.create(support=support, amount_idr=4 * MILLION, verified=True)
    support_at(Stage.OFFERED, kind=SupportKind.LOAN, committed_idr=7, partner__name="Mitra B")
    columns = "outlet,purpose,capital,arrived,outstanding,flags"
    assert lines_of(sudin_client, f"{SUPPORTS}?format=csv&sort=partner&columns={columns}")[1:] == [
        "Mitra;Gerai;Untuk kebutuhan;Golongan modal;Sudah diterima dan terverifikasi (Rp);Komitmen yang belum diterima (Rp);Tanda utama;Tanda lain",
        f"Mitra A;{support.outlet};Modal kerja;Modal sendiri;4000000;21000000;;",
        "Mitra B;;;Modal pinjaman;0;;;",
    ]
    assert file_of(sudin_client, f"{SUPPORTS}?format=xlsx&flag=attention").startswith(b"PK")


def test_sums_by_capital_equal_the_rows_and_stay_apart(sudin_client: Client) -> None:
    grant = for_a_need(Stage.COMMITTED, committed_idr=30)
    DisbursementFactory.create(support=grant, amount_idr=10, verified=True)
    DisbursementFactory.create(support=grant, amount_idr=5)
    support_at(Stage.OFFERED, kind=SupportKind.GOODS_GRANT, committed_idr=100)
    support_at(Stage.COMMITTED, kind=SupportKind.LOAN, committed_idr=1_000)
    support_at(Stage.COMMITTED, kind=SupportKind.LEND_USE, committed_idr=None)
    page = page_of(sudin_client, SUPPORTS)
    shown = {
        str(one["data-capital"]): " ".join(one.select_one("dd").get_text(" ", strip=True).split())  # type: ignore[union-attr]
        for one in page.select("[data-capital]")
    }
    assert shown == {
        "own": "Rp 130 2 bantuan · sudah diterima Rp 10, belum Rp 20",
        "borrowed": "Rp 1.000 1 bantuan · sudah diterima Rp 0, belum Rp 1.000",
        "neither": "1 bantuan, 1 tanpa nilai",
    }
    assert (total_of(page), number_at(page, "data-sum")) == (4, 1_130)


def test_flags_of_another_area_do_not_show(client: Client) -> None:
    mine = support_at(Stage.COMMITTED, dt.date(2025, 10, 1), partner__name="Mitra Saya")
    theirs = support_at(Stage.COMMITTED, dt.date(2025, 10, 1), partner__name="Mitra Mereka")
    client.force_login(officer_of(mine.cooperative.kelurahan))
    assert names_on(page_of(client, f"{SUPPORTS}?flag=attention")) == ["Mitra Saya"]
    assert client.get(theirs.get_absolute_url()).status_code == 404
    said = page_of(client, mine.get_absolute_url()).select(".alert-title")
    assert [title.get_text() for title in said] == [
        "Komitmen 90 hari belum terwujud",
        "Hibah tanpa kebutuhan",
        "Aset belum dicatat",
    ]


def test_stage_of_the_day_decides(sudin_client: Client) -> None:
    support = for_a_need(Stage.COMMITTED, dt.date(2025, 10, 1), partner__name="Mitra A")
    StageChangeFactory.create(support=support, stage=Stage.DISBURSED, effective_on=dt.date(2026, 2, 1))
    shown = {
        on: names_on(page_of(sudin_client, f"{SUPPORTS}?flag=attention&on={on}"))
        for on in ("2025-12-30", "2026-01-31", "2026-02-01")
    }
    assert shown == {"2025-12-30": ["Mitra A"], "2026-01-31": ["Mitra A"], "2026-02-01": []}
