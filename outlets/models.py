"""Outlets, what they need to open, and their status in time: only changes are stored, never intervals."""

from datetime import date, datetime
from typing import ClassVar, Self

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cooperatives.models import Cooperative
from cooperatives.scope import ScopedQuerySet
from kkmp.accounts.models import User
from kkmp.edited import EditedModel


class OutletKind(models.TextChoices):
    GROCERY = "grocery", _("Sembako")
    PHARMACY = "pharmacy", _("Apotek")
    OFFICE = "office", _("Kantor koperasi")
    SAVINGS_LOAN = "savings_loan", _("Unit simpan pinjam")
    CLINIC = "clinic", _("Klinik")
    WAREHOUSE = "warehouse", _("Cold storage / gudang")
    LOGISTICS = "logistics", _("Logistik")
    OTHER = "other", _("Lainnya")


class Premises(models.TextChoices):
    KELURAHAN_OFFICE = "kelurahan_office", _("Kantor kelurahan")
    RW_POST = "rw_post", _("Pos RW")
    HOUSE = "house", _("Rumah warga")
    SHOPHOUSE = "shophouse", _("Ruko")
    GOVERNMENT_ASSET = "government_asset", _("Aset pemerintah")
    PUBLIC_HUB = "public_hub", _("Pusat publik")
    PURPOSE_BUILT = "purpose_built", _("Bangunan khusus")
    OTHER = "other", _("Lainnya")


class Tenure(models.TextChoices):
    OWNED = "owned", _("Milik sendiri")
    LENT = "lent", _("Pinjam pakai")
    RENTED = "rented", _("Sewa")
    BUILD_OPERATE_TRANSFER = "build_operate_transfer", _("Bangun guna serah")
    GRANT = "grant", _("Hibah")


class Status(models.TextChoices):
    """Of an outlet from a day on; NONE is the cooperative's own statement “checked: no outlet”."""

    RUNNING = "running", _("Berjalan")
    IDLE = "idle", _("Ada, belum berjalan")
    PREPARING = "preparing", _("Disiapkan")
    CLOSED = "closed", _("Ditutup")
    NONE = "none", _("Belum ada gerai")


class Reason(models.TextChoices):
    """Why an outlet stands idle."""

    CAPITAL = "capital", _("Modal usaha")
    STOCK = "stock", _("Stok atau pemasok")
    STAFF = "staff", _("Pengelola")
    PERMIT = "permit", _("Perizinan")
    UTILITIES = "utilities", _("Listrik, air, internet")
    PREMISES = "premises", _("Tempat")
    DEMAND = "demand", _("Pembeli sepi")
    GOVERNANCE = "governance", _("Kepengurusan")
    OTHER = "other", _("Lainnya")


class ChangeSource(models.TextChoices):
    DECISION = "decision", _("Keputusan Sudin")
    REPORT = "report", _("Laporan terverifikasi")
    OPENING = "opening", _("Impor data awal")


class OutletQuerySet(ScopedQuerySet["Outlet"]):
    def search(self, text: str) -> Self:
        """By name, address or cooperative."""
        cooperatives = Cooperative.objects.search(text)
        return self.filter(
            Q(name__icontains=text.strip())
            | Q(address__icontains=text.strip())
            | Q(cooperative__in=cooperatives)
        )


class Outlet(EditedModel):
    """A gerai: a place where a cooperative sells or serves. What it does on a day is told by its status changes."""

    cooperative = models.ForeignKey(
        Cooperative, models.PROTECT, verbose_name=_("koperasi"), related_name="outlets"
    )
    kind = models.CharField(_("jenis"), max_length=12, choices=OutletKind)
    name = models.CharField(_("nama gerai"), max_length=150)
    address = models.CharField(_("alamat"), max_length=300, blank=True)
    premises = models.CharField(_("tempat"), max_length=20, choices=Premises, blank=True)
    tenure = models.CharField(_("status lahan"), max_length=24, choices=Tenure, blank=True)
    area_m2 = models.PositiveIntegerField(_("luas (m²)"), null=True, blank=True)
    electricity = models.BooleanField(_("listrik"), null=True, blank=True)
    internet = models.BooleanField(_("internet"), null=True, blank=True)
    water = models.BooleanField(_("air"), null=True, blank=True)
    lat = models.DecimalField(_("lintang"), max_digits=9, decimal_places=6, null=True, blank=True)
    lon = models.DecimalField(_("bujur"), max_digits=9, decimal_places=6, null=True, blank=True)

    objects = OutletQuerySet.as_manager()

    class Meta:
        verbose_name = _("gerai")
        verbose_name_plural = pgettext_lazy("plural", "gerai")
        ordering = ["cooperative__kelurahan__kecamatan__name", "cooperative__kelurahan__name", "name", "pk"]
        constraints = [
            models.CheckConstraint(
                name="outlet_place_has_both_coordinates",
                condition=Q(lat=None, lon=None) | Q(lat__isnull=False, lon__isnull=False),
                violation_error_message=_("Isi lintang dan bujur, atau kosongkan keduanya."),
            ),
            models.CheckConstraint(
                name="outlet_place_is_on_earth",
                condition=Q(lat=None) | Q(lat__range=(-90, 90), lon__range=(-180, 180)),
                violation_error_message=_("Lintang -90 sampai 90, bujur -180 sampai 180."),
            ),
            models.CheckConstraint(
                name="outlet_area_is_positive",
                condition=Q(area_m2=None) | Q(area_m2__gt=0),
                violation_error_message=_("Luas lebih dari 0 m²."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("outlets:detail", args=[self.pk])


def live_condition(known_at: datetime | None = None, *, path: str = "") -> Q:
    """Which changes count: not retracted; with `known_at`, as the records stood at that moment.

    `path` leads to the changes, with its two underscores, where they are joined to something else.
    """
    standing = Q(**{f"{path}retracted_at": None})
    if known_at is None:
        return standing
    standing |= Q(**{f"{path}retracted_at__gt": known_at})
    return standing & Q(**{f"{path}recorded_at__lte": known_at})


class StatusChangeQuerySet(ScopedQuerySet["StatusChange"]):
    def live(self, known_at: datetime | None = None) -> Self:
        """Changes that count, see `live_condition`."""
        return self.filter(live_condition(known_at))

    def by(self, day: date) -> Self:
        """With effect on that day or earlier, the latest first."""
        return self.filter(effective_on__lte=day).order_by("-effective_on", "-pk")


class StatusChange(models.Model):
    """From `effective_on` on, the outlet has this status, until its next live change.

    Append-only but for a retraction, which fills its three fields together and once. `reason` is why an outlet
    is idle, `note` why somebody decided.
    """

    cooperative = models.ForeignKey(
        Cooperative, models.PROTECT, verbose_name=_("koperasi"), related_name="status_changes"
    )
    outlet = models.ForeignKey(
        Outlet, models.PROTECT, verbose_name=_("gerai"), related_name="status_changes", null=True, blank=True
    )
    status = models.CharField(_("status"), max_length=10, choices=Status)
    reason = models.CharField(_("sebab"), max_length=12, choices=Reason, blank=True)
    note = models.CharField(_("keterangan"), max_length=500, blank=True)
    effective_on = models.DateField(_("berlaku sejak"))
    recorded_at = models.DateTimeField(_("dicatat pada"), default=timezone.now, editable=False)
    recorded_by = models.ForeignKey(User, models.PROTECT, verbose_name=_("dicatat oleh"), related_name="+")
    source = models.CharField(_("sumber"), max_length=10, choices=ChangeSource)
    retracted_at = models.DateTimeField(_("dicabut pada"), null=True, blank=True, editable=False)
    retracted_by = models.ForeignKey(
        User,
        models.PROTECT,
        verbose_name=_("dicabut oleh"),
        related_name="+",
        null=True,
        blank=True,
        editable=False,
    )
    retract_note = models.CharField(_("alasan pencabutan"), max_length=500, blank=True, editable=False)

    objects = StatusChangeQuerySet.as_manager()

    class Meta:
        verbose_name = _("perubahan status")
        verbose_name_plural = pgettext_lazy("plural", "perubahan status")
        ordering = ["-effective_on", "-recorded_at", "-pk"]
        permissions = [
            ("decide_status", _("Dapat menetapkan status gerai")),
            ("retract_change", _("Dapat mencabut perubahan status")),
            ("import_opening", _("Dapat mengimpor data awal")),
        ]
        indexes = [
            models.Index(fields=["outlet", "-effective_on"], name="change_by_outlet"),
            models.Index(fields=["cooperative", "effective_on"], name="change_by_cooperative"),
        ]
        constraints = [
            models.CheckConstraint(
                name="idle_has_a_reason_and_others_none",
                condition=(Q(status=Status.IDLE) & ~Q(reason="")) | (~Q(status=Status.IDLE) & Q(reason="")),
                violation_error_message=_("Gerai yang belum berjalan perlu sebab; status lain tidak."),
            ),
            models.CheckConstraint(
                name="outlet_is_empty_exactly_for_none",
                condition=Q(status=Status.NONE, outlet=None)
                | (~Q(status=Status.NONE) & Q(outlet__isnull=False)),
                violation_error_message=_(
                    "“Belum ada gerai” berlaku untuk koperasi, status lain untuk satu gerai."
                ),
            ),
            models.UniqueConstraint(
                name="one_live_change_per_outlet_and_day",
                fields=["outlet", "effective_on"],
                condition=Q(retracted_at=None),
                violation_error_message=_("Gerai ini sudah punya perubahan status pada tanggal itu."),
            ),
            models.UniqueConstraint(
                name="one_live_none_per_cooperative_and_day",
                fields=["cooperative", "effective_on"],
                condition=Q(retracted_at=None, status=Status.NONE),
                violation_error_message=_("“Belum ada gerai” sudah dicatat untuk tanggal itu."),
            ),
            models.CheckConstraint(
                name="retraction_is_whole_or_absent",
                condition=Q(retracted_at=None, retracted_by=None, retract_note="")
                | (Q(retracted_at__isnull=False, retracted_by__isnull=False) & ~Q(retract_note="")),
                violation_error_message=_("Pencabutan perlu waktu, orang, dan alasan."),
            ),
            models.CheckConstraint(
                name="retracted_after_recorded",
                condition=Q(retracted_at=None) | Q(retracted_at__gte=F("recorded_at")),
                violation_error_message=_("Pencabutan tidak bisa sebelum pencatatan."),
            ),
            models.CheckConstraint(
                name="decision_says_why",
                condition=~Q(source=ChangeSource.DECISION) | ~Q(note=""),
                violation_error_message=_("Tulis alasan keputusan ini."),
            ),
            models.CheckConstraint(
                name="status_is_known",
                condition=Q(status__in=Status.values) & Q(reason__in=["", *Reason.values]),
                violation_error_message=_("Pilih status dan sebab dari daftar."),
            ),
        ]

    def __str__(self) -> str:
        return (
            f"{self.outlet or self.cooperative}: {self.get_status_display()} ({self.effective_on:%d/%m/%Y})"
        )

    @property
    def is_live(self) -> bool:
        return self.retracted_at is None


class NeedPurpose(models.TextChoices):
    STOCK = "stock", _("Stok barang")
    EQUIPMENT = "equipment", _("Peralatan")
    RENOVATION = "renovation", _("Renovasi")
    RENT = "rent", _("Sewa tempat")
    PERMIT = "permit", _("Perizinan")
    TRAINING = "training", _("Pelatihan")
    WORKING_CAPITAL = "working_capital", _("Modal kerja")


class CapitalNeedQuerySet(ScopedQuerySet["CapitalNeed"]):
    cooperative_path: ClassVar[str] = "outlet__cooperative"

    def open_on(self, day: date) -> Self:
        """Needs that had arisen by that day and were not yet closed."""
        return self.known_on(day).filter(Q(closed_on=None) | Q(closed_on__gt=day))

    def closed_by(self, day: date) -> Self:
        """Needs that were met on that day or earlier."""
        return self.known_on(day).filter(closed_on__lte=day)

    def known_on(self, day: date) -> Self:
        """Needs that had arisen by that day, met or not."""
        return self.filter(since_on__lte=day)

    def search(self, text: str) -> Self:
        return self.filter(Q(text__icontains=text.strip()) | Q(outlet__in=Outlet.objects.search(text)))


class CapitalNeed(EditedModel):
    """What an outlet lacks to open or go on, in rupiah, from a day until it is closed."""

    outlet = models.ForeignKey(Outlet, models.PROTECT, verbose_name=_("gerai"), related_name="needs")
    purpose = models.CharField(_("untuk"), max_length=16, choices=NeedPurpose)
    text = models.CharField(_("rincian"), max_length=300, blank=True)
    amount_idr = models.BigIntegerField(pgettext_lazy("money", "jumlah"))
    since_on = models.DateField(_("sejak"))
    closed_on = models.DateField(_("terpenuhi pada"), null=True, blank=True)

    objects = CapitalNeedQuerySet.as_manager()

    class Meta:
        verbose_name = _("kebutuhan modal")
        verbose_name_plural = pgettext_lazy("plural", "kebutuhan modal")
        ordering = ["-amount_idr", "pk"]
        constraints = [
            models.CheckConstraint(
                name="need_amount_is_positive",
                condition=Q(amount_idr__gt=0),
                violation_error_message=_("Jumlah lebih dari Rp 0."),
            ),
            models.CheckConstraint(
                name="need_closes_after_it_opens",
                condition=Q(closed_on=None) | Q(closed_on__gte=F("since_on")),
                violation_error_message=_("Tanggal terpenuhi tidak boleh sebelum tanggal mulai."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.outlet}: {self.get_purpose_display()}"

    def get_absolute_url(self) -> str:
        return reverse("outlets:need_edit", args=[self.pk])
