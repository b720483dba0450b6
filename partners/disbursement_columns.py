"""Columns of the list of disbursements."""

from typing import Any

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cooperatives.asof import View
from cooperatives.columns import cooperative_column
from kkmp.columns import Cell, Kind, column, in_order_of, words_of
from partners.models import SupportKind


class State(models.TextChoices):
    """Where a record stands; `DisbursementQuerySet.with_state` annotates it."""

    WAITING = "waiting", _("Menunggu pemeriksaan")
    VERIFIED = "verified", _("Diperiksa")
    WITHDRAWN = "withdrawn", pgettext_lazy("disbursement", "Dibatalkan")


STATES = State.choices
STATE_WORDS = words_of(State)
_TONES = {State.WAITING: "warning", State.VERIFIED: "ok", State.WITHDRAWN: "none"}


def _partner(row: Any, view: View) -> Cell:
    href = view.link(reverse("partners:support_detail", args=[row.support_id]))
    return Cell(row.support__partner__name, href=href)


def _state(row: Any, _view: View) -> Cell:
    return Cell(str(STATE_WORDS[row.state]), tone=_TONES[State(row.state)])


DISBURSEMENT_COLUMNS = (
    column(
        "partner",
        _("Mitra"),
        "support__partner__name",
        width=32,
        cell=_partner,
        order=("support__partner__name",),
        extra=("support_id",),
    ),
    cooperative_column("support__cooperative__"),
    column(
        "kind",
        _("Bentuk"),
        "support__kind",
        words=words_of(SupportKind),
        title=_("Bentuk bantuan"),
        order=(in_order_of("support__kind", SupportKind),),
    ),
    column("paid_on", _("Diterima pada"), "paid_on", Kind.DAY, order=("paid_on",)),
    column("state", _("Keadaan"), "state", words=STATE_WORDS, cell=_state, order=("state",)),
    column(
        "amount",
        pgettext_lazy("money", "Jumlah"),
        "amount_idr",
        Kind.MONEY,
        title=_("Jumlah (Rp)"),
        order=("amount_idr",),
    ),
    column("note", _("Keterangan"), "note", width=40, is_default=False),
    column("recorded_by", _("Dicatat oleh"), "recorded_by__full_name", is_default=False),
    column("verified_by", _("Diverifikasi oleh"), "verified_by__full_name", is_default=False),
)
