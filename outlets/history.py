"""Changes of status as lines of a record's history: each was recorded by somebody, and some were taken back."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from kkmp.history import Entry
from kkmp.templatetags.ui import tanggal
from outlets.models import StatusChange


def status_entries(changes: Iterable[StatusChange], *, names_outlet: bool = False) -> list[Entry]:
    """The changes come with `outlet`, `recorded_by` and `retracted_by`; `names_outlet` where several outlets meet."""
    entries = []
    for change in changes:
        title = _in_words(change, names_outlet=names_outlet)
        effect = _("berlaku %(day)s") % {"day": tanggal(change.effective_on)}
        entries.append(
            Entry(
                at=change.recorded_at,
                title=title,
                who=str(change.recorded_by),
                note=f"{change.get_source_display()}, {effect}",
                reason=change.note,
                tone=change.status,
                is_retracted=not change.is_live,
            )
        )
        if change.retracted_at:
            entries.append(
                Entry(
                    at=change.retracted_at,
                    title=_("Dicabut: %(change)s") % {"change": title},
                    who=str(change.retracted_by),
                    note=effect,
                    reason=change.retract_note,
                    tone="closed",
                )
            )
    return entries


def _in_words(change: StatusChange, *, names_outlet: bool) -> str:
    parts = [str(change.get_status_display()), str(change.get_reason_display())]
    if names_outlet and change.outlet:
        parts.append(change.outlet.name)
    return " · ".join(part for part in parts if part)
