"""The sample data: the story they tell holds together, and they are made only where they may be."""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.contrib.auth import authenticate
from django.core.management import CommandError, call_command
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone
from simple_history.utils import get_history_manager_for_model

from cooperatives.models import BoardTerm, Body, Cooperative, Paper, PaperKind, Position
from kkmp.accounts.models import User
from kkmp.pages.demo import plan
from kkmp.pages.demo.people import PASSWORD, sample_day
from kkmp.pages.demo.seed import seed_demo
from kkmp.pages.demo.story import Story, office_hour
from kkmp.pages.demo.teller import tell
from members.models import Member, MonthLock, SavingsEntry
from outlets.models import (
    CapitalNeed,
    NeedPurpose,
    Outlet,
    OutletKind,
    Premises,
    Reason,
    Status,
    StatusChange,
)
from outlets.outlet_class import OutletClass, idle_because_of, with_outlet_class, with_status
from outlets.standing import class_counts
from partners.models import Stage, StageChange, Support, SupportKind
from tests.factories import UserFactory
from tests.member_factories import MemberFactory
from tests.seeded import AUTUMN, CODES, FEW, SEEDED, START, counts_on, everything, row_counts, run
from tests.table_rows import Recall

pytestmark = pytest.mark.django_db

MIDNIGHT = timezone.make_aware(dt.datetime.combine(AUTUMN, dt.time.min))


@pytest.fixture
def autumn() -> Iterator[dt.date]:
    """The evening of the day the sample data tell of."""
    with time_machine.travel(office_hour(AUTUMN, 600), tick=False):
        yield AUTUMN


@pytest.fixture
def demo(db: None, autumn: dt.date, recall: Recall) -> dt.date:
    recall("evening", lambda: seed_demo(today=autumn, members=FEW))
    return autumn


def test_demo_shows_the_published_figures_and_another_picture_today(demo: dt.date) -> None:
    assert {
        "on the day": counts_on(START),
        "as known a week later": counts_on(START, known=dt.date(2025, 9, 30)),
        "as known that evening": counts_on(START, known=START),
        "today": counts_on(demo),
    } == {
        "on the day": [10, 19, 36, 0],
        "as known a week later": [10, 19, 36, 0],
        "as known that evening": [7, 13, 28, 17],
        "today": [20, 12, 33, 0],
    }
    everywhere = Cooperative.objects.all()
    assert idle_because_of(everywhere, Reason.CAPITAL, on=START).count() == 19
    melawai: Any = with_outlet_class(everywhere.filter(kelurahan=plan.MELAWAI), on=dt.date(2025, 7, 21))
    assert [*melawai.values_list("outlet_class", flat=True)] == [OutletClass.RUNNING]


def test_demo_answers_from_the_records_of_a_day(demo: dt.date) -> None:
    """Late, wrong and corrected records: what was known on a day is not what is known today."""
    day = dt.date(2026, 2, 20)
    assert (counts_on(day, known=day), counts_on(day)) == ([16, 15, 34, 0], [15, 16, 34, 0])
    day = dt.date(2026, 6, 1)
    assert (counts_on(day, known=day), counts_on(day)) == ([17, 15, 33, 0], [16, 15, 34, 0])


def test_demo_moves_a_little_every_month(demo: dt.date) -> None:
    ends = [dt.date(2025 + month // 12, month % 12 + 1, 1) - dt.timedelta(days=1) for month in range(10, 23)]
    counts = class_counts(Cooperative.objects.all(), ends)
    assert [list(counts[day].values())[:3] for day in ends] == [
        [11, 18, 36],
        [12, 18, 35],
        [12, 18, 35],
        [14, 17, 34],
        [15, 16, 34],
        [17, 14, 34],
        [17, 14, 34],
        [16, 15, 34],
        [18, 14, 33],
        [18, 14, 33],
        [18, 13, 34],
        [20, 12, 33],
        [20, 11, 34],
    ]


def test_demo_has_every_class_in_every_kecamatan(demo: dt.date) -> None:
    classes: dict[str, set[str]] = defaultdict(set)
    found: Any = with_outlet_class(Cooperative.objects.all(), on=demo)
    for code, outlet_class in found.values_list("kelurahan", "outlet_class"):
        classes[code[:8]].add(outlet_class)
    all_three = {OutletClass.RUNNING, OutletClass.IDLE, OutletClass.NONE}
    assert classes == {code[:8]: all_three for code in CODES}


def test_demo_shows_every_choice(demo: dt.date) -> None:
    def unused(manager: models.Manager[Any], field: str, choices: type[models.TextChoices]) -> set[str]:
        return set(choices.values) - set(manager.order_by("pk").values_list(field, flat=True))

    assert {
        "status": unused(StatusChange.objects, "status", Status),
        "reason": unused(StatusChange.objects, "reason", Reason),
        "kind": unused(Outlet.objects, "kind", OutletKind),
        "premises": unused(Outlet.objects, "premises", Premises),
        "purpose": unused(CapitalNeed.objects, "purpose", NeedPurpose),
        "support": unused(Support.objects, "kind", SupportKind),
        "paper": unused(Paper.objects, "kind", PaperKind),
        "body": unused(BoardTerm.objects, "body", Body),
        "position": unused(BoardTerm.objects, "position", Position) - {Position.MEMBER, Position.STAFF},
        "stage": set(Stage.values) - {support.stage for support in Support.objects.as_of(demo)},
    } == {
        "status": set(),
        "reason": set(),
        "kind": set(),
        "premises": set(),
        "purpose": set(),
        "support": set(),
        "paper": set(),
        "body": set(),
        "position": set(),
        "stage": set(),
    }


def test_demo_records_nothing_before_it_happens_or_after_today(demo: dt.date) -> None:
    for change in StatusChange.objects.all():
        assert change.effective_on <= timezone.localdate(change.recorded_at)
        assert change.recorded_at < (change.retracted_at or MIDNIGHT) <= MIDNIGHT
    for stage in StageChange.objects.all():
        assert stage.effective_on <= timezone.localdate(stage.recorded_at) < demo
    for model in SEEDED:
        if hasattr(model, "history"):
            assert not get_history_manager_for_model(model).filter(history_date__gte=MIDNIGHT).exists()
    begun = Member.objects.filter(Q(joined_on__lt=demo) | Q(joined_on=None, applied_on__lt=demo))
    assert begun.exclude(ended_on__gte=demo).count() == Member.objects.count()
    assert SavingsEntry.objects.filter(recorded_at__gte=MIDNIGHT).count() == 0
    assert MonthLock.objects.filter(Q(locked_at__gte=MIDNIGHT) | Q(reopened_at__gte=MIDNIGHT)).count() == 0


def test_demo_tells_of_each_outlet_in_order(demo: dt.date) -> None:
    """Later records tell of later days; only a correction goes back."""
    told: dict[int | None, dt.date] = {}
    for change in StatusChange.objects.live().exclude(outlet=None).order_by("recorded_at", "pk"):
        assert told.get(change.outlet_id, dt.date.min) < change.effective_on
        told[change.outlet_id] = change.effective_on
    assert set(told) == set(Outlet.objects.values_list("pk", flat=True))


def test_demo_needs_fit_the_outlets(demo: dt.date) -> None:
    """Idle for capital with an open need but for one that contradicts; none where an outlet runs or is closed."""
    annotated: Any = with_status(Outlet.objects.all(), on=demo)
    outlets = annotated.order_by("pk").values_list("pk", "status", "status_reason")
    with_open_need = set(CapitalNeed.objects.open_on(demo).values_list("outlet", flat=True))
    for_capital = {pk for pk, status, reason in outlets if (status, reason) == (Status.IDLE, Reason.CAPITAL)}
    waiting = {pk for pk, status, _reason in outlets if status in (Status.IDLE, Status.PREPARING)}
    [forgotten] = for_capital - with_open_need
    assert with_open_need <= waiting
    closed = CapitalNeed.objects.exclude(closed_on=None).order_by("pk")
    told_on = {(change.outlet_id, change.effective_on) for change in StatusChange.objects.live()}
    assert {need.outlet_id for need in closed if (need.outlet_id, need.closed_on) not in told_on} == {
        forgotten
    }


def test_demo_supports_go_through_their_stages_in_order(demo: dt.date) -> None:
    order = Stage.values
    for support in Support.objects.prefetch_related("stage_changes"):
        steps = sorted(support.stage_changes.all(), key=lambda step: step.pk)
        stages = [step.stage for step in steps]
        assert stages[0] == Stage.PROSPECT
        assert stages == sorted(stages, key=order.index)
        days = [step.effective_on for step in steps]
        assert days == sorted(set(days))
        assert days[0] >= START


def test_demo_opening_that_a_partner_made_possible_follows_the_money(demo: dt.date) -> None:
    opened = StatusChange.objects.live().filter(note__startswith="Gerai dibuka setelah bantuan")
    assert opened.count() >= 8
    for change in opened:
        disbursed = StageChange.objects.filter(
            support__cooperative=change.cooperative,
            stage=Stage.DISBURSED,
            effective_on__lt=change.effective_on,
        )
        assert disbursed.filter(support__note__startswith="Contoh").exists()


def test_demo_people_sign_in_and_see_their_areas(demo: dt.date) -> None:
    seen = {}
    for username in ("petugas.melawai", "petugas.tebet", "sudin.satu", "sudin.dua", "pimpinan", "admin"):
        user = authenticate(username=username, password=PASSWORD)
        assert isinstance(user, User)
        seen[username] = (user.get_role_display(), Cooperative.objects.visible_to(user).count())
    assert seen == {
        "petugas.melawai": ("Petugas wilayah", 1),
        "petugas.tebet": ("Petugas wilayah", 7),
        "sudin.satu": ("Staf Sudin PPKUKM", 65),
        "sudin.dua": ("Staf Sudin PPKUKM", 65),
        "pimpinan": ("Pimpinan", 65),
        "admin": ("Admin", 65),
    }
    former = User.objects.get(username="petugas.tebet.lama")
    assert (former.has_usable_password(), Cooperative.objects.visible_to(former).count()) == (False, 0)
    assert all(user.full_name.endswith("(contoh)") for user in User.objects.all())


def test_demo_rows_have_the_history_they_would_have_by_hand(demo: dt.date) -> None:
    def lines(row: Any) -> list[tuple[str, str, int]]:
        told = get_history_manager_for_model(type(row)).filter(id=row.pk).order_by("history_id")
        return [(line.history_type, line.history_user.username, line.version) for line in told]

    tebet = {"cooperative__kelurahan__kecamatan": "31.74.01"}
    left = Member.objects.exclude(ended_on=None).filter(**tebet).first()
    met = (
        CapitalNeed.objects.exclude(closed_on=None)
        .filter(outlet__cooperative__kelurahan__kecamatan="31.74.01")
        .first()
    )
    cooperative = Cooperative.objects.get(kelurahan="31.74.01.1001")
    reference, profile = (
        get_history_manager_for_model(Cooperative).filter(id=cooperative.pk).order_by("history_date")
    )
    assert (reference.history_user, profile.history_user.username) == (None, "petugas.tebet")
    by_officer = [("+", "petugas.tebet", 1), ("~", "petugas.tebet", 2)]
    assert (lines(left), lines(met)) == (by_officer, by_officer)


def test_demo_of_one_day_is_always_the_same(autumn: dt.date) -> None:
    told = []
    for _attempt in range(2):
        with transaction.atomic():
            seed_demo(today=autumn, members=FEW)
            told.append(everything())
            transaction.set_rollback(True)
    assert told[0] == told[1]
    assert StatusChange.objects.count() == 0


def test_story_until_an_earlier_day_is_its_beginning() -> None:
    """What a demo of March shows of the past, a demo of November shows too."""
    march = office_hour(dt.date(2026, 3, 16))
    assert tell(CODES, until=march.date()).known_at(march) == tell(CODES, until=AUTUMN).known_at(march)


def test_story_goes_on_after_its_plot() -> None:
    story: Story = tell(CODES, until=dt.date(2028, 6, 30))
    moves = Counter((change.effective_on.year, change.effective_on.month) for change in story.changes)
    assert all(moves[year, month] for year in (2027, 2028) for month in range(1, 7))


# When sample data are made, and when not.


def test_demo_says_what_it_made(autumn: dt.date) -> None:
    assert run("seed_demo") == (
        "Data contoh per 24/11/2026: 16 pengguna, 397 anggota, 6198 mutasi simpanan, 47 gerai, 135 perubahan status, 787 laporan, 243 kunjungan, 71 bantuan.\n"
    )
    assert sample_day() == autumn


def test_demo_is_made_once(demo: dt.date) -> None:
    rows = row_counts()
    assert run("seed_demo", "--if-empty") == ""
    with pytest.raises(CommandError, match="sudah berisi"):
        run("seed_demo")
    assert row_counts() == rows


def test_old_demo_is_told_to_dev_by_the_status(autumn: dt.date, capsys: pytest.CaptureFixture[str]) -> None:
    run("seed_demo", "--today", "2026-03-16")
    with pytest.raises(SystemExit) as end:
        call_command("seed_demo", "--if-empty", "--members", str(FEW))
    assert (end.value.code, capsys.readouterr().out) == (3, "Data contoh ini per 16/03/2026.\n")


def test_demo_refuses_production(settings: Any) -> None:
    settings.IS_DEMO = False
    for arguments in ([], ["--if-empty"]):
        with pytest.raises(CommandError, match="hanya untuk MODE=demo"):
            run("seed_demo", *arguments)
    assert User.objects.count() == 0


@pytest.mark.parametrize("somebodys", [UserFactory, MemberFactory])
def test_demo_refuses_a_database_with_other_rows(somebodys: Any, autumn: dt.date) -> None:
    somebodys.create()
    rows = row_counts()
    with pytest.raises(CommandError, match="sudah berisi"):
        run("seed_demo")
    assert run("seed_demo", "--if-empty") == ""
    assert row_counts() == rows


@pytest.mark.parametrize("day", ["2025-09-23", "2026-11-25"])
def test_demo_tells_of_days_within_the_story(day: str, autumn: dt.date) -> None:
    with pytest.raises(CommandError, match=r"dari 24/09/2025 sampai paling lambat 24/11/2026"):
        run("seed_demo", "--today", day)


def test_demo_refuses_what_is_no_day() -> None:
    with pytest.raises(CommandError, match="--today"):
        run("seed_demo", "--today", "31/02/2026")


def test_demo_of_the_first_day_holds_the_recap_only(autumn: dt.date) -> None:
    run("seed_demo", "--today", "2025-09-24")
    assert (counts_on(START), StatusChange.objects.count()) == ([10, 19, 36, 0], 65)
