import pytest

from cooperatives.models import Cooperative
from kkmp.accounts.models import User
from tests.factories import CooperativeFactory, KecamatanFactory, KelurahanFactory, UserFactory

AREAS = {
    ("31.74.07", "Kebayoran Baru"): {"31.74.07.1001": "Melawai", "31.74.07.1007": "Pulo"},
    ("31.74.04", "Pasar Minggu"): {
        "31.74.04.1001": "Pasar Minggu",
        "31.74.04.1002": "Jati Padang",
        "31.74.04.1004": "Ragunan",
    },
    ("31.74.02", "Setiabudi"): {"31.74.02.1001": "Setia Budi"},
}
ALIASES = {"Jati Padang": "Jatipadang", "Setia Budi": "Setiabudi"}


@pytest.fixture
def territory(db: None) -> dict[str, Cooperative]:
    """Six of the real kelurahan, two of which bear their kecamatan's name; by name."""
    found = {}
    for (code, name), kelurahan in AREAS.items():
        kecamatan = KecamatanFactory.create(code=code, name=name)
        for kelurahan_code, kelurahan_name in kelurahan.items():
            found[kelurahan_name] = CooperativeFactory.create(
                kelurahan=KelurahanFactory.create(
                    kecamatan=kecamatan,
                    code=kelurahan_code,
                    name=kelurahan_name,
                    aliases=ALIASES.get(kelurahan_name, ""),
                )
            )
    return found


@pytest.fixture
def sudin(db: None) -> User:
    return UserFactory.create(sudin=True, full_name="Staf Sudin Contoh")
