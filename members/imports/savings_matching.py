"""Rows of a sheet with savings beside the register and the ledger: whose they are, what is new, and what speaks against it."""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from kkmp import crypto
from kkmp.imports.importer import CheckedRow
from kkmp.imports.models import Outcome
from kkmp.imports.sealing import is_masked
from kkmp.parsing import parse_national_id
from kkmp.templatetags.ui import bulan, rupiah, tanggal_short
from members.imports.member_matching import Register, name_key
from members.imports.savings_rows import Item, SavingsRow
from members.models import NATIONAL_ID, Member, Movement, SavingsEntry, SavingsKind
from members.savings.rules import Dues, Paid, check_member, why_not_payable

# Of a balance that was written twice only one may count; of a month too.
Slot = tuple[int, str, object]


@dataclass
class Ledger:
    """The entries of one cooperative, and the rates that it asks for; `closed_on` is the last day of closed months."""

    entries: Sequence[SavingsEntry]
    closed_on: date | None
    dues: Dues
    today: date
    slots: dict[Slot, SavingsEntry] = field(default_factory=dict)
    receipts: dict[str, list[SavingsEntry]] = field(default_factory=lambda: defaultdict(list))
    # Deposits that are no month and no balance, by everything that a file says of one; each stands for one row.
    loose: dict[tuple[object, ...], list[SavingsEntry]] = field(default_factory=lambda: defaultdict(list))
    # Also what the rows above bring.
    paid: Paid = field(default_factory=lambda: Paid(set(), {}))
    first_paid: dict[int, date] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for entry in self.entries:
            if entry.receipt_no:
                self.receipts[entry.receipt_no].append(entry)
            if entry.reversed_by_id or entry.movement == Movement.REVERSAL:
                continue
            if slot := slot_of(entry.member_id, entry):
                self.slots[slot] = entry
                self.take(entry.member_id, entry)
            else:
                key = (entry.member_id, entry.kind, entry.movement, entry.amount_idr, entry.value_on)
                self.loose[key].append(entry)

    def take(self, member: int, entry: "SavingsEntry | Item") -> None:
        """The months that count as paid with this."""
        if entry.month:
            self.paid.months.add((member, entry.month))
            self.first_paid[member] = min(entry.month, self.first_paid.get(member, entry.month))
        if entry.paid_until:
            self.paid.opened[member] = entry.paid_until


def slot_of(member: int, entry: SavingsEntry | Item) -> Slot | None:
    """What stands in the ledger only once: a month of a member, and an opening balance of a kind."""
    if entry.movement == Movement.OPENING:
        return (member, entry.kind, "opening")
    return (member, entry.kind, entry.month) if entry.month else None


@dataclass(frozen=True)
class Entries:
    """A row understood: what to write for whom. Without a receipt number the row gets the next one."""

    member: Member
    items: Sequence[Item]
    day: date
    receipt: str
    first_line: int
    note: str

    @property
    def needs_receipt(self) -> bool:
        return not self.receipt and any(item.movement != Movement.OPENING for item in self.items)


class Comparison:
    """Compares every row with register and ledger, and with the rows above it; asks no query itself."""

    def __init__(self, register: Register, ledger: Ledger) -> None:
        self.register = register
        self.ledger = ledger
        self._numbers: dict[str, list[Member]] = defaultdict(list)
        for member in register.members:
            self._numbers[_plain(member.number)].append(member)
        # Row that brought it first.
        self._brought: dict[Slot, int] = {}
        self._receipts: dict[str, tuple[int, date, int]] = {}
        self._lines: dict[str, int] = defaultdict(int)

    def result(self, row: SavingsRow) -> CheckedRow[Entries]:
        if row.is_blank:
            return CheckedRow(row.given, Outcome.SKIPPED)
        member = self._member_of(row)
        if member is None or row.day is None or row.problems:
            return CheckedRow(row.given, Outcome.FAILED, problems=row.problems, notes=row.notes)
        known = self._known_by_receipt(row, member)
        new = [item for item in row.items if not known and self._is_new(row, member, item)]
        if new:
            self._refuse_day(row, member, new, row.day)
            self._claim_receipt(row, member, row.day)
        if row.problems:
            return CheckedRow(row.given, Outcome.FAILED, problems=row.problems, notes=row.notes)
        if not new:
            return CheckedRow(row.given, Outcome.SAME, _("%(member)s: sudah tercatat") % {"member": member})
        for item in new:
            self.ledger.take(member.pk, item)
        self._warn(row, new)
        plan = Entries(member, new, row.day, row.receipt, self._first_line(row.receipt, len(new)), row.note)
        return CheckedRow(row.given, Outcome.NEW, _effect(plan), plan, notes=row.notes)

    # --- whose -------------------------------------------------------------------

    def _member_of(self, row: SavingsRow) -> Member | None:
        """By identity number, by number, by exact name; two of them that name two people are an error."""
        by_id = self._by_national_id(row)
        number = row.text("number")
        by_number = self._by_number(row, number) if number else None
        if by_id and by_number and by_id != by_number:
            row.tell("number", _("Nomor anggota dan NIK menunjuk dua orang. Betulkan salah satunya."))
            return None
        member = by_id or by_number
        if member is None and not number:
            member = self._by_name(row)
        elif member and not _is_called(member, row.text("full_name")):
            row.tell(
                "full_name",
                _("Nomor %(number)s tercatat atas nama %(name)s. Betulkan nama atau nomornya.")
                % {"number": member.number, "name": member.full_name},
            )
            return None
        if member and member.voided_on:
            row.tell("number", _("Nomor ini dibatalkan di buku anggota. Ketik nomor yang berlaku."))
            return None
        return member

    def _by_national_id(self, row: SavingsRow) -> Member | None:
        text = row.text("national_id")
        has_other = bool(row.text("number") or row.text("full_name"))
        if not text or (is_masked(text) and has_other):
            return None
        try:
            digits = parse_national_id(text)
        except ValueError as error:
            if has_other:
                row.notes.append(_("NIK tidak dipakai: %(why)s") % {"why": error})
            else:
                row.tell("national_id", _("%(why)s Atau ketik nomor anggotanya.") % {"why": error})
            return None
        found = self.register.with_national_id(crypto.blind_indexes(digits, purpose=NATIONAL_ID))
        if not found and not has_other:
            row.tell("national_id", _("NIK ini tidak ada di buku anggota. Ketik nomor anggotanya."))
        return found[0] if found else None

    def _by_number(self, row: SavingsRow, number: str) -> Member | None:
        member = self.register.by_number.get(number.casefold())
        # Excel turns 007 into 7.
        alike = self._numbers[_plain(number)] if member is None else [member]
        if len(alike) != 1:
            row.tell(
                "number",
                _("Nomor ini tidak ada di buku anggota. Periksa nomornya, atau masukkan dulu anggotanya."),
            )
            return None
        return alike[0]

    def _by_name(self, row: SavingsRow) -> Member | None:
        name = row.text("full_name")
        if not name:
            if not row.text("national_id"):
                row.tell("number", _("Isi nomor anggota, NIK, atau nama lengkapnya."))
            return None
        found = self.register.by_name.get(name_key(name), [])
        if len(found) == 1:
            return found[0]
        if found:
            numbers = ", ".join(sorted(member.number or "–" for member in found)[:8])
            told = _(
                "Nama ini ada di beberapa nomor: %(numbers)s. Ketik nomornya di kolom “Nomor anggota”."
            ) % {"numbers": numbers}
        else:
            told = _(
                "Nama ini tidak ada di buku anggota. Ketik persis seperti di buku, atau nomor anggotanya."
            )
        row.tell("full_name", told)
        return None

    # --- what is recorded --------------------------------------------------------

    def _known_by_receipt(self, row: SavingsRow, member: Member) -> bool:
        """Whether all that the row says stands under its receipt number; told where something else does."""
        recorded = self.ledger.receipts.get(row.receipt, []) if row.receipt else []
        in_force = [entry for entry in recorded if not entry.reversed_by_id]
        if not in_force:
            # A receipt that was taken back whole is brought once more, on new lines.
            return False
        known = {
            (entry.member_id, entry.kind, entry.movement, entry.amount_idr, entry.month) for entry in in_force
        }
        if all(
            (member.pk, item.kind, item.movement, item.amount_idr, item.month) in known for item in row.items
        ):
            return True
        first = in_force[0]
        row.tell(
            "receipt",
            _("Nomor bukti ini sudah dipakai: %(kind)s %(amount)s pada %(day)s. Periksa nomornya.")
            % {
                "kind": first.get_kind_display(),
                "amount": rupiah(first.amount_idr),
                "day": tanggal_short(first.value_on),
            },
        )
        return True

    def _is_new(self, row: SavingsRow, member: Member, item: Item) -> bool:
        slot = slot_of(member.pk, item)
        if slot is None:
            # With a number of its own it is another deposit, however alike.
            alike = self.ledger.loose[member.pk, item.kind, item.movement, item.amount_idr, row.day]
            if row.receipt or not alike:
                return True
            alike.pop()
            return False
        entry = self.ledger.slots.get(slot)
        if entry is None:
            if self._refuse_twice(row, slot, item):
                self._refuse_by_rules(row, member, item)
            return True
        if (entry.amount_idr, entry.paid_until) == (item.amount_idr, item.paid_until or entry.paid_until):
            return False
        self._tell_recorded(row, item, entry)
        return False

    def _tell_recorded(self, row: SavingsRow, item: Item, entry: SavingsEntry) -> None:
        words = {"amount": rupiah(entry.amount_idr), "day": tanggal_short(entry.value_on)}
        if item.movement == Movement.OPENING:
            told = _(
                "Saldo awal ini sudah tercatat: %(amount)s per %(day)s. Hapus dari lembar, atau batalkan dulu yang tercatat."
            )
        else:
            words["month"] = bulan(item.month)
            told = _(
                "Simpanan wajib %(month)s sudah dibayar: %(amount)s pada %(day)s. Hapus dari lembar, atau batalkan dulu "
                "yang tercatat."
            )
        row.tell(item.key, told % words)

    def _refuse_twice(self, row: SavingsRow, slot: Slot, item: Item) -> bool:
        """False where a row above brought the same already."""
        first = self._brought.setdefault(slot, row.given.number)
        if first == row.given.number:
            return True
        row.tell(
            item.key,
            _("Baris %(number)d sudah membawa ini untuk anggota yang sama. Sisakan satu.")
            % {"number": first},
        )
        return False

    def _refuse_by_rules(self, row: SavingsRow, member: Member, item: Item) -> None:
        """As the services of the ledger do for a month and for a balance."""
        paid = self.ledger.paid
        if item.month is None:
            first = self.ledger.first_paid.get(member.pk)
            if item.paid_until and first and first <= item.paid_until:
                row.tell(
                    "paid_until",
                    _(
                        "%(month)s sudah dibayar tersendiri. Ketik bulan sebelumnya, atau batalkan dulu pembayaran itu."
                    )
                    % {"month": bulan(first)},
                )
        elif paid.covers(member.pk, item.month):
            row.tell(
                item.key,
                _("%(month)s sudah termasuk saldo awal, lunas sampai %(until)s. Hapus dari lembar.")
                % {"month": bulan(item.month), "until": bulan(paid.opened.get(member.pk))},
            )
        elif why := why_not_payable(member, item.month, self._dues_for(item), today=self.ledger.today):
            row.tell(item.key, why)

    def _dues_for(self, item: Item) -> Dues:
        """A file says its amounts: a month without a recorded rate is told by a note, not refused."""
        if item.month and self.ledger.dues.of_month(item.month) is None:
            return Dues([(item.month, item.amount_idr)])
        return self.ledger.dues

    def _refuse_day(self, row: SavingsRow, member: Member, items: Iterable[Item], day: date) -> None:
        closed = self.ledger.closed_on
        if closed and day <= closed:
            row.tell(
                "day",
                _(
                    "Buku simpanan sudah ditutup sampai %(closed)s. Ketik tanggal sesudahnya, atau minta Sudin membuka lagi."
                )
                % {"closed": tanggal_short(closed)},
            )
        try:
            check_member(member, {item.kind for item in items}, day)
        except ValidationError as error:
            row.tell("day", " ".join(error.messages))

    def _claim_receipt(self, row: SavingsRow, member: Member, day: date) -> None:
        """Rows of one receipt are of one person and one day."""
        if not row.receipt:
            return
        claim = (member.pk, day, row.given.number)
        first = self._receipts.setdefault(row.receipt, claim)
        if first[:2] != claim[:2]:
            row.tell(
                "receipt",
                _(
                    "Nomor bukti ini dipakai baris %(number)d untuk anggota atau tanggal lain. Ketik nomor lain."
                )
                % {"number": first[2]},
            )

    def _first_line(self, receipt: str, count: int) -> int:
        if not receipt:
            return 1
        recorded = self.ledger.receipts.get(receipt, [])
        used = max((entry.receipt_line for entry in recorded), default=0)
        line = max(used, self._lines[receipt]) + 1
        self._lines[receipt] = line + count - 1
        return line

    def _warn(self, row: SavingsRow, items: Iterable[Item]) -> None:
        asked = {(item.amount_idr, self.ledger.dues.of_month(item.month)) for item in items if item.month}
        for amount, rate in sorted(asked, key=str):
            if rate is None:
                row.notes.append(_("Besar simpanan wajib bulan itu belum dicatat."))
            elif amount != rate:
                row.notes.append(
                    _("%(amount)s sebulan; besar simpanan wajib %(rate)s.")
                    % {"amount": rupiah(amount), "rate": rupiah(rate)}
                )


def _plain(number: str) -> str:
    return re.sub(r"[^0-9a-z]", "", number.casefold()).lstrip("0")


def _is_called(member: Member, name: str) -> bool:
    """Whether the name shares a word with the member's; spellings differ, people less."""
    return not name or bool(set(name_key(name).split()) & set(name_key(member.full_name).split()))


def _effect(plan: Entries) -> str:
    """“A-001 Nama · 05/01/2026 · Setoran simpanan wajib Januari 2026 – Maret 2026 Rp 30.000”."""
    told: dict[tuple[str, str], list[Item]] = defaultdict(list)
    for item in plan.items:
        told[item.movement, item.kind].append(item)
    parts = []
    for (movement, kind), items in told.items():
        words = f"{Movement(movement).label} {str(SavingsKind(kind).label).lower()}"
        months = sorted(item.month for item in items if item.month)
        if months:
            words += (
                f" {bulan(months[0])}" if len(months) == 1 else f" {bulan(months[0])} – {bulan(months[-1])}"
            )
        parts.append(f"{words} {rupiah(sum(item.amount_idr for item in items))}")
        if items[0].paid_until:
            parts.append(_("lunas sampai %(month)s") % {"month": bulan(items[0].paid_until)})
    return " · ".join([str(plan.member), tanggal_short(plan.day), *parts])
