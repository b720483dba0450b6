"""Members and savings for tests; every value is made up."""

import uuid
from datetime import UTC, date, datetime

import factory
from factory.django import DjangoModelFactory

from members.models import (
    Domicile,
    EndReason,
    Member,
    MonthLock,
    Movement,
    SavingsEntry,
    SavingsKind,
    SavingsRate,
)
from members.national_ids import sealed
from tests.factories import CooperativeFactory, UserFactory


# A serial that no office issues; every number made of it is synthetic.
def synthetic_national_id(number: int, *, born_on: date = date(1980, 5, 17), is_woman: bool = False) -> str:
    """“317499” and a birth date, with a serial from 9000 on: no such region exists."""
    return f"317499{born_on.day + 40 * is_woman:02}{born_on:%m%y}{9000 + number % 1000}"


class MemberFactory(DjangoModelFactory[Member]):
    """A regular member since August 2025; traits: applicant, ended, voided; `national_id` takes 16 digits."""

    class Meta:
        model = Member

    class Params:
        applicant = factory.Trait(
            number="", applied_on=date(2025, 8, 1), joined_on=None, domicile="", ktp_seen_on=None
        )
        ended = factory.Trait(ended_on=date(2026, 2, 1), end_reason=EndReason.RESIGNED)
        voided = factory.Trait(voided_on=date(2025, 9, 1), void_reason="Salah catat")
        national_id = ""

    cooperative = factory.SubFactory(CooperativeFactory)
    number = factory.Sequence(lambda n: f"A-{n:04}")
    full_name = factory.Sequence(lambda n: f"Anggota Contoh {n}")
    ended_on = None
    end_reason = factory.LazyAttribute(lambda o: EndReason.UNKNOWN if o.ended_on else "")
    uid = factory.LazyFunction(uuid.uuid4)
    domicile = Domicile.HERE
    ktp_seen_on = date(2025, 8, 1)
    joined_on = date(2025, 8, 1)
    national_id_cipher = factory.LazyAttribute(
        lambda o: sealed(o.national_id, uid=o.uid)["national_id_cipher"]
    )
    national_id_index = factory.LazyAttribute(lambda o: sealed(o.national_id, uid=o.uid)["national_id_index"])
    national_id_last = factory.LazyAttribute(lambda o: o.national_id[-4:])


class SavingsRateFactory(DjangoModelFactory[SavingsRate]):
    class Meta:
        model = SavingsRate

    cooperative = factory.SubFactory(CooperativeFactory)
    kind = SavingsKind.MANDATORY
    amount_idr = 10_000
    starts_on = date(2025, 1, 1)


class SavingsEntryFactory(DjangoModelFactory[SavingsEntry]):
    """A voluntary deposit; traits: principal, mandatory (for September 2025), withdrawal."""

    class Meta:
        model = SavingsEntry

    class Params:
        principal = factory.Trait(kind=SavingsKind.PRINCIPAL, amount_idr=100_000)
        mandatory = factory.Trait(kind=SavingsKind.MANDATORY, amount_idr=10_000, month=date(2025, 9, 1))
        withdrawal = factory.Trait(movement=Movement.WITHDRAWAL, amount_idr=-10_000)

    member = factory.SubFactory(MemberFactory)
    cooperative = factory.LazyAttribute(lambda o: o.member.cooperative)
    kind = SavingsKind.VOLUNTARY
    movement = Movement.DEPOSIT
    amount_idr = 25_000
    value_on = date(2025, 9, 5)
    receipt_no = factory.Sequence(lambda n: f"B-{n:05}")
    recorded_by = factory.SubFactory(UserFactory)


class MonthLockFactory(DjangoModelFactory[MonthLock]):
    """August 2025 is closed; trait: reopened."""

    class Meta:
        model = MonthLock

    class Params:
        reopened = factory.Trait(
            reopened_at=datetime(2025, 9, 10, 3, tzinfo=UTC),
            reopened_by=factory.SubFactory(UserFactory, sudin=True),
            reopen_reason="Bukti tertinggal",
        )

    cooperative = factory.SubFactory(CooperativeFactory)
    through_on = date(2025, 8, 31)
    locked_by = factory.SubFactory(UserFactory)
