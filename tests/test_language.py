"""English beside Indonesian: the switch, numbers and dates, whole pages, files."""

import datetime as dt
import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from html import unescape
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.conf import settings
from django.db.models import TextChoices
from django.test import Client
from django.urls import reverse
from django.utils import translation

from kkmp.accounts.models import Role
from kkmp.languages import in_every_language
from kkmp.templatetags import ui
from outlets.models import OutletKind, Reason, Status
from outlets.opening import COLUMNS
from outlets.spellings import parse_kind, parse_reason, parse_status
from tests.factories import CapitalNeedFactory, OutletFactory, UserFactory
from tests.member_factories import MemberFactory
from tests.planted import text_of
from tests.reading import values_of
from tests.scope_addresses import ADDRESSES
from tests.test_catalogues import ENGLISH, messages, texts
from tests.test_scope import (
    ADMIN_ROUTES,
    OUR_ROUTES,
    World,
    admin_address,
    name_of,
    person_with,
    world,
)

__all__ = ["world"]


@pytest.fixture
def english(client: Client) -> Client:
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    return client


# --- the switch ---------------------------------------------------------------


def choose(client: Client, code: str, **more: str) -> Any:
    return client.post(reverse("set_language"), {"language": code}, headers=more)


def heading(client: Client, address: str) -> tuple[str, str]:
    page = BeautifulSoup(client.get(address).content, "html.parser")
    assert page.html
    assert page.h1
    return str(page.html["lang"]), page.h1.get_text()


def test_language_is_chosen_on_the_sign_in_page_and_kept(client: Client, db: None) -> None:
    address = reverse("account_login")
    assert heading(client, address) == ("id", "Masuk")
    answer = choose(client, "en", referer=f"http://testserver{address}")
    assert (answer.status_code, answer["Location"]) == (302, f"http://testserver{address}")
    cookie = answer.cookies[settings.LANGUAGE_COOKIE_NAME]
    assert (cookie["max-age"], cookie["samesite"], cookie["httponly"]) == (60 * 60 * 24 * 365, "Lax", True)
    assert heading(client, address) == ("en", "Sign in")
    choose(client, "id")
    assert heading(client, address) == ("id", "Masuk")


def test_language_is_chosen_in_the_menu_of_the_account(client: Client, db: None) -> None:
    client.force_login(UserFactory.create(sudin=True))
    page = BeautifulSoup(client.get(reverse("cooperatives:list")).content, "html.parser")
    [form] = page.select(f".site-head form[action='{reverse('set_language')}']")
    buttons = [
        (one["value"], one["lang"], one.get_text(), one["aria-pressed"]) for one in form.select("button")
    ]
    assert buttons == [("id", "id", "Bahasa Indonesia", "true"), ("en", "en", "English", "false")]


@pytest.mark.parametrize("code", ["fr", "", "en\x00", "x" * 10_000, "../../en", "EN-gb"])
def test_other_languages_are_not_spoken(client: Client, db: None, code: str) -> None:
    assert choose(client, code).status_code == 302
    assert heading(client, reverse("account_login")) == ("id", "Masuk")


def test_the_browser_does_not_choose(client: Client, db: None) -> None:
    page = client.get(reverse("account_login"), headers={"accept-language": "en"})
    assert page["Content-Language"] == "id"


@pytest.mark.parametrize("back", ["https://evil.example/", "//evil.example", "javascript:alert(1)", ""])
def test_switch_returns_to_this_site_only(client: Client, db: None, back: str) -> None:
    by_field = client.post(reverse("set_language"), {"language": "en", "next": back})
    assert (by_field["Location"], choose(client, "en", referer=back)["Location"]) == ("/", "/")


def test_switch_is_a_form(client: Client, db: None) -> None:
    """A link from elsewhere must not change it."""
    assert client.get(reverse("set_language"), {"language": "en"}).status_code == 405


# --- numbers and dates --------------------------------------------------------

WRITTEN: list[tuple[Callable[[], str], str, str]] = [
    (lambda: ui.number(1_250_000), "1.250.000", "1,250,000"),
    (lambda: ui.number(-12), "−12", "−12"),
    (lambda: ui.number(None), "–", "–"),
    (lambda: ui.signed(1_300), "+1.300", "+1,300"),
    (lambda: ui.share(17, 65), "26\u00a0%", "26%"),
    (lambda: ui.share(17, 0), "–", "–"),
    (lambda: ui.rupiah(1_250_000), "Rp\u00a01.250.000", "Rp\u00a01,250,000"),
    (lambda: ui.rupiah_short(437_000_000), "Rp\u00a0437\u00a0jt", "Rp\u00a0437\u00a0m"),
    (lambda: ui.rupiah_short(2_240_000_000), "Rp\u00a02,24\u00a0M", "Rp\u00a02.24\u00a0bn"),
    (lambda: ui.rupiah_short(1_500_000_000_000), "Rp\u00a01,5\u00a0T", "Rp\u00a01.5\u00a0tn"),
    (lambda: ui.rupiah_short(999_000), "Rp\u00a0999.000", "Rp\u00a0999,000"),
    (lambda: ui.number(Decimal(1250)), "1.250", "1,250"),
    (lambda: ui.tanggal(dt.date(2025, 10, 1)), "1 Oktober 2025", "1 October 2025"),
    (lambda: ui.tanggal_short(dt.date(2025, 10, 1)), "01/10/2025", "01/10/2025"),
    (lambda: ui.bulan(dt.date(2025, 10, 1)), "Oktober 2025", "October 2025"),
    (
        lambda: ui.waktu(dt.datetime(2025, 10, 1, 7, 5, tzinfo=dt.UTC)),
        "1 Oktober 2025 14.05",
        "1 October 2025 14:05",
    ),
]


@pytest.mark.parametrize(("write", "indonesian", "in_english"), WRITTEN)
def test_numbers_and_dates_in_the_way_of_the_language(
    write: Callable[[], str], indonesian: str, in_english: str
) -> None:
    with translation.override("id"):
        assert write() == indonesian
    with translation.override("en"):
        assert write() == in_english


def test_an_amount_is_typed_back_as_the_page_shows_it(english: Client, db: None, today: dt.date) -> None:
    """The box of a form holds “1,250,000”; saving it unchanged must change nothing."""
    need = CapitalNeedFactory.create(amount_idr=1_250_000)
    english.force_login(UserFactory.create(sudin=True))
    address = reverse("outlets:need_edit", args=[need.pk])
    page = BeautifulSoup(english.get(address).content, "html.parser")
    shown = values_of(page)
    assert shown["amount_idr"] == "1,250,000"
    assert english.post(address, shown).status_code == 302
    need.refresh_from_db()
    assert need.amount_idr == 1_250_000


# --- whole pages --------------------------------------------------------------

SAID = messages(ENGLISH)
IN_ENGLISH = {text for message in SAID for text in texts(message.string)}
INDONESIAN = {text.strip() for message in SAID for text in texts(message.id) if "%(" not in text} - IN_ENGLISH
# The style guide speaks the office's language, as its samples do.
NOT_ENGLISH = {"style_guide"}
# What people wrote, names, and a sentence that Django puts together while it is imported.
DATA = re.compile(
    r"Apakah pengguna dapat mengautentifikasi|Bahasa Indonesia|Mitra Bersama|Acara Bersama|Staf Bersama|wqjw|qxzq"
)
SMALL_WORDS = re.compile(
    r"\b(ada|adalah|atau|belum|bila|boleh|dan|dari|dengan|hanya|harus|ini|itu|juga|karena|lalu|oleh|pada|sejak|semua|"
    r"sudah|tidak|tetapi|untuk|yang)\b",
    re.IGNORECASE,
)
SILENT = re.compile(r"<(script|style|textarea)\b.*?</\1>", re.DOTALL)
NAMED = re.compile(r"\s(?:alt|aria-label|data-label|placeholder|title)=\"([^\"]*)\"")


def words_on(html: str) -> Iterator[str]:
    """What a person reads or hears: texts, names of things, labels of cells on phones."""
    html = SILENT.sub("", html)
    for text in (*re.split(r"<[^>]*>", html), *NAMED.findall(html)):
        yield " ".join(unescape(text).split())


def indonesian_on(answer: Any) -> list[str]:
    """Nothing where the answer is no page; a download holds its file open until it is read."""
    is_page = answer.headers.get("Content-Type", "").startswith("text/html")
    text = text_of(answer)
    return sorted(
        {
            words
            for words in words_on(text[text.index("<!") :] if is_page and "<!" in text else "")
            if (words in INDONESIAN or SMALL_WORDS.search(words)) and not DATA.search(words)
        }
    )


@pytest.mark.slow
@pytest.mark.parametrize("role", list(Role))
def test_every_page_is_wholly_english(english: Client, world: World, role: Role) -> None:
    """Also what was not marked, what was fixed at import, and what a cache kept from the other language."""
    person = person_with(role, world)
    found = {}
    for client in (Client(), english):
        client.force_login(person)
        for route in OUR_ROUTES:
            address = world.address_of(route, world.mine)
            if ADDRESSES[name_of(route)].posted or name_of(route) in NOT_ENGLISH:
                continue
            words = indonesian_on(client.get(address))
            if client is english and words:
                found[name_of(route)] = words
    assert found == {}


def test_the_back_office_is_wholly_english(english: Client, world: World) -> None:
    english.force_login(UserFactory.create(admin=True))
    found = {}
    for route in ADMIN_ROUTES:
        if words := indonesian_on(english.get(admin_address(route, world))):
            found[route.path] = words
    assert found == {}


# --- files --------------------------------------------------------------------


def test_a_list_is_exported_in_the_language_of_the_page(english: Client, db: None, today: dt.date) -> None:
    """Headings and words; the form of the file stays, since Excel here reads semicolons."""
    MemberFactory.create(full_name="Contoh Satu", gender="female")
    english.force_login(UserFactory.create(sudin=True))
    address = reverse("members:list")
    [_marker, head, row] = text_of(english.get(address, {"format": "csv"})).splitlines()[-3:]
    assert {"Full name", "Gender", "Member number"} <= set(head.split(";"))
    assert {"Contoh Satu", "Female"} <= set(row.split(";"))


@pytest.mark.parametrize("code", ["id", "en"])
@pytest.mark.parametrize(
    ("choices", "parse"), [(Status, parse_status), (Reason, parse_reason), (OutletKind, parse_kind)]
)
def test_words_of_a_sheet_are_understood_in_every_language(
    choices: type[TextChoices], parse: Callable[[object], object], code: str
) -> None:
    with translation.override(code):
        for member in choices:
            assert {parse(word) for word in in_every_language(member.label)} == {member}


def test_titles_of_the_opening_sheet_differ_in_every_language() -> None:
    """Else a sheet in one language would be read wrongly in the other."""
    titles = [word.casefold() for column in COLUMNS for word in in_every_language(column.title)]
    assert len(titles) == len(set(titles))


def test_outlets_are_counted_in_the_grammar_of_the_language(
    english: Client, db: None, today: dt.date
) -> None:
    english.force_login(UserFactory.create(sudin=True))
    OutletFactory.create()
    address = reverse("outlets:list")

    def said() -> str:
        page = BeautifulSoup(english.get(address).content, "html.parser")
        [count] = page.select("[data-said] strong")
        return count.get_text()

    one = said()
    OutletFactory.create()
    assert (one, said()) == ("1 outlet", "2 outlets")
