"""Why cooperatives moved from one class to another: the record that moved each, and what helped."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cooperatives.asof import View
from cooperatives.models import Cooperative
from kkmp.templatetags.ui import rupiah
from outlets.models import CapitalNeed, ChangeSource, Status, StatusChange
from outlets.outlet_class import OutletClass, class_from
from outlets.standing import Turn
from partners.models import Disbursement, Stage, StageChange, Support, SupportKind

# Money or goods have arrived.
ARRIVED = (Stage.DISBURSED, Stage.VERIFIED, Stage.COMPLETED)


# What people call them in a sentence; other kinds go by their own name.
CALLED = {SupportKind.CASH_GRANT: gettext_lazy("hibah"), SupportKind.LOAN: gettext_lazy("pinjaman")}


@dataclass(frozen=True)
class Cause:
    """One cooperative's move: `change` is the record that moved it; a need, money or support says why it could."""

    cooperative: Cooperative
    change: StatusChange
    needs: list[CapitalNeed] = field(default_factory=list)
    supports: list[StageChange] = field(default_factory=list)
    money: list[Disbursement] = field(default_factory=list)

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
        sums: Counter[tuple[str, str]] = Counter()
        for paid in self.money:
            sums[paid.support.partner.name, _called(paid.support)] += paid.amount_idr
        words += [
            _("%(kind)s %(partner)s %(amount)s")
            % {"kind": kind, "partner": partner, "amount": rupiah(amount)}
            for (partner, kind), amount in sorted(sums.items())
        ]
        # What arrived without a sum that was checked: a service, or money that waits for its check.
        told = {paid.support_id for paid in self.money}
        partners = sorted(
            {stage.support.partner.name for stage in self.supports if stage.support_id not in told}
        )
        words += [_("bantuan %(partner)s tersalur") % {"partner": partner} for partner in partners]
        return ", ".join(words)

    def may_come_from(self, support: Support, day: date) -> bool:
        """Whether help that arrived on that day was for the outlet that began, or for no outlet in particular."""
        return day <= self.change.effective_on and support.outlet_id in (self.change.outlet_id, None)

    @property
    def is_helped(self) -> bool:
        return bool(self.supports or self.money)

    @property
    def day_in_words(self) -> str:
        return date_format(self.change.effective_on, "j F Y")


def _called(support: Support) -> str:
    kind = str(CALLED.get(SupportKind(support.kind)) or support.get_kind_display())
    return kind[:1].lower() + kind[1:]


def causes_of(view: View, moved: Iterable[Cooperative], changes: dict[int, list[Turn]]) -> dict[int, Cause]:
    """By cooperative; four queries however many moved, none where nobody did.

    Money explains why an outlet runs, never why it stopped: what arrived for the outlet that began to run, after the
    earlier day and no later than it began. Help that names no outlet is told without its sum.
    """
    moved = list(moved)
    turns = {one.pk: turn for one in moved if (turn := _turn(changes.get(one.pk, ()), view))}
    if not turns:
        return {}
    records = StatusChange.objects.visible_to(view.user).filter(pk__in=turns.values())
    by_cooperative = {row.cooperative_id: row for row in records.select_related("report", "outlet")}
    causes = {
        one.pk: Cause(one, change) for one in moved if (change := by_cooperative.get(one.pk)) is not None
    }
    began = {key: cause for key, cause in causes.items() if cause.change.status == Status.RUNNING}
    closed = CapitalNeed.objects.visible_to(view.user).filter(
        outlet__cooperative__in=turns, closed_on__gt=view.since, closed_on__lte=view.on
    )
    for need in closed.select_related("outlet"):
        cause = began.get(need.outlet.cooperative_id)
        if cause and need.outlet_id == cause.change.outlet_id:
            cause.needs.append(need)
    arrived = StageChange.objects.visible_to(view.user).filter(
        support__cooperative__in=turns, stage__in=ARRIVED, effective_on__gt=view.since
    )
    for stage in arrived.select_related("support__partner"):
        cause = began.get(stage.support.cooperative_id)
        if cause and cause.may_come_from(stage.support, stage.effective_on):
            cause.supports.append(stage)
    paid_between = (
        Disbursement.objects.visible_to(view.user)
        .counted(view.on)
        .filter(support__cooperative__in=turns, paid_on__gt=view.since)
    )
    for paid in paid_between.select_related("support__partner"):
        cause = began.get(paid.support.cooperative_id)
        if cause and paid.support.outlet_id and cause.may_come_from(paid.support, paid.paid_on):
            cause.money.append(paid)
    return causes


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
    if helped := sum(cause.is_helped for cause in causes):
        parts.append(_("%(count)d dengan bantuan mitra") % {"count": helped})
    return ", ".join(parts)
