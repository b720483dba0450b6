"""Accounts: people, their roles and rights, sign-in, the access log."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "kkmp.accounts"
    label = "accounts"
    verbose_name = _("Akun dan hak akses")

    def ready(self) -> None:
        from kkmp.accounts import events

        events.connect()
