"""Columns of the savings ledger, and of members with their balances and arrears."""

from typing import Any

from django.db.models.functions import Length
from django.urls import reverse
from django.utils.translation import gettext, ngettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from cooperatives.asof import View
from cooperatives.columns import cooperative_column
from kkmp.columns import Cell, Column, Kind, Part, column, in_order_of, words_of
from kkmp.templatetags.ui import bulan, number, tanggal
from members.models import Movement, SavingsKind

KIND_WORDS = words_of(SavingsKind)
MOVEMENT_WORDS = words_of(Movement)


def _card(pk: int, view: View) -> str:
    return view.link(reverse("savings:card", args=[pk]))


def _member_of_entry(row: Any, view: View) -> Cell:
    return Cell(row.member__full_name, href=_card(row.member_id, view), sub=row.member__number)


def _member(row: Any, view: View) -> Cell:
    return Cell(row.full_name, href=_card(row.pk, view), sub=row.number)


def _kind(row: Any, _view: View) -> Cell:
    month = row.month or row.paid_until
    until = gettext("lunas sampai %(month)s") % {"month": bulan(month)} if row.paid_until else ""
    return Cell(str(KIND_WORDS[row.kind]), sub=until or (bulan(month) if month else ""))


def _movement(row: Any, _view: View) -> Cell:
    if row.reversed_by_id:
        return Cell(str(MOVEMENT_WORDS[row.movement]), sub=gettext("dibatalkan"))
    return Cell(str(MOVEMENT_WORDS[row.movement]))


def _receipt(row: Any, _view: View) -> Cell:
    return Cell(row.receipt_no or gettext("tanpa bukti"), sub=tanggal(row.value_on))


def _behind(row: Any, _view: View) -> Cell:
    if not row.months_behind:
        return Cell(gettext("lunas"), tone="success")
    words = ngettext("%(count)s bulan", "%(count)s bulan", row.months_behind)
    return Cell(words % {"count": number(row.months_behind)}, tone="warning")


ENTRY_COLUMNS = (
    Column(
        "receipt",
        _("Bukti"),
        (Part(_("Nomor bukti"), "receipt_no"), Part(_("Tanggal"), "value_on", Kind.DAY)),
        cell=_receipt,
        order=("value_on", "receipt_no", "receipt_line"),
    ),
    Column(
        "member",
        _("Anggota"),
        (
            Part(_("Nama anggota"), "member__full_name", width=32),
            Part(_("Nomor anggota"), "member__number"),
        ),
        cell=_member_of_entry,
        order=("member__full_name",),
        extra=("member_id",),
    ),
    cooperative_column(),
    Column(
        "kind",
        _("Jenis simpanan"),
        (
            Part(_("Jenis simpanan"), "kind", words=KIND_WORDS),
            Part(_("Untuk bulan"), "month", Kind.DAY),
            Part(_("Lunas sampai bulan"), "paid_until", Kind.DAY),
        ),
        cell=_kind,
        order=(in_order_of("kind", SavingsKind), "month"),
    ),
    column(
        "movement",
        _("Mutasi"),
        "movement",
        words=MOVEMENT_WORDS,
        cell=_movement,
        order=(in_order_of("movement", Movement),),
        extra=("reversed_by_id",),
    ),
    column("amount", _("Jumlah"), "amount_idr", Kind.MONEY, title=_("Jumlah (Rp)"), order=("amount_idr",)),
    column("note", _("Catatan"), "note", width=40, is_default=False),
    column("recorded_by", _("Dicatat oleh"), "recorded_by__username", is_default=False),
)


def _money(key: str, label: Any, *, is_default: bool = True) -> Column:
    title = _("%(label)s (Rp)") % {"label": label}
    return column(key, label, key, Kind.MONEY, title=title, order=(key,), is_default=is_default)


BALANCE_COLUMNS = (
    Column(
        "member",
        _("Anggota"),
        (Part(_("Nama anggota"), "full_name", width=32), Part(_("Nomor anggota"), "number")),
        cell=_member,
        # Shorter numbers first, so that 9 comes before 10.
        order=(Length("number"), "number"),
    ),
    cooperative_column(),
    column(
        "months_behind",
        _("Menunggak"),
        "months_behind",
        Kind.NUMBER,
        title=_("Bulan menunggak"),
        cell=_behind,
        order=("months_behind",),
    ),
    _money("arrears_idr", _("Tunggakan")),
    _money("principal_idr", _("Simpanan pokok")),
    _money("mandatory_idr", _("Simpanan wajib")),
    _money("voluntary_idr", _("Simpanan sukarela")),
    _money("savings_idr", _("Jumlah simpanan"), is_default=False),
    column(
        "joined_on",
        pgettext_lazy("member", "Masuk"),
        "joined_on",
        Kind.DAY,
        title=_("Tanggal masuk"),
        order=("joined_on",),
        is_default=False,
    ),
)
