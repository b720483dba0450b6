import re

import pytest
from allauth.mfa.models import Authenticator
from django.contrib import admin
from django.test import Client
from django.urls import reverse

from kkmp.accounts.models import AccessEvent, Role, SignInLink, User, Verb
from kkmp.accounts.services import make_sign_in_link
from tests.factories import PASSWORD, UserFactory


@pytest.fixture
def back_office(client: Client, db: None) -> Client:
    client.force_login(UserFactory.create(admin=True, username="admin", full_name="Admin Satu"))
    return client


def log() -> list[tuple[str, str]]:
    return list(AccessEvent.objects.order_by("pk").values_list("verb", "target"))


def fields_of(person: User, **changes: str) -> dict[str, str]:
    typed = {
        "username": person.username,
        "full_name": person.full_name,
        "role": person.role,
        "is_active": "on",
    }
    factors = person.authenticator_set.order_by("pk")
    formset = {
        "authenticator_set-TOTAL_FORMS": str(len(factors)),
        "authenticator_set-INITIAL_FORMS": str(len(factors)),
    }
    for number, factor in enumerate(factors):
        formset |= {
            f"authenticator_set-{number}-id": str(factor.pk),
            f"authenticator_set-{number}-user": str(person.pk),
        }
    return {key: value for key, value in (typed | formset | changes).items() if value}


def test_new_account_has_no_password_and_leads_to_a_link(back_office: Client) -> None:
    typed = {"username": "petugas.baru", "full_name": "Petugas Baru", "role": Role.OFFICER}
    page = back_office.post(reverse("admin:accounts_user_add"), typed, follow=True).content.decode()
    person = User.objects.get(username="petugas.baru")
    assert (person.has_usable_password(), person.role, person.full_name) == (
        False,
        Role.OFFICER,
        "Petugas Baru",
    )
    assert f"{reverse('accounts:people')}?q=petugas.baru" in page
    assert log() == [(Verb.RIGHT_CHANGED, "petugas.baru: akun baru, peran officer")]


def test_changed_rights_are_logged_in_words(back_office: Client) -> None:
    person = UserFactory.create(username="petugas")
    address = reverse("admin:accounts_user_change", args=[person.pk])
    assert back_office.post(address, fields_of(person, full_name="Nama Lain")).status_code == 302
    assert log() == []
    assert back_office.post(address, fields_of(person, role=Role.SUDIN, is_active="")).status_code == 302
    assert log() == [(Verb.RIGHT_CHANGED, "petugas: peran officer → sudin, dinonaktifkan")]
    person.refresh_from_db()
    assert (person.role, person.is_active) == (Role.SUDIN, False)


def test_nobody_changes_their_own_role(back_office: Client) -> None:
    me = User.objects.get(username="admin")
    address = reverse("admin:accounts_user_change", args=[me.pk])
    back_office.post(address, fields_of(me, role=Role.SUDIN, is_active="", full_name="Nama Lain"))
    me.refresh_from_db()
    assert (me.role, me.is_active, me.full_name) == (Role.ADMIN, True, "Nama Lain")


def test_break_glass_account_is_out_of_reach(back_office: Client) -> None:
    superuser = User.objects.create_superuser("darurat", password=PASSWORD, full_name="Darurat")
    password = reverse("admin:auth_user_password_change", args=[superuser.pk])
    change = reverse("admin:accounts_user_change", args=[superuser.pk])
    statuses = [
        back_office.get(password).status_code,
        back_office.post(password, {"password1": "lain", "password2": "lain"}).status_code,
        back_office.post(change, fields_of(superuser, full_name="Lain")).status_code,
        back_office.get(change).status_code,
    ]
    assert statuses == [403, 403, 403, 200]
    person = UserFactory.create()
    back_office.post(
        reverse("admin:accounts_user_change", args=[person.pk]),
        fields_of(person, is_superuser="on", is_staff="on"),
    )
    assert list(User.objects.filter(is_superuser=True)) == [superuser]


def test_admin_sets_a_password(back_office: Client) -> None:
    person = UserFactory.create(username="petugas")
    address = reverse("admin:auth_user_password_change", args=[person.pk])
    assert "<form" in back_office.get(address).content.decode()
    typed = {
        "password1": "sandi-lain-yang-baru-7",
        "password2": "sandi-lain-yang-baru-7",
        "usable_password": "true",
    }
    assert back_office.post(address, typed).status_code == 302
    person.refresh_from_db()
    assert person.check_password("sandi-lain-yang-baru-7")
    assert log() == [(Verb.PASSWORD_CHANGED, "petugas: oleh admin")]


def test_lost_phone_is_mended_by_an_admin(back_office: Client) -> None:
    person = UserFactory.create(username="petugas")
    Authenticator.objects.create(user=person, type=Authenticator.Type.TOTP, data={"secret": "RAHASIA-SEKALI"})
    Authenticator.objects.create(
        user=person, type=Authenticator.Type.RECOVERY_CODES, data={"seed": "RAHASIA-LAIN"}
    )
    address = reverse("admin:accounts_user_change", args=[person.pk])
    page = back_office.get(address).content.decode()
    assert "aplikasi kode" in page
    assert not re.search("RAHASIA", page)
    ticked = {"authenticator_set-0-DELETE": "on"}
    for silence in ("", "   "):
        refused = back_office.post(address, fields_of(person, **ticked, lost_phone=silence))
        assert (refused.status_code, "Isi “Alasan kode dihapus”" in refused.content.decode()) == (200, True)
    assert (Authenticator.objects.count(), log()) == (2, [])
    phone, other = Client(), Client()
    phone.force_login(person)
    other.force_login(UserFactory.create())
    answer = back_office.post(address, fields_of(person, **ticked, lost_phone="hilang di pasar"))
    assert answer.status_code == 302
    assert not Authenticator.objects.exists()
    assert log() == [(Verb.SECOND_FACTOR_CHANGED, "petugas: mati oleh admin, aplikasi kode")]
    assert AccessEvent.objects.get().purpose == "hilang di pasar"
    mine = reverse("accounts:my_access")
    assert [one.get(mine).status_code for one in (phone, other, back_office)] == [302, 200, 200]


@pytest.mark.parametrize("model", [AccessEvent, SignInLink])
def test_logs_are_read_only(back_office: Client, model: type) -> None:
    person = UserFactory.create(full_name="Petugas Satu")
    make_sign_in_link(user=person, by=User.objects.get(username="admin"))
    row = model._default_manager.get()  # type: ignore[attr-defined]
    name = row._meta.model_name
    read = reverse(f"admin:accounts_{name}_change", args=[row.pk])
    assert back_office.get(reverse(f"admin:accounts_{name}_changelist"), {"q": "admin"}).status_code == 200
    assert back_office.get(read).status_code == 200
    assert back_office.post(read, {"verb": "exported"}).status_code == 403
    assert (
        back_office.post(reverse(f"admin:accounts_{name}_delete", args=[row.pk]), {"post": "yes"}).status_code
        == 403
    )
    assert back_office.get(reverse(f"admin:accounts_{name}_add")).status_code == 403


def test_back_office_of_accounts_holds_our_models_only() -> None:
    registered = sorted(
        model._meta.label
        for model in admin.site._registry
        if model._meta.app_label in {"accounts", "account", "mfa", "auth"}
    )
    assert registered == ["accounts.AccessEvent", "accounts.SignInLink", "accounts.User"]


@pytest.mark.parametrize("traits", [{}, {"sudin": True}, {"leader": True}])
def test_who_is_no_admin_gets_403_and_no_loop(client: Client, db: None, traits: dict[str, bool]) -> None:
    client.force_login(UserFactory.create(**traits))
    for name in ("admin:index", "admin:login", "admin:accounts_user_changelist"):
        answer = client.get(reverse(name))
        assert (answer.status_code, "Anda tidak berhak" in answer.content.decode()) == (403, True)


def test_admin_signs_in_and_out_through_our_pages(client: Client, db: None) -> None:
    person = UserFactory.create(admin=True, username="admin")
    page = reverse("admin:accounts_user_changelist")
    assert client.get(page)["Location"] == f"{reverse('account_login')}?next={page}"
    assert client.get(reverse("admin:login")).status_code == 302
    typed = {"login": "admin", "password": PASSWORD, "next": page}
    assert client.post(reverse("account_login"), typed)["Location"] == page
    assert client.get(reverse("admin:password_change"))["Location"] == reverse("account_change_password")
    assert client.post(reverse("admin:logout"))["Location"] == reverse("account_login")
    assert "_auth_user_id" not in client.session
    assert list(AccessEvent.objects.order_by("pk").values_list("user", "verb")) == [
        (person.pk, Verb.SIGNED_IN),
        (person.pk, Verb.SIGNED_OUT),
    ]
