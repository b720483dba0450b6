import re
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django import forms
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core.paginator import Paginator
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.utils import translation

from kkmp.pages.theme import choose_theme
from kkmp.templatetags import ui
from kkmp.widgets import DayInput, RupiahInput

NBSP = "\u00a0"


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0, f"Rp{NBSP}0"),
        (1_250_000, f"Rp{NBSP}1.250.000"),
        (-500, f"−Rp{NBSP}500"),
        (9_223_372_036_854_775_807, f"Rp{NBSP}9.223.372.036.854.775.807"),
        (None, "–"),
        ("", "–"),
    ],
)
def test_rupiah_has_separators_and_unknown_is_no_zero(value: Any, shown: str) -> None:
    assert ui.rupiah(value) == shown


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (2_240_000_000, f"Rp{NBSP}2,24{NBSP}M"),
        (437_000_000, f"Rp{NBSP}437{NBSP}jt"),
        (5_500_000, f"Rp{NBSP}5,5{NBSP}jt"),
        (999_600_000, f"Rp{NBSP}1{NBSP}M"),
        (3_000_000_000_000, f"Rp{NBSP}3{NBSP}T"),
        (999_999, f"Rp{NBSP}999.999"),
        (None, "–"),
    ],
)
def test_short_rupiah_keeps_what_matters(value: int | None, shown: str) -> None:
    assert ui.rupiah_short(value) == shown


def test_numbers_follow_the_language() -> None:
    assert (ui.number(1250), ui.signed(3), ui.signed(-2), ui.signed(0)) == ("1.250", "+3", "−2", "0")
    assert (ui.share(17, 65), ui.share(1, 0), ui.share(None, 3)) == (f"26{NBSP}%", "–", "–")
    assert ui.number(Decimal("1250.4")) == "1.250"
    with translation.override("en"):
        assert ui.number(1250) == "1,250"


def test_days_are_written_as_people_here_do() -> None:
    day = date(2025, 9, 22)
    assert (ui.tanggal(day), ui.tanggal_short(day), ui.bulan(day)) == (
        "22 September 2025",
        "22/09/2025",
        "September 2025",
    )
    # 18.00 UTC is already the next day in Jakarta.
    evening = datetime(2025, 9, 22, 18, 5, tzinfo=UTC)
    assert (ui.waktu(evening), ui.iso(evening)) == ("23 September 2025 01.05", "2025-09-23")
    assert (ui.tanggal(None), ui.iso(None)) == ("–", "")


def test_statuses_and_stages_have_a_tone_and_a_sign() -> None:
    assert [
        (ui.tone(value), ui.sign_name(value)) for value in ("running", "IDLE", "unrecorded", "warning", "x")
    ] == [
        ("running", "check"),
        ("idle", "pause"),
        ("unrecorded", "question"),
        ("idle", "bang"),
        ("neutral", "info"),
    ]


def test_navigation_leads_nowhere_the_person_may_not_go() -> None:
    class Reader:
        is_authenticated = True

        def has_perm(self, permission: str) -> bool:
            return permission == "outlets.view_outlet"

    request = RequestFactory().get("/")
    request.user = Reader()  # type: ignore[assignment]
    assert [str(item.label) for item in ui.navigation({"request": request})] == ["Dasbor", "Gerai"]  # type: ignore[arg-type]
    request.user = AnonymousUser()
    assert ui.navigation({"request": request}) == []  # type: ignore[arg-type]


def test_a_tile_shows_only_what_it_is_given() -> None:
    page = BeautifulSoup(
        render_to_string("_components/tile.html", {"label": "Berjalan", "tone": "running", "value": "0"}),
        "html.parser",
    )
    assert page.get_text(" ", strip=True) == "Berjalan 0"
    assert page.find("a") is None


def test_pager_keeps_the_rest_of_the_query() -> None:
    request = RequestFactory().get("/", {"q": "a b", "page": "2"})
    page = render_to_string(
        "_components/pager.html", {"page": Paginator(range(65), 20).page(2), "unit": "koperasi"}, request
    )
    links = [link["href"] for link in BeautifulSoup(page, "html.parser").select("a")]
    assert links == ["?q=a+b&page=1", "?q=a+b&page=3"]
    assert "21–40 dari 65 koperasi" in " ".join(page.split())


class Form(forms.Form):
    amount = forms.IntegerField(label="Jumlah", widget=RupiahInput, help_text="Tanpa sen")
    on = forms.DateField(label="Tanggal", widget=DayInput, required=False)


def test_a_field_says_what_is_wrong_where_it_is_wrong() -> None:
    form = Form({"amount": "<b>5 juta", "on": ""})
    page = BeautifulSoup(form["amount"].as_field_group(), "html.parser")
    field = page.input
    assert field is not None
    assert field["value"] == "<b>5 juta"
    assert field["aria-invalid"] == "true"
    assert field["aria-describedby"] == "id_amount_helptext id_amount_error"
    assert {part["id"] for part in page.select("[id]")} == {
        "id_amount",
        "id_amount_helptext",
        "id_amount_error",
    }
    assert page.label is not None
    assert page.label.get_text(" ", strip=True) == "Jumlah wajib"
    summary = BeautifulSoup(render_to_string("_components/form_errors.html", {"form": form}), "html.parser")
    assert [link["href"] for link in summary.select("a")] == ["#id_amount"]


def test_widgets_show_stored_values_as_people_write_and_browsers_want() -> None:
    form = Form(initial={"amount": 1_250_000, "on": date(2025, 9, 22)})
    assert 'value="1.250.000"' in str(form["amount"])
    assert 'type="date" name="on" value="2025-09-22"' in str(form["on"])


@pytest.mark.parametrize(
    ("chosen", "kept"), [("dark", "dark"), ("light", "light"), ("", ""), ("<script>", "")]
)
def test_theme_is_kept_only_when_known(chosen: str, kept: str) -> None:
    request = RequestFactory().post(
        "/theme/", {"theme": chosen}, headers={"referer": "http://elsewhere.example/"}
    )
    answer = choose_theme(request)
    assert (answer.status_code, answer["Location"], answer.cookies["theme"].value) == (302, "/", kept)


def test_pages_without_a_request_render() -> None:
    for name in ("400.html", "500.html"):
        page = BeautifulSoup(render_to_string(name), "html.parser")
        assert [heading.name for heading in page.select("h1")] == ["h1"]
        assert page.html is not None
        assert page.html["lang"] == "id"


def test_the_style_guide_shows_every_component() -> None:
    """But for what belongs to the frame, and what needs the day of a page."""
    include = re.compile(r'{% include "(_components/[a-z_]+\.html)"')
    folder = Path(settings.BASE_DIR) / "templates"

    def used(name: str) -> set[str]:
        found = set(include.findall((folder / name).read_text(encoding="utf-8")))
        return found.union(*(used(one) for one in found))

    components = {f"_components/{path.name}" for path in (folder / "_components").glob("*.html")}
    shown = used("pages/style_guide.html") | used("base.html")
    assert components - shown == {"_components/view_notes.html"}
