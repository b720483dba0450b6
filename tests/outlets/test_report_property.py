"""Any sequence of reports, returns, verifications and revisions equals a naive re-computation in Python."""

import datetime as dt
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core.exceptions import ValidationError
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from cooperatives.models import Cooperative
from kkmp.accounts.models import User
from outlets.models import CapitalNeed, MonthlyReport, Outlet, Reason, ReportState, Status, StatusChange
from outlets.outlet_class import with_status
from outlets.report_services import (
    LineValues,
    open_report,
    return_report,
    save_draft,
    start_correction,
    submit,
    verify,
    withdraw,
)
from outlets.services import decide_status
from tests.factories import CapitalNeedFactory, CooperativeFactory, OutletFactory, UserFactory

JAKARTA = ZoneInfo("Asia/Jakarta")
MONTHS = (dt.date(2025, 9, 1), dt.date(2025, 10, 1))
# The first day of a month, some days in it, its end; changes meet on them.
DAYS = (1, 2, 3, 30)
MOMENT = dt.datetime(2025, 11, 3, 8, tzinfo=JAKARTA)
OUTLETS = 2
STATUSES = [
    (Status.RUNNING, ""),
    (Status.IDLE, Reason.CAPITAL),
    (Status.IDLE, Reason.STOCK),
    (Status.CLOSED, ""),
]
Said = tuple[str, str, dt.date]


@dataclass
class Fact:
    outlet: int
    status: str
    reason: str
    day: dt.date
    recorded: int
    month: int | None  # of the report it comes from; None is a decision
    retracted: int | None = None
    needs: list[int] = field(default_factory=list)

    @property
    def says(self) -> tuple[str, str]:
        return self.status, self.reason


@dataclass
class Need:
    outlet: int
    since: dt.date
    closed: dt.date | None = None


@dataclass
class Naive:
    """The same rules, as slowly and plainly as they can be said."""

    facts: list[Fact] = field(default_factory=list)
    needs: list[Need] = field(default_factory=list)
    # By month: (state, revision, author, {outlet: what the draft says}).
    reports: dict[int, dict[str, Any]] = field(default_factory=dict)

    def live(self, outlet: int, until: dt.date, *, without_month: int | None = None) -> list[Fact]:
        found = [
            f
            for f in self.facts
            if f.retracted is None and f.outlet == outlet and f.day <= until
            and (without_month is None or f.month != without_month)
        ]  # fmt: skip
        return sorted(found, key=lambda fact: fact.day)

    def says(self, outlet: int, until: dt.date) -> Said | None:
        found = self.live(outlet, until)
        return (found[-1].status, found[-1].reason, found[-1].day) if found else None

    def verdict(self, month: int, outlet: int, said: Said) -> str:
        """What verification makes of one line: keep, nothing, add or problem."""
        status, reason, day = said
        mine = [f for f in self.facts if f.retracted is None and f.outlet == outlet and f.month == month]
        if mine and (*mine[0].says, mine[0].day) == said:
            return "keep"
        end = last_day(month)
        others = self.live(outlet, dt.date.max, without_month=month)
        if any(day < f.day <= end and f.says != (status, reason) for f in others):
            return "problem"
        before = [f for f in others if f.day <= day]
        if before and before[-1].says == (status, reason):
            return "nothing"
        return "problem" if before and before[-1].day == day else "add"

    def verify(self, month: int, now: int) -> None:
        lines = self.reports[month]["lines"]
        verdicts = {outlet: self.verdict(month, outlet, said) for outlet, said in lines.items()}
        for fact in self.facts:
            if fact.month == month and fact.retracted is None and verdicts.get(fact.outlet) != "keep":
                fact.retracted = now
                for closed in fact.needs:
                    self.needs[closed].closed = None
        for outlet, (status, reason, day) in lines.items():
            if verdicts[outlet] == "add":
                fact = Fact(outlet, status, reason, day, now, month)
                self.facts.append(fact)
                if status == Status.RUNNING:
                    for index, need in enumerate(self.needs):
                        if need.outlet == outlet and need.closed is None and need.since <= day:
                            need.closed = day
                            fact.needs.append(index)


def last_day(month: int) -> dt.date:
    return dt.date(2025, 9, 30) if month == 0 else dt.date(2025, 10, 31)


def day_in(month: int, number: int) -> dt.date:
    return MONTHS[month].replace(day=number)


months = st.integers(0, 1)
steps = st.lists(
    st.one_of(
        st.tuples(st.just("save"), months, st.integers(0, OUTLETS - 1), st.sampled_from(STATUSES), st.sampled_from(DAYS)),
        st.tuples(st.sampled_from(["open", "submit", "withdraw", "return", "verify", "verify", "correct"]), months, st.integers(0, 1), st.just(STATUSES[0]), st.just(1)),
        st.tuples(st.just("all"), months, st.integers(0, OUTLETS - 1), st.sampled_from(STATUSES), st.sampled_from(DAYS)),
        st.tuples(st.just("decide"), months, st.integers(0, OUTLETS - 1), st.sampled_from(STATUSES), st.sampled_from(DAYS)),
    ),
    max_size=16,
)  # fmt: skip
Step = tuple[str, int, int, tuple[Status, str], int]


class ReportSequenceTest(TestCase):
    """One cooperative with two outlets, one need each, two months, two people of the office."""

    cooperative: Cooperative
    outlets: list[Outlet]
    needs: list[CapitalNeed]
    people: list[User]

    @classmethod
    def setUpTestData(cls) -> None:
        cls.cooperative = CooperativeFactory.create()
        cls.outlets = [OutletFactory.create(cooperative=cls.cooperative) for _outlet in range(OUTLETS)]
        cls.needs = [
            CapitalNeedFactory.create(outlet=outlet, since_on=dt.date(2025, 9, 2)) for outlet in cls.outlets
        ]
        cls.people = [UserFactory.create(sudin=True), UserFactory.create(sudin=True)]

    @pytest.mark.slow
    @given(steps)
    @settings(max_examples=60)
    def test_equals_naive_recomputation(self, sequence: list[Step]) -> None:
        naive = Naive(needs=[Need(number, dt.date(2025, 9, 2)) for number in range(OUTLETS)])
        for number, step in enumerate(sequence):
            with time_machine.travel(MOMENT + dt.timedelta(minutes=number), tick=False):
                if step[0] == "all":
                    for verb in ("open", "correct", "save", "submit", "verify"):
                        which = {"submit": 0, "verify": 1, "save": step[2]}.get(verb, 0)
                        self.play(naive, number, (verb, step[1], which, step[3], step[4]))
                else:
                    self.play(naive, number, step)
        self.compare(naive, len(sequence))

    def play(self, naive: Naive, number: int, step: Step) -> None:
        verb, month, which, (status, reason), day_number = step
        day = day_in(month, day_number)
        expected = self.allowed(naive, verb, month, which, (str(status), str(reason), day))
        try:
            self.act(verb, month, which, status, reason, day)
        except ValidationError:
            assert not expected, (verb, naive.reports.get(month))
            return
        assert expected, (verb, naive.reports.get(month))
        self.remember(naive, number, verb, month, which, (str(status), str(reason), day))

    def report(self, month: int) -> MonthlyReport:
        found = MonthlyReport.objects.of_month(MONTHS[month]).order_by("-revision").first()
        if found is None:
            raise ValidationError("none")
        return found

    def act(self, verb: str, month: int, which: int, status: Status, reason: str, day: dt.date) -> None:
        if verb == "open":
            open_report(cooperative=self.cooperative, month=MONTHS[month], by=self.people[0])
            return
        if verb == "decide":
            decide_status(
                cooperative=self.cooperative,
                outlet=self.outlets[which],
                status=status,
                reason=reason,
                note="Contoh",
                effective_on=day,
                by=self.people[0],
            )
            return
        report, by = self.report(month), self.people[which % 2]
        if verb == "save":
            said = {line.outlet_id: line for line in report.lines.all()}
            lines = [
                LineValues(
                    outlet,
                    *(
                        (status, reason, day)
                        if outlet == self.outlets[which]
                        else (said[outlet.pk].status, said[outlet.pk].reason, said[outlet.pk].changed_on)
                    ),
                )
                for outlet in self.outlets
            ]
            save_draft(report=report, version=report.version, obstacle="", plan="", lines=lines, by=by)
        elif verb == "submit":
            submit(report=report, by=by)
        elif verb == "withdraw":
            withdraw(report=report, by=by)
        elif verb == "return":
            return_report(report=report, reason="Periksa", by=by)
        elif verb == "verify":
            verify(report=report, by=by)
        elif verb == "correct":
            start_correction(report=report, reason="Koreksi", by=by)

    def allowed(self, naive: Naive, verb: str, month: int, which: int, said: Said) -> bool:
        report = naive.reports.get(month)
        state = report["state"] if report else None
        if verb == "decide":
            return all(fact.day != said[2] for fact in naive.live(which, dt.date.max))
        if verb == "open" or report is None:
            return verb == "open" and state != ReportState.VERIFIED
        verdicts = [naive.verdict(month, outlet, told) for outlet, told in report["lines"].items()]
        fits = "problem" not in verdicts
        is_author = report["author"] == which % 2
        is_writable = state in {ReportState.DRAFT, ReportState.RETURNED}
        is_waiting = state == ReportState.SUBMITTED
        return {
            "save": is_writable,
            "submit": is_writable and fits and len(verdicts) == OUTLETS,
            "correct": state == ReportState.VERIFIED,
            "withdraw": is_waiting and is_author,
            "return": is_waiting and not is_author,
            "verify": is_waiting and not is_author and fits,
        }[verb]

    def remember(self, naive: Naive, number: int, verb: str, month: int, which: int, said: Said) -> None:
        if verb == "decide":
            naive.facts.append(Fact(which, *said, number, None))
        elif verb == "open":
            if month not in naive.reports:
                prefilled = {outlet: naive.says(outlet, last_day(month)) for outlet in range(OUTLETS)}
                lines = {outlet: told for outlet, told in prefilled.items() if told}
                naive.reports[month] = {
                    "state": ReportState.DRAFT,
                    "revision": 1,
                    "author": None,
                    "lines": lines,
                }
            return
        elif verb == "save":
            naive.reports[month]["lines"][which] = said
        elif verb == "correct":
            report = naive.reports[month]
            report.update(state=ReportState.DRAFT, revision=report["revision"] + 1, author=None)
        else:
            states = {
                "submit": ReportState.SUBMITTED,
                "withdraw": ReportState.DRAFT,
                "return": ReportState.RETURNED,
                "verify": ReportState.VERIFIED,
            }
            if verb == "verify":
                naive.verify(month, number)
            if verb == "submit":
                naive.reports[month]["author"] = which % 2
            naive.reports[month]["state"] = states[verb]

    def compare(self, naive: Naive, steps_played: int) -> None:
        found = [
            (self.outlets.index(c.outlet), c.status, c.reason, c.effective_on, c.is_live, c.report and c.report.month)
            for c in StatusChange.objects.select_related("outlet", "report").order_by("pk")
            if c.outlet
        ]  # fmt: skip
        expected = [
            (f.outlet, f.status, f.reason, f.day, f.retracted is None, None if f.month is None else MONTHS[f.month])
            for f in naive.facts
        ]  # fmt: skip
        assert sorted(found, key=str) == sorted(expected, key=str)
        self.compare_reports(naive)
        closed = [CapitalNeed.objects.get(pk=need.pk).closed_on for need in self.needs]
        assert closed == [need.closed for need in naive.needs]
        for known in (None, 0, steps_played // 2):
            for day in (
                dt.date(2025, 9, 2),
                dt.date(2025, 9, 30),
                dt.date(2025, 10, 3),
                dt.date(2025, 11, 2),
            ):
                self.compare_day(naive, day, known)

    def compare_reports(self, naive: Naive) -> None:
        for month, report in naive.reports.items():
            stored = list(MonthlyReport.objects.of_month(MONTHS[month]).order_by("revision"))
            assert (stored[-1].state, stored[-1].revision) == (report["state"], report["revision"])
            former = stored[:-1]
            assert all(one.state == ReportState.VERIFIED for one in former)
            # Only what a later verified revision replaced is superseded.
            standing = [one.revision for one in stored if one.state == "verified" and not one.superseded_at]
            newest = [one.revision for one in stored if one.state == ReportState.VERIFIED][-1:]
            assert standing == newest

    def compare_day(self, naive: Naive, day: dt.date, known: int | None) -> None:
        known_at = None if known is None else MOMENT + dt.timedelta(minutes=known)
        rows = with_status(Outlet.objects.order_by("pk"), on=day, known_at=known_at)
        expected = []
        for outlet in range(OUTLETS):
            live = [
                f
                for f in naive.facts
                if f.outlet == outlet
                and f.day <= day
                and (
                    f.retracted is None
                    if known is None
                    else f.recorded <= known and (f.retracted is None or known < f.retracted)
                )
            ]
            latest = max(live, key=lambda fact: fact.day, default=None)
            expected.append(latest.says if latest else (None, None))
        assert list(rows.values_list("status", "status_reason")) == expected
