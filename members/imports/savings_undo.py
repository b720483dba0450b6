"""Taking imported savings back: a reversal of each entry, where the ledger allows it."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date

from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import ngettext

from cooperatives.models import Cooperative
from kkmp.accounts.models import User
from kkmp.templatetags.ui import rupiah, tanggal
from members.models import Movement, SavingsEntry

ENTRY = "members.savingsentry"
ROWS_AT_ONCE = 1_000
# Each row of such an update is looked for among all that it names.
UPDATED_AT_ONCE = 100


class Undoing:
    """The entries of a batch: those that can be taken back on a day, and those that stay, with why."""

    def __init__(self, cooperative: Cooperative, keys: Sequence[int], *, on: date) -> None:
        self.on = on
        ours = SavingsEntry.objects.filter(cooperative=cooperative)
        wanted = set(keys)
        # By cooperative and in Python: a batch may have more keys than one query may name.
        entries = [entry for entry in ours.select_related("member").order_by("-pk") if entry.pk in wanted]
        balances = {
            (row["member"], row["kind"]): int(row["total"])
            for row in ours.order_by().values("member", "kind").annotate(total=Sum("amount_idr"))
        }
        self.reversed = [entry for entry in entries if entry.reversed_by_id]
        self.reversible: list[SavingsEntry] = []
        # Money that was paid out since: the balance would fall below nothing.
        self.spent: list[SavingsEntry] = []
        for entry in entries:
            if entry.reversed_by_id:
                continue
            place = (entry.member_id, entry.kind)
            if balances[place] < entry.amount_idr:
                self.spent.append(entry)
            else:
                balances[place] -= entry.amount_idr
                self.reversible.append(entry)

    def run(self, receipts: Iterator[str], *, note: str, by: User) -> None:
        """One receipt for each member, a line for each entry."""
        of_member: dict[int, list[SavingsEntry]] = defaultdict(list)
        for entry in self.reversible:
            of_member[entry.member_id].append(entry)
        now = timezone.now()
        reversals = []
        for entries in of_member.values():
            receipt = next(receipts)
            for line, entry in enumerate(entries, start=1):
                entry.reversed_by = SavingsEntry(
                    cooperative=entry.cooperative,
                    member=entry.member,
                    kind=entry.kind,
                    movement=Movement.REVERSAL,
                    amount_idr=-entry.amount_idr,
                    value_on=self.on,
                    receipt_no=receipt,
                    receipt_line=line,
                    note=note[:200],
                    recorded_at=now,
                    recorded_by=by,
                    batch_id=entry.batch_id,
                )
                reversals.append(entry.reversed_by)
        SavingsEntry.objects.bulk_create(reversals, batch_size=ROWS_AT_ONCE)
        for entry in self.reversible:
            # Once more, now that it has a key.
            entry.reversed_by = entry.reversed_by
        SavingsEntry.objects.bulk_update(self.reversible, ["reversed_by"], batch_size=UPDATED_AT_ONCE)

    def consequences(self) -> list[str]:
        told = []
        if self.reversible:
            told.append(
                ngettext(
                    "%(count)d mutasi dibatalkan dengan mutasi pembatalan tanggal %(day)s; jumlahnya %(amount)s. Yang "
                    "dibatalkan tetap terbaca di buku simpanan.",
                    "%(count)d mutasi dibatalkan dengan mutasi pembatalan tanggal %(day)s; jumlahnya %(amount)s. Yang "
                    "dibatalkan tetap terbaca di buku simpanan.",
                    len(self.reversible),
                )
                % {
                    "count": len(self.reversible),
                    "day": tanggal(self.on),
                    "amount": rupiah(sum(entry.amount_idr for entry in self.reversible)),
                }
            )
        return [*told, *self.what_stays()]

    def what_stays(self) -> list[str]:
        told = []
        if self.reversed:
            told.append(
                ngettext(
                    "%(count)d mutasi sudah dibatalkan sebelumnya; tidak disentuh.",
                    "%(count)d mutasi sudah dibatalkan sebelumnya; tidak disentuh.",
                    len(self.reversed),
                )
                % {"count": len(self.reversed)}
            )
        if self.spent:
            numbers = sorted({entry.member.number for entry in self.spent})
            told.append(
                ngettext(
                    "%(count)d mutasi tetap tercatat, karena uangnya sudah ditarik: anggota %(numbers)s.",
                    "%(count)d mutasi tetap tercatat, karena uangnya sudah ditarik: anggota %(numbers)s.",
                    len(self.spent),
                )
                % {"count": len(self.spent), "numbers": ", ".join(numbers[:20])}
            )
        return told
