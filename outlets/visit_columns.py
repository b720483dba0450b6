"""Columns of the list of visits."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cooperatives.asof import View
from cooperatives.columns import cooperative_column
from kkmp.columns import Cell, Column, Kind, Part, column, day_in_view, in_order_of, words_of
from kkmp.templatetags.ui import tanggal
from outlets.models import Seen

SEEN_WORDS = words_of(Seen)


def _visit(row: Any, view: View) -> Cell:
    href = view.link(reverse("visits:detail", args=[row.pk]))
    return Cell(tanggal(row.visited_on), href=href, sub=row.visited_by__full_name or row.visited_by__username)


def _outlet(row: Any, view: View) -> Cell:
    if row.outlet_id is None:
        return Cell(gettext("tanpa gerai"), is_unknown=True)
    return Cell(row.outlet__name, href=view.link(reverse("outlets:detail", args=[row.outlet_id])))


def _seen(row: Any, _view: View) -> Cell:
    return Cell(str(SEEN_WORDS[row.seen]), tone=row.seen)


def _due(row: Any, view: View) -> Cell:
    if not row.follow_up:
        return Cell()
    if done := day_in_view(row.follow_up_done_on, view):
        return Cell(gettext("Selesai"), tone="success", sub=tanggal(done))
    if row.follow_up_due_on < view.on:
        return Cell(gettext("Lewat waktu"), tone="error", sub=tanggal(row.follow_up_due_on))
    return Cell(gettext("Terbuka"), tone="preparing", sub=tanggal(row.follow_up_due_on))


VISIT_COLUMNS = (
    Column(
        "visit",
        _("Kunjungan"),
        (
            Part(_("Tanggal kunjungan"), "visited_on", Kind.DAY),
            Part(_("Dikunjungi oleh"), "visited_by__full_name", width=28),
        ),
        cell=_visit,
        order=("visited_on",),
        extra=("visited_by__username",),
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
    cooperative_column(),
    column("seen", _("Terlihat"), "seen", words=SEEN_WORDS, cell=_seen, order=(in_order_of("seen", Seen),)),
    column("finding", _("Temuan"), "finding", width=60),
    column("follow_up", _("Tindak lanjut"), "follow_up", width=40),
    Column(
        "due",
        _("Keadaan tindak lanjut"),
        (
            Part(_("Paling lambat"), "follow_up_due_on", Kind.DAY),
            Part(_("Selesai pada"), "follow_up_done_on", Kind.DAY, value=day_in_view),
        ),
        cell=_due,
        order=("follow_up_due_on",),
        extra=("follow_up",),
    ),
)
