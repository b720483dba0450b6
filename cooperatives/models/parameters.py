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


# What counts before anybody has set anything: the cycle the office began with, the rules of domain and issue.
DEFAULTS = {
    ParameterKey.REPORT_DUE_DAY: 7,
    ParameterKey.REPORT_VERIFY_DAY: 15,
    ParameterKey.UNSEEN_DAYS: 60,
    ParameterKey.BACK_AGAIN_DAYS: 31,
    ParameterKey.BACK_AGAIN_SHOWN_DAYS: 60,
}
# A day of the month, that every month has; or a number of days.
DAYS_OF_MONTH = ("report_due_day", "report_verify_day")
NUMBERS_OF_DAYS = ("unseen_days", "back_again_days", "back_again_shown_days")


class ParameterQuerySet(models.QuerySet["Parameter"]):
    def value_on(self, key: ParameterKey, day: date) -> int:
        """What counted on that day; the default before the first row."""
        found = self.filter(key=key, starts_on__lte=day).order_by("-starts_on", "-pk")
        value = found.values_list("value", flat=True).first()
        return DEFAULTS[key] if value is None else value

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
                name="parameter_names_its_source",
                condition=~Q(source=""),
                violation_error_message=_("Tulis sumber angka ini."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_key_display()}: {self.value}"
