"""What Sudin decides, corrects and takes back, below the pages; and two people at once."""

import datetime as dt
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from kkmp.accounts.models import User
from outlets.models import ChangeSource, Outlet, Reason, Status, StatusChange
from outlets.outlet_class import with_status
from outlets.services import decide_status, retract_change
from tests.factories import CooperativeFactory, OutletFactory, StatusChangeFactory, UserFactory

DAY = dt.date(2026, 3, 1)


@pytest.fixture
def sudin(db: None) -> User:
    return UserFactory.create(sudin=True)


def decided(outlet: Outlet, by: User, **values: object) -> StatusChange:
    given: dict[str, object] = {
        "status": Status.RUNNING,
        "reason": "",
        "note": "Hasil kunjungan",
        "effective_on": DAY,
        "by": by,
    }
    return decide_status(cooperative=outlet.cooperative, outlet=outlet, **(given | values))  # type: ignore[arg-type]


def message_of(write: Callable[[], object]) -> dict[str, list[str]] | list[str]:
    with pytest.raises(ValidationError) as refusal:
        write()
    return refusal.value.message_dict if hasattr(refusal.value, "error_dict") else refusal.value.messages


def test_decision_is_recorded_with_who_and_when(today: dt.date, sudin: User) -> None:
    outlet = OutletFactory.create()
    change = decided(outlet, sudin, status=Status.IDLE, reason=Reason.STAFF, note="  Pengelola berhenti ")
    change.refresh_from_db()
    assert (change.cooperative, change.outlet, change.status, change.reason) == (
        outlet.cooperative,
        outlet,
        "idle",
        "staff",
    )
    assert (change.note, change.effective_on, change.recorded_by) == ("Pengelola berhenti", DAY, sudin)
    assert (change.recorded_at, change.source, change.is_live) == (
        timezone.now(),
        ChangeSource.DECISION,
        True,
    )


def test_refusals_are_messages_for_the_page(today: dt.date, sudin: User) -> None:
    outlet = decided(OutletFactory.create(), sudin).outlet
    assert outlet is not None
    assert message_of(lambda: decided(outlet, sudin, status=Status.CLOSED)) == {
        "__all__": ["Gerai ini sudah punya perubahan status pada tanggal itu."]
    }
    assert message_of(lambda: decided(outlet, sudin, effective_on=today + dt.timedelta(days=1))) == {
        "effective_on": ["Tanggal berlaku tidak boleh di masa depan."]
    }
    assert message_of(lambda: decided(outlet, sudin, effective_on=today, status=Status.IDLE)) == {
        "__all__": ["Gerai yang belum berjalan perlu sebab; status lain tidak."]
    }
    assert message_of(lambda: decided(outlet, sudin, effective_on=today, note=" ")) == {
        "__all__": ["Tulis alasan keputusan ini."]
    }
    assert message_of(lambda: decided(outlet, sudin, effective_on=today, note="x" * 501))["note"]  # type: ignore[call-overload]
    assert StatusChange.objects.count() == 1


def test_correction_retracts_and_adds_at_one_instant(sudin: User) -> None:
    outlet = OutletFactory.create()
    with time_machine.travel(dt.datetime(2026, 3, 2, tzinfo=dt.UTC), tick=False):
        wrong = decided(outlet, sudin)
    with time_machine.travel(dt.datetime(2026, 3, 9, tzinfo=dt.UTC), tick=False):
        right = decided(outlet, sudin, status=Status.IDLE, reason=Reason.STOCK, note="Keliru", replaces=wrong)
    wrong.refresh_from_db()
    assert wrong.retracted_at == right.recorded_at == dt.datetime(2026, 3, 9, tzinfo=dt.UTC)
    assert (wrong.retracted_by, wrong.retract_note) == (sudin, "Keliru")
    for known_at, status in (
        (wrong.recorded_at, "running"),
        (right.recorded_at - dt.timedelta(microseconds=1), "running"),
        (right.recorded_at, "idle"),
        (None, "idle"),
    ):
        assert with_status(Outlet.objects.all(), on=DAY, known_at=known_at).get().status == status


def test_correction_that_is_refused_retracts_nothing(sudin: User) -> None:
    outlet = OutletFactory.create()
    change = decided(outlet, sudin)
    decided(outlet, sudin, status=Status.CLOSED, effective_on=DAY + dt.timedelta(days=1))
    onto_the_other = {"replaces": change, "effective_on": DAY + dt.timedelta(days=1)}
    assert message_of(lambda: decided(outlet, sudin, **onto_the_other)) == {
        "__all__": ["Gerai ini sudah punya perubahan status pada tanggal itu."]
    }
    assert StatusChange.objects.live().count() == 2
    elsewhere = StatusChangeFactory.create()
    assert message_of(lambda: decided(outlet, sudin, replaces=elsewhere)) == [
        "Perubahan yang dikoreksi milik koperasi lain."
    ]
    assert StatusChange.objects.live().count() == 3


def test_retraction_needs_a_reason_and_happens_once(sudin: User) -> None:
    change = StatusChangeFactory.create()
    assert message_of(lambda: retract_change(change, note=" ", by=sudin)) == {"note": ["Tulis alasannya."]}
    retract_change(change, note=" Salah gerai ", by=sudin)
    assert (change.is_live, change.retract_note, change.retracted_by) == (False, "Salah gerai", sudin)
    assert message_of(lambda: retract_change(change, note="Lagi", by=UserFactory.create(sudin=True))) == [
        "Perubahan ini sudah dicabut orang lain. Muat ulang halaman untuk melihat yang berlaku."
    ]
    change.refresh_from_db()
    assert (change.retract_note, change.retracted_by) == ("Salah gerai", sudin)


def test_clock_that_was_set_back_does_not_stop_a_retraction(sudin: User) -> None:
    change = StatusChangeFactory.create(recorded_at=timezone.now() + dt.timedelta(minutes=5))
    retract_change(change, note="Salah catat", by=sudin)
    assert change.retracted_at == change.recorded_at


@pytest.mark.parametrize(
    ("status", "reason", "is_refused"),
    [
        (Status.RUNNING, "", True),
        (Status.IDLE, Reason.STOCK, True),
        (Status.PREPARING, "", False),
        (Status.CLOSED, "", False),
    ],
)
def test_none_is_refused_beside_an_outlet_that_stands(
    sudin: User, status: Status, reason: str, *, is_refused: bool
) -> None:
    outlet = OutletFactory.create(name="Gerai Berdiri")
    decided(outlet, sudin, status=status, reason=reason)

    def say_none(day: dt.date) -> StatusChange:
        return decide_status(
            cooperative=outlet.cooperative,
            outlet=None,
            status=Status.NONE,
            reason="",
            note="Diperiksa",
            effective_on=day,
            by=sudin,
        )

    say_none(DAY - dt.timedelta(days=1))
    if is_refused:
        message = (
            f"Pada 1 Maret 2026 gerai “Gerai Berdiri” tercatat “{status.label}”; "
            "koperasi ini tidak bisa dinyatakan belum punya gerai."
        )
        assert message_of(lambda: say_none(DAY)) == {"effective_on": [message]}
    else:
        assert say_none(DAY).outlet is None


# --- two people at once -------------------------------------------------------

ROUNDS = 4


def at_once(people: list[User], submit: Callable[[Client], object]) -> list[object]:
    together = threading.Barrier(len(people))

    def one(user: User) -> object:
        client = Client()
        client.force_login(user)
        together.wait()
        try:
            return submit(client)
        finally:
            connection.close()

    with ThreadPoolExecutor(len(people)) as pool:
        return list(pool.map(one, people))


@pytest.mark.django_db(transaction=True)
def test_of_two_who_decide_for_one_outlet_and_day_one_is_told() -> None:
    people = UserFactory.create_batch(2, sudin=True)
    for _turn in range(ROUNDS):
        outlet = OutletFactory.create()
        address = reverse("outlets:decide", args=[outlet.pk])
        typed = {"status": "running", "effective_on": "2026-03-01", "note": "Hasil kunjungan"}

        def submit(client: Client, address: str = address, typed: dict[str, str] = typed) -> tuple[int, bool]:
            response = client.post(address, typed)
            told = "Gerai ini sudah punya perubahan status pada tanggal itu." in response.content.decode()
            return response.status_code, told and "Hasil kunjungan" in response.content.decode()

        assert sorted(at_once(people, submit)) == [(200, True), (302, False)]  # type: ignore[type-var]
        assert outlet.status_changes.count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_who_retract_one_change_one_is_told() -> None:
    people = UserFactory.create_batch(2, sudin=True)
    for _turn in range(ROUNDS):
        change = StatusChangeFactory.create()
        address = reverse("outlets:retract", args=[change.pk])

        def submit(client: Client, address: str = address) -> str:
            response = client.post(address, {"note": "Salah catat"}, follow=True)
            page = response.content.decode()
            told = "sudah dicabut orang lain" in page or "Perubahan itu sudah dicabut oleh" in page
            return "told" if told else "done" if "Perubahan status dicabut" in page else page

        assert sorted(at_once(people, submit)) == ["done", "told"]  # type: ignore[type-var]
        change.refresh_from_db()
        assert not change.is_live


@pytest.mark.django_db(transaction=True)
def test_of_two_clicks_on_save_one_outlet_remains() -> None:
    user = UserFactory.create(sudin=True)
    for _turn in range(ROUNDS):
        cooperative = CooperativeFactory.create()
        address = reverse("outlets:add", args=[cooperative.kelurahan_id])

        def submit(client: Client, address: str = address) -> int:
            return client.post(address, {"name": "Gerai Baru", "kind": "grocery"}).status_code

        assert sorted(at_once([user, user], submit)) == [200, 302]  # type: ignore[type-var]
        assert [outlet.name for outlet in cooperative.outlets.all()] == ["Gerai Baru"]
