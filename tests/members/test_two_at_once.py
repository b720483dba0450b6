import datetime as dt
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.urls import reverse

from kkmp.accounts.models import User
from kkmp.edited import save_form
from members.forms import TakeOverForm
from members.models import Domicile, Member, MemberKind
from members.services import admit
from tests.factories import CooperativeFactory, UserFactory
from tests.member_factories import MemberFactory, synthetic_national_id

PEOPLE = 2
ROUNDS = 5


def all_at_once(ask: Callable[[Any], Any], askers: list[Any]) -> list[Any]:
    """What each gets; all begin at the same moment, each with a connection of their own."""
    together = threading.Barrier(len(askers))

    def run(asker: Any) -> Any:
        together.wait()
        try:
            return ask(asker)
        finally:
            connection.close()

    with ThreadPoolExecutor(len(askers)) as pool:
        return list(pool.map(run, askers))


def poster(address: str, typed: dict[str, str]) -> Callable[[User], tuple[int, str]]:
    """Sends the form as that person: status and the errors of the page."""

    def post(user: User) -> tuple[int, str]:
        client = Client()
        client.force_login(user)
        response = client.post(address, {"full_name": f"Ketikan {user.pk}", **typed})
        errors = BeautifulSoup(response.content, "html.parser").select(".form-grid .errorlist li")
        return response.status_code, " ".join(error.get_text() for error in errors)

    return post


@pytest.mark.django_db(transaction=True)
def test_of_two_people_who_take_one_number_at_once_one_is_told() -> None:
    people = UserFactory.create_batch(PEOPLE, sudin=True)
    for turn in range(ROUNDS):
        cooperative = CooperativeFactory.create()
        address = reverse("members:take_over", args=[cooperative.kelurahan_id])
        typed = {"number": "001", "joined_on": "2026-01-05", "kind": "regular"}
        answers = sorted(all_at_once(poster(address, typed), people))
        winner = Member.objects.get(cooperative=cooperative)
        assert answers == [
            (200, f"Nomor 001 sudah dipakai {winner.full_name}. Nomor berikutnya yang bebas: 002."),
            (302, ""),
        ], turn


@pytest.mark.django_db(transaction=True)
def test_of_two_people_who_write_one_identity_number_at_once_one_is_told() -> None:
    people = UserFactory.create_batch(PEOPLE, sudin=True)
    for turn in range(ROUNDS):
        cooperative = CooperativeFactory.create()
        address = reverse("members:add", args=[cooperative.kelurahan_id])
        typed = {"applied_on": "2026-01-05", "national_id": synthetic_national_id(turn)}
        answers = sorted(all_at_once(poster(address, typed), people))
        winner = Member.objects.get(cooperative=cooperative)
        told = f"NIK ini sudah tercatat pada {winner.full_name} di koperasi ini."
        assert answers == [(200, told), (302, "")], turn


@pytest.mark.django_db(transaction=True)
def test_numbers_given_at_once_are_never_doubled() -> None:
    by = UserFactory.create(sudin=True)
    cooperative = CooperativeFactory.create()
    MemberFactory.create(cooperative=cooperative, number="A-008")
    seen = {"domicile": Domicile.HERE, "ktp_seen_on": dt.date(2025, 8, 1)}
    applicants = MemberFactory.create_batch(8, cooperative=cooperative, applicant=True, **seen)

    def give(member: Member) -> str:
        day = dt.date(2025, 9, 1)
        return admit(member=member, on=day, kind=MemberKind.REGULAR, by=by).number

    # One of them is admitted by two people.
    numbers = all_at_once(lambda member: refused_or(give, member), [*applicants, applicants[0]])
    assert sorted(numbers) == sorted([*(f"A-{number:03}" for number in range(9, 17)), "refused"])


def refused_or(ask: Callable[[Member], str], member: Member) -> str:
    try:
        return ask(Member.objects.get(pk=member.pk))
    except ValidationError:
        return "refused"


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(
    connection.vendor == "sqlite", reason="one writer at a time: nobody comes between check and write"
)
def test_whoever_writes_between_check_and_write_is_named() -> None:
    cooperative = CooperativeFactory.create()
    typed = {"number": "001", "full_name": "Kedua", "joined_on": "2026-01-05", "kind": "regular"}
    form = TakeOverForm(typed, instance=Member(cooperative=cooperative, is_taken_over=True))

    def somebody_else() -> None:
        MemberFactory.create(cooperative=cooperative, number="001", full_name="Pertama")
        connection.close()

    def write() -> None:
        thread = threading.Thread(target=somebody_else)
        thread.start()
        thread.join()
        form.save()

    assert save_form(form, write) is False
    assert form.errors == {"number": ["Nomor 001 sudah dipakai Pertama. Nomor berikutnya yang bebas: 002."]}
    assert [member.full_name for member in Member.objects.all()] == ["Pertama"]
