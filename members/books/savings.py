"""Buku 04, a member's savings card: each entry of the ledger up to a day, with the balance of each kind after it."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from kkmp.pdf.paper import Paper, Row, Section, Table
from kkmp.templatetags.ui import bulan, number, rupiah, tanggal, tanggal_short
from members.books.definition import Asked, Book, BookColumn, Text, gender_letter, paper_of, row_of, table_of
from members.books.register import address_in_words
from members.models import Member, SavingsEntry, SavingsKind

BOOK = Book(
    "04",
    gettext_lazy("Buku Simpanan Anggota"),
    gettext_lazy("Kartu simpanan seorang anggota: setiap setoran dan penarikan, dengan saldonya."),
    ("members.view_member", "members.view_savingsentry"),
    has_members=True,
)


@dataclass(frozen=True)
class Line:
    """An entry with the balances after it, by kind."""

    entry: SavingsEntry
    balances: dict[str, int]
    reversed_by: str = ""
    reverses: str = ""

    @property
    def total(self) -> int:
        return sum(self.balances.values())


def _receipt(line: Line, _asked: Asked) -> str:
    entry = line.entry
    return f"{entry.receipt_no}/{entry.receipt_line}" if entry.receipt_line > 1 else entry.receipt_no


def _what(line: Line, _asked: Asked) -> str:
    entry = line.entry
    words = [str(entry.get_movement_display())]
    if line.reverses:
        words.append(_("bukti %(receipt)s") % {"receipt": line.reverses})
    if entry.month:
        words.append(_("untuk %(month)s") % {"month": bulan(entry.month)})
    if entry.paid_until:
        words.append(_("lunas sampai %(month)s") % {"month": bulan(entry.paid_until)})
    return " ".join(words)


def _note(line: Line, _asked: Asked) -> str:
    undone = (
        _("Dibatalkan oleh bukti %(receipt)s") % {"receipt": line.reversed_by} if line.reversed_by else ""
    )
    return ". ".join(filter(None, (undone, line.entry.note)))


def _balance(kind: SavingsKind, label: Text) -> BookColumn:
    return BookColumn(label, 24, lambda line, _asked: number(line.balances[kind]), "right")


PAID_IN = BookColumn(
    gettext_lazy("Setor (Rp)"),
    22,
    lambda line, _asked: number(line.entry.amount_idr) if line.entry.amount_idr >= 0 else "",
    "right",
)
PAID_OUT = BookColumn(
    gettext_lazy("Tarik (Rp)"),
    22,
    lambda line, _asked: number(-line.entry.amount_idr) if line.entry.amount_idr < 0 else "",
    "right",
)
BALANCE = BookColumn(gettext_lazy("Jumlah saldo"), 25, lambda line, _asked: number(line.total), "right")
BY_KIND = (
    _balance(SavingsKind.PRINCIPAL, gettext_lazy("Saldo pokok")),
    _balance(SavingsKind.MANDATORY, gettext_lazy("Saldo wajib")),
    _balance(SavingsKind.VOLUNTARY, gettext_lazy("Saldo sukarela")),
)
BALANCES = (*BY_KIND, BALANCE)
# Without the balances by kind: what a page in portrait has room for.
NARROW_COLUMNS = (
    BookColumn(gettext_lazy("Tanggal"), 20, lambda line, _asked: tanggal_short(line.entry.value_on)),
    BookColumn(gettext_lazy("Nomor bukti"), 25, _receipt),
    BookColumn(gettext_lazy("Jenis simpanan"), 30, lambda line, _asked: str(line.entry.get_kind_display())),
    BookColumn(gettext_lazy("Mutasi"), 34, _what),
    PAID_IN,
    PAID_OUT,
    BALANCE,
    BookColumn(gettext_lazy("Catatan"), 28, _note),
)
COLUMNS = (*NARROW_COLUMNS[:6], *BY_KIND, *NARROW_COLUMNS[6:])


def lines_of(entries: Iterable[SavingsEntry], on: date) -> Iterator[Line]:
    """Running balances; amounts bear their sign. A reversal after the day has not happened yet."""
    balances: Counter[str] = Counter(dict.fromkeys(SavingsKind.values, 0))
    for entry in entries:
        balances[entry.kind] += entry.amount_idr
        undoing = entry.reversed_by
        yield Line(
            entry,
            dict(balances),
            reversed_by=undoing.receipt_no if undoing is not None and undoing.value_on <= on else "",
            reverses=entry.reverses.receipt_no if hasattr(entry, "reverses") else "",
        )


def read_lines(member: Member, asked: Asked) -> list[Line]:
    entries = SavingsEntry.objects.visible_to(asked.user).filter(member=member).by(asked.on)
    entries = entries.select_related("reversed_by", "reverses").order_by("value_on", "pk")
    return list(lines_of(entries, asked.on))


def balances_of(lines: Sequence[Line]) -> dict[str, int]:
    return lines[-1].balances if lines else dict.fromkeys(SavingsKind.values, 0)


def ledger_table(lines: Sequence[Line], asked: Asked, columns: Sequence[BookColumn] = COLUMNS) -> Table:
    """The entries and, of amounts and balances, the sums below; the letter to a member shows fewer columns."""
    rows = [row_of(columns, line, asked, is_struck=bool(line.reversed_by)) for line in lines]
    if lines:
        rows.append(_total(lines, asked, columns))
    return table_of(columns, rows, empty=_("Belum ada mutasi simpanan sampai hari itu."), row_height=0)


def _total(lines: Sequence[Line], asked: Asked, columns: Sequence[BookColumn]) -> Row:
    amounts = [line.entry.amount_idr for line in lines]
    sums = {
        PAID_IN: sum(one for one in amounts if one > 0),
        PAID_OUT: -sum(one for one in amounts if one < 0),
    }
    texts = [
        number(sums[column])
        if column in sums
        else column.text(lines[-1], asked)
        if column in BALANCES
        else ""
        for column in columns
    ]
    return Row((pgettext("sum", "Jumlah"), *texts[1:]), is_total=True)


def savings_paper(member: Member, asked: Asked) -> Paper:
    lines = read_lines(member, asked)
    return paper_of(
        member.cooperative,
        asked,
        kind=BOOK.kind,
        title=str(BOOK.title),
        sections=[
            Section(facts=_facts(member, asked, balances_of(lines))),
            Section(table=ledger_table(lines, asked)),
        ],
        signatures=(_("Bendahara"), pgettext("signature", "Anggota")),
    )


def _facts(member: Member, asked: Asked, balances: dict[str, int]) -> tuple[tuple[str, str], ...]:
    joined = tanggal(member.joined_on) if member.joined_on else ""
    told = [
        (_("Nomor anggota"), member.number),
        (_("Nama lengkap"), member.full_name),
        ("NIK", asked.national_id(member)),
        (_("Jenis kelamin"), gender_letter(member.gender)),
        (_("Alamat"), address_in_words(member)),
        (_("Tanggal masuk"), joined),
        (_("Status pada hari itu"), str(member.state_on(asked.on).label)),
        (_("Jumlah saldo"), rupiah(sum(balances.values()))),
    ]
    return tuple((label, value or "–") for label, value in told)
