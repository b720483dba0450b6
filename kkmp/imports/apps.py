"""Imports: preview, confirm, undo for every kind of file."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ImportsConfig(AppConfig):
    name = "kkmp.imports"
    label = "imports"
    verbose_name = _("Impor")
