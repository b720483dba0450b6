"""One cooperative and its officer, on the day of the tests."""

from datetime import date

import pytest

from cooperatives.models import Cooperative
from kkmp.accounts.models import User
from tests.factories import CooperativeFactory, officer_of


@pytest.fixture
def cooperative(db: None, today: date) -> Cooperative:
    return CooperativeFactory.create()


@pytest.fixture
def officer(cooperative: Cooperative) -> User:
    return officer_of(cooperative.kelurahan)
