"""Files that people brought in: each batch with its rows, what was made of them, and whether it was undone."""

from typing import Any, Self

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cooperatives.models import Cooperative
from cooperatives.scope import may_view
from kkmp.accounts.models import User
from kkmp.accounts.permissions import sees_whole_city

MOST_ABOVE = 300


class BatchKind(models.TextChoices):
    OPENING = "opening", _("Data awal 65 KKMP")
    MEMBERS = "members", _("Daftar anggota")
    SAVINGS = "savings", _("Simpanan anggota")
    RECAP = "recap", _("Rekap bulanan KKMP")


class BatchState(models.TextChoices):
    READING = "reading", _("Sedang dibaca")
    UNNAMED = "unnamed", _("Kolom belum dipilih")
    PREVIEWED = "previewed", _("Diperiksa, belum dimasukkan")
    CONFIRMED = "confirmed", _("Dimasukkan")
    UNDONE = "undone", _("Dibatalkan")


UNCONFIRMED = [BatchState.READING, BatchState.UNNAMED, BatchState.PREVIEWED]


class Outcome(models.TextChoices):
    NEW = "new", _("Baru")
    CHANGED = "changed", _("Berubah")
    SAME = "same", _("Sama")
    SKIPPED = "skipped", _("Dilewati")
    FAILED = "failed", _("Perlu diperbaiki")


class ImportBatchQuerySet(models.QuerySet["ImportBatch"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Batches of a kind that the person may bring, of cooperatives in view; all for who sees the whole city.

        A file that speaks of several cooperatives shows to who brought it, while all of them are in view.
        """
        if not isinstance(user, User) or not may_view(self.model, user):
            return self.none()
        if sees_whole_city(user):
            return self.all()
        cooperatives = Cooperative.objects.visible_to(user)
        # Subquery: a join would list a batch once a row.
        outside = ImportRow.objects.filter(batch=OuterRef("pk"), cooperative__isnull=False).exclude(
            cooperative__in=cooperatives
        )
        return self.filter(
            Q(cooperative__in=cooperatives) | (Q(cooperative=None, by=user) & ~Exists(outside)),
            kind__in=[kind for kind, importer in _importers().items() if user.has_perm(importer.permission)],
        )

    def search(self, text: str) -> Self:
        """By name of the file or of who brought it."""
        return self.filter(Q(file_name__icontains=text.strip()) | Q(by__full_name__icontains=text.strip()))


def _importers() -> dict[str, Any]:
    # By name: an importer stands in its subject, above this module.
    return {kind: import_string(path) for kind, path in settings.IMPORTERS.items()}


class ImportBatch(models.Model):
    """One uploaded file. `counts` holds rows by outcome, `ignored` the titles of columns that nobody reads.

    `columns` says what was found in the file: `letter`, `title` and, where it is read, the `key` of our column. Rows of
    a batch without it have their cells by key.
    """

    kind = models.CharField(_("jenis"), max_length=10, choices=BatchKind)
    cooperative = models.ForeignKey(
        Cooperative, models.PROTECT, verbose_name=_("koperasi"), null=True, blank=True, related_name="+"
    )
    file_name = models.CharField(_("nama berkas"), max_length=200)
    sha256 = models.CharField(_("sidik berkas"), max_length=64)
    state = models.CharField(_("keadaan"), max_length=10, choices=BatchState, default=BatchState.PREVIEWED)
    counts = models.JSONField(_("jumlah baris"), default=dict)
    ignored = models.JSONField(_("kolom yang tidak dibaca"), default=list, blank=True)
    columns = models.JSONField(_("kolom"), default=list, blank=True)
    above = models.CharField(_("tulisan di atas tabel"), max_length=MOST_ABOVE, blank=True)
    row_total = models.PositiveIntegerField(_("baris di berkas"), null=True, blank=True)
    by = models.ForeignKey(User, models.PROTECT, verbose_name=_("oleh"), related_name="+")
    at = models.DateTimeField(_("diunggah pada"), auto_now_add=True)
    confirmed_at = models.DateTimeField(_("dimasukkan pada"), null=True, blank=True)
    confirmed_by = models.ForeignKey(
        User, models.PROTECT, verbose_name=_("dimasukkan oleh"), null=True, blank=True, related_name="+"
    )
    undone_at = models.DateTimeField(_("dibatalkan pada"), null=True, blank=True)
    undone_by = models.ForeignKey(
        User, models.PROTECT, verbose_name=_("dibatalkan oleh"), null=True, blank=True, related_name="+"
    )

    undo_note = models.CharField(_("alasan pembatalan"), max_length=300, blank=True)
    purged_at = models.DateTimeField(_("isinya dihapus pada"), null=True, blank=True)

    objects = ImportBatchQuerySet.as_manager()

    class Meta:
        verbose_name = _("berkas impor")
        verbose_name_plural = pgettext_lazy("plural", "berkas impor")
        ordering = ["-at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="confirmed_batch_says_when_and_who",
                condition=Q(state__in=UNCONFIRMED, confirmed_at=None, confirmed_by=None)
                | Q(
                    state__in=[BatchState.CONFIRMED, BatchState.UNDONE],
                    confirmed_at__isnull=False,
                    confirmed_by__isnull=False,
                ),
                violation_error_message=_("Berkas yang dimasukkan perlu waktu dan orang."),
            ),
            models.CheckConstraint(
                name="undone_batch_says_when_who_and_why",
                condition=Q(
                    state__in=[*UNCONFIRMED, BatchState.CONFIRMED],
                    undone_at=None,
                    undone_by=None,
                    undo_note="",
                )
                | (
                    Q(state=BatchState.UNDONE, undone_at__isnull=False, undone_by__isnull=False)
                    & ~Q(undo_note="")
                ),
                violation_error_message=_("Pembatalan perlu waktu, orang, dan alasan."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.file_name}"

    def get_absolute_url(self) -> str:
        return reverse("imports:detail", args=[self.pk])

    def cell(self, row: "ImportRow", key: str) -> str:
        """What the row says in that column of ours, identity numbers masked."""
        text: str = row.payload.get(self.letters.get(key, "") if self.columns else key, "")
        return text

    def count(self, outcome: Outcome) -> int:
        return int(self.counts.get(outcome, 0))

    @property
    def tone(self) -> str:
        """How the state looks on a page."""
        return {BatchState.CONFIRMED: "success", BatchState.UNDONE: "closed"}.get(
            BatchState(self.state), "preparing"
        )

    @property
    def row_count(self) -> int:
        return sum(int(count) for count in self.counts.values())

    @property
    def failed_count(self) -> int:
        return self.count(Outcome.FAILED)

    @property
    def count_same(self) -> int:
        return self.count(Outcome.SAME)

    @property
    def writable_count(self) -> int:
        """Rows that confirming writes."""
        return self.count(Outcome.NEW) + self.count(Outcome.CHANGED)

    @property
    def waits(self) -> bool:
        """Whether nothing of it is recorded yet, and all of it is still there."""
        return self.state in {BatchState.UNNAMED, BatchState.PREVIEWED} and self.purged_at is None

    @property
    def letters(self) -> dict[str, str]:
        """Key of our column → under what the cells of a row have it."""
        return {column["key"]: column["letter"] for column in self.columns if column["key"]}


class ImportRowQuerySet(models.QuerySet["ImportRow"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        return (
            self.filter(batch__in=ImportBatch.objects.visible_to(user))
            if may_view(self.model, user)
            else self.none()
        )


class ImportRow(models.Model):
    """One row of a file: what it said, what is wrong with it, what it does, and which rows of ours it made.

    `payload` are its cells by letter, identity numbers masked; `sealed` are those numbers, encrypted (kkmp.imports.sealing).
    `messages` are dicts with `column`, `value` and `text`; those without a column are notes, not errors. `cooperative` is
    the one that the row is about, where the file speaks of several.
    """

    batch = models.ForeignKey(ImportBatch, models.CASCADE, verbose_name=_("berkas"), related_name="rows")
    number = models.PositiveIntegerField(_("baris"))
    outcome = models.CharField(_("hasil"), max_length=8, choices=Outcome)
    messages = models.JSONField(_("pesan"), default=list)
    effect = models.CharField(_("yang terjadi"), max_length=500, blank=True)
    payload = models.JSONField(_("isi"), default=dict)
    sealed = models.BinaryField(null=True, editable=False)
    cooperative = models.ForeignKey(
        Cooperative, models.PROTECT, verbose_name=_("koperasi"), null=True, blank=True, related_name="+"
    )
    # [["outlets.statuschange", 12], …]: what undo has to take back.
    targets = models.JSONField(_("dibuat"), default=list)

    objects = ImportRowQuerySet.as_manager()

    class Meta:
        verbose_name = _("baris impor")
        verbose_name_plural = pgettext_lazy("plural", "baris impor")
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

    @property
    def tone(self) -> str:
        """How the outcome looks on a page."""
        return {Outcome.FAILED: "error", Outcome.SAME: "none", Outcome.SKIPPED: "none"}.get(
            Outcome(self.outcome), "success"
        )

    @property
    def errors(self) -> list[dict[str, str]]:
        return [message for message in self.messages if message["column"]]

    @property
    def notes(self) -> list[dict[str, str]]:
        return [message for message in self.messages if not message["column"]]
