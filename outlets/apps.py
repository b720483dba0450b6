"""Outlets: status in time, class of a cooperative, capital needs."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OutletsConfig(AppConfig):
    name = "outlets"
    verbose_name = _("Gerai: status dari waktu ke waktu, kebutuhan modal")
