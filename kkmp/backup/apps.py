"""Backups: every table and file in one sealed archive, and the way back; owns no model."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class BackupConfig(AppConfig):
    name = "kkmp.backup"
    label = "backup"
    verbose_name = _("Cadangan")
