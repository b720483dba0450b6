"""Columns of the list of needs with what each still lacks."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from cooperatives.asof import View
from cooperatives.columns import cooperative_column
from kkmp.columns import Cell, Column, Kind, Part, column, in_order_of, words_of
from kkmp.templatetags.ui import tanggal
from outlets.models import NeedPurpose, Reason

PURPOSE_WORDS = words_of(NeedPurpose)
REASON_WORDS = words_of(Reason, none=_("tidak menganggur"))


def _purpose(row: Any, view: View) -> Cell:
    href = view.link(reverse("partners:outlet_gap", args=[row.outlet_id]))
    return Cell(str(PURPOSE_WORDS[row.purpose]), href=href, sub=row.text or tanggal(row.since_on))


def _outlet(row: Any, view: View) -> Cell:
    href = view.link(reverse("outlets:detail", args=[row.outlet_id]))
    return Cell(row.outlet__name, href=href, sub=str(REASON_WORDS[row.idle_reason]))


GAP_COLUMNS = (
    Column(
        "purpose",
        _("Untuk"),
        (Part(_("Untuk"), "purpose", words=PURPOSE_WORDS), Part(_("Rincian"), "text", width=40)),
        cell=_purpose,
        order=(in_order_of("purpose", NeedPurpose),),
        extra=("outlet_id", "since_on"),
    ),
    Column(
        "outlet",
        _("Gerai"),
        (
            Part(_("Gerai"), "outlet__name", width=32),
            Part(_("Sebab belum berjalan"), "idle_reason", words=REASON_WORDS),
        ),
        cell=_outlet,
        order=("outlet__name",),
        extra=("outlet_id",),
    ),
    cooperative_column("outlet__cooperative__"),
    column("since", _("Sejak"), "since_on", Kind.DAY, order=("since_on",), is_default=False),
    column(
        "amount", _("Kebutuhan"), "amount_idr", Kind.MONEY, title=_("Kebutuhan (Rp)"), order=("amount_idr",)
    ),
    column(
        "granted",
        _("Hibah tiba"),
        "granted_idr",
        Kind.MONEY,
        title=_("Hibah tiba dan diperiksa (Rp)"),
        order=("granted_idr",),
    ),
    column(
        "own",
        _("Dana sendiri"),
        "set_aside_idr",
        Kind.MONEY,
        title=_("Dana sendiri disisihkan (Rp)"),
        order=("set_aside_idr",),
    ),
    column(
        "gap",
        _("Kekurangan"),
        "gap_idr",
        Kind.MONEY,
        title=_("Kekurangan (Rp)"),
        order=("gap_idr",),
    ),
    column(
        "promised",
        _("Dijanjikan"),
        "promised_idr",
        Kind.MONEY,
        title=_("Dari kekurangan itu dijanjikan (Rp)"),
        order=("promised_idr",),
    ),
    column(
        "unpromised",
        _("Belum dijanjikan"),
        "unpromised_idr",
        Kind.MONEY,
        title=_("Dari kekurangan itu belum dijanjikan (Rp)"),
        order=("unpromised_idr",),
    ),
)
