"""A cooperative and the officer who keeps it, signed in."""

import pytest
from django.test import Client

from cooperatives.models import Cooperative
from kkmp.accounts.models import User
from tests.factories import CooperativeFactory, officer_of


@pytest.fixture
def mine() -> Cooperative:
    cooperative: Cooperative = CooperativeFactory.create(kelurahan__name="Melati", nib="1234567890123")
    return cooperative


@pytest.fixture
def officer(client: Client, mine: Cooperative) -> User:
    person = officer_of(mine.kelurahan, full_name="Petugas Melati")
    client.force_login(person)
    return person
