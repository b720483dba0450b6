"""Each rule and each condition of matching by itself: pure functions, asked without a database."""

import datetime as dt
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import pytest

from cooperatives.models import NEEDED, PaperKind, ParameterKey
from cooperatives.models.parameters import DEFAULTS
from outlets.models import Outlet, OutletKind, Status
from partners.candidates import Candidate, Neighbours, Proposed
from partners.gap import GapTotal
from partners.match_rules import (
    CONDITIONS,
    RULES,
    Verdict,
    days_idle,
    fresh_reports,
    gap_covered,
    grant_has_a_gap,
    kecamatan_fits,
    kind_fits,
    members_fit,
    most_idr,
    not_agreed_yet,
    offer_is_open,
    papers_fit,
    papers_held,
    paying_members,
    running_neighbours,
    something_is_left,
    status_fits,
)
from partners.matching import rank
from partners.models import Offer, Stage, SupportKind
from tests.factories import CooperativeFactory, KecamatanFactory, KelurahanFactory, OutletFactory
from tests.partner_factories import OfferFactory, PartnerFactory

TODAY = dt.date(2026, 3, 16)
MILLION = 1_000_000
NOTHING, ALL = Fraction(0), Fraction(1)


def outlet(
    status: str | None = Status.IDLE, since: dt.date | None = dt.date(2026, 3, 6), **kwargs: Any
) -> Outlet:
    """In a kecamatan of code 99 and name Tebet, never stored."""
    kelurahan = KelurahanFactory.build(kecamatan=KecamatanFactory.build(code="99", name="Tebet"))
    built: Any = OutletFactory.build(cooperative=CooperativeFactory.build(kelurahan=kelurahan), **kwargs)
    built.status, built.status_since = status, since
    return built  # type: ignore[no-any-return]


def candidate(*, lacks: int | None = 50, **facts: Any) -> Candidate:
    """`lacks` in millions; None where no need is recorded."""
    gap = None if lacks is None else GapTotal(need_count=1, gap_idr=lacks * MILLION)
    return Candidate(**{"on": TODAY, "outlet": outlet(pk=1), "gap": gap, **facts})


def offer(*, agreed_idr: int = 0, **kwargs: Any) -> Offer:
    """A cash grant of 200 million, 50 an outlet, open since September 2025."""
    built = OfferFactory.build(partner=PartnerFactory.build(), **kwargs)
    built.agreed_idr = agreed_idr
    return built


@pytest.mark.parametrize(
    ("lacks", "changed", "said"),
    [
        (50, {}, Verdict(ALL, "Dapat menutup Rp 50.000.000 dari kekurangan Rp 50.000.000")),
        (200, {}, Verdict(Fraction(1, 4), "Dapat menutup Rp 50.000.000 dari kekurangan Rp 200.000.000")),
        (
            100,
            {"agreed_idr": 180 * MILLION},
            Verdict(Fraction(1, 5), "Dapat menutup Rp 20.000.000 dari kekurangan Rp 100.000.000"),
        ),
        (
            80,
            {"ceiling_idr": None, "per_outlet_idr": None},
            Verdict(ALL, "Dapat menutup Rp 80.000.000 dari kekurangan Rp 80.000.000"),
        ),
        (50, {"kind": SupportKind.LOAN}, Verdict(NOTHING, "Bukan hibah, jadi tidak menutup kekurangan")),
        (0, {}, Verdict(NOTHING, "Tidak ada kekurangan yang tercatat")),
        (None, {}, Verdict(NOTHING, "Tidak ada kekurangan yang tercatat")),
    ],
)
def test_gap_covered_is_the_share_that_limit_and_rest_allow(
    lacks: int | None, changed: dict[str, Any], said: Verdict
) -> None:
    verdict = gap_covered(candidate(lacks=lacks), offer(**changed))
    assert Verdict(verdict.share, verdict.sentence.replace("\u00a0", " ")) == said


def test_papers_held_count_the_needed_kinds_only() -> None:
    held = frozenset({PaperKind.DEED, PaperKind.NIB, PaperKind.OTHER})
    assert papers_held(candidate(papers=held), offer()) == Verdict(
        Fraction(2, 7),
        "2 dari 7 surat ada dan berlaku; "
        "belum: Berita acara musyawarah, SK AHU, NPWP, Rekening koperasi, NIK koperasi",
    )
    assert papers_held(candidate(papers=frozenset(NEEDED)), offer()) == Verdict(
        ALL, "7 dari 7 surat ada dan berlaku"
    )


@pytest.mark.parametrize(("found", "share"), [(0, NOTHING), (25, Fraction(1, 4)), (100, ALL), (1_200, ALL)])
def test_paying_members_give_all_from_a_hundred_on(found: int, share: Fraction) -> None:
    said = f"{found:,} anggota lunas simpanan pokok (nilai penuh mulai 100)".replace(",", ".")
    assert paying_members(candidate(paying_members=found), offer()) == Verdict(share, said)


@pytest.mark.parametrize(
    ("status", "since", "said"),
    [
        (Status.IDLE, TODAY, Verdict(NOTHING, "0 hari belum berjalan (nilai penuh mulai 365 hari)")),
        (
            Status.IDLE,
            dt.date(2026, 1, 2),
            Verdict(Fraction(1, 5), "73 hari belum berjalan (nilai penuh mulai 365 hari)"),
        ),
        (
            Status.IDLE,
            dt.date(2024, 1, 1),
            Verdict(ALL, "805 hari belum berjalan (nilai penuh mulai 365 hari)"),
        ),
        (Status.PREPARING, dt.date(2024, 1, 1), Verdict(NOTHING, "Gerai ini tidak sedang menganggur")),
    ],
)
def test_days_idle_give_all_after_a_year(status: str, since: dt.date, said: Verdict) -> None:
    assert days_idle(candidate(outlet=outlet(status, since)), offer()) == said


@pytest.mark.parametrize(
    ("age", "share"), [(0, ALL), (31, ALL), (32, Fraction(148, 149)), (179, Fraction(1, 149)), (400, NOTHING)]
)
def test_reports_are_fresh_for_a_month_and_stale_after_half_a_year(age: int, share: Fraction) -> None:
    last = TODAY - dt.timedelta(days=age)
    assert fresh_reports(candidate(last_report_on=last), offer()) == Verdict(
        share, f"Laporan terakhir {age} hari lalu"
    )


def test_without_a_report_nothing_is_fresh() -> None:
    assert fresh_reports(candidate(), offer()) == Verdict(NOTHING, "Belum ada laporan bulanan")


@pytest.mark.parametrize(("found", "share"), [((3, 8), Fraction(3, 8)), ((0, 0), NOTHING)])
def test_running_neighbours_are_a_share_of_the_kecamatan(found: tuple[int, int], share: Fraction) -> None:
    said = f"{found[0]} dari {found[1]} koperasi di Kecamatan Tebet punya gerai berjalan"
    assert running_neighbours(candidate(neighbours=Neighbours(*found)), offer()) == Verdict(share, said)


AHEAD = {"open_from": dt.date(2026, 3, 17)}
OVER = {"open_until": dt.date(2026, 3, 15)}


@pytest.mark.parametrize(
    ("condition", "facts", "asked", "said"),
    [
        (status_fits, {}, {}, ""),
        (status_fits, {"outlet": outlet(Status.PREPARING)}, {}, ""),
        (
            status_fits,
            {"outlet": outlet(Status.PREPARING), "lacks": None},
            {},
            "Masih disiapkan, dan belum ada kebutuhan modal yang dicatat",
        ),
        (status_fits, {"outlet": outlet(Status.RUNNING)}, {}, "Sudah berjalan"),
        (status_fits, {"outlet": outlet(Status.CLOSED)}, {}, "Sudah ditutup"),
        (status_fits, {"outlet": outlet(None)}, {}, "Statusnya belum dicatat"),
        (offer_is_open, {}, {"open_from": TODAY, "open_until": TODAY}, ""),
        (offer_is_open, {}, AHEAD, "Penawaran baru berlaku 17 Maret 2026"),
        (offer_is_open, {}, OVER, "Penawaran berakhir 15 Maret 2026"),
        (something_is_left, {}, {"agreed_idr": 199 * MILLION}, ""),
        (something_is_left, {}, {"agreed_idr": 999 * MILLION, "ceiling_idr": None}, ""),
        (
            something_is_left,
            {},
            {"agreed_idr": 200 * MILLION},
            "Plafon penawaran sudah dijanjikan seluruhnya",
        ),
        (kecamatan_fits, {}, {"kecamatan": ["98", "99"]}, ""),
        (kecamatan_fits, {}, {"kecamatan": ["98"]}, "Kecamatan Tebet di luar wilayah penawaran"),
        (kind_fits, {}, {"outlet_kinds": [OutletKind.GROCERY]}, ""),
        (kind_fits, {}, {"outlet_kinds": [OutletKind.CLINIC]}, "Jenis gerai “Sembako” tidak diminta"),
        (papers_fit, {"papers": frozenset({"nib"})}, {"needed_papers": ["nib"]}, ""),
        (
            papers_fit,
            {"papers": frozenset({"nib"})},
            {"needed_papers": ["nib", "npwp", "deed"]},
            "Surat yang diminta tidak ada atau tidak berlaku: NPWP, Akta pendirian",
        ),
        (members_fit, {"paying_members": 20}, {"min_paying_members": 20}, ""),
        (
            members_fit,
            {"paying_members": 19},
            {"min_paying_members": 20},
            "Anggota lunas simpanan pokok 19, diminta paling sedikit 20",
        ),
        (grant_has_a_gap, {"lacks": 1}, {"kind": SupportKind.GOODS_GRANT}, ""),
        (grant_has_a_gap, {"lacks": 0}, {}, "Kekurangannya sudah tertutup"),
        (
            grant_has_a_gap,
            {"lacks": None},
            {},
            "Belum ada kebutuhan modal yang dicatat; hibah perlu kebutuhan",
        ),
        (grant_has_a_gap, {"lacks": None}, {"kind": SupportKind.LOAN}, ""),
        (
            not_agreed_yet,
            {"supports": (Proposed(7, 1, Stage.PROSPECT), Proposed(8, 2, Stage.COMMITTED))},
            {"pk": 7},
            "",
        ),
        (
            not_agreed_yet,
            {"supports": (Proposed(7, 1, Stage.COMMITTED),)},
            {"pk": 7},
            "Sudah mendapat komitmen dari penawaran ini",
        ),
    ],
)
def test_each_condition_says_why_not(
    condition: Callable[[Candidate, Offer], str], facts: dict[str, Any], asked: dict[str, Any], said: str
) -> None:
    assert condition(candidate(**facts), offer(**asked)) == said


def test_every_condition_and_rule_is_in_its_table() -> None:
    assert [one.__name__ for one in CONDITIONS] == [
        "status_fits",
        "offer_is_open",
        "something_is_left",
        "kecamatan_fits",
        "kind_fits",
        "papers_fit",
        "members_fit",
        "grant_has_a_gap",
        "not_agreed_yet",
    ]
    weights = [key for key in ParameterKey if key.name.startswith("MATCH_")]
    assert [rule.weight for rule in RULES] == weights
    assert sum(DEFAULTS[key] for key in weights) == 100


@pytest.mark.parametrize(
    ("lacks", "asked", "most"),
    [
        (50, {"per_outlet_idr": 30 * MILLION}, 30 * MILLION),
        (20, {}, 20 * MILLION),
        (50, {"agreed_idr": 190 * MILLION}, 10 * MILLION),
        (None, {"kind": SupportKind.LOAN}, 50 * MILLION),
        (None, {"kind": SupportKind.LOAN, "per_outlet_idr": None, "ceiling_idr": None}, None),
    ],
)
def test_the_most_is_the_smallest_of_limit_gap_and_rest(
    lacks: int | None, asked: dict[str, Any], most: int | None
) -> None:
    assert most_idr(candidate(lacks=lacks), offer(**asked)) == most


def test_points_are_whole_and_ties_go_to_the_longest_idle_then_to_the_key() -> None:
    """Of 10 weight a share of 0,25 gives 2,5, which is 3; every reason of an excluded row is told."""
    weights = {
        **DEFAULTS,
        **dict.fromkeys([rule.weight for rule in RULES], 0),
        ParameterKey.MATCH_MEMBERS: 10,
    }
    one = offer(pk=5)
    days = {1: dt.date(2026, 1, 1), 2: dt.date(2025, 1, 1), 3: dt.date(2025, 1, 1), 4: dt.date(2026, 2, 2)}
    found = [
        candidate(outlet=outlet(since=since, pk=key), paying_members=20 if key < 4 else 25)
        for key, since in reversed(days.items())
    ]
    bad = candidate(outlet=outlet(Status.CLOSED, pk=9), lacks=0)
    ranking = rank([(each, one) for each in [*found, bad]], weights)
    assert [(match.candidate.key, match.total) for match in ranking.fitting] == [
        (4, 3),
        (2, 2),
        (3, 2),
        (1, 2),
    ]
    assert [match.failures for match in ranking.excluded] == [
        ("Sudah ditutup", "Kekurangannya sudah tertutup")
    ]
    assert ranking.most_points == 10
