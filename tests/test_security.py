"""What every answer carries, what error pages say, and what the way in gives away."""

from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.core.cache import cache
from django.http import HttpResponseBase
from django.test import Client
from django.urls import reverse

from tests.factories import PASSWORD, UserFactory

POLICY = {
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    "font-src 'self'",
    "connect-src 'self'",
    "manifest-src 'self'",
    "form-action 'self'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
}
HEADERS = {
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}

pytestmark = [pytest.mark.urls("tests.failing_urls"), pytest.mark.django_db]


@pytest.fixture
def strict() -> Client:
    """A browser that fails to send the token, and gets an error page instead of a traceback."""
    cache.clear()
    return Client(enforce_csrf_checks=True, raise_request_exception=False)


def answers(client: Client) -> dict[str, HttpResponseBase]:
    """One answer of every kind."""
    seen: dict[str, HttpResponseBase] = {
        "sign-in": client.get(reverse("account_login")),
        "redirect": client.get("/"),
        "bad request": client.get("/", {"q": "a\x00b"}),
        "no token": client.post(reverse("account_login"), {}),
        "failure": client.get("/fail/"),
        "health": client.get("/healthz"),
        "no such file": client.get("/static/nothing.css"),
        "dead link": client.get(reverse("accounts:link_open", args=["x"])),
    }
    client.force_login(UserFactory.create())
    return seen | {
        "page": client.get("/"),
        "persons": client.get(reverse("members:list")),
        "no right": client.get("/admin/"),
        "not found": client.get("/outlets/999999999999999999/"),
        "file": client.get(reverse("outlets:list"), {"format": "xlsx"}),
    }


def test_every_answer_carries_the_policy(strict: Client) -> None:
    for name, answer in answers(strict).items():
        found = {header: answer.get(header) for header in HEADERS}
        assert found == HEADERS, name
        assert set(answer["Content-Security-Policy"].split("; ")) == POLICY, name
        assert answer["X-Request-ID"], name


def test_no_answer_about_people_is_kept_by_a_cache(strict: Client) -> None:
    seen = answers(strict)
    del seen["no such file"]
    # Figures without persons: the browser may keep them, but asks each time (see tests/conditional). Not where the
    # test's own transaction has written, on PostgreSQL.
    assert seen.pop("page")["Cache-Control"] in {"private, no-cache", "private, no-store"}
    for name, answer in seen.items():
        kept = {part.strip() for part in answer["Cache-Control"].split(",")}
        assert {"private", "no-store"} <= kept, name


@pytest.mark.parametrize(
    ("kind", "status", "words"),
    [
        ("bad request", 400, "Permintaan tidak dapat dibaca"),
        ("no token", 403, "Formulir ini sudah kedaluwarsa"),
        ("no right", 403, "Anda tidak berhak melakukan ini"),
        ("not found", 404, "Halaman tidak ditemukan"),
        ("failure", 500, "Terjadi gangguan di sistem"),
    ],
)
def test_error_pages_say_what_to_do(strict: Client, kind: str, status: int, words: str) -> None:
    answer: Any = answers(strict)[kind]
    soup = BeautifulSoup(answer.content, "html.parser")
    assert soup.h1
    assert soup.html
    assert (answer.status_code, soup.h1.get_text(strip=True), soup.html["lang"]) == (status, words, "id")
    assert [link["href"] for link in soup.select("main a.btn-primary")] == ["/"]
    assert "secret" not in answer.content.decode()
    assert "Traceback" not in answer.content.decode()


def test_another_host_is_refused(strict: Client) -> None:
    assert strict.get("/accounts/login/", headers={"Host": "evil.example"}).status_code == 400


@pytest.mark.parametrize(
    "path",
    [
        "/%00/",
        "/cooperatives/%F0%9F%98%80/",
        "/cooperatives/" + "9" * 10_000 + "/",
        "/outlets/" + "9" * 400 + "/",
        "/account/link/" + "x" * 5_000 + "/",
        "/account/link/%00/",
        "/account/people/99999999999999999999/link/",
        "/account/people/?q=%F0%9F%98%80&page=-1&sort=%22",
        "/account/people/?q=" + "x" * 10_000,
        "/account/people/?page=99999999999999999999999999",
        "/admin/accounts/user/99999999999999999999999/change/",
        "/admin/accounts/user/%F0%9F%98%80/change/",
        "/admin/accounts/accessevent/?at__year=abc",
        "/admin/accounts/accessevent/?q=%F0%9F%98%80&p=abc",
        "/admin/autocomplete/?term=x&app_label=accounts&model_name=user&field_name=nothing",
        "/accounts/login/?next=javascript:alert(1)",
        "/accounts/reauthenticate/?next=//evil.example",
    ],
)
def test_odd_addresses_are_no_failure(strict: Client, path: str) -> None:
    strict.force_login(UserFactory.create(admin=True))
    answer = strict.get(path)
    assert answer.status_code in {200, 302, 400, 403, 404}
    assert "evil" not in answer.get("Location", "")


def test_sign_in_tells_nobody_which_names_exist(strict: Client) -> None:
    UserFactory.create(username="petugas")
    said = set()
    for name in ("petugas", "nobody0"):
        client = Client()
        page = client.post(reverse("account_login"), {"login": name, "password": "salah"})
        soup = BeautifulSoup(page.content, "html.parser")
        said.add(" ".join(alert.get_text(" ", strip=True) for alert in soup.select("[role=alert]")))
    assert said == {"Nama pengguna atau kata sandi tidak cocok. Periksa huruf besar dan kecil."}


def test_session_is_a_new_one_after_sign_in_and_out_of_reach_of_scripts() -> None:
    UserFactory.create(username="petugas")
    client = Client()
    client.get(reverse("account_login"))
    session = client.session
    session["planted"] = "by somebody else"
    session.save()
    client.cookies["sessionid"] = before = str(session.session_key)
    client.post(reverse("account_login"), {"login": "petugas", "password": PASSWORD})
    cookie = client.cookies["sessionid"]
    assert cookie.value != before
    assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Lax", "/")
    client.cookies["sessionid"] = before
    assert client.get("/").status_code == 302


@pytest.mark.parametrize(
    ("referer", "back"),
    [
        ("http://testserver/outlets/?on=2025-09-22", "http://testserver/outlets/?on=2025-09-22"),
        ("https://evil.example/", "/"),
        ("", "/"),
    ],
)
def test_choice_of_theme_leads_back_to_this_site_only(referer: str, back: str) -> None:
    answer = Client().post(reverse("set_theme"), {"theme": "dark"}, headers={"Referer": referer})
    assert (answer.status_code, answer["Location"], answer.cookies["theme"].value) == (302, back, "dark")


def test_theme_takes_known_values_only() -> None:
    answer = Client().post(reverse("set_theme"), {"theme": '"><script>'})
    assert answer.cookies["theme"].value == ""


def test_ready_says_so() -> None:
    client = Client()
    assert [client.get(path).content for path in ("/healthz", "/readyz")] == [b"ok", b"ok"]
