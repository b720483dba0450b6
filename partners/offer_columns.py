"""Columns of the list of offers."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cooperatives.asof import View
from kkmp.columns import Cell, Column, Kind, Part, column, in_order_of, words_of
from kkmp.templatetags.ui import rupiah, tanggal
from partners.models import OfferState, SupportKind

STATE_WORDS = words_of(OfferState)
# What a badge looks like in each state.
TONES: dict[str, str] = {OfferState.SOON: "preparing", OfferState.OPEN: "running", OfferState.OVER: "closed"}


def _offer(row: Any, view: View) -> Cell:
    href = view.link(reverse("partners:offer_detail", args=[row.pk]))
    return Cell(row.title, href=href, sub=row.partner__name)


def _state(row: Any, _view: View) -> Cell:
    if row.open_until is None:
        days = gettext("mulai %(day)s, tanpa batas akhir") % {"day": tanggal(row.open_from)}
    else:
        words = {"first": tanggal(row.open_from), "last": tanggal(row.open_until)}
        days = gettext("%(first)s sampai %(last)s") % words
    return Cell(str(STATE_WORDS[row.state]), tone=TONES[row.state], sub=days)


def _ceiling(row: Any, _view: View) -> Cell:
    if row.ceiling_idr is None:
        return Cell(gettext("tidak dibatasi"), is_unknown=True)
    each = gettext("%(sum)s per gerai") % {"sum": rupiah(row.per_outlet_idr)} if row.per_outlet_idr else ""
    return Cell(rupiah(row.ceiling_idr), sub=each)


OFFER_COLUMNS = (
    Column(
        "title",
        _("Penawaran"),
        (Part(_("Penawaran"), "title", width=40), Part(_("Mitra"), "partner__name", width=32)),
        cell=_offer,
        order=("title",),
    ),
    column(
        "kind",
        _("Bentuk"),
        "kind",
        words=words_of(SupportKind),
        title=_("Bentuk bantuan"),
        order=(in_order_of("kind", SupportKind),),
    ),
    Column(
        "state",
        _("Masa"),
        (
            Part(_("Keadaan"), "state", words=STATE_WORDS),
            Part(_("Berlaku mulai"), "open_from", Kind.DAY),
            Part(_("Berlaku sampai"), "open_until", Kind.DAY),
        ),
        cell=_state,
        order=(in_order_of("state", OfferState), "open_from"),
    ),
    Column(
        "ceiling",
        _("Plafon"),
        (
            Part(_("Plafon seluruhnya (Rp)"), "ceiling_idr", Kind.MONEY),
            Part(_("Paling banyak per gerai (Rp)"), "per_outlet_idr", Kind.MONEY),
        ),
        cell=_ceiling,
        order=("ceiling_idr",),
    ),
    column(
        "agreed",
        _("Sudah dijanjikan"),
        "agreed_idr",
        Kind.MONEY,
        title=_("Sudah dijanjikan (Rp)"),
        order=("agreed_idr",),
    ),
    column(
        "remaining",
        _("Sisa plafon"),
        "remaining_idr",
        Kind.MONEY,
        title=_("Sisa plafon (Rp)"),
        order=("remaining_idr",),
    ),
    column("conditions", _("Syarat lain"), "conditions", width=40, is_default=False),
)
