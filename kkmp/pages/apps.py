"""Pages that compose several subjects, and the commands that fill an installation; owns no model."""

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig, apps
from django.db import connections
from django.db.models.signals import post_migrate, pre_migrate
from django.utils.translation import gettext_lazy as _

from kkmp import triggers


def _make_way(using: str, plan: Sequence[Any], **_kwargs: Any) -> None:
    if plan:
        triggers.make_way(connections[using])


def _install_triggers(using: str, **_kwargs: Any) -> None:
    triggers.install(connections[using])


class PagesConfig(AppConfig):
    name = "kkmp.pages"
    label = "pages"
    verbose_name = _("Halaman")

    def ready(self) -> None:
        # Not a rule of ours in a signal: the hooks Django offers around a migrate, which may drop triggers.
        # They are sent before and after all migrations, once for each app with models; one of them is enough.
        accounts = apps.get_app_config("accounts")
        pre_migrate.connect(_make_way, sender=accounts, dispatch_uid="kkmp.triggers")
        post_migrate.connect(_install_triggers, sender=accounts, dispatch_uid="kkmp.triggers")
