"""Members of the sample data: invented persons with numbers that no office issues, from application to end."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random

from cooperatives.models import Gender
from kkmp.pages.demo import plan
from kkmp.pages.demo.names import person_name
from members.models import Domicile, EndReason, MemberKind

# About so many are members of all 65 together on 24 November 2026. Tests ask for fewer.
WHOLE = 6_000
FOUNDED_FROM = date(2025, 6, 2)
FOUNDING_DAYS = 44
# The cooperatives' sizes are told for this many days after their founding; growth goes on at that pace.
GROWTH_DAYS = 540
# Whoever had joined by then stood in a book of paper that was taken over as it was.
TAKEN_OVER_ON = date(2025, 8, 15)
# Some cooperatives write their numbers with letters.
PREFIXES = {"31.74.01.1003": "A-", "31.74.05.1002": "KMP/"}

# Shares of those who join.
LEAVES = 0.05
RETURNS = 0.012
GENDER_UNKNOWN = 0.02
NUMBER_TO_COME, NUMBER_TO_COME_OF_OLD = 0.08, 0.3
MISMATCH = 0.012
EXTRAORDINARY = 0.04
TURNED_AWAY = 0.012
VOIDED = 0.006
# Nobody has waited longer between application and admission.
LONGEST_WAIT = 95

WHY_LEFT = (
    *(EndReason.RESIGNED,) * 9,
    *(EndReason.MOVED,) * 6,
    *(EndReason.DIED,) * 2,
    *(EndReason.DISMISSED, EndReason.UNKNOWN),
)
STREETS = "Melati Kenanga Mawar Cempaka Anggrek Flamboyan Dahlia Teratai Bougenvil Kamboja Seruni Tanjung"


@dataclass(frozen=True)
class Membership:
    """One membership as it is told; `place` counts the arrivals of a cooperative and names the person's dice."""

    code: str
    place: int
    number: str
    full_name: str
    gender: str
    birth_date: date | None
    national_id: str
    phone: str
    address: str
    rt: str
    rw: str
    domicile: str
    ktp_seen_on: date | None
    kind: MemberKind
    applied_on: date | None
    joined_on: date | None
    # By instalments during a long application.
    pays_in_parts: bool = False
    is_return: bool = False
    ended_on: date | None = None
    end_reason: str = ""
    voided_on: date | None = None
    void_reason: str = ""

    @property
    def is_taken_over(self) -> bool:
        return self.joined_on is not None and self.joined_on <= TAKEN_OVER_ON

    @property
    def told_on(self) -> date:
        """The day this row was written first."""
        beginning = self.joined_on or self.applied_on
        assert beginning  # noqa: S101  # for the type checker: every membership has a beginning
        return beginning


def tell_members(codes: Sequence[str], *, before: date, whole: int = WHOLE) -> list[Membership]:
    """Everybody who joined or applied before that day; what happens from that day on is not told yet."""
    return [member for code in codes for member in _members_of(code, before=before, whole=whole)]


def synthetic_national_id(born_on: date, *, is_woman: bool, serial: int) -> str:
    """“317499” is no region and no office issues serials from 9000 on."""
    return f"317499{born_on.day + 40 * is_woman:02}{born_on:%m%y}{9000 + serial % 1000}"


def _members_of(code: str, *, before: date, whole: int) -> Iterator[Membership]:
    # The last membership of each person by name, and the identity numbers of all.
    people: dict[str, Membership] = {}
    numbers: set[str] = set()
    given = 0
    for place, joined_on in enumerate(_arrivals(code, before=before, whole=whole)):
        dice = plan.dice("member", code, place)
        arrival = _arrival(dice, code, place=place, joined_on=joined_on, people=people, numbers=numbers)
        if arrival.joined_on:
            given += 1
            arrival = replace(arrival, number=f"{PREFIXES.get(code, '')}{given:03}")
        if not arrival.voided_on:
            people[arrival.full_name] = arrival
            numbers.add(arrival.national_id)
        if told := _known(arrival, before):
            yield told


def _arrivals(code: str, *, before: date, whole: int) -> Iterator[date]:
    """The days on which people joined, in order, as far as their applications may have been told."""
    dice = plan.dice("members", code)
    weight = 0.21 if code == plan.MELAWAI else 0.04 + 0.2 * dice.betavariate(1.2, 3.4)
    size = weight * whole / 5.75
    founders = min(max(int(size), 4), dice.randint(9, 12))
    yield from sorted(FOUNDED_FROM + timedelta(days=dice.randint(0, FOUNDING_DAYS)) for _ in range(founders))
    pace = max(size - founders, 1) / (GROWTH_DAYS - FOUNDING_DAYS)
    day = float(FOUNDING_DAYS)
    while True:
        day += dice.expovariate(pace)
        joined_on = FOUNDED_FROM + timedelta(days=int(day))
        if joined_on - timedelta(days=LONGEST_WAIT) >= before:
            return
        yield joined_on


def _arrival(
    dice: Random, code: str, *, place: int, joined_on: date, people: dict[str, Membership], numbers: set[str]
) -> Membership:
    chance = dice.random()
    if chance < VOIDED and people:
        return _written_twice([*people.values()][-1], place=place, joined_on=joined_on)
    if chance < VOIDED + RETURNS:
        lately = joined_on - timedelta(days=30)
        if gone := [one for one in people.values() if one.ended_on and one.ended_on < lately]:
            return _again(dice, dice.choice(gone), place=place, joined_on=joined_on)
    is_old = joined_on <= TAKEN_OVER_ON
    gender = dice.choice((Gender.FEMALE, Gender.MALE))
    name = person_name(dice, gender)
    while name in people:
        name = person_name(dice, gender)
    born_on = date(2007, 1, 1) - timedelta(days=int(20_000 * dice.betavariate(1.6, 2.2)))
    person = Membership(
        code=code,
        place=place,
        number="",
        full_name=name,
        gender="" if dice.random() < GENDER_UNKNOWN else gender,
        birth_date=None if is_old and dice.random() < 0.15 else born_on,
        national_id=_national_id(dice, born_on, gender, is_old=is_old, numbers=numbers),
        phone=f"0800-0000-{dice.randrange(10_000):04}" if dice.random() < 0.85 else "",
        address=f"Jl. {dice.choice(STREETS.split())} No. {dice.randint(1, 80)} (contoh)",
        rt=f"{dice.randint(1, 14):03}",
        rw=f"{dice.randint(1, 11):03}",
        domicile=Domicile.HERE,
        ktp_seen_on=joined_on,
        kind=MemberKind.REGULAR,
        applied_on=None,
        joined_on=joined_on,
    )
    person = _taken_over(dice, person) if is_old else _admitted(dice, person)
    return _with_end(dice, person)


def _national_id(dice: Random, born_on: date, gender: Gender, *, is_old: bool, numbers: set[str]) -> str:
    """The number of a card; now and then its birth date or gender is not the one that was written down."""
    is_woman, serial = gender == Gender.FEMALE, dice.randrange(1000)
    if dice.random() < (NUMBER_TO_COME_OF_OLD if is_old else NUMBER_TO_COME):
        return ""
    odd = dice.random()
    if odd < MISMATCH / 2:
        is_woman = not is_woman
    elif odd < MISMATCH:
        born_on -= timedelta(days=10)
    while (number := synthetic_national_id(born_on, is_woman=is_woman, serial=serial)) in numbers:
        serial += 1
    return number


def _taken_over(dice: Random, person: Membership) -> Membership:
    """As an old book tells it: not every card was seen, some lines say no domicile."""
    return replace(
        person,
        domicile=person.domicile if dice.random() < 0.85 else "",
        ktp_seen_on=None if dice.random() < 0.4 else person.ktp_seen_on,
    )


def _admitted(dice: Random, person: Membership) -> Membership:
    """Most apply and join on one day; some wait for a meeting, a few pay their principal in parts before they join."""
    assert person.joined_on  # noqa: S101  # for the type checker: only of those who join
    chance = dice.random()
    pays_in_parts = chance < 0.05
    days = LONGEST_WAIT - 25 if pays_in_parts else dice.randint(3, 21) if chance < 0.3 else 0
    applied_on = person.joined_on - timedelta(days=days)
    if dice.random() < TURNED_AWAY:
        return replace(
            person,
            applied_on=applied_on,
            joined_on=None,
            ktp_seen_on=None,
            ended_on=applied_on + timedelta(days=dice.randint(5, 40)),
            end_reason=EndReason.NOT_ADMITTED,
        )
    if dice.random() < EXTRAORDINARY:
        person = replace(person, kind=MemberKind.EXTRAORDINARY, domicile=Domicile.ELSEWHERE)
    return replace(person, applied_on=applied_on, pays_in_parts=pays_in_parts)


def _with_end(dice: Random, person: Membership) -> Membership:
    leaves, after, reason = dice.random() < LEAVES, dice.randint(45, 420), dice.choice(WHY_LEFT)
    if not leaves or person.joined_on is None:
        return person
    return replace(person, ended_on=person.joined_on + timedelta(days=after), end_reason=reason)


def _again(dice: Random, former: Membership, *, place: int, joined_on: date) -> Membership:
    """Who returns gets a new membership: a new number, the same person."""
    person = replace(
        former,
        place=place,
        domicile=Domicile.HERE,
        kind=MemberKind.REGULAR,
        applied_on=joined_on,
        joined_on=joined_on,
        ktp_seen_on=joined_on,
        pays_in_parts=False,
        is_return=True,
        ended_on=None,
        end_reason="",
    )
    return _with_end(dice, person)


def _written_twice(earlier: Membership, *, place: int, joined_on: date) -> Membership:
    """A second line of the same person: its number stays given, and counts nowhere."""
    return replace(
        earlier,
        place=place,
        national_id="",
        domicile=Domicile.HERE,
        ktp_seen_on=joined_on,
        applied_on=None,
        joined_on=joined_on,
        pays_in_parts=False,
        is_return=False,
        ended_on=None,
        end_reason="",
        voided_on=joined_on,
        void_reason=f"Tercatat dua kali; nomor {earlier.number} tetap berlaku.",
    )


def _known(person: Membership, before: date) -> Membership | None:
    """The membership as far as it had been written down before that day."""
    if person.ended_on and person.ended_on >= before:
        person = replace(person, ended_on=None, end_reason="")
    if person.joined_on and person.joined_on >= before:
        person = replace(person, joined_on=None, number="", ktp_seen_on=None)
    is_told = person.joined_on or (person.applied_on and person.applied_on < before)
    return person if is_told else None
