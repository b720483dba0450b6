import datetime as dt
from typing import Any

import pytest

from cooperatives.models import BoardTerm, Body, Paper, PaperKind, Position
from tests.factories import BoardTermFactory, CooperativeFactory, PaperFactory, UserFactory
from tests.refusal import assert_refused, constraint_names

pytestmark = pytest.mark.django_db

NOW = dt.datetime(2026, 3, 1, tzinfo=dt.UTC)
PAPERS: list[tuple[str, dict[str, Any]]] = [
    ("paper_removed_by_somebody_at_a_time", {"removed_at": NOW}),
    ("paper_kind_is_known", {"kind": "passport"}),
    ("other_paper_has_a_title", {"kind": PaperKind.OTHER}),
    ("paper_says_something", {"number": "", "issued_on": None}),
    ("paper_expires_after_it_is_issued", {"expires_on": dt.date(2025, 6, 1)}),
    ("paper_file_is_described_or_absent", {"file_name": "akta.pdf"}),
    ("paper_file_is_described_or_absent", {"size": 1}),
    ("paper_file_is_described_or_absent", {"scanned": True, "sha256": ""}),
    ("paper_file_is_described_or_absent", {"scanned": True, "file_name": ""}),
    ("paper_file_is_described_or_absent", {"scanned": True, "media_type": "text/html"}),
    ("paper_file_is_described_or_absent", {"scanned": True, "size": None}),
]
TERMS: list[tuple[str, dict[str, Any]]] = [
    ("boardterm_removed_by_somebody_at_a_time", {"removed_at": NOW}),
    ("position_fits_the_body", {"position": Position.MANAGER}),
    ("position_fits_the_body", {"body": Body.SUPERVISORS, "position": Position.TREASURER}),
    ("position_fits_the_body", {"body": "council"}),
    ("board_term_has_a_name", {"name": ""}),
    ("board_gender_is_known_or_empty", {"gender": "x"}),
    ("board_term_ends_after_it_starts", {"ends_on": dt.date(2025, 6, 1)}),
    ("only_the_supervisors_chair_is_ex_officio", {"is_ex_officio": True}),
    (
        "only_the_supervisors_chair_is_ex_officio",
        {"body": Body.SUPERVISORS, "position": Position.MEMBER, "is_ex_officio": True},
    ),
]
# These need rows of their own, see below.
APART = {"paper_file_once_a_kind", "board_term_once"}


def test_every_constraint_is_tried() -> None:
    tried = {name for name, _values in [*PAPERS, *TERMS]} | APART
    assert tried == constraint_names(Paper, BoardTerm)


@pytest.mark.parametrize(("constraint", "values"), PAPERS)
def test_database_refuses_a_paper(constraint: str, values: dict[str, Any]) -> None:
    assert_refused(constraint, lambda: PaperFactory.create(**values))


@pytest.mark.parametrize(("constraint", "values"), TERMS)
def test_database_refuses_a_term(constraint: str, values: dict[str, Any]) -> None:
    assert_refused(constraint, lambda: BoardTermFactory.create(**values))


def test_database_refuses_a_removal_by_nobody() -> None:
    assert_refused(
        "paper_removed_by_somebody_at_a_time", lambda: PaperFactory.create(removed_by=UserFactory.create())
    )


def test_database_keeps_a_file_once_a_kind() -> None:
    first = {"cooperative": CooperativeFactory.create(), "scanned": True, "content": b"a"}
    PaperFactory.create(**first, removed_at=NOW, removed_by=UserFactory.create())
    PaperFactory.create(**first, kind=PaperKind.MINUTES)
    PaperFactory.create(**{**first, "cooperative": CooperativeFactory.create()})
    PaperFactory.create_batch(2, cooperative=first["cooperative"])
    PaperFactory.create(**first)
    assert_refused("paper_file_once_a_kind", lambda: PaperFactory.create(**first))


def test_database_keeps_a_term_once() -> None:
    first = {"cooperative": CooperativeFactory.create(), "name": "Satu"}
    BoardTermFactory.create(**first, removed_at=NOW, removed_by=UserFactory.create())
    BoardTermFactory.create(**first, position=Position.TREASURER)
    BoardTermFactory.create(**first, starts_on=dt.date(2025, 7, 1))
    BoardTermFactory.create(**first)
    assert_refused("board_term_once", lambda: BoardTermFactory.create(**first))
