import datetime as dt
from collections.abc import Callable

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, IntegrityError, connection, transaction
from pytest_django import DjangoAssertNumQueries

from cooperatives.models import Cooperative
from kkmp.accounts.models import User
from partners.models import (
    AGREED,
    Attendance,
    Event,
    Partner,
    Stage,
    StageChange,
    Support,
    SupportTotals,
    Worth,
    support_totals,
)
from partners.services import record_attendance, record_stage, start_support
from tests.factories import CooperativeFactory, KecamatanFactory, UserFactory, officer_of
from tests.partner_factories import (
    EventFactory,
    PartnerFactory,
    StageChangeFactory,
    SupportFactory,
    support_at,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]
DAY = dt.date(2026, 2, 1)


def day(number: int) -> dt.date:
    return dt.date(2026, 2, number)


def test_stage_is_the_latest_with_effect_by_the_day() -> None:
    support = SupportFactory.create()
    for stage, on in [
        (Stage.OFFERED, day(10)),
        (Stage.PROSPECT, day(5)),
        (Stage.COMMITTED, day(20)),
        (Stage.DISBURSED, day(20)),
    ]:
        StageChangeFactory.create(support=support, stage=stage, effective_on=on, reason="Alasan contoh")
    stages = {}
    for on in (day(4), day(5), day(9), day(10), day(19), day(20), day(28)):
        row = Support.objects.with_stage(on=on).get()
        stages[on.day] = (row.stage, row.stage_since and row.stage_since.day, row.stage_label)
    assert stages == {
        4: (None, None, ""),
        5: ("prospect", 5, "Penjajakan"),
        9: ("prospect", 5, "Penjajakan"),
        10: ("offered", 10, "Ditawarkan"),
        19: ("offered", 10, "Ditawarkan"),
        20: ("disbursed", 20, "Tersalur"),
        28: ("disbursed", 20, "Tersalur"),
    }
    assert (Support.objects.as_of(day(4)).count(), Support.objects.as_of(day(5)).count()) == (0, 1)


def test_totals_are_by_stage_and_count_what_is_agreed(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    first, second, empty, outside = CooperativeFactory.create_batch(4)
    for number, stage in enumerate(Stage):
        support_at(stage, cooperative=first, committed_idr=10**number)
    support_at(Stage.COMMITTED, cooperative=second, committed_idr=None)
    support_at(Stage.COMPLETED, cooperative=second, on=day(25))
    support_at(Stage.COMMITTED, cooperative=outside)
    SupportFactory.create(cooperative=empty)
    mine = Cooperative.objects.filter(pk__in=[first.pk, second.pk, empty.pk])
    with django_assert_num_queries(1):
        totals = support_totals(mine, on=day(20))
    assert totals == SupportTotals(
        by_stage={stage: 2 if stage == Stage.COMMITTED else 1 for stage in Stage},
        committed_idr=10**2 + 10**3 + 10**4 + 10**5,
        cooperative_count=2,
    )
    assert (totals.total, totals.agreed_count) == (8, 5)
    assert support_totals(Cooperative.objects.none(), on=day(20)) == SupportTotals(
        dict.fromkeys(Stage, 0), 0, 0
    )


def test_worth_tells_what_is_unknown() -> None:
    support_at(Stage.COMMITTED, committed_idr=9_000_000_000_000_000)
    support_at(Stage.COMMITTED, committed_idr=1)
    support_at(Stage.COMMITTED, committed_idr=None)
    support_at(Stage.OFFERED, committed_idr=5)
    rows = Support.objects.as_of(DAY)
    assert rows.agreed().worth() == Worth(idr=9_000_000_000_000_001, unknown_count=1)
    assert rows.worth() == Worth(idr=9_000_000_000_000_006, unknown_count=1)
    assert Support.objects.none().worth() == Worth(0, 0)


def test_partners_are_counted_within_the_viewers_area() -> None:
    tebet = KecamatanFactory.create()
    partner, idle = PartnerFactory.create(name="A"), PartnerFactory.create(name="B")
    support_at(Stage.COMMITTED, partner=partner, cooperative__kelurahan__kecamatan=tebet, committed_idr=3)
    support_at(Stage.CANCELLED, partner=partner, cooperative__kelurahan__kecamatan=tebet, committed_idr=5)
    support_at(Stage.COMMITTED, partner=partner, committed_idr=7)

    def counted_for(user: User) -> list[tuple[str, int, int]]:
        rows = Partner.objects.visible_to(user).with_supports(Support.objects.visible_to(user).as_of(DAY))
        return [(row.name, row.support_count, row.agreed_idr) for row in rows.order_by("name")]

    assert counted_for(UserFactory.create(sudin=True)) == [("A", 3, 10), ("B", 0, 0)]
    assert counted_for(officer_of(tebet)) == [("A", 2, 3), ("B", 0, 0)]
    assert counted_for(officer_of()) == [("A", 0, 0), ("B", 0, 0)]
    assert idle.name == "B"


def test_rows_of_other_areas_are_out_of_sight() -> None:
    tebet = KecamatanFactory.create()
    mine = StageChangeFactory.create(support__cooperative__kelurahan__kecamatan=tebet)
    theirs = StageChangeFactory.create()
    event = EventFactory.create()
    for support in (mine.support, theirs.support):
        Attendance.objects.create(event=event, cooperative=support.cooperative)
    Attendance.objects.create(event=event, partner=theirs.support.partner)

    def seen_by(user: User) -> tuple[int, int, int, int, int]:
        sets = [Support, StageChange, Attendance, Partner, Event]
        return tuple(model._default_manager.visible_to(user).count() for model in sets)  # type: ignore[attr-defined]

    everything = (2, 2, 3, 2, 1)
    assert {
        "officer": seen_by(officer_of(tebet)),
        "officer without area": seen_by(officer_of()),
        "sudin": seen_by(UserFactory.create(sudin=True)),
        "leader": seen_by(UserFactory.create(leader=True)),
        "admin": seen_by(UserFactory.create(admin=True)),
        "locked out": seen_by(officer_of(tebet, is_active=False)),
    } == {
        "officer": (1, 1, 2, 2, 1),
        "officer without area": (0, 0, 1, 2, 1),
        "sudin": everything,
        "leader": everything,
        "admin": everything,
        "locked out": (0, 0, 0, 0, 0),
    }


def test_support_starts_with_its_first_stage_or_not_at_all(sudin: User) -> None:
    def unsaved() -> Support:
        return Support(partner=PartnerFactory.create(), cooperative=CooperativeFactory.create(), kind="loan")

    started = start_support(
        support=unsaved(), stage=Stage.OFFERED, effective_on=day(3), reason="Surat", by=sudin
    )
    with pytest.raises(ValidationError):
        start_support(
            support=unsaved(), stage=Stage.OFFERED, effective_on=dt.date(2026, 3, 17), reason="", by=sudin
        )
    assert list(Support.objects.all()) == [started]
    assert list(StageChange.objects.values_list("support", "stage", "effective_on", "reason", "by")) == [
        (started.pk, "offered", day(3), "Surat", sudin.pk)
    ]


def step(support: Support, stage: Stage, on: dt.date, by: User, **changes: object) -> StageChange:
    newest = support.stage_changes.order_by("-pk").first()
    values = {"reason": "", "last_seen": newest and newest.pk, "is_step_back_meant": False} | changes
    return record_stage(support=support, stage=stage, effective_on=on, by=by, **values)  # type: ignore[arg-type]


def test_stages_may_be_skipped_and_recorded_later(sudin: User) -> None:
    support = support_at(Stage.PROSPECT, on=day(1))
    step(support, Stage.DISBURSED, day(20), sudin)
    step(support, Stage.COMMITTED, day(10), sudin)
    recorded = [Support.objects.with_stage(on=day(number)).get().stage for number in (1, 10, 20)]
    assert recorded == ["prospect", "committed", "disbursed"]


@pytest.mark.parametrize(
    ("stage", "on", "changes", "errors"),
    [
        (Stage.COMMITTED, day(20), {}, {"stage": ["Bantuan ini sudah di tahap “Komitmen” sejak 10 Februari 2026."]}),
        (
            Stage.OFFERED,
            day(20),
            {},
            {"step_back": ["Tahapnya mundur: dari “Komitmen” (sejak 10 Februari 2026) ke “Ditawarkan”. Centang bila memang demikian."]},
        ),
        (Stage.CANCELLED, day(20), {"reason": "  "}, {"reason": ["Tulis alasan pembatalan."]}),
        (Stage.DISBURSED, dt.date(2026, 3, 17), {}, {"effective_on": ["Tanggal ini belum terjadi; paling akhir hari ini."]}),
        (Stage.DISBURSED, day(20), {"reason": "a" * 301}, {"reason": ["Pastikan nilai ini mengandung paling banyak 300 karakter (sekarang 301 karakter)."]}),
    ],
)  # fmt: skip
def test_stage_is_refused_in_words(
    sudin: User, stage: Stage, on: dt.date, changes: dict[str, object], errors: dict[str, list[str]]
) -> None:
    support = support_at(Stage.COMMITTED, on=day(10))
    with pytest.raises(ValidationError) as refused:
        step(support, stage, on, sudin, **changes)
    assert refused.value.message_dict == errors
    assert StageChange.objects.count() == 1


def test_step_back_and_taking_up_again_have_to_be_meant(sudin: User) -> None:
    support = support_at(Stage.COMMITTED, on=day(10))
    with pytest.raises(ValidationError, match="Tulis mengapa tahapnya mundur"):
        step(support, Stage.OFFERED, day(11), sudin, is_step_back_meant=True)
    step(support, Stage.OFFERED, day(11), sudin, reason="Mitra menunda", is_step_back_meant=True)
    step(support, Stage.CANCELLED, day(12), sudin, reason="Mitra mundur")
    with pytest.raises(ValidationError, match="Tahapnya mundur: dari “Batal”"):
        step(support, Stage.COMMITTED, day(13), sudin)
    step(support, Stage.COMMITTED, day(13), sudin, reason="Mitra kembali", is_step_back_meant=True)
    assert [stage for stage in AGREED if stage.is_behind(Stage.COMMITTED)] == []
    assert Support.objects.with_stage(on=day(13)).get().stage == Stage.COMMITTED


def test_second_writer_is_told_of_the_first(sudin: User) -> None:
    support = support_at(Stage.COMMITTED, on=day(10))
    seen = support.stage_changes.get().pk
    first = UserFactory.create(sudin=True, full_name="Staf Pertama")
    step(support, Stage.DISBURSED, day(20), first)
    with pytest.raises(ValidationError) as refused:
        step(support, Stage.CANCELLED, day(21), sudin, reason="Batal", last_seen=seen)
    [message] = refused.value.messages
    assert message == (
        "Staf Pertama baru saja mencatat tahap “Tersalur” sejak 20 Februari 2026. Isian Anda masih ada di bawah. "
        "Periksa, lalu simpan sekali lagi bila masih perlu."
    )


def test_attendance_is_recorded_once() -> None:
    event, partner, cooperative = EventFactory.create(), PartnerFactory.create(), CooperativeFactory.create()
    assert record_attendance(event=event, partners=[partner], cooperatives=[]) == 1
    assert record_attendance(event=event, partners=[partner], cooperatives=[cooperative]) == 1
    assert list(event.attendances.order_by("pk").values_list("partner", "cooperative")) == [
        (partner.pk, None),
        (None, cooperative.pk),
    ]


def both(event: Event) -> Attendance:
    return Attendance(event=event, partner=PartnerFactory.create(), cooperative=CooperativeFactory.create())


REFUSED: dict[str, Callable[[Attendance], object]] = {
    "support_sum_is_positive": lambda _there: SupportFactory.create(committed_idr=0),
    "cancelling_says_why": lambda _there: StageChangeFactory.create(stage=Stage.CANCELLED),
    "stage_is_known": lambda _there: StageChangeFactory.create(stage="somewhere"),
    "attendance_is_a_partner_or_a_cooperative": lambda there: Attendance.objects.create(event=there.event),
    "attendance is of one": lambda there: Attendance.objects.create(
        event=there.event, partner=PartnerFactory.create(), cooperative=CooperativeFactory.create()
    ),
    "partner_attends_once": lambda there: Attendance.objects.create(event=there.event, partner=there.partner),
    "cooperative_attends_once": lambda there: Attendance.objects.create(
        event=there.event, cooperative=Cooperative.objects.get()
    ),
    "event_once_a_day": lambda there: EventFactory.create(
        title=there.event.title, held_on=there.event.held_on
    ),
    "partner name": lambda _there: PartnerFactory.create(name=Partner.objects.get().name),
}


@pytest.mark.parametrize("rule", REFUSED)
def test_database_refuses(rule: str) -> None:
    event = EventFactory.create()
    there = Attendance.objects.create(event=event, partner=PartnerFactory.create())
    Attendance.objects.create(event=event, cooperative=CooperativeFactory.create())
    with pytest.raises(IntegrityError), transaction.atomic():
        REFUSED[rule](there)


@pytest.mark.parametrize(
    "statement",
    ["UPDATE partners_stagechange SET stage = 'completed'", "DELETE FROM partners_stagechange"],
)
def test_recorded_stages_stay(statement: str) -> None:
    StageChangeFactory.create()
    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
    assert StageChange.objects.get().stage == Stage.COMMITTED
