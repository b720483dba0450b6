"""The letter to a member who asks: all that is stored about the person, how it changed, and who looked (UU 27/2022)."""

from collections.abc import Iterable
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from kkmp.history import FieldChange, changes_between, in_words
from kkmp.pdf.paper import Paper, Row, Section, Table
from kkmp.templatetags.ui import rupiah, waktu
from members.books import savings
from members.books.definition import Asked, BookColumn, paper_of, row_of, table_of
from members.models import Member, SavingsKind
from members.who_saw import lists_with, looks_at

# What the machine keeps for itself; the identity number is told in its own line.
_UNTOLD = frozenset({"id", "uid", "version", "national_id_cipher", "national_id_index", "national_id_last"})

_CHANGE_COLUMNS = (
    BookColumn(gettext_lazy("Waktu"), 30, lambda line, _asked: waktu(line[0].history_date)),
    BookColumn(gettext_lazy("Oleh"), 28, lambda line, _asked: str(line[0].history_user or "–")),
    BookColumn(gettext_lazy("Isian"), 30, lambda line, _asked: line[1].label),
    BookColumn(gettext_lazy("Sebelum"), 34, lambda line, _asked: line[1].before or "–"),
    BookColumn(gettext_lazy("Sesudah"), 34, lambda line, _asked: line[1].after or "–"),
    BookColumn(
        pgettext_lazy("change", "Alasan"), 30, lambda line, _asked: line[0].history_change_reason or ""
    ),
)
_LOOK_COLUMNS = (
    BookColumn(gettext_lazy("Waktu"), 30, lambda line, _asked: waktu(line.at)),
    BookColumn(gettext_lazy("Oleh"), 32, lambda line, _asked: str(line.user or "–")),
    BookColumn(gettext_lazy("Peristiwa"), 30, lambda line, _asked: str(line.get_verb_display())),
    BookColumn(gettext_lazy("Sasaran"), 50, lambda line, _asked: line.target),
    BookColumn(gettext_lazy("Keperluan"), 44, lambda line, _asked: line.purpose),
)


def letter_paper(member: Member, asked: Asked) -> Paper:
    lines = savings.read_lines(member, asked)
    return paper_of(
        member.cooperative,
        asked,
        kind=pgettext("letter", "Surat"),
        title=_("Data pribadi Anda yang tersimpan"),
        sections=[
            Section(text=_opening(member)),
            Section(_("Data keanggotaan"), facts=_facts(member, asked)),
            Section(
                _("Simpanan"),
                facts=_sums(savings.balances_of(lines), len(lines)),
                table=savings.ledger_table(lines, asked, savings.NARROW_COLUMNS),
            ),
            Section(_("Riwayat perubahan"), table=_changes(member, asked)),
            Section(
                _("Siapa yang melihat"),
                table=_table(
                    _LOOK_COLUMNS, looks_at(member), asked, _("Belum ada yang tercatat melihat data Anda.")
                ),
            ),
            Section(
                _("Buku, daftar, dan berkas yang dapat memuat Anda"),
                table=_table(
                    _LOOK_COLUMNS, lists_with(member), asked, _("Belum ada yang dicetak atau diunduh.")
                ),
            ),
            Section(_("Hak Anda"), text=_closing()),
        ],
        signatures=(pgettext("signature", "Petugas"), _("Pemilik data")),
        is_landscape=False,
    )


def _opening(member: Member) -> tuple[str, ...]:
    return (
        _("Kepada %(name)s.") % {"name": member.full_name},
        _(
            "Surat ini memuat semua data pribadi Anda yang tersimpan di aplikasi pemantauan KKMP Jakarta Selatan, perubahannya, "
            "dan siapa yang melihatnya. Datanya disimpan untuk buku daftar anggota dan buku simpanan koperasi "
            "(UU 25/1992 Pasal 17) dan hanya terlihat oleh petugas wilayah, Sudin PPKUKM, dan admin."
        ),
    )


def _closing() -> tuple[str, ...]:
    return (
        _(
            "Anda berhak meminta perbaikan data yang keliru dan salinan data Anda; permintaan dijawab paling lambat "
            "3×24 jam (UU 27/2022). Sampaikan kepada petugas koperasi Anda atau Sudin PPKUKM."
        ),
        _(
            "Setelah Anda keluar, nama, NIK, tanggal lahir, telepon, dan alamat Anda dihapus sesudah masa simpan; jumlah "
            "simpanan tetap tercatat di buku besar tanpa nama Anda."
        ),
    )


def _facts(member: Member, asked: Asked) -> tuple[tuple[str, str], ...]:
    """Every field of the row, so that a new one is told without anybody thinking of it."""
    told = [(_("Koperasi"), str(member.cooperative)), ("NIK", asked.national_id(member))]
    for field in Member._meta.concrete_fields:
        if field.name not in _UNTOLD and not field.is_relation:
            words = in_words(field, getattr(member, field.attname))
            told.append((capfirst(str(field.verbose_name)), words or "–"))
    return tuple(told)


def _sums(balances: dict[str, int], count: int) -> tuple[tuple[str, str], ...]:
    by_kind = [(str(kind.label), rupiah(balances[kind])) for kind in SavingsKind]
    return (
        *by_kind,
        (_("Jumlah saldo"), rupiah(sum(balances.values()))),
        (_("Banyaknya mutasi"), str(count)),
    )


def _changes(member: Member, asked: Asked) -> Table:
    """One line for each field that was changed; the making of the row and edits without a change say so."""
    edits = list(member.history.select_related("history_user"))
    lines: list[tuple[Any, FieldChange]] = []
    for edit, changes in zip(edits, changes_between(edits, Member, asked.user), strict=True):
        nothing = FieldChange(_("Dibuat") if edit.history_type == "+" else _("Disimpan"), "", "")
        lines += [(edit, change) for change in changes or [nothing]]
    return _table(_CHANGE_COLUMNS, lines, asked, _("Belum pernah diubah."))


def _table(columns: tuple[BookColumn, ...], lines: Iterable[Any], asked: Asked, empty: str) -> Table:
    rows: list[Row] = [row_of(columns, line, asked) for line in lines]
    return table_of(columns, rows, empty=empty, row_height=0)
