import datetime as dt
import uuid

import pytest
from django.db import IntegrityError, transaction

from kkmp.crypto import UndecipherableError
from members.models import Domicile, EndReason, Member, MemberKind
from members.national_ids import open_national_id, sealed
from tests.factories import CooperativeFactory
from tests.member_factories import MemberFactory, synthetic_national_id

pytestmark = pytest.mark.django_db
DAY = dt.date(2026, 2, 1)
BEFORE, AFTER = DAY - dt.timedelta(days=1), DAY + dt.timedelta(days=1)
FIRST = synthetic_national_id(1)
APPLICATION = {"number": "", "joined_on": None, "applied_on": DAY}
ANONYMISED = {"ended_on": DAY, "anonymised_on": AFTER}


@pytest.mark.parametrize(
    ("constraint", "values"),
    [
        ("member_left_after_joining", {"joined_on": DAY, "ended_on": BEFORE}),
        ("member_applied_before_joining", {"applied_on": AFTER, "joined_on": DAY}),
        ("membership_has_a_beginning", {"applied_on": None, "joined_on": None}),
        ("member_has_a_number_and_a_name", {"number": ""}),
        ("member_has_a_number_and_a_name", {"full_name": ""}),
        ("member_has_a_number_and_a_name", {**APPLICATION, "full_name": ""}),
        ("member_kind_is_known", {"kind": "x"}),
        ("end_of_membership_has_day_and_reason", {"ended_on": DAY, "end_reason": ""}),
        ("end_of_membership_has_day_and_reason", {"ended_on": DAY, "end_reason": "x"}),
        ("end_of_membership_has_day_and_reason", {"end_reason": EndReason.DIED}),
        ("voided_membership_has_day_and_reason", {"voided_on": DAY}),
        ("voided_membership_has_day_and_reason", {"void_reason": "Salah"}),
        ("new_regular_member_lives_here_and_showed_a_card", {"domicile": ""}),
        ("new_regular_member_lives_here_and_showed_a_card", {"domicile": Domicile.ELSEWHERE}),
        ("new_regular_member_lives_here_and_showed_a_card", {"ktp_seen_on": None}),
        ("national_id_whole_or_absent", {"national_id_last": "0001"}),
        ("national_id_whole_or_absent", {"national_id": FIRST, "national_id_last": ""}),
        ("national_id_whole_or_absent", {"national_id": FIRST, "national_id_cipher": None}),
        ("national_id_whole_or_absent", {"national_id": FIRST, "national_id_index": None}),
        ("anonymised_member_has_left_and_bears_nothing", {"anonymised_on": DAY}),
        ("anonymised_member_has_left_and_bears_nothing", {**ANONYMISED, "national_id": FIRST}),
        *(
            ("anonymised_member_has_left_and_bears_nothing", {**ANONYMISED, name: value})
            for name, value in {
                "birth_date": DAY, "phone": "0800", "address": "Jalan", "rt": "1", "rw": "1",
            }.items()
        ),
    ],
)  # fmt: skip
def test_database_refuses(constraint: str, values: dict[str, object]) -> None:
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        MemberFactory.create(**values)


@pytest.mark.parametrize(
    "values",
    [
        {"kind": MemberKind.EXTRAORDINARY, "domicile": Domicile.ELSEWHERE, "ktp_seen_on": None},
        {"is_taken_over": True, "domicile": "", "ktp_seen_on": None},
        {**APPLICATION, "domicile": "", "ktp_seen_on": None},
        {**APPLICATION, "ended_on": DAY, "end_reason": EndReason.NOT_ADMITTED},
        {"applied_on": DAY, "joined_on": DAY, "ended_on": DAY},
        {"national_id": FIRST},
        ANONYMISED,
    ],
)
def test_database_takes_what_may_be(values: dict[str, object]) -> None:
    MemberFactory.create(**values)
    assert Member.objects.count() == 1


def test_number_stands_once_a_cooperative_also_voided_or_ended() -> None:
    first = MemberFactory.create(number="007", voided=True)
    MemberFactory.create(number="007")
    MemberFactory.create_batch(2, cooperative=first.cooperative, applicant=True)
    with pytest.raises(IntegrityError), transaction.atomic():
        MemberFactory.create(cooperative=first.cooperative, number="007")
    assert Member.objects.filter(number="007").count() == 2


def test_identity_number_stands_once_among_the_living_of_a_cooperative() -> None:
    cooperative = CooperativeFactory.create()
    for values in ({"ended": True}, {"voided": True}, {}):
        MemberFactory.create(cooperative=cooperative, national_id=FIRST, **values)
    MemberFactory.create(national_id=FIRST)
    for values in ({}, {"applicant": True}):
        with pytest.raises(IntegrityError), transaction.atomic():
            MemberFactory.create(cooperative=cooperative, national_id=FIRST, **values)
    # Numbers still to come are no doubles of each other.
    MemberFactory.create_batch(2, cooperative=cooperative)
    assert Member.objects.filter(cooperative=cooperative).count() == 5


def test_row_never_changes_its_cooperative() -> None:
    member, other = MemberFactory.create(), CooperativeFactory.create()
    with pytest.raises(IntegrityError), transaction.atomic():
        Member.objects.filter(pk=member.pk).update(cooperative=other)


def test_seal_of_one_row_opens_in_no_other() -> None:
    """The number is bound to its row: whoever copies it in the database reads nothing."""
    member = MemberFactory.create(national_id=FIRST)
    for name, value in sealed(FIRST, uid=uuid.uuid4()).items():
        setattr(member, name, value)
    member.save()
    with pytest.raises(UndecipherableError):
        open_national_id(member)
