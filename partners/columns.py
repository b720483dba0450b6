"""Columns of the lists of partners and events, and words that lists of supports share."""

from typing import Any

from django.db.models import Value
from django.db.models.functions import NullIf
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cooperatives.asof import View
from kkmp.columns import Cell, Column, Kind, Part, column, words_of
from kkmp.templatetags.ui import number, rupiah
from partners.models import PartnerCategory, Stage

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


def _arrived(row: Any, _view: View) -> Cell:
    """Grants, loans and lent goods apart."""
    said = [
        words % {"sum": rupiah(amount)}
        for amount, words in (
            (row.own_idr, gettext("hibah %(sum)s")),
            (row.borrowed_idr, gettext("pinjaman %(sum)s")),
            (row.neither_idr, gettext("titipan %(sum)s")),
        )
        if amount
    ]
    return Cell(said[0], sub=", ".join(said[1:])) if said else Cell()


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
    Column(
        "arrived",
        _("Sudah diterima"),
        (
            Part(_("Hibah diterima (Rp)"), "own_idr", Kind.MONEY),
            Part(_("Pinjaman diterima (Rp)"), "borrowed_idr", Kind.MONEY),
            Part(_("Titip jual dan pinjam pakai diterima (Rp)"), "neither_idr", Kind.MONEY),
        ),
        cell=_arrived,
        order=("own_idr",),
    ),
    column("contact", _("Kontak kantor"), "contact", width=40, is_default=False),
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
