"""What of visits the database itself refuses, and which triggers keep them with their cooperative."""

import datetime as dt
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from outlets.models import Seen, Visit
from tests.factories import CooperativeFactory, EvidenceFactory, OutletFactory, UserFactory, VisitFactory
from tests.refusal import assert_refused, constraint_names

pytestmark = pytest.mark.django_db
DAY = dt.date(2026, 3, 2)
BEFORE, AFTER = DAY - dt.timedelta(days=1), DAY + dt.timedelta(days=1)

REFUSED: list[tuple[str, dict[str, Any]]] = [
    ("visit_removed_by_somebody_at_a_time", {"removed_at": dt.datetime(2026, 3, 3, tzinfo=dt.UTC)}),
    ("visit_without_outlet_saw_none", {"seen": Seen.NONE}),
    ("visit_without_outlet_saw_none", {"none": True, "seen": Seen.CLOSED}),
    ("visit_without_outlet_saw_none", {"seen": "open"}),
    ("visit_without_outlet_saw_none", {"none": True, "seen": ""}),
    ("visit_says_what_was_found", {"finding": ""}),
    ("visit_follow_up_has_text_and_day", {"follow_up": "Antar daftar"}),
    ("visit_follow_up_has_text_and_day", {"follow_up_due_on": AFTER}),
    ("visit_follow_up_is_due_after_visit", {"follow_up": "Antar daftar", "follow_up_due_on": BEFORE}),
    ("visit_done_is_of_a_follow_up", {"follow_up_done_on": AFTER}),
    ("visit_follow_up_is_done_after_visit", {"waiting": True, "follow_up_done_on": BEFORE}),
]


def test_every_constraint_is_tried() -> None:
    assert {constraint for constraint, _values in REFUSED} == constraint_names(Visit)


@pytest.mark.parametrize(("constraint", "values"), REFUSED)
def test_database_refuses_visit(constraint: str, values: dict[str, Any]) -> None:
    assert_refused(constraint, lambda: VisitFactory.create(**values))
    assert not Visit.objects.exists()


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"none": True},
        {"waiting": True},
        {"done": True},
        {"follow_up": "Antar daftar", "follow_up_due_on": DAY, "follow_up_done_on": DAY},
        {"seen": Seen.CLOSED},
    ],
)
def test_database_takes_what_is_right(values: dict[str, Any]) -> None:
    VisitFactory.create(**values)
    assert Visit.objects.count() == 1


def test_visit_and_its_outlet_belong_to_one_cooperative_for_ever() -> None:
    visit = VisitFactory.create()
    theirs = OutletFactory.create()
    beside = OutletFactory.create(cooperative=visit.cooperative)
    with pytest.raises(IntegrityError), transaction.atomic():
        VisitFactory.create(cooperative=visit.cooperative, outlet=theirs)
    for wrong in ({"outlet": theirs}, {"cooperative": CooperativeFactory.create()}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Visit.objects.filter(pk=visit.pk).update(**wrong)
    Visit.objects.filter(pk=visit.pk).update(outlet=beside)
    visit.refresh_from_db()
    assert (visit.outlet, Visit.objects.count()) == (beside, 1)


def test_photo_stays_with_its_visit() -> None:
    photo = EvidenceFactory.create(of_visit=True)
    with pytest.raises(IntegrityError), transaction.atomic():
        type(photo).objects.filter(pk=photo.pk).update(visit=VisitFactory.create())
    photo.refresh_from_db()
    assert photo.visit == Visit.objects.earliest("pk")


# What waits.


def test_follow_ups_wait_until_their_day_is_filled_in() -> None:
    """As of any day; what was taken away waits no more."""
    open_ = VisitFactory.create(waiting=True)
    done = VisitFactory.create(waiting=True, follow_up_done_on=dt.date(2026, 3, 10))
    VisitFactory.create()
    VisitFactory.create(
        waiting=True, removed_at=dt.datetime(2026, 3, 3, tzinfo=dt.UTC), removed_by=UserFactory.create()
    )
    due = DAY + dt.timedelta(days=14)
    seen = {
        day: (
            list(Visit.objects.follow_ups_open(day)),
            list(Visit.objects.overdue(day)),
            list(Visit.objects.follow_ups_done(day)),
        )
        for day in (BEFORE, DAY, dt.date(2026, 3, 9), dt.date(2026, 3, 10), due, due + dt.timedelta(days=1))
    }
    assert seen == {
        BEFORE: ([], [], []),
        DAY: ([open_, done], [], []),
        dt.date(2026, 3, 9): ([open_, done], [], []),
        dt.date(2026, 3, 10): ([open_], [], [done]),
        due: ([open_], [], [done]),
        due + dt.timedelta(days=1): ([open_], [open_], [done]),
    }
    assert [
        (visit.waits_on(day), visit.is_overdue_on(day))
        for visit in (open_, done)
        for day in (dt.date(2026, 3, 9), dt.date(2026, 3, 10), due + dt.timedelta(days=1))
    ] == [(True, False), (True, False), (True, True), (True, False), (False, False), (False, False)]
