"""What the database itself refuses of offers, supports, money, letters and follow-ups, own money and assets."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from cooperatives.models import AssetStatement
from outlets.models import SetAside
from partners.models import Answer, Disbursement, FollowUp, Letter, Offer, Support, SupportKind
from tests.factories import (
    AssetStatementFactory,
    CapitalNeedFactory,
    CooperativeFactory,
    SetAsideFactory,
    UserFactory,
)
from tests.partner_factories import (
    DisbursementFactory,
    FollowUpFactory,
    LetterFactory,
    OfferFactory,
    PartnerFactory,
    SupportFactory,
)
from tests.refusal import assert_refused, constraint_names

pytestmark = pytest.mark.django_db
DAY = dt.date(2026, 1, 15)
MOMENT = dt.datetime(2026, 1, 20, 3, tzinfo=dt.UTC)

Made = Callable[..., Any]
REFUSED: list[tuple[str, Made, dict[str, Any]]] = [
    ("offer_kind_is_known", OfferFactory.create, {"kind": "gift"}),
    ("offer_sums_are_positive", OfferFactory.create, {"ceiling_idr": 0, "per_outlet_idr": None}),
    ("offer_sums_are_positive", OfferFactory.create, {"per_outlet_idr": -1}),
    ("offer_per_outlet_within_its_ceiling", OfferFactory.create, {"per_outlet_idr": 200_000_001}),
    ("offer_ends_after_it_begins", OfferFactory.create, {"open_until": dt.date(2025, 9, 21)}),
    ("support_sum_is_positive", SupportFactory.create, {"committed_idr": 0}),
    ("support_kind_is_known", SupportFactory.create, {"kind": "gift"}),
    ("only_loans_have_months", SupportFactory.create, {"loan_months": 12}),
    ("only_loans_have_months", SupportFactory.create, {"kind": SupportKind.LOAN, "loan_months": 0}),
    (
        "only_grants_are_accepted_by_a_meeting",
        SupportFactory.create,
        {"kind": SupportKind.LOAN, "accepted_on": DAY},
    ),
    ("only_lent_goods_are_returned", SupportFactory.create, {"return_due_on": DAY}),
    ("only_lent_goods_are_returned", SupportFactory.create, {"kind": SupportKind.LOAN, "returned_on": DAY}),
    ("disbursement_is_positive", DisbursementFactory.create, {"amount_idr": 0}),
    ("disbursement_has_evidence", DisbursementFactory.create, {"file": ""}),
    ("disbursement_has_evidence", DisbursementFactory.create, {"file_name": ""}),
    ("disbursement_has_evidence", DisbursementFactory.create, {"sha256": ""}),
    ("disbursement_has_evidence", DisbursementFactory.create, {"size": 0}),
    ("disbursement_has_evidence", DisbursementFactory.create, {"media_type": "text/html"}),
    ("verification_is_whole_or_absent", DisbursementFactory.create, {"verified_at": MOMENT}),
    ("verification_is_whole_or_absent", DisbursementFactory.create, {"verified": True, "verified_at": None}),
    ("withdrawal_is_whole_or_absent", DisbursementFactory.create, {"withdrawn_at": MOMENT}),
    ("withdrawal_is_whole_or_absent", DisbursementFactory.create, {"withdraw_reason": "Salah catat"}),
    ("withdrawal_is_whole_or_absent", DisbursementFactory.create, {"withdrawn": True, "withdraw_reason": ""}),
    ("withdrawal_is_whole_or_absent", DisbursementFactory.create, {"withdrawn": True, "withdrawn_by": None}),
    ("withdrawal_is_whole_or_absent", DisbursementFactory.create, {"withdrawn": True, "withdrawn_at": None}),
    (
        "withdrawn_is_not_verified_afterwards",
        DisbursementFactory.create,
        {"withdrawn": True, "verified": True, "verified_at": dt.datetime(2026, 1, 26, tzinfo=dt.UTC)},
    ),
    ("follow_up_is_at_a_milestone", FollowUpFactory.create, {"days": 31}),
    ("follow_up_answer_is_known", FollowUpFactory.create, {"answer": "maybe", "note": "Catatan"}),
    ("what_does_not_run_says_why", FollowUpFactory.create, {"answer": Answer.STOPPED}),
    ("what_does_not_run_says_why", FollowUpFactory.create, {"answer": Answer.NOT_YET}),
    ("letter_is_numbered_and_kept", LetterFactory.create, {"number": 0}),
    ("letter_is_numbered_and_kept", LetterFactory.create, {"file": ""}),
    ("letter_is_numbered_and_kept", LetterFactory.create, {"sha256": ""}),
    ("letter_is_numbered_and_kept", LetterFactory.create, {"size": 0}),
    ("set_aside_is_positive", SetAsideFactory.create, {"amount_idr": 0}),
    ("release_is_whole_or_absent", SetAsideFactory.create, {"released_on": DAY}),
    ("release_is_whole_or_absent", SetAsideFactory.create, {"release_reason": "Dipakai"}),
    ("release_is_whole_or_absent", SetAsideFactory.create, {"released": True, "released_on": None}),
    ("release_is_whole_or_absent", SetAsideFactory.create, {"released": True, "released_by": None}),
    ("release_is_whole_or_absent", SetAsideFactory.create, {"released": True, "release_reason": ""}),
    (
        "released_after_set_aside",
        SetAsideFactory.create,
        {"released": True, "released_on": dt.date(2025, 9, 30)},
    ),
    ("assets_are_not_negative", AssetStatementFactory.create, {"amount_idr": -1}),
    ("assets_name_their_source", AssetStatementFactory.create, {"source": ""}),
]
# They need rows of their own, see below.
APART = {
    "payer_is_another_than_the_partner",
    "need_comes_with_its_outlet",
    "recorder_never_verifies",
    "evidence_once_a_support",
    "follow_up_once_a_milestone",
    "letter_number_once_a_year",
    "assets_stated_once_a_day",
}
MODELS = (Offer, Support, Disbursement, FollowUp, Letter, SetAside, AssetStatement)


def test_every_constraint_is_tried() -> None:
    # Positive integer fields bring checks without a name of ours.
    assert {name for name, _make, _values in REFUSED} | APART == constraint_names(*MODELS)


@pytest.mark.parametrize(("constraint", "make", "values"), REFUSED)
def test_database_refuses(constraint: str, make: Made, values: dict[str, Any]) -> None:
    assert_refused(constraint, lambda: make(**values))


ALLOWED: list[tuple[Made, dict[str, Any]]] = [
    (OfferFactory.create, {"per_outlet_idr": 200_000_000, "open_until": dt.date(2025, 9, 22)}),
    (OfferFactory.create, {"ceiling_idr": None, "per_outlet_idr": None}),
    (SupportFactory.create, {"committed_idr": None}),
    (SupportFactory.create, {"kind": SupportKind.GOODS_GRANT, "accepted_on": DAY}),
    (SupportFactory.create, {"kind": SupportKind.LOAN, "loan_months": 1}),
    (SupportFactory.create, {"kind": SupportKind.CONSIGNMENT, "return_due_on": DAY, "returned_on": DAY}),
    (SupportFactory.create, {"kind": SupportKind.LEND_USE, "returned_on": DAY}),
    (DisbursementFactory.create, {"withdrawn": True, "verified": True}),
    (FollowUpFactory.create, {"days": 180, "answer": Answer.STOPPED, "note": "Stok habis"}),
    (SetAsideFactory.create, {"released": True, "released_on": dt.date(2025, 10, 1)}),
    (AssetStatementFactory.create, {"amount_idr": 0}),
]


@pytest.mark.parametrize(("make", "values"), ALLOWED)
def test_database_takes_what_lies_just_within(make: Made, values: dict[str, Any]) -> None:
    row = make(**values)
    assert list(type(row).objects.filter(pk=row.pk)) == [row]


def test_the_partner_does_not_pay_in_its_own_stead() -> None:
    partner, other = PartnerFactory.create_batch(2)
    values = {"partner": partner, "payer": partner}
    assert_refused("payer_is_another_than_the_partner", lambda: SupportFactory.create(**values))
    support = SupportFactory.create(partner=partner, payer=other)
    assert list(other.paid_supports.all()) == [support]


def test_a_need_is_named_with_its_outlet() -> None:
    need = CapitalNeedFactory.create()
    outlet = need.outlet
    support = SupportFactory.create(cooperative=outlet.cooperative, outlet=outlet, need=need)
    support.outlet = None
    # The trigger that compares the two owners is asked before the constraint.
    refusal = "need_comes_with_its_outlet|need belongs to another outlet"
    with pytest.raises(IntegrityError, match=refusal), transaction.atomic():
        support.save()
    support.refresh_from_db()
    stored: Any = support
    assert (stored.outlet, stored.need) == (outlet, need)


def test_who_records_does_not_verify() -> None:
    person = UserFactory.create(sudin=True)
    values = {"recorded_by": person, "verified": True, "verified_by": person}
    assert_refused("recorder_never_verifies", lambda: DisbursementFactory.create(**values))
    DisbursementFactory.create(recorded_by=person, verified=True)
    assert Disbursement.objects.verified().count() == 1


def test_one_evidence_is_there_once_a_support_until_it_is_withdrawn() -> None:
    withdrawn = DisbursementFactory.create(withdrawn=True)
    same = {"support": withdrawn.support, "content": b"%PDF-1.4 sama", "sha256": withdrawn.sha256}
    DisbursementFactory.create(**same)
    assert_refused("evidence_once_a_support", lambda: DisbursementFactory.create(**same))
    DisbursementFactory.create(sha256=withdrawn.sha256)
    assert Disbursement.objects.count() == 3


def test_a_milestone_is_answered_once_a_support() -> None:
    first = FollowUpFactory.create()
    same = {"support": first.support}
    assert_refused("follow_up_once_a_milestone", lambda: FollowUpFactory.create(**same))
    FollowUpFactory.create(days=90, **same)
    FollowUpFactory.create()
    assert FollowUp.objects.count() == 3


def test_a_letter_number_is_given_once_a_year() -> None:
    letter = LetterFactory.create()
    same = {"number": letter.number}
    assert_refused("letter_number_once_a_year", lambda: LetterFactory.create(**same))
    LetterFactory.create(year=2027, **same)
    assert Letter.objects.count() == 2


def test_assets_are_stated_once_a_day() -> None:
    cooperative = CooperativeFactory.create()
    AssetStatementFactory.create(cooperative=cooperative)
    assert_refused("assets_stated_once_a_day", lambda: AssetStatementFactory.create(cooperative=cooperative))
    AssetStatementFactory.create(cooperative=cooperative, on=DAY)
    AssetStatementFactory.create()
    assert AssetStatement.objects.count() == 3
