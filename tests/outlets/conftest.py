"""What tests of the monthly recap ask for."""

import pytest

from cooperatives.models import Cooperative
from kkmp.accounts.models import User
from outlets.models import Outlet
from tests.factories import OutletFactory, StatusChangeFactory, UserFactory
from tests.outlets.recap_sheets import area


@pytest.fixture
def sudin(db: None) -> User:
    return UserFactory.create(sudin=True, full_name="Staf Sudin Contoh")


@pytest.fixture
def melawai(db: None) -> Cooperative:
    return area("Kebayoran Baru")[0]


@pytest.fixture
def gerai(melawai: Cooperative) -> Outlet:
    """Runs since 22 September 2025."""
    outlet: Outlet = OutletFactory.create(cooperative=melawai, name="Gerai Blok M")
    StatusChangeFactory.create(outlet=outlet)
    return outlet
