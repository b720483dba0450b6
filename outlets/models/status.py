"""Status of outlets in time: only changes are stored, never intervals."""

from datetime import date, datetime
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from cooperatives.models import Cooperative
from cooperatives.scope import ScopedQuerySet
from kkmp.accounts.models import User
from outlets.models.outlets import Outlet


class Status(models.TextChoices):
    """Of an outlet from a day on; NONE is the cooperative's own statement “checked: no outlet”."""

    RUNNING = "running", _("Berjalan")
    IDLE = "idle", _("Ada, belum berjalan")
    PREPARING = "preparing", _("Disiapkan")
    CLOSED = "closed", _("Ditutup")
    NONE = "none", _("Belum ada gerai")


class Reason(models.TextChoices):
    """Why an outlet stands idle."""

    CAPITAL = "capital", _("Modal usaha")
    STOCK = "stock", _("Stok atau pemasok")
    STAFF = "staff", _("Pengelola")
    PERMIT = "permit", _("Perizinan")
    UTILITIES = "utilities", _("Listrik, air, internet")
    PREMISES = "premises", _("Tempat")
    DEMAND = "demand", _("Pembeli sepi")
    GOVERNANCE = "governance", _("Kepengurusan")
    OTHER = "other", _("Lainnya")


class ChangeSource(models.TextChoices):
    DECISION = "decision", _("Keputusan Sudin")
    REPORT = "report", _("Laporan terverifikasi")
    OPENING = "opening", _("Impor data awal")


def live_condition(known_at: datetime | None = None, *, path: str = "") -> Q:
    """Which changes count: not retracted; with `known_at`, as the records stood at that moment.

    `path` leads to the changes, with its two underscores, where they are joined to something else.
    """
    standing = Q(**{f"{path}retracted_at": None})
    if known_at is None:
        return standing
    standing |= Q(**{f"{path}retracted_at__gt": known_at})
    return standing & Q(**{f"{path}recorded_at__lte": known_at})


class StatusChangeQuerySet(ScopedQuerySet["StatusChange"]):
    def live(self, known_at: datetime | None = None) -> Self:
        """Changes that count, see `live_condition`."""
        return self.filter(live_condition(known_at))

    def by(self, day: date) -> Self:
        """With effect on that day or earlier, the latest first."""
        return self.filter(effective_on__lte=day).order_by("-effective_on", "-pk")


class StatusChange(models.Model):
    """From `effective_on` on, the outlet has this status, until its next live change.

    Append-only but for a retraction, which fills its three fields together and once. `reason` is why an outlet
    is idle, `note` why somebody decided.
    """

    cooperative = models.ForeignKey(
        Cooperative, models.PROTECT, verbose_name=_("koperasi"), related_name="status_changes"
    )
    outlet = models.ForeignKey(
        Outlet, models.PROTECT, verbose_name=_("gerai"), related_name="status_changes", null=True, blank=True
    )
    status = models.CharField(_("status"), max_length=10, choices=Status)
    reason = models.CharField(_("sebab"), max_length=12, choices=Reason, blank=True)
    note = models.CharField(_("keterangan"), max_length=500, blank=True)
    effective_on = models.DateField(_("berlaku sejak"))
    recorded_at = models.DateTimeField(_("dicatat pada"), default=timezone.now, editable=False)
    recorded_by = models.ForeignKey(User, models.PROTECT, verbose_name=_("dicatat oleh"), related_name="+")
    source = models.CharField(_("sumber"), max_length=10, choices=ChangeSource)
    # By name: reports are written about outlets and their status, one layer above.
    report = models.ForeignKey(
        "outlets.MonthlyReport",
        models.PROTECT,
        verbose_name=_("laporan"),
        related_name="status_changes",
        null=True,
        blank=True,
        editable=False,
    )
    retracted_at = models.DateTimeField(_("dicabut pada"), null=True, blank=True, editable=False)
    retracted_by = models.ForeignKey(
        User,
        models.PROTECT,
        verbose_name=_("dicabut oleh"),
        related_name="+",
        null=True,
        blank=True,
        editable=False,
    )
    retract_note = models.CharField(_("alasan pencabutan"), max_length=500, blank=True, editable=False)

    objects = StatusChangeQuerySet.as_manager()

    class Meta:
        verbose_name = _("perubahan status")
        verbose_name_plural = pgettext_lazy("plural", "perubahan status")
        ordering = ["-effective_on", "-recorded_at", "-pk"]
        permissions = [
            ("decide_status", _("Dapat menetapkan status gerai")),
            ("retract_change", _("Dapat mencabut perubahan status")),
            ("import_opening", _("Dapat mengimpor data awal")),
        ]
        indexes = [
            models.Index(fields=["outlet", "-effective_on"], name="change_by_outlet"),
            models.Index(fields=["cooperative", "effective_on"], name="change_by_cooperative"),
        ]
        constraints = [
            models.CheckConstraint(
                name="idle_has_a_reason_and_others_none",
                condition=(Q(status=Status.IDLE) & ~Q(reason="")) | (~Q(status=Status.IDLE) & Q(reason="")),
                violation_error_message=_("Gerai yang belum berjalan perlu sebab; status lain tidak."),
            ),
            models.CheckConstraint(
                name="outlet_is_empty_exactly_for_none",
                condition=Q(status=Status.NONE, outlet=None)
                | (~Q(status=Status.NONE) & Q(outlet__isnull=False)),
                violation_error_message=_(
                    "“Belum ada gerai” berlaku untuk koperasi, status lain untuk satu gerai."
                ),
            ),
            models.UniqueConstraint(
                name="one_live_change_per_outlet_and_day",
                fields=["outlet", "effective_on"],
                condition=Q(retracted_at=None),
                violation_error_message=_("Gerai ini sudah punya perubahan status pada tanggal itu."),
            ),
            models.UniqueConstraint(
                name="one_live_none_per_cooperative_and_day",
                fields=["cooperative", "effective_on"],
                condition=Q(retracted_at=None, status=Status.NONE),
                violation_error_message=_("“Belum ada gerai” sudah dicatat untuk tanggal itu."),
            ),
            models.CheckConstraint(
                name="retraction_is_whole_or_absent",
                condition=Q(retracted_at=None, retracted_by=None, retract_note="")
                | (Q(retracted_at__isnull=False, retracted_by__isnull=False) & ~Q(retract_note="")),
                violation_error_message=_("Pencabutan perlu waktu, orang, dan alasan."),
            ),
            models.CheckConstraint(
                name="retracted_after_recorded",
                condition=Q(retracted_at=None) | Q(retracted_at__gte=F("recorded_at")),
                violation_error_message=_("Pencabutan tidak bisa sebelum pencatatan."),
            ),
            models.CheckConstraint(
                name="decision_says_why",
                condition=~Q(source=ChangeSource.DECISION) | ~Q(note=""),
                violation_error_message=_("Tulis alasan keputusan ini."),
            ),
            models.CheckConstraint(
                name="report_is_named_exactly_for_its_changes",
                condition=(Q(source=ChangeSource.REPORT) & Q(report__isnull=False))
                | (~Q(source=ChangeSource.REPORT) & Q(report=None)),
                violation_error_message=_("Perubahan dari laporan menyebut laporannya; yang lain tidak."),
            ),
            models.CheckConstraint(
                name="status_is_known",
                condition=Q(status__in=Status.values) & Q(reason__in=["", *Reason.values]),
                violation_error_message=_("Pilih status dan sebab dari daftar."),
            ),
        ]

    def __str__(self) -> str:
        return (
            f"{self.outlet or self.cooperative}: {self.get_status_display()} ({self.effective_on:%d/%m/%Y})"
        )

    @property
    def is_live(self) -> bool:
        return self.retracted_at is None

    @property
    def source_in_words(self) -> str:
        """Where the change comes from; of a report its month and revision. The row comes with `report`."""
        if self.report is None:
            return str(self.get_source_display())
        words = {"month": date_format(self.report.month, "F Y"), "revision": self.report.revision}
        if self.report.revision == 1:
            return gettext("Laporan %(month)s") % words
        return gettext("Laporan %(month)s, revisi %(revision)d") % words
