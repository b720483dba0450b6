"""The leader's sheet: page, PDF and workbook say the same; which area it is of; what it costs; who it is logged for."""

import datetime as dt
import io
import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from typing import Any

import pytest
import time_machine
from bs4 import BeautifulSoup
from django.conf import settings
from django.core.management import call_command
from django.test import Client, RequestFactory
from django.utils import timezone, translation
from pypdf import PdfReader
from pytest_django import DjangoAssertNumQueries
from python_calamine import CalamineWorkbook

from cooperatives.asof import read_view
from kkmp.accounts.models import AccessEvent, User, Verb
from kkmp.pages.sheet.build import make_sheet
from kkmp.pages.sheet.definition import Sheet, texts
from tests import header
from tests.factories import CapitalNeedFactory, PaperFactory, StatusChangeFactory, UserFactory
from tests.partner_factories import StageChangeFactory
from tests.seeded import AUTUMN, FEW
from tests.table_rows import Recall

pytestmark = pytest.mark.django_db
GROUPS = ("bigs", "keys", "risks", "map", "blocks")


def sheet_of(user: User, address: str) -> Sheet:
    request = RequestFactory().get(address)
    request.user = user
    return make_sheet(read_view(request), printed_at=timezone.now())


def squeezed(text: str) -> str:
    """Without what differs by nature: line breaks, spaces between words, hyphens where a line ends."""
    return re.sub(r"[\s\u00ad-]", "", text)


def said_together(said: Any) -> Iterator[str]:
    """What has to stand side by side: a figure with its label and notes, a line of the table, a name on the map."""
    if isinstance(said, list):
        for one in said:
            yield from said_together(one)
    elif is_dataclass(said):
        nested = [getattr(said, one.name) for one in fields(said)]
        if any(isinstance(value, list) and value and is_dataclass(value[0]) for value in nested):
            yield from (part for value in nested for part in said_together(value))
            yield from texts([value for value in nested if isinstance(value, str)])
        else:
            yield "".join(texts(said))


def expected_of(sheet: Sheet) -> list[str]:
    wanted = [squeezed(text) for text in texts(sheet)]
    wanted += [squeezed(text) for name in GROUPS for text in said_together(getattr(sheet, name))]
    wanted += [squeezed("".join(texts(line))) for line in (*sheet.areas.rows, sheet.areas.total)]
    return wanted


def pdf_text(content: bytes) -> str:
    return squeezed("".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages))


def assert_both_say_all(client: Client, user: User, address: str, language: str) -> Sheet:
    client.force_login(user)
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    with translation.override(language):
        sheet = sheet_of(user, address)
    wanted = expected_of(sheet)
    page = BeautifulSoup(client.get(address).content, "html.parser").select_one("article.sheet")
    assert page is not None
    shown = squeezed(page.get_text())
    separator = "&" if "?" in address else "?"
    printed = pdf_text(client.get(f"{address}{separator}format=pdf").content)
    missing = {text: (text in shown, text in printed) for text in wanted}
    assert {text: found for text, found in missing.items() if found != (True, True)} == {}
    return sheet


@pytest.fixture
def leader() -> User:
    return UserFactory.create(leader=True)


@pytest.fixture
def autumn() -> Iterator[None]:
    with time_machine.travel(dt.datetime.combine(AUTUMN, dt.time(5), tzinfo=dt.UTC), tick=False):
        yield


@pytest.fixture
def city(db: None, autumn: None, recall: Recall) -> None:
    def make() -> None:
        call_command("seed_reference")
        call_command("seed_demo", members=FEW)

    recall("city at noon", make)


@pytest.mark.parametrize("language", ["id", "en"])
def test_page_and_pdf_say_everything_of_the_sample_city(client: Client, language: str, city: None) -> None:
    sheet = assert_both_say_all(client, User.objects.get(username="pimpinan"), "/sheet/", language)
    assert (len(sheet.risks), len(sheet.map), len(sheet.areas.rows)) == (3, 65, 10)
    assert_both_say_all(client, User.objects.get(username="petugas.tebet"), "/sheet/?on=2026-03-01", language)


@pytest.mark.usefixtures("reference", "today")
@pytest.mark.parametrize("language", ["id", "en"])
def test_page_and_pdf_say_everything_where_nothing_is_recorded(
    client: Client, leader: User, language: str
) -> None:
    """With the published figures, a mistyped day and the records of another day."""
    sheet = assert_both_say_all(client, leader, "/sheet/?on=kemarin&known=2026-03-01", language)
    assert [big.figure.value for big in sheet.bigs] == [0, 0, 0, 65, 0]
    assert [line.figure.value for line in sheet.blocks[-1].lines] == [10, 19, 36]
    assert (len(sheet.problems), [risk.count for risk in sheet.risks]) == (1, [65])


@pytest.mark.usefixtures("today")
def test_workbook_holds_the_figures_as_numbers(client: Client, leader: User) -> None:
    for trait in ("idle", "none", "none"):
        StatusChangeFactory.create(**{trait: True})
    client.force_login(leader)
    answer = client.get("/sheet/?format=xlsx")
    book = CalamineWorkbook.from_filelike(io.BytesIO(answer.content))
    rows = book.get_sheet_by_index(0).to_python()
    sheet = sheet_of(leader, "/sheet/")
    assert [row[2] for row in rows if row[1] in {big.label for big in sheet.bigs}][: len(sheet.bigs)] == [
        big.figure.value for big in sheet.bigs
    ]
    assert [big.figure.value for big in sheet.bigs][:3] == [0, 1, 2]
    assert answer["Content-Disposition"] == (
        'attachment; filename="lembar-pimpinan-2026-03-16-jakarta-selatan.xlsx"'
    )


@pytest.mark.usefixtures("today")
@pytest.mark.parametrize("kind", ["pdf", "xlsx"])
def test_files_are_logged(client: Client, leader: User, kind: str) -> None:
    client.force_login(leader)
    client.get(f"/sheet/?format={kind}&on=2026-03-01")
    [event] = AccessEvent.objects.filter(verb=Verb.EXPORTED)
    assert (event.user, event.target) == (
        leader,
        f"Lembar Pimpinan ({kind.upper()}) per 01/03/2026, Kota Administrasi Jakarta Selatan",
    )


@pytest.mark.usefixtures("today")
def test_classes_are_those_of_the_dashboard(client: Client, leader: User) -> None:
    for trait in ("idle", "none", "none"):
        StatusChangeFactory.create(**{trait: True})
    client.force_login(leader)
    dashboard = BeautifulSoup(client.get("/").content, "html.parser")
    tiles = [int(str(link["data-figure"])) for link in dashboard.select(".tile .tile-value a[data-figure]")]
    assert [big.figure.value for big in sheet_of(leader, "/sheet/").bigs][:3] == tiles[:3]


@pytest.mark.usefixtures("today")
@pytest.mark.parametrize("query", ["on=besok", "kecamatan=x", "known=1", "since=2027-01-01", "format=doc"])
def test_odd_questions_get_a_sheet(client: Client, leader: User, query: str) -> None:
    StatusChangeFactory.create(none=True)
    client.force_login(leader)
    assert BeautifulSoup(client.get(f"/sheet/?{query}").content, "html.parser").select("article.sheet")


@pytest.mark.usefixtures("today")
@pytest.mark.parametrize(("kind", "queries"), [("html", 21 + header.LEADER), ("pdf", 22), ("xlsx", 22)])
def test_sheet_costs_the_same_for_three_as_for_one(
    client: Client, leader: User, kind: str, queries: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client.force_login(leader)

    def add() -> None:
        change = StatusChangeFactory.create(idle=True)
        CapitalNeedFactory.create(outlet=change.outlet)
        PaperFactory.create(cooperative=change.cooperative)
        StageChangeFactory.create(support__cooperative=change.cooperative)

    for more in (1, 2):
        for _row in range(more):
            add()
        with django_assert_num_queries(queries):
            client.get(f"/sheet/?format={kind}")


def test_pdf_is_one_page_of_the_sample_city(client: Client, city: None) -> None:
    client.force_login(User.objects.get(username="pimpinan"))
    pages = PdfReader(io.BytesIO(client.get("/sheet/?format=pdf").content)).pages
    assert [(round(page.mediabox.width), round(page.mediabox.height)) for page in pages] == [(595, 842)]
