"""What a partner promised to a cooperative, and how far it has come: dated stages."""

from dataclasses import dataclass
from datetime import date
from typing import Self

from django.db import models
from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cooperatives.models import Cooperative
from cooperatives.scope import ScopedQuerySet
from kkmp.accounts.models import User
from kkmp.edited import EditedModel
from outlets.models import CapitalNeed, Outlet
from partners.models.events import Event
from partners.models.kinds import GRANTS, LOANS, TO_GIVE_BACK, Capital, SupportKind, capital_of
from partners.models.offers import Offer
from partners.models.partners import Partner


class Stage(models.TextChoices):
    PROSPECT = "prospect", _("Penjajakan")
    OFFERED = "offered", _("Ditawarkan")
    COMMITTED = "committed", _("Komitmen")
    DISBURSED = "disbursed", _("Tersalur")
    VERIFIED = "verified", _("Terverifikasi")
    COMPLETED = "completed", _("Selesai")
    CANCELLED = "cancelled", pgettext_lazy("stage", "Batal")

    def is_behind(self, before: "Stage") -> bool:
        """Whether coming from `before` to this stage is a step back; taking up what was cancelled is one too."""
        stages = list(Stage)
        return stages.index(self) < stages.index(before)


# A promise was made and still stands; what is only talked about or was called off is not counted as help.
AGREED = (Stage.COMMITTED, Stage.DISBURSED, Stage.VERIFIED, Stage.COMPLETED)

# Of rows that `with_stage` annotated.
NEWEST_STAGE_FIRST = ("-stage_since", "-pk")


@dataclass(frozen=True)
class Worth:
    """Rupiah committed, and how many supports have no sum: unknown is not zero."""

    idr: int
    unknown_count: int


class SupportQuerySet(ScopedQuerySet["Support"]):
    def with_stage(self, *, on: date) -> Self:
        """Annotate `stage` and `stage_since`: the latest stage with effect by that day; null before the first."""
        latest = StageChange.objects.filter(support=OuterRef("pk")).by(on)
        return self.annotate(
            stage=Subquery(latest.values("stage")[:1]),
            stage_since=Subquery(latest.values("effective_on")[:1]),
        )

    def as_of(self, day: date) -> Self:
        """Supports that had any stage by that day, with it."""
        return self.with_stage(on=day).exclude(stage=None)

    def newest_stage_first(self) -> Self:
        return self.order_by(*NEWEST_STAGE_FIRST)

    def agreed(self) -> Self:
        """Of those with a stage: committed or further, not cancelled."""
        return self.filter(stage__in=AGREED)

    def grants(self) -> Self:
        """Own capital; loans, consignments and lent goods never are."""
        return self.filter(kind__in=GRANTS)

    def worth(self) -> "Worth":
        """What these rows are worth together."""
        return Worth(
            **self.order_by().aggregate(
                idr=Coalesce(Sum("committed_idr"), 0), unknown_count=Count("pk", filter=Q(committed_idr=None))
            )
        )

    def search(self, text: str) -> Self:
        """By partner, cooperative, outlet, number of the agreement or what the note says."""
        text = text.strip()
        return self.filter(
            Q(partner__name__icontains=text)
            | Q(note__icontains=text)
            | Q(agreement_no__icontains=text)
            | Q(outlet__name__icontains=text)
            | Q(cooperative__in=Cooperative.objects.search(text))
        )


class Support(EditedModel):
    """What one partner does for one cooperative. Grants, loans and lent goods are kept apart by `kind`.

    A grant closes the need that it names, as far as it has arrived and was checked (`partners.gap`). `payer` is
    whoever pays in the partner's stead.
    """

    partner = models.ForeignKey(Partner, models.PROTECT, verbose_name=_("mitra"), related_name="supports")
    payer = models.ForeignKey(
        Partner,
        models.PROTECT,
        verbose_name=_("dibayar oleh"),
        related_name="paid_supports",
        null=True,
        blank=True,
        help_text=_("Hanya bila bukan mitra itu sendiri yang membayar."),
    )
    cooperative = models.ForeignKey(
        Cooperative, models.PROTECT, verbose_name=_("koperasi"), related_name="supports"
    )
    outlet = models.ForeignKey(
        Outlet,
        models.PROTECT,
        verbose_name=_("gerai"),
        related_name="supports",
        null=True,
        blank=True,
    )
    need = models.ForeignKey(
        CapitalNeed,
        models.PROTECT,
        verbose_name=_("kebutuhan modal"),
        related_name="supports",
        null=True,
        blank=True,
        help_text=_("Hibah mengurangi kekurangan hanya untuk kebutuhan yang disebut di sini."),
    )
    offer = models.ForeignKey(
        Offer,
        models.PROTECT,
        verbose_name=_("penawaran"),
        related_name="supports",
        null=True,
        blank=True,
    )
    event = models.ForeignKey(
        Event,
        models.PROTECT,
        verbose_name=_("acara asal"),
        related_name="supports",
        null=True,
        blank=True,
    )
    kind = models.CharField(_("bentuk bantuan"), max_length=12, choices=SupportKind)
    committed_idr = models.BigIntegerField(
        _("nilai komitmen"),
        null=True,
        blank=True,
        help_text=_("Kosongkan bila belum diketahui atau bukan uang."),
    )
    agreement_no = models.CharField(_("nomor perjanjian"), max_length=80, blank=True)
    agreement_until = models.DateField(_("perjanjian sampai"), null=True, blank=True)
    accepted_on = models.DateField(
        _("disetujui rapat anggota pada"),
        null=True,
        blank=True,
        help_text=_("Hari RALB yang menerima hibah ini; nomor berita acaranya di keterangan."),
    )
    loan_months = models.PositiveSmallIntegerField(_("jangka pinjaman (bulan)"), null=True, blank=True)
    return_due_on = models.DateField(
        _("dikembalikan paling lambat"),
        null=True,
        blank=True,
        help_text=_("Untuk titip jual dan pinjam pakai."),
    )
    returned_on = models.DateField(_("dikembalikan pada"), null=True, blank=True)
    note = models.CharField(_("keterangan"), max_length=300, blank=True)

    objects = SupportQuerySet.as_manager()

    class Meta:
        verbose_name = _("bantuan")
        verbose_name_plural = pgettext_lazy("plural", "bantuan")
        ordering = ["-pk"]
        permissions = [("propose_support", _("Dapat mengusulkan bantuan"))]
        constraints = [
            models.CheckConstraint(
                name="support_sum_is_positive",
                condition=Q(committed_idr=None) | Q(committed_idr__gt=0),
                violation_error_message=_("Nilai lebih dari Rp 0, atau kosongkan."),
            ),
            models.CheckConstraint(
                name="support_kind_is_known",
                condition=Q(kind__in=SupportKind.values),
                violation_error_message=_("Pilih bentuk dari daftar."),
            ),
            models.CheckConstraint(
                name="payer_is_another_than_the_partner",
                condition=Q(payer=None) | ~Q(payer=F("partner")),
                violation_error_message=_("Kosongkan bila mitra itu sendiri yang membayar."),
            ),
            models.CheckConstraint(
                name="need_comes_with_its_outlet",
                condition=Q(need=None) | Q(outlet__isnull=False),
                violation_error_message=_("Kebutuhan disebut bersama gerainya."),
            ),
            models.CheckConstraint(
                name="only_loans_have_months",
                condition=Q(loan_months=None) | Q(kind__in=LOANS, loan_months__gt=0),
                violation_error_message=_("Jangka waktu hanya untuk pinjaman, paling sedikit satu bulan."),
            ),
            models.CheckConstraint(
                name="only_grants_are_accepted_by_a_meeting",
                condition=Q(accepted_on=None) | Q(kind__in=GRANTS),
                violation_error_message=_("Rapat anggota hanya menyetujui hibah."),
            ),
            models.CheckConstraint(
                name="only_lent_goods_are_returned",
                condition=Q(return_due_on=None, returned_on=None) | Q(kind__in=TO_GIVE_BACK),
                violation_error_message=_("Tanggal kembali hanya untuk titip jual dan pinjam pakai."),
            ),
        ]

    # Set by `with_stage`: where it stood on the day asked about.
    stage: str | None
    stage_since: date | None

    def __str__(self) -> str:
        return f"{self.partner} → {self.cooperative}"

    def get_absolute_url(self) -> str:
        return reverse("partners:support_detail", args=[self.pk])

    @property
    def capital(self) -> Capital:
        """Own, borrowed, neither, or no capital at all."""
        return capital_of(self.kind)

    @property
    def stage_label(self) -> str:
        """The stage in words; empty before the first."""
        return str(Stage(self.stage).label) if self.stage else ""


class StageChangeQuerySet(ScopedQuerySet["StageChange"]):
    cooperative_path = "support__cooperative"

    def by(self, day: date) -> Self:
        """With effect by that day, the stage that holds first; of one day the one recorded last holds."""
        return self.filter(effective_on__lte=day).order_by("-effective_on", "-pk")


class StageChange(models.Model):
    """From `effective_on` on, the support stands at this stage. Append-only: a correction is a later line."""

    support = models.ForeignKey(
        Support, models.PROTECT, verbose_name=_("bantuan"), related_name="stage_changes"
    )
    stage = models.CharField(_("tahap"), max_length=10, choices=Stage)
    effective_on = models.DateField(_("berlaku sejak"))
    reason = models.CharField(_("keterangan"), max_length=300, blank=True)
    by = models.ForeignKey(User, models.PROTECT, verbose_name=_("dicatat oleh"), related_name="+")
    recorded_at = models.DateTimeField(_("dicatat pada"), default=timezone.now, editable=False)

    objects = StageChangeQuerySet.as_manager()

    class Meta:
        verbose_name = _("perubahan tahap")
        verbose_name_plural = pgettext_lazy("plural", "perubahan tahap")
        ordering = ["-effective_on", "-pk"]
        indexes = [models.Index(fields=["support", "-effective_on"], name="stage_by_support")]
        constraints = [
            models.CheckConstraint(
                name="cancelling_says_why",
                condition=~Q(stage=Stage.CANCELLED) | ~Q(reason=""),
                violation_error_message=_("Tulis alasan pembatalan."),
            ),
            models.CheckConstraint(
                name="stage_is_known",
                condition=Q(stage__in=Stage.values),
                violation_error_message=_("Pilih tahap dari daftar."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_stage_display()} ({self.effective_on:%d/%m/%Y})"


@dataclass(frozen=True)
class SupportTotals:
    """Supports on a day in numbers. Sum and cooperatives count what is committed or further, not cancelled."""

    by_stage: dict[Stage, int]
    committed_idr: int
    cooperative_count: int

    @property
    def total(self) -> int:
        return sum(self.by_stage.values())

    @property
    def agreed_count(self) -> int:
        return sum(self.by_stage[stage] for stage in AGREED)


def support_totals(cooperatives: QuerySet[Cooperative], *, on: date) -> SupportTotals:
    """Supports of these cooperatives by their stage on a day, what they are worth and how many they help: one query."""
    # Distinct (rows are, by their key) makes a subquery of them: else each figure would look up each stage anew.
    rows = Support.objects.filter(cooperative__in=cooperatives).as_of(on).order_by().distinct()
    counts = {f"stage_{stage}": Count("pk", filter=Q(stage=stage)) for stage in Stage}
    found = rows.aggregate(
        committed_idr=Coalesce(Sum("committed_idr", filter=Q(stage__in=AGREED)), 0),
        cooperative_count=Count("cooperative", filter=Q(stage__in=AGREED), distinct=True),
        **counts,
    )
    return SupportTotals(
        by_stage={stage: found[f"stage_{stage}"] for stage in Stage},
        committed_idr=found["committed_idr"],
        cooperative_count=found["cooperative_count"],
    )
