"""Changes of status as lines of a record's history: each was recorded by somebody, and some were taken back."""

from django.contrib.auth.models import AnonymousUser
from django.urls import reverse
from django.utils.translation import gettext as _

from kkmp.accounts.models import User
from kkmp.history import Entry, Step
from kkmp.templatetags.ui import tanggal
from outlets.models import StatusChange, StatusChangeQuerySet


def status_entries(
    changes: StatusChangeQuerySet, *, user: User | AnonymousUser, names_outlet: bool = False
) -> list[Entry]:
    """What was recorded and taken back, with the steps this person may take; `names_outlet` where several outlets meet."""
    may_retract = user.has_perm("outlets.retract_change")
    entries = []
    for change in changes.select_related("outlet", "report", "recorded_by", "retracted_by"):
        title = _in_words(change, names_outlet=names_outlet)
        effect = _("berlaku %(day)s") % {"day": tanggal(change.effective_on)}
        entries.append(
            Entry(
                at=change.recorded_at,
                title=title,
                who=str(change.recorded_by),
                note=f"{change.source_in_words}, {effect}",
                reason=change.note,
                tone=change.status,
                is_retracted=not change.is_live,
                steps=_steps(change, title) if may_retract and change.is_live else (),
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


def _steps(change: StatusChange, title: str) -> tuple[Step, ...]:
    """Whoever takes a change back may also correct it (permissions.py gives both to the same role)."""
    return (
        Step(
            _("Koreksi"),
            reverse("outlets:correct", args=[change.pk]),
            _("Koreksi %(change)s") % {"change": title},
        ),
        Step(
            _("Cabut"),
            reverse("outlets:retract", args=[change.pk]),
            _("Cabut %(change)s") % {"change": title},
        ),
    )


def _in_words(change: StatusChange, *, names_outlet: bool) -> str:
    parts = [str(change.get_status_display()), str(change.get_reason_display())]
    if names_outlet and change.outlet:
        parts.append(change.outlet.name)
    return " · ".join(part for part in parts if part)
