import datetime as dt
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from kkmp.accounts.models import User
from members.models import Domicile, EndReason, Member, MemberKind, MemberState, Movement, SavingsKind
from members.national_ids import open_national_id, set_national_id
from members.services import (
    admit,
    apply_for_membership,
    end_membership,
    return_member,
    take_over,
    void_membership,
)
from tests.factories import CooperativeFactory, UserFactory
from tests.member_factories import (
    MemberFactory,
    SavingsEntryFactory,
    SavingsRateFactory,
    synthetic_national_id,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]
TODAY = dt.date(2026, 3, 16)
APPLIED, DAY = dt.date(2025, 8, 1), dt.date(2026, 3, 1)
NOT_HERE = "Domisili menurut KTP belum tercatat di kelurahan ini."
NOT_SEEN = "KTP belum dilihat petugas."
OR_ELSE = "Lengkapi dahulu, atau terima sebagai anggota luar biasa."
FIRST = synthetic_national_id(1)


@pytest.fixture
def by() -> User:
    return UserFactory.create()


def ready_applicant(**fields: object) -> Member:
    return MemberFactory.create(
        applicant=True, **{"domicile": Domicile.HERE, "ktp_seen_on": APPLIED, **fields}
    )


def refusal(error: pytest.ExceptionInfo[ValidationError]) -> list[str]:
    return error.value.messages


def test_application_becomes_a_member_under_the_next_number(by: User) -> None:
    other = MemberFactory.create(number="A-009")
    member = apply_for_membership(
        member=Member(
            cooperative=other.cooperative, full_name="Baru", domicile=Domicile.HERE, ktp_seen_on=DAY
        ),
        by=by,
    )
    assert (member.number, member.applied_on, member.state_on(TODAY)) == ("", TODAY, MemberState.APPLICANT)
    admit(member=member, on=TODAY, kind=MemberKind.REGULAR, by=by)
    assert (member.number, member.joined_on, member.kind, member.version) == (
        "A-010", TODAY, MemberKind.REGULAR, 2,
    )  # fmt: skip
    told = member.history.order_by("version").values_list("version", "history_user", "history_change_reason")
    assert list(told) == [(1, by.pk, None), (2, by.pk, "Diterima sebagai anggota")]


@pytest.mark.parametrize(
    ("fields", "paid", "missing"),
    [
        ({}, 100_000, []),
        ({"domicile": ""}, 100_000, [NOT_HERE]),
        ({"domicile": Domicile.ELSEWHERE}, 100_000, [NOT_HERE]),
        ({"ktp_seen_on": None}, 100_000, [NOT_SEEN]),
        ({}, 99_999, ["Simpanan pokok baru Rp99.999 dari Rp100.000."]),
        ({}, 0, ["Simpanan pokok baru Rp0 dari Rp100.000."]),
        ({"domicile": "", "ktp_seen_on": None}, 50_000, [NOT_HERE, NOT_SEEN, "Simpanan pokok baru Rp50.000 dari Rp100.000."]),
    ],
)  # fmt: skip
def test_new_regular_member_needs_domicile_card_and_principal(
    by: User, fields: dict[str, object], paid: int, missing: list[str]
) -> None:
    member = ready_applicant(**fields)
    SavingsRateFactory.create(
        cooperative=member.cooperative, kind=SavingsKind.PRINCIPAL, amount_idr=100_000, starts_on=APPLIED
    )
    # Raised after the day of admission; asked of somebody else.
    SavingsRateFactory.create(
        cooperative=member.cooperative, kind=SavingsKind.PRINCIPAL, amount_idr=200_000, starts_on=TODAY
    )
    SavingsRateFactory.create(kind=SavingsKind.PRINCIPAL, amount_idr=1, starts_on=DAY)
    if paid:
        # In instalments; what comes later does not count on the day.
        SavingsEntryFactory.create(member=member, principal=True, amount_idr=40_000)
        SavingsEntryFactory.create(member=member, principal=True, amount_idr=paid - 40_000, value_on=DAY)
        SavingsEntryFactory.create(member=member, principal=True, value_on=TODAY)
    if not missing:
        assert admit(member=member, on=DAY, kind=MemberKind.REGULAR, by=by).joined_on == DAY
        return
    with pytest.raises(ValidationError) as error:
        admit(member=member, on=DAY, kind=MemberKind.REGULAR, by=by)
    assert [text.replace("\xa0", "").replace("Rp ", "Rp") for text in refusal(error)] == [*missing, OR_ELSE]
    member.refresh_from_db()
    assert (member.number, member.state_on(TODAY)) == ("", MemberState.APPLICANT)
    admit(member=member, on=DAY, kind=MemberKind.EXTRAORDINARY, by=by)
    assert (member.number, member.kind) == ("001", MemberKind.EXTRAORDINARY)


def test_where_no_rate_is_recorded_principal_is_not_judged(by: User) -> None:
    member = ready_applicant()
    assert admit(member=member, on=DAY, kind=MemberKind.REGULAR, by=by).number == "001"


def test_number_of_the_book_is_taken_unless_somebody_bears_it(by: User) -> None:
    member = ready_applicant()
    MemberFactory.create(cooperative=member.cooperative, number="B-7", voided=True)
    with pytest.raises(ValidationError, match="Nomor anggota ini sudah dipakai"):
        admit(member=member, on=DAY, kind=MemberKind.REGULAR, by=by, number="B-7")
    assert admit(member=member, on=DAY, kind=MemberKind.REGULAR, by=by, number=" B-8 ").number == "B-8"


@pytest.mark.parametrize("day", [TODAY + dt.timedelta(days=1), APPLIED - dt.timedelta(days=1)])
def test_admission_is_neither_ahead_of_today_nor_before_the_application(by: User, day: dt.date) -> None:
    with pytest.raises(ValidationError):
        admit(member=ready_applicant(), on=day, kind=MemberKind.REGULAR, by=by)


def test_second_admission_is_refused(by: User) -> None:
    member = ready_applicant()
    stale = Member.objects.get(pk=member.pk)
    admit(member=member, on=DAY, kind=MemberKind.REGULAR, by=by)
    with pytest.raises(ValidationError, match="Permohonan ini sudah selesai"):
        admit(member=stale, on=TODAY, kind=MemberKind.REGULAR, by=by)


def test_existing_row_is_taken_over_as_it_stands(by: User) -> None:
    cooperative = CooperativeFactory.create()
    SavingsRateFactory.create(cooperative=cooperative, kind=SavingsKind.PRINCIPAL, amount_idr=100_000)
    member = Member(cooperative=cooperative, number="007/KMP", full_name="Lama", joined_on=APPLIED)
    take_over(member=member, by=by)
    assert (member.number, member.is_taken_over, member.kind) == ("007/KMP", True, MemberKind.REGULAR)


def test_end_of_a_membership_and_of_an_application(by: User) -> None:
    member, applicant = MemberFactory.create(), MemberFactory.create(applicant=True)
    end_membership(member=member, on=DAY, reason=EndReason.MOVED, by=by)
    end_membership(member=applicant, on=DAY, reason=EndReason.NOT_ADMITTED, by=by)
    day_before = DAY - dt.timedelta(days=1)
    states = [(one.state_on(day_before), one.state_on(DAY)) for one in (member, applicant)]
    assert states == [
        (MemberState.MEMBER, MemberState.ENDED),
        (MemberState.APPLICANT, MemberState.NOT_ADMITTED),
    ]
    assert member.history.first().history_change_reason == "Pindah domisili"
    with pytest.raises(ValidationError, match="sudah berakhir"):
        end_membership(member=member, on=TODAY, reason=EndReason.DIED, by=by)


@pytest.mark.parametrize("day", [TODAY + dt.timedelta(days=1), APPLIED - dt.timedelta(days=1)])
def test_end_is_neither_ahead_of_today_nor_before_the_beginning(by: User, day: dt.date) -> None:
    with pytest.raises(ValidationError):
        end_membership(member=MemberFactory.create(), on=day, reason=EndReason.MOVED, by=by)


@pytest.mark.parametrize(
    ("applicant", "reason"), [(False, EndReason.NOT_ADMITTED), (True, EndReason.DISMISSED)]
)
def test_reason_fits_what_ends(by: User, applicant: object, reason: EndReason) -> None:
    member = MemberFactory.create(applicant=applicant)
    with pytest.raises(ValidationError, match="Sebab ini"):
        end_membership(member=member, on=DAY, reason=reason, by=by)


def test_return_is_a_new_membership_with_a_new_number(by: User) -> None:
    former = MemberFactory.create(ended=True, number="005", national_id=FIRST, full_name="Kembali")
    again = return_member(
        former=former,
        member=Member(
            cooperative=former.cooperative,
            full_name=former.full_name,
            domicile=Domicile.HERE,
            ktp_seen_on=TODAY,
        ),
        by=by,
    )
    assert (again.number, again.uid == former.uid, open_national_id(again)) == ("", False, FIRST)
    admit(member=again, on=TODAY, kind=MemberKind.REGULAR, by=by)
    former.refresh_from_db()
    assert [(one.number, one.state_on(TODAY)) for one in (former, again)] == [
        ("005", MemberState.ENDED),
        ("006", MemberState.MEMBER),
    ]


def test_nobody_returns_while_a_membership_lives(by: User) -> None:
    former = MemberFactory.create(ended=True, number="005", national_id=FIRST)
    living = MemberFactory.create(cooperative=former.cooperative, number="006", national_id=FIRST)
    with pytest.raises(ValidationError, match=f"NIK ini sudah tercatat pada 006 {living.full_name}"):
        return_member(former=former, member=Member(cooperative=former.cooperative, full_name="X"), by=by)
    with pytest.raises(ValidationError, match="Hanya yang sudah keluar"):
        return_member(former=living, member=Member(cooperative=former.cooperative, full_name="X"), by=by)


def test_voided_number_stays_and_counts_nowhere(by: User) -> None:
    member = MemberFactory.create(number="003")
    void_membership(member=member, reason=" Salah orang ", by=by)
    assert (member.voided_on, member.void_reason, member.number) == (TODAY, "Salah orang", "003")
    rows = Member.objects.filter(cooperative=member.cooperative)
    assert [rows.as_of(TODAY).count(), rows.ever_by(TODAY).count(), rows.voided().count()] == [0, 0, 1]
    assert rows.next_number() == "004"
    with pytest.raises(ValidationError, match="sudah dibatalkan"):
        void_membership(member=member, reason="Lagi", by=by)


def test_number_with_savings_is_not_voided(by: User) -> None:
    member = MemberFactory.create()
    entry = SavingsEntryFactory.create(member=member)
    with pytest.raises(ValidationError, match="punya mutasi simpanan"):
        void_membership(member=member, reason="Salah", by=by)
    entry.reversed_by = SavingsEntryFactory.create(
        member=member, movement=Movement.REVERSAL, amount_idr=-entry.amount_idr
    )
    entry.save()
    assert void_membership(member=member, reason="Salah", by=by).voided_on == TODAY


def test_application_has_no_number_to_void_and_a_void_has_a_reason(by: User) -> None:
    with pytest.raises(ValidationError, match="belum bernomor"):
        void_membership(member=MemberFactory.create(applicant=True), reason="Salah", by=by)
    with pytest.raises(ValidationError, match="Tulis alasannya"):
        void_membership(member=MemberFactory.create(), reason="  ", by=by)


def test_double_number_is_found_under_either_key(by: User, settings: Any) -> None:
    """The unique index compares what one key made; the question before writing knows both."""
    old, new = bytes(range(32)), bytes(range(100, 132))
    settings.DATA_KEYS = (old,)
    living = MemberFactory.create(number="001", national_id=FIRST)
    settings.DATA_KEYS = (new, old)
    second = Member(cooperative=living.cooperative, full_name="Kembar", applied_on=DAY)
    set_national_id(second, FIRST)
    with pytest.raises(ValidationError, match="NIK ini sudah tercatat pada 001"):
        apply_for_membership(member=second, by=by)
    assert Member.objects.count() == 1
