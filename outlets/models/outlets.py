"""Outlets: where a cooperative sells or serves."""

from typing import Self

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cooperatives.models import Cooperative
from cooperatives.scope import ScopedQuerySet
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
