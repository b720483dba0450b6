"""Does the outlet still run: which milestone asks, what is answered, and what the record says to it."""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from kkmp.accounts.models import User
from outlets.models import Outlet
from partners.follow_ups import due_follow_ups, record_follow_up
from partners.models import Answer, FollowUp, Stage, Support
from tests import header
from tests.factories import OutletFactory, StatusChangeFactory, UserFactory, officer_of
from tests.partner_factories import DisbursementFactory, FollowUpFactory, support_at
from tests.reading import errors_of, page_of, text_of, values_of
from tests.refusal import assert_refused

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]
DAY = dt.date(2026, 3, 16)


def ago(days: int) -> dt.date:
    return DAY - dt.timedelta(days=days)


def paid(*days: int, outlet: Outlet | None = None, stage: Stage = Stage.DISBURSED, **more: Any) -> Support:
    """A support with money that many days ago."""
    outlet = outlet or OutletFactory.create()
    support = support_at(stage, on=ago(300), cooperative=outlet.cooperative, outlet=outlet, **more)
    for one in days:
        DisbursementFactory.create(support=support, paid_on=ago(one), verified=True)
    return support


def asked(on: dt.date = DAY) -> dict[int, int]:
    return {row.pk: row.due_days for row in due_follow_ups(Support.objects.all(), on=on)}


@pytest.mark.parametrize(
    ("days", "due"), [(29, None), (30, 30), (89, 30), (90, 90), (179, 90), (180, 180), (900, 180)]
)
def test_the_newest_milestone_reached_asks(days: int, due: int | None) -> None:
    support = paid(days)
    assert asked() == ({support.pk: due} if due else {})


def test_only_money_that_counts_starts_the_clock() -> None:
    last = paid(200, 40)
    unchecked = paid(200)
    DisbursementFactory.create(support=unchecked, paid_on=ago(40))
    taken_back = paid(200)
    DisbursementFactory.create(support=taken_back, paid_on=ago(40), verified=True, withdrawn=True)
    only_unchecked = paid()
    DisbursementFactory.create(support=only_unchecked, paid_on=ago(40))
    assert asked() == {last.pk: 30, unchecked.pk: 180, taken_back.pk: 180}
    assert asked(ago(50)) == {last.pk: 90, unchecked.pk: 90, taken_back.pk: 90}


def test_what_names_no_outlet_or_was_called_off_is_not_asked() -> None:
    support = support_at(Stage.DISBURSED, on=ago(300))
    DisbursementFactory.create(support=support, paid_on=ago(100), verified=True)
    paid(100, stage=Stage.CANCELLED)
    assert asked() == {}


def test_an_answer_silences_its_milestone_and_the_earlier_ones() -> None:
    support = paid(95)
    FollowUpFactory.create(support=support, days=30)
    assert asked() == {support.pk: 90}
    FollowUpFactory.create(support=support, days=90)
    assert asked() == {}
    other = paid(95)
    FollowUpFactory.create(support=other, days=90)
    assert asked() == {}


@pytest.fixture
def support() -> Support:
    return paid(95, partner__name="Mitra A")


@pytest.fixture
def officer(support: Support, client: Client) -> User:
    officer = officer_of(support.cooperative.kelurahan, full_name="Petugas Satu")
    client.force_login(officer)
    return officer


def address_of(support: Support) -> str:
    return reverse("partners:follow_up", args=[support.pk])


def test_officer_answers_and_the_page_says_what_is_recorded(
    client: Client, officer: User, support: Support
) -> None:
    StatusChangeFactory.create(outlet=support.outlet, idle=True, effective_on=ago(200))
    address = address_of(support)
    page = page_of(client, address)
    offered = [str(option["value"]) for option in page.select("select[name=days] option")]
    assert (offered, values_of(page)["days"]) == (["90", "30"], "90")
    typed = {"days": "90", "answer": "runs", "checked_on": "2026-03-15", "note": " Buka tiap hari "}
    said = BeautifulSoup(client.post(address, typed, follow=True).content, "html.parser")
    row = FollowUp.objects.get()
    assert (row.support, row.days, row.answer, row.checked_on, row.note, row.by) == (
        support, 90, "runs", dt.date(2026, 3, 15), "Buka tiap hari", officer,
    )  # fmt: skip
    contradiction = text_of(said, "main .alert.tone-idle")
    assert (
        "Jawaban terakhir: “Masih berjalan”. Status gerai yang tercatat hari ini: “Ada, belum berjalan”."
        in contradiction
    )
    report = reverse("reports:form", args=[support.cooperative.kelurahan_id, "2026-03"])
    assert [link["href"] for link in said.select("main .alert.tone-idle a")] == [report]
    assert "Hari ke-90 Masih berjalan diperiksa 15 Maret 2026 · Petugas Satu Buka tiap hari" in text_of(
        said, "section[aria-labelledby=answers]"
    )
    # An earlier milestone may still be told.
    assert [str(option["value"]) for option in said.select("select[name=days] option")] == ["30"]


@pytest.mark.parametrize(
    ("status", "answer", "differs"),
    [
        ("running", "runs", False),
        ("running", "stopped", True),
        ("running", "not_yet", True),
        ("idle", "runs", True),
        ("idle", "stopped", False),
        ("", "not_yet", False),
        ("", "runs", True),
    ],
)
def test_sudin_is_sent_to_the_decision_where_answer_and_record_differ(
    sudin_client: Client, support: Support, status: str, answer: str, *, differs: bool
) -> None:
    if status:
        StatusChangeFactory.create(
            outlet=support.outlet,
            effective_on=ago(200),
            **{status: True} if status == "idle" else {"status": status, "reason": ""},
        )
    FollowUpFactory.create(support=support, days=90, answer=answer, note="Catatan")
    links = page_of(sudin_client, address_of(support)).select("main .alert.tone-idle a")
    decide = reverse("outlets:decide", args=[support.outlet_id])
    assert [link["href"] for link in links] == ([decide] if differs else [])


@pytest.mark.parametrize(
    ("changes", "errors"),
    [
        ({"answer": "stopped"}, {"note": ["Tulis mengapa tidak berjalan."]}),
        ({"answer": ""}, {"answer": ["Bidang ini tidak boleh kosong."]}),
        (
            {"days": "90", "checked_on": "2026-03-10"},
            {"checked_on": ["Hari ke-90 baru tercapai 11 Maret 2026."]},
        ),
        ({"checked_on": "2026-03-17"}, {"checked_on": ["Tanggal ini belum terjadi; paling akhir hari ini."]}),
        ({"days": "30"}, {"days": ["Hari ke-30 sudah dicatat Petugas Lain: diperiksa 10 Februari 2026."]}),
        (
            {"days": "180"},
            {"days": ["Masukkan pilihan yang valid. 180 bukan salah satu dari pilihan yang tersedia."]},
        ),
    ],
)
def test_bad_answers_are_told_and_nothing_is_written(
    client: Client, officer: User, support: Support, changes: dict[str, str], errors: dict[str, list[str]]
) -> None:
    FollowUpFactory.create(support=support, days=30, by__full_name="Petugas Lain")
    typed = {"days": "90", "answer": "runs", "checked_on": "2026-03-15", "note": "", **changes}
    page = BeautifulSoup(client.post(address_of(support), typed).content, "html.parser")
    assert (errors_of(page), FollowUp.objects.count()) == (errors, 1)


def test_the_database_refuses_a_second_answer(support: Support) -> None:
    FollowUpFactory.create(support=support, days=30)
    assert_refused("follow_up_once_a_milestone", lambda: FollowUpFactory.create(support=support, days=30))


@pytest.mark.django_db(transaction=True)
def test_of_two_who_answer_at_once_one_is_told_who_did(support: Support) -> None:
    people = [UserFactory.create(full_name=name) for name in ("Satu", "Dua")]
    together = Barrier(2)

    def answer(by: User) -> str:
        together.wait()
        try:
            record_follow_up(support=support, days=90, answer=Answer.RUNS, checked_on=DAY, note="", by=by)
        except ValidationError as error:
            return error.messages[0]
        finally:
            connection.close()
        return ""

    with ThreadPoolExecutor(2) as pool:
        told = list(pool.map(answer, people))
    winner = FollowUp.objects.get().by
    assert sorted(told) == ["", f"Hari ke-90 sudah dicatat {winner}: diperiksa 16 Maret 2026."]


@pytest.mark.parametrize(
    ("make", "told"),
    [
        (lambda: paid(29), "Hari ke-30 sesudah penyaluran terakhir belum tercapai."),
        (paid, "Belum ada penyaluran yang diverifikasi"),
        (lambda: support_at(Stage.DISBURSED), "Bantuan ini tidak menyebut gerai"),
    ],
)
def test_page_says_why_there_is_nothing_to_answer(sudin_client: Client, make: Any, told: str) -> None:
    address = address_of(make())
    page = page_of(sudin_client, address)
    assert told in page.get_text()
    assert page.select("main form") == []
    typed = {"days": "30", "answer": "runs", "checked_on": "2026-03-15"}
    assert sudin_client.post(address, typed).status_code == 200
    assert FollowUp.objects.count() == 0


@pytest.mark.parametrize(("role", "status"), [("leader", 403), ("admin", 403), ("stranger", 404)])
def test_others_do_not_answer(client: Client, support: Support, role: str, status: int) -> None:
    user = (
        officer_of(OutletFactory.create().cooperative.kelurahan)
        if role == "stranger"
        else UserFactory.create(**{role: True})
    )
    client.force_login(user)
    typed = {"days": "90", "answer": "runs", "checked_on": "2026-03-15"}
    address = address_of(support)
    assert (client.get(address).status_code, client.post(address, typed).status_code) == (status, status)
    assert FollowUp.objects.count() == 0


@pytest.mark.parametrize("rows", [1, 3])
def test_page_costs_the_same_for_any_number_of_answers(
    sudin_client: Client, django_assert_num_queries: DjangoAssertNumQueries, rows: int
) -> None:
    support = paid(200)
    for days in (30, 90, 180)[:rows]:
        FollowUpFactory.create(support=support, days=days)
    with django_assert_num_queries(6 + header.SUDIN):
        page_of(sudin_client, address_of(support))
