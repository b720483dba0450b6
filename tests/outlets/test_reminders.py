"""Words to remind with: whose they are, what they say, and the one e-mail a day."""

import datetime as dt
from io import StringIO
from typing import Any

import pytest
from django.core.mail import EmailMessage
from django.core.management import CommandError, call_command
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from cooperatives.models import Cooperative, ParameterKey
from kkmp.accounts.models import AccessEvent, User, Verb
from outlets.reminders import read_reminders
from tests import failing_mail, header
from tests.factories import (
    AreaGrantFactory,
    CooperativeFactory,
    KelurahanFactory,
    ParameterFactory,
    UserFactory,
    officer_of,
)
from tests.member_factories import MemberFactory
from tests.reading import page_of
from tests.report_steps import at, report

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]
DAY = dt.date(2026, 3, 16)
FEBRUARY = dt.date(2026, 2, 1)
URL = "https://kkmp.contoh.example"


@pytest.fixture(autouse=True)
def asked_since_february(db: None) -> None:
    ParameterFactory.create(key=ParameterKey.REPORT_SINCE, value=1, starts_on=FEBRUARY)


def kept(name: str, **officer: Any) -> Cooperative:
    cooperative = CooperativeFactory.create(kelurahan=KelurahanFactory.create(name=name))
    officer_of(cooperative.kelurahan, **officer)
    return cooperative


@pytest.fixture
def melawai() -> Cooperative:
    """Has sent nothing of February."""
    return kept("Melawai", username="petugas", full_name="Petugas Satu", email="petugas@contoh.example")


def remind(*options: str) -> list[str]:
    said = StringIO()
    call_command("send_reminders", "--address", URL, *options, stdout=said)
    return said.getvalue().splitlines()


def text_for_melawai(cooperative: Cooperative) -> str:
    return (
        "Laporan bulanan KKMP, per 16 Maret 2026:\n"
        "\n"
        "*Februari 2026* (batasnya 7 Maret 2026, sudah lewat)\n"
        "- Melawai: belum lapor\n"
        f"  {URL}/reports/{cooperative.kelurahan_id}/2026-02/\n"
        "\n"
        "Bila tidak ada perubahan, cukup satu ketukan: “Tidak ada perubahan, sudah dicek”."
    )


def test_an_officer_is_written_to_once_a_day(melawai: Cooperative, mailoutbox: list[EmailMessage]) -> None:
    assert remind() == [
        "petugas: 1 laporan",
        "Dikirim: 1; sudah diingatkan: 0; tanpa e-mail: 0; gagal: 0.",
    ]
    assert [(mail.to, mail.subject, mail.body) for mail in mailoutbox] == [
        (
            ["petugas@contoh.example"],
            "Laporan bulanan KKMP per 16 Maret 2026",
            text_for_melawai(melawai),
        )
    ]
    assert remind()[-1] == "Dikirim: 0; sudah diingatkan: 1; tanpa e-mail: 0; gagal: 0."
    assert len(mailoutbox) == 1
    [event] = AccessEvent.objects.filter(verb=Verb.REMINDED)
    assert (event.user and event.user.username, event.target) == ("petugas", "laporan bulanan 2026-03-16")


def test_a_dry_run_says_everything_and_sends_nothing(
    melawai: Cooperative, mailoutbox: list[EmailMessage]
) -> None:
    assert remind("--dry-run") == [
        "petugas: 1 laporan",
        "Laporan bulanan KKMP per 16 Maret 2026",
        "",
        *text_for_melawai(melawai).split("\n"),
        "Tidak ada yang dikirim. Akan dikirim: 1; sudah diingatkan: 0; tanpa e-mail: 0.",
    ]
    assert (mailoutbox, AccessEvent.objects.filter(verb=Verb.REMINDED).count()) == ([], 0)


def test_who_is_up_to_date_or_has_no_address_is_not_written_to(mailoutbox: list[EmailMessage]) -> None:
    done = kept("Selesai", username="selesai", email="selesai@contoh.example")
    report(FEBRUARY, ("submitted", at(3, 2)), ("verified", at(3, 3)), cooperative=done)
    kept("Bangka", username="tanpa", email="")
    said = remind()
    assert [line for line in said if line.startswith(("selesai", "tanpa"))] == [
        "tanpa: 1 laporan, tanpa e-mail"
    ]
    assert mailoutbox == []


def test_one_bad_address_keeps_nobody_waiting(
    melawai: Cooperative, mailoutbox: list[EmailMessage], settings: Any
) -> None:
    settings.EMAIL_BACKEND = "tests.failing_mail.EmailBackend"
    kept("Awal", username="rusak", full_name="A", email=failing_mail.REFUSED)
    with pytest.raises(CommandError, match="1 pengingat gagal dikirim; lihat log"):
        remind()
    assert [mail.to for mail in mailoutbox] == [["petugas@contoh.example"]]
    # Nothing is remembered of the one that failed: the next run tries it again.
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    assert remind()[-1] == "Dikirim: 1; sudah diingatkan: 1; tanpa e-mail: 0; gagal: 0."


def test_sudin_hears_of_what_waits_and_of_what_has_no_officer(
    melawai: Cooperative, mailoutbox: list[EmailMessage]
) -> None:
    UserFactory.create(sudin=True, email="sudin@contoh.example")
    lost = CooperativeFactory.create(kelurahan=KelurahanFactory.create(name="Lepas"))
    AreaGrantFactory.create(kelurahan=lost.kelurahan, ends_on=dt.date(2026, 3, 15))
    sent = kept("Kirim", email="")
    report(FEBRUARY, ("submitted", at(3, 2)), cooperative=sent)
    remind()
    [mail] = [mail for mail in mailoutbox if mail.to == ["sudin@contoh.example"]]
    areas = sorted((one.kelurahan.kecamatan.name, one.kelurahan.name) for one in (melawai, lost))
    assert str(mail.body).split("\n") == [
        "Menunggu pemeriksaan Anda: 1 laporan.",
        f"{URL}/reports/queue/",
        "",
        "Laporan Februari 2026 (paling lambat 7 Maret 2026): 1 dari 3 sudah dikirim.",
        *(f"- {kecamatan} 0/1: {kelurahan} (belum lapor)" for kecamatan, kelurahan in areas),
        "",
        f"{URL}/reports/",
        "",
        "Tidak ada petugas yang memegang wilayahnya hari ini:",
        "- Lepas, Februari 2026: belum lapor",
    ]


def test_a_bad_day_is_told_in_words() -> None:
    with pytest.raises(CommandError, match="bukan tanggal"):
        remind("--on", "besok")


def test_nobody_in_charge_is_one_rule(melawai: Cooperative) -> None:
    """As tasks ask the database, so do reminders."""
    gone = CooperativeFactory.create()
    AreaGrantFactory.create(kelurahan=gone.kelurahan, user__is_active=False)
    everything = Cooperative.objects.all()
    found = read_reminders(everything, on=DAY)
    assert (
        {one.cooperative for one in found.without_keeper} == set(everything.without_officer_on(DAY)) == {gone}
    )


# --- the page -----------------------------------------------------------------


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def texts_on(user: User) -> list[str]:
    page = page_of(client_of(user), "/reports/reminders/")
    return [text.get_text() for text in page.select(".message-text")]


def test_an_officer_finds_the_text_of_the_own_area_without_persons(melawai: Cooperative) -> None:
    kept("Jauh", full_name="Petugas Jauh")
    member = MemberFactory.create(cooperative=melawai)
    own, area = texts_on(User.objects.get(username="petugas"))
    assert own == text_for_melawai(melawai).replace(URL, "http://testserver")
    assert area.split("\n")[0] == (
        f"Laporan bulanan KKMP Kecamatan {melawai.kelurahan.kecamatan}, per 16 Maret 2026:"
    )
    for secret in (member.full_name, "Petugas Satu", "Jauh", "contoh.example"):
        assert secret not in own + area


def test_sudin_finds_a_text_for_each_officer_and_who_has_none(melawai: Cooperative) -> None:
    lost = CooperativeFactory.create()
    page = page_of(client_of(UserFactory.create(sudin=True)), "/reports/reminders/")
    heads = [head.get_text(" ", strip=True) for head in page.select("section[aria-labelledby=people] h3")]
    assert heads == ["Petugas Satu 1 laporan"]
    assert [link["href"] for link in page.select(".alert li a")] == [
        f"/reports/{lost.kelurahan_id}/2026-02/",
        f"/access/cooperatives/{lost.kelurahan_id}/",
    ]


@pytest.mark.parametrize("role", ["leader", "admin"])
def test_who_writes_no_reports_reminds_nobody(role: str) -> None:
    assert client_of(UserFactory.create(**{role: True})).get("/reports/reminders/").status_code == 403


@pytest.mark.parametrize("rows", [1, 3])
def test_page_costs_the_same_for_any_number(
    rows: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(rows):
        kept(f"K{number}")
        CooperativeFactory.create()
    sudin = client_of(UserFactory.create(sudin=True))
    with django_assert_num_queries(6 + header.SUDIN):
        page_of(sudin, "/reports/reminders/")
