"""Money and goods that arrived: each time a fact with its evidence, checked by somebody else."""

from datetime import date
from typing import ClassVar, Self

from django.db import models
from django.db.models import Case, F, Q, Value, When
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cooperatives.models import Cooperative
from cooperatives.scope import ScopedQuerySet
from kkmp.accounts.models import User
from kkmp.files import LONGEST_NAME, MediaType, hidden_path
from partners.models.kinds import GRANTS
from partners.models.supports import Support


class DisbursementQuerySet(ScopedQuerySet["Disbursement"]):
    cooperative_path: ClassVar[str] = "support__cooperative"

    def standing(self) -> Self:
        """Not withdrawn."""
        return self.filter(withdrawn_at=None)

    def paid_by(self, day: date) -> Self:
        """Arrived by that day and not withdrawn, checked or not."""
        return self.standing().filter(paid_on__lte=day)

    def verified(self) -> Self:
        return self.filter(verified_at__isnull=False)

    def counted(self, day: date) -> Self:
        """What counts on that day: arrived by then, checked by a second person, not withdrawn."""
        return self.paid_by(day).verified()

    def grants(self) -> Self:
        """Of supports that are own capital; loans and lent goods never close a gap."""
        return self.filter(support__kind__in=GRANTS)

    def awaiting(self) -> Self:
        """Recorded and not checked yet."""
        return self.standing().filter(verified_at=None)

    def with_state(self) -> Self:
        """Annotate `state`: waiting for its check, verified or withdrawn."""
        return self.annotate(
            state=Case(
                When(withdrawn_at__isnull=False, then=Value("withdrawn")),
                When(verified_at__isnull=False, then=Value("verified")),
                default=Value("waiting"),
            )
        )

    def search(self, text: str) -> Self:
        """By partner, cooperative or note."""
        text = text.strip()
        return self.filter(
            Q(support__partner__name__icontains=text)
            | Q(note__icontains=text)
            | Q(support__cooperative__in=Cooperative.objects.search(text))
        )

    def checkable_by(self, user: User) -> Self:
        """Awaiting somebody else's check: nobody checks their own record."""
        return self.awaiting().exclude(recorded_by=user)


def evidence_path(_disbursement: "Disbursement", _name: str) -> str:
    return hidden_path("disbursements")


class Disbursement(models.Model):
    """What arrived on a day, in rupiah (goods at their stated worth), with the paper that shows it.

    Append-only but for two facts, each filled once: who checked it, and who withdrew it and why.
    """

    support = models.ForeignKey(
        Support, models.PROTECT, verbose_name=_("bantuan"), related_name="disbursements"
    )
    amount_idr = models.BigIntegerField(pgettext_lazy("money", "jumlah"))
    paid_on = models.DateField(_("diterima pada"))
    note = models.CharField(_("keterangan"), max_length=300, blank=True)
    file = models.FileField(_("bukti"), upload_to=evidence_path, editable=False)
    file_name = models.CharField(_("nama berkas"), max_length=LONGEST_NAME, editable=False)
    media_type = models.CharField(_("jenis berkas"), max_length=20, choices=MediaType, editable=False)
    sha256 = models.CharField(_("sidik berkas"), max_length=64, editable=False)
    size = models.PositiveIntegerField(_("ukuran (bita)"), editable=False)
    recorded_by = models.ForeignKey(
        User, models.PROTECT, verbose_name=_("dicatat oleh"), related_name="+", editable=False
    )
    recorded_at = models.DateTimeField(_("dicatat pada"), default=timezone.now, editable=False)
    verified_by = models.ForeignKey(
        User,
        models.PROTECT,
        verbose_name=_("diverifikasi oleh"),
        related_name="+",
        null=True,
        blank=True,
        editable=False,
    )
    verified_at = models.DateTimeField(_("diverifikasi pada"), null=True, blank=True, editable=False)
    withdrawn_by = models.ForeignKey(
        User,
        models.PROTECT,
        verbose_name=_("dibatalkan oleh"),
        related_name="+",
        null=True,
        blank=True,
        editable=False,
    )
    withdrawn_at = models.DateTimeField(_("dibatalkan pada"), null=True, blank=True, editable=False)
    withdraw_reason = models.CharField(_("alasan pembatalan"), max_length=300, blank=True, editable=False)

    objects = DisbursementQuerySet.as_manager()

    class Meta:
        verbose_name = _("penyaluran")
        verbose_name_plural = pgettext_lazy("plural", "penyaluran")
        ordering = ["-paid_on", "-pk"]
        permissions = [
            ("verify_disbursement", _("Dapat memverifikasi penyaluran")),
            ("withdraw_disbursement", _("Dapat membatalkan penyaluran")),
            ("download_evidence", _("Dapat mengunduh bukti penyaluran")),
        ]
        indexes = [models.Index(fields=["support", "paid_on"], name="disbursement_by_support")]
        constraints = [
            models.CheckConstraint(
                name="disbursement_is_positive",
                condition=Q(amount_idr__gt=0),
                violation_error_message=_("Jumlah lebih dari Rp 0."),
            ),
            models.CheckConstraint(
                name="disbursement_has_evidence",
                condition=~Q(file="")
                & ~Q(file_name="")
                & ~Q(sha256="")
                & Q(media_type__in=MediaType.values, size__gt=0),
                violation_error_message=_("Unggah buktinya: kuitansi, berita acara, atau foto barang."),
            ),
            models.CheckConstraint(
                name="verification_is_whole_or_absent",
                condition=Q(verified_by=None, verified_at=None)
                | Q(verified_by__isnull=False, verified_at__isnull=False),
                violation_error_message=_("Verifikasi perlu orang dan waktu."),
            ),
            models.CheckConstraint(
                name="recorder_never_verifies",
                condition=Q(verified_by=None) | ~Q(verified_by=F("recorded_by")),
                violation_error_message=_("Yang mencatat tidak memverifikasi."),
            ),
            models.CheckConstraint(
                name="withdrawal_is_whole_or_absent",
                condition=Q(withdrawn_by=None, withdrawn_at=None, withdraw_reason="")
                | (Q(withdrawn_by__isnull=False, withdrawn_at__isnull=False) & ~Q(withdraw_reason="")),
                violation_error_message=_("Pembatalan perlu orang, waktu, dan alasan."),
            ),
            models.CheckConstraint(
                name="withdrawn_is_not_verified_afterwards",
                condition=Q(withdrawn_at=None) | Q(verified_at=None) | Q(verified_at__lte=F("withdrawn_at")),
                violation_error_message=_("Penyaluran yang dibatalkan tidak diverifikasi lagi."),
            ),
            models.UniqueConstraint(
                name="evidence_once_a_support",
                fields=["support", "sha256"],
                condition=Q(withdrawn_at=None),
                violation_error_message=_("Bukti yang persis sama sudah tercatat untuk bantuan ini."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.support} ({self.paid_on:%d/%m/%Y})"

    def get_absolute_url(self) -> str:
        return reverse("partners:support_detail", args=[self.support_id])

    @property
    def is_standing(self) -> bool:
        return self.withdrawn_at is None

    @property
    def is_verified(self) -> bool:
        return self.verified_at is not None
