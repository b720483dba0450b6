import pytest
from django.test import Client
from django.urls import reverse

from tests.addresses import Route, all_routes

# Each with why; everything else asks for sign-in.
OPEN = {
    "account_inactive": "tells a locked-out person whom to ask",
    "account_login": "the way in",
    "help": "tells who cannot sign in how to",
    "account_logout": "asks a person who is signed in, sends others away",
    "account_reset_password": "tells who forgot the password what to do",
    "account_signup": "tells that accounts are made by the office",
    "accounts:link_open": "the token is the way in",
    "admin:login": "leads to the way in",
    "favicon": "a picture",
    "healthz": "asked by load balancers",
    "mfa_authenticate": "the second step of the way in",
    "readyz": "asked by load balancers",
    "set_language": "English on the sign-in page too",
    "set_theme": "light or dark on the sign-in page too",
}
CLOSED = [route for route in all_routes() if not route.is_open]


def test_list_of_open_views_is_literal() -> None:
    names = sorted(
        route.name or route.path.strip("/").removesuffix(".ico") for route in all_routes() if route.is_open
    )
    assert names == sorted(OPEN)


@pytest.mark.parametrize("route", CLOSED, ids=lambda route: route.path)
def test_everything_else_asks_for_sign_in(client: Client, db: None, route: Route) -> None:
    path = route.filled()
    sign_in = f"{reverse('account_login')}?next={path}"
    for answer in (client.get(path), client.post(path)):
        assert (answer.status_code, answer["Location"], answer.content) == (302, sign_in, b"")


@pytest.mark.parametrize("route", CLOSED, ids=lambda route: route.path)
def test_an_expired_session_answers_htmx_with_a_whole_page(client: Client, db: None, route: Route) -> None:
    here = "http://testserver/cooperatives/?on=2025-09-22"
    answer = client.get(route.filled(), headers={"HX-Request": "true", "HX-Current-URL": here})
    assert (answer.status_code, answer.content, "HX-Request" in answer["Vary"]) == (204, b"", True)
    assert answer["HX-Redirect"] == f"{reverse('account_login')}?next=/cooperatives/%3Fon%3D2025-09-22"


@pytest.mark.parametrize(
    ("header", "page"),
    [
        ("https://evil.example/x?y=1", "/x%3Fy%3D1"),
        ("http://[x", "/"),
        ("", "/"),
        ("https://evil.example", "/"),
    ],
)
def test_return_address_of_htmx_stays_on_this_site(client: Client, db: None, header: str, page: str) -> None:
    """The header comes from outside; sign-in must not end on another site, nor fail."""
    answer = client.get("/", headers={"HX-Request": "true", "HX-Current-URL": header})
    assert answer["HX-Redirect"] == f"{reverse('account_login')}?next={page}"
