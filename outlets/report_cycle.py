"""The cycle of monthly reports (domain: Rules that shape the data): when one is due, and how each stood on a day."""

from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import models
from django.db.models import (
    Case,
    CharField,
    DateTimeField,
    Exists,
    F,
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

from cooperatives.models import Cooperative, Parameter, ParameterKey
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
    NOT_EXPECTED = "not_expected", _("Belum berdiri")


# A report that reached the office.
SENT = (ReportCell.VERIFIED, ReportCell.ZERO, ReportCell.SUBMITTED)

# The officer has something to do, or may begin.
IN_WRITING = (ReportCell.RETURNED, ReportCell.MISSING, ReportCell.DRAFT, ReportCell.WAITING)


def first_of_month(day: date) -> date:
    return day.replace(day=1)


def next_month(month: date) -> date:
    return month_end(month) + timedelta(days=1)


def previous_month(month: date) -> date:
    return first_of_month(month - timedelta(days=1))


def due_on(month: date) -> date:
    """The last day on which the report of a month is in time; the day itself counts."""
    following = next_month(month)
    return following.replace(day=Parameter.objects.value_on(ParameterKey.REPORT_DUE_DAY, following))


def verify_by(month: date) -> date:
    """The day by which Sudin is to have looked at it."""
    following = next_month(month)
    return following.replace(day=Parameter.objects.value_on(ParameterKey.REPORT_VERIFY_DAY, following))


def end_of(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.max))


def with_report_state(
    cooperatives: QuerySet[Cooperative], *, month: date, on: date, name: str = "report"
) -> QuerySet[Any]:
    """Annotate how the report of a month stood at the end of a day.

    `report_cell` is a ReportCell; `report_id` the latest revision begun by then; `report_sent_at` when a report was
    first submitted; `report_is_late` whether that, or nothing so far, is after the day it was due.
    """
    due = due_on(month)
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
    cell = Case(
        When(**{counting: True}, then=Value(ReportCell.ZERO.value)),
        When(**{counting: False}, then=Value(ReportCell.VERIFIED.value)),
        When(**{latest: ReportState.SUBMITTED}, then=Value(ReportCell.SUBMITTED.value)),
        When(**{latest: ReportState.RETURNED}, then=Value(ReportCell.RETURNED.value)),
        When(founded_on__gt=month_end(month), then=Value(ReportCell.NOT_EXPECTED.value)),
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


def has_unreported_month(cooperatives: QuerySet[Cooperative], *, month: date) -> QuerySet[Cooperative]:
    """Those that were expected to tell of the month and have submitted nothing of it yet."""
    told = MonthlyReport.objects.filter(cooperative=OuterRef("pk"), month=month).exclude(
        state__in=[ReportState.DRAFT, ReportState.RETURNED]
    )
    expected = Q(founded_on=None) | Q(founded_on__lte=month_end(month))
    return cooperatives.filter(expected, ~Exists(told)).order_by(F("kelurahan__name").asc(), "pk")
