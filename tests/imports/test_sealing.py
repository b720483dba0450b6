"""Identity numbers in staged rows: sealed, masked, put back from a returned workbook, renewed, purged."""

import base64
import io
import json
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cooperatives.models import Cooperative
from kkmp import crypto
from kkmp.accounts.models import User
from kkmp.imports import sealing
from kkmp.imports.models import ImportBatch, ImportRow
from kkmp.imports.purging import purge
from kkmp.imports.services import confirm, preview, undo
from members.models import Member
from tests.factories import CooperativeFactory, officer_of
from tests.member_factories import synthetic_national_id
from tests.members.import_sheets import HEAD, csv_of, errors_of, imported, previewed

NUMBER = synthetic_national_id(12)
HIDDEN = f"••••••••••••{NUMBER[-4:]}"


@pytest.fixture
def cooperative(db: None, today: Any) -> Cooperative:
    return CooperativeFactory.create()


@pytest.fixture
def officer(cooperative: Cooperative) -> User:
    return officer_of(cooperative.kelurahan)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (NUMBER, HIDDEN),
        (f"NIK {NUMBER}, pindah", f"NIK {HIDDEN}, pindah"),
        (f"{NUMBER[:6]} {NUMBER[6:12]}.{NUMBER[12:]}", HIDDEN),
        ("3,17401570580900E+15", "••••••••E+15"),
        ("081234567890", "081234567890"),
        ("17/08/2025", "17/08/2025"),
        (f"1{NUMBER}", f"1{NUMBER}"),
        ("", ""),
    ],
)
def test_text_shows_numbers_masked(text: str, shown: str) -> None:
    assert sealing.hide(text) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("31749917058", "•••••••7058"),
        (f"1{NUMBER}", f"•••••••••••••{NUMBER[-4:]}"),
        ("-", "-"),
        ("belum ada", "belum ada"),
        (HIDDEN, HIDDEN),
    ],
)
def test_cell_of_a_number_is_masked_whatever_its_length(text: str, shown: str) -> None:
    assert sealing.hide_cell(text) == shown


def test_no_column_of_a_staged_row_holds_a_number_in_clear(cooperative: Cooperative, officer: User) -> None:
    head = (*HEAD, "Catatan", "No KK")
    rows = [
        ("A-01", NUMBER, f"Ani {NUMBER}", "x", "x", "x", f"lihat {NUMBER}", NUMBER),
        ("A-02", NUMBER, "Budi Contoh", "", "", "17/08/2025", "", ""),
    ]
    batch = confirm(batch=_with_one_good(rows, head, cooperative, officer), by=officer)
    kept = json.dumps([list(batch.rows.values()), list(ImportBatch.objects.values())], default=_as_text)
    assert NUMBER not in kept
    assert NUMBER[:12] not in kept
    assert sealing.opened(batch.rows.get(number=2)) == {
        "B": NUMBER,
        "C": f"Ani {NUMBER}",
        "G": f"lihat {NUMBER}",
        "H": NUMBER,
    }


def _with_one_good(
    rows: Sequence[tuple[str, ...]], head: tuple[str, ...], cooperative: Cooperative, officer: User
) -> ImportBatch:
    good = ("A-03", "", "Cici Contoh", "", "", "17/08/2025", "", "")
    return previewed(csv_of(*rows, good, head=head), cooperative, by=officer)


def _as_text(value: object) -> str:
    return bytes(value).decode("latin-1") if isinstance(value, bytes | memoryview) else str(value)


def test_sealed_cells_open_in_their_own_row_only(cooperative: Cooperative, officer: User) -> None:
    row = ("A-01", NUMBER, "Ani Contoh", "", "", "17/08/2025")
    batch = previewed(csv_of(row, ("A-02", *row[1:])), cooperative, by=officer)
    first, second = batch.rows.order_by("number")
    second.sealed = first.sealed
    with pytest.raises(crypto.UndecipherableError):
        sealing.opened(second)


def test_renewing_seals_rows_under_the_current_key(
    cooperative: Cooperative, officer: User, settings: Any
) -> None:
    batch = previewed(csv_of(("A-01", NUMBER, "Ani Contoh", "", "", "17/08/2025")), cooperative, by=officer)
    settings.DATA_KEYS = (
        base64.b64decode("q83vASNFZ4mrze8BI0VniavN7wEjRWeJq83vASNFZ4k="),
        *settings.DATA_KEYS,
    )
    assert (sealing.renew_seals(), sealing.renew_seals()) == (1, 0)
    settings.DATA_KEYS = settings.DATA_KEYS[:1]
    assert sealing.opened(batch.rows.get()) == {"B": NUMBER}


# --- the returned workbook --------------------------------------------------------


def returned(client: Client, batch: ImportBatch) -> list[list[str]]:
    """Cells of the workbook of failed rows, as CSV gives them."""
    text = client.get(reverse("imports:failed", args=[batch.pk]), {"format": "csv"}).content.decode(
        "utf-8-sig"
    )
    return [line.split(";") for line in text.splitlines() if ";" in line]


def mended(cells: list[list[str]], column: str, text: str) -> bytes:
    place = cells[0].index(column)
    for row in cells[1:]:
        row[place] = text
    return "\r\n".join(";".join(row) for row in cells).encode()


def test_masked_number_of_a_mended_row_is_the_staged_one(
    client: Client, cooperative: Cooperative, officer: User
) -> None:
    batch = previewed(csv_of(("A-01", NUMBER, "Ani Contoh", "", "", "bulan lalu")), cooperative, by=officer)
    client.force_login(officer)
    cells = returned(client, batch)
    assert cells[0] == [
        *("No. Anggota", "NIK", "Nama Lengkap", "L/P", "Tgl Lahir", "Tgl Masuk"),
        *("Berkas asal", "Baris asal", "Yang perlu diperbaiki"),
    ]
    assert cells[1][:3] == ["A-01", HIDDEN, "Ani Contoh"]
    mend = mended(cells, "Tgl Masuk", "17/08/2025")
    again = imported(mend, cooperative, by=officer)
    assert (again.counts, errors_of(again)) == ({"new": 1}, [])
    assert Member.objects.with_national_id(NUMBER).get().number == "A-01"


def test_masked_number_without_its_row_keeps_what_is_stored(cooperative: Cooperative, officer: User) -> None:
    imported(csv_of(("A-01", NUMBER, "Ani Contoh", "", "", "17/08/2025")), cooperative, by=officer)
    batch = imported(
        csv_of(("A-01", HIDDEN, "Ani Contoh Putri", "", "", "17/08/2025")), cooperative, by=officer
    )
    assert batch.counts == {"changed": 1}
    assert Member.objects.with_national_id(NUMBER).get().full_name == "Ani Contoh Putri"


def test_row_of_another_cooperative_gives_nothing_away(
    client: Client, cooperative: Cooperative, officer: User
) -> None:
    """Neither out of sight, nor in sight but of another cooperative."""
    other = CooperativeFactory.create()
    theirs = previewed(
        csv_of(("A-01", NUMBER, "Ani Contoh", "", "", "bulan lalu")), other, by=officer_of(other.kelurahan)
    )
    head = (*HEAD, "Berkas asal", "Baris asal")
    sheet = csv_of(("A-01", HIDDEN, "Palsu Contoh", "", "", "17/08/2025", str(theirs.pk), "2"), head=head)
    assert imported(sheet, cooperative, by=officer).counts == {"new": 1}
    assert not Member.objects.with_national_id(NUMBER).exists()


# --- purge ------------------------------------------------------------------------


def test_purge_empties_what_is_old_and_keeps_counts(
    client: Client, cooperative: Cooperative, officer: User, capsys: Any
) -> None:
    sheet = csv_of(("A-01", NUMBER, "Ani Contoh", "", "", "17/08/2025"), ("A-02", "", "", "", "", ""))
    old = imported(sheet, cooperative, by=officer)
    ImportBatch.objects.filter(pk=old.pk).update(at=timezone.now() - timedelta(days=91))
    new = previewed(sheet, cooperative, by=officer)
    call_command("purge_imports")
    assert capsys.readouterr().out == "Isi berkas impor dihapus: 1\n"
    assert (
        list(old.rows.order_by("number").values_list("payload", "messages", "effect", "sealed"))
        == [({}, [], "", None)] * 2
    )
    old.refresh_from_db()
    assert (old.counts, old.failed_count) == ({"new": 1, "failed": 1}, 1)
    assert new.rows.filter(payload={}).count() == 0
    client.force_login(officer)
    assert "Isi berkas ini sudah dihapus" in client.get(old.get_absolute_url()).content.decode()
    assert client.get(reverse("imports:failed", args=[old.pk])).status_code == 404
    assert (undo(batch=old, note="Keliru", by=officer), Member.objects.count()) == ([], 0)
    assert purge(before=timezone.now() - timedelta(days=90)) == 0


def test_half_read_file_leaves_nothing(cooperative: Cooperative, officer: User) -> None:
    with pytest.raises(KeyError):
        preview(kind="entah", file=io.BytesIO(b"x"), file_name="a.csv", by=officer)
    assert (ImportBatch.objects.count(), ImportRow.objects.count()) == (0, 0)
