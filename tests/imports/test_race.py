"""Two people confirm at the same moment, with real connections."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.core.exceptions import ValidationError
from django.db import connection

from cooperatives.models import Cooperative
from kkmp.accounts.models import User
from kkmp.imports.models import BatchState
from kkmp.imports.services import confirm, undo
from outlets.models import CapitalNeed, Outlet, StatusChange
from tests.imports.sheets import previewed

pytestmark = pytest.mark.django_db(transaction=True)
ROW = ("31.74.07.1007", "", "", "Belum berjalan", "22/09/2025", "modal", "50.000.000")


def at_once(*actions: Callable[[], str]) -> list[str]:
    barrier = Barrier(len(actions))

    def run(action: Callable[[], str]) -> str:
        barrier.wait()
        try:
            return action()
        except ValidationError as error:
            return error.messages[0].partition(" oleh ")[0]
        finally:
            connection.close()

    with ThreadPoolExecutor(len(actions)) as pool:
        return sorted(pool.map(run, actions))


def test_double_click_confirms_once(territory: dict[str, Cooperative], sudin: User) -> None:
    batch = previewed(ROW, by=sudin)
    assert at_once(*[lambda: confirm(batch=batch, by=sudin).state] * 3) == [
        "Berkas ini sudah dimasukkan",
        "Berkas ini sudah dimasukkan",
        "confirmed",
    ]
    assert (StatusChange.objects.count(), Outlet.objects.count(), CapitalNeed.objects.count()) == (1, 1, 1)


def test_two_files_that_say_the_same_are_recorded_once(
    territory: dict[str, Cooperative], sudin: User
) -> None:
    batches = [previewed(ROW, by=sudin), previewed(ROW, by=sudin)]
    outcome = at_once(*[lambda batch=batch: confirm(batch=batch, by=sudin).state for batch in batches])
    assert outcome == [BatchState.CONFIRMED, BatchState.PREVIEWED]
    assert (StatusChange.objects.count(), Outlet.objects.count(), CapitalNeed.objects.count()) == (1, 1, 1)


def test_undo_happens_once(territory: dict[str, Cooperative], sudin: User) -> None:
    batch = confirm(batch=previewed(ROW, by=sudin), by=sudin)
    assert at_once(*[lambda: ", ".join(undo(batch=batch, note="Keliru", by=sudin)) or "undone"] * 2) == [
        "Impor ini sudah dibatalkan",
        "undone",
    ]
    assert (StatusChange.objects.live().count(), CapitalNeed.objects.count()) == (0, 0)
