"""History that is copied from the rows says what history made row by row would say."""

from typing import Any

import pytest
from simple_history.utils import bulk_create_with_history

from kkmp.bulk_history import bulk_create_with_copied_history
from members.models import Member
from tests.factories import CooperativeFactory, UserFactory


@pytest.mark.django_db
def test_copied_history_is_the_history_that_the_library_writes() -> None:
    cooperative, by = CooperativeFactory.create(), UserFactory.create()

    def rows(first: int) -> list[Member]:
        return [
            Member(
                cooperative=cooperative,
                number=str(first + place),
                full_name="Anggota Contoh",
                birth_date="1980-08-17" if place else None,
                joined_on="2025-08-01",
                is_taken_over=True,
            )
            for place in range(2)
        ]

    copied, plain = rows(100), rows(100)
    bulk_create_with_copied_history(copied, by=by, reason="Impor “%s”")
    told = _history()
    Member.objects.filter(cooperative=cooperative).delete()
    Member.history.all().delete()
    bulk_create_with_history(plain, Member, default_user=by, default_change_reason="Impor “%s”")

    assert told == _history()
    assert len(told) == 2


def _history() -> list[dict[str, Any]]:
    unlike = ("id", "history_id", "history_date")
    return [
        {name: value for name, value in row.items() if name not in unlike}
        for row in Member.history.order_by("number").values()
    ]
