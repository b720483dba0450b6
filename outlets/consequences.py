"""What a change of status means for the pages of past days, in words said before and after it is written."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from outlets.models import StatusChange
from outlets.outlet_class import OutletClass

DAY = "j F Y"


@dataclass(frozen=True)
class Reach:
    """The days that one change decides: from its own day until the day before the next, or until today."""

    starts_on: date
    ends_on: date
    before: StatusChange | None
    is_open: bool

    @property
    def days_back(self) -> int:
        """How many past days show something else once this change comes or goes; today is no past day."""
        return (self.ends_on - self.starts_on).days + (0 if self.is_open else 1)

    def in_words(self) -> str:
        """For a sentence beside the question or after the deed: how many past pages change, and which."""
        if self.is_open and not self.days_back:
            return _("Ini mengubah halaman hari ini; halaman hari-hari sebelumnya tetap.")
        names = {
            "start": date_format(self.starts_on, DAY),
            "end": date_format(self.ends_on, DAY),
            "count": self.days_back,
        }
        if self.is_open:
            return (
                ngettext(
                    "Ini mengubah halaman %(count)d hari yang lalu sampai hari ini, sejak %(start)s.",
                    "Ini mengubah halaman %(count)d hari yang lalu sampai hari ini, sejak %(start)s.",
                    self.days_back,
                )
                % names
            )
        return (
            ngettext(
                "Ini mengubah halaman %(count)d hari yang lampau: %(start)s sampai %(end)s.",
                "Ini mengubah halaman %(count)d hari yang lampau: %(start)s sampai %(end)s.",
                self.days_back,
            )
            % names
        )

    def status_before(self) -> str:
        """What holds on these days when the change is taken back."""
        if self.before is None:
            return str(OutletClass.UNRECORDED.label)
        reason = self.before.get_reason_display()
        status = self.before.get_status_display()
        return f"{status} ({reason})" if reason else str(status)


def reach_of(change: StatusChange, *, today: date) -> Reach:
    """Of a live change, or of one not yet written; two queries."""
    others = (
        StatusChange.objects.live()
        .filter(cooperative=change.cooperative_id, outlet=change.outlet_id)
        .exclude(pk=change.pk)
    )
    following = (
        others.filter(effective_on__gt=change.effective_on)
        .order_by("effective_on", "pk")
        .values_list("effective_on", flat=True)
    ).first()
    return Reach(
        starts_on=change.effective_on,
        ends_on=following - timedelta(days=1) if following else today,
        before=others.by(change.effective_on).first(),
        is_open=following is None,
    )
