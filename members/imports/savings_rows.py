"""One row of a sheet with savings, read: the entries it stands for, and everything that is wrong in its cells."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TypeVar

from django.utils.translation import gettext as _

from kkmp.imports.importer import GivenRow, Problem
from kkmp.parsing import FIRST_DAY, MOST_MONTHS, parse_day, parse_month, parse_months, parse_rupiah
from kkmp.templatetags.ui import bulan, rupiah, tanggal_short
from members.imports.savings_columns import KIND_OF, MONTH_KEYS, TITLES, parse_movement, parse_savings_kind
from members.models import RECEIPT_LENGTH, Movement, SavingsKind
from members.savings.rules import months_between

LONGEST_NOTE = 200
# A file brings these; money that went out is recorded where somebody signs for it.
BROUGHT = (Movement.DEPOSIT, Movement.OPENING)

V = TypeVar("V")


@dataclass(frozen=True)
class Item:
    """One entry that a row stands for; `key` is the column that says so."""

    key: str
    kind: SavingsKind
    movement: Movement
    amount_idr: int
    month: date | None = None
    paid_until: date | None = None


@dataclass
class SavingsRow:
    """`items` are whole only while `problems` is empty. `titles` are the month that the head of a column of months names.

    `day_above` is the one day that the words above the table name: that of balances without a day of their own.
    """

    given: GivenRow
    today: date
    titles: Mapping[str, date]
    day_above: date | None = None
    items: list[Item] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    day: date | None = None
    receipt: str = ""
    note: str = ""

    def __post_init__(self) -> None:
        self.cells = dict(self.given.cells)
        self._read_wide()
        self._read_grid()
        self._read_long()
        if self.is_blank:
            return
        self.day = self._day()
        self.receipt = " ".join(self.text("receipt").split())
        self.note = self.text("note")[:LONGEST_NOTE]
        if len(self.receipt) > RECEIPT_LENGTH:
            self.tell(
                "receipt",
                _("Nomor bukti paling panjang %(most)d huruf. Ketik yang lebih pendek.")
                % {"most": RECEIPT_LENGTH},
            )

    @property
    def is_blank(self) -> bool:
        return not self.items and not self.problems

    def text(self, key: str) -> str:
        return self.cells.get(key, "")

    def tell(self, key: str, text: str) -> None:
        self.problems.append(Problem(str(TITLES[key]), self.given.cells.get(key, "")[:100], text))

    def parsed(self, key: str, parse: Callable[[str], V]) -> V | None:
        try:
            return parse(self.text(key))
        except ValueError as error:
            self.tell(key, str(error))
            return None

    def _day(self) -> date | None:
        day = self.parsed("day", parse_day)
        if not self.text("day"):
            day = self._day_of_title()
        if day and day > self.today:
            self.tell(
                "day",
                _("Tanggal ini belum terjadi. Paling akhir hari ini: %(today)s.")
                % {"today": tanggal_short(self.today)},
            )
        elif day and day < FIRST_DAY:
            self.tell("day", _("Tanggal ini terlalu lama. Periksa tahunnya."))
        return day

    def _day_of_title(self) -> date | None:
        """“Saldo simpanan per 31 Oktober 2026” is said of balances, not of single payments."""
        if self.day_above and all(item.movement == Movement.OPENING for item in self.items):
            self.notes.append(
                _("Tanggal dari judul lembar: %(day)s.") % {"day": tanggal_short(self.day_above)}
            )
            return self.day_above
        self.tell("day", _("Isi tanggalnya; yang kosong tidak dianggap hari ini. Contoh: 22/09/2025."))
        return None

    # --- one row a member: balances, or deposits of one day ----------------------

    def _read_wide(self) -> None:
        amounts = {key: self.parsed(key, parse_rupiah) for key in KIND_OF if self.text(key)}
        paid_until = self.parsed("paid_until", parse_month)
        movement = self._movement(default=Movement.OPENING) if amounts else None
        if paid_until and "mandatory" not in amounts and not self.text("kind"):
            self.tell("mandatory", _("Isi simpanan wajibnya juga; 0 bila jumlahnya tidak diketahui."))
        for key, amount in amounts.items():
            is_opening = key == "mandatory" and movement == Movement.OPENING
            until = paid_until if is_opening else None
            if movement is None or amount is None or (amount == 0 and until is None):
                continue
            if key == "mandatory" and not is_opening:
                self._add_months(key, amount)
            else:
                self.items.append(Item(key, KIND_OF[key], movement, amount, paid_until=until))

    def _movement(self, *, default: Movement) -> Movement | None:
        """None where the file may not bring it, or where the word is unknown."""
        found = self.parsed("movement", parse_movement)
        if found is None:
            return None
        movement = Movement(found) if found else default
        if movement not in BROUGHT:
            self.tell(
                "movement",
                _(
                    "Berkas hanya membawa “%(deposit)s” dan “%(opening)s”. Catat “%(this)s” di halaman simpanan."
                )
                % {
                    "deposit": Movement.DEPOSIT.label,
                    "opening": Movement.OPENING.label,
                    "this": movement.label,
                },
            )
            return None
        return movement

    # --- a column a month --------------------------------------------------------

    def _read_grid(self) -> None:
        filled = [key for key in MONTH_KEYS if self.text(key)]
        year = self._year() if any(key not in self.titles for key in filled) else None
        found = []
        for key in filled:
            month = self.titles.get(key) or (date(year, MONTH_KEYS[key], 1) if year else None)
            amount = self.parsed(key, parse_rupiah)
            if amount and month:
                found.append(Item(key, SavingsKind.MANDATORY, Movement.DEPOSIT, amount, month))
        # In the order of time, as the lines of one receipt.
        self.items += sorted(found, key=lambda item: str(item.month))

    def _year(self) -> int | None:
        text = self.text("year")
        if text.isascii() and text.isdigit() and 1945 <= int(text) <= self.today.year + 5:
            return int(text)
        self.tell(
            "year",
            _("Kolom bulan tanpa tahun: isi tahunnya, misalnya 2026, atau tulis “Jan 2026” di judul kolom."),
        )
        return None

    # --- one row an entry --------------------------------------------------------

    def _read_long(self) -> None:
        if not (self.text("kind") or self.text("amount")):
            return
        if not self.text("kind") and any(self.text(key) for key in (*KIND_OF, *MONTH_KEYS)):
            self._compare_sum()
            return
        if not self.text("kind"):
            words = ", ".join(f"“{label}”" for label in SavingsKind.labels)
            self.tell("kind", _("Isi jenis simpanannya. Ketik salah satu: %(words)s.") % {"words": words})
        if not self.text("amount"):
            self.tell("amount", _("Isi jumlahnya dalam rupiah. Contoh: 10.000."))
        kind = self.parsed("kind", parse_savings_kind)
        amount = self.parsed("amount", parse_rupiah)
        movement = self._movement(default=Movement.DEPOSIT)
        paid_until = self.parsed("paid_until", parse_month)
        if not kind or movement is None or amount is None:
            return
        if amount == 0 and not (movement == Movement.OPENING and paid_until):
            self.tell("amount", _("Jumlahnya lebih dari nol."))
        elif kind == SavingsKind.MANDATORY and movement == Movement.DEPOSIT:
            self._add_months("amount", amount)
        else:
            if self.text("months"):
                self.notes.append(_("Bulan hanya dicatat untuk setoran simpanan wajib."))
            until = paid_until if kind == SavingsKind.MANDATORY and movement == Movement.OPENING else None
            self.items.append(Item("amount", SavingsKind(kind), movement, amount, paid_until=until))

    def _compare_sum(self) -> None:
        """Beside columns of kinds or months, “Jumlah” adds them up."""
        said = self.parsed("amount", parse_rupiah)
        found = sum(item.amount_idr for item in self.items)
        if said is not None and said != found:
            self.tell(
                "amount",
                _("Jumlahnya %(found)s menurut kolom-kolom di baris ini. Betulkan salah satunya.")
                % {"found": rupiah(found)},
            )

    def _add_months(self, key: str, amount: int) -> None:
        """The sum is for all months together, the same for each."""
        months = self._months()
        if not months:
            return
        share, rest = divmod(amount, len(months))
        if rest or not share:
            self.tell(
                key,
                _("%(amount)s tidak terbagi rata untuk %(count)d bulan. Tulis satu baris untuk setiap bulan.")
                % {"amount": rupiah(amount), "count": len(months)},
            )
            return
        self.items += [Item(key, SavingsKind.MANDATORY, Movement.DEPOSIT, share, month) for month in months]

    def _months(self) -> list[date]:
        if not self.text("months"):
            self.tell(
                "months", _("Isi bulan yang dibayar dengan tahunnya. Contoh: Januari 2026 atau Jan-Mar 2026.")
            )
            return []
        months = self.parsed("months", parse_months) or []
        last = self.parsed("months_to", parse_month)
        if not months or last is None or last == months[-1]:
            return months
        span = list(months_between(months[0], last))
        if len(months) > 1 or not 1 < len(span) <= MOST_MONTHS:
            self.tell(
                "months_to",
                _("“S.d. bulan” sesudah “Untuk bulan” (%(month)s), paling banyak %(most)d bulan.")
                % {"month": bulan(months[0]), "most": MOST_MONTHS},
            )
            return []
        return span
