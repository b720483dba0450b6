"""What happens in the sample data, as plain records in order of time; told without the database."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from typing import Self

from django.utils import timezone

from outlets.models import NeedPurpose, OutletKind, Premises, Status, Tenure
from partners.models import Stage, SupportKind


@dataclass(frozen=True)
class Place:
    """An outlet; `number` counts those of one cooperative."""

    code: str
    number: int
    kind: OutletKind
    premises: Premises
    tenure: Tenure
    area_m2: int
    made_at: datetime


@dataclass(frozen=True)
class Change:
    code: str
    place: Place | None
    status: Status
    effective_on: date
    recorded_at: datetime
    note: str
    reason: str = ""
    is_opening: bool = False
    retracted_at: datetime | None = None
    retract_note: str = ""


@dataclass(frozen=True)
class Need:
    place: Place
    purpose: NeedPurpose
    text: str
    amount_idr: int
    since_on: date
    told_at: datetime
    closed_on: date | None = None
    closed_at: datetime | None = None

    @property
    def key(self) -> "NeedKey":
        """What stays when the need is closed."""
        return self.place, self.purpose, self.since_on


NeedKey = tuple[Place, NeedPurpose, date]


@dataclass(frozen=True)
class Step:
    stage: Stage
    effective_on: date
    recorded_at: datetime
    reason: str = ""


@dataclass(frozen=True)
class Paid:
    """Money or goods that arrived, until when they were checked or taken back."""

    amount_idr: int
    paid_on: date
    recorded_at: datetime
    verified_at: datetime | None = None
    withdrawn_at: datetime | None = None

    def known_at(self, moment: datetime) -> "Paid":
        is_verified = self.verified_at and self.verified_at < moment
        is_withdrawn = self.withdrawn_at and self.withdrawn_at < moment
        return replace(
            self,
            verified_at=self.verified_at if is_verified else None,
            withdrawn_at=self.withdrawn_at if is_withdrawn else None,
        )


@dataclass(frozen=True)
class Promise:
    """What a partner does for a cooperative, with its stages from first to last and what arrived.

    `place` and `need` are for whom and for what, as far as the office knows; `payer` pays in the partner's stead.
    """

    partner: str
    code: str
    kind: SupportKind
    amount_idr: int | None
    steps: Sequence[Step]
    place: Place | None = None
    need: NeedKey | None = None
    paid: Sequence[Paid] = ()
    payer: str = ""

    def known_at(self, moment: datetime) -> "Promise":
        return replace(
            self,
            steps=[step for step in self.steps if step.recorded_at < moment],
            paid=[paid.known_at(moment) for paid in self.paid if paid.recorded_at < moment],
        )

    def step(self, stage: Stage) -> Step | None:
        return next((step for step in self.steps if step.stage == stage), None)


@dataclass
class Story:
    places: list[Place] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    needs: list[Need] = field(default_factory=list)
    promises: list[Promise] = field(default_factory=list)

    def known_at(self, moment: datetime) -> Self:
        """The story as far as it had been recorded by then."""
        changes = [
            change
            if change.retracted_at and change.retracted_at < moment
            else replace(change, retracted_at=None, retract_note="")
            for change in self.changes
            if change.recorded_at < moment
        ]
        needs = [
            need
            if need.closed_at and need.closed_at < moment
            else replace(need, closed_on=None, closed_at=None)
            for need in self.needs
            if need.told_at < moment
        ]
        promises = [promise.known_at(moment) for promise in self.promises]
        return type(self)(
            places=[place for place in self.places if place.made_at < moment],
            changes=sorted(changes, key=lambda change: (change.recorded_at, change.code)),
            needs=sorted(needs, key=lambda need: (need.told_at, need.place.code, need.purpose)),
            promises=sorted((promise for promise in promises if promise.steps), key=by_first_word),
        )


def by_first_word(promise: Promise) -> tuple[datetime, str, str]:
    """In the order in which promises were first spoken of."""
    return promise.steps[0].recorded_at, promise.code, promise.partner


def office_hour(day: date, minute: int = 0) -> datetime:
    """A moment of that day in Jakarta: 9 o'clock and so many minutes."""
    return timezone.make_aware(datetime.combine(day, time(9))) + timedelta(minutes=minute)


def next_month(day: date, on: int) -> date:
    return (day.replace(day=1) + timedelta(days=32)).replace(day=on)
