import re
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from kkmp.accounts.management.commands import create_admin
from kkmp.accounts.models import AccessEvent, Role, User, Verb
from tests.factories import UserFactory


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Answers of the person at the terminal, in order; both questions and passwords take from it."""
    answers: list[str] = []
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("builtins.input", lambda _question: answers.pop(0))
    monkeypatch.setattr(create_admin, "getpass", lambda _question: answers.pop(0))
    return answers


def run(**options: Any) -> tuple[str, str]:
    said, complained = StringIO(), StringIO()
    call_command("create_admin", stdout=said, stderr=complained, **options)
    return said.getvalue(), complained.getvalue()


def test_asks_until_the_password_is_good(db: None, terminal: list[str]) -> None:
    terminal += [
        "kepala.admin",
        "Kepala Admin",
        "12345678",
        "kepala.admin1",
        "sandi-panjang-7",
        "salah",
        "sandi-panjang-7",
        "sandi-panjang-7",
    ]
    _said, complained = run()
    person = User.objects.get()
    assert (person.username, person.full_name, person.role, person.is_superuser) == (
        "kepala.admin",
        "Kepala Admin",
        Role.ADMIN,
        False,
    )
    assert person.check_password("sandi-panjang-7")
    assert "Keduanya tidak sama." in complained
    assert len(complained.splitlines()) >= 3
    event = AccessEvent.objects.get()
    assert (event.user, event.verb, event.ip) == (None, Verb.RIGHT_CHANGED, None)
    assert event.target == "kepala.admin: akun baru, peran admin, dari terminal"


def test_link_works_without_a_terminal_also_in_production(db: None, settings: Any, client: Client) -> None:
    settings.IS_DEMO = False
    settings.ALLOWED_HOSTS = ["kkmp.example.go.id", "testserver"]
    said, _complained = run(username="admin", name="Admin Satu", link=True)
    link = re.search(r"https://kkmp\.example\.go\.id(/account/link/[\w-]{43}/)", said)
    assert link
    client.post(link[1])
    assert client.session["_auth_user_id"] == str(User.objects.get().pk)


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        ({"username": "ADMIN", "name": "Nama", "link": True}, "sudah dipakai"),
        ({"username": "a b", "name": "Nama", "link": True}, "username"),
        ({"username": "baru", "name": " ", "link": True}, "full_name"),
        ({"username": "baru", "link": True}, "--name"),
        ({"username": "baru", "name": "Nama"}, "--link"),
    ],
)
def test_refuses_in_words(
    db: None, options: dict[str, Any], complaint: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin.isatty", lambda: False, raising=False)
    UserFactory.create(username="admin")
    with pytest.raises(CommandError, match=complaint):
        run(**options)
    assert User.objects.count() == 1
