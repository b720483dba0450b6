"""Cooperatives: territory, grants, the 65 cooperatives and the public facts about them."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CooperativesConfig(AppConfig):
    name = "cooperatives"
    verbose_name = _("Koperasi dan wilayah")
