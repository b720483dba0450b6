"""Columns of the lists of partners, supports and events."""

from typing import Any

from django.db.models import Value
from django.db.models.functions import NullIf
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cooperatives.asof import View
from cooperatives.columns import cooperative_column
from kkmp.columns import Cell, Column, Kind, Part, column, in_order_of, words_of
from kkmp.templatetags.ui import number, rupiah, tanggal
from partners.models import PartnerCategory, Stage, SupportKind

# A choice of the stage filter beside the stages themselves: what `agreed()` counts.
AGREED_CHOICE = "agreed"

CATEGORY_WORDS = words_of(PartnerCategory)
STAGE_WORDS = words_of(Stage)


def _partner(row: Any, view: View) -> Cell:
    href = view.link(reverse("partners:detail", args=[row.pk]))
    return Cell(row.name, href=href, sub=str(CATEGORY_WORDS[row.category]))


def _focus(row: Any, _view: View) -> Cell:
    return Cell(row.focus) if row.focus else Cell(gettext("belum diisi"), is_unknown=True)


def _support_count(row: Any, view: View) -> Cell:
    href = view.link(reverse("partners:supports"), partner=row.pk)
    return Cell(number(row.support_count), href=href, figure=row.support_count)


def _agreed(row: Any, view: View) -> Cell:
    if not row.agreed_idr:
        return Cell()
    href = view.link(reverse("partners:supports"), partner=row.pk, stage=AGREED_CHOICE)
    return Cell(rupiah(row.agreed_idr), href=href)


PARTNER_COLUMNS = (
    Column(
        "name",
        _("Mitra"),
        (Part(_("Mitra"), "name", width=32), Part(_("Kategori"), "category", words=CATEGORY_WORDS)),
        cell=_partner,
        order=("name",),
    ),
    column("focus", _("Bidang bantuan"), "focus", width=40, cell=_focus),
    column(
        "supports",
        _("Bantuan"),
        "support_count",
        Kind.NUMBER,
        title=_("Jumlah bantuan"),
        cell=_support_count,
        order=("support_count",),
    ),
    column(
        "agreed",
        _("Nilai komitmen"),
        "agreed_idr",
        Kind.MONEY,
        title=_("Nilai komitmen (Rp)"),
        # Nothing agreed, or nothing said of its worth: no sum, not the smallest one.
        value=lambda idr, _view: idr or None,
        cell=_agreed,
        order=(NullIf("agreed_idr", Value(0)),),
    ),
    column("contact", _("Kontak kantor"), "contact", width=40, is_default=False),
)


def _partner_of_support(row: Any, view: View) -> Cell:
    return Cell(row.partner__name, href=view.link(reverse("partners:support_detail", args=[row.pk])))


def _stage(row: Any, _view: View) -> Cell:
    since = gettext("sejak %(day)s") % {"day": tanggal(row.stage_since)}
    return Cell(str(STAGE_WORDS[row.stage]), tone=row.stage, sub=since)


SUPPORT_COLUMNS = (
    column(
        "partner",
        _("Mitra"),
        "partner__name",
        width=32,
        cell=_partner_of_support,
        order=("partner__name",),
    ),
    cooperative_column(),
    column(
        "kind",
        _("Bentuk"),
        "kind",
        words=words_of(SupportKind),
        title=_("Bentuk bantuan"),
        order=(in_order_of("kind", SupportKind),),
    ),
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
    column("note", _("Keterangan"), "note", width=40, is_default=False),
)


def _event(row: Any, view: View) -> Cell:
    return Cell(row.title, href=view.link(reverse("partners:event_detail", args=[row.pk])), sub=row.place)


EVENT_COLUMNS = (
    Column(
        "title",
        _("Acara"),
        (Part(_("Acara"), "title", width=40), Part(_("Tempat"), "place", width=32)),
        cell=_event,
        order=("title",),
    ),
    column("held_on", _("Tanggal"), "held_on", Kind.DAY, order=("held_on",)),
    column("partners", _("Mitra hadir"), "partner_count", Kind.NUMBER, order=("partner_count",)),
    column(
        "cooperatives", _("Koperasi hadir"), "cooperative_count", Kind.NUMBER, order=("cooperative_count",)
    ),
)
