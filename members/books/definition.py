"""What every book has: columns that are settings of the report, a head, and for which day and whom it is made."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from cooperatives.models import Cooperative, Gender
from kkmp.accounts.models import User
from kkmp.pdf.paper import Align, Column, Paper, Row, Section, Table
from kkmp.tabular.writing import sample_marker
from kkmp.templatetags.ui import tanggal, waktu
from members.models import Member
from members.national_ids import masked, open_national_id

Text = str | Promise
# Room for a thumb and a signature, in mm.
BY_HAND = 13.0


@dataclass(frozen=True)
class Asked:
    """For which day, by whom and when. With a `purpose` identity numbers stand there in clear, on marked pages."""

    user: User
    on: date
    at: datetime
    purpose: str = ""

    def national_id(self, member: Member) -> str:
        """Masked unless there is a purpose; says where it is still to come."""
        if member.anonymised_on:
            return "–"
        shown = open_national_id(member) if self.purpose else masked(member.national_id_last)
        return shown or _("menyusul")

    @property
    def watermark(self) -> str:
        if not self.purpose:
            return ""
        words = _("Memuat NIK · %(user)s · %(moment)s · keperluan: %(purpose)s")
        return words % {"user": self.user, "moment": waktu(self.at), "purpose": self.purpose}


@dataclass(frozen=True)
class BookColumn:
    """A column of a book; without `value` it is filled in by hand. `width` is in mm of a landscape page."""

    label: Text
    width: float
    value: Callable[[Any, Asked], str] | None = None
    align: Align = "left"

    def text(self, line: Any, asked: Asked) -> str:
        return self.value(line, asked) if self.value else ""


@dataclass(frozen=True)
class Book:
    """A statutory book (Juklak Menkop 1/2025, “Buku 16”): which rights it asks for and what stands in it."""

    number: str
    title: Text
    about: Text
    rights: tuple[str, ...]
    has_members: bool = False

    @property
    def kind(self) -> str:
        return _("Buku %(number)s") % {"number": self.number}

    def may_be_read_by(self, user: Any) -> bool:
        return all(user.has_perm(right) for right in self.rights)


def table_of(
    columns: Sequence[BookColumn], rows: Iterable[Row], *, empty: str, row_height: float = BY_HAND
) -> Table:
    return Table(
        columns=tuple(
            Column(str(column.label), column.width, column.align, is_by_hand=column.value is None)
            for column in columns
        ),
        rows=tuple(rows),
        empty=empty,
        row_height=row_height,
    )


def row_of(columns: Sequence[BookColumn], line: Any, asked: Asked, *, is_struck: bool = False) -> Row:
    return Row(tuple(column.text(line, asked) for column in columns), is_struck=is_struck)


def paper_of(
    cooperative: Cooperative,
    asked: Asked,
    *,
    kind: str,
    title: str,
    sections: Sequence[Section],
    signatures: Sequence[str] = (),
    is_landscape: bool = True,
) -> Paper:
    """Under the cooperative's legal name, where it is known."""
    place = {"kelurahan": cooperative.kelurahan.name, "kecamatan": cooperative.kelurahan.kecamatan.name}
    printed = {"user": asked.user, "moment": waktu(asked.at)}
    return Paper(
        kind=kind,
        title=title,
        owner=cooperative.legal_name or str(cooperative),
        place=_("Kelurahan %(kelurahan)s, Kecamatan %(kecamatan)s") % place,
        day=_("Per tanggal %(day)s") % {"day": tanggal(asked.on)},
        printed=_("Dicetak oleh %(user)s, %(moment)s") % printed,
        page=_("Halaman {page} dari {pages}"),
        language=get_language() or "id",
        sections=tuple(sections),
        signatures=tuple(signatures),
        sample=sample_marker(),
        watermark=asked.watermark,
        is_landscape=is_landscape,
    )


def gender_letter(gender: str) -> str:
    """“L” or “P”, as books and recaps write it; empty where it is not known."""
    return {Gender.FEMALE.value: _("P"), Gender.MALE.value: _("L")}.get(gender, "")
