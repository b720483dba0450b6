"""The cycle of monthly reports (domain: Rules that shape the data): when one is due, and how each stood on a day."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cached_property
from typing import Any

from django.db import models
from django.db.models import (
    Case,
    CharField,
    DateTimeField,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cooperatives.models import DEFAULTS, Cooperative, Parameter, ParameterKey
from outlets.models import MonthlyReport, ReportState, ReportStep, month_end


class ReportCell(models.TextChoices):
    """What a cooperative's month says on a day."""

    VERIFIED = "verified", _("Diverifikasi")
    ZERO = "zero", _("Tidak ada perubahan")
    SUBMITTED = "submitted", _("Diajukan")
    RETURNED = "returned", _("Dikembalikan")
    MISSING = "missing", _("Belum lapor")
    DRAFT = "draft", _("Draf")
    WAITING = "waiting", _("Belum jatuh tempo")
    NOT_YET = "not_yet", _("Bulan belum mulai")
    NOT_EXPECTED = "not_expected", _("Tidak diminta")


# The report lies with the office, or is done with; a returned one lies with its officer again.
SENT = (ReportCell.VERIFIED, ReportCell.ZERO, ReportCell.SUBMITTED)

# The officer has something to do, or may begin.
IN_WRITING = (ReportCell.RETURNED, ReportCell.MISSING, ReportCell.DRAFT, ReportCell.WAITING)


def first_of_month(day: date) -> date:
    return day.replace(day=1)


def next_month(month: date) -> date:
    return month_end(month) + timedelta(days=1)


def previous_month(month: date) -> date:
    """The month before the one that begins on that day."""
    return first_of_month(month - timedelta(days=1))


@dataclass(frozen=True)
class Cycle:
    """The dated parameters of reporting, read once for any number of months."""

    values: Mapping[str, Sequence[tuple[date, int]]]

    def due_on(self, month: date) -> date:
        """The last day on which the report of a month is in time; the day itself counts."""
        return self._day(ParameterKey.REPORT_DUE_DAY, next_month(month))

    def verify_by(self, month: date) -> date:
        """The day by which Sudin is to have looked at it."""
        return self._day(ParameterKey.REPORT_VERIFY_DAY, next_month(month))

    def _day(self, key: ParameterKey, following: date) -> date:
        counting = [value for starts_on, value in self.values.get(key, ()) if starts_on <= following]
        return following.replace(day=counting[-1] if counting else DEFAULTS[key])

    @cached_property
    def began(self) -> date | None:
        """The first month that the office asks for: the one that a parameter names.

        Where none is set, that of the first report that anybody submitted, though not earlier than the month before
        that day: a report of years ago, written as a trial, does not make the years since missing. None before that.
        """
        if named := self.values.get(ParameterKey.REPORT_SINCE):
            return first_of_month(named[0][0])
        first = ReportStep.objects.filter(state=ReportState.SUBMITTED).order_by("at", "pk")
        found = first.values_list("report__month", "at").first()
        if found is None:
            return None
        month, at = found
        return max(month, previous_month(first_of_month(timezone.localdate(at))))

    def is_asked(self, month: date) -> bool:
        """Whether the office asked for reports of that month at all."""
        return self.began is not None and month >= self.began


def read_cycle() -> Cycle:
    values: dict[str, list[tuple[date, int]]] = {}
    rows = Parameter.objects.order_by("starts_on", "pk").values_list("key", "starts_on", "value")
    for key, starts_on, value in rows:
        values.setdefault(key, []).append((starts_on, value))
    return Cycle(values)


def due_on(month: date) -> date:
    return read_cycle().due_on(month)


def verify_by(month: date) -> date:
    return read_cycle().verify_by(month)


def end_of(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.max))


def with_report_state(
    cooperatives: QuerySet[Cooperative], *, month: date, on: date, name: str = "report"
) -> QuerySet[Any]:
    """Annotate how the report of a month stood at the end of a day.

    `report_cell` is a ReportCell; `report_id` the latest revision begun by then; `report_sent_at` when a report was
    first submitted; `report_is_late` whether that, or nothing so far, is after the day it was due.
    """
    cycle = read_cycle()
    due = cycle.due_on(month)
    reports = MonthlyReport.objects.filter(cooperative=OuterRef("pk"), month=month)
    steps = ReportStep.objects.filter(
        report__cooperative=OuterRef("pk"), report__month=month, at__lte=end_of(on)
    ).order_by("-report__revision", "-at", "-pk")
    verified = steps.filter(state=ReportState.VERIFIED)
    sent = steps.filter(state=ReportState.SUBMITTED).order_by("at", "pk")
    latest, counting, sent_at = f"{name}_latest", f"{name}_no_change", f"{name}_sent_at"
    late_since = end_of(due)
    begun = reports.filter(steps__at__lte=end_of(on)).order_by("-revision")
    rows = cooperatives.annotate(
        **{
            f"{name}_id": Subquery(begun.values("pk")[:1], output_field=IntegerField()),
            latest: Subquery(steps.values("state")[:1], output_field=CharField()),
            counting: Subquery(verified.values("report__no_change")[:1]),
            sent_at: Subquery(sent.values("at")[:1], output_field=DateTimeField()),
        }
    )
    is_over = on > due
    otherwise = ReportCell.MISSING if is_over else ReportCell.WAITING if on >= month else ReportCell.NOT_YET
    draft = ReportCell.MISSING if is_over else ReportCell.DRAFT
    not_expected = Value(ReportCell.NOT_EXPECTED.value)
    cell = Case(
        When(**{counting: True}, then=Value(ReportCell.ZERO.value)),
        When(**{counting: False}, then=Value(ReportCell.VERIFIED.value)),
        When(**{latest: ReportState.SUBMITTED}, then=Value(ReportCell.SUBMITTED.value)),
        When(**{latest: ReportState.RETURNED}, then=Value(ReportCell.RETURNED.value)),
        When(founded_on__gt=month_end(month), then=not_expected),
        *([] if cycle.is_asked(month) else [When(pk__isnull=False, then=not_expected)]),
        When(**{latest: ReportState.DRAFT}, then=Value(draft.value)),
        default=Value(otherwise.value),
        output_field=CharField(),
    )
    late = Q(**{f"{sent_at}__gt": late_since})
    if is_over:
        late |= Q(**{f"{name}_cell": ReportCell.MISSING})
    return rows.annotate(**{f"{name}_cell": cell}).annotate(
        **{f"{name}_is_late": Case(When(late, then=Value(True)), default=Value(False))}
    )
