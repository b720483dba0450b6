import re
import threading

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from kkmp.accounts.models import AccessEvent, SignInLink, User, Verb
from kkmp.accounts.services import make_sign_in_link
from tests import header
from tests.factories import PASSWORD, UserFactory

TOKEN = re.compile(r"/account/link/([\w-]{43})/")


def open_address(token: str) -> str:
    return reverse("accounts:link_open", args=[token])


def events() -> list[tuple[str, str, str]]:
    rows = AccessEvent.objects.order_by("pk").values_list("user__username", "verb", "target")
    return [(user or "", verb, target) for user, verb, target in rows]


def test_sudin_makes_a_link_that_signs_an_officer_in_once(client: Client, db: None) -> None:
    officer = UserFactory.create(username="petugas", full_name="Petugas Satu")
    officer.set_unusable_password()
    officer.save()
    sudin = UserFactory.create(sudin=True, username="sudin")
    client.force_login(sudin)
    page = client.post(reverse("accounts:link_make", args=[officer.pk])).content.decode()
    token = TOKEN.findall(page)[0]
    # Only a digest is kept, and the message that is ready to send names nobody.
    assert list(SignInLink.objects.values_list("token_sha256", "made_by")) == [
        (SignInLink.digest(token), sudin.pk)
    ]
    assert "Petugas Satu" not in page.split('id="message"')[1].split("</p>")[0]

    phone = Client()
    asked = phone.get(open_address(token))
    assert "Masuk sebagai Petugas Satu" in asked.content.decode()
    assert "_auth_user_id" not in phone.session
    entered = phone.post(open_address(token))
    assert (entered.status_code, entered["Location"]) == (302, reverse("accounts:new_password"))
    assert phone.session["_auth_user_id"] == str(officer.pk)

    late = Client()
    for answer in (late.get(open_address(token)), late.post(open_address(token))):
        assert answer.status_code == 410
        assert "Tautan sudah dipakai" in answer.content.decode()
    assert "_auth_user_id" not in late.session
    assert events() == [
        ("sudin", Verb.LINK_MADE, "petugas"),
        ("petugas", Verb.LINK_USED, ""),
        ("petugas", Verb.SIGNED_IN, ""),
    ]


def test_new_link_ends_the_earlier_one(client: Client, db: None) -> None:
    officer, admin = UserFactory.create(), UserFactory.create(admin=True)
    _link, old = make_sign_in_link(user=officer, by=admin)
    _link, new = make_sign_in_link(user=officer, by=admin)
    assert "tautan yang lebih baru" in client.post(open_address(old)).content.decode()
    assert client.post(open_address(new)).status_code == 302


@pytest.mark.parametrize("method", ["get", "post"])
def test_dead_links_say_what_to_do(client: Client, db: None, method: str) -> None:
    officer, admin = UserFactory.create(), UserFactory.create(admin=True)
    link, expired = make_sign_in_link(user=officer, by=admin)
    SignInLink.objects.filter(pk=link.pk).update(expires_at=link.made_at)
    locked_out = UserFactory.create(is_active=False)
    _link, of_locked_out = make_sign_in_link(user=locked_out, by=admin)
    said = {}
    for name, token in {"unknown": "x" * 43, "expired": expired, "locked out": of_locked_out}.items():
        answer = getattr(client, method)(open_address(token))
        said[name] = (answer.status_code, "mintalah tautan baru" in answer.content.decode())
    assert said == {"unknown": (404, True), "expired": (410, True), "locked out": (410, True)}
    assert "_auth_user_id" not in client.session


def test_link_for_somebody_else_signs_the_first_one_out(client: Client, db: None) -> None:
    officer = UserFactory.create(username="petugas")
    client.force_login(UserFactory.create(username="tamu"))
    _link, token = make_sign_in_link(user=officer, by=UserFactory.create(admin=True))
    assert "Peramban ini sedang dipakai" in client.get(open_address(token)).content.decode()
    client.post(open_address(token))
    assert client.session["_auth_user_id"] == str(officer.pk)
    assert events()[1:] == [
        ("petugas", Verb.LINK_USED, ""),
        ("tamu", Verb.SIGNED_OUT, ""),
        ("petugas", Verb.SIGNED_IN, ""),
    ]


def test_who_may_hand_a_link_to_whom(client: Client, db: None) -> None:
    people = {
        "officer": UserFactory.create(),
        "sudin": UserFactory.create(sudin=True),
        "leader": UserFactory.create(leader=True),
        "admin": UserFactory.create(admin=True),
    }
    superuser = User.objects.create_superuser("darurat", full_name="Darurat")
    locked_out = UserFactory.create(is_active=False)
    receivers = {**people, "superuser": superuser, "locked out": locked_out}
    answers = {}
    for name, maker in {**people, "other sudin": UserFactory.create(sudin=True)}.items():
        client.force_login(maker)
        answers[name] = {
            who: client.post(reverse("accounts:link_make", args=[person.pk])).status_code
            for who, person in receivers.items()
        }
    none = dict.fromkeys(receivers, 404)
    assert answers == {
        "officer": dict.fromkeys(receivers, 403),
        "leader": dict.fromkeys(receivers, 403),
        "sudin": {**none, "officer": 200},
        "other sudin": {**none, "officer": 200},
        "admin": {**none, "officer": 200, "sudin": 200, "leader": 200},
    }


def test_list_of_people_shows_whom_the_viewer_may_help(client: Client, db: None) -> None:
    UserFactory.create(full_name="Petugas Satu")
    UserFactory.create(full_name="Pimpinan Satu", leader=True)
    shown = {}
    for maker in (
        UserFactory.create(full_name="Sudin", sudin=True),
        UserFactory.create(full_name="Adm", admin=True),
    ):
        client.force_login(maker)
        response = client.get(reverse("accounts:people"))
        shown[maker.full_name] = [person.full_name for person in response.context["listing"].page]
    assert shown == {"Sudin": ["Petugas Satu"], "Adm": ["Petugas Satu", "Pimpinan Satu", "Sudin"]}
    found = client.get(reverse("accounts:people"), {"q": "pimpinan", "page": "abc", "sort": "x"})
    assert [person.full_name for person in found.context["listing"].page] == ["Pimpinan Satu"]


def test_people_list_takes_the_same_queries_for_one_and_three(
    client: Client, db: None, django_assert_num_queries: object
) -> None:
    from tests.factories import KelurahanFactory, officer_of

    client.force_login(UserFactory.create(sudin=True))
    for more in (1, 2):
        for _number in range(more):
            officer_of(KelurahanFactory.create())
        with django_assert_num_queries(5 + header.SUDIN_WHERE_OFFICERS_KEEP_ALL):  # type: ignore[operator]
            client.get(reverse("accounts:people"))


def test_password_can_be_set_after_a_link_without_the_old_one(client: Client, db: None) -> None:
    officer = UserFactory.create(username="petugas")
    client.force_login(officer)
    # Signed in otherwise: the old password is asked.
    assert client.get(reverse("accounts:new_password"))["Location"] == reverse("account_change_password")
    client.logout()
    _link, token = make_sign_in_link(user=officer, by=UserFactory.create(admin=True))
    client.post(open_address(token))
    weak = client.post(reverse("accounts:new_password"), {"new_password1": "12345", "new_password2": "12345"})
    assert weak.status_code == 200
    typed = {"new_password1": "sandi-lain-yang-baru-7", "new_password2": "sandi-lain-yang-baru-7"}
    assert client.post(reverse("accounts:new_password"), typed)["Location"] == reverse("dashboard")
    assert client.session["_auth_user_id"] == str(officer.pk)
    officer.refresh_from_db()
    assert (officer.check_password("sandi-lain-yang-baru-7"), officer.check_password(PASSWORD)) == (
        True,
        False,
    )
    # Once: the next change asks for the password just set.
    assert client.get(reverse("accounts:new_password"))["Location"] == reverse("account_change_password")
    assert events()[-1] == ("petugas", Verb.PASSWORD_CHANGED, "petugas")


@pytest.mark.django_db(transaction=True)
def test_of_two_people_who_open_a_link_at_once_one_is_signed_in() -> None:
    officer, admin = UserFactory.create(), UserFactory.create(admin=True)
    _link, token = make_sign_in_link(user=officer, by=admin)
    start = threading.Barrier(4)
    answers: list[int] = []

    def use() -> None:
        try:
            start.wait()
            answers.append(Client().post(open_address(token)).status_code)
        finally:
            connection.close()

    threads = [threading.Thread(target=use) for _number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [302, 410, 410, 410]
    assert AccessEvent.objects.filter(verb=Verb.SIGNED_IN).count() == 1
