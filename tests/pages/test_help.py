"""Help: a chapter for each role, pictures that exist, are described and are light, and links that open."""

from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from django.conf import settings
from django.test import Client
from django.urls import reverse
from PIL import Image
from pytest_django import DjangoAssertNumQueries

from kkmp.accounts.models import Role
from kkmp.pages.help import PICTURE_HEIGHT, PICTURE_WIDTH
from kkmp.pages.help_words import CHAPTERS
from tests.factories import UserFactory
from tests.reading import page_of

pytestmark = pytest.mark.django_db
HELP = reverse("help")
PICTURES = Path(settings.BASE_DIR) / "static" / "help"
NAMED = sorted({step.picture for chapter in CHAPTERS.values() for step in chapter.steps})
HEAVIEST = 40 * 1024


def test_every_role_has_five_steps() -> None:
    assert {role: len(CHAPTERS[role].steps) for role in Role} == dict.fromkeys(Role, 5)
    assert [chapter.role for chapter in CHAPTERS.values()] == list(Role)


def test_pictures_are_those_that_are_named() -> None:
    assert sorted(path.stem for path in PICTURES.glob("*")) == NAMED


@pytest.mark.parametrize("name", NAMED)
def test_picture_is_light_and_of_the_size_the_page_keeps_free(name: str) -> None:
    path = PICTURES / f"{name}.webp"
    with Image.open(path) as picture:
        assert (picture.format, picture.size) == ("WEBP", (PICTURE_WIDTH, PICTURE_HEIGHT))
    assert path.stat().st_size <= HEAVIEST


@pytest.mark.parametrize("role", list(Role))
def test_own_chapter_has_pictures_in_words_and_links_that_open(client: Client, role: Role) -> None:
    client.force_login(UserFactory.create(role=role))
    page = page_of(client, HELP)
    steps = page.select(".help-steps > li")
    assert [step.h3.get_text() for step in steps if step.h3] == [
        str(one.title) for one in CHAPTERS[role].steps
    ]
    for picture in page.select(".help-steps img"):
        assert (picture["loading"], len(str(picture["alt"])) > 20) == ("lazy", True)
    assert [client.get(str(step.a["href"])).status_code for step in steps if step.a] == [200] * 5


def test_other_chapters_are_read_without_links(client: Client) -> None:
    client.force_login(UserFactory.create())
    page = page_of(client, f"{HELP}?role=admin")
    assert [step.a for step in page.select(".help-steps > li")] == [None] * 5
    assert [tab["href"] for tab in page.select(".tabs a[aria-current]")] == ["?role=admin"]
    own = page_of(client, f"{HELP}?role=nobody")
    assert [tab["href"] for tab in own.select(".tabs a[aria-current]")] == ["?role=officer"]


def test_help_is_open_and_says_whom_to_ask(
    client: Client, settings: object, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    settings.HELP_CONTACT = "Meja Bantuan, 021-000"  # type: ignore[attr-defined]
    with django_assert_num_queries(0):
        response = client.get(f"{HELP}?role=admin")
    page = BeautifulSoup(response.content, "html.parser")
    assert page.select(".help-steps") == []
    assert "Meja Bantuan, 021-000" in page.get_text()
    assert [section["aria-labelledby"] for section in page.select("main section")] == [
        "sign-in",
        "words",
        "keys",
        "whom",
    ]


@pytest.mark.parametrize("address", ["/members/", "/outlets/", "/outlets/needs/", "/partners/supports/"])
def test_empty_states_lead_to_the_help(client: Client, address: str) -> None:
    client.force_login(UserFactory.create(sudin=True))
    page = page_of(client, address)
    assert [link["href"] for link in page.select(".empty p a")] == [HELP]
