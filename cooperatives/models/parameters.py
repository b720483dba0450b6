"""Numbers that rules lean on and that change with time: each counts from a day on and names its source."""

from datetime import date

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kkmp.edited import EditedModel


class ParameterKey(models.TextChoices):
    REPORT_DUE_DAY = "report_due_day", _("Laporan bulanan: hari batas di bulan berikutnya")
    REPORT_VERIFY_DAY = "report_verify_day", _("Laporan bulanan: hari batas pemeriksaan di bulan berikutnya")
    REPORT_SINCE = "report_since", _("Laporan bulanan: diminta sejak bulan tanggal berlakunya (nilai 1)")
    UNSEEN_DAYS = "unseen_days", _("Kontradiksi: hari berjalan tanpa omzet dan kunjungan")
    BACK_AGAIN_DAYS = "back_again_days", _("Kontradiksi: hari berhenti sebelum berjalan lagi")
    BACK_AGAIN_SHOWN_DAYS = (
        "back_again_shown_days",
        _("Kontradiksi: hari berhenti lalu berjalan lagi masih ditampilkan"),
    )
    GRANT_MEETING_PERCENT = (
        "grant_meeting_percent",
        _("Hibah: persen aset yang perlu persetujuan rapat anggota"),
    )
    LOAN_MOST_IDR = "loan_most_idr", _("Pinjaman bank: plafon tertinggi (Rp)")
    LOAN_OPERATING_MOST_IDR = (
        "loan_operating_most_idr",
        _("Pinjaman bank: tertinggi untuk biaya operasional (Rp)"),
    )
    LOAN_MOST_MONTHS = "loan_most_months", _("Pinjaman bank: jangka waktu terlama (bulan)")
    LOAN_GRACE_MOST_MONTHS = "loan_grace_most_months", _("Pinjaman bank: masa tenggang terlama (bulan)")
    AGREEMENT_ENDS_DAYS = "agreement_ends_days", _("Bantuan: hari perjanjian akan berakhir ditandai")
    MATCH_GAP = "match_gap", _("Bobot pencocokan: kekurangan yang tertutup")
    MATCH_PAPERS = "match_papers", _("Bobot pencocokan: surat yang ada")
    MATCH_MEMBERS = "match_members", _("Bobot pencocokan: anggota yang membayar")
    MATCH_IDLE = "match_idle", _("Bobot pencocokan: lama belum berjalan")
    MATCH_FRESH = "match_fresh", _("Bobot pencocokan: laporan terbaru")
    MATCH_NEIGHBOURS = "match_neighbours", _("Bobot pencocokan: gerai tetangga yang berjalan")


# What counts before anybody has set anything: the cycle the office began with, the rules of domain and issue.
DEFAULTS = {
    ParameterKey.REPORT_DUE_DAY: 7,
    ParameterKey.REPORT_VERIFY_DAY: 15,
    ParameterKey.UNSEEN_DAYS: 60,
    ParameterKey.BACK_AGAIN_DAYS: 31,
    ParameterKey.BACK_AGAIN_SHOWN_DAYS: 60,
    # The model articles ask for an extraordinary members' meeting above this share of the assets.
    ParameterKey.GRANT_MEETING_PERCENT: 25,
    # PMK 49/2025.
    ParameterKey.LOAN_MOST_IDR: 3_000_000_000,
    ParameterKey.LOAN_OPERATING_MOST_IDR: 500_000_000,
    ParameterKey.LOAN_MOST_MONTHS: 72,
    ParameterKey.LOAN_GRACE_MOST_MONTHS: 8,
    ParameterKey.AGREEMENT_ENDS_DAYS: 60,
    # Together 100: the points of an outlet that fits in every respect.
    ParameterKey.MATCH_GAP: 30,
    ParameterKey.MATCH_PAPERS: 15,
    ParameterKey.MATCH_MEMBERS: 15,
    ParameterKey.MATCH_IDLE: 15,
    ParameterKey.MATCH_FRESH: 15,
    ParameterKey.MATCH_NEIGHBOURS: 10,
}
# A day of the month, that every month has; or a number of days.
DAYS_OF_MONTH = ("report_due_day", "report_verify_day")
NUMBERS_OF_DAYS = ("unseen_days", "back_again_days", "back_again_shown_days", "agreement_ends_days")
PERCENTAGES = (
    *("grant_meeting_percent", "match_gap", "match_papers", "match_members"),
    *("match_idle", "match_fresh", "match_neighbours"),
)
AMOUNTS_AND_TERMS = (
    *("loan_most_idr", "loan_operating_most_idr"),
    *("loan_most_months", "loan_grace_most_months"),
)


class ParameterQuerySet(models.QuerySet["Parameter"]):
    def values_on(self, day: date) -> dict[ParameterKey, int]:
        """What counted on that day, of every key; one query."""
        found = self.filter(starts_on__lte=day).order_by("starts_on", "pk").values_list("key", "value")
        return DEFAULTS | {ParameterKey(key): value for key, value in found}


class Parameter(EditedModel):
    """From `starts_on` on, until the next row of the same key."""

    key = models.CharField(_("parameter"), max_length=40, choices=ParameterKey)
    value = models.BigIntegerField(_("nilai"))
    starts_on = models.DateField(_("berlaku sejak"))
    source = models.CharField(_("sumber"), max_length=300)

    objects = ParameterQuerySet.as_manager()

    class Meta:
        verbose_name = _("parameter")
        verbose_name_plural = pgettext_lazy("plural", "parameter")
        ordering = ["key", "-starts_on", "pk"]
        constraints = [
            models.UniqueConstraint(
                name="parameter_once_a_day",
                fields=["key", "starts_on"],
                violation_error_message=_("Parameter ini sudah punya nilai mulai tanggal itu."),
            ),
            models.CheckConstraint(
                name="parameter_day_lies_in_every_month",
                condition=~Q(key__in=DAYS_OF_MONTH) | Q(value__range=(1, 28)),
                violation_error_message=_("Hari batas antara 1 dan 28."),
            ),
            models.CheckConstraint(
                name="reporting_begins_by_its_day",
                condition=~Q(key=ParameterKey.REPORT_SINCE) | Q(value=1),
                violation_error_message=_("Yang berlaku tanggalnya; isi nilai 1."),
            ),
            models.UniqueConstraint(
                name="reporting_begins_once",
                fields=["key"],
                condition=Q(key=ParameterKey.REPORT_SINCE),
                violation_error_message=_("Bulan pertama sudah ditetapkan; ubah tanggalnya."),
            ),
            models.CheckConstraint(
                name="parameter_days_are_within_a_year",
                condition=~Q(key__in=NUMBERS_OF_DAYS) | Q(value__range=(1, 366)),
                violation_error_message=_("Jumlah hari antara 1 dan 366."),
            ),
            models.CheckConstraint(
                name="parameter_share_is_of_a_hundred",
                condition=~Q(key__in=PERCENTAGES) | Q(value__range=(0, 100)),
                violation_error_message=_("Nilai antara 0 dan 100."),
            ),
            models.CheckConstraint(
                name="parameter_limit_is_positive",
                condition=~Q(key__in=AMOUNTS_AND_TERMS) | Q(value__gt=0),
                violation_error_message=_("Batas lebih dari 0."),
            ),
            models.CheckConstraint(
                name="parameter_names_its_source",
                condition=~Q(source=""),
                violation_error_message=_("Tulis sumber angka ini."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_key_display()}: {self.value}"
