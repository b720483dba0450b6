"""Columns of the list of letters."""

from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cooperatives.asof import View
from cooperatives.columns import cooperative_column
from kkmp.columns import Cell, Column, Kind, Part, column
from partners.models import reference_of


def _reference(row: Any, view: View) -> Cell:
    href = view.link(reverse("partners:letter", args=[row.pk]))
    return Cell(reference_of(row.number, row.year), href=href)


def _partner(row: Any, view: View) -> Cell:
    return Cell(row.partner__name, href=view.link(reverse("partners:detail", args=[row.partner_id])))


def _outlet(row: Any, view: View) -> Cell:
    return Cell(row.outlet__name, href=view.link(reverse("outlets:detail", args=[row.outlet_id])))


LETTER_COLUMNS = (
    Column(
        "reference",
        _("Nomor"),
        # Text, though it is a number: the page shows it as part of a name.
        (Part(_("Nomor urut"), "number"), Part(_("Tahun"), "year", Kind.NUMBER)),
        cell=_reference,
        order=("year", "number"),
    ),
    column(
        "partner",
        _("Mitra"),
        "partner__name",
        width=32,
        cell=_partner,
        order=("partner__name",),
        extra=("partner_id",),
    ),
    column(
        "outlet",
        _("Gerai"),
        "outlet__name",
        width=32,
        cell=_outlet,
        order=("outlet__name",),
        extra=("outlet_id",),
    ),
    cooperative_column("outlet__cooperative__"),
    column("offer", _("Penawaran"), "offer__title", width=40, is_default=False),
    Column(
        "made",
        _("Dibuat"),
        (
            Part(
                _("Dibuat pada"),
                "made_at",
                Kind.DAY,
                value=lambda at, _view: timezone.localdate(at),
            ),
            Part(_("Dibuat oleh"), "by__full_name", width=28),
        ),
        order=("made_at",),
    ),
)
