"""CSR partners, what they promised to which cooperative and how far it has come, and the events where they met."""

from dataclasses import dataclass
from datetime import date
from typing import Self

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import (
    BigIntegerField,
    Count,
    Exists,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
)
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cooperatives.models import Cooperative
from cooperatives.scope import ScopedQuerySet, may_view
from kkmp.accounts.models import User
from kkmp.edited import EditedModel


class PartnerCategory(models.TextChoices):
    BUMN = "bumn", _("BUMN")
    BUMD = "bumd", _("BUMD")
    BANK = "bank", _("Bank / lembaga keuangan")
    SOCIAL_SECURITY = "social_security", _("Jaminan sosial")
    PRIVATE = "private", _("Perusahaan swasta")
    PLATFORM = "platform", _("Platform digital")
    UNIVERSITY = "university", _("Perguruan tinggi")
    FOUNDATION = "foundation", _("Asosiasi atau yayasan")
    GOVERNMENT = "government", _("Pemerintah")


class PartnerQuerySet(models.QuerySet["Partner"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Partners belong to no area: all of them, or none without the right."""
        return self.all() if may_view(self.model, user) else self.none()

    def with_supports(self, supports: "SupportQuerySet") -> Self:
        """Annotate `support_count` and `agreed_idr` from these supports; the caller has scoped and dated them."""
        # Subqueries: a join would count supports of other areas and multiply the sum.
        own = supports.filter(partner=OuterRef("pk")).order_by().values("partner")
        agreed = own.annotate(total=Sum("committed_idr", filter=Q(stage__in=AGREED)))
        return self.annotate(
            support_count=Coalesce(
                Subquery(own.annotate(count=Count("pk")).values("count"), output_field=IntegerField()), 0
            ),
            agreed_idr=Coalesce(Subquery(agreed.values("total"), output_field=BigIntegerField()), 0),
        )

    def search(self, text: str) -> Self:
        """By name or by what the partner helps with."""
        text = text.strip()
        return self.filter(Q(name__icontains=text) | Q(focus__icontains=text))


class Partner(EditedModel):
    """An institution that helps cooperatives. The contact is an office, never a private person."""

    name = models.CharField(_("nama mitra"), max_length=150, unique=True)
    category = models.CharField(_("kategori"), max_length=16, choices=PartnerCategory)
    focus = models.CharField(_("bidang bantuan"), max_length=300, blank=True)
    contact = models.CharField(
        _("kontak kantor"),
        max_length=300,
        blank=True,
        help_text=_("Alamat, telepon, atau e-mail kantor; bukan nomor pribadi."),
    )

    objects = PartnerQuerySet.as_manager()

    class Meta:
        verbose_name = _("mitra")
        verbose_name_plural = _("mitra")
        ordering = ["name", "pk"]

    # Set by `with_supports`.
    support_count: int
    agreed_idr: int

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("partners:detail", args=[self.pk])


class SupportKind(models.TextChoices):
    CASH_GRANT = "cash_grant", _("Hibah uang")
    GOODS_GRANT = "goods_grant", _("Hibah barang")
    LOAN = "loan", _("Pinjaman")
    CONSIGNMENT = "consignment", _("Titip jual")
    LEND_USE = "lend_use", _("Pinjam pakai")
    SUPPLY = "supply", _("Perjanjian pasokan")
    AGENCY = "agency", _("Keagenan (LPG, agen bank)")
    TRAINING = "training", _("Pelatihan")
    ADVICE = "advice", _("Pendampingan")
    DIGITAL = "digital", _("Layanan digital")
    INSURANCE = "insurance", _("Kepesertaan jaminan sosial")


class Stage(models.TextChoices):
    PROSPECT = "prospect", _("Penjajakan")
    OFFERED = "offered", _("Ditawarkan")
    COMMITTED = "committed", _("Komitmen")
    DISBURSED = "disbursed", _("Tersalur")
    VERIFIED = "verified", _("Terverifikasi")
    COMPLETED = "completed", _("Selesai")
    CANCELLED = "cancelled", _("Batal")

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

    def worth(self) -> "Worth":
        """What these rows are worth together."""
        return Worth(
            **self.order_by().aggregate(
                idr=Coalesce(Sum("committed_idr"), 0), unknown_count=Count("pk", filter=Q(committed_idr=None))
            )
        )

    def search(self, text: str) -> Self:
        """By partner, cooperative or what the note says."""
        text = text.strip()
        return self.filter(
            Q(partner__name__icontains=text)
            | Q(note__icontains=text)
            | Q(cooperative__in=Cooperative.objects.search(text))
        )


class Support(EditedModel):
    """What one partner does for one cooperative. Grants, loans and lent goods are kept apart by `kind`."""

    partner = models.ForeignKey(Partner, models.PROTECT, verbose_name=_("mitra"), related_name="supports")
    cooperative = models.ForeignKey(
        Cooperative, models.PROTECT, verbose_name=_("koperasi"), related_name="supports"
    )
    kind = models.CharField(_("bentuk bantuan"), max_length=12, choices=SupportKind)
    committed_idr = models.BigIntegerField(
        _("nilai komitmen"),
        null=True,
        blank=True,
        help_text=_("Kosongkan bila belum diketahui atau bukan uang."),
    )
    note = models.CharField(_("keterangan"), max_length=300, blank=True)

    objects = SupportQuerySet.as_manager()

    class Meta:
        verbose_name = _("bantuan")
        verbose_name_plural = _("bantuan")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                name="support_sum_is_positive",
                condition=Q(committed_idr=None) | Q(committed_idr__gt=0),
                violation_error_message=_("Nilai lebih dari Rp 0, atau kosongkan."),
            )
        ]

    # Set by `with_stage`: where it stood on the day asked about.
    stage: str | None
    stage_since: date | None

    def __str__(self) -> str:
        return f"{self.partner} → {self.cooperative}"

    def get_absolute_url(self) -> str:
        return reverse("partners:support_detail", args=[self.pk])

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
        verbose_name_plural = _("perubahan tahap")
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


class EventQuerySet(models.QuerySet["Event"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Events belong to no area."""
        return self.all() if may_view(self.model, user) else self.none()

    def held_by(self, day: date) -> Self:
        return self.filter(held_on__lte=day)

    def with_attendance(self, attendances: "AttendanceQuerySet") -> Self:
        """Annotate `partner_count` and `cooperative_count` from these attendances; the caller has scoped them."""
        own = attendances.filter(event=OuterRef("pk")).order_by().values("event")
        return self.annotate(
            **{
                f"{who}_count": Coalesce(
                    Subquery(own.annotate(count=Count(who)).values("count"), output_field=IntegerField()), 0
                )
                for who in ("partner", "cooperative")
            }
        )

    def search(self, text: str) -> Self:
        """By title, place, or who was there."""
        text = text.strip()
        partners = Attendance.objects.filter(event=OuterRef("pk"), partner__name__icontains=text)
        return self.filter(Q(title__icontains=text) | Q(place__icontains=text) | Exists(partners))


class Event(EditedModel):
    """A meeting of partners and cooperatives."""

    title = models.CharField(_("acara"), max_length=200)
    held_on = models.DateField(_("tanggal"))
    place = models.CharField(_("tempat"), max_length=200, blank=True)

    objects = EventQuerySet.as_manager()

    class Meta:
        verbose_name = _("acara")
        verbose_name_plural = _("acara")
        ordering = ["-held_on", "pk"]
        constraints = [
            models.UniqueConstraint(
                name="event_once_a_day",
                fields=["held_on", "title"],
                violation_error_message=_("Acara ini sudah dicatat untuk tanggal itu."),
            )
        ]

    # Set by `with_attendance`.
    partner_count: int
    cooperative_count: int

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("partners:event_detail", args=[self.pk])


class AttendanceQuerySet(models.QuerySet["Attendance"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Partners that came, and those cooperatives that the user sees."""
        if not may_view(self.model, user):
            return self.none()
        return self.of_partners_and(Cooperative.objects.visible_to(user))

    def of_partners_and(self, cooperatives: QuerySet[Cooperative]) -> Self:
        """Partners that came, and those of these cooperatives that did."""
        return self.filter(Q(cooperative=None) | Q(cooperative__in=cooperatives))


class Attendance(models.Model):
    """A partner or a cooperative was at an event."""

    event = models.ForeignKey(Event, models.PROTECT, verbose_name=_("acara"), related_name="attendances")
    partner = models.ForeignKey(
        Partner, models.PROTECT, verbose_name=_("mitra"), null=True, blank=True, related_name="attendances"
    )
    cooperative = models.ForeignKey(
        Cooperative,
        models.PROTECT,
        verbose_name=_("koperasi"),
        null=True,
        blank=True,
        related_name="attendances",
    )

    objects = AttendanceQuerySet.as_manager()

    class Meta:
        verbose_name = _("kehadiran")
        verbose_name_plural = _("kehadiran")
        ordering = ["event", "pk"]
        constraints = [
            models.CheckConstraint(
                name="attendance_is_a_partner_or_a_cooperative",
                condition=Q(partner=None, cooperative__isnull=False)
                | Q(partner__isnull=False, cooperative=None),
                violation_error_message=_("Isi mitra atau koperasi, salah satu saja."),
            ),
            models.UniqueConstraint(
                name="partner_attends_once",
                fields=["event", "partner"],
                condition=Q(partner__isnull=False),
                violation_error_message=_("Mitra ini sudah tercatat hadir."),
            ),
            models.UniqueConstraint(
                name="cooperative_attends_once",
                fields=["event", "cooperative"],
                condition=Q(cooperative__isnull=False),
                violation_error_message=_("Koperasi ini sudah tercatat hadir."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.partner or self.cooperative} @ {self.event}"


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
    rows = Support.objects.filter(cooperative__in=cooperatives).as_of(on).order_by()
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
