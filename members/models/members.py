"""The members' register: each person's membership of a cooperative, from the application to its end."""

import re
import uuid
from collections import Counter
from datetime import date
from types import ModuleType
from typing import ClassVar, Self, cast

from django.db import models
from django.db.models import Case, Exists, F, OuterRef, Q, Value, When
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cooperatives.models import Cooperative, Gender
from cooperatives.scope import ScopedQuerySet
from kkmp import crypto
from kkmp.edited import EditedModel

NUMBER_LENGTH = 20
LAST_DIGITS = 4
# The purpose under which `kkmp.crypto` seals and indexes identity numbers.
NATIONAL_ID = "national id"
_NUMBERED = re.compile(r"(?P<prefix>.*?)(?P<digits>[0-9]+)")


class MemberKind(models.TextChoices):
    REGULAR = "regular", pgettext_lazy("kind", "Anggota")
    EXTRAORDINARY = "extraordinary", _("Anggota luar biasa")


class Domicile(models.TextChoices):
    """Where the identity card says that the person lives."""

    HERE = "here", _("Di kelurahan ini")
    ELSEWHERE = "elsewhere", _("Di luar kelurahan ini")


class EndReason(models.TextChoices):
    RESIGNED = "resigned", _("Mengundurkan diri")
    MOVED = "moved", _("Pindah domisili")
    DIED = "died", _("Meninggal dunia")
    DISMISSED = "dismissed", _("Diberhentikan")
    NOT_ADMITTED = "not_admitted", _("Permohonan tidak dilanjutkan")
    UNKNOWN = "unknown", _("Tidak tercatat")


class MemberState(models.TextChoices):
    """Follows from the dates of a membership; never stored (decision 0021)."""

    APPLICANT = "applicant", _("Calon anggota")
    MEMBER = "member", pgettext_lazy("state", "Anggota")
    ENDED = "ended", pgettext_lazy("state", "Berakhir")
    NOT_ADMITTED = "not_admitted", _("Tidak jadi anggota")
    VOIDED = "voided", pgettext_lazy("state", "Dibatalkan")


def member_on(day: date) -> Q:
    return Q(voided_on=None, joined_on__lte=day) & (Q(ended_on=None) | Q(ended_on__gt=day))


def applicant_on(day: date) -> Q:
    return (
        Q(voided_on=None, applied_on__lte=day)
        & (Q(joined_on=None) | Q(joined_on__gt=day))
        & (Q(ended_on=None) | Q(ended_on__gt=day))
    )


def joined_between(since: date, on: date) -> Q:
    return Q(voided_on=None, joined_on__gt=since, joined_on__lte=on)


def left_between(since: date, on: date) -> Q:
    return Q(voided_on=None, joined_on__isnull=False, ended_on__gt=since, ended_on__lte=on)


def _standing() -> ModuleType:
    # The ledger is a module above this one: its rows name members.
    from members.models import standing

    return standing


class MemberQuerySet(ScopedQuerySet["Member"]):
    def as_of(self, day: date) -> Self:
        """Members on that day; the day somebody left no longer counts."""
        return self.filter(member_on(day))

    def ever_by(self, day: date) -> Self:
        """Everybody who had joined by that day, those who left too."""
        return self.filter(voided_on=None, joined_on__lte=day)

    def left_by(self, day: date) -> Self:
        return self.filter(voided_on=None, joined_on__isnull=False, ended_on__lte=day)

    def joined_between(self, since: date, on: date) -> Self:
        """Joined after `since`, by `on`: members(on) = members(since) + joined − left."""
        return self.filter(joined_between(since, on))

    def left_between(self, since: date, on: date) -> Self:
        return self.filter(left_between(since, on))

    def applicants_on(self, day: date) -> Self:
        """Who had applied by that day and was neither admitted nor turned away yet."""
        return self.filter(applicant_on(day))

    def living(self) -> Self:
        """Memberships and applications that have not ended: among these an identity number stands once a cooperative."""
        return self.filter(voided_on=None, ended_on=None)

    def voided(self) -> Self:
        """Numbers given by mistake: shown in the register, counted nowhere."""
        return self.filter(voided_on__isnull=False)

    def without_national_id(self, day: date) -> Self:
        """“NIK menyusul”: members of that day whose identity number is still to come."""
        return self.as_of(day).filter(national_id_index=None)

    def with_national_id(self, digits: str) -> Self:
        """Rows that bear this whole number, also while keys are being rotated."""
        return self.filter(national_id_index__in=crypto.blind_indexes(digits, purpose=NATIONAL_ID))

    def with_state_on(self, day: date) -> Self:
        """Annotate `state` as `Member.state_on` says it."""
        has_joined, has_ended = Q(joined_on__lte=day), Q(ended_on__lte=day)
        return self.annotate(
            state=Case(
                When(voided_on__isnull=False, then=Value(MemberState.VOIDED)),
                When(has_ended & has_joined, then=Value(MemberState.ENDED)),
                When(has_ended, then=Value(MemberState.NOT_ADMITTED)),
                When(has_joined, then=Value(MemberState.MEMBER)),
                default=Value(MemberState.APPLICANT),
                output_field=models.CharField(),
            )
        )

    def principal_paid_on(self, day: date) -> Self:
        """Members of that day who had paid principal in full; where no rate is recorded, anything at all."""
        return self.filter(_standing().principal_paid(day))

    def principal_unpaid_on(self, day: date) -> Self:
        return self.as_of(day).exclude(_standing().principal_paid(day))

    def paying_on(self, day: date) -> Self:
        """Regular members of that day without a month of mandatory saving in arrears, where a rate was in force."""
        return self._regular_with_arrears(day).filter(arrears_idr=0)

    def behind_on(self, day: date) -> Self:
        """Regular members of that day with at least one month in arrears."""
        return self._regular_with_arrears(day).filter(arrears_idr__gt=0)

    def _regular_with_arrears(self, day: date) -> Self:
        """Where no rate of mandatory saving was in force nothing can be judged: nobody counts as paying or behind."""
        from members.models.arrears import with_arrears
        from members.models.savings import SavingsKind, SavingsRate

        rates = SavingsRate.objects.filter(
            cooperative=OuterRef("cooperative"), kind=SavingsKind.MANDATORY, starts_on__lte=day
        )
        regular = self.as_of(day).filter(Exists(rates), kind=MemberKind.REGULAR)
        return cast("Self", with_arrears(regular, on=day))

    def next_number(self) -> str:
        """The number after the highest one in these rows, written the way most of them are: “A-009” → “A-010”.

        Voided and ended memberships keep their number, so it is never given twice.
        """
        numbers = [
            match
            for number in self.values_list("number", flat=True)
            if (match := _NUMBERED.fullmatch(number))
        ]
        if not numbers:
            return "001"
        prefix, _count = Counter(match["prefix"] for match in numbers).most_common(1)[0]
        digits = [match["digits"] for match in numbers if match["prefix"] == prefix]
        following = str(max(int(text) for text in digits) + 1).zfill(max(len(text) for text in digits))
        number = f"{prefix}{following}"
        return number if len(number) <= NUMBER_LENGTH else ""

    def search(self, text: str) -> Self:
        """By name, number or cooperative."""
        text = text.strip()
        return self.filter(
            Q(full_name__icontains=text)
            | Q(number__iexact=text)
            | Q(cooperative__in=Cooperative.objects.search(text))
        )


class Member(EditedModel):
    """One membership: a person who returns after leaving gets a new one (UU 25/1992 Art. 17: the members' register).

    The identity number is stored encrypted, found through its blind index, shown by its last digits; only
    `members.national_ids` writes and opens the three fields. `is_taken_over` marks a row of an existing register,
    to which the conditions of admission do not apply. `uid` names the row inside the sealed number.
    """

    # Of the identity number the history tells only the last digits.
    untracked: ClassVar[frozenset[str]] = frozenset({"uid", "national_id_cipher", "national_id_index"})

    cooperative = models.ForeignKey(
        Cooperative, models.PROTECT, verbose_name=_("koperasi"), related_name="members"
    )
    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    number = models.CharField(_("nomor anggota"), max_length=NUMBER_LENGTH, blank=True)
    full_name = models.CharField(_("nama lengkap"), max_length=150)
    national_id_cipher = models.BinaryField(null=True, editable=False)
    national_id_index = models.BinaryField(max_length=32, null=True, editable=False)
    national_id_last = models.CharField(
        _("angka akhir NIK"), max_length=LAST_DIGITS, blank=True, editable=False
    )
    gender = models.CharField(_("jenis kelamin"), max_length=6, choices=Gender, blank=True)
    birth_date = models.DateField(_("tanggal lahir"), null=True, blank=True)
    phone = models.CharField(_("nomor telepon"), max_length=30, blank=True)
    address = models.CharField(_("alamat"), max_length=300, blank=True)
    rt = models.CharField("RT", max_length=3, blank=True)
    rw = models.CharField("RW", max_length=3, blank=True)
    domicile = models.CharField(_("domisili KTP"), max_length=9, choices=Domicile, blank=True)
    ktp_seen_on = models.DateField(_("KTP dilihat tanggal"), null=True, blank=True)
    kind = models.CharField(
        _("jenis keanggotaan"), max_length=13, choices=MemberKind, default=MemberKind.REGULAR
    )
    is_taken_over = models.BooleanField(_("dari buku anggota lama"), default=False, editable=False)
    applied_on = models.DateField(_("tanggal permohonan"), null=True, blank=True)
    joined_on = models.DateField(_("tanggal masuk"), null=True, blank=True)
    ended_on = models.DateField(_("tanggal keluar"), null=True, blank=True)
    end_reason = models.CharField(_("sebab keluar"), max_length=12, choices=EndReason, blank=True)
    voided_on = models.DateField(_("dibatalkan tanggal"), null=True, blank=True, editable=False)
    void_reason = models.CharField(_("sebab pembatalan"), max_length=200, blank=True, editable=False)
    anonymised_on = models.DateField(_("dianonimkan tanggal"), null=True, blank=True, editable=False)

    objects = MemberQuerySet.as_manager()

    class Meta:
        verbose_name = _("anggota")
        verbose_name_plural = pgettext_lazy("plural", "anggota")
        ordering = ["cooperative__kelurahan__kecamatan__name", "cooperative__kelurahan__name", "number", "pk"]
        permissions = [
            ("reveal_national_id", _("Dapat membuka nomor NIK dengan keperluan tercatat")),
            ("import_members", _("Dapat mengimpor anggota")),
        ]
        indexes = [
            models.Index(fields=["cooperative", "joined_on", "ended_on"], name="member_as_of"),
            # A whole NIK is looked up across cooperatives, for a second living membership elsewhere.
            models.Index(fields=["national_id_index"], name="member_by_national_id"),
        ]
        constraints = [
            models.UniqueConstraint(
                name="member_number_once_a_cooperative",
                fields=["cooperative", "number"],
                condition=~Q(number=""),
                violation_error_message=_("Nomor anggota ini sudah dipakai di koperasi itu."),
            ),
            models.UniqueConstraint(
                name="national_id_once_among_living_members",
                fields=["cooperative", "national_id_index"],
                condition=Q(voided_on=None, ended_on=None),
                violation_error_message=_("NIK ini sudah tercatat pada anggota lain di koperasi itu."),
            ),
            models.CheckConstraint(
                name="national_id_whole_or_absent",
                condition=Q(national_id_cipher=None, national_id_index=None, national_id_last="")
                | (
                    Q(national_id_cipher__isnull=False, national_id_index__isnull=False)
                    & ~Q(national_id_last="")
                ),
                violation_error_message=_("NIK tersimpan lengkap atau tidak sama sekali."),
            ),
            models.CheckConstraint(
                name="member_left_after_joining",
                condition=Q(ended_on=None) | Q(joined_on=None) | Q(ended_on__gte=F("joined_on")),
                violation_error_message=_("Tanggal keluar tidak boleh sebelum tanggal masuk."),
            ),
            models.CheckConstraint(
                name="member_applied_before_joining",
                condition=Q(applied_on=None) | Q(joined_on=None) | Q(joined_on__gte=F("applied_on")),
                violation_error_message=_("Tanggal masuk tidak boleh sebelum tanggal permohonan."),
            ),
            models.CheckConstraint(
                name="membership_has_a_beginning",
                condition=Q(applied_on__isnull=False) | Q(joined_on__isnull=False),
                violation_error_message=_("Isi tanggal permohonan atau tanggal masuk."),
            ),
            models.CheckConstraint(
                name="member_has_a_number_and_a_name",
                condition=~Q(full_name="") & (Q(joined_on=None) | ~Q(number="")),
                violation_error_message=_("Nomor dan nama anggota wajib diisi."),
            ),
            models.CheckConstraint(
                name="member_kind_is_known",
                condition=Q(kind__in=MemberKind.values),
                violation_error_message=_("Pilih salah satu jenis keanggotaan."),
            ),
            models.CheckConstraint(
                name="end_of_membership_has_day_and_reason",
                condition=Q(ended_on=None, end_reason="")
                | Q(ended_on__isnull=False, end_reason__in=EndReason.values),
                violation_error_message=_("Tanggal keluar dan sebab keluar diisi keduanya."),
            ),
            models.CheckConstraint(
                name="voided_membership_has_day_and_reason",
                condition=Q(voided_on=None, void_reason="")
                | (Q(voided_on__isnull=False) & ~Q(void_reason="")),
                violation_error_message=_("Pembatalan perlu tanggal dan sebab."),
            ),
            models.CheckConstraint(
                # Juklak Menkop 1/2025: lives in the kelurahan by the identity card; what was before us stands as it is.
                name="new_regular_member_lives_here_and_showed_a_card",
                condition=Q(kind=MemberKind.EXTRAORDINARY)
                | Q(is_taken_over=True)
                | Q(joined_on=None)
                | Q(domicile=Domicile.HERE, ktp_seen_on__isnull=False),
                violation_error_message=_(
                    "Anggota baru perlu KTP yang sudah dilihat dan domisili di kelurahan ini; selain itu anggota luar biasa."
                ),
            ),
            models.CheckConstraint(
                name="anonymised_member_has_left_and_bears_nothing",
                condition=Q(anonymised_on=None)
                | (
                    (Q(ended_on__isnull=False) | Q(voided_on__isnull=False))
                    & Q(
                        national_id_cipher=None,
                        birth_date=None,
                        phone="",
                        address="",
                        rt="",
                        rw="",
                    )
                ),
                violation_error_message=_(
                    "Yang dianonimkan sudah keluar dan tidak lagi memuat data pribadi."
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.full_name}".strip()

    def get_absolute_url(self) -> str:
        return reverse("members:detail", args=[self.pk])

    def state_on(self, day: date) -> MemberState:
        """Where this membership stood at the end of that day."""
        if self.voided_on:
            return MemberState.VOIDED
        has_joined = self.joined_on is not None and self.joined_on <= day
        if self.ended_on and self.ended_on <= day:
            return MemberState.ENDED if has_joined else MemberState.NOT_ADMITTED
        return MemberState.MEMBER if has_joined else MemberState.APPLICANT
