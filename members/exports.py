"""The whole register and the whole ledger as files: one row at a time, in the columns that the imports read.

What left in a file comes back unchanged: an export of one cooperative, imported there, changes nothing.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.db.models.functions import Length
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cooperatives.models import Cooperative, Gender
from kkmp.columns import words_of
from kkmp.listing import FETCHED
from kkmp.tabular.writing import Heading, OutCell, Text
from members.imports.member_columns import TITLES, Standing
from members.models import Domicile, EndReason, Member, MemberKind, Movement, SavingsEntry, SavingsKind
from members.national_ids import masked, open_if_possible

# Of the columns that the import knows those that hold one value each.
REGISTER = (
    *("number", "national_id", "full_name", "gender", "birth_date", "phone", "address", "rt", "rw"),
    *("domicile", "ktp_seen_on", "kind", "standing", "applied_on", "joined_on", "ended_on", "end_reason"),
)
_WORDS: Mapping[str, Mapping[Any, Text]] = {
    "gender": words_of(Gender),
    "domicile": words_of(Domicile),
    "kind": words_of(MemberKind),
    "standing": words_of(Standing),
    "end_reason": words_of(EndReason),
}
_DAYS = frozenset({"birth_date", "ktp_seen_on", "applied_on", "joined_on", "ended_on"})
_WIDTHS = {"full_name": 34, "address": 40, "national_id": 22, "kind": 22, "domicile": 22, "rt": 8, "rw": 8}
_AREA = (
    Heading(_("Kode kelurahan"), 16, is_text=True),
    Heading(_("Kecamatan"), 20, is_text=True),
    Heading(_("Kelurahan"), 20, is_text=True),
)
_IN_ORDER = ("cooperative__kelurahan__kecamatan__name", "cooperative__kelurahan__name")
_KIND_WORDS, _MOVEMENT_WORDS = words_of(SavingsKind), words_of(Movement)
LEDGER = (
    Heading(_("Nomor anggota"), 16, is_text=True),
    Heading(_("Nama lengkap"), 34, is_text=True),
    Heading(_("Tanggal"), 14),
    Heading(_("Nomor bukti"), 18, is_text=True),
    Heading(_("Baris bukti"), 8),
    Heading(_("Jenis simpanan"), 20, is_text=True),
    Heading(_("Mutasi"), 22, is_text=True),
    Heading(_("Jumlah (Rp)"), 16),
    Heading(_("Untuk bulan"), 14),
    Heading(_("Lunas sampai bulan"), 14),
    Heading(_("Catatan"), 40, is_text=True),
    Heading(_("Dibatalkan oleh bukti"), 18, is_text=True),
    Heading(pgettext_lazy("savings", "Dicatat pada"), 18),
    Heading(_("Dicatat oleh"), 26, is_text=True),
)
_LEDGER_PATHS = (
    *("cooperative_id", "member__number", "member__full_name", "value_on", "receipt_no", "receipt_line"),
    *("kind", "movement", "amount_idr", "month", "paid_until", "note", "reversed_by__receipt_no"),
    *("recorded_at", "recorded_by__full_name"),
)


@dataclass(frozen=True)
class Areas:
    """Where the rows of a file are from; named in it only where there are several."""

    cooperatives: QuerySet[Cooperative]
    chosen: Cooperative | None = None

    @property
    def headings(self) -> tuple[Heading, ...]:
        return () if self.chosen else _AREA

    def cells(self) -> dict[int, list[OutCell]]:
        """Code, kecamatan and kelurahan by key of the cooperative."""
        if self.chosen:
            return {self.chosen.pk: []}
        return {
            one.pk: [one.kelurahan_id, one.kelurahan.kecamatan.name, one.kelurahan.name]
            for one in self.cooperatives.select_related("kelurahan__kecamatan")
        }


def register_headings(areas: Areas) -> list[Heading]:
    return [
        *areas.headings,
        *(Heading(TITLES[key], _WIDTHS.get(key, 18), is_text=key not in _DAYS) for key in REGISTER),
    ]


def members_of(members: QuerySet[Member], areas: Areas) -> QuerySet[Member]:
    """Everybody who is, was or wants to be a member; numbers given by mistake are no memberships."""
    members = members.filter(voided_on=None)
    return members.filter(cooperative=areas.chosen) if areas.chosen else members


def register_rows(members: QuerySet[Member], areas: Areas, *, is_clear: bool) -> Iterator[list[OutCell]]:
    """`is_clear` opens the identity numbers: whoever asks for that has written Verb.REVEALED with the purpose."""
    cells_of = areas.cells()
    stored = [key for key in REGISTER if key not in {"national_id", "standing"}]
    sealed = ("uid", "national_id_cipher") if is_clear else ()
    rows = members.order_by(*_IN_ORDER, Length("number"), "number", "pk").values_list(
        *("cooperative_id", "national_id_last", *stored, *sealed), named=True
    )
    for row in rows.iterator(chunk_size=FETCHED):
        told: dict[str, OutCell] = {key: getattr(row, key) for key in stored}
        told["national_id"] = _number(row) if is_clear else masked(row.national_id_last)
        told["standing"] = _standing(row.joined_on, row.ended_on)
        yield [
            *cells_of[row.cooperative_id],
            *(_WORDS[key][told[key]] if key in _WORDS else told[key] for key in REGISTER),
        ]


def _number(row: Any) -> str:
    """One row under a lost key does not break the file of all others."""
    member = Member(uid=row.uid, national_id_cipher=row.national_id_cipher)
    return open_if_possible(member) or masked(row.national_id_last)


def _standing(joined_on: date | None, ended_on: date | None) -> Standing:
    if ended_on:
        return Standing.ENDED
    return Standing.MEMBER if joined_on else Standing.APPLICANT


def ledger_headings(areas: Areas) -> list[Heading]:
    return [*areas.headings, *LEDGER]


def entries_of(entries: QuerySet[SavingsEntry], areas: Areas) -> QuerySet[SavingsEntry]:
    return entries.filter(cooperative=areas.chosen) if areas.chosen else entries


def ledger_rows(entries: QuerySet[SavingsEntry], areas: Areas) -> Iterator[list[OutCell]]:
    """Every line in the order of its day; amounts bear their sign, so that a column sums to the balance."""
    cells_of = areas.cells()
    rows = entries.order_by(*_IN_ORDER, "value_on", "pk").values_list(*_LEDGER_PATHS)
    for cooperative, number, name, value_on, receipt_no, line, kind, movement, *rest in rows.iterator(
        chunk_size=FETCHED
    ):
        yield [
            *cells_of[cooperative],
            *(number, name, value_on, receipt_no, line),
            *(_KIND_WORDS[kind], _MOVEMENT_WORDS[movement], *rest),
        ]
