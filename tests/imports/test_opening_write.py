from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.utils import timezone

from cooperatives.models import Cooperative
from kkmp.accounts.models import User
from kkmp.imports.models import BatchState, ImportBatch
from kkmp.imports.services import confirm, confirmed_twin, targets_of, undo
from outlets.imports import OpeningImporter
from outlets.models import CapitalNeed, ChangeSource, Outlet, Status, StatusChange
from outlets.services import decide_status, retract_change
from outlets.standing import class_counts
from tests.factories import OutletFactory, UserFactory
from tests.imports.sheets import effects_of, errors_of, previewed

MELAWAI = ("31.74.07.1001", "", "", "Berjalan", "01/10/2025", "", "", "", "Gerai Blok M")
PULO = ("31.74.07.1007", "", "", "Belum berjalan", "22/09/2025", "modal", "50.000.000")
RAGUNAN = ("31.74.04.1004", "", "", "Belum ada", "22/09/2025")
BLANK = ("31.74.04.1001", "Pasar Minggu", "Pasar Minggu")


@pytest.fixture
def other(db: None) -> User:
    return UserFactory.create(sudin=True, full_name="Staf Kedua")


@pytest.fixture
def confirmed(territory: dict[str, Cooperative], sudin: User, other: User, today: date) -> ImportBatch:
    return confirm(batch=previewed(MELAWAI, PULO, RAGUNAN, BLANK, by=sudin), by=other)


def changes() -> list[tuple[Any, ...]]:
    return [
        (
            str(change.cooperative),
            change.outlet and change.outlet.name,
            change.status,
            change.reason,
            change.effective_on,
            change.is_live,
        )
        for change in StatusChange.objects.select_related("outlet").order_by("pk")
    ]


def test_confirm_writes_what_the_sheet_says(confirmed: ImportBatch, other: User) -> None:
    assert changes() == [
        ("KKMP Melawai", "Gerai Blok M", "running", "", date(2025, 10, 1), True),
        ("KKMP Pulo", "Gerai KKMP Pulo", "idle", "capital", date(2025, 9, 22), True),
        ("KKMP Ragunan", None, "none", "", date(2025, 9, 22), True),
    ]
    change = StatusChange.objects.get(status=Status.IDLE)
    assert (change.source, change.recorded_by, change.recorded_at, change.note) == (
        ChangeSource.OPENING,
        other,
        timezone.now(),
        "Impor “awal.csv”, baris 3.",
    )
    need = CapitalNeed.objects.get()
    assert (need.outlet, need.purpose, need.amount_idr, need.since_on, need.closed_on) == (
        change.outlet,
        "working_capital",
        50_000_000,
        date(2025, 9, 22),
        None,
    )
    for row in (need, *Outlet.objects.all()):
        history = row.history.get()
        assert (history.history_user, history.history_change_reason) == (other, "Impor “awal.csv”")


def test_confirm_remembers_who_when_and_what(
    confirmed: ImportBatch, territory: dict[str, Cooperative], sudin: User, other: User
) -> None:
    confirmed.refresh_from_db()
    assert (
        confirmed.state,
        confirmed.by,
        confirmed.confirmed_by,
        confirmed.confirmed_at,
        confirmed.counts,
    ) == (
        BatchState.CONFIRMED,
        sudin,
        other,
        timezone.now(),
        {"new": 3, "skipped": 1},
    )
    change_of = {change.cooperative: change for change in StatusChange.objects.all()}
    melawai, pulo = change_of[territory["Melawai"]], change_of[territory["Pulo"]]
    assert list(confirmed.rows.values_list("number", "targets")) == [
        (2, [["outlets.outlet", melawai.outlet_id], ["outlets.statuschange", melawai.pk]]),
        (
            3,
            [
                ["outlets.outlet", pulo.outlet_id],
                ["outlets.statuschange", pulo.pk],
                ["outlets.capitalneed", CapitalNeed.objects.get().pk],
            ],
        ),
        (4, [["outlets.statuschange", change_of[territory["Ragunan"]].pk]]),
        (5, []),
    ]


def test_one_wrong_row_keeps_all_out(territory: dict[str, Cooperative], sudin: User, today: date) -> None:
    batch = confirm(batch=previewed(MELAWAI, ("", "", "Pulo", "Berjalan", "x"), by=sudin), by=sudin)
    assert (batch.state, batch.confirmed_at, changes(), Outlet.objects.count()) == (
        BatchState.PREVIEWED,
        None,
        [],
        0,
    )


def test_what_somebody_recorded_in_between_is_found_at_confirming(
    territory: dict[str, Cooperative], sudin: User, other: User, today: date
) -> None:
    batch = previewed(MELAWAI, PULO, by=sudin)
    decide_status(
        cooperative=territory["Pulo"],
        outlet=None,
        status=Status.NONE,
        reason="",
        note="Diperiksa",
        effective_on=date(2025, 10, 3),
        by=other,
    )
    batch = confirm(batch=batch, by=sudin)
    assert (batch.state, batch.counts, len(changes())) == (BatchState.PREVIEWED, {"new": 1, "failed": 1}, 1)
    batch.refresh_from_db()
    assert batch.counts == {"new": 1, "failed": 1}
    assert [(number, column) for number, column, _value, _text in errors_of(batch)] == [(3, "Status gerai")]


def test_second_confirm_is_told_who_was_first(confirmed: ImportBatch, sudin: User) -> None:
    with pytest.raises(ValidationError) as refused:
        confirm(batch=confirmed, by=sudin)
    assert refused.value.messages == ["Berkas ini sudah dimasukkan oleh Staf Kedua pada 16 Maret 2026 12.00."]
    assert len(changes()) == 3


def test_sheet_without_a_filled_row_is_not_confirmed(
    territory: dict[str, Cooperative], sudin: User, today: date
) -> None:
    batch = previewed(BLANK, by=sudin)
    with pytest.raises(ValidationError) as refused:
        confirm(batch=batch, by=sudin)
    assert refused.value.messages == ["Tidak ada baris yang bisa dimasukkan."]


def test_the_same_file_again_is_noticed(confirmed: ImportBatch, sudin: User) -> None:
    again = previewed(MELAWAI, PULO, RAGUNAN, BLANK, by=sudin, name="nama-lain.csv")
    another = previewed(MELAWAI, PULO, by=sudin)
    assert (confirmed_twin(again), confirmed_twin(another)) == (confirmed, None)
    undo(batch=confirmed, note="Keliru", by=sudin)
    assert confirmed_twin(again) is None


def test_undo_retracts_at_one_instant_and_keeps_the_outlets(confirmed: ImportBatch, sudin: User) -> None:
    with time_machine.travel(timezone.now() + timedelta(days=1), tick=False):
        assert undo(batch=confirmed, note="Berkas lama", by=sudin) == []
        now = timezone.now()
    assert set(StatusChange.objects.values_list("retracted_at", "retracted_by", "retract_note")) == {
        (now, sudin.pk, "Berkas lama")
    }
    assert sorted(Outlet.objects.values_list("name", flat=True)) == ["Gerai Blok M", "Gerai KKMP Pulo"]
    assert CapitalNeed.objects.count() == 0
    assert [row.history_type for row in CapitalNeed.history.order_by("history_id")] == ["+", "-"]
    confirmed.refresh_from_db()
    assert (confirmed.state, confirmed.undone_at, confirmed.undone_by, confirmed.undo_note) == (
        BatchState.UNDONE,
        now,
        sudin,
        "Berkas lama",
    )


def test_undo_is_told_once(confirmed: ImportBatch, sudin: User) -> None:
    undo(batch=confirmed, note="Keliru", by=sudin)
    with pytest.raises(ValidationError) as refused:
        undo(batch=confirmed, note="Keliru", by=sudin)
    assert refused.value.messages == [
        "Impor ini sudah dibatalkan oleh Staf Sudin Contoh pada 16 Maret 2026 12.00."
    ]


def test_undo_of_what_is_not_confirmed_is_refused(
    territory: dict[str, Cooperative], sudin: User, today: date
) -> None:
    with pytest.raises(ValidationError) as refused:
        undo(batch=previewed(MELAWAI, by=sudin), note="Keliru", by=sudin)
    assert refused.value.messages == ["Berkas ini belum dimasukkan, jadi tidak ada yang dibatalkan."]


def test_import_after_undo_uses_the_outlets_again(
    confirmed: ImportBatch, territory: dict[str, Cooperative], sudin: User
) -> None:
    outlets = set(Outlet.objects.values_list("pk", flat=True))
    undo(batch=confirmed, note="Keliru", by=sudin)
    again = previewed((*MELAWAI[:7], "apotek", "Gerai Blok M"), PULO, RAGUNAN, by=sudin, name="benar.csv")
    confirm(batch=again, by=sudin)
    assert set(Outlet.objects.values_list("pk", flat=True)) == outlets
    assert [change for change in changes() if change[-1]] == [
        ("KKMP Melawai", "Gerai Blok M", "running", "", date(2025, 10, 1), True),
        ("KKMP Pulo", "Gerai KKMP Pulo", "idle", "capital", date(2025, 9, 22), True),
        ("KKMP Ragunan", None, "none", "", date(2025, 9, 22), True),
    ]
    melawai = Outlet.objects.get(name="Gerai Blok M")
    assert (melawai.kind, melawai.version) == ("pharmacy", 2)
    assert [(row.kind, row.history_user) for row in melawai.history.order_by("history_id")][-1] == (
        "pharmacy",
        sudin,
    )
    # What was only used again is not the batch's: undoing leaves it as it is.
    assert set(targets_of(again)) == {"outlets.statuschange", "outlets.capitalneed"}


def test_undo_leaves_and_tells_what_others_did_since(
    confirmed: ImportBatch, territory: dict[str, Cooperative], sudin: User, other: User
) -> None:
    by_name = {str(change.cooperative): change for change in StatusChange.objects.select_related("outlet")}
    retract_change(by_name["KKMP Ragunan"], note="Salah", by=other)
    pulo = by_name["KKMP Pulo"]
    decide_status(
        cooperative=pulo.cooperative,
        outlet=pulo.outlet,
        status=Status.RUNNING,
        reason="",
        note="Sudah buka",
        effective_on=date(2026, 2, 1),
        by=other,
    )
    need = CapitalNeed.objects.get()
    need.amount_idr, need.version = 60_000_000, 2
    need.save()
    stays = [
        "1 status sudah dicabut atau dikoreksi sebelumnya; catatan itu tidak disentuh.",
        "1 KKMP punya status lain yang dicatat sesudah impor; status itu tetap berlaku.",
        "1 kebutuhan modal sudah diubah orang; tetap ada.",
    ]
    assert OpeningImporter().consequences(targets_of(confirmed)) == [
        "2 status dicabut. Halaman untuk hari-hari sejak 22 September 2025 berubah.",
        "Gerai yang dibuat tetap ada di daftar, tanpa status, dan dipakai lagi oleh impor berikutnya.",
        *stays,
    ]
    assert undo(batch=confirmed, note="Keliru", by=sudin) == stays
    assert [change for change in changes() if change[-1]] == [
        ("KKMP Pulo", "Gerai KKMP Pulo", "running", "", date(2026, 2, 1), True)
    ]
    by_name["KKMP Ragunan"].refresh_from_db()
    assert (by_name["KKMP Ragunan"].retract_note, CapitalNeed.objects.count()) == ("Salah", 1)


def test_outlet_that_an_officer_made_before_is_not_the_imports(
    territory: dict[str, Cooperative], sudin: User, today: date
) -> None:
    outlet = OutletFactory.create(cooperative=territory["Pulo"], name="Gerai Petugas")
    batch = confirm(batch=previewed(PULO, by=sudin), by=sudin)
    assert effects_of(batch) == [
        (
            2,
            "new",
            (
                "KKMP Pulo · Ada, belum berjalan sejak 22/09/2025 · sebab Modal usaha · "
                "kebutuhan modal Rp\xa050.000.000 · gerai yang sudah ada “Gerai Petugas” (Sembako)"
            ),
            [],
        )
    ]
    outlet.refresh_from_db()
    assert (StatusChange.objects.get().outlet, outlet.version) == (outlet, 1)


def test_one_sheet_of_65_turns_unrecorded_into_its_figures(
    reference: None, sudin: User, today: date, django_assert_max_num_queries: Any
) -> None:
    on = date(2025, 9, 22)
    cooperatives = Cooperative.objects.all()
    assert class_counts(cooperatives, [on])[on] == {"running": 0, "idle": 0, "none": 0, "unrecorded": 65}
    statuses = [
        *[("Sudah berjalan", "01/09/2025")] * 10,
        *[("Ada, belum berjalan", "01/09/2025", "modal usaha", "40.000.000")] * 19,
        *[("Belum ada gerai", "22/09/2025")] * 36,
    ]
    kelurahan = cooperatives.order_by("kelurahan").values_list(
        "kelurahan__kecamatan__name", "kelurahan__name"
    )
    rows = [("", *names, *status) for names, status in zip(kelurahan, statuses, strict=True)]
    batch = previewed(*rows, by=sudin)
    assert batch.counts == {"new": 65}
    with django_assert_max_num_queries(25):
        confirm(batch=batch, by=sudin)
    assert class_counts(cooperatives, [on, today]) == {
        on: {"running": 10, "idle": 19, "none": 36, "unrecorded": 0},
        today: {"running": 10, "idle": 19, "none": 36, "unrecorded": 0},
    }
    assert (Outlet.objects.count(), CapitalNeed.objects.count()) == (29, 19)
    undo(batch=batch, note="Percobaan", by=sudin)
    assert class_counts(cooperatives, [today])[today] == {
        "running": 0,
        "idle": 0,
        "none": 0,
        "unrecorded": 65,
    }
