import pytest
from django.test import Client

from kkmp.accounts.models import User
from tests.factories import UserFactory


@pytest.fixture
def sudin() -> User:
    return UserFactory.create(sudin=True, full_name="Staf Sudin")


@pytest.fixture
def sudin_client(client: Client, sudin: User) -> Client:
    client.force_login(sudin)
    return client
