"""Import of savings into one cooperative's ledger: deposits and opening balances, taken back by reversals."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import ClassVar

from django.utils import timezone
from django.utils.translation import gettext_lazy

from cooperatives.models import Cooperative
from kkmp.accounts.models import User
from kkmp.imports.importer import CheckedRow, GivenRow, Importer, Target, Template, Text
from kkmp.imports.models import BatchKind, ImportBatch
from kkmp.parsing import days_named, parse_month
from kkmp.tabular.reading import Column
from members.imports.member_matching import Register
from members.imports.savings_columns import COLUMNS, MONTH_KEYS
from members.imports.savings_matching import Comparison, Entries, Ledger
from members.imports.savings_rows import SavingsRow
from members.imports.savings_template import empty_sheet
from members.imports.savings_undo import ENTRY, Undoing
from members.models import Member, SavingsEntry
from members.savings.rules import Dues, closed_through, next_receipt_no, receipt_after
from members.services import lock_register

ROWS_AT_ONCE = 1_000


class SavingsImporter(Importer[Entries]):
    """Deposits and opening balances of members known in the register; what the ledger has already is left alone."""

    kind: ClassVar[str] = BatchKind.SAVINGS
    permission: ClassVar[str] = "members.import_savings"
    title: ClassVar[Text] = gettext_lazy("Simpanan anggota")
    lead: ClassVar[Text] = gettext_lazy(
        "Setoran dan saldo awal anggota satu koperasi, dari berkas seperti apa adanya."
    )
    needs: ClassVar[Sequence[Text]] = (
        gettext_lazy(
            "Anggota dikenali lewat nomor anggota, NIK, atau nama lengkap persis seperti di buku anggota."
        ),
        gettext_lazy(
            "Saldo awal: satu baris untuk satu anggota, dengan kolom Pokok, Wajib, Sukarela, Per tanggal, dan Lunas sampai."
        ),
        gettext_lazy(
            "Setoran: satu baris untuk satu setoran, dengan jenis simpanan, jumlah, tanggal, dan bulan yang dibayar "
            "(boleh beberapa bulan: Jan-Mar 2026)."
        ),
        gettext_lazy(
            "Setoran wajib boleh juga satu kolom untuk setiap bulan: Jan 2026, Feb 2026, dan seterusnya."
        ),
        gettext_lazy("Nomor bukti yang kosong diberi nomor berikutnya. Paling banyak 20.000 baris."),
    )
    columns: ClassVar[Sequence[Column]] = COLUMNS
    max_rows: ClassVar[int] = 20_000
    all_or_nothing: ClassVar[bool] = False
    of_one_cooperative: ClassVar[bool] = True
    maps_columns: ClassVar[bool] = True

    def template(self, *, user: User) -> Template:  # the same for everybody: it names no member
        return empty_sheet()

    def lock(self) -> None:
        lock_register(self._cooperative.pk)

    def check(self, rows: Sequence[GivenRow], *, user: User) -> list[CheckedRow[Entries]]:
        today = timezone.localdate()
        titles = self._months_in_titles()
        named = days_named(self.batch.above) if self.batch else set()
        day_above = next(iter(named)) if len(named) == 1 else None
        read = [SavingsRow(row, today, titles, day_above) for row in rows]
        members = Member.objects.visible_to(user).filter(cooperative=self._cooperative)
        entries = SavingsEntry.objects.visible_to(user).filter(cooperative=self._cooperative)
        ledger = Ledger(
            list(entries.order_by("pk")),
            closed_on=closed_through(self._cooperative),
            dues=Dues.of(self._cooperative),
            today=today,
        )
        comparison = Comparison(Register(self._cooperative, list(members.order_by("pk"))), ledger)
        return [comparison.result(row) for row in read]

    def write(
        self, rows: Sequence[CheckedRow[Entries]], *, batch: ImportBatch, by: User
    ) -> dict[int, list[Target]]:
        plans = {row.given.number: row.plan for row in rows if row.plan}
        receipts: dict[int, Iterator[str]] = {}
        now = timezone.now()
        made: dict[int, list[SavingsEntry]] = {}
        for number, plan in plans.items():
            receipt = plan.receipt
            if plan.needs_receipt:
                year = plan.day.year
                receipts.setdefault(year, _receipts(self._cooperative, plan.day))
                receipt = next(receipts[year])
            made[number] = [
                SavingsEntry(
                    cooperative=self._cooperative,
                    member=plan.member,
                    kind=item.kind,
                    movement=item.movement,
                    amount_idr=item.amount_idr,
                    value_on=plan.day,
                    month=item.month,
                    paid_until=item.paid_until,
                    receipt_no=receipt,
                    receipt_line=line,
                    note=plan.note,
                    recorded_at=now,
                    recorded_by=by,
                    batch=batch,
                )
                for line, item in enumerate(plan.items, start=plan.first_line)
            ]
        entries = [entry for of_row in made.values() for entry in of_row]
        SavingsEntry.objects.bulk_create(entries, batch_size=ROWS_AT_ONCE)
        return {number: [(ENTRY, entry.pk) for entry in of_row] for number, of_row in made.items()}

    def consequences(self, targets: Mapping[str, Sequence[int]]) -> list[str]:
        return self._undoing(targets).consequences()

    def undo(self, targets: Mapping[str, Sequence[int]], *, note: str, by: User) -> list[str]:
        undoing = self._undoing(targets)
        undoing.run(_receipts(self._cooperative, undoing.on), note=note, by=by)
        return undoing.what_stays()

    def _undoing(self, targets: Mapping[str, Sequence[int]]) -> Undoing:
        today = timezone.localdate()
        closed = closed_through(self._cooperative)
        # A reversal counts from a day whose books are open.
        day = max(today, closed + timedelta(days=1)) if closed else today
        return Undoing(self._cooperative, targets.get(ENTRY, ()), on=day)

    def _months_in_titles(self) -> dict[str, date]:
        """“Jan 2026” over a column of a month: the month with its year."""
        found = {}
        for column in self.batch.columns if self.batch else ():
            if column["key"] in MONTH_KEYS:
                try:
                    month = parse_month(column["title"])
                except ValueError:
                    continue
                if month:
                    found[column["key"]] = month
        return found

    @property
    def _cooperative(self) -> Cooperative:
        assert self.cooperative is not None  # noqa: S101  # of_one_cooperative: the page asks for it
        return self.cooperative


def _receipts(cooperative: Cooperative, day: date) -> Iterator[str]:
    """Automatic numbers of the day's year, one after the other. Under the lock of the cooperative."""
    number = next_receipt_no(cooperative, day)
    while True:
        yield number
        number = receipt_after(number)
