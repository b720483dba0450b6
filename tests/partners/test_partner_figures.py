"""What a partner promised and what arrived: by kind, by the age of the promise, as of any day."""

import datetime as dt
from typing import Any

import pytest
from django.test import Client
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from partners.models import AGREED, Capital, Disbursement, Partner, Stage, Support, SupportKind, capital_of
from partners.partner_figures import Sums, partner_figures, with_promised_since
from tests.factories import CooperativeFactory, UserFactory, officer_of
from tests.member_factories import MemberFactory
from tests.partner_factories import DisbursementFactory, PartnerFactory, StageChangeFactory, support_at
from tests.reading import lines_of, page_of

TODAY = dt.date(2026, 3, 16)


def ago(days: int) -> dt.date:
    return TODAY - dt.timedelta(days=days)


def by_kind(partner: Partner, on: dt.date) -> dict[str, Sums]:
    found = partner_figures(Support.objects.filter(partner=partner).as_of(on), on=on)
    return {kind: sums for one in found.capitals for kind, sums in one.by_kind}


@pytest.mark.django_db
@pytest.mark.usefixtures("today")
class TestFigures:
    def test_promised_arrived_waiting_and_outstanding_are_told_by_kind(self) -> None:
        partner = PartnerFactory.create()
        grant = support_at(Stage.COMMITTED, on=ago(40), partner=partner, committed_idr=100)
        DisbursementFactory.create(support=grant, amount_idr=30, paid_on=ago(10), verified=True)
        DisbursementFactory.create(support=grant, amount_idr=20, paid_on=ago(5))
        DisbursementFactory.create(support=grant, amount_idr=7, paid_on=ago(5), withdrawn=True)
        loan = support_at(Stage.DISBURSED, on=ago(40), partner=partner, kind="loan", committed_idr=50)
        # More arrived than was promised: nothing waits, and nothing is owed back.
        DisbursementFactory.create(support=loan, amount_idr=60, paid_on=ago(1), verified=True)
        support_at(Stage.COMMITTED, on=ago(40), partner=partner, kind="training", committed_idr=None)
        called_off = support_at(Stage.CANCELLED, partner=partner, kind="consignment", committed_idr=9)
        DisbursementFactory.create(support=called_off, amount_idr=4, paid_on=ago(2), verified=True)
        support_at(Stage.OFFERED, partner=partner, kind="lend_use", committed_idr=9)
        support_at(Stage.COMMITTED, committed_idr=1_000)
        assert by_kind(partner, TODAY) == {
            "cash_grant": Sums(1, 0, 100, 30, 20, 70),
            "loan": Sums(1, 0, 50, 60, 0, 0),
            "training": Sums(1, 1, 0, 0, 0, 0),
            "consignment": Sums(0, 0, 0, 4, 0, 0),
        }
        assert by_kind(partner, ago(6)) == {
            "cash_grant": Sums(1, 0, 100, 30, 0, 70),
            "loan": Sums(1, 0, 50, 0, 0, 50),
            "training": Sums(1, 1, 0, 0, 0, 0),
        }
        assert by_kind(partner, ago(41)) == {}

    def test_each_promise_has_one_age(self) -> None:
        partner = PartnerFactory.create()
        for number, days in enumerate((0, 30, 31, 60, 61, 90, 91, 400)):
            support_at(Stage.COMMITTED, on=ago(days), partner=partner, committed_idr=10**number)
        support_at(Stage.COMMITTED, on=ago(45), partner=partner, kind="loan", committed_idr=5)
        support_at(Stage.COMMITTED, on=ago(45), partner=partner, committed_idr=None)
        # Over without a sum: nobody waits for it.
        support_at(Stage.COMPLETED, on=ago(45), partner=partner, committed_idr=None)
        figures = partner_figures(Support.objects.filter(partner=partner).as_of(TODAY), on=TODAY)
        assert [(age.in_words, age.count, age.unknown_count) for age in figures.ages] == [
            ("0–30 hari", 2, 0),
            ("31–60 hari", 4, 1),
            ("61–90 hari", 2, 0),
            ("lebih dari 90 hari", 2, 0),
        ]
        assert [[amount for _capital, amount in cells] for _age, cells in figures.age_rows] == [
            [11, 0],
            [1_100, 5],
            [110_000, 0],
            [11_000_000, 0],
        ]
        assert figures.age_totals == [(Capital.OWN, 11_111_111), (Capital.BORROWED, 5)]

    @pytest.mark.parametrize(
        ("stages", "since"),
        [
            ([(Stage.OFFERED, 80), (Stage.COMMITTED, 50)], 50),
            # Going on, and a step back among what is agreed, make the promise no younger.
            ([(Stage.COMMITTED, 50), (Stage.DISBURSED, 20)], 50),
            ([(Stage.COMMITTED, 50), (Stage.DISBURSED, 20), (Stage.COMMITTED, 10)], 50),
            # Called off and given anew, it is a new promise.
            ([(Stage.COMMITTED, 90), (Stage.CANCELLED, 60), (Stage.COMMITTED, 30)], 30),
            ([(Stage.DISBURSED, 40)], 40),
            # Of one day the stage recorded last holds.
            ([(Stage.COMMITTED, 30), (Stage.CANCELLED, 20), (Stage.COMMITTED, 20)], 20),
            ([(Stage.COMMITTED, 30), (Stage.CANCELLED, 20)], None),
        ],
    )
    def test_a_promise_counts_from_when_it_stands(
        self, stages: list[tuple[Stage, int]], since: int | None
    ) -> None:
        (first, day), *later = stages
        support = support_at(first, on=ago(day))
        for stage, days in later:
            StageChangeFactory.create(support=support, stage=stage, effective_on=ago(days), reason="Alasan")
        found = with_promised_since(Support.objects.as_of(TODAY), on=TODAY).get().promised_since
        assert found == (None if since is None else ago(since))

    def test_the_page_tells_them_and_no_person(self, client: Client) -> None:
        partner, cooperative = PartnerFactory.create(), CooperativeFactory.create()
        mine = support_at(Stage.COMMITTED, partner=partner, cooperative=cooperative, committed_idr=70)
        support_at(Stage.COMMITTED, partner=partner, cooperative=cooperative, kind="loan", committed_idr=5)
        support_at(Stage.COMMITTED, partner=partner, committed_idr=1_000)
        DisbursementFactory.create(support=mine, amount_idr=20, verified=True)
        member = MemberFactory.create(cooperative=cooperative, full_name="Anggota Rahasia")
        client.force_login(officer_of(cooperative.kelurahan))
        page = page_of(client, partner.get_absolute_url())

        def rows(part: str) -> list[list[str]]:
            return [
                [cell.get_text(" ", strip=True).replace("\u00a0", " ") for cell in row.select("th, td")]
                for row in page.select(f"{part} tr")
            ]

        assert rows("[data-capital=own]")[1:] == [["Hibah uang 1 bantuan", "Rp 70", "Rp 20", "Rp 0", "Rp 50"]]
        assert rows("[data-capital=borrowed]")[1:] == [["Pinjaman 1 bantuan", "Rp 5", "Rp 0", "Rp 0", "Rp 5"]]
        assert rows("[data-ages]") == [
            ["Umur janji", "Bantuan", "Modal sendiri", "Modal pinjaman"],
            ["0–30 hari", "0", "–", "–"],
            ["31–60 hari", "2", "Rp 50", "Rp 5"],
            ["61–90 hari", "0", "–", "–"],
            ["lebih dari 90 hari", "0", "–", "–"],
            ["Jumlah", "2", "Rp 50", "Rp 5"],
        ]
        assert member.full_name not in page.get_text()

    def test_the_list_tells_what_arrived_each_kind_apart(self, client: Client) -> None:
        partner = PartnerFactory.create(name="Mitra A")
        for kind, amount in (
            ("cash_grant", 10),
            ("goods_grant", 5),
            ("loan", 20),
            ("lend_use", 30),
            ("supply", 7),
        ):
            support = support_at(Stage.COMMITTED, partner=partner, kind=kind)
            DisbursementFactory.create(support=support, amount_idr=amount, verified=True)
            DisbursementFactory.create(support=support, amount_idr=1_000)
        DisbursementFactory.create(support=support_at(Stage.COMMITTED), amount_idr=1_000, verified=True)
        client.force_login(UserFactory.create(sudin=True))
        [line] = lines_of(client, "/partners/?format=csv&columns=arrived&q=mitra+a")[2:]
        assert line == "Mitra A;Perusahaan swasta;15;20;30"
        [cell] = page_of(client, "/partners/?q=mitra+a").select("td[data-label='Sudah diterima']")
        assert (
            cell.get_text(" ", strip=True).replace("\u00a0", " ")
            == "hibah Rp 15 pinjaman Rp 20, titipan Rp 30"
        )
        assert (
            lines_of(client, "/partners/?format=csv&columns=arrived&on=2026-01-09")[2]
            == "Mitra A;Perusahaan swasta;;;"
        )


PROMISES = st.tuples(
    st.sampled_from(SupportKind),
    st.sampled_from(Stage),
    st.none() | st.integers(1, 500),
    st.integers(0, 120),
    st.lists(st.tuples(st.integers(1, 200), st.integers(0, 120), st.booleans()), max_size=3),
)


class TestSumsEqualTheRows(TestCase):
    """Whatever was promised and paid, each sum is that of its rows, counted here by hand."""

    @settings(max_examples=15, deadline=None)
    @given(st.lists(PROMISES, max_size=5), st.integers(0, 120))
    def test_of_random_promises(self, promises: list[Any], asked: int) -> None:
        day, partner, cooperative = ago(asked), PartnerFactory.create(), CooperativeFactory.create()
        for kind, stage, amount, since, payments in promises:
            support = support_at(
                stage,
                on=ago(since),
                partner=partner,
                cooperative=cooperative,
                kind=kind,
                committed_idr=amount,
            )
            for paid, days, is_verified in payments:
                DisbursementFactory.create(
                    support=support, amount_idr=paid, paid_on=ago(days), verified=is_verified
                )
        found = partner_figures(Support.objects.filter(partner=partner).as_of(day), on=day)
        expected = {capital: [0, 0, 0, 0] for capital in Capital}
        for support in Support.objects.filter(partner=partner).as_of(day):
            sums = expected[capital_of(support.kind)]
            paid = [one for one in Disbursement.objects.filter(support=support) if one.paid_on <= day]
            arrived = sum(one.amount_idr for one in paid if one.is_verified)
            sums[1] += arrived
            sums[2] += sum(one.amount_idr for one in paid if not one.is_verified)
            if support.stage in AGREED and support.committed_idr:
                sums[0] += support.committed_idr
                sums[3] += max(0, support.committed_idr - arrived)
        told = {
            one.capital: [
                one.sums.promised_idr,
                one.sums.arrived_idr,
                one.sums.awaiting_idr,
                one.sums.outstanding_idr,
            ]
            for one in found.capitals
        }
        assert told == expected
        aged = {capital: sum(age.outstanding_idr[capital] for age in found.ages) for capital in Capital}
        assert aged == {capital: sums[3] for capital, sums in expected.items()}
