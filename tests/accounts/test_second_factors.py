"""The second factor of wide rights, as a production asks it; how its secrets lie in the database."""

import importlib
import json
import os
import re
import time
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from django.apps import apps
from django.test import Client
from django.urls import reverse

from kkmp.accounts.models import AccessEvent, User, Verb
from kkmp.accounts.second_factors import renew_seals, seal, unseal
from kkmp.accounts.services import make_sign_in_link
from kkmp.crypto import UndecipherableError
from tests.factories import PASSWORD, UserFactory

ACTIVATE = "/accounts/2fa/totp/activate/"
CODE = "/accounts/2fa/authenticate/"
migration = importlib.import_module("kkmp.accounts.migrations.0003_seal_second_factors")


@pytest.fixture(autouse=True)
def as_in_production(settings: Any) -> None:
    settings.MFA_REQUIRED = True


def code_of(secret: str, ahead: int = 0) -> str:
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + ahead))


def with_both(user: User) -> str:
    secret = generate_totp_secret()
    TOTP.activate(user, secret)
    RecoveryCodes.activate(user)
    return secret


def spare_codes(user: User) -> list[str]:
    row = Authenticator.objects.get(user=user, type=Authenticator.Type.RECOVERY_CODES)
    codes: list[str] = row.wrap().get_unused_codes()
    return codes


def stored() -> str:
    return json.dumps(list(Authenticator.objects.order_by("pk").values_list("data", flat=True)))


def log_of(user: User) -> list[tuple[str, str]]:
    return list(AccessEvent.objects.filter(user=user).order_by("pk").values_list("verb", "target"))


def pass_password(client: Client, user: User) -> str:
    return client.post("/accounts/login/", {"login": user.username, "password": PASSWORD})["Location"]


@pytest.mark.parametrize("trait", ["sudin", "admin"])
def test_wide_rights_reach_nothing_before_their_second_factor_is_on(
    client: Client, db: None, trait: str
) -> None:
    person = UserFactory.create(**{trait: True})
    pass_password(client, person)
    addresses = ["/", "/admin/", reverse("members:list"), reverse("accounts:people"), "/cooperatives/"]
    assert [client.get(address)["Location"] for address in addresses] == [ACTIVATE] * len(addresses)
    assert client.post(reverse("members:list"))["Location"] == ACTIVATE


@pytest.mark.parametrize("trait", ["sudin", "admin"])
def test_password_alone_signs_nobody_in_once_it_is_on(client: Client, db: None, trait: str) -> None:
    person = UserFactory.create(**{trait: True})
    secret = with_both(person)
    assert pass_password(client, person) == CODE
    assert client.get("/")["Location"] == "/accounts/login/?next=/"
    assert client.post(CODE, {"code": "000000"}).status_code == 200
    assert client.post(CODE, {"code": code_of(secret)})["Location"] == "/"
    assert client.get(reverse("accounts:my_access")).status_code == 200
    assert log_of(person) == [
        (Verb.SIGN_IN_FAILED, "kode sekali pakai tidak cocok"),
        (Verb.SIGNED_IN, ""),
    ]


def test_code_works_once(client: Client, db: None) -> None:
    person = UserFactory.create(sudin=True)
    secret = with_both(person)
    code = code_of(secret)
    spare = spare_codes(person)[0]
    for number, typed in enumerate([code, code, spare, spare]):
        other = Client()
        pass_password(other, person)
        other.post(CODE, {"code": typed})
        assert ("_auth_user_id" in other.session) == (number % 2 == 0), number
    assert len(spare_codes(person)) == 9


def test_lost_phone_leads_from_admin_over_a_link_to_a_new_code(
    client: Client, db: None, django_capture_on_commit_callbacks: Any
) -> None:
    admin, person = UserFactory.create(admin=True, username="admin"), UserFactory.create(sudin=True)
    lost, mine = with_both(person), with_both(admin)
    pass_password(client, admin)
    client.post(CODE, {"code": code_of(mine)})
    rows = list(person.authenticator_set.order_by("pk"))
    typed = {
        "username": person.username,
        "full_name": person.full_name,
        "role": person.role,
        "is_active": "on",
    }
    typed |= {"authenticator_set-TOTAL_FORMS": "2", "authenticator_set-INITIAL_FORMS": "2"}
    for number, row in enumerate(rows):
        typed |= {
            f"authenticator_set-{number}-id": str(row.pk),
            f"authenticator_set-{number}-user": str(person.pk),
        }
    typed |= {"authenticator_set-0-DELETE": "on", "lost_phone": "hilang di pasar"}
    client.post(reverse("admin:accounts_user_change", args=[person.pk]), typed)
    _link, token = make_sign_in_link(user=person, by=admin)
    theirs = Client()
    assert theirs.post(reverse("accounts:link_open", args=[token])).status_code == 302
    new = {"new_password1": "sandi-lain-yang-baru-7", "new_password2": "sandi-lain-yang-baru-7"}
    theirs.post(reverse("accounts:new_password"), new)
    assert theirs.get("/")["Location"] == ACTIVATE
    theirs.post("/accounts/reauthenticate/", {"password": new["new_password1"], "next": ACTIVATE})
    secret = re.search(r'id="secret">(\w+)<', theirs.get(ACTIVATE).content.decode())
    assert secret is not None
    assert secret[1] != lost
    with django_capture_on_commit_callbacks(execute=True):
        theirs.post(ACTIVATE, {"code": code_of(secret[1])})
    assert theirs.get(reverse("accounts:my_access")).status_code == 200
    told = AccessEvent.objects.filter(verb=Verb.SECOND_FACTOR_CHANGED).order_by("pk")
    assert list(told.values_list("user", "target", "purpose"))[:2] == [
        (admin.pk, f"{person.username}: mati oleh admin, aplikasi kode", "hilang di pasar"),
        (person.pk, "aktif: aplikasi kode", ""),
    ]


@pytest.mark.parametrize("trait", ["sudin", "leader"])
def test_only_an_admin_takes_a_second_factor_away(client: Client, db: None, trait: str) -> None:
    person, other = UserFactory.create(sudin=True), UserFactory.create(**{trait: True})
    with_both(person)
    with_both(other)
    client.force_login(other)
    address = reverse("admin:accounts_user_change", args=[person.pk])
    assert client.post(address, {"authenticator_set-0-DELETE": "on", "lost_phone": "x"}).status_code == 403
    assert Authenticator.objects.filter(user=person).count() == 2


def test_secrets_lie_sealed_and_still_work(db: None) -> None:
    person = UserFactory.create(sudin=True)
    secret = with_both(person)
    text = stored()
    assert (secret in text, text.count('"sealed:')) == (False, 2)
    assert [code for code in spare_codes(person) if code in text] == []
    totp = Authenticator.objects.get(type=Authenticator.Type.TOTP)
    assert totp.wrap().validate_code(code_of(secret)) is True
    assert unseal(totp.data["secret"]) == secret


def test_secret_in_clear_is_not_believed(db: None) -> None:
    """Who can write to the database, but has no key, cannot give an account a second factor of theirs."""
    for planted in (generate_totp_secret(), "sealed:", "sealed:not base64!"):
        with pytest.raises(UndecipherableError):
            unseal(planted)


def test_seals_are_renewed_under_a_new_key(db: None, settings: Any) -> None:
    person = UserFactory.create(sudin=True)
    secret = with_both(person)
    codes = spare_codes(person)
    former = settings.DATA_KEYS[0]
    settings.DATA_KEYS = (os.urandom(32), former)
    assert (renew_seals(), renew_seals()) == (2, 0)
    settings.DATA_KEYS = settings.DATA_KEYS[:1]
    assert spare_codes(person) == codes
    assert unseal(Authenticator.objects.get(type=Authenticator.Type.TOTP).data["secret"]) == secret


def test_secrets_of_earlier_releases_are_sealed_by_the_migration(db: None) -> None:
    person = UserFactory.create()
    data = {
        Authenticator.Type.TOTP: {"secret": "KLARTEXT"},
        Authenticator.Type.RECOVERY_CODES: {"seed": "ab12", "used_mask": 3},
    }
    for kind, clear in data.items():
        Authenticator.objects.create(user=person, type=kind, data=clear)
    already = Authenticator.objects.create(user=UserFactory.create(), type="totp", data={"secret": seal("x")})
    before = already.data
    migration.seal_all(apps, None)
    already.refresh_from_db()
    assert already.data == before
    assert "KLARTEXT" not in stored()
    migration.unseal_all(apps, None)
    rows = Authenticator.objects.filter(user=person)
    assert {row.type: row.data for row in rows} == data
