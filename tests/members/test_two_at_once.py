import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from bs4 import BeautifulSoup
from django.db import connection
from django.test import Client
from django.urls import reverse

from kkmp.accounts.models import User
from kkmp.edited import save_form
from members.forms import MemberForm
from members.models import Member
from tests.factories import CooperativeFactory, UserFactory
from tests.member_factories import MemberFactory

PEOPLE = 2
ROUNDS = 5


@pytest.mark.django_db(transaction=True)
def test_of_two_people_who_take_one_number_at_once_one_is_told() -> None:
    people = UserFactory.create_batch(PEOPLE, sudin=True)
    for turn in range(ROUNDS):
        cooperative = CooperativeFactory.create()
        address = reverse("members:add", args=[cooperative.kelurahan_id])
        together = threading.Barrier(PEOPLE)

        def submit(
            user: User, address: str = address, together: threading.Barrier = together
        ) -> tuple[int, str]:
            client = Client()
            client.force_login(user)
            typed = {"number": "001", "full_name": f"Ketikan {user.pk}", "joined_on": "2026-01-05"}
            together.wait()
            try:
                response = client.post(address, typed)
            finally:
                connection.close()
            errors = BeautifulSoup(response.content, "html.parser").select(".form-grid .errorlist li")
            return response.status_code, " ".join(error.get_text() for error in errors)

        with ThreadPoolExecutor(PEOPLE) as pool:
            answers = sorted(pool.map(submit, people))
        winner = Member.objects.get(cooperative=cooperative)
        assert answers == [
            (200, f"Nomor 001 sudah dipakai {winner.full_name}. Nomor berikutnya yang bebas: 002."),
            (302, ""),
        ], turn


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(
    connection.vendor == "sqlite", reason="one writer at a time: nobody comes between check and write"
)
def test_whoever_writes_between_check_and_write_is_named() -> None:
    cooperative = CooperativeFactory.create()
    typed = {"number": "001", "full_name": "Kedua", "joined_on": "2026-01-05"}
    form = MemberForm(typed, instance=Member(cooperative=cooperative))

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
