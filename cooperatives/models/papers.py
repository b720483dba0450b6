"""Papers of a cooperative, in the order in which they are obtained, each with its file."""

from datetime import date, timedelta
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cooperatives.models.removable import RemovableModel, RemovableQuerySet
from cooperatives.models.territory import Cooperative
from kkmp.files import LONGEST_NAME, MediaType, hidden_path


class PaperKind(models.TextChoices):
    """In the order in which a cooperative obtains them (Inpres 9/2025, Juklak Menkop 1/2025)."""

    MINUTES = "minutes", _("Berita acara musyawarah")
    DEED = "deed", _("Akta pendirian")
    AHU_DECREE = "ahu_decree", _("SK AHU")
    NPWP = "npwp", _("NPWP")
    BANK_ACCOUNT = "bank_account", _("Rekening koperasi")
    NIB = "nib", _("NIB")
    REGISTRY = "registry", _("NIK koperasi")
    OTHER = "other", _("Surat lain")


# What every cooperative needs.
NEEDED = tuple(kind for kind in PaperKind if kind != PaperKind.OTHER)


class PaperQuerySet(RemovableQuerySet["Paper"]):
    def as_of(self, day: date) -> Self:
        """Papers that existed on that day, with their state then; one without a date counts as always there."""
        return self.filter(Q(issued_on=None) | Q(issued_on__lte=day)).with_state(day)

    def with_state(self, day: date) -> Self:
        """`is_over`: it had expired, the last day still counts. `is_ending`: it is reminded of."""
        soon = day + timedelta(days=settings.ENDS_SOON_DAYS)
        return self.annotate(
            is_over=Q(expires_on__isnull=False, expires_on__lt=day),
            is_ending=Q(expires_on__isnull=False, expires_on__range=(day, soon)),
        )


def paper_path(_paper: "Paper", _name: str) -> str:
    return hidden_path("papers")


class Paper(RemovableModel):
    """A paper as the cooperative holds it. A renewed one is a new row; a better scan replaces the file of this one.

    Former files stay stored, the history names them. The file is optional: a number read from a paper is worth keeping.
    """

    cooperative = models.ForeignKey(
        Cooperative, models.PROTECT, verbose_name=_("koperasi"), related_name="papers"
    )
    kind = models.CharField(_("jenis surat"), max_length=12, choices=PaperKind)
    title = models.CharField(
        _("nama surat"), max_length=100, blank=True, help_text=_("Wajib untuk “Surat lain”: izin apa?")
    )
    number = models.CharField(_("nomor"), max_length=60, blank=True)
    issued_on = models.DateField(_("tanggal terbit"), null=True, blank=True)
    expires_on = models.DateField(
        _("berlaku sampai"), null=True, blank=True, help_text=_("Kosong: berlaku tanpa batas.")
    )
    file = models.FileField(_("berkas"), upload_to=paper_path, blank=True, editable=False)
    file_name = models.CharField(_("nama berkas"), max_length=LONGEST_NAME, blank=True, editable=False)
    media_type = models.CharField(
        _("jenis berkas"), max_length=20, choices=MediaType, blank=True, editable=False
    )
    sha256 = models.CharField(_("sidik berkas"), max_length=64, blank=True, editable=False)
    size = models.PositiveIntegerField(_("ukuran (bita)"), null=True, blank=True, editable=False)

    objects = PaperQuerySet.as_manager()

    class Meta:
        verbose_name = _("surat")
        verbose_name_plural = pgettext_lazy("plural", "surat")
        ordering = ["cooperative", "kind", "-issued_on", "-pk"]
        permissions = [("download_paper", "Can download the file of a paper")]
        constraints = [
            *RemovableModel.Meta.constraints,
            models.CheckConstraint(
                name="paper_kind_is_known",
                condition=Q(kind__in=PaperKind.values),
                violation_error_message=_("Pilih jenis surat."),
            ),
            models.CheckConstraint(
                name="other_paper_has_a_title",
                condition=~Q(kind=PaperKind.OTHER) | ~Q(title=""),
                violation_error_message=_("Tulis nama suratnya: izin atau keterangan apa?"),
            ),
            models.CheckConstraint(
                name="paper_says_something",
                condition=~Q(number="") | Q(issued_on__isnull=False) | ~Q(file=""),
                violation_error_message=_("Isi nomornya, tanggal terbitnya, atau unggah berkasnya."),
            ),
            models.CheckConstraint(
                name="paper_expires_after_it_is_issued",
                condition=Q(expires_on=None) | Q(issued_on=None) | Q(expires_on__gte=F("issued_on")),
                violation_error_message=_("“Berlaku sampai” tidak boleh sebelum tanggal terbit."),
            ),
            models.CheckConstraint(
                name="paper_file_is_described_or_absent",
                condition=Q(file="", file_name="", media_type="", sha256="", size=None)
                | (
                    ~Q(file="")
                    & ~Q(file_name="")
                    & ~Q(sha256="")
                    & Q(media_type__in=MediaType.values, size__isnull=False, size__gt=0)
                ),
                violation_error_message=_("Berkas disimpan bersama nama, jenis, sidik, dan ukurannya."),
            ),
            models.UniqueConstraint(
                name="paper_file_once_a_kind",
                fields=["cooperative", "kind", "sha256"],
                condition=Q(removed_at=None) & ~Q(sha256=""),
                violation_error_message=_(
                    "Berkas yang persis sama sudah tersimpan untuk jenis surat ini di koperasi ini."
                ),
            ),
        ]

    def __str__(self) -> str:
        kind = self.title or self.get_kind_display()
        return f"{kind} {self.number}".strip()

    def get_absolute_url(self) -> str:
        return reverse("cooperatives:paper", args=[self.pk])

    def is_issued_by(self, on: date) -> bool:
        """Whether it existed on that day; one without a date counts as always there."""
        return self.issued_on is None or self.issued_on <= on

    def has_expired(self, on: date) -> bool:
        """The last day still counts."""
        return self.expires_on is not None and self.expires_on < on

    def former_files(self) -> list[Any]:
        """History rows, newest first, one for each file that a better one replaced: who stored it, when, and its name."""
        stored = self.history.exclude(file="").exclude(file=self.file.name).order_by("-version")
        # The oldest row that names a file is the one of the day it came.
        first = {row.file: row for row in stored.select_related("history_user")}
        return sorted(first.values(), key=lambda row: -row.version)
