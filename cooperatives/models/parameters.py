"""Numbers that rules lean on and that change with time: each counts from a day on and names its source."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kkmp.edited import EditedModel


class ParameterKey(models.TextChoices):
    REPORT_DUE_DAY = "report_due_day", _("Laporan bulanan: hari batas di bulan berikutnya")
    REPORT_VERIFY_DAY = "report_verify_day", _("Laporan bulanan: hari batas pemeriksaan di bulan berikutnya")
    REPORT_SINCE = "report_since", _("Laporan bulanan: diminta sejak bulan tanggal berlakunya (nilai 1)")


# What counts before the first row of a key: the cycle the office began with.
DEFAULTS = {ParameterKey.REPORT_DUE_DAY: 7, ParameterKey.REPORT_VERIFY_DAY: 15}


class Parameter(EditedModel):
    """From `starts_on` on, until the next row of the same key."""

    key = models.CharField(_("parameter"), max_length=40, choices=ParameterKey)
    value = models.BigIntegerField(_("nilai"))
    starts_on = models.DateField(_("berlaku sejak"))
    source = models.CharField(_("sumber"), max_length=300)

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
                condition=~Q(key__in=[key.value for key in DEFAULTS]) | Q(value__range=(1, 28)),
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
                name="parameter_names_its_source",
                condition=~Q(source=""),
                violation_error_message=_("Tulis sumber angka ini."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_key_display()}: {self.value}"
