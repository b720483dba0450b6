"""Pages that compose several subjects, and the commands that fill an installation; owns no model."""

from typing import Any

from django.apps import AppConfig, apps
from django.db import connections
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _

from kkmp import triggers


def _install_triggers(using: str, **_kwargs: Any) -> None:
    triggers.install(connections[using])


class PagesConfig(AppConfig):
    name = "kkmp.pages"
    label = "pages"
    verbose_name = _("Halaman")

    def ready(self) -> None:
        # Not a rule of ours in a signal: the one hook Django offers after a migrate, which may have dropped triggers.
        # It is sent after the last migration, once for each app with models; one of them is enough.
        accounts = apps.get_app_config("accounts")
        post_migrate.connect(_install_triggers, sender=accounts, dispatch_uid="kkmp.triggers")
