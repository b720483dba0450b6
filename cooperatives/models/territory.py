"""The territory, who may keep which part of it, and the 65 cooperatives."""

from datetime import date
from typing import Self

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cooperatives.scope import may_view
from kkmp.accounts.models import User
from kkmp.accounts.permissions import area_keepers, sees_whole_city
from kkmp.edited import EditedModel
from kkmp.parsing import area_key


class KecamatanQuerySet(models.QuerySet["Kecamatan"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Kecamatan in which the user sees at least one cooperative."""
        seen = Cooperative.objects.visible_to(user).filter(kelurahan__kecamatan=OuterRef("pk"))
        return self.filter(Exists(seen))


class Kecamatan(models.Model):
    """One of the ten kecamatan of Kota Administrasi Jakarta Selatan."""

    code = models.CharField(_("kode Kemendagri"), max_length=8, primary_key=True)
    name = models.CharField(_("nama"), max_length=100, unique=True)

    objects = KecamatanQuerySet.as_manager()

    class Meta:
        verbose_name = _("kecamatan")
        verbose_name_plural = pgettext_lazy("plural", "kecamatan")
        ordering = ["name", "pk"]

    def __str__(self) -> str:
        return self.name


class KelurahanQuerySet(models.QuerySet["Kelurahan"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Kelurahan whose cooperative the user sees."""
        return self.filter(Exists(Cooperative.objects.visible_to(user).filter(kelurahan=OuterRef("pk"))))


class Kelurahan(models.Model):
    """One of the 65 kelurahan. Six bear their kecamatan's name, so a name alone never identifies one."""

    code = models.CharField(_("kode Kemendagri"), max_length=13, primary_key=True)
    kecamatan = models.ForeignKey(
        Kecamatan, models.PROTECT, verbose_name=_("kecamatan"), related_name="kelurahan_set"
    )
    name = models.CharField(_("nama"), max_length=100)
    aliases = models.CharField(
        _("ejaan lain"), max_length=200, blank=True, help_text=_("Dipisah dengan koma.")
    )
    search_key = models.CharField(
        _("kunci pencarian"),
        max_length=300,
        editable=False,
        help_text=_("Semua ejaan, tanpa spasi dan tanda baca."),
    )
    population = models.PositiveIntegerField(_("penduduk (2024)"), null=True, blank=True)
    tile_col = models.PositiveSmallIntegerField(_("kolom peta"))
    tile_row = models.PositiveSmallIntegerField(_("baris peta"))

    objects = KelurahanQuerySet.as_manager()

    class Meta:
        verbose_name = _("kelurahan")
        verbose_name_plural = pgettext_lazy("plural", "kelurahan")
        ordering = ["kecamatan__name", "name", "pk"]
        constraints = [
            models.UniqueConstraint(
                name="kelurahan_name_once_a_kecamatan",
                fields=["kecamatan", "name"],
                violation_error_message=_("Nama kelurahan ini sudah ada di kecamatan itu."),
            ),
            models.UniqueConstraint(
                name="kelurahan_has_a_tile_of_its_own",
                fields=["tile_col", "tile_row"],
                violation_error_message=_("Petak peta ini sudah dipakai kelurahan lain."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def spellings(self) -> list[str]:
        """The name and every other spelling met in real files."""
        return [self.name, *(alias.strip() for alias in self.aliases.split(",") if alias.strip())]


class AreaGrantQuerySet(models.QuerySet["AreaGrant"]):
    def active_on(self, day: date) -> Self:
        """Grants in force on that day; the last day counts."""
        return self.filter(Q(ends_on=None) | Q(ends_on__gte=day), starts_on__lte=day)


class AreaGrant(EditedModel):
    """An officer's area from one day to another: a whole kecamatan or one kelurahan. Grants may overlap at hand-over."""

    user = models.ForeignKey(User, models.PROTECT, verbose_name=_("petugas"), related_name="area_grants")
    kecamatan = models.ForeignKey(
        Kecamatan, models.PROTECT, verbose_name=_("kecamatan"), null=True, blank=True
    )
    kelurahan = models.ForeignKey(
        Kelurahan, models.PROTECT, verbose_name=_("kelurahan"), null=True, blank=True
    )
    starts_on = models.DateField(_("mulai"))
    ends_on = models.DateField(_("hari terakhir"), null=True, blank=True)

    objects = AreaGrantQuerySet.as_manager()

    class Meta:
        verbose_name = _("wilayah tugas")
        verbose_name_plural = pgettext_lazy("plural", "wilayah tugas")
        ordering = ["user", "-starts_on", "pk"]
        constraints = [
            models.CheckConstraint(
                name="grant_is_one_kecamatan_or_one_kelurahan",
                condition=Q(kecamatan=None, kelurahan__isnull=False)
                | Q(kecamatan__isnull=False, kelurahan=None),
                violation_error_message=_("Isi kecamatan atau kelurahan, salah satu saja."),
            ),
            models.CheckConstraint(
                name="grant_ends_after_it_starts",
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")),
                violation_error_message=_("Hari terakhir tidak boleh sebelum hari mulai."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.area}"

    @property
    def area(self) -> Kecamatan | Kelurahan | None:
        return self.kecamatan or self.kelurahan


class CooperativeQuerySet(models.QuerySet["Cooperative"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """The cooperatives this person sees today: all 65, or those of the areas granted to them."""
        return self.visible_on(timezone.localdate(), user)

    def visible_on(self, day: date, user: User | AnonymousUser) -> Self:
        """As `visible_to`, with the areas granted for that day; the role is the one of today."""
        if not isinstance(user, User) or not may_view(self.model, user):
            return self.none()
        if sees_whole_city(user):
            return self.all()
        grants = AreaGrant.objects.filter(user=user).active_on(day).order_by()
        return self.filter(
            Q(kelurahan__in=grants.exclude(kelurahan=None).values("kelurahan"))
            | Q(kelurahan__kecamatan__in=grants.exclude(kecamatan=None).values("kecamatan"))
        )

    def without_officer_on(self, day: date) -> Self:
        """Those that lie in nobody's area on that day: what waits there falls to Sudin."""
        held = AreaGrant.objects.active_on(day).filter(user__in=area_keepers()).order_by()
        return self.exclude(
            Q(kelurahan__in=held.exclude(kelurahan=None).values("kelurahan"))
            | Q(kelurahan__kecamatan__in=held.exclude(kecamatan=None).values("kecamatan"))
        )

    def in_kecamatan(self, kecamatan: Kecamatan | None) -> Self:
        """Those of one kecamatan; of all when none is chosen."""
        return self if kecamatan is None else self.filter(kelurahan__kecamatan=kecamatan)

    def search(self, text: str) -> Self:
        """By kelurahan (any spelling), legal name or kelurahan code."""
        text = text.strip()
        found = Q(kelurahan__code__contains=text) | Q(legal_name__icontains=text)
        if key := area_key(text):
            found |= Q(kelurahan__search_key__contains=key)
        return self.filter(found)


class Formation(models.TextChoices):
    NEW = "new", _("Pendirian baru")
    DEVELOPED = "developed", _("Pengembangan koperasi")
    REVITALISED = "revitalised", _("Revitalisasi koperasi")


class Cooperative(EditedModel):
    """A Koperasi Kelurahan Merah Putih: exactly one in each kelurahan (Inpres 9/2025)."""

    kelurahan = models.OneToOneField(
        Kelurahan, models.PROTECT, verbose_name=_("kelurahan"), related_name="cooperative"
    )
    legal_name = models.CharField(
        _("nama resmi"),
        max_length=200,
        blank=True,
        help_text=_("Persis seperti pada akta; boleh kosong bila belum tahu."),
    )
    formation = models.CharField(_("cara pembentukan"), max_length=12, choices=Formation, blank=True)
    founded_on = models.DateField(_("tanggal berdiri"), null=True, blank=True)
    office = models.CharField(_("alamat kantor"), max_length=300, blank=True)
    phone = models.CharField(_("telepon kantor"), max_length=30, blank=True)
    email = models.EmailField(_("e-mail kantor"), blank=True)
    registry_no = models.CharField(
        _("NIK koperasi"), max_length=20, blank=True, help_text=_("Angka saja, biasanya 13. Bukan NIK orang.")
    )
    nib = models.CharField(_("NIB"), max_length=13, blank=True, help_text=_("13 angka."))
    npwp = models.CharField(_("NPWP"), max_length=16, blank=True, help_text=_("15 atau 16 angka."))
    has_bank_account = models.BooleanField(_("rekening atas nama koperasi"), null=True, blank=True)

    objects = CooperativeQuerySet.as_manager()

    class Meta:
        verbose_name = _("koperasi")
        verbose_name_plural = pgettext_lazy("plural", "koperasi")
        ordering = ["kelurahan__kecamatan__name", "kelurahan__name", "pk"]
        constraints = [
            models.UniqueConstraint(
                name="registry_no_once",
                fields=["registry_no"],
                condition=~Q(registry_no=""),
                violation_error_message=_("NIK koperasi ini sudah dipakai koperasi lain."),
            ),
            models.UniqueConstraint(
                name="nib_once",
                fields=["nib"],
                condition=~Q(nib=""),
                violation_error_message=_("NIB ini sudah dipakai koperasi lain."),
            ),
        ]

    def __str__(self) -> str:
        return f"KKMP {self.kelurahan.name}"

    def get_absolute_url(self) -> str:
        return reverse("cooperatives:detail", args=[self.kelurahan_id])

    @property
    def bank_account_in_words(self) -> str:
        """Empty while nobody has looked."""
        if self.has_bank_account is None:
            return ""
        return str(_("Ada") if self.has_bank_account else _("Belum ada"))
