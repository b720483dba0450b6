"""Columns of the register of members. No identity numbers."""

from typing import Any

from django.db.models.functions import Length
from django.urls import reverse
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from cooperatives.asof import View
from cooperatives.columns import cooperative_column
from cooperatives.models import Gender
from kkmp.columns import Cell, Kind, column, day_in_view, in_order_of, words_of

GENDER_WORDS = words_of(Gender)


def _name(row: Any, view: View) -> Cell:
    may_change = view.user.has_perm("members.change_member")
    return Cell(row.full_name, href=reverse("members:edit", args=[row.pk]) if may_change else "")


def _gender(row: Any, _view: View) -> Cell:
    if not row.gender:
        return Cell(gettext("belum diisi"), is_unknown=True)
    return Cell(str(GENDER_WORDS[row.gender]))


MEMBER_COLUMNS = (
    column(
        "full_name",
        _("Nama"),
        "full_name",
        title=_("Nama lengkap"),
        width=32,
        cell=_name,
        order=("full_name",),
    ),
    # Shorter numbers first, so that 9 comes before 10.
    column(
        "member_number",
        _("Nomor"),
        "number",
        title=_("Nomor anggota"),
        order=(Length("number"), "number"),
    ),
    cooperative_column(),
    column(
        "gender",
        _("Jenis kelamin"),
        "gender",
        words=GENDER_WORDS,
        cell=_gender,
        order=(in_order_of("gender", Gender),),
    ),
    column(
        "joined_on",
        pgettext_lazy("member", "Masuk"),
        "joined_on",
        Kind.DAY,
        title=_("Tanggal masuk"),
        order=("joined_on",),
    ),
    column(
        "ended_on",
        pgettext_lazy("member", "Keluar"),
        "ended_on",
        Kind.DAY,
        title=_("Tanggal keluar"),
        value=day_in_view,
        order=("ended_on",),
        is_default=False,
    ),
)
