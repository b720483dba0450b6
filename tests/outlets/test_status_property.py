"""Any sequence of decisions, corrections and retractions equals a naive re-computation in Python."""

import datetime as dt
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core.exceptions import ValidationError
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from cooperatives.models import Cooperative
from kkmp.accounts.models import User
from outlets.models import Outlet, Reason, Status, StatusChange
from outlets.outlet_class import (
    OutletClass,
    flow_counts,
    idle_because_of,
    with_idle_reason,
    with_outlet_class,
    with_status,
)
from outlets.services import decide_status, retract_change
from outlets.standing import class_counts, histories, standing
from outlets.timeline import changed_since_effect, timeline
from tests.factories import CooperativeFactory, OutletFactory, UserFactory

JAKARTA = ZoneInfo("Asia/Jakarta")
# Few days and few outlets, so that changes meet, replace and hide one another.
START = dt.date(2025, 9, 1)
DAYS = 8
OUTLETS = 3
MOMENT = dt.datetime.combine(START + dt.timedelta(days=DAYS), dt.time(8), tzinfo=JAKARTA)


@dataclass
class Fact:
    """One line of the naive record."""

    subject: int | None  # an outlet's number; None is the cooperative itself
    status: Status
    reason: str
    day: int
    recorded: int
    retracted: int | None = None

    def is_live(self, known: int | None) -> bool:
        if known is None:
            return self.retracted is None
        return self.recorded <= known and (self.retracted is None or known < self.retracted)


@dataclass
class Naive:
    """The same rules, as slowly and plainly as they can be said."""

    facts: list[Fact]

    def live(self, day: int, known: int | None) -> list[Fact]:
        return [fact for fact in self.facts if fact.is_live(known) and fact.day <= day]

    def status(self, subject: int, day: int, known: int | None) -> tuple[str | None, str | None, int | None]:
        """Status, reason and first day of the unbroken run."""
        changes = sorted((f for f in self.live(day, known) if f.subject == subject), key=lambda f: f.day)
        if not changes:
            return None, None, None
        since = changes[-1].day
        for change in reversed(changes):
            if change.status != changes[-1].status:
                break
            since = change.day
        return changes[-1].status.value, changes[-1].reason, since

    def outlet_class(self, subjects: list[int], day: int, known: int | None) -> str:
        statuses = {self.status(subject, day, known)[0] for subject in subjects}
        if Status.RUNNING.value in statuses:
            return OutletClass.RUNNING.value
        if Status.IDLE.value in statuses:
            return OutletClass.IDLE.value
        theirs = [f for f in self.live(day, known) if f.subject in subjects or f.subject == -1 - subjects[0]]
        return OutletClass.NONE.value if theirs else OutletClass.UNRECORDED.value


steps = st.lists(
    st.one_of(
        st.tuples(
            st.just("decide"),
            st.integers(0, OUTLETS - 1),
            st.sampled_from([Status.RUNNING, Status.IDLE, Status.PREPARING, Status.CLOSED]),
            st.sampled_from(Reason),
            st.integers(0, DAYS - 1),
        ),
        st.tuples(
            st.just("none"), st.integers(0, 1), st.just(Status.NONE), st.just(""), st.integers(0, DAYS - 1)
        ),
        st.tuples(
            st.just("correct"),
            st.integers(0, 30),
            st.sampled_from([Status.RUNNING, Status.IDLE, Status.PREPARING, Status.CLOSED]),
            st.sampled_from(Reason),
            st.integers(0, DAYS - 1),
        ),
        st.tuples(st.just("retract"), st.integers(0, 30), st.just(""), st.just(""), st.just(0)),
    ),
    max_size=14,
)


def day_of(number: int) -> dt.date:
    return START + dt.timedelta(days=number)


def moment_of(number: int) -> dt.datetime:
    return MOMENT + dt.timedelta(minutes=number)


class SequenceTest(TestCase):
    """Two cooperatives: the first with outlets 0 and 1, the second with outlet 2."""

    owners = [0, 0, 1]
    cooperatives: list[Cooperative]
    outlets: list[Outlet]
    sudin: User

    @classmethod
    def setUpTestData(cls) -> None:
        cls.cooperatives = [CooperativeFactory.create(), CooperativeFactory.create()]
        cls.outlets = [OutletFactory.create(cooperative=cls.cooperatives[owner]) for owner in cls.owners]
        cls.sudin = UserFactory.create(sudin=True)

    @pytest.mark.slow
    @given(
        steps,
        st.lists(st.integers(-1, 14), min_size=1, max_size=2),
        st.lists(st.integers(-1, DAYS), max_size=3),
    )
    @settings(max_examples=40)
    def test_equals_naive_recomputation(
        self, sequence: list[tuple[str, int, Status, Reason, int]], moments: list[int], days: list[int]
    ) -> None:
        naive, rows = self.play(sequence)
        assert StatusChange.objects.count() == len(naive.facts) == len(rows)
        for known in dict.fromkeys((None, *moments)):
            self.compare_counts(naive, known)
            for day in dict.fromkeys((DAYS, *days)):
                self.compare(naive, day, known)

    @given(steps, st.integers(0, DAYS - 1), st.integers(0, DAYS - 1))
    @settings(max_examples=20)
    def test_totals_and_pictures_equal_naive(
        self, sequence: list[tuple[str, int, Status, Reason, int]], since: int, on: int
    ) -> None:
        naive, _rows = self.play(sequence)
        everything = Cooperative.objects.all()
        for known in (None, len(sequence) // 2):
            known_at = None if known is None else moment_of(known)
            expected: dict[tuple[str, str], int] = {}
            for subjects in ([0, 1], [2]):
                pair = (naive.outlet_class(subjects, since, known), naive.outlet_class(subjects, on, known))
                expected[pair] = expected.get(pair, 0) + 1
            assert flow_counts(everything, since=day_of(since), on=day_of(on), known_at=known_at) == expected
            self.compare_pictures(naive, on, known)
        self.compare_changed_since(naive, on)

    def play(self, sequence: list[tuple[str, int, Status, Reason, int]]) -> tuple[Naive, list[StatusChange]]:
        naive = Naive([])
        rows: list[StatusChange] = []
        for number, (verb, which, status, reason, day) in enumerate(sequence):
            with time_machine.travel(moment_of(number), tick=False):
                if verb in {"decide", "none"}:
                    self.decide(naive, rows, number, which, status, reason, day)
                elif rows:
                    self.take_back(naive, rows, number, which % len(rows), verb, status, reason, day)
        return naive, rows

    def decide(
        self,
        naive: Naive,
        rows: list[StatusChange],
        number: int,
        which: int,
        status: Status,
        reason: Reason | str,
        day: int,
        replaces: int | None = None,
    ) -> None:
        is_none = status == Status.NONE
        subject = -1 - (0 if which == 0 else 2) if is_none else which
        owner = which if is_none else self.owners[which]
        fact = Fact(subject, status, str(reason) if status == Status.IDLE else "", day, number)
        others = [f for index, f in enumerate(naive.facts) if index != replaces and f.retracted is None]
        is_taken = any((f.subject, f.day) == (subject, day) for f in others)
        contradicts = is_none and any(
            Naive(others).status(outlet, day, None)[0] in {Status.RUNNING, Status.IDLE}
            for outlet in range(OUTLETS)
            if self.owners[outlet] == owner
        )
        refused = (
            is_taken or contradicts or (replaces is not None and naive.facts[replaces].retracted is not None)
        )
        try:
            row = decide_status(
                cooperative=self.cooperatives[owner],
                outlet=None if is_none else self.outlets[which],
                status=status,
                reason=fact.reason,
                note="Contoh",
                effective_on=day_of(day),
                by=self.sudin,
                replaces=None if replaces is None else rows[replaces],
            )
        except ValidationError:
            assert refused
            return
        assert not refused
        if replaces is not None:
            naive.facts[replaces].retracted = number
        naive.facts.append(fact)
        rows.append(row)

    def take_back(
        self,
        naive: Naive,
        rows: list[StatusChange],
        number: int,
        which: int,
        verb: str,
        status: Status,
        reason: Reason | str,
        day: int,
    ) -> None:
        fact = naive.facts[which]
        if verb == "correct":
            if fact.subject is not None and fact.subject < 0:
                cooperative = 0 if fact.subject == -1 else 1
                self.decide(naive, rows, number, cooperative, Status.NONE, "", day, replaces=which)
            else:
                assert fact.subject is not None
                self.decide(naive, rows, number, fact.subject, status, reason, day, replaces=which)
            return
        try:
            retract_change(rows[which], note="Salah catat", by=self.sudin)
        except ValidationError:
            assert fact.retracted is not None
            return
        assert fact.retracted is None
        fact.retracted = number

    def compare(self, naive: Naive, day: int, known: int | None) -> None:
        on, known_at = day_of(day), None if known is None else moment_of(known)
        found = {
            outlet.pk: (outlet.status, outlet.status_reason, outlet.status_since)
            for outlet in with_status(Outlet.objects.order_by("pk"), on=on, known_at=known_at)
        }
        expected = {}
        for number, outlet in enumerate(self.outlets):
            status, reason, since = naive.status(number, day, known)
            expected[outlet.pk] = (status, reason, None if since is None else day_of(since))
        assert found == expected
        classes = [naive.outlet_class([0, 1], day, known), naive.outlet_class([2], day, known)]
        annotated = with_outlet_class(Cooperative.objects.order_by("pk"), on=on, known_at=known_at)
        assert list(annotated.values_list("outlet_class", flat=True)) == classes
        # A reason that nobody gave is nowhere, whichever it is.
        given = {Reason(fact.reason) for fact in naive.facts if fact.reason}
        self.compare_standing(
            on, known_at, {*given, next((one for one in Reason if one not in given), Reason.OTHER)}
        )

    def compare_standing(self, on: dt.date, known_at: dt.datetime | None, reasons: set[Reason]) -> None:
        """What is followed in Python is what the database says in one query."""
        everything = Cooperative.objects.order_by("pk")
        later = on + dt.timedelta(days=DAYS)
        found = histories(everything, until=later, known_at=known_at)
        rows = with_outlet_class(everything, on=on, known_at=known_at)
        expected = {
            row.pk: (row.outlet_class, row.idle_since, row.idle_reason or "")
            for row in with_idle_reason(rows, on=on, known_at=known_at)
        }
        stood = {pk: standing(history, on) for pk, history in found.items()}
        assert {
            pk: (one.outlet_class, one.idle_since, one.idle_reason) for pk, one in stood.items()
        } == expected
        for reason in reasons:
            assert {
                pk
                for pk, one in stood.items()
                if one.outlet_class == OutletClass.IDLE and reason in one.idle_reasons
            } == {row.pk for row in idle_because_of(everything, reason, on=on, known_at=known_at)}

    def compare_counts(self, naive: Naive, known: int | None) -> None:
        expected = {}
        for day in range(-1, DAYS + 1):
            expected[day_of(day)] = dict.fromkeys(OutletClass.values, 0)
            for subjects in ([0, 1], [2]):
                expected[day_of(day)][naive.outlet_class(subjects, day, known)] += 1
        known_at = None if known is None else moment_of(known)
        assert class_counts(Cooperative.objects.all(), expected, known_at=known_at) == expected

    def compare_pictures(self, naive: Naive, until: int, known: int | None) -> None:
        """On every day, the stretch drawn is the status and the class of that day."""
        for cooperative, subjects in zip(self.cooperatives, ([0, 1], [2]), strict=True):
            drawn = timeline(
                cooperative, until=day_of(until), known_at=None if known is None else moment_of(known)
            ).lanes
            for day in range(until + 1):
                shown = [
                    next(
                        (
                            segment.tone
                            for segment in lane.segments
                            if segment.starts_on <= day_of(day)
                            and (segment.ends_on is None or day_of(day) <= segment.ends_on)
                        ),
                        None,
                    )
                    for lane in drawn
                ]
                class_of_day = naive.outlet_class(subjects, day, known)
                assert shown == [
                    None if class_of_day == OutletClass.UNRECORDED else class_of_day,
                    *(naive.status(subject, day, known)[0] for subject in subjects),
                ]

    def compare_changed_since(self, naive: Naive, on: int) -> None:
        """Everything here is recorded after the days it is about."""
        moments = [
            moment
            for fact in naive.facts
            if fact.day <= on
            for moment in (fact.recorded, fact.retracted)
            if moment is not None
        ]
        expected = moment_of(max(moments)) if moments else None
        assert changed_since_effect(Cooperative.objects.all(), on=day_of(on)) == expected
