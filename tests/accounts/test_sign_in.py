import re
import time
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from bs4 import BeautifulSoup
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from kkmp.accounts.models import AccessEvent, User, Verb
from kkmp.accounts.services import make_sign_in_link
from tests.factories import PASSWORD, UserFactory

LOGIN = "/accounts/login/"


@pytest.fixture(autouse=True)
def fresh_limits() -> None:
    cache.clear()


def code_of(secret: str, ahead: int = 0) -> str:
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + ahead))


def with_second_factor(user: User) -> str:
    secret = generate_totp_secret()
    TOTP.activate(user, secret)
    RecoveryCodes.activate(user)
    return secret


def log() -> list[tuple[int | None, str, str]]:
    return list(AccessEvent.objects.order_by("pk").values_list("user", "verb", "target"))


def sign_in(client: Client, username: str, password: str = PASSWORD, **extra: str) -> int:
    return client.post(LOGIN, {"login": username, "password": password, **extra}).status_code


def test_password_signs_in_and_out(client: Client, db: None) -> None:
    person = UserFactory.create(username="Petugas.Satu")
    page = client.get(LOGIN, {"next": "/cooperatives/?on=2025-09-22"})
    soup = BeautifulSoup(page.content, "html.parser")
    assert (soup.html["lang"], len(soup.find_all("main")), soup.h1.text) == ("id", 1, "Masuk")  # type: ignore[index, union-attr]
    answer = client.post(
        LOGIN, {"login": "petugas.satu", "password": PASSWORD, "next": "/cooperatives/?on=2025-09-22"}
    )
    assert (answer.status_code, answer["Location"]) == (302, "/cooperatives/?on=2025-09-22")
    assert client.post("/accounts/logout/")["Location"] == "/"
    assert "_auth_user_id" not in client.session
    assert log() == [(person.pk, Verb.SIGNED_IN, ""), (person.pk, Verb.SIGNED_OUT, "")]


def test_failed_sign_in_is_logged_without_what_was_typed(client: Client, db: None) -> None:
    person = UserFactory.create(username="petugas")
    locked_out = UserFactory.create(username="lama", is_active=False)
    page = client.post(LOGIN, {"login": "petugas", "password": "salah"}).content.decode()
    assert "Nama pengguna atau kata sandi tidak cocok" in page
    sign_in(client, "kata-sandi-rahasia-di-kolom-salah", "x")
    sign_in(client, "lama")
    assert log() == [
        (person.pk, Verb.SIGN_IN_FAILED, ""),
        (None, Verb.SIGN_IN_FAILED, "nama pengguna tidak dikenal"),
        (locked_out.pk, Verb.SIGN_IN_FAILED, ""),
    ]


def test_guessing_is_stopped_in_words_also_for_the_right_password(client: Client, db: None) -> None:
    UserFactory.create(username="petugas")
    UserFactory.create(username="lain")
    for _guess in range(5):
        sign_in(client, "petugas", "salah")
    page = client.post(LOGIN, {"login": "PETUGAS", "password": PASSWORD}).content.decode()
    assert "Tunggu 5 menit" in page
    assert "_auth_user_id" not in client.session
    # The whole office behind one address is not locked out with them.
    assert sign_in(client, "lain") == 302


def test_flood_from_one_address_gets_429_in_words(client: Client, db: None) -> None:
    for _number in range(30):
        client.post(LOGIN, {"login": "", "password": ""})
    answer = client.post(LOGIN, {"login": "", "password": ""})
    assert (answer.status_code, "Terlalu banyak percobaan" in answer.content.decode()) == (429, True)
    assert client.get(LOGIN).status_code == 200


@pytest.mark.parametrize("forwarded", ["1.2.3.4", "nonsense, 1", "", ","])
def test_odd_address_of_a_proxy_does_not_shut_the_door(
    client: Client, db: None, settings: Any, forwarded: str
) -> None:
    settings.TRUSTED_PROXY_COUNT = settings.ALLAUTH_TRUSTED_PROXY_COUNT = 2
    UserFactory.create(username="petugas")
    answer = client.post(
        LOGIN, {"login": "petugas", "password": PASSWORD}, headers={"X-Forwarded-For": forwarded}
    )
    assert answer.status_code == 302


@pytest.mark.parametrize(
    "typed", ["a\x00b", "😀" * 5000, "<script>alert(1)</script>", "\u202egnikam", "9" * 10_000, ""]
)
def test_odd_names_are_told_and_not_failed_on(client: Client, db: None, typed: str) -> None:
    answer = client.post(LOGIN, {"login": typed, "password": typed, "next": "//evil.example/"})
    assert answer.status_code == 200
    assert "<script>alert" not in answer.content.decode()


def test_next_leads_nowhere_else(client: Client, db: None) -> None:
    UserFactory.create(username="petugas")
    answer = client.post(LOGIN, {"login": "petugas", "password": PASSWORD, "next": "https://evil.example/"})
    assert answer["Location"] == "/"


def test_second_factor_is_asked_after_password_and_after_link(client: Client, db: None) -> None:
    person = UserFactory.create(username="petugas")
    secret = with_second_factor(person)
    assert (
        client.post(LOGIN, {"login": "petugas", "password": PASSWORD})["Location"]
        == "/accounts/2fa/authenticate/"
    )
    assert "_auth_user_id" not in client.session
    wrong = client.post("/accounts/2fa/authenticate/", {"code": "000000"}).content.decode()
    assert "Kode tidak cocok" in wrong
    assert client.get("/")["Location"] == f"{LOGIN}?next=/"
    assert client.post("/accounts/2fa/authenticate/", {"code": code_of(secret)})["Location"] == "/"
    assert client.session["_auth_user_id"] == str(person.pk)

    _link, token = make_sign_in_link(user=person, by=person)
    other = Client()
    opened = other.post(reverse("accounts:link_open", args=[token]))
    assert opened["Location"] == "/accounts/2fa/authenticate/"
    assert other.get(reverse("accounts:new_password"))["Location"].startswith(LOGIN)
    spare = Authenticator.objects.get(type=Authenticator.Type.RECOVERY_CODES).wrap().get_unused_codes()[0]
    entered = other.post("/accounts/2fa/authenticate/", {"code": spare})
    assert entered["Location"] == reverse("accounts:new_password")
    assert [verb for _user, verb, _target in log()] == [
        Verb.SIGN_IN_FAILED,
        Verb.SIGNED_IN,
        Verb.LINK_MADE,
        Verb.LINK_USED,
        Verb.SIGNED_IN,
    ]


def test_link_that_stopped_at_the_code_gives_nobody_else_a_new_password(client: Client, db: None) -> None:
    """The mark of a link belongs to one account: the next who signs in at that browser gets nothing from it."""
    protected, other = UserFactory.create(username="satu"), UserFactory.create(username="dua")
    with_second_factor(protected)
    _link, token = make_sign_in_link(user=protected, by=other)
    client.post(reverse("accounts:link_open", args=[token]))
    client.post("/accounts/logout/")
    sign_in(client, "dua")
    assert client.session["_auth_user_id"] == str(other.pk)
    assert client.get(reverse("accounts:new_password"))["Location"] == reverse("account_change_password")


def test_wide_rights_are_led_to_the_second_factor_where_it_is_required(
    client: Client, db: None, settings: Any, django_capture_on_commit_callbacks: Any
) -> None:
    settings.MFA_REQUIRED = True
    UserFactory.create(username="sudin", sudin=True)
    sign_in(client, "sudin")
    for address in ("/", reverse("accounts:people"), reverse("accounts:my_access"), "/admin/", "/nowhere/"):
        assert client.get(address)["Location"] == "/accounts/2fa/totp/activate/"
    fragment = client.get("/", headers={"HX-Request": "true"})
    assert (fragment.status_code, fragment["HX-Redirect"]) == (204, "/accounts/2fa/totp/activate/")
    # The password first, then the code: no loop between the two.
    asked = client.get("/accounts/2fa/totp/activate/")
    assert asked["Location"] == "/accounts/reauthenticate/?next=%2Faccounts%2F2fa%2Ftotp%2Factivate%2F"
    assert client.get(asked["Location"]).status_code == 200
    back = client.post(
        "/accounts/reauthenticate/", {"password": PASSWORD, "next": "/accounts/2fa/totp/activate/"}
    )
    assert back["Location"] == "/accounts/2fa/totp/activate/"
    page = client.get("/accounts/2fa/totp/activate/").content.decode()
    assert "data:" not in page
    assert f'src="{reverse("accounts:mfa_qr")}"' in page
    secret = re.search(r'id="secret">(\w+)<', page)
    assert secret
    image = client.get(reverse("accounts:mfa_qr"))
    assert (image.status_code, image["Content-Type"], image["Cache-Control"]) == (
        200,
        "image/svg+xml",
        "private, no-store",
    )
    assert b"<svg" in image.content
    wrong = client.post("/accounts/2fa/totp/activate/", {"code": "000000"}).content.decode()
    assert ("Kode tidak cocok" in wrong, secret[1] in wrong) == (True, True)
    with django_capture_on_commit_callbacks(execute=True):
        done = client.post("/accounts/2fa/totp/activate/", {"code": code_of(secret[1])}, follow=True)
    assert done.redirect_chain == [("/accounts/2fa/recovery-codes/", 302)]
    assert len(BeautifulSoup(done.content, "html.parser").select_one("#recovery-codes").text.split()) == 10  # type: ignore[union-attr]
    assert client.get(reverse("accounts:my_access")).status_code == 200
    assert client.get(reverse("accounts:mfa_qr")).status_code == 404
    assert {line[1:] for line in log()} == {
        (Verb.SIGNED_IN, ""),
        (Verb.SECOND_FACTOR_CHANGED, "aktif: aplikasi kode"),
        (Verb.SECOND_FACTOR_CHANGED, "aktif: kode cadangan"),
    }


@pytest.mark.parametrize("traits", [{}, {"leader": True}])
def test_narrow_rights_are_not_led_anywhere(
    client: Client, db: None, settings: Any, traits: dict[str, bool]
) -> None:
    settings.MFA_REQUIRED = True
    client.force_login(UserFactory.create(**traits))
    assert client.get(reverse("accounts:my_access")).status_code == 200


def test_recovery_codes_alone_are_no_second_factor(client: Client, db: None, settings: Any) -> None:
    settings.MFA_REQUIRED = True
    person = UserFactory.create(admin=True)
    RecoveryCodes.activate(person)
    client.force_login(person)
    assert client.get("/")["Location"] == "/accounts/2fa/totp/activate/"


def test_new_person_with_wide_rights_comes_in_by_link_and_sets_everything_up(
    client: Client, db: None, settings: Any
) -> None:
    settings.MFA_REQUIRED = True
    person = UserFactory.create(sudin=True)
    person.set_unusable_password()
    person.save()
    _link, token = make_sign_in_link(user=person, by=UserFactory.create(admin=True))
    assert client.post(reverse("accounts:link_open", args=[token]), follow=True).status_code == 200
    typed = {"new_password1": "sandi-lain-yang-baru-7", "new_password2": "sandi-lain-yang-baru-7"}
    assert client.post(reverse("accounts:new_password"), typed).status_code == 302
    assert client.get("/")["Location"] == "/accounts/2fa/totp/activate/"


def test_pages_of_sign_in_stand_in_our_frame(client: Client, db: None) -> None:
    """Each has one h1, our language and landmarks, no inline code and no data address."""
    person = UserFactory.create(username="petugas")
    anonymous = ["login", "logout", "inactive", "signup", "password/reset"]
    seen = {name: client.get(f"/accounts/{name}/") for name in anonymous if name != "logout"}
    sign_in(client, "petugas")
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    signed_in = ["logout", "password/change", "reauthenticate", "2fa", "2fa/totp/activate"]
    seen |= {name: client.get(f"/accounts/{name}/") for name in signed_in}
    with_second_factor(person)
    protected = [
        "2fa",
        "2fa/totp/deactivate",
        "2fa/recovery-codes",
        "2fa/recovery-codes/generate",
        "2fa/reauthenticate",
    ]
    seen |= {f"{name} (protected)": client.get(f"/accounts/{name}/") for name in protected}
    for name, response in seen.items():
        soup = BeautifulSoup(response.content, "html.parser")
        facts = {
            "status": response.status_code,
            "lang": soup.html["lang"] if soup.html else None,
            "h1": len(soup.find_all("h1")),
            "main": len(soup.find_all("main")),
            "inline": len([tag for tag in soup.find_all("script") if not tag.get("src")])
            + len(soup.select("[style]")),
            "data": "data:" in response.content.decode(),
            "english": bool(re.search(r"\b(Sign|Password|Your|Please|Authenticator app)\b", soup.main.text)),  # type: ignore[union-attr]
        }
        expected = {
            "status": 200,
            "lang": "id",
            "h1": 1,
            "main": 1,
            "inline": 0,
            "data": False,
            "english": False,
        }
        assert facts == expected, name
    assert "Akun dibuat oleh kantor" in seen["signup"].content.decode()
    download = client.get("/accounts/2fa/recovery-codes/download/")
    assert (download.status_code, len(download.content.split())) == (200, 10)


def test_nobody_signs_up(client: Client, db: None) -> None:
    typed = {"username": "penyusup", "password1": PASSWORD, "password2": PASSWORD}
    assert "Akun dibuat oleh kantor" in client.post("/accounts/signup/", typed).content.decode()
    assert not User.objects.exists()


def test_password_is_changed_with_the_old_one(client: Client, db: None) -> None:
    person = UserFactory.create(username="petugas")
    client.force_login(person)
    new = {"password1": "sandi-lain-yang-baru-7", "password2": "sandi-lain-yang-baru-7"}
    wrong = client.post("/accounts/password/change/", {"oldpassword": "salah", **new}).content.decode()
    assert "Kata sandi yang sekarang tidak cocok" in wrong
    right = client.post("/accounts/password/change/", {"oldpassword": PASSWORD, **new})
    assert right["Location"] == reverse("accounts:my_access")
    person.refresh_from_db()
    assert person.check_password("sandi-lain-yang-baru-7")
    assert client.get(reverse("accounts:my_access")).status_code == 200
    assert log()[-1] == (person.pk, Verb.PASSWORD_CHANGED, "petugas")


def test_first_password_is_set_without_one(client: Client, db: None) -> None:
    person = UserFactory.create()
    person.set_unusable_password()
    person.save()
    client.force_login(person)
    assert client.get("/accounts/password/change/")["Location"] == "/accounts/password/set/"
    assert client.get("/accounts/password/set/").status_code == 200


def test_locked_account_is_out_at_once(client: Client, db: None) -> None:
    person = UserFactory.create()
    client.force_login(person)
    assert client.get(reverse("accounts:my_access")).status_code == 200
    person.is_active = False
    person.save()
    assert client.get(reverse("accounts:my_access"))["Location"].startswith(LOGIN)
