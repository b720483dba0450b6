"""Columns of a members' register whose titles say nothing: proposed, named on the page, sealed."""

import io

from cooperatives.models import Cooperative
from kkmp.accounts.models import User
from kkmp.imports.models import BatchState, ImportBatch
from kkmp.imports.services import name_columns, preview
from tests.member_factories import synthetic_national_id
from tests.members.import_sheets import (
    ANI_ID,
    csv_of,
    effects_of,
    previewed,
)


def test_a_column_full_of_numbers_is_proposed_and_waits_to_be_looked_at(
    cooperative: Cooperative, officer: User
) -> None:
    batch = previewed(
        csv_of(
            ("Ani Contoh", synthetic_national_id(1), "17/08/2025"),
            ("Budi Contoh", synthetic_national_id(2), "17/08/2025"),
            head=("Nama", "Data kartu", "Tgl Masuk"),
        ),
        cooperative,
        by=officer,
    )
    assert (batch.state, batch.letters) == (
        BatchState.UNNAMED,
        {"full_name": "A", "national_id": "B", "joined_on": "C"},
    )
    assert [row.payload["B"] for row in batch.rows.order_by("number")] == [
        "••••••••••••9001",
        "••••••••••••9002",
    ]


def test_columns_that_nobody_understands_wait_to_be_named(cooperative: Cooperative, officer: User) -> None:
    sheet = csv_of((ANI_ID, "Ani Contoh", "45886"), head=("Angka panjang", "Siapa", "Kapan"))
    batch = previewed(sheet, cooperative, by=officer)
    assert (batch.state, batch.letters, batch.rows.get().payload) == (
        BatchState.UNNAMED,
        {"national_id": "A"},
        {"A": f"••••••••••••{ANI_ID[-4:]}", "B": "Ani Contoh", "C": "45886"},
    )
    batch = name_columns(
        batch=batch, keys={"A": "national_id", "B": "full_name", "C": "joined_on"}, by=officer
    )
    assert (batch.state, effects_of(batch)) == (
        BatchState.PREVIEWED,
        [(2, "new", "Anggota baru nomor 001, masuk 17/08/2025")],
    )


def test_short_numbers_are_sealed_once_their_column_is_named(cooperative: Cooperative, officer: User) -> None:
    sheet = csv_of(("12345678", "Ani Contoh", "17/08/2025"), head=("Angka", "Nama", "Tgl Masuk"))
    batch = previewed(sheet, cooperative, by=officer)
    assert batch.rows.get().payload["A"] == "12345678"
    batch = name_columns(
        batch=batch, keys={"A": "national_id", "B": "full_name", "C": "joined_on"}, by=officer
    )
    assert batch.rows.get().payload["A"] == "••••5678"
    batch = name_columns(batch=batch, keys={"B": "full_name", "C": "joined_on"}, by=officer)
    assert batch.rows.get().payload["A"] == "••••5678"


def test_name_and_titles_of_a_file_tell_no_identity_number(cooperative: Cooperative, officer: User) -> None:
    """A file without titles begins with a person, and people name files after one."""
    digits = synthetic_national_id(1)
    sheet = f"Budi;{digits};L\nAni;{synthetic_national_id(2)};P\n".encode()
    batch = preview(
        kind="members",
        file=io.BytesIO(sheet),
        file_name=f"KTP {digits}.csv",
        by=officer,
        cooperative=cooperative,
    )
    stored = repr(ImportBatch.objects.filter(pk=batch.pk).values().get())
    assert (digits in stored, f"••••{digits[-4:]}.csv" in stored) == (False, True)
