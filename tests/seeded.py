"""What tests of the seeds share: the commands, the rows they may make, the figures that follow."""

import datetime as dt
from io import StringIO

from django.core.management import call_command
from django.utils import timezone
from simple_history.utils import get_history_manager_for_model

from cooperatives.models import (
    AreaGrant,
    BoardTerm,
    Cooperative,
    Kecamatan,
    Kelurahan,
    Paper,
    PublicFact,
    PublishedFigure,
    Target,
)
from kkmp.accounts.models import User
from kkmp.pages.reference import read_csv
from members.models import Member
from outlets.models import CapitalNeed, Outlet, StatusChange
from outlets.standing import class_counts
from partners.models import Attendance, Event, Partner, StageChange, Support

# The day of the published figures, and one that the tests of the sample data call today.
START = dt.date(2025, 9, 22)
AUTUMN = dt.date(2026, 11, 24)
CODES = [row["code"] for row in read_csv("kelurahan.csv")]
SEEDED = (
    *(User, AreaGrant, Kecamatan, Kelurahan, Cooperative, PublicFact, PublishedFigure, Target, Outlet),
    *(Paper, BoardTerm, StatusChange, CapitalNeed, Member, Partner, Support, StageChange, Event, Attendance),
)


def run(command: str, *arguments: str) -> str:
    out = StringIO()
    call_command(command, *arguments, stdout=out)
    return out.getvalue()


def row_counts() -> dict[str, int]:
    counts = {model.__name__: model._default_manager.count() for model in SEEDED}
    for model in SEEDED:
        if hasattr(model, "history"):
            counts[f"{model.__name__} history"] = get_history_manager_for_model(model).count()
    return counts


def counts_on(day: dt.date, *, known: dt.date | None = None) -> list[int]:
    """Running, idle, none, unrecorded."""
    known_at = timezone.make_aware(dt.datetime.combine(known, dt.time.max)) if known else None
    return list(class_counts(Cooperative.objects.all(), [day], known_at=known_at)[day].values())
