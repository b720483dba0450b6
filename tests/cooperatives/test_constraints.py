import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from cooperatives.models import (
    AreaGrant,
    Cooperative,
    Kecamatan,
    Kelurahan,
    PublicFact,
    PublishedFigure,
    Target,
)
from kkmp.imports.models import BatchKind, BatchState, ImportBatch, ImportRow, Outcome
from tests.factories import (
    AreaGrantFactory,
    CooperativeFactory,
    KecamatanFactory,
    KelurahanFactory,
    UserFactory,
)
from tests.refusal import assert_refused, constraint_names

pytestmark = pytest.mark.django_db
DAY = dt.date(2025, 9, 22)


def fact(**values: Any) -> PublicFact:
    given = {"key": "fakta", "text": "Isi", "on": DAY, "source": "https://example.org/"} | values
    return PublicFact.objects.create(**given)


def figure(**values: Any) -> PublishedFigure:
    given = {"on": DAY, "running": 1, "idle": 1, "none": 1, "source": "https://example.org/"} | values
    return PublishedFigure.objects.create(**given)


def batch(**values: Any) -> ImportBatch:
    given = {"kind": BatchKind.OPENING, "file_name": "a.xlsx", "by": UserFactory.create(sudin=True)} | values
    return ImportBatch.objects.create(**given)


def row(**values: Any) -> ImportRow:
    return ImportRow.objects.create(**{"number": 2, "outcome": Outcome.NEW} | values)


def kelurahan_twice() -> None:
    first = KelurahanFactory.create(name="Contoh")
    KelurahanFactory.create(name="Contoh")
    KelurahanFactory.create(kecamatan=first.kecamatan, name="Contoh")


def tile_twice() -> None:
    KelurahanFactory.create(tile_col=3, tile_row=4)
    KelurahanFactory.create(tile_col=4, tile_row=3)
    KelurahanFactory.create(tile_col=3, tile_row=4)


def number_twice(**number: str) -> None:
    empty = dict.fromkeys(number, "")
    CooperativeFactory.create_batch(2, **empty)
    CooperativeFactory.create_batch(2, **number)


def target_twice(kecamatan: Kecamatan | None) -> None:
    Target.objects.create(on=DAY + dt.timedelta(days=1), running=10, kecamatan=kecamatan)
    Target.objects.create(on=DAY, running=10, kecamatan=kecamatan)
    Target.objects.create(on=DAY, running=11, kecamatan=kecamatan)


def row_twice() -> None:
    first = row(batch=batch())
    row(batch=batch())
    row(batch=first.batch)


def both() -> dict[str, Any]:
    kelurahan = KelurahanFactory.create()
    return {"kelurahan": kelurahan, "kecamatan": kelurahan.kecamatan}


NOW = timezone.now()
REFUSED: list[tuple[str, Callable[[], Any]]] = [
    ("kelurahan_name_once_a_kecamatan", kelurahan_twice),
    ("kelurahan_has_a_tile_of_its_own", tile_twice),
    ("grant_is_one_kecamatan_or_one_kelurahan", lambda: AreaGrantFactory.create(**both())),
    ("grant_is_one_kecamatan_or_one_kelurahan", AreaGrantFactory.create),
    (
        "grant_ends_after_it_starts",
        lambda: AreaGrantFactory.create(
            kecamatan=KecamatanFactory.create(), starts_on=DAY, ends_on=DAY - dt.timedelta(days=1)
        ),
    ),
    ("registry_no_once", lambda: number_twice(registry_no="1234567890123")),
    ("nib_once", lambda: number_twice(nib="1234567890123")),
    ("public_fact_ends_after_it_starts", lambda: fact(until=DAY - dt.timedelta(days=1))),
    ("target_once_a_kecamatan_and_day", lambda: target_twice(KecamatanFactory.create())),
    ("city_target_once_a_day", lambda: target_twice(None)),
    ("confirmed_batch_says_when_and_who", lambda: batch(state=BatchState.CONFIRMED, confirmed_at=NOW)),
    (
        "undone_batch_says_when_who_and_why",
        lambda: batch(undone_at=NOW),
    ),
    ("import_row_once_a_batch", row_twice),
]


def test_every_constraint_is_tried() -> None:
    theirs = (AreaGrant, Cooperative, Kecamatan, Kelurahan, PublicFact, PublishedFigure, Target)
    assert {name for name, _write in REFUSED} == constraint_names(*theirs, ImportBatch, ImportRow)


@pytest.mark.parametrize(("constraint", "write"), REFUSED)
def test_database_refuses(constraint: str, write: Callable[[], Any]) -> None:
    assert_refused(constraint, write)


def taken_kelurahan() -> None:
    CooperativeFactory.create(kelurahan=CooperativeFactory.create().kelurahan)


def taken_name() -> None:
    KecamatanFactory.create(name=KecamatanFactory.create().name)


def taken_key() -> None:
    fact(text="Satu")
    fact(text="Dua")


def taken_day() -> None:
    figure(running=1)
    figure(running=2)


@pytest.mark.parametrize("write", [taken_kelurahan, taken_name, taken_key, taken_day])
def test_database_refuses_a_second_row_of_one_key(write: Callable[[], Any]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        write()
