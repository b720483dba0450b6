"""Tells the story month by month: chance picks the cooperative, the plot says what happens."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from random import Random
from typing import TypeVar

from kkmp.pages.demo import plan, promises
from kkmp.pages.demo.story import Change, Need, Place, Story, next_month, office_hour
from outlets.models import NeedPurpose, OutletKind, Premises, Reason, Status, Tenure

# So long before an opening a partner is first spoken to: the story looks ahead, to show what is under way today.
LOOK_AHEAD = timedelta(days=150)
TOLD_AT_START = office_hour(plan.START, 240)
# Chosen among many: by autumn 2026 every kecamatan has cooperatives of each class, idle for seven reasons.
PLOT = 277
# Days an outlet runs at least before it stops, and how often working capital is not all that is missing.
SHORTEST_RUN = 60
SECOND_NEED = 0.4

Picked = TypeVar("Picked")


@dataclass
class Standing:
    """How a cooperative's main outlet stands at this point of the story."""

    status: Status = Status.NONE
    reason: str = ""
    since: date = plan.START
    place: Place | None = None
    needs: list[Need] = field(default_factory=list)
    has_run: bool = False
    # Until then nothing else happens there, so that records come in the order of what they tell.
    rests_until: date = plan.START


def tell(codes: list[str], *, until: date) -> Story:
    """The whole story until that day, and so much of the time after it as is being prepared by then."""
    teller = Teller(codes)
    # First what has fixed days: chance must fall the same way however far the story goes.
    teller.begin()
    teller.add_further_outlets()
    needs = {code: now.needs for code, now in teller.standing.items()}
    promises.add_promises_that_wait(teller.story, plan.dice("waiting"), needs=needs)
    for first, moves in _months(until + LOOK_AHEAD):
        teller.tell_month(first, moves.split())
    return teller.story


def _months(until: date) -> Iterator[tuple[date, str]]:
    first = date(2025, 10, 1)
    later = 0
    while first <= until:
        moves = plan.MONTHS.get((first.year, first.month))
        if moves is None:
            moves = plan.LATER_MONTHS[later % len(plan.LATER_MONTHS)]
            later += 1
        yield first, moves
        first = next_month(first, on=1)


class Teller:
    """The state of the 65 while the story is told."""

    def __init__(self, codes: list[str]) -> None:
        self.dice: Random = plan.dice("story", PLOT)
        self.story = Story()
        self.standing = {code: Standing() for code in codes}
        self.happened: dict[str, int] = {}

    def begin(self) -> None:
        """Tell what the recap of 22 September 2025 said."""
        for number, code in enumerate(self.standing):
            told_at = TOLD_AT_START + timedelta(minutes=number)
            if number % 4 == 0:
                told_at = office_hour(plan.START + timedelta(days=1), number)
            if code in plan.RUNNING_AT_START:
                self._found(code, Status.RUNNING, plan.RUNNING_AT_START[code], told_at)
            elif code in plan.IDLE_AT_START:
                since = plan.START - timedelta(days=self.dice.randint(3, 50))
                self._found(code, Status.IDLE, since, told_at, reason=Reason.CAPITAL)
            else:
                self.story.changes.append(
                    Change(code, None, Status.NONE, plan.START, told_at, "Belum ada gerai.", is_opening=True)
                )

    def tell_month(self, first: date, moves: list[str]) -> None:
        """Spread the moves over the first three weeks; partners help one or two that run."""
        step = 16 // len(moves)
        for number, move in enumerate(moves):
            day = first + timedelta(days=2 + number * step + self.dice.randint(0, 2))
            name = move.rstrip("-~")
            acts: dict[str, Callable[[date, str], None]] = {
                "open": self._open, "resume": self._resume, "build": self._build, "debut": self._debut,
                "stop": self._stop, "give_up": self._give_up, "shut": self._shut, "prepare": self._prepare,
                "obstacle": self._obstacle, "check": self._check, "mistake": self._mistake,
            }  # fmt: skip
            acts[name](day, move[len(name) :])
        running = {
            code: now.place
            for code, now in self.standing.items()
            if now.place and now.status == Status.RUNNING
        }
        promises.add_help_for_running(self.story, self.dice, first=first, running=running)

    def add_further_outlets(self) -> None:
        for number, (code, kind, premises, statuses) in enumerate(plan.FURTHER):
            made_at = office_hour(statuses[0][0], 30)
            place = Place(code, 2 + number, kind, premises, Tenure.LENT, 20 + 6 * number, made_at)
            self.story.places.append(place)
            for day, status, reason in statuses:
                note = plan.WHY_IDLE[Reason(reason)] if reason else "Gerai kedua koperasi."
                at = office_hour(day + timedelta(days=1), 90)
                self.story.changes.append(Change(code, place, status, day, at, note, reason))
                if reason:
                    self._need(place, *plan.NEEDS[Reason(reason)][0], since=day, told_at=at)

    # What can happen to a cooperative.

    def _open(self, day: date, how: str) -> None:
        code = self._pick(day, lambda now: now.status == Status.IDLE and not now.has_run, rested=30)
        if not code:
            return
        now = self.standing[code]
        note = "Kendala selesai; gerai dibuka untuk anggota dan warga."
        if now.reason == Reason.CAPITAL:
            note = self._help_arrives(code, day)
        if how != "~":
            self._record(code, Status.RUNNING, day, note)
            return
        wrong = self._change(
            code, Status.RUNNING, day, at=office_hour(day + timedelta(days=1), 60), note=note
        )
        corrected_at = office_hour(day + timedelta(days=17), 120)
        right = replace(wrong, effective_on=day + timedelta(days=6), recorded_at=corrected_at)
        self._correct(wrong, right, "Tanggal buka menurut berita acara lebih lambat.")

    def _resume(self, day: date, _how: str) -> None:
        code = self._pick(day, lambda now: now.status == Status.IDLE and now.has_run, rested=30)
        if code:
            was = Reason(self.standing[code].reason).label
            self._record(code, Status.RUNNING, day, f"Gerai buka kembali; kendala selesai: {was.lower()}.")

    def _build(self, day: date, how: str) -> None:
        code = self._pick(day, lambda now: now.status == Status.PREPARING, rested=30) or self._pick_empty(day)
        if code:
            reason = self._next("build", plan.BUILD_REASONS)
            self._has_place(code, day)
            self._record(code, Status.IDLE, day, plan.WHY_IDLE[reason], reason=reason, how=how)

    def _debut(self, day: date, how: str) -> None:
        code = self._pick(day, lambda now: now.status == Status.PREPARING, rested=30)
        if code:
            self._record(code, Status.RUNNING, day, "Persiapan selesai; gerai langsung berjalan.", how=how)

    def _stop(self, day: date, how: str) -> None:
        code = self._pick_running(day)
        if not code:
            return
        reason = self._next("stop", plan.STOP_REASONS)
        note = plan.OUT_OF_MONEY if reason == Reason.CAPITAL else plan.WHY_IDLE[reason]
        if how != "~":
            self._record(code, Status.IDLE, day, note, reason=reason, how=how)
            return
        corrected_at = office_hour(day + timedelta(days=10), 75)
        right = self._change(code, Status.IDLE, day, at=corrected_at, note=note, reason=reason)
        first_told = office_hour(day + timedelta(days=1), 45)
        guess = Reason.DEMAND
        wrong = replace(right, recorded_at=first_told, reason=guess, note=plan.WHY_IDLE[guess])
        self._correct(wrong, right, "Kunjungan menemukan sebab yang lain.")

    def _give_up(self, day: date, how: str) -> None:
        code = self._pick(day, lambda now: now.status == Status.IDLE, rested=90)
        if code:
            needs = self.standing[code].needs
            promises.add_cancelled(self.story, self.dice, code=code, day=day, needs=needs)
            self._record(code, Status.CLOSED, day, "Pinjam pakai tempat berakhir; gerai ditutup.", how=how)

    def _shut(self, day: date, how: str) -> None:
        code = self._pick_running(day)
        if code:
            self._record(code, Status.CLOSED, day, "Sewa tidak diperpanjang; gerai ditutup.", how=how)

    def _prepare(self, day: date, how: str) -> None:
        code = self._pick_empty(day)
        if code:
            place = self._has_place(code, day)
            self._record(code, Status.PREPARING, day, "Tempat disepakati, perbaikan dimulai.", how=how)
            need = (NeedPurpose.RENOVATION, "Perbaikan ruangan sebelum dibuka", 10, 45)
            self.standing[code].needs.append(
                self._need(place, *need, since=day, told_at=office_hour(day, 120))
            )

    def _obstacle(self, day: date, how: str) -> None:
        """The money came, and something else is missing."""
        code = self._pick(
            day, lambda now: now.status == Status.IDLE and now.reason == Reason.CAPITAL, rested=60
        )
        if code:
            self._help_arrives(code, day)
            reason = self._next("obstacle", plan.OBSTACLES)
            note = f"Modal sudah diterima. {plan.WHY_IDLE[reason]}"
            self._record(code, Status.IDLE, day, note, reason=reason, how=how)

    def _check(self, day: date, _how: str) -> None:
        code = self._pick_empty(day)
        if code:
            at = office_hour(day, 300)
            self.story.changes.append(Change(code, None, Status.NONE, day, at, "Diperiksa: belum ada gerai."))
            self.standing[code].rests_until = day + timedelta(days=30)

    def _mistake(self, day: date, _how: str) -> None:
        code = self._pick(day, lambda now: now.status == Status.IDLE, rested=60)
        if code:
            note, why = "Gerai dilaporkan buka.", "Salah memilih koperasi; gerai ini belum buka."
            told = self._change(code, Status.RUNNING, day, at=office_hour(day, 200), note=note)
            taken_back_at = office_hour(day + timedelta(days=20), 40)
            self.story.changes.append(replace(told, retracted_at=taken_back_at, retract_note=why))
            self.standing[code].rests_until = day + timedelta(days=40)

    # Who is chosen, and how it is written down.

    def _pick(self, day: date, fits: Callable[[Standing], bool], *, rested: int) -> str | None:
        free = [
            code
            for code, now in self.standing.items()
            if fits(now) and now.rests_until < day and (day - now.since).days >= rested
        ]
        # Three by chance, and of them where least runs: so that no kecamatan stays behind for ever.
        few = self.dice.sample(free, min(3, len(free)))
        return min(few, key=lambda code: self._running_share(code[:8]), default=None)

    def _pick_empty(self, day: date) -> str | None:
        return self._pick(day, lambda now: now.status == Status.NONE, rested=0)

    def _pick_running(self, day: date) -> str | None:
        free = [
            code
            for code, now in self.standing.items()
            if now.status == Status.RUNNING
            and code not in plan.STEADY
            and now.rests_until < day
            and (day - now.since).days >= SHORTEST_RUN
        ]
        few = self.dice.sample(free, min(2, len(free)))
        return max(few, key=lambda code: self._running_share(code[:8]), default=None)

    def _running_share(self, kecamatan: str) -> float:
        here = [now.status == Status.RUNNING for code, now in self.standing.items() if code[:8] == kecamatan]
        return sum(here) / len(here)

    def _next(self, what: str, of: tuple[Picked, ...]) -> Picked:
        count = self.happened.get(what, 0)
        self.happened[what] = count + 1
        return of[count % len(of)]

    def _found(self, code: str, status: Status, since: date, told_at: datetime, *, reason: str = "") -> None:
        place = self._has_place(code, since, made_at=told_at)
        note = plan.WHY_IDLE[Reason(reason)] if reason else "Gerai berjalan."
        self._stand(code, Change(code, place, status, since, told_at, note, reason, is_opening=True))

    def _has_place(self, code: str, day: date, *, made_at: datetime | None = None) -> Place:
        now = self.standing[code]
        if now.place is None:
            premises, tenure = self.dice.choice(plan.PLACES)
            if code == plan.MELAWAI:
                premises, tenure = Premises.PUBLIC_HUB, Tenure.LENT
            area = self.dice.randrange(12, 96, 4)
            now.place = Place(
                code, 1, OutletKind.GROCERY, premises, tenure, area, made_at or office_hour(day)
            )
            self.story.places.append(now.place)
        return now.place

    def _record(
        self, code: str, status: Status, day: date, note: str, *, reason: str = "", how: str = ""
    ) -> None:
        at = office_hour(day + timedelta(days=self.dice.randint(0, 3)), self.dice.randint(30, 420))
        if how == "-":
            at = office_hour(next_month(day, on=self.dice.randint(5, 12)), self.dice.randint(30, 420))
        self._stand(code, self._change(code, status, day, at=at, note=note, reason=reason))

    def _correct(self, wrong: Change, right: Change, why: str) -> None:
        """Take the first record back and write the right one, both at one moment."""
        self.story.changes.append(replace(wrong, retracted_at=right.recorded_at, retract_note=why))
        self._stand(right.code, right)

    def _change(
        self, code: str, status: Status, day: date, *, at: datetime, note: str, reason: str = ""
    ) -> Change:
        return Change(code, self.standing[code].place, status, day, at, note, reason)

    def _stand(self, code: str, change: Change) -> None:
        """Write the change down and let the cooperative stand so; needs are met or arise with it."""
        now = self.standing[code]
        self.story.changes.append(change)
        self._close_needs(now, change)
        now.status, now.reason, now.since = change.status, change.reason, change.effective_on
        now.has_run = now.has_run or change.status == Status.RUNNING
        now.rests_until = change.recorded_at.date() + timedelta(days=20)
        if change.reason and change.place:
            for need in plan.NEEDS.get(Reason(change.reason), ()):
                now.needs.append(self._need(change.place, *need, since=now.since, told_at=change.recorded_at))
            if change.reason == Reason.CAPITAL and self.dice.random() < SECOND_NEED:
                need = self.dice.choice(plan.SECOND_NEEDS)
                now.needs.append(self._need(change.place, *need, since=now.since, told_at=change.recorded_at))

    def _need(
        self,
        place: Place,
        purpose: NeedPurpose,
        text: str,
        low: int,
        high: int,
        *,
        since: date,
        told_at: datetime,
    ) -> Need:
        need = Need(place, purpose, text, self.dice.randint(low, high) * 1_000_000, since, told_at)
        self.story.needs.append(need)
        return need

    def _close_needs(self, now: Standing, change: Change) -> None:
        for need in now.needs:
            index = self.story.needs.index(need)
            self.story.needs[index] = replace(
                need, closed_on=change.effective_on, closed_at=change.recorded_at
            )
        now.needs.clear()

    def _help_arrives(self, code: str, day: date) -> str:
        """A partner's help arrives before that day; the answer is the note of the opening."""
        partner, kind = self._next("help", plan.OPENING_HELP)
        needs = self.standing[code].needs
        promises.add_help_that_opens(
            self.story, self.dice, code=code, partner=partner, kind=kind, needs=needs, day=day
        )
        return f"Gerai dibuka setelah bantuan {partner} diterima ({kind.label.lower()})."
