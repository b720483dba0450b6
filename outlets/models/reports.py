"""Monthly reports: one a cooperative and month, its lines, photos, and the steps from draft to verified."""

import calendar
from datetime import date
from typing import ClassVar, Self

from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Cast, Right
from django.db.models.lookups import Exact
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cooperatives.models import Cooperative
from cooperatives.scope import ScopedQuerySet
from kkmp.accounts.models import User
from outlets.models.outlets import Outlet
from outlets.models.status import Reason, Status


class ReportState(models.TextChoices):
    DRAFT = "draft", _("Draf")
    SUBMITTED = "submitted", _("Diajukan")
    RETURNED = "returned", _("Dikembalikan")
    VERIFIED = "verified", _("Diverifikasi")


# The officer writes; Sudin reviews; nobody has to do anything more.
WRITABLE = (ReportState.DRAFT, ReportState.RETURNED)
OPEN = (*WRITABLE, ReportState.SUBMITTED)


class MonthlyReportQuerySet(ScopedQuerySet["MonthlyReport"]):
    def in_writing(self) -> Self:
        """Waits for the officer: begun, withdrawn or returned."""
        return self.filter(state__in=WRITABLE)

    def awaiting_review(self) -> Self:
        """Waits for Sudin."""
        return self.filter(state=ReportState.SUBMITTED)

    def verified(self) -> Self:
        """Waits for nobody, superseded or not."""
        return self.filter(state=ReportState.VERIFIED)

    def standing(self) -> Self:
        """What counts of each month: verified and not replaced by a later revision."""
        return self.verified().filter(superseded_at=None)

    def of_month(self, month: date) -> Self:
        return self.filter(month=month)

    def reviewable_by(self, user: User) -> Self:
        """Waits for this person's review: whoever submits never verifies."""
        return self.awaiting_review().exclude(submitted_by=user)


class MonthlyReport(models.Model):
    """What a cooperative tells of one month. A correction after verification is a new revision with a reason.

    `version` grows with every save of the form; what happened to the report is told by its steps.
    """

    cooperative = models.ForeignKey(
        Cooperative, models.PROTECT, verbose_name=_("koperasi"), related_name="reports"
    )
    month = models.DateField(_("bulan"), help_text=_("Hari pertama bulan itu."))
    revision = models.PositiveSmallIntegerField(_("revisi"), default=1)
    state = models.CharField(
        _("keadaan"), max_length=10, choices=ReportState, default=ReportState.DRAFT, editable=False
    )
    no_change = models.BooleanField(_("tidak ada perubahan, sudah dicek"), default=False)
    obstacle = models.CharField(_("kendala"), max_length=1000, blank=True)
    plan = models.CharField(_("rencana tindak lanjut"), max_length=1000, blank=True)
    correction_reason = models.CharField(_("alasan koreksi"), max_length=500, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)
    saved_at = models.DateTimeField(_("disimpan pada"), default=timezone.now, editable=False)
    saved_by = models.ForeignKey(
        User, models.PROTECT, verbose_name=_("disimpan oleh"), related_name="+", editable=False
    )
    submitted_by = models.ForeignKey(
        User, models.PROTECT, verbose_name=_("diajukan oleh"), null=True, blank=True, related_name="+"
    )
    submitted_at = models.DateTimeField(_("diajukan pada"), null=True, blank=True)
    reviewed_by = models.ForeignKey(
        User, models.PROTECT, verbose_name=_("diperiksa oleh"), null=True, blank=True, related_name="+"
    )
    reviewed_at = models.DateTimeField(_("diperiksa pada"), null=True, blank=True)
    return_reason = models.CharField(_("alasan pengembalian"), max_length=500, blank=True)
    superseded_at = models.DateTimeField(_("diganti pada"), null=True, blank=True)

    objects = MonthlyReportQuerySet.as_manager()

    class Meta:
        verbose_name = _("laporan bulanan")
        verbose_name_plural = pgettext_lazy("plural", "laporan bulanan")
        ordering = ["-month", "cooperative", "-revision", "pk"]
        permissions = [("verify_report", _("Dapat memverifikasi dan mengembalikan laporan"))]
        indexes = [models.Index(fields=["month", "state"], name="report_by_month")]
        constraints = [
            models.CheckConstraint(
                name="report_month_is_a_first_day",
                # As text: SQLite would else call a function that only Django's own connections know.
                condition=Exact(Right(Cast("month", models.CharField()), 3), Value("-01")),
                violation_error_message=_("Bulan laporan adalah hari pertama bulan itu."),
            ),
            models.UniqueConstraint(
                name="report_revision_once_a_month",
                fields=["cooperative", "month", "revision"],
                violation_error_message=_("Revisi laporan bulan ini sudah ada."),
            ),
            models.UniqueConstraint(
                name="one_open_report_a_month",
                fields=["cooperative", "month"],
                condition=Q(state__in=OPEN),
                violation_error_message=_("Laporan bulan ini sudah dibuka."),
            ),
            models.UniqueConstraint(
                name="one_standing_report_a_month",
                fields=["cooperative", "month"],
                condition=Q(state=ReportState.VERIFIED, superseded_at=None),
                violation_error_message=_("Laporan bulan ini sudah diverifikasi."),
            ),
            models.CheckConstraint(
                name="later_revision_says_why",
                condition=Q(revision=1, correction_reason="")
                | (Q(revision__gt=1) & ~Q(correction_reason="")),
                violation_error_message=_("Koreksi laporan yang sudah diverifikasi perlu alasan."),
            ),
            models.CheckConstraint(
                name="submitter_never_reviews",
                condition=Q(submitted_by=None) | Q(reviewed_by=None) | ~Q(submitted_by=F("reviewed_by")),
                violation_error_message=_("Yang mengajukan tidak boleh memeriksa laporan itu."),
            ),
            models.CheckConstraint(
                name="report_state_has_its_people",
                condition=Q(
                    state=ReportState.DRAFT,
                    submitted_by=None,
                    submitted_at=None,
                    reviewed_by=None,
                    reviewed_at=None,
                )
                | Q(
                    state=ReportState.SUBMITTED,
                    submitted_by__isnull=False,
                    submitted_at__isnull=False,
                    reviewed_by=None,
                    reviewed_at=None,
                )
                | Q(
                    state__in=[ReportState.RETURNED, ReportState.VERIFIED],
                    submitted_by__isnull=False,
                    submitted_at__isnull=False,
                    reviewed_by__isnull=False,
                    reviewed_at__isnull=False,
                ),
                violation_error_message=_("Keadaan laporan mencatat siapa dan kapan."),
            ),
            models.CheckConstraint(
                name="returned_report_says_why",
                condition=(Q(state=ReportState.RETURNED) & ~Q(return_reason=""))
                | (~Q(state=ReportState.RETURNED) & Q(return_reason="")),
                violation_error_message=_("Tulis alasan laporan dikembalikan."),
            ),
            models.CheckConstraint(
                name="only_verified_reports_are_superseded",
                condition=Q(superseded_at=None) | Q(state=ReportState.VERIFIED),
                violation_error_message=_("Hanya laporan terverifikasi yang diganti revisi baru."),
            ),
        ]

    def __str__(self) -> str:
        name = f"{self.cooperative}, {date_format(self.month, 'F Y')}"
        return name if self.revision == 1 else f"{name} ({_('revisi')} {self.revision})"

    def get_absolute_url(self) -> str:
        return reverse("reports:detail", args=[self.pk])

    @property
    def month_in_address(self) -> str:
        return f"{self.month:%Y-%m}"

    @property
    def form_url(self) -> str:
        return reverse("reports:form", args=[self.cooperative.kelurahan_id, self.month_in_address])

    @property
    def last_day(self) -> date:
        return month_end(self.month)

    @property
    def is_writable(self) -> bool:
        return self.state in WRITABLE

    @property
    def is_locked(self) -> bool:
        return self.state == ReportState.VERIFIED


def month_end(month: date) -> date:
    """The last day of the month that a day lies in."""
    return month.replace(day=calendar.monthrange(month.year, month.month)[1])


class ReportLineQuerySet(ScopedQuerySet["ReportLine"]):
    cooperative_path: ClassVar[str] = "report__cooperative"


class ReportLine(models.Model):
    """What the report says of one outlet; without an outlet it says “checked: there is none”.

    What is not known is null and never 0. While the report is written, a line may not say a status yet.
    """

    report = models.ForeignKey(MonthlyReport, models.CASCADE, verbose_name=_("laporan"), related_name="lines")
    outlet = models.ForeignKey(
        Outlet, models.PROTECT, verbose_name=_("gerai"), related_name="report_lines", null=True, blank=True
    )
    status = models.CharField(_("status"), max_length=10, choices=Status, blank=True)
    reason = models.CharField(_("sebab"), max_length=12, choices=Reason, blank=True)
    changed_on = models.DateField(_("sejak"), null=True, blank=True)
    turnover_idr = models.BigIntegerField(_("omzet"), null=True, blank=True)
    procurement_idr = models.BigIntegerField(_("pembelian barang"), null=True, blank=True)
    customers = models.PositiveIntegerField(_("pembeli"), null=True, blank=True)

    objects = ReportLineQuerySet.as_manager()

    class Meta:
        verbose_name = _("baris laporan")
        verbose_name_plural = pgettext_lazy("plural", "baris laporan")
        ordering = ["report", "pk"]
        constraints = [
            models.UniqueConstraint(
                name="one_line_per_report_and_outlet",
                fields=["report", "outlet"],
                violation_error_message=_("Gerai ini sudah ada di laporan."),
            ),
            models.UniqueConstraint(
                name="one_none_line_per_report",
                fields=["report"],
                condition=Q(outlet=None),
                violation_error_message=_("“Belum ada gerai” sudah ada di laporan."),
            ),
            models.CheckConstraint(
                name="idle_line_has_a_reason_and_others_none",
                condition=(Q(status=Status.IDLE) & ~Q(reason="")) | (~Q(status=Status.IDLE) & Q(reason="")),
                violation_error_message=_("Gerai yang belum berjalan perlu sebab; status lain tidak."),
            ),
            models.CheckConstraint(
                name="line_without_outlet_says_none",
                condition=Q(status=Status.NONE, outlet=None)
                | (~Q(status=Status.NONE) & Q(outlet__isnull=False)),
                violation_error_message=_(
                    "“Belum ada gerai” berlaku untuk koperasi, status lain untuk satu gerai."
                ),
            ),
            models.CheckConstraint(
                name="line_status_is_known",
                condition=Q(status__in=["", *Status.values]) & Q(reason__in=["", *Reason.values]),
                violation_error_message=_("Pilih status dan sebab dari daftar."),
            ),
            models.CheckConstraint(
                name="line_has_status_and_day_or_neither",
                condition=Q(status="", changed_on=None) | (~Q(status="") & Q(changed_on__isnull=False)),
                violation_error_message=_("Isi status bersama tanggal mulainya."),
            ),
            models.CheckConstraint(
                name="line_figures_are_not_negative",
                condition=(Q(turnover_idr=None) | Q(turnover_idr__gte=0))
                & (Q(procurement_idr=None) | Q(procurement_idr__gte=0)),
                violation_error_message=_("Angka tidak boleh kurang dari 0."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.outlet or self.report.cooperative}: {self.get_status_display() or '–'}"


class ReportStepQuerySet(ScopedQuerySet["ReportStep"]):
    cooperative_path: ClassVar[str] = "report__cooperative"


class ReportStep(models.Model):
    """The report came into a state, by somebody, at a moment. Append-only: what stood on a past day can be asked."""

    report = models.ForeignKey(MonthlyReport, models.PROTECT, verbose_name=_("laporan"), related_name="steps")
    state = models.CharField(_("keadaan"), max_length=10, choices=ReportState)
    at = models.DateTimeField(_("pada"), default=timezone.now)
    by = models.ForeignKey(User, models.PROTECT, verbose_name=_("oleh"), related_name="+")
    reason = models.CharField(_("alasan"), max_length=500, blank=True)

    objects = ReportStepQuerySet.as_manager()

    class Meta:
        verbose_name = _("langkah laporan")
        verbose_name_plural = pgettext_lazy("plural", "langkah laporan")
        ordering = ["at", "pk"]
        indexes = [models.Index(fields=["report", "at"], name="step_by_report")]
        constraints = [
            models.CheckConstraint(
                name="report_step_is_known",
                condition=Q(state__in=ReportState.values),
                violation_error_message=_("Keadaan laporan tidak dikenal."),
            ),
            models.CheckConstraint(
                name="return_step_says_why",
                condition=~Q(state=ReportState.RETURNED) | ~Q(reason=""),
                violation_error_message=_("Tulis alasan laporan dikembalikan."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.report}: {self.get_state_display()}"
