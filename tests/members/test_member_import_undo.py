"""An import of members taken back: what goes, what becomes what it was, and what stays."""

import pytest

from cooperatives.models import Cooperative
from kkmp.accounts.models import User
from kkmp.imports.services import undo
from members.models import Member
from tests.member_factories import MemberFactory, SavingsEntryFactory
from tests.members.import_sheets import (
    ANI_ID,
    BUDI_ID,
    csv_of,
    imported,
    register,
)


def test_undo_removes_restores_and_tells_what_stays(cooperative: Cooperative, officer: User) -> None:
    known = MemberFactory.create(
        cooperative=cooperative, number="A-01", full_name="Ani Lama", national_id=BUDI_ID, birth_date=None
    )
    edited = MemberFactory.create(cooperative=cooperative, number="A-09", full_name="Joko Lama")
    rows = [
        ("A-01", ANI_ID, "Ani Contoh", "P", "17/05/1980", "17/08/2025"),
        ("A-09", "", "Joko Contoh", "", "", ""),
        ("A-10", "", "Kiki Contoh", "", "", "17/08/2025"),
        ("A-11", "", "Lina Contoh", "", "", "17/08/2025"),
    ]
    batch = imported(csv_of(*rows), cooperative, by=officer)
    assert batch.counts == {"new": 2, "changed": 2}
    SavingsEntryFactory.create(member=Member.objects.get(number="A-11"))
    edited.refresh_from_db()
    edited.phone, edited.version = "0812", edited.version + 1
    edited.save()
    stays = undo(batch=batch, note="Salah berkas", by=officer)
    assert stays == [
        "1 anggota tetap ada: sudah diubah orang, atau punya simpanan.",
        "1 anggota yang diubah impor ini sudah diubah lagi sesudahnya; isinya tidak disentuh.",
    ]
    assert register(cooperative, "number", "full_name", "birth_date") == [
        ("A-01", "Ani Lama", None),
        ("A-09", "Joko Contoh", None),
        ("A-11", "Lina Contoh", None),
    ]
    assert Member.objects.with_national_id(BUDI_ID).get() == known
    assert [
        (one.history_type, one.history_user, one.history_change_reason)
        for one in Member.history.filter(number="A-10").order_by("history_id")
    ] == [("+", officer, "Impor “anggota.csv”"), ("-", officer, "Impor dibatalkan: Salah berkas")]


# --- limits and columns -----------------------------------------------------------


@pytest.mark.parametrize("row", [f"A-01;{ANI_ID};", f"A-01;{BUDI_ID};01/02/2026"])
def test_undo_leaves_whoever_would_become_a_double(cooperative: Cooperative, officer: User, row: str) -> None:
    """The former number, or the former membership, has gone to somebody else since."""
    MemberFactory.create(cooperative=cooperative, number="A-01", national_id=BUDI_ID)
    batch = imported(f"No Anggota;NIK;Tgl Keluar;Nama\n{row};Ani Contoh\n".encode(), cooperative, by=officer)
    MemberFactory.create(cooperative=cooperative, number="A-02", national_id=BUDI_ID)
    assert undo(batch=batch, note="Salah berkas", by=officer) == [
        "1 anggota yang diubah impor ini sudah diubah lagi sesudahnya; isinya tidak disentuh."
    ]
    assert Member.objects.living().with_national_id(BUDI_ID).get().number == "A-02"
