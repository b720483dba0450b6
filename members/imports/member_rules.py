"""What a row of a members' register may say and change: the order of days, conditions of admission, and change in words."""

from datetime import date
from itertools import pairwise
from typing import Any

from django.db.models import Field
from django.utils.translation import gettext as _

from kkmp.templatetags.ui import tanggal_short
from members.imports.member_columns import TITLES
from members.imports.member_rows import ReadRow
from members.models import Domicile, Member, MemberKind


def tell_once(row: ReadRow, key: str, text: str) -> None:
    """A cell that is wrong in itself is not called empty besides."""
    if all(problem.column != str(TITLES[key]) for problem in row.problems):
        row.tell(key, text)


def check_order(row: ReadRow, values: dict[str, Any]) -> None:
    """Birth, application, admission and end in this order."""
    days = [(key, values.get(key)) for key in ("birth_date", "applied_on", "joined_on", "ended_on")]
    told = [(key, day) for key, day in days if day]
    for (earlier, before), (later, after) in pairwise(told):
        if after < before:
            tell_once(
                row,
                later,
                _("%(later)s tidak boleh sebelum %(earlier)s (%(day)s).")
                % {
                    "later": TITLES[later],
                    "earlier": str(TITLES[earlier]).lower(),
                    "day": tanggal_short(before),
                },
            )


def check_admission(row: ReadRow, member: Member, changes: dict[str, Any], after: dict[str, Any]) -> None:
    """Conditions of admission hold for whom we admitted ourselves: a file is no way around them (Juklak Menkop 1/2025)."""
    if member.is_taken_over:
        return
    if member.joined_on is None and "joined_on" in changes:
        tell_once(row, "joined_on", _("Calon ini diterima di halaman anggotanya, bukan lewat berkas."))
    elif after["kind"] == MemberKind.REGULAR and after["joined_on"]:
        if "kind" in changes:
            tell_once(
                row, "kind", _("Menjadi anggota biasa dicatat di halaman anggotanya, bukan lewat berkas.")
            )
        elif after["domicile"] != Domicile.HERE:
            tell_once(
                row, "domicile", _("Anggota biasa berdomisili di kelurahan ini. Ubah di halaman anggotanya.")
            )


def is_same(name: str, stored: Any, given: Any) -> bool:
    if name in {"rt", "rw"} and str(stored).isdigit():
        return int(stored) == int(given)
    return bool(stored == given)


def shown(member: Member, name: str) -> str:
    return worded(name, getattr(member, name))


def worded(name: str, value: Any) -> str:
    if not value:
        return "–"
    if isinstance(value, date):
        return tanggal_short(value)
    field: Field[Any, Any] = Member._meta.get_field(name)  # type: ignore[assignment]  # no relation
    choices = dict(field.flatchoices)
    return str(choices.get(value, value))
