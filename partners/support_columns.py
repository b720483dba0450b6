"""Columns of the list of supports; its rows are annotated by `flags.with_flags`."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cooperatives.asof import View
from cooperatives.columns import cooperative_column
from kkmp.columns import Cell, Column, Kind, Part, column, in_order_of, words_of
from kkmp.templatetags.ui import tanggal
from outlets.models import NeedPurpose
from partners.columns import STAGE_WORDS
from partners.flags import keys_in
from partners.models import Stage, SupportKind, capital_of

CAPITAL_WORDS = {kind.value: capital_of(kind).label for kind in SupportKind}


def _partner(row: Any, view: View) -> Cell:
    return Cell(row.partner__name, href=view.link(reverse("partners:support_detail", args=[row.pk])))


def _outlet(row: Any, view: View) -> Cell:
    if row.outlet_id is None:
        return Cell()
    return Cell(row.outlet__name, href=view.link(reverse("outlets:detail", args=[row.outlet_id])))


def _stage(row: Any, _view: View) -> Cell:
    since = gettext("sejak %(day)s") % {"day": tanggal(row.stage_since)}
    return Cell(str(STAGE_WORDS[row.stage]), tone=row.stage, sub=since)


def _first_flag(stored: str, _view: View) -> str:
    return "".join(str(key.label) for key in keys_in(stored)[:1])


def _other_flags(stored: str, _view: View) -> str:
    return "; ".join(str(key.label) for key in keys_in(stored)[1:])


def _flags(row: Any, view: View) -> Cell:
    keys = keys_in(row.flag_keys)
    if not keys:
        return Cell()
    return Cell(str(keys[0].label), tone=keys[0].tone, sub=_other_flags(row.flag_keys, view))


SUPPORT_COLUMNS = (
    column("partner", _("Mitra"), "partner__name", width=32, cell=_partner, order=("partner__name",)),
    cooperative_column(),
    column(
        "outlet",
        _("Gerai"),
        "outlet__name",
        width=32,
        cell=_outlet,
        order=("outlet__name",),
        extra=("outlet_id",),
        is_default=False,
    ),
    column(
        "purpose",
        _("Untuk"),
        "need__purpose",
        words=words_of(NeedPurpose),
        title=_("Untuk kebutuhan"),
        order=(in_order_of("need__purpose", NeedPurpose),),
        is_default=False,
    ),
    column(
        "kind",
        _("Bentuk"),
        "kind",
        words=words_of(SupportKind),
        title=_("Bentuk bantuan"),
        order=(in_order_of("kind", SupportKind),),
    ),
    column("capital", _("Golongan modal"), "kind", words=CAPITAL_WORDS, width=32, is_default=False),
    Column(
        "stage",
        _("Tahap"),
        (
            Part(_("Tahap"), "stage", words=STAGE_WORDS),
            Part(_("Tahap sejak"), "stage_since", Kind.DAY),
        ),
        cell=_stage,
        order=(in_order_of("stage", Stage),),
    ),
    column(
        "committed",
        _("Nilai komitmen"),
        "committed_idr",
        Kind.MONEY,
        title=_("Nilai komitmen (Rp)"),
        order=("committed_idr",),
    ),
    column(
        "arrived",
        _("Sudah diterima"),
        "paid_idr",
        Kind.MONEY,
        title=_("Sudah diterima dan terverifikasi (Rp)"),
        order=("paid_idr",),
    ),
    column(
        "outstanding",
        _("Belum diterima"),
        "due_idr",
        Kind.MONEY,
        title=_("Komitmen yang belum diterima (Rp)"),
        order=("due_idr",),
    ),
    Column(
        "flags",
        _("Tanda"),
        (
            Part(_("Tanda utama"), "flag_keys", value=_first_flag, width=32),
            Part(_("Tanda lain"), "flag_keys", value=_other_flags, width=40),
        ),
        cell=_flags,
    ),
    column("accepted", _("RALB"), "accepted_on", Kind.DAY, title=_("Disetujui RALB pada"), is_default=False),
    column("note", _("Keterangan"), "note", width=40, is_default=False),
)
