"""Papers and boards of the sample data."""

import datetime as dt
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from cooperatives.completeness import look, with_paper_count
from cooperatives.models import Cooperative, Paper
from kkmp.accounts.models import User
from kkmp.pages.demo.seed import seed_demo
from kkmp.pages.demo.story import office_hour
from tests.seeded import AUTUMN, FEW
from tests.table_rows import Recall

pytestmark = pytest.mark.django_db
MIDNIGHT = timezone.make_aware(dt.datetime.combine(AUTUMN, dt.time.min))


def test_demo_papers_and_boards_are_mostly_complete(recall: Recall) -> None:
    """Some are whole, some lack something, some things end soon or have ended, some boards are odd."""
    with time_machine.travel(office_hour(AUTUMN, 600), tick=False):
        recall("evening", lambda: seed_demo(today=AUTUMN, members=FEW))
    sudin = User.objects.get(username="sudin.satu")
    kept = (
        Cooperative.objects.select_related("kelurahan")
        .prefetch_related("papers", "board_terms")
        .order_by("pk")
    )
    found = [
        look(one, papers=one.papers.all(), terms=one.board_terms.all(), on=AUTUMN, user=sudin) for one in kept
    ]
    counts = {
        "whole": sum(not one.gaps for one in found),
        "all papers": sum(not one.paper_gaps for one in found),
        "odd": sum(bool(one.findings) for one in found),
        "ending": sum(any(not deadline.is_over for deadline in one.deadlines) for one in found),
        "ended": sum(any(deadline.is_over for deadline in one.deadlines) for one in found),
    }
    assert {name: count for name, count in counts.items() if not 5 <= count <= 60} == {}
    recorded = Paper.history.filter(history_date__gte=MIDNIGHT)
    assert not recorded.exists()
    assert Paper.objects.exclude(file="").count() >= 50
    # The list counts in SQL what the page counts in Python.
    listed: Any = with_paper_count(Cooperative.objects.order_by("pk"), on=AUTUMN)
    assert list(listed.values_list("paper_count", flat=True)) == [one.paper_count for one in found]
