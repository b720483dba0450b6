"""Two officers who set money aside for one need, or release it, at the same time."""

import datetime as dt
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.exceptions import ValidationError
from django.db import connection

from outlets.models import SetAside
from outlets.set_aside_services import release, set_aside
from tests.factories import CapitalNeedFactory, SetAsideFactory, UserFactory

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("today")]
DAY = dt.date(2026, 3, 1)


def refused_at_once(*writes: Callable[[], object]) -> list[bool]:
    together = threading.Barrier(len(writes))

    def run(write: Callable[[], object]) -> bool:
        together.wait()
        try:
            write()
        except ValidationError:
            return True
        else:
            return False
        finally:
            connection.close()

    with ThreadPoolExecutor(len(writes)) as pool:
        return sorted(pool.map(run, writes))


def test_together_they_never_hold_more_than_the_need() -> None:
    need = CapitalNeedFactory.create(amount_idr=50)
    people = UserFactory.create_batch(2)
    answers = refused_at_once(
        *(lambda by=by: set_aside(need=need, amount_idr=30, set_on=DAY, by=by) for by in people)
    )
    assert (answers, SetAside.objects.count()) == ([False, True], 1)


def test_one_of_them_releases_it() -> None:
    held = SetAsideFactory.create()
    people = UserFactory.create_batch(2)
    rows = [SetAside.objects.get() for _person in people]
    answers = refused_at_once(
        *(
            lambda row=row, by=by: release(held=row, released_on=DAY, reason="Salah", by=by)
            for row, by in zip(rows, people, strict=True)
        )
    )
    held.refresh_from_db()
    assert (answers, held.released_on) == ([False, True], DAY)
