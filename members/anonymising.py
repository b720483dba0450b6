"""The end of what is kept about a person (UU 27/2022): who left long ago becomes a number, dates and a gender.

Names, identity number, birth date, phone and address go, in the row, in its history and in the back office's log. The
ledger's sums stay, and so does whoever is still owed money (decision 0027).
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, Sum
from simple_history.utils import bulk_update_with_history

from kkmp.accounts.models import User
from kkmp.imports.models import ImportRow
from kkmp.imports.purging import empty_rows
from members.imports.member_matching import name_key
from members.imports.member_undo import BEFORE, MEMBER
from members.models import Member, MemberQuerySet, SavingsEntry
from members.national_ids import set_national_id

CHUNK = 500
# Stored, so in the language of the office, whatever a screen is set to.
NAME = "Anggota (dianonimkan)"
REASON = "Dianonimkan setelah masa simpan"
# What rows and their former states are left with. Number, gender, kind and dates stay: they name nobody and are counted.
BLANK: dict[str, Any] = {
    "full_name": NAME,
    "birth_date": None,
    "phone": "",
    "address": "",
    "rt": "",
    "rw": "",
}
_OF_MEMBERS = frozenset({MEMBER, BEFORE})
_WRITTEN = (
    *BLANK,
    *("national_id_cipher", "national_id_index", "national_id_last"),
    *("void_reason", "anonymised_on", "version"),
)


@dataclass
class Outcome:
    """Memberships by cooperative: those that were (or would be) anonymised, and those kept because of their savings."""

    done: Counter[str] = field(default_factory=Counter)
    owed: Counter[str] = field(default_factory=Counter)


def past_retention(*, years: int, today: date) -> MemberQuerySet:
    """Memberships, applications and numbers that ended or were voided `years` or more ago."""
    limit = _years_before(today, years)
    return Member.objects.filter(anonymised_on=None).filter(
        Q(ended_on__lte=limit) | Q(ended_on=None, voided_on__lte=limit)
    )


def is_owed() -> Exists:
    """Whether a member's savings are not back at nothing."""
    entries = SavingsEntry.objects.filter(member=OuterRef("pk")).order_by().values("member")
    return Exists(entries.annotate(total=Sum("amount_idr")).exclude(total=0))


def anonymise(*, years: int, today: date, by: User | None, is_dry_run: bool = False) -> Outcome:
    """In chunks, each whole or not at all: a second run goes on where the first one was stopped."""
    outcome = Outcome()
    found = past_retention(years=years, today=today).select_related("cooperative__kelurahan").order_by("pk")
    outcome.owed.update(str(member.cooperative) for member in found.filter(is_owed()))
    due = found.filter(~is_owed())
    for keys in _chunks(list(due.values_list("pk", flat=True))):
        outcome.done.update(str(member.cooperative) for member in due.filter(pk__in=keys))
        if not is_dry_run:
            _anonymise(keys, on=today, by=by)
    return outcome


@transaction.atomic
def _anonymise(keys: list[int], *, on: date, by: User | None) -> None:
    rows = list(Member.objects.filter(pk__in=keys).select_for_update())
    empty_rows(_rows_of_files(rows))
    for row in rows:
        for name, value in BLANK.items():
            setattr(row, name, value)
        set_national_id(row, "")
        # Free text may name somebody.
        row.void_reason = REASON if row.void_reason else ""
        row.anonymised_on = on
        row.version += 1
    # First what was: the entry that follows says that it is gone, and keeps its reason.
    former: Any = Member.history.model._default_manager
    former.filter(id__in=keys).update(**BLANK, national_id_last="", history_change_reason=None)
    former.filter(id__in=keys).exclude(void_reason="").update(void_reason=REASON)
    bulk_update_with_history(rows, Member, _WRITTEN, default_user=by, default_change_reason=REASON)
    noted = LogEntry.objects.filter(
        content_type=ContentType.objects.get_for_model(Member), object_id__in=[str(key) for key in keys]
    )
    noted.update(object_repr=NAME)


def _rows_of_files(members: list[Member]) -> list[ImportRow]:
    """Rows of files not purged yet that made or changed one of these members, or bear a name one has or had there."""
    keys = {member.pk for member in members}
    area = {member.pk: member.cooperative_id for member in members}
    former: Any = Member.history.model._default_manager
    before = former.filter(id__in=keys).values_list("id", "full_name")
    names = {(area[key], name_key(name)) for key, name in before}
    names |= {(member.cooperative_id, name_key(member.full_name)) for member in members}
    kept = ImportRow.objects.filter(batch__purged_at=None, batch__cooperative__in={*area.values()})
    return [
        row
        for row in kept.select_related("batch").order_by("pk").iterator()
        if any(label in _OF_MEMBERS and key in keys for label, key, *_own in row.targets)
        or any((row.batch.cooperative_id, name_key(text)) in names for text in row.payload.values())
    ]


def _chunks(keys: list[int]) -> Iterator[list[int]]:
    for start in range(0, len(keys), CHUNK):
        yield keys[start : start + CHUNK]


def _years_before(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        # The 29th of February; a day later would be too early an end.
        return day.replace(year=day.year - years, day=28)
