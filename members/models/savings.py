"""Savings: the ledger of each member, what a cooperative asks of its members, and the months that are closed."""

from datetime import date
from typing import Self

from django.db import models
from django.db.models import Q, Sum, Value
from django.db.models.functions import Cast, Right
from django.db.models.lookups import Exact
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cooperatives.models import Cooperative
from cooperatives.scope import ScopedQuerySet
from kkmp.accounts.models import User
from kkmp.edited import EditedModel
from kkmp.imports.models import ImportBatch
from members.models.members import Member

RECEIPT_LENGTH = 30


def is_first_day(field: str) -> Q:
    """For constraints. As text: SQLite would else call a function that only Django's own connections know."""
    return Q(Exact(Right(Cast(field, models.CharField()), 3), Value("-01")))


class SavingsKind(models.TextChoices):
    """Simpanan (UU 25/1992 Art. 41): principal once on joining, mandatory each month, voluntary at will."""

    PRINCIPAL = "principal", _("Simpanan pokok")
    MANDATORY = "mandatory", _("Simpanan wajib")
    VOLUNTARY = "voluntary", _("Simpanan sukarela")


class Movement(models.TextChoices):
    OPENING = "opening", _("Saldo awal")
    DEPOSIT = "deposit", _("Setoran")
    WITHDRAWAL = "withdrawal", _("Penarikan")
    REFUND = "refund", _("Pengembalian saat keluar")
    REVERSAL = "reversal", _("Pembatalan")


class SavingsRateQuerySet(ScopedQuerySet["SavingsRate"]):
    def in_force_on(self, day: date) -> Self:
        """Rates that had begun by that day, the latest first: of each kind the first one counts."""
        return self.filter(starts_on__lte=day).order_by("cooperative", "kind", "-starts_on", "-pk")


class SavingsRate(EditedModel):
    """What a cooperative asks for a kind of saving from a day on: in all (principal) or for a month (mandatory)."""

    cooperative = models.ForeignKey(
        Cooperative, models.PROTECT, verbose_name=_("koperasi"), related_name="savings_rates"
    )
    kind = models.CharField(
        _("jenis simpanan"),
        max_length=9,
        choices=[
            (SavingsKind.PRINCIPAL.value, SavingsKind.PRINCIPAL.label),
            (SavingsKind.MANDATORY.value, SavingsKind.MANDATORY.label),
        ],
    )
    amount_idr = models.BigIntegerField(_("jumlah"))
    starts_on = models.DateField(_("berlaku sejak"))
    basis = models.CharField(_("dasar keputusan"), max_length=200, blank=True)

    objects = SavingsRateQuerySet.as_manager()

    class Meta:
        verbose_name = _("besar simpanan")
        verbose_name_plural = pgettext_lazy("plural", "besar simpanan")
        ordering = ["cooperative", "kind", "-starts_on", "pk"]
        constraints = [
            models.UniqueConstraint(
                name="savings_rate_once_a_day",
                fields=["cooperative", "kind", "starts_on"],
                violation_error_message=_("Besar simpanan ini sudah tercatat mulai hari itu."),
            ),
            models.CheckConstraint(
                name="savings_rate_is_positive",
                condition=Q(amount_idr__gt=0),
                violation_error_message=_("Jumlahnya lebih dari nol."),
            ),
            models.CheckConstraint(
                name="savings_rate_of_principal_or_mandatory",
                condition=Q(kind__in=[SavingsKind.PRINCIPAL, SavingsKind.MANDATORY]),
                violation_error_message=_("Simpanan sukarela tidak punya besar tetap."),
            ),
            models.CheckConstraint(
                name="mandatory_rate_starts_with_a_month",
                condition=~Q(kind=SavingsKind.MANDATORY) | is_first_day("starts_on"),
                violation_error_message=_("Besar simpanan wajib berubah mulai tanggal 1."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} · {self.cooperative}"


class SavingsEntryQuerySet(ScopedQuerySet["SavingsEntry"]):
    def by(self, day: date) -> Self:
        """With effect on or before that day."""
        return self.filter(value_on__lte=day)

    def in_force_on(self, day: date) -> Self:
        """Not taken back by the end of that day; reversals themselves left out."""
        return (
            self.by(day)
            .exclude(movement=Movement.REVERSAL)
            .filter(Q(reversed_by=None) | Q(reversed_by__value_on__gt=day))
        )

    def search(self, text: str) -> Self:
        """By receipt number, or by name or number of the member."""
        text = text.strip()
        return self.filter(
            Q(receipt_no__icontains=text)
            | Q(member__full_name__icontains=text)
            | Q(member__number__iexact=text)
        )

    def total_idr(self) -> int:
        """The balance of these rows: amounts bear their sign."""
        return int(self.aggregate(total=Sum("amount_idr"))["total"] or 0)


class SavingsEntry(models.Model):
    """One line of a member's savings ledger. Append-only; a mistake is taken back by a reversal, once.

    `amount_idr` bears its sign: deposits and opening balances add, withdrawals, refunds and reversals of deposits
    take away, so every balance is a plain sum. `month` is the month that a mandatory deposit pays for, one entry a
    month; `paid_until` is the last month that an opening balance says was paid. Lines of one receipt share its number.
    """

    cooperative = models.ForeignKey(
        Cooperative, models.PROTECT, verbose_name=_("koperasi"), related_name="savings"
    )
    member = models.ForeignKey(Member, models.PROTECT, verbose_name=_("anggota"), related_name="savings")
    kind = models.CharField(_("jenis simpanan"), max_length=9, choices=SavingsKind)
    movement = models.CharField(_("mutasi"), max_length=10, choices=Movement)
    amount_idr = models.BigIntegerField(_("jumlah"))
    value_on = models.DateField(_("tanggal"))
    month = models.DateField(_("untuk bulan"), null=True, blank=True)
    paid_until = models.DateField(_("lunas sampai bulan"), null=True, blank=True)
    receipt_no = models.CharField(_("nomor bukti"), max_length=RECEIPT_LENGTH, blank=True)
    receipt_line = models.PositiveSmallIntegerField(_("baris bukti"), default=1)
    note = models.CharField(_("catatan"), max_length=200, blank=True)
    recorded_at = models.DateTimeField(_("dicatat pada"), default=timezone.now, editable=False)
    recorded_by = models.ForeignKey(User, models.PROTECT, verbose_name=_("dicatat oleh"), related_name="+")
    reversed_by = models.OneToOneField(
        "self",
        models.PROTECT,
        verbose_name=_("dibatalkan oleh"),
        null=True,
        blank=True,
        related_name="reverses",
        editable=False,
    )
    batch = models.ForeignKey(
        ImportBatch, models.PROTECT, verbose_name=_("berkas impor"), null=True, blank=True, related_name="+"
    )

    objects = SavingsEntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("mutasi simpanan")
        verbose_name_plural = pgettext_lazy("plural", "mutasi simpanan")
        ordering = ["-value_on", "-pk"]
        permissions = [
            ("reverse_savingsentry", _("Dapat membatalkan mutasi simpanan")),
            ("import_savings", _("Dapat mengimpor simpanan")),
        ]
        indexes = [
            models.Index(fields=["cooperative", "-value_on", "-id"], name="savings_by_cooperative"),
            models.Index(fields=["member", "kind", "value_on"], name="savings_by_member"),
            # Every payment that is counted is compared with the opening balance of its member.
            models.Index(fields=["member"], condition=Q(movement=Movement.OPENING), name="savings_openings"),
        ]
        constraints = [
            models.UniqueConstraint(
                name="receipt_line_once_a_cooperative",
                fields=["cooperative", "receipt_no", "receipt_line"],
                condition=~Q(receipt_no=""),
                violation_error_message=_("Nomor bukti ini sudah dipakai di koperasi itu."),
            ),
            models.UniqueConstraint(
                name="mandatory_month_paid_once",
                fields=["member", "month"],
                condition=Q(month__isnull=False, reversed_by=None),
                violation_error_message=_("Simpanan wajib bulan itu sudah dibayar."),
            ),
            models.UniqueConstraint(
                name="opening_balance_once_a_kind",
                fields=["member", "kind"],
                condition=Q(movement=Movement.OPENING, reversed_by=None),
                violation_error_message=_("Saldo awal jenis simpanan ini sudah tercatat."),
            ),
            models.CheckConstraint(
                name="savings_amount_bears_its_sign",
                condition=Q(movement=Movement.DEPOSIT, amount_idr__gt=0)
                | Q(movement=Movement.OPENING, amount_idr__gt=0)
                | Q(movement=Movement.OPENING, amount_idr=0, paid_until__isnull=False)
                | Q(movement__in=[Movement.WITHDRAWAL, Movement.REFUND], amount_idr__lt=0)
                | Q(movement=Movement.REVERSAL),
                violation_error_message=_("Jumlahnya lebih dari nol."),
            ),
            models.CheckConstraint(
                name="savings_kind_is_known",
                condition=Q(kind__in=SavingsKind.values),
                violation_error_message=_("Pilih salah satu jenis simpanan."),
            ),
            models.CheckConstraint(
                name="mandatory_deposit_names_its_month",
                condition=(Q(kind=SavingsKind.MANDATORY, movement=Movement.DEPOSIT) & is_first_day("month"))
                | (Q(month=None) & ~Q(kind=SavingsKind.MANDATORY, movement=Movement.DEPOSIT)),
                violation_error_message=_("Setoran simpanan wajib perlu bulan yang dibayar."),
            ),
            models.CheckConstraint(
                name="paid_until_only_in_a_mandatory_opening",
                condition=Q(paid_until=None)
                | (Q(kind=SavingsKind.MANDATORY, movement=Movement.OPENING) & is_first_day("paid_until")),
                violation_error_message=_("“Lunas sampai” hanya untuk saldo awal simpanan wajib."),
            ),
            models.CheckConstraint(
                name="savings_entry_has_a_receipt",
                condition=~Q(receipt_no="") | Q(movement=Movement.OPENING),
                violation_error_message=_("Nomor bukti wajib diisi."),
            ),
            models.CheckConstraint(
                name="reversal_is_never_reversed",
                condition=~Q(movement=Movement.REVERSAL) | Q(reversed_by=None),
                violation_error_message=_("Pembatalan tidak dapat dibatalkan; catat mutasi baru."),
            ),
            models.CheckConstraint(
                name="principal_and_mandatory_go_out_by_refund",
                condition=~Q(movement=Movement.WITHDRAWAL) | Q(kind=SavingsKind.VOLUNTARY),
                violation_error_message=_("Simpanan pokok dan wajib hanya dikembalikan saat anggota keluar."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} · {self.get_movement_display()} · {self.receipt_no}"


class MonthLockQuerySet(ScopedQuerySet["MonthLock"]):
    def in_force(self) -> Self:
        return self.filter(reopened_at=None)


class MonthLock(models.Model):
    """The books of a cooperative are closed up to and with a day: no savings entry of that time is added any more.

    Append-only but for the reopening, which says who and why.
    """

    cooperative = models.ForeignKey(
        Cooperative, models.PROTECT, verbose_name=_("koperasi"), related_name="month_locks"
    )
    through_on = models.DateField(_("ditutup sampai dengan"))
    locked_at = models.DateTimeField(_("ditutup pada"), default=timezone.now, editable=False)
    locked_by = models.ForeignKey(User, models.PROTECT, verbose_name=_("ditutup oleh"), related_name="+")
    reopened_at = models.DateTimeField(_("dibuka lagi pada"), null=True, blank=True, editable=False)
    reopened_by = models.ForeignKey(
        User, models.PROTECT, verbose_name=_("dibuka lagi oleh"), null=True, blank=True, related_name="+"
    )
    reopen_reason = models.CharField(_("alasan dibuka lagi"), max_length=200, blank=True)

    objects = MonthLockQuerySet.as_manager()

    class Meta:
        verbose_name = _("penutupan bulan")
        verbose_name_plural = pgettext_lazy("plural", "penutupan bulan")
        ordering = ["cooperative", "-through_on", "-pk"]
        permissions = [("reopen_month", _("Dapat membuka lagi bulan yang ditutup"))]
        constraints = [
            models.UniqueConstraint(
                name="month_locked_once",
                fields=["cooperative", "through_on"],
                condition=Q(reopened_at=None),
                violation_error_message=_("Bulan ini sudah ditutup."),
            ),
            models.CheckConstraint(
                name="reopening_says_when_who_and_why",
                condition=Q(reopened_at=None, reopened_by=None, reopen_reason="")
                | (Q(reopened_at__isnull=False, reopened_by__isnull=False) & ~Q(reopen_reason="")),
                violation_error_message=_("Membuka lagi perlu waktu, orang, dan alasan."),
            ),
            models.CheckConstraint(
                name="month_reopened_by_somebody_else",
                condition=Q(reopened_by=None) | ~Q(reopened_by=models.F("locked_by")),
                violation_error_message=_("Yang menutup bulan tidak membukanya lagi; minta orang lain."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.cooperative} · {self.through_on:%m/%Y}"
