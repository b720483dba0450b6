"""Why cooperatives moved from one class to another: the record that moved each, and what helped."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from cooperatives.asof import View
from cooperatives.models import Cooperative
from outlets.models import CapitalNeed, ChangeSource, Status, StatusChange
from outlets.outlet_class import OutletClass, class_from
from outlets.standing import Turn
from partners.models import Stage, StageChange

# Money or goods have arrived.
ARRIVED = (Stage.DISBURSED, Stage.VERIFIED, Stage.COMPLETED)


@dataclass(frozen=True)
class Cause:
    """One cooperative's move: `change` is the record that moved it; a need or support says why it could."""

    cooperative: Cooperative
    change: StatusChange
    needs: list[CapitalNeed] = field(default_factory=list)
    supports: list[StageChange] = field(default_factory=list)

    @property
    def href(self) -> str:
        """The report, or the page of the cooperative with the decision among its records."""
        return self.change.report.get_absolute_url() if self.change.report else ""

    @property
    def helped(self) -> str:
        """What closed or arrived in the same time, in words; empty where nothing is recorded."""
        words = []
        if self.needs:
            words.append(str(_("kebutuhan modal terpenuhi")))
        partners = sorted({stage.support.partner.name for stage in self.supports})
        words += [_("bantuan %(partner)s tersalur") % {"partner": partner} for partner in partners]
        return ", ".join(words)

    @property
    def day_in_words(self) -> str:
        return date_format(self.change.effective_on, "j F Y")


def causes_of(view: View, moved: Iterable[Cooperative], changes: dict[int, list[Turn]]) -> dict[int, Cause]:
    """By cooperative; three queries however many moved, none where nobody did."""
    moved = list(moved)
    turns = {one.pk: turn for one in moved if (turn := _turn(changes.get(one.pk, ()), view))}
    if not turns:
        return {}
    records = StatusChange.objects.visible_to(view.user).filter(pk__in=turns.values())
    by_cooperative = {row.cooperative_id: row for row in records.select_related("report", "outlet")}
    needs: dict[int, list[CapitalNeed]] = defaultdict(list)
    closed = CapitalNeed.objects.visible_to(view.user).filter(
        outlet__cooperative__in=turns, closed_on__gt=view.since, closed_on__lte=view.on
    )
    for need in closed.select_related("outlet"):
        needs[need.outlet.cooperative_id].append(need)
    supports: dict[int, list[StageChange]] = defaultdict(list)
    arrived = StageChange.objects.visible_to(view.user).filter(
        support__cooperative__in=turns,
        stage__in=ARRIVED,
        effective_on__gt=view.since,
        effective_on__lte=view.on,
    )
    for stage in arrived.select_related("support__partner"):
        supports[stage.support.cooperative_id].append(stage)
    found = {}
    for one in moved:
        if change := by_cooperative.get(one.pk):
            # Money explains why an outlet runs, never why it stopped.
            runs = change.status == Status.RUNNING
            found[one.pk] = Cause(
                one, change, needs[one.pk] if runs else [], supports[one.pk] if runs else []
            )
    return found


def _turn(history: Sequence[Turn], view: View) -> int | None:
    """The change that brought the class of the later day, the last time it came; its key."""
    statuses: dict[int, str] = {}
    outlet_class = OutletClass.UNRECORDED
    found: int | None = None
    for turn in history:
        if turn.day > view.on:
            break
        if turn.outlet is not None:
            statuses[turn.outlet] = turn.status
        now = class_from(statuses.values(), is_recorded=True)
        if now != outlet_class and _is_between(turn.day, view):
            found = turn.pk
        outlet_class = now
    return found


def _is_between(day: date, view: View) -> bool:
    return view.since < day <= view.on


def in_words(causes: Iterable[Cause]) -> str:
    """“2 lewat laporan, 1 lewat keputusan Sudin; 1 dengan bantuan mitra”."""
    causes = list(causes)
    sources = Counter(cause.change.source for cause in causes)
    names = {
        ChangeSource.REPORT.value: _("%(count)d lewat laporan"),
        ChangeSource.DECISION.value: _("%(count)d lewat keputusan Sudin"),
        ChangeSource.OPENING.value: _("%(count)d lewat impor data awal"),
    }
    parts = [names[source] % {"count": sources[source]} for source in names if sources[source]]
    if closed := sum(bool(cause.needs) for cause in causes):
        parts.append(_("%(count)d dengan kebutuhan modal terpenuhi") % {"count": closed})
    if helped := sum(bool(cause.supports) for cause in causes):
        parts.append(_("%(count)d dengan bantuan mitra") % {"count": helped})
    return ", ".join(parts)
