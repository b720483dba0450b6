"""Files that people brought in: each batch with its rows, what was made of them, and whether it was undone."""

from typing import Self

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from cooperatives.models import Cooperative
from cooperatives.scope import may_view
from kkmp.accounts.models import User
from kkmp.accounts.permissions import sees_whole_city


class BatchKind(models.TextChoices):
    OPENING = "opening", _("Data awal 65 KKMP")


class BatchState(models.TextChoices):
    PREVIEWED = "previewed", _("Diperiksa, belum dimasukkan")
    CONFIRMED = "confirmed", _("Dimasukkan")
    UNDONE = "undone", _("Dibatalkan")


class Outcome(models.TextChoices):
    NEW = "new", _("Baru")
    CHANGED = "changed", _("Berubah")
    SAME = "same", _("Sama")
    FAILED = "failed", _("Perlu diperbaiki")


class ImportBatchQuerySet(models.QuerySet["ImportBatch"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Batches of cooperatives in view; those of the whole city only for who sees the whole city."""
        if not isinstance(user, User) or not may_view(self.model, user):
            return self.none()
        if sees_whole_city(user):
            return self.all()
        return self.filter(cooperative__in=Cooperative.objects.visible_to(user))


class ImportBatch(models.Model):
    """One uploaded file. `counts` holds rows by outcome."""

    kind = models.CharField(_("jenis"), max_length=10, choices=BatchKind)
    cooperative = models.ForeignKey(
        Cooperative, models.PROTECT, verbose_name=_("koperasi"), null=True, blank=True, related_name="+"
    )
    file_name = models.CharField(_("nama berkas"), max_length=200)
    sha256 = models.CharField(_("sidik berkas"), max_length=64)
    state = models.CharField(_("keadaan"), max_length=10, choices=BatchState, default=BatchState.PREVIEWED)
    counts = models.JSONField(_("jumlah baris"), default=dict)
    by = models.ForeignKey(User, models.PROTECT, verbose_name=_("oleh"), related_name="+")
    at = models.DateTimeField(_("diunggah pada"), auto_now_add=True)
    confirmed_at = models.DateTimeField(_("dimasukkan pada"), null=True, blank=True)
    undone_at = models.DateTimeField(_("dibatalkan pada"), null=True, blank=True)
    undone_by = models.ForeignKey(
        User, models.PROTECT, verbose_name=_("dibatalkan oleh"), null=True, blank=True, related_name="+"
    )

    objects = ImportBatchQuerySet.as_manager()

    class Meta:
        verbose_name = _("berkas impor")
        verbose_name_plural = _("berkas impor")
        ordering = ["-at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="undone_batch_says_when_and_who",
                condition=Q(undone_at=None, undone_by=None) | Q(undone_at__isnull=False, undone_by__isnull=False),
                violation_error_message=_("Pembatalan perlu waktu dan orang."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.file_name}"

    def get_absolute_url(self) -> str:
        return reverse("imports:detail", args=[self.pk])


class ImportRowQuerySet(models.QuerySet["ImportRow"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        return self.filter(batch__in=ImportBatch.objects.visible_to(user)) if may_view(self.model, user) else self.none()


class ImportRow(models.Model):
    """One row of a file: what it said, what is wrong with it, and which rows of ours it made."""

    batch = models.ForeignKey(ImportBatch, models.CASCADE, verbose_name=_("berkas"), related_name="rows")
    number = models.PositiveIntegerField(_("baris"))
    outcome = models.CharField(_("hasil"), max_length=8, choices=Outcome)
    messages = models.JSONField(_("pesan"), default=list)
    payload = models.JSONField(_("isi"), default=dict)
    # [["outlets.statuschange", 12], …]: what undo has to take back.
    targets = models.JSONField(_("dibuat"), default=list)

    objects = ImportRowQuerySet.as_manager()

    class Meta:
        verbose_name = _("baris impor")
        verbose_name_plural = _("baris impor")
        ordering = ["batch", "number"]
        constraints = [
            models.UniqueConstraint(
                name="import_row_once_a_batch",
                fields=["batch", "number"],
                violation_error_message=_("Baris ini sudah ada."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.batch} #{self.number}"
