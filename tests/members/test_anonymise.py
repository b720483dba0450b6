"""Who left long ago becomes a number: rows, history and the back office's log; sums and those who are owed stay."""

import datetime as dt
import io
from typing import Any

import pytest
from django.apps import apps
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction

from kkmp.imports.models import ImportRow
from members.anonymising import NAME, REASON, anonymise, past_retention
from members.models import EndReason, Member, Movement, SavingsEntry
from tests.conftest import TODAY
from tests.factories import CooperativeFactory, UserFactory, officer_of
from tests.member_factories import MemberFactory, SavingsEntryFactory, synthetic_national_id
from tests.members.import_sheets import csv_of, imported, previewed

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]
NATIONAL_ID = synthetic_national_id(5)
PERSONAL = {
    "full_name": "Rahasia Sekali",
    "gender": "female",
    "birth_date": dt.date(1961, 2, 3),
    "phone": "0899-1234-5678",
    "address": "Jl. Tersembunyi 77",
    "rt": "011",
    "rw": "012",
}


def left(on: dt.date, **kwargs: Any) -> Member:
    return MemberFactory.create(
        joined_on=dt.date(2015, 1, 1),
        ended_on=on,
        end_reason=EndReason.RESIGNED,
        **{"national_id": NATIONAL_ID} | PERSONAL | kwargs,
    )


def command(**options: Any) -> list[str]:
    out = io.StringIO()
    call_command("anonymise_members", years=5, stdout=out, **options)
    return out.getvalue().splitlines()


def test_person_is_gone_and_the_membership_stays() -> None:
    member = left(dt.date(2021, 3, 16), number="017")
    member.full_name = "Rahasia Dua"
    member._change_reason = "Namanya Rahasia"  # type: ignore[attr-defined]  # read by simple-history
    member.save()
    paid = SavingsEntryFactory.create(member=member, principal=True)
    SavingsEntryFactory.create(
        member=member, principal=True, movement=Movement.REFUND, amount_idr=-paid.amount_idr
    )
    LogEntry.objects.create(
        user=UserFactory.create(admin=True),
        content_type=ContentType.objects.get_for_model(Member),
        object_id=str(member.pk),
        object_repr=str(member),
        action_flag=CHANGE,
    )
    decided_by = UserFactory.create(sudin=True)
    outcome = anonymise(years=5, today=TODAY, by=decided_by)
    assert (outcome.done, outcome.owed) == ({str(member.cooperative): 1}, {})
    member.refresh_from_db()
    stands = {field.name: getattr(member, field.name) for field in Member._meta.concrete_fields}
    assert {name: stands[name] for name in (*PERSONAL, "national_id_cipher", "national_id_index")} == {
        "full_name": NAME,
        "gender": "female",
        "birth_date": None,
        "phone": "",
        "address": "",
        "rt": "",
        "rw": "",
        "national_id_cipher": None,
        "national_id_index": None,
    }
    assert (member.number, member.joined_on, member.ended_on, member.anonymised_on, member.version) == (
        "017",
        dt.date(2015, 1, 1),
        dt.date(2021, 3, 16),
        TODAY,
        2,
    )
    assert SavingsEntry.objects.filter(member=member).count() == 2
    newest, *former = member.history.all()
    assert (newest.history_change_reason, newest.history_user, newest.full_name) == (REASON, decided_by, NAME)
    assert [(row.full_name, row.national_id_last, row.history_change_reason) for row in former] == [
        (NAME, "", None)
    ] * 2
    assert everything_stored() & {*secrets()} == set()


def secrets() -> list[str]:
    return ["Rahasia", "0899-1234", "Tersembunyi", NATIONAL_ID, NATIONAL_ID[-4:] + "'", "1961, 2, 3"]


def everything_stored() -> set[str]:
    """Which of the secrets stand anywhere in the database."""
    rows = [
        repr(list(row.values()))
        for model in apps.get_models(include_auto_created=True)
        for row in model._base_manager.values()
    ]
    return {secret for secret in secrets() if any(secret in row for row in rows)}


def test_secrets_are_found_where_they_stand() -> None:
    """Else the test above would find nothing for a wrong reason."""
    left(dt.date(2021, 3, 17))
    assert everything_stored() == {*secrets()} - {NATIONAL_ID}


def test_only_what_ended_long_enough_ago() -> None:
    due = [
        left(dt.date(2021, 3, 16)),
        MemberFactory.create(
            applicant=True,
            applied_on=dt.date(2020, 1, 1),
            ended_on=dt.date(2020, 2, 1),
            end_reason=EndReason.NOT_ADMITTED,
        ),
        MemberFactory.create(
            joined_on=dt.date(2020, 1, 1), voided_on=dt.date(2020, 2, 1), void_reason="Dobel dengan Rahasia"
        ),
    ]
    left(dt.date(2021, 3, 17))
    MemberFactory.create(joined_on=dt.date(2015, 1, 1))
    MemberFactory.create(voided=True)
    found = past_retention(years=5, today=TODAY).order_by("pk")
    assert list(found) == due
    anonymise(years=5, today=TODAY, by=None)
    assert list(Member.objects.exclude(anonymised_on=None).order_by("pk")) == due
    due[2].refresh_from_db()
    assert (due[2].void_reason, {row.void_reason for row in due[2].history.all()}) == (REASON, {REASON})


def test_leap_day_has_a_limit_too() -> None:
    member = left(dt.date(2023, 2, 28))
    left(dt.date(2023, 3, 1))
    assert list(past_retention(years=1, today=dt.date(2024, 2, 29))) == [member]


def test_who_is_still_owed_money_stays() -> None:
    cooperative = CooperativeFactory.create()
    member = left(dt.date(2020, 1, 1), cooperative=cooperative)
    SavingsEntryFactory.create(member=member, principal=True)
    assert command() == ["Dianonimkan: 0.", f"{cooperative}: 1 dilewati, simpanannya belum nol"]
    member.refresh_from_db()
    assert member.full_name == PERSONAL["full_name"]


def test_dry_run_counts_by_cooperative_and_writes_nothing() -> None:
    one, two = CooperativeFactory.create_batch(2)
    for cooperative in (one, one, two):
        left(dt.date(2020, 1, 1), cooperative=cooperative, national_id="")
    before = list(Member.history.values_list("history_id", "full_name"))
    counts = sorted([f"{one}: 2", f"{two}: 1"])
    assert command(dry_run=True) == [*counts, "Akan dianonimkan: 3. Tidak ada yang ditulis."]
    assert list(Member.history.values_list("history_id", "full_name")) == before
    assert command() == [*counts, "Dianonimkan: 3."]
    assert command() == ["Dianonimkan: 0."]
    assert Member.history.filter(history_change_reason=REASON).count() == 3


def test_command_knows_who_decided() -> None:
    left(dt.date(2020, 1, 1))
    with pytest.raises(CommandError, match=r"tak\.ada"):
        command(by="tak.ada")
    sudin = UserFactory.create(sudin=True)
    command(by=sudin.username)
    assert Member.history.latest("history_id").history_user == sudin
    with pytest.raises(CommandError, match="at least 1"):
        call_command("anonymise_members", "--years=0")


def test_database_refuses_an_anonymised_living_member() -> None:
    member = MemberFactory.create()
    member.anonymised_on = TODAY
    with pytest.raises(IntegrityError), transaction.atomic():
        member.save()


def test_files_that_named_the_person_forget_it_too() -> None:
    """Also what stood there before an import, and rows that made nothing; the neighbour's row stays."""
    member = left(dt.date(2020, 1, 1), number="A-01")
    by = officer_of(member.cooperative.kelurahan)
    kept = ("A-02", "", "Tetangga Lama", "", "", "17/08/2015")
    imported(csv_of(("A-01", NATIONAL_ID, "Rahasia Baru", "", "", ""), kept), member.cooperative, by=by)
    previewed(csv_of(("", "", "Rahasia Baru", "", "", "31/02/2015"), kept), member.cooperative, by=by)
    assert "Rahasia" in everything_stored()
    anonymise(years=5, today=TODAY, by=None)
    assert everything_stored() & {*secrets()} == set()
    assert [row.payload.get("C") for row in ImportRow.objects.order_by("pk")] == [
        None,
        "Tetangga Lama",
        None,
        "Tetangga Lama",
    ]
