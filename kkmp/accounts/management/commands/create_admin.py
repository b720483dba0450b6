"""Makes the first account of an installation: an admin, who then makes all others."""

import sys
from getpass import getpass
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from kkmp.accounts.models import Role, User, Verb
from kkmp.accounts.services import make_sign_in_link, own_address, record_access


class Command(BaseCommand):
    help = "Make an account with the role admin; its password is asked for, or a sign-in link is printed."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--username", help="user name; asked for when left out")
        parser.add_argument("--name", help="full name; asked for when left out")
        parser.add_argument(
            "--link", action="store_true", help="print a sign-in link instead of asking for a password"
        )
        parser.add_argument(
            "--address", help="where people reach this installation, e.g. https://kkmp.example.go.id"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        username = options["username"] or self._ask(_("Nama pengguna: "), "--username")
        name = options["name"] or self._ask(_("Nama lengkap: "), "--name")
        user = User(username=username.strip(), full_name=name.strip(), role=Role.ADMIN)
        user.set_unusable_password()
        self._validate(user)
        if not options["link"]:
            user.set_password(self._ask_password(user))
        with transaction.atomic():
            user.save()
            record_access(
                None, Verb.RIGHT_CHANGED, target=f"{user.username}: akun baru, peran admin, dari terminal"
            )
            if options["link"]:
                # Nobody else exists yet: the log shows the account as the maker of its own first link.
                _link, token = make_sign_in_link(user=user, by=user)
        self.stdout.write(self.style.SUCCESS(_("Admin %(name)s sudah dibuat.") % {"name": user.username}))
        if options["link"]:
            address = (options["address"] or own_address()).rstrip("/")
            self.stdout.write(_("Tautan masuk, berlaku sekali selama 48 jam:"))
            self.stdout.write(address + reverse("accounts:link_open", args=[token]))

    def _ask(self, question: str, option: str) -> str:
        if not sys.stdin.isatty():
            raise CommandError(_("Isi %(option)s; tidak ada terminal untuk bertanya.") % {"option": option})
        return input(question)

    def _ask_password(self, user: User) -> str:
        """From the terminal, never from the command line: that would stay in the shell's history."""
        if not sys.stdin.isatty():
            raise CommandError(_("Tidak ada terminal untuk bertanya kata sandi; pakai --link."))
        while True:
            password = getpass(_("Kata sandi: "))
            try:
                validate_password(password, user)
            except ValidationError as error:
                self.stderr.write("\n".join(error.messages))
                continue
            if getpass(_("Sekali lagi: ")) == password:
                return password
            self.stderr.write(_("Keduanya tidak sama."))

    def _validate(self, user: User) -> None:
        try:
            user.full_clean()
        except ValidationError as error:
            raise CommandError(
                "\n".join(f"{field}: {' '.join(texts)}" for field, texts in error.message_dict.items())
            ) from error
