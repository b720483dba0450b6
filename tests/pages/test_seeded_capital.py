"""Partners and capital in the sample data: they agree with the status story, and every state has something to show."""

import datetime as dt
import json
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.db.models import F, Sum
from django.utils import timezone

from cooperatives.models import AssetStatement, Cooperative
from kkmp.accounts.models import User
from kkmp.pages.demo.plan import PARTNERS
from kkmp.pages.demo.seed import seed_demo
from kkmp.pages.demo.story import office_hour
from outlets.models import CapitalNeed, SetAside, StatusChange
from partners.flags import FlagKey, keys_in, with_flags
from partners.follow_ups import due_follow_ups
from partners.gap import open_gap_total
from partners.models import (
    AGREED,
    GRANTS,
    TO_GIVE_BACK,
    Answer,
    Disbursement,
    FollowUp,
    Letter,
    Offer,
    Stage,
    Support,
    SupportKind,
)
from partners.outcomes import read_outcomes
from tests.seeded import AUTUMN, FEW
from tests.table_rows import Recall

pytestmark = pytest.mark.django_db
MIDNIGHT = timezone.make_aware(dt.datetime.combine(AUTUMN, dt.time.min))


@pytest.fixture(autouse=True)
def demo(db: None, recall: Recall) -> Iterator[None]:
    with time_machine.travel(office_hour(AUTUMN, 600), tick=False):
        recall("evening", lambda: seed_demo(today=AUTUMN, members=FEW))
        yield


def head_of(file: Any) -> bytes:
    with file.open() as opened:
        return bytes(opened.read(5))


def test_help_that_opens_names_outlet_and_need_and_was_paid_before() -> None:
    opened = StatusChange.objects.live().filter(note__startswith="Gerai dibuka setelah bantuan")
    assert opened.count() >= 8
    for change in opened:
        helped = Support.objects.filter(outlet=change.outlet, need__closed_on=change.effective_on)
        paid = Disbursement.objects.standing().filter(support__in=helped)
        assert {one.paid_on < change.effective_on for one in paid} == {True}
        grants = helped.filter(kind__in=GRANTS).exclude(payer=F("partner")).order_by("pk")
        needs = CapitalNeed.objects.filter(outlet=change.outlet, closed_on=change.effective_on)
        if grants.exists():
            assert set(grants.values_list("need", flat=True)) == set(needs.values_list("pk", flat=True))


def test_supports_come_in_every_shape() -> None:
    rows: list[Any] = list(Support.objects.as_of(AUTUMN).order_by("pk"))
    assert len(rows) >= 40
    assert {row.stage for row in rows} == set(Stage)
    assert {row.kind for row in rows} == set(SupportKind)
    assert sum(row.payer_id is not None for row in rows) == 1
    assert all(row.outlet_id for row in rows if row.need_id)
    assert all(row.loan_months for row in rows if row.kind == SupportKind.LOAN)
    lent = [row for row in rows if row.kind in TO_GIVE_BACK and row.stage in AGREED and row.return_due_on]
    assert {row.return_due_on < AUTUMN for row in lent} == {True, False}
    assert [row for row in lent if row.return_due_on < AUTUMN and not row.returned_on] != []
    assert [row for row in lent if row.returned_on] != []
    assert sum(row.offer_id is not None for row in rows) >= 30
    assert sum(row.event_id is not None for row in rows) >= 20


def test_every_flag_has_something_to_find() -> None:
    """But for loans beyond the law, which nobody should take for an example."""
    rows: Any = with_flags(Support.objects.as_of(AUTUMN), on=AUTUMN)
    raised = {key for row in rows for key in keys_in(row.flag_keys)}
    assert set(FlagKey) - raised == {FlagKey.LOAN_SUM, FlagKey.LOAN_TERM}


def test_money_is_checked_by_the_other_or_waits_or_was_taken_back() -> None:
    for money in Disbursement.objects.select_related("verified_by"):
        assert money.paid_on <= timezone.localdate(money.recorded_at)
        assert money.recorded_at < (money.verified_at or money.withdrawn_at or MIDNIGHT)
        assert max(money.recorded_at, money.verified_at or money.recorded_at) < MIDNIGHT
        assert head_of(money.file) == b"%PDF-"
    for username in ("sudin.satu", "sudin.dua"):
        user = User.objects.get(username=username)
        assert Disbursement.objects.checkable_by(user).exists()
        assert Disbursement.objects.filter(verified_by=user).exists()
    assert Disbursement.objects.exclude(withdrawn_at=None).exists()
    standing = Disbursement.objects.standing().order_by().values("support")
    for row in standing.annotate(total=Sum("amount_idr"), committed=F("support__committed_idr")):
        assert row["total"] <= row["committed"]
    arrived = Disbursement.objects.standing().values("support")
    stages = {row.stage for row in Support.objects.as_of(AUTUMN).filter(pk__in=arrived)}
    assert stages == {Stage.DISBURSED, Stage.VERIFIED, Stage.COMPLETED}


def test_gap_is_partly_covered_and_partly_promised() -> None:
    total = open_gap_total(Cooperative.objects.all(), on=AUTUMN)
    assert 0 < total.promised_idr < total.gap_idr
    assert total.granted_idr > 0
    assert total.set_aside_idr > 0
    assert total.amount_idr == total.granted_idr + total.set_aside_idr + total.gap_idr


def test_offers_of_the_five_partners_promise_no_more_than_they_offer() -> None:
    offers = Offer.objects.with_agreed(Support.objects.as_of(AUTUMN)).select_related("partner")
    assert {offer.partner.name for offer in offers} == set(PARTNERS)
    assert {offer.is_open_on(AUTUMN) for offer in offers} == {True, False}
    for offer in offers:
        assert offer.ceiling_idr is None or offer.agreed_idr <= offer.ceiling_idr
        per_outlet: dict[int | None, int] = defaultdict(int)
        for support in offer.supports.select_related("cooperative").order_by("pk"):
            assert offer.is_open_on(support.stage_changes.order_by("pk")[0].effective_on)
            assert not offer.kecamatan or support.cooperative.kelurahan_id[:8] in offer.kecamatan
            per_outlet[support.outlet_id] += support.committed_idr or 0
        assert offer.per_outlet_idr is None or max([0, *per_outlet.values()]) <= offer.per_outlet_idr


def test_some_outlets_were_asked_about_and_some_are_due() -> None:
    answers = FollowUp.objects.order_by("pk")
    assert set(answers.values_list("answer", flat=True)) == set(Answer)
    assert all(one.checked_on <= timezone.localdate(one.recorded_at) < AUTUMN for one in answers)
    due = due_follow_ups(Support.objects.all(), on=AUTUMN)
    assert 3 <= due.count() <= 12
    assert due.filter(cooperative__kelurahan__kecamatan="31.74.01").exists()
    total = read_outcomes(Cooperative.objects.all(), on=AUTUMN).total
    assert total.opened_count > total.running_count > 5


def test_own_money_and_assets_are_known_of_some() -> None:
    assert {bool(row.released_on) for row in SetAside.objects.all()} == {True, False}
    for kept in SetAside.objects.select_related("need"):
        assert kept.need.since_on <= kept.set_on < (kept.need.closed_on or AUTUMN)
        assert kept.amount_idr <= kept.need.amount_idr
    stated = set(AssetStatement.objects.values_list("cooperative", flat=True))
    assert 20 <= len(stated) <= 50


def test_two_letters_went_out() -> None:
    letters = list(Letter.objects.order_by("number"))
    assert [(letter.year, letter.number) for letter in letters] == [(2026, 1), (2026, 2)]
    for letter in letters:
        assert letter.made_at < MIDNIGHT
        assert head_of(letter.file) == b"%PDF-"
        assert letter.outlet.name in json.dumps(letter.content, ensure_ascii=False)


def test_every_text_says_that_it_is_a_sample() -> None:
    def plain(model: Any, field: str) -> set[str]:
        return {text for text in model.objects.values_list(field, flat=True) if "contoh" not in text.lower()}

    said = (
        *((Offer, "title"), (Offer, "conditions"), (Support, "note"), (Disbursement, "note")),
        *((Disbursement, "file_name"), (FollowUp, "note"), (AssetStatement, "source")),
    )
    assert [plain(model, field) for model, field in said] == [set()] * len(said)
    assert plain(SetAside, "release_reason") == {""}
    assert plain(Disbursement, "withdraw_reason") == {""}
