"""Taking an import of members back: what it added goes while nothing depends on it, what it changed becomes what it was."""

import base64
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any

from django.db.models import Field, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from simple_history.utils import bulk_update_with_history

from kkmp.accounts.models import User
from kkmp.crypto import UndecipherableError
from kkmp.imports.models import ImportBatch
from members.imports.member_matching import Plan
from members.models import Member
from members.national_ids import open_national_id, set_national_id

# Labels in ImportRow.targets: a member that was added, and one with the values that stood there before.
MEMBER, BEFORE = "members.member", "members.member before"
ROWS_AT_ONCE = 1_000
_CIPHER = "national_id_cipher"
_SEALED = ("national_id_cipher", "national_id_index", "national_id_last")


def values_before(plan: Plan) -> dict[str, object]:
    """What the plan is about to replace, as JSON; the identity number stays sealed."""
    member = plan.member
    before: dict[str, object] = {
        name: value.isoformat() if hasattr(value, "isoformat") else value
        for name in plan.values
        for value in [getattr(member, name)]
    }
    if plan.digits:
        cipher = member.national_id_cipher
        before[_CIPHER] = base64.b64encode(bytes(cipher)).decode() if cipher else ""
    # The version that the import leaves behind: a later one says that somebody edited since.
    return {"version": member.version + 1, "values": before}


class Undoing:
    """What can be taken back of one batch now, and what has to stay."""

    def __init__(self, batch: ImportBatch) -> None:
        self.batch = batch
        self.added: list[int] = []
        self.before: dict[int, Mapping[str, Any]] = {}
        for targets in batch.rows.order_by("number").values_list("targets", flat=True):
            for label, key, *own in targets:
                if label == MEMBER:
                    self.added.append(key)
                else:
                    self.before[key] = own[0] if own else {}

    @cached_property
    def removable(self) -> list[Member]:
        """Added, not edited since, and named by nothing else."""
        members: list[Member] = []
        for keys in _chunks(self.added):
            used = _used(keys)
            untouched = Member.objects.filter(pk__in=keys, version=1).order_by("pk")
            members += [member for member in untouched if member.pk not in used]
        return members

    @cached_property
    def restorable(self) -> list[Member]:
        """Changed, and not edited since."""
        return [
            member
            for keys in _chunks(list(self.before))
            for member in Member.objects.filter(pk__in=keys).order_by("pk")
            if member.version == self.before[member.pk].get("version") and self._fits(member)
        ]

    def _fits(self, member: Member) -> bool:
        """Whether nobody took the former number, or the former identity number, meanwhile."""
        values = self.before[member.pk]["values"]
        number = values.get("number")
        others = Member.objects.filter(cooperative=self.batch.cooperative_id).exclude(pk=member.pk)
        if number and others.filter(number=number).exists():
            return False
        if member.voided_on or values.get("ended_on", member.ended_on):
            return True
        if _CIPHER in values:
            digits = _former_number(member, values[_CIPHER])
        else:
            digits = open_national_id(member) if "ended_on" in values else ""
        return not digits or not others.living().with_national_id(digits).exists()

    def what_stays(self) -> list[str]:
        there = Member.objects.filter(pk__in=self.added).count() if self.added else 0
        kept = there - len(self.removable)
        edited = len(self.before) - len(self.restorable)
        told = []
        if kept:
            told.append(
                ngettext(
                    "%(count)d anggota tetap ada: sudah diubah orang, atau punya simpanan.",
                    "%(count)d anggota tetap ada: sudah diubah orang, atau punya simpanan.",
                    kept,
                )
                % {"count": kept}
            )
        if edited:
            told.append(
                ngettext(
                    "%(count)d anggota yang diubah impor ini sudah diubah lagi sesudahnya; isinya tidak disentuh.",
                    "%(count)d anggota yang diubah impor ini sudah diubah lagi sesudahnya; isinya tidak disentuh.",
                    edited,
                )
                % {"count": edited}
            )
        return told

    def run(self, *, note: str, by: User) -> None:
        """Inside a transaction, with the cooperative locked."""
        reason = (_("Impor dibatalkan: %(note)s") % {"note": note})[:100]
        self._restore(reason, by)
        self._remove(reason, by)

    def _restore(self, reason: str, by: User) -> None:
        fields = {"version"}
        for member in self.restorable:
            values = dict(self.before[member.pk]["values"])
            if _CIPHER in values:
                _restore_national_id(member, values.pop(_CIPHER))
                fields |= set(_SEALED)
            for name, value in values.items():
                field: Field[Any, Any] = Member._meta.get_field(name)  # type: ignore[assignment]  # no relation
                setattr(member, name, field.to_python(value))
            member.version += 1
            fields |= set(values)
        if self.restorable:
            bulk_update_with_history(
                self.restorable,
                Member,
                sorted(fields),
                batch_size=ROWS_AT_ONCE,
                default_user=by,
                default_change_reason=reason,
            )

    def _remove(self, reason: str, by: User) -> None:
        """At once, with a line of history for each: deleting one by one would be a query a row."""
        kept = Member.history.model
        now = timezone.now()
        for start in range(0, len(self.removable), ROWS_AT_ONCE):
            members = self.removable[start : start + ROWS_AT_ONCE]
            kept.objects.bulk_create(
                kept(
                    history_type="-",
                    history_date=now,
                    history_user=by,
                    history_change_reason=reason,
                    **{field.attname: getattr(member, field.attname) for field in kept.tracked_fields},
                )
                for member in members
            )
            rows: QuerySet[Member] = Member.objects.filter(pk__in=[member.pk for member in members])
            # Nothing refers to these rows, and the database would refuse if something did.
            rows._raw_delete(rows.db)  # noqa: SLF001  # delete() would ask for each row, and write its history alone


def _restore_national_id(member: Member, cipher: str) -> None:
    if not cipher:
        set_national_id(member, "")
    elif digits := _former_number(member, cipher):
        set_national_id(member, digits)


def _former_number(member: Member, cipher: str) -> str:
    """Nothing where its key has left the ring since: the number of the import then stays."""
    if not cipher:
        return ""
    try:
        return open_national_id(Member(uid=member.uid, national_id_cipher=base64.b64decode(cipher)))
    except UndecipherableError:
        return ""


def _used(keys: Sequence[int]) -> set[int]:
    """Of these members, those that a row of any other kind names."""
    used: set[int] = set()
    for relation in Member._meta.related_objects:
        model, name = relation.related_model, relation.field.name
        # What belongs to the history goes its own way; it holds plain numbers without a constraint.
        if isinstance(model, str) or model is Member.history.model:
            continue
        rows = model._base_manager.filter(**{f"{name}__in": keys}).order_by()
        used |= set(rows.values_list(name, flat=True))
    return used


def _chunks(keys: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(keys), ROWS_AT_ONCE):
        yield keys[start : start + ROWS_AT_ONCE]
