"""Fills an empty database with the sample data; refuses one that holds anything else."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from enum import Enum, auto

from django.db import transaction
from django.utils import timezone

from cooperatives.models import AreaGrant, AssetStatement, BoardTerm, Cooperative, Paper, Target
from kkmp.accounts.models import User
from kkmp.imports.models import ImportBatch
from kkmp.pages.demo import (
    afterwards,
    capital,
    odd,
    offers,
    papers,
    reports,
    supports,
    visits,
    write,
    write_register,
)
from kkmp.pages.demo.members import WHOLE, tell_members
from kkmp.pages.demo.people import People, add_people, sample_day
from kkmp.pages.demo.plan import START
from kkmp.pages.demo.savings import tell_savings
from kkmp.pages.demo.story import Story
from kkmp.pages.demo.supports import Rows
from kkmp.pages.demo.teller import tell
from kkmp.pages.demo.under_way import add_help_under_way
from kkmp.pages.reference import read_csv, seed_reference
from members.models import Member, SavingsEntry
from outlets.models import CapitalNeed, MonthlyReport, Outlet, StatusChange, Visit
from partners.models import Offer, Support

# The recap of 22 September 2025 was recorded on that and the next day.
FIRST_DAY = START + timedelta(days=2)
_PEOPLES_OWN = (
    *(User, AreaGrant, Target, Paper, BoardTerm, AssetStatement, ImportBatch),
    *(Outlet, MonthlyReport, StatusChange, CapitalNeed, Visit, Member, Offer, Support),
)


class Found(Enum):
    """What a database holds before the sample data are made."""

    NOTHING = auto()
    SAMPLE = auto()
    OTHER = auto()


def what_is_there() -> Found:
    """Reference rows count as nothing; sample data are known by the account that was made with them."""
    if not any(model._default_manager.exists() for model in _PEOPLES_OWN):
        return Found.NOTHING
    return Found.SAMPLE if sample_day() else Found.OTHER


@transaction.atomic
def seed_demo(*, today: date, members: int = WHOLE) -> dict[str, int]:
    """Write the story as far as it was recorded before `today`, and answer how many rows of each kind.

    `members` is about how many belong to all cooperatives together; their savings grow with them.
    """
    seed_reference()
    codes = [row["code"] for row in read_csv("kelurahan.csv")]
    midnight = timezone.make_aware(datetime.combine(today, time.min))
    story = tell(codes, until=today).known_at(midnight)
    odd.stop_and_go(story, codes, today=today)
    people = add_people(today=today)
    write.backdate_reference()
    write.profiles(people)
    papers.papers(people, before=today)
    papers.board(people, before=today)
    write.targets(people, today=today)
    kept = Cooperative.objects.select_related("kelurahan").order_by("pk")
    # In the order of the codes: who waits for whom is counted along it.
    by_code = {cooperative.kelurahan_id: cooperative for cooperative in kept}
    of_code = {code: by_code[code] for code in codes}
    with _no_collecting():
        _register(of_code, people, today=today, members=members)
    outlets = write.outlets(story, people)
    told = reports.tell_reports(story, people, codes, today=today)
    written = reports.reports(told, story, outlets, of_code, today=today)
    write.changes(story, people, outlets, written)
    needs = write.needs(story, people, outlets)
    odd.close_needs_too_early(people, today=today)
    visits.visits(people, story, outlets, codes, today=today)
    write.events(people, before=today)
    _capital(story, people, Rows(of_code, outlets, needs, offers.offers(people, before=today)), today=today)
    counted = {
        "pengguna": User,
        "anggota": Member,
        "mutasi simpanan": SavingsEntry,
        "gerai": Outlet,
        "perubahan status": StatusChange,
        "laporan": MonthlyReport,
        "kunjungan": Visit,
        "bantuan": Support,
    }
    return {kind: model._default_manager.count() for kind, model in counted.items()}


def _capital(story: Story, people: People, of: Rows, *, today: date) -> None:
    """What partners do, and what cooperatives keep themselves."""
    add_help_under_way(story, of.needs, today=today)
    written = supports.supports(story, people, of, today=today)
    capital.assets(people, before=today)
    capital.set_asides(story, of.needs, people, before=today)
    afterwards.follow_ups(story, written, people, today=today)
    afterwards.letters(people, of.offers, today=today)


def _register(of_code: dict[str, Cooperative], people: People, *, today: date, members: int) -> None:
    told = tell_members(list(of_code), before=today, whole=members)
    rows = write_register.members(told, of_code, people)
    write_register.savings(tell_savings(told, before=today), rows, of_code, people)


@contextmanager
def _no_collecting() -> Iterator[None]:
    """Looking for garbage among rows that all live until the end took a third of the time."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
