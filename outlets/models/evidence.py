"""Photos as evidence: of an outlet in a monthly report, or of a visit."""

from datetime import date
from typing import Self

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from cooperatives.models import Cooperative
from cooperatives.scope import ScopedQuerySet, may_view
from kkmp.accounts.models import User
from kkmp.files import hidden_path
from outlets.models.outlets import Outlet
from outlets.models.reports import ReportLine
from outlets.models.visits import Visit


def evidence_path(_evidence: "Evidence", _name: str) -> str:
    return hidden_path("evidence")


class EvidenceQuerySet(ScopedQuerySet["Evidence"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Photos of reports and of visits that were not taken away, in the areas granted to the user."""
        if not may_view(self.model, user):
            return self.none()
        return self.of_cooperatives(Cooperative.objects.visible_to(user))

    def of_cooperatives(self, cooperatives: "models.QuerySet[Cooperative]") -> Self:
        return self.filter(
            Q(line__report__cooperative__in=cooperatives)
            | Q(visit__cooperative__in=cooperatives, visit__removed_at=None)
        )

    def with_parents(self) -> Self:
        """What the words, the warnings and the page of a photo read."""
        return self.select_related("line__report", "line__outlet", "visit__outlet")


class Evidence(models.Model):
    """A photo of an outlet. The stored copy is smaller and says nothing of phone, person or place.

    It belongs to a line of a report or to a visit. `sha256` is of the photo as it was sent, so that the same one is
    known again; `taken_at` is what it said of itself.
    """

    line = models.ForeignKey(
        ReportLine,
        models.CASCADE,
        verbose_name=_("baris laporan"),
        related_name="photos",
        null=True,
        blank=True,
    )
    visit = models.ForeignKey(
        Visit, models.CASCADE, verbose_name=_("kunjungan"), related_name="photos", null=True, blank=True
    )
    image = models.FileField(_("foto"), upload_to=evidence_path, editable=False)
    sha256 = models.CharField(_("sidik berkas"), max_length=64, editable=False)
    taken_at = models.DateTimeField(_("diambil pada"), null=True, blank=True, editable=False)
    lat = models.DecimalField(_("lintang"), max_digits=9, decimal_places=6, null=True, blank=True)
    lon = models.DecimalField(_("bujur"), max_digits=9, decimal_places=6, null=True, blank=True)
    added_at = models.DateTimeField(_("diunggah pada"), default=timezone.now, editable=False)
    added_by = models.ForeignKey(User, models.PROTECT, verbose_name=_("diunggah oleh"), related_name="+")

    objects = EvidenceQuerySet.as_manager()

    class Meta:
        verbose_name = _("foto bukti")
        verbose_name_plural = pgettext_lazy("plural", "foto bukti")
        ordering = ["line", "visit", "pk"]
        indexes = [models.Index(fields=["sha256"], name="evidence_by_sha256")]
        constraints = [
            models.CheckConstraint(
                name="photo_is_of_a_line_or_a_visit",
                condition=Q(line=None, visit__isnull=False) | Q(line__isnull=False, visit=None),
                violation_error_message=_("Foto milik satu baris laporan atau satu kunjungan."),
            ),
            models.UniqueConstraint(
                name="photo_once_a_line",
                fields=["line", "sha256"],
                violation_error_message=_("Foto ini sudah ada di laporan."),
            ),
            models.UniqueConstraint(
                name="photo_once_a_visit",
                fields=["visit", "sha256"],
                violation_error_message=_("Foto ini sudah ada di kunjungan."),
            ),
            models.CheckConstraint(
                name="photo_has_a_file",
                condition=~Q(image="") & ~Q(sha256=""),
                violation_error_message=_("Foto disimpan bersama sidiknya."),
            ),
            models.CheckConstraint(
                name="photo_place_has_both_coordinates",
                condition=Q(lat=None, lon=None)
                | Q(lat__isnull=False, lon__isnull=False, lat__range=(-90, 90), lon__range=(-180, 180)),
                violation_error_message=_("Isi lintang dan bujur, atau kosongkan keduanya."),
            ),
        ]

    def __str__(self) -> str:
        return f"{_('Foto')} {self.outlet or self.cooperative}"

    def get_absolute_url(self) -> str:
        return reverse("reports:photo", args=[self.pk])

    @property
    def cooperative(self) -> Cooperative:
        return self.line.report.cooperative if self.line else self._visited.cooperative

    @property
    def outlet(self) -> Outlet | None:
        return self.line.outlet if self.line else self._visited.outlet

    @property
    def _visited(self) -> Visit:
        assert self.visit  # noqa: S101  # for the type checker: the constraint wants a line or a visit
        return self.visit

    @property
    def origin(self) -> tuple[str, int, date]:
        """Where it was shown: photos of the same month of a cooperative, or of one visit, have the same."""
        if self.line:
            return "report", self.line.report.cooperative_id, self.line.report.month
        return "visit", self._visited.pk, self._visited.visited_on

    @property
    def origin_in_words(self) -> str:
        kind, _key, day = self.origin
        if kind == "report":
            return gettext("laporan %(month)s") % {"month": date_format(day, "F Y")}
        return gettext("kunjungan %(day)s") % {"day": date_format(day, "j F Y")}
