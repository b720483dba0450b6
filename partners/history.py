"""Stages of a support as lines of its history."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from kkmp.history import Entry
from kkmp.templatetags.ui import tanggal
from partners.models import StageChange


def stage_entries(changes: Iterable[StageChange]) -> list[Entry]:
    """The changes come with `by`."""
    return [
        Entry(
            at=change.recorded_at,
            title=_("Tahap: %(stage)s") % {"stage": change.get_stage_display()},
            who=str(change.by),
            note=_("berlaku %(day)s") % {"day": tanggal(change.effective_on)},
            reason=change.reason,
            tone=change.stage,
        )
        for change in changes
    ]
