"""Columns of the register of members. Of an identity number only its last digits."""

from typing import Any

from django.db.models.functions import Length
from django.urls import reverse
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from cooperatives.asof import View
from cooperatives.columns import cooperative_column
from cooperatives.models import Gender
from kkmp.columns import Cell, Kind, column, day_in_view, in_order_of, words_of
from members.models import Domicile, MemberKind, MemberState
from members.national_ids import masked

GENDER_WORDS = words_of(Gender)
KIND_WORDS = words_of(MemberKind)
STATE_WORDS = words_of(MemberState)
DOMICILE_WORDS = words_of(Domicile)
STATE_TONES = {
    MemberState.APPLICANT: "info",
    MemberState.MEMBER: "success",
    MemberState.ENDED: "neutral",
    MemberState.NOT_ADMITTED: "neutral",
    MemberState.VOIDED: "error",
}


def _name(row: Any, view: View) -> Cell:
    return Cell(row.full_name, href=view.link(reverse("members:detail", args=[row.pk])))


def _number(row: Any, _view: View) -> Cell:
    if not row.number:
        return Cell(gettext("belum bernomor"), is_unknown=True)
    return Cell(row.number)


def _gender(row: Any, _view: View) -> Cell:
    if not row.gender:
        return Cell(gettext("belum diisi"), is_unknown=True)
    return Cell(str(GENDER_WORDS[row.gender]))


def _state(row: Any, _view: View) -> Cell:
    return Cell(str(STATE_WORDS[row.state]), tone=STATE_TONES[MemberState(row.state)])


def _national_id(row: Any, _view: View) -> Cell:
    if not row.national_id_last:
        return Cell(gettext("menyusul"), is_unknown=True)
    return Cell(masked(row.national_id_last))


def _masked(last: str, _view: View) -> str:
    return masked(last)


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
        cell=_number,
        order=(Length("number"), "number"),
    ),
    cooperative_column(),
    column("state", _("Keadaan"), "state", words=STATE_WORDS, cell=_state, is_default=False),
    column(
        "kind",
        pgettext_lazy("membership", "Jenis"),
        "kind",
        words=KIND_WORDS,
        title=_("Jenis keanggotaan"),
        order=(in_order_of("kind", MemberKind),),
        is_default=False,
    ),
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
        value=day_in_view,
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
    column("national_id", "NIK", "national_id_last", cell=_national_id, value=_masked, is_default=False),
    column(
        "domicile",
        _("Domisili KTP"),
        "domicile",
        words=DOMICILE_WORDS,
        order=(in_order_of("domicile", Domicile),),
        is_default=False,
    ),
    column("birth_date", _("Tanggal lahir"), "birth_date", Kind.DAY, order=("birth_date",), is_default=False),
)
