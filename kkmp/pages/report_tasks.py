"""Monthly reports that wait for a person: to be written, mended, sent or reviewed."""

from collections.abc import Iterator
from datetime import date

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from cooperatives.models import CooperativeQuerySet
from kkmp.accounts.models import User
from kkmp.pages.task_queue import Queue, Task, due_in_words, late_in_words
from kkmp.templatetags.ui import waktu
from outlets.models import MonthlyReport, ReportState
from outlets.outlet_class import OutletClass, with_outlet_class
from outlets.report_cycle import Cycle, ReportCell, last_ended_month, months_until
from outlets.report_figures import Months, read_months

# A month older than that is history: the grid shows it, nobody is sent after it.
MONTHS_BACK = 12
UNSENT = (ReportCell.MISSING, ReportCell.WAITING, ReportCell.DRAFT)


def last_months(cooperatives: CooperativeQuerySet, *, on: date) -> Months:
    """The months that may still be asked for; the running month may wait."""
    months = months_until(last_ended_month(on), MONTHS_BACK)
    return read_months(with_outlet_class(cooperatives, on=on), months=months, on=on)


def review_queue(user: User, cycle: Cycle, *, on: date) -> Queue:
    """What somebody else has submitted, the longest waiting first."""
    reports = MonthlyReport.objects.visible_to(user).reviewable_by(user)
    rows = reports.select_related("cooperative__kelurahan", "submitted_by").order_by("submitted_at", "pk")
    return Queue(
        key="review",
        title=_("Menunggu pemeriksaan"),
        text=_("Laporan yang diajukan orang lain; yang tidak mengubah catatan bisa diverifikasi sekaligus."),
        verb=_("Periksa"),
        tasks=[
            Task(
                title=str(report),
                href=reverse("reports:review", args=[report.pk]),
                text=_("Diajukan %(day)s oleh %(who)s; periksa %(due)s")
                % {
                    "day": date_format(timezone.localdate(report.submitted_at), "j F Y"),
                    "who": report.submitted_by,
                    "due": due_in_words(cycle.verify_by(report.month)),
                },
                late=late_in_words(cycle.verify_by(report.month), on),
            )
            for report in rows
        ],
        all_href=reverse("reports:queue"),
    )


def report_queues(
    user: User, found: Months, *, on: date, is_without_officer: bool = False
) -> Iterator[Queue]:
    """Returned, not sent, begun: of the cooperatives in `found`, and what this person has begun or sent elsewhere.

    A month is in one of them at most; where nobody holds the area, Sudin looks after it.
    """
    own = Q(state=ReportState.RETURNED, submitted_by=user) | Q(state=ReportState.DRAFT, saved_by=user)
    open_reports = list(
        MonthlyReport.objects.visible_to(user)
        .in_writing()
        .filter(Q(cooperative__in=[row.pk for row in found.cooperatives]) | own)
        .select_related("cooperative__kelurahan")
        .order_by("month", "cooperative__kelurahan__name", "pk")
    )
    returned = [report for report in open_reports if report.state == ReportState.RETURNED]
    drafts = [report for report in open_reports if report.state == ReportState.DRAFT]
    due = {report.month: found.cycle.due_on(report.month) for report in open_reports}
    yield Queue(
        key="returned",
        title=_("Dikembalikan untuk diperbaiki"),
        text=_("Sudin menuliskan apa yang kurang; perbaiki, lalu ajukan kembali."),
        verb=_("Perbaiki"),
        tasks=[
            Task(
                title=str(report),
                href=report.form_url,
                text=f"“{report.return_reason}”",
                late=late_in_words(due[report.month], on),
            )
            for report in returned
        ],
    )
    begun = {(report.cooperative_id, report.month) for report in open_reports}
    yield Queue(
        key="unsent",
        title=_("Belum dilaporkan, tanpa petugas") if is_without_officer else _("Belum dilaporkan"),
        text=_(
            "Wilayah ini tidak dipegang petugas; Sudin yang melaporkan atau meminta admin memberi wilayah tugas."
        )
        if is_without_officer
        else _("Bila semua masih seperti tercatat, satu ketukan cukup."),
        verb=_("Tulis"),
        tasks=list(_unsent(found, begun, on=on)),
        all_href=reverse("reports:list"),
    )
    yield Queue(
        key="drafts",
        title=_("Draf yang belum diajukan"),
        text=_("Tersimpan, tetapi belum sampai ke Sudin."),
        verb=_("Lanjutkan"),
        tasks=[
            Task(
                title=str(report),
                href=report.form_url,
                text=_("Disimpan %(moment)s; %(due)s")
                % {
                    "moment": waktu(report.saved_at),
                    "due": due_in_words(due[report.month]),
                },
                # A correction is not late: its month has been told of.
                late=late_in_words(due[report.month], on) if report.revision == 1 else "",
            )
            for report in drafts
        ],
    )


def _unsent(found: Months, begun: set[tuple[int, date]], *, on: date) -> Iterator[Task]:
    """Months that are over and of which nothing was sent, the newest first."""
    for month in reversed(found.months):
        due = found.cycle.due_on(month)
        for row in found.cooperatives:
            cell = found.cells[row.pk, month].cell
            if cell not in UNSENT or (row.pk, month) in begun:
                continue
            address = reverse("reports:form", args=[row.kelurahan_id, f"{month:%Y-%m}"])
            # Where nothing is recorded there is nothing that could be unchanged.
            is_recorded = getattr(row, "outlet_class", "") != OutletClass.UNRECORDED
            yield Task(
                title=f"{row}, {date_format(month, 'F Y')}",
                href=address,
                text=due_in_words(due),
                late=late_in_words(due, on),
                one_tap=address if is_recorded else "",
            )
