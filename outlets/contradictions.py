"""Contradictions: what the records of a cooperative say that cannot well be true together (domain: Officers' work).

Each rule is a queryset over what is known today, asked about any day; none refuses anything. The numbers of days
are dated parameters.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import models
from django.db.models import (
    CharField,
    DateField,
    DurationField,
    Exists,
    ExpressionWrapper,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
)
from django.db.models.functions import ExtractMonth, ExtractYear
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from cooperatives.models import Cooperative, Paper, PaperKind, Parameter, ParameterKey
from outlets.capital import idle_without_need
from outlets.models import MonthlyReport, Outlet, ReportLine, Status, StatusChange, Visit, month_end
from outlets.outlet_class import AnnotatedRows, OutletClass, with_outlet_class, with_status

Days = Mapping[ParameterKey, int]


class Rule(models.TextChoices):
    RUNNING_UNSEEN = "running_unseen", gettext_lazy("Berjalan tanpa omzet dan kunjungan")
    IDLE_WITHOUT_NEED = "idle_without_need", gettext_lazy("Terhenti karena modal tanpa kebutuhan terbuka")
    RUNNING_WITHOUT_NIB = "running_without_nib", gettext_lazy("Berjalan tanpa NIB")
    TURNOVER_NOT_RUNNING = "turnover_not_running", gettext_lazy("Omzet tanpa gerai berjalan")
    BACK_AGAIN = "back_again", gettext_lazy("Berhenti lalu berjalan lagi")


def definition_of(rule: Rule, days: Days) -> str:
    """The rule in one sentence, with the numbers that count on the day."""
    match rule:
        case Rule.RUNNING_UNSEEN:
            text = _(
                "Gerai tercatat berjalan %(days)d hari atau lebih, dan selama itu tidak ada omzet di laporan terverifikasi maupun kunjungan."
            )
            return text % {"days": days[ParameterKey.UNSEEN_DAYS]}
        case Rule.IDLE_WITHOUT_NEED:
            return _(
                "Gerai belum berjalan karena modal usaha, tetapi tidak punya kebutuhan modal yang terbuka."
            )
        case Rule.RUNNING_WITHOUT_NIB:
            return _(
                "Koperasi punya gerai berjalan, tetapi NIB tidak ada di data koperasi maupun di suratnya yang berlaku."
            )
        case Rule.TURNOVER_NOT_RUNNING:
            return _(
                "Laporan terverifikasi menyebut omzet untuk bulan saat gerai itu tidak sehari pun tercatat berjalan."
            )
        case Rule.BACK_AGAIN:
            text = _(
                "Gerai berjalan, berhenti, lalu berjalan lagi dalam %(days)d hari: sering tanda salah catat. Ditampilkan %(shown)d hari."
            )
            return text % {
                "days": days[ParameterKey.BACK_AGAIN_DAYS],
                "shown": days[ParameterKey.BACK_AGAIN_SHOWN_DAYS],
            }


@dataclass(frozen=True)
class Contradiction:
    """One finding of one rule on the day `on`; `since` is the day from which it holds, as far as that is known.

    `report` is the key of the report that says the turnover, `month` its month; `until` the end of a short stop.
    """

    rule: Rule
    cooperative: Cooperative
    outlet: Outlet | None
    since: date | None
    on: date
    report: int | None = None
    until: date | None = None

    @property
    def words(self) -> str:
        """What is odd, in a sentence that names the outlet."""
        names = {"outlet": self.outlet or self.cooperative}
        match self.rule:
            case Rule.RUNNING_UNSEEN:
                text = ngettext(
                    "%(outlet)s tercatat berjalan, tetapi %(days)d hari tanpa omzet dan kunjungan.",
                    "%(outlet)s tercatat berjalan, tetapi %(days)d hari tanpa omzet dan kunjungan.",
                    self.days,
                )
                return text % (names | {"days": self.days})
            case Rule.IDLE_WITHOUT_NEED:
                return (
                    _("%(outlet)s belum berjalan karena modal, tetapi kebutuhan modalnya tidak tercatat.")
                    % names
                )
            case Rule.RUNNING_WITHOUT_NIB:
                return _("%(cooperative)s punya gerai berjalan, tetapi NIB belum tercatat.") % {
                    "cooperative": self.cooperative
                }
            case Rule.TURNOVER_NOT_RUNNING:
                text = _("%(outlet)s melaporkan omzet %(month)s, tetapi bulan itu tidak tercatat berjalan.")
                return text % (names | {"month": date_format(self.since, "F Y") if self.since else ""})
            case Rule.BACK_AGAIN:
                text = ngettext(
                    "%(outlet)s berhenti %(day)s lalu berjalan lagi %(days)d hari kemudian.",
                    "%(outlet)s berhenti %(day)s lalu berjalan lagi %(days)d hari kemudian.",
                    self.days,
                )
                day = date_format(self.since, "j F Y") if self.since else ""
                return text % (names | {"day": day, "days": self.days})

    @property
    def days(self) -> int:
        """From `since` to the end of the stop, or to the day asked about."""
        return ((self.until or self.on) - self.since).days if self.since else 0


def days_on(on: date) -> Days:
    """The numbers of the rules that count on that day; one query."""
    return Parameter.objects.values_on(on)


# --- the rules -----------------------------------------------------------------


def running_unseen(outlets: QuerySet[Outlet], *, on: date, days: int) -> AnnotatedRows:
    """Running for so many days, in which nobody told of turnover and nobody came to look.

    A turnover that is not known is no evidence, nor is one of 0. A month counts with all its days: a turnover of
    March is evidence until the window has left March behind.
    """
    edge = on - timedelta(days=days)
    sold = ReportLine.objects.filter(
        outlet=OuterRef("pk"),
        report__in=MonthlyReport.objects.standing(),
        report__month__lte=on,
        turnover_idr__gt=0,
    ).order_by("-report__month")
    visits = Visit.objects.known_on(on).filter(outlet=OuterRef("pk")).order_by("-visited_on")
    running = with_status(outlets, on=on).filter(status=Status.RUNNING, status_since__lte=edge)
    running = running.annotate(
        last_sold_month=Subquery(sold.values("report__month")[:1], output_field=DateField()),
        last_visit_on=Subquery(visits.values("visited_on")[:1], output_field=DateField()),
    )
    first_in_window = edge + timedelta(days=1)
    unseen: AnnotatedRows = running.filter(
        Q(last_sold_month=None) | Q(last_sold_month__lt=first_in_window.replace(day=1)),
        Q(last_visit_on=None) | Q(last_visit_on__lte=edge),
    )
    return unseen


def running_without_nib(cooperatives: QuerySet[Cooperative], *, on: date) -> AnnotatedRows:
    """Of class RUNNING with neither the number in the profile nor a paper in force; `running_since` of the first outlet."""
    paper = Paper.objects.kept().as_of(on).exclude(expires_on__lt=on)
    paper = paper.filter(cooperative=OuterRef("pk"), kind=PaperKind.NIB)
    outlets = with_status(Outlet.objects.filter(cooperative=OuterRef("pk")), on=on)
    running = outlets.filter(status=Status.RUNNING).order_by("status_since")
    found: AnnotatedRows = (
        with_outlet_class(cooperatives, on=on)
        .filter(~Exists(paper), nib="", outlet_class=OutletClass.RUNNING)
        .annotate(running_since=Subquery(running.values("status_since")[:1], output_field=DateField()))
    )
    return found


def turnover_not_running(lines: QuerySet[ReportLine], *, on: date) -> AnnotatedRows:
    """Lines of standing reports that tell of turnover in a month in which the outlet was on no day RUNNING.

    What lies within the month counts even after `on`: the report speaks of the whole month.
    """
    changes = StatusChange.objects.live().filter(outlet=OuterRef("outlet"))
    at_first = changes.filter(effective_on__lte=OuterRef("report__month")).order_by("-effective_on")
    later = changes.filter(
        status=Status.RUNNING,
        effective_on__year=ExtractYear(OuterRef("report__month")),
        effective_on__month=ExtractMonth(OuterRef("report__month")),
    )
    said = lines.filter(
        report__in=MonthlyReport.objects.standing(), report__month__lte=on, turnover_idr__gt=0
    )
    return said.annotate(
        status_at_first=Subquery(at_first.values("status")[:1], output_field=CharField())
    ).filter(Q(status_at_first=None) | ~Q(status_at_first=Status.RUNNING), ~Exists(later))


def back_again(changes: QuerySet[StatusChange], *, on: date, days: int, shown_days: int) -> AnnotatedRows:
    """Changes to RUNNING that end a stop (IDLE, for whatever reasons) of at most so many days after RUNNING.

    The stop is `idle_on`. Shown for a while only: a stop that really was is no fault to be mended.
    """
    earlier = StatusChange.objects.live().filter(
        outlet=OuterRef("outlet"), effective_on__lt=OuterRef("effective_on")
    )
    other_than_idle = earlier.exclude(status=Status.IDLE).order_by("-effective_on")
    between = (
        StatusChange.objects.live()
        .exclude(status=Status.IDLE)
        .filter(
            outlet=OuterRef("outlet"),
            effective_on__gt=OuterRef("effective_on"),
            effective_on__lt=OuterRef(OuterRef("effective_on")),
        )
    )
    stop = earlier.filter(~Exists(between), status=Status.IDLE).order_by("effective_on")
    found = StatusChange.objects.live().filter(
        pk__in=changes.order_by().values("pk"),
        status=Status.RUNNING,
        effective_on__lte=on,
        effective_on__gt=on - timedelta(days=shown_days),
    )
    return (
        found.annotate(
            status_before=Subquery(other_than_idle.values("status")[:1], output_field=CharField()),
            idle_on=Subquery(stop.values("effective_on")[:1], output_field=DateField()),
        )
        .filter(status_before=Status.RUNNING, idle_on__isnull=False)
        .annotate(stopped=ExpressionWrapper(F("effective_on") - F("idle_on"), output_field=DurationField()))
        .filter(stopped__lte=timedelta(days=days))
    )


# --- all of them ---------------------------------------------------------------


def contradictions(
    cooperatives: QuerySet[Cooperative], *, on: date, days: Days | None = None
) -> list[Contradiction]:
    """Everything the rules find of these cooperatives on a day, by rule; one query a rule, and one for their numbers."""
    days = days or days_on(on)
    return [found for rule in Rule for found in _found(rule, cooperatives, on=on, days=days)]


def _rows(rule: Rule, cooperatives: QuerySet[Cooperative], *, on: date, days: Days) -> AnnotatedRows:
    chosen = cooperatives.order_by().values("pk")
    outlets = Outlet.objects.filter(cooperative__in=chosen).order_by("pk")
    match rule:
        case Rule.RUNNING_UNSEEN:
            return running_unseen(outlets, on=on, days=days[ParameterKey.UNSEEN_DAYS])
        case Rule.IDLE_WITHOUT_NEED:
            return idle_without_need(with_status(outlets, on=on), on=on)
        case Rule.RUNNING_WITHOUT_NIB:
            return running_without_nib(Cooperative.objects.filter(pk__in=chosen).order_by("pk"), on=on)
        case Rule.TURNOVER_NOT_RUNNING:
            lines = ReportLine.objects.filter(report__cooperative__in=chosen)
            return turnover_not_running(lines.order_by("report__month", "pk"), on=on)
        case Rule.BACK_AGAIN:
            changes = StatusChange.objects.filter(cooperative__in=chosen)
            found = back_again(
                changes,
                on=on,
                days=days[ParameterKey.BACK_AGAIN_DAYS],
                shown_days=days[ParameterKey.BACK_AGAIN_SHOWN_DAYS],
            )
            return found.order_by("effective_on", "pk")


_RELATED = {
    Rule.RUNNING_WITHOUT_NIB: ("kelurahan__kecamatan",),
    Rule.TURNOVER_NOT_RUNNING: ("outlet", "report__cooperative__kelurahan__kecamatan"),
    Rule.BACK_AGAIN: ("outlet", "cooperative__kelurahan__kecamatan"),
}


def _found(
    rule: Rule, cooperatives: QuerySet[Cooperative], *, on: date, days: Days
) -> Iterator[Contradiction]:
    names = _RELATED.get(rule, ("cooperative__kelurahan__kecamatan",))
    for row in _rows(rule, cooperatives, on=on, days=days).select_related(*names):
        yield _from_row(rule, row, on)


def _from_row(rule: Rule, row: Any, on: date) -> Contradiction:
    match rule:
        case Rule.RUNNING_UNSEEN:
            sold = month_end(row.last_sold_month) if row.last_sold_month else None
            since = max(day for day in (row.status_since, row.last_visit_on, sold) if day)
            return Contradiction(rule, row.cooperative, row, since, on)
        case Rule.IDLE_WITHOUT_NEED:
            return Contradiction(rule, row.cooperative, row, row.status_since, on)
        case Rule.RUNNING_WITHOUT_NIB:
            return Contradiction(rule, row, None, row.running_since, on)
        case Rule.TURNOVER_NOT_RUNNING:
            report = row.report
            return Contradiction(rule, report.cooperative, row.outlet, report.month, on, report=report.pk)
        case Rule.BACK_AGAIN:
            return Contradiction(rule, row.cooperative, row.outlet, row.idle_on, on, until=row.effective_on)
