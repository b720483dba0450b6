"""Columns of the lists of outlets and of capital needs."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cooperatives.asof import View
from cooperatives.columns import cooperative_column
from kkmp.columns import Cell, Column, Kind, Part, column, day_in_view, in_order_of, words_of
from kkmp.templatetags.ui import rupiah, tanggal
from outlets.models import NeedPurpose, OutletKind, Premises, Reason, Status, Tenure
from outlets.outlet_class import OutletClass

KIND_WORDS = words_of(OutletKind)
STATUS_WORDS = words_of(Status, none=OutletClass.UNRECORDED.label)
REASON_WORDS = words_of(Reason)
PURPOSE_WORDS = words_of(NeedPurpose)


def _outlet(row: Any, view: View) -> Cell:
    href = view.link(reverse("outlets:detail", args=[row.pk]))
    return Cell(row.name, href=href, sub=str(KIND_WORDS[row.kind]))


def _status(row: Any, _view: View) -> Cell:
    return Cell(
        str(STATUS_WORDS[row.status]),
        tone=row.status or OutletClass.UNRECORDED,
        sub=str(REASON_WORDS[row.status_reason]),
    )


def _open_need(row: Any, _view: View) -> Cell:
    if row.open_need_idr:
        return Cell(rupiah(row.open_need_idr))
    lacks = (row.status, row.status_reason) == (Status.IDLE, Reason.CAPITAL)
    return Cell(gettext("belum dicatat"), is_unknown=True) if lacks else Cell()


OUTLET_COLUMNS = (
    Column(
        "name",
        _("Gerai"),
        (Part(_("Gerai"), "name", width=32), Part(_("Jenis"), "kind", words=KIND_WORDS)),
        cell=_outlet,
        order=("name",),
    ),
    cooperative_column(),
    Column(
        "status",
        _("Status"),
        (
            Part(_("Status"), "status", words=STATUS_WORDS),
            Part(_("Sebab belum berjalan"), "status_reason", words=REASON_WORDS),
        ),
        cell=_status,
        order=(in_order_of("status", Status),),
    ),
    column("since", _("Sejak"), "status_since", Kind.DAY, order=("status_since",)),
    column(
        "need",
        _("Kebutuhan terbuka"),
        "open_need_idr",
        Kind.MONEY,
        title=_("Kebutuhan terbuka (Rp)"),
        cell=_open_need,
        order=("open_need_idr",),
        extra=("status", "status_reason"),
    ),
    column("address", _("Alamat"), "address", width=40, is_default=False),
    column("premises", _("Tempat"), "premises", words=words_of(Premises), is_default=False),
    column("tenure", _("Status lahan"), "tenure", words=words_of(Tenure), is_default=False),
    column("area", _("Luas (m²)"), "area_m2", Kind.NUMBER, order=("area_m2",), is_default=False),
)


def _purpose(row: Any, view: View) -> Cell:
    may_change = view.user.has_perm("outlets.change_capitalneed")
    href = reverse("outlets:need_edit", args=[row.pk]) if may_change else ""
    return Cell(str(PURPOSE_WORDS[row.purpose]), href=href, sub=row.text)


def _outlet_of_need(row: Any, view: View) -> Cell:
    return Cell(row.outlet__name, href=view.link(reverse("outlets:detail", args=[row.outlet_id])))


def _closed(row: Any, view: View) -> Cell:
    if day := day_in_view(row.closed_on, view):
        return Cell(tanggal(day))
    if row.closed_on is None and view.user.has_perm("outlets.change_capitalneed"):
        name = gettext("Tandai terpenuhi: %(outlet)s, %(purpose)s") % {
            "outlet": row.outlet__name,
            "purpose": PURPOSE_WORDS[row.purpose],
        }
        href = f"{reverse('outlets:need_edit', args=[row.pk])}?close=1"
        return Cell(gettext("Tandai terpenuhi"), href=href, name=name, is_action=True)
    return Cell(gettext("masih terbuka"))


NEED_COLUMNS = (
    Column(
        "purpose",
        _("Untuk"),
        (Part(_("Untuk"), "purpose", words=PURPOSE_WORDS), Part(_("Rincian"), "text", width=40)),
        cell=_purpose,
        order=(in_order_of("purpose", NeedPurpose),),
    ),
    column(
        "outlet",
        _("Gerai"),
        "outlet__name",
        width=32,
        cell=_outlet_of_need,
        order=("outlet__name",),
        extra=("outlet_id",),
    ),
    cooperative_column("outlet__cooperative__"),
    column("since", _("Sejak"), "since_on", Kind.DAY, order=("since_on",)),
    column(
        "closed",
        _("Terpenuhi"),
        "closed_on",
        Kind.DAY,
        title=_("Terpenuhi pada"),
        value=day_in_view,
        cell=_closed,
        order=("closed_on",),
        extra=("outlet__name", "purpose"),
    ),
    column("idr", _("Jumlah"), "amount_idr", Kind.MONEY, title=_("Jumlah (Rp)"), order=("amount_idr",)),
)
