"""Back office of the territory, of who keeps which part of it, of the cooperatives and of what was said in public."""

from typing import Any

from django.contrib import admin
from django.db import models
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from cooperatives.grants import grant_in_words
from cooperatives.models import (
    AreaGrant,
    AssetStatement,
    BoardTerm,
    Cooperative,
    Kecamatan,
    Kelurahan,
    Paper,
    Parameter,
    PublicFact,
    PublishedFigure,
    Target,
)
from kkmp.accounts.models import Verb
from kkmp.accounts.services import record_access
from kkmp.back_office import EditedAdmin
from kkmp.parsing import area_key

# An address typed without a scheme is one of today's web.
SOURCES: "dict[type[models.Field[Any, Any]], dict[str, Any]]" = {models.URLField: {"assume_scheme": "https"}}


class CityAdmin(EditedAdmin):
    """Rows without a scope of their own: who opens the back office sees the whole city."""

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows: QuerySet[Any] = self.model._default_manager.all()
        return rows.order_by(*self.get_ordering(request)) if self.get_ordering(request) else rows


class TerritoryAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # generic at type-check time only in django-stubs
    """Rows given by the administration: corrected here, never added or deleted."""

    show_full_result_count = False
    list_per_page = 100

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows: QuerySet[Any] = self.model._default_manager.visible_to(request.user)
        return rows

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """The code is the key: a new one would be another place."""
        return ["code"] if obj else []

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Kecamatan)
class KecamatanAdmin(TerritoryAdmin):
    list_display = ["name", "code"]
    list_filter = ["name"]
    search_fields = ["name", "code"]
    search_help_text = _("Cari nama atau kode kecamatan.")
    fields = ["code", "name"]


@admin.register(Kelurahan)
class KelurahanAdmin(TerritoryAdmin):
    list_display = ["name", "code", "kecamatan", "aliases", "population"]
    list_filter = ["kecamatan"]
    list_select_related = ["kecamatan"]
    search_fields = ["name", "aliases", "code"]
    search_help_text = _("Cari nama, ejaan lain, atau kode kelurahan.")
    autocomplete_fields = ["kecamatan"]
    fieldsets = [
        (None, {"fields": ["code", "kecamatan", "name", "aliases", "population"]}),
        (_("Petak peta"), {"fields": [("tile_col", "tile_row")]}),
    ]

    def save_model(self, request: HttpRequest, obj: Kelurahan, form: Any, change: bool) -> None:  # noqa: FBT001  # Django's
        # What the search looks in; as the reference rows have it.
        obj.search_key = " ".join(dict.fromkeys(area_key(spelling) for spelling in obj.spellings))
        super().save_model(request, obj, form, change)


@admin.register(AreaGrant)
class AreaGrantAdmin(CityAdmin):
    """Who keeps which area from when until when. A grant ends; it is never deleted, and the access log names each change."""

    list_display = ["user", "kecamatan", "kelurahan", "starts_on", "ends_on"]
    list_filter = ["kecamatan", "starts_on", "ends_on"]
    list_select_related = ["user", "kecamatan", "kelurahan"]
    search_fields = ["user__full_name", "user__username", "kecamatan__name", "kelurahan__name"]
    search_help_text = _("Cari petugas, kecamatan, atau kelurahan.")
    autocomplete_fields = ["user", "kecamatan", "kelurahan"]
    fieldsets = [
        (None, {"fields": ["user"]}),
        (_("Wilayah: salah satu"), {"fields": ["kecamatan", "kelurahan"]}),
        (_("Waktu"), {"fields": ["starts_on", "ends_on"]}),
    ]

    def save_model(self, request: HttpRequest, obj: AreaGrant, form: Any, change: bool) -> None:  # noqa: FBT001  # Django's
        super().save_model(request, obj, form, change)  # type: ignore[no-untyped-call]  # of simple-history
        record_access(request, Verb.RIGHT_CHANGED, target=grant_in_words(obj))


@admin.register(Cooperative)
class CooperativeAdmin(EditedAdmin):
    """Corrections; the 65 come with the reference rows, one to each kelurahan."""

    list_display = ["kelurahan", "kecamatan", "legal_name", "registry_no", "formation", "founded_on"]
    list_filter = ["kelurahan__kecamatan", "formation", "has_bank_account"]
    list_select_related = ["kelurahan__kecamatan"]
    search_fields = ["kelurahan__name", "kelurahan__aliases", "kelurahan__code", "legal_name", "registry_no"]
    search_help_text = _("Cari kelurahan, nama resmi, atau NIK koperasi.")
    readonly_fields = ["kelurahan"]
    fieldsets = [
        (None, {"fields": ["kelurahan", "legal_name", "formation", "founded_on"]}),
        (_("Kantor"), {"fields": ["office", "phone", "email"]}),
        (_("Nomor resmi"), {"fields": ["registry_no", "nib", "npwp", "has_bank_account"]}),
    ]

    @admin.display(description=_("kecamatan"), ordering="kelurahan__kecamatan__name")
    def kecamatan(self, cooperative: Cooperative) -> str:
        return cooperative.kelurahan.kecamatan.name


class RemovableAdmin(EditedAdmin):
    """Rows with pages of their own, where they are added, taken away and brought back; here they are corrected."""

    list_select_related = ["cooperative__kelurahan"]
    readonly_fields = ["cooperative", "removed_at", "removed_by"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False


@admin.register(Paper)
class PaperAdmin(RemovableAdmin):
    """What is known of a paper; its file is replaced on our pages, where its content is looked at."""

    list_display = ["kind", "cooperative", "number", "issued_on", "expires_on", "file_name", "removed_at"]
    list_filter = ["kind", "media_type", "expires_on", "removed_at", "cooperative__kelurahan__kecamatan"]
    search_fields = ["number", "title", "file_name", "cooperative__kelurahan__name"]
    search_help_text = _("Cari nomor, nama surat, nama berkas, atau kelurahan.")
    readonly_fields = [*RemovableAdmin.readonly_fields, "file_name", "media_type", "size", "sha256"]
    fieldsets = [
        (None, {"fields": ["cooperative", "kind", "title", "number"]}),
        (_("Waktu"), {"fields": [("issued_on", "expires_on")]}),
        (_("Berkas"), {"fields": ["file_name", ("media_type", "size"), "sha256"]}),
        (_("Penghapusan"), {"fields": [("removed_at", "removed_by")]}),
    ]


@admin.register(BoardTerm)
class BoardTermAdmin(RemovableAdmin):
    list_display = ["name", "cooperative", "body", "position", "starts_on", "ends_on", "removed_at"]
    list_filter = ["body", "position", "gender", "ends_on", "removed_at", "cooperative__kelurahan__kecamatan"]
    search_fields = ["name", "cooperative__kelurahan__name"]
    search_help_text = _("Cari nama atau kelurahan.")
    fieldsets = [
        (None, {"fields": ["cooperative", ("body", "position"), "is_ex_officio"]}),
        (_("Orang"), {"fields": ["name", "gender"]}),
        (_("Waktu"), {"fields": [("starts_on", "ends_on")]}),
        (_("Penghapusan"), {"fields": [("removed_at", "removed_by")]}),
    ]


@admin.register(AssetStatement)
class AssetStatementAdmin(EditedAdmin):
    list_display = ["cooperative", "on", "amount_idr", "source"]
    list_filter = ["on", "cooperative__kelurahan__kecamatan"]
    list_select_related = ["cooperative__kelurahan"]
    search_fields = ["cooperative__kelurahan__name", "cooperative__kelurahan__code", "source"]
    search_help_text = _("Cari kelurahan atau sumber.")
    autocomplete_fields = ["cooperative"]
    date_hierarchy = "on"
    fieldsets = [
        (None, {"fields": ["cooperative", "on", "amount_idr"]}),
        (_("Sumber"), {"fields": ["source"]}),
    ]


@admin.register(PublicFact)
class PublicFactAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # generic at type-check time only in django-stubs
    formfield_overrides = SOURCES
    list_display = ["on", "cooperative", "text", "confidence"]
    list_display_links = ["on", "text"]
    list_filter = ["confidence", "on", "cooperative__kelurahan__kecamatan"]
    list_select_related = ["cooperative__kelurahan"]
    list_per_page = 50
    show_full_result_count = False
    search_fields = ["text", "key", "cooperative__kelurahan__name"]
    search_help_text = _("Cari isi, kunci, atau kelurahan.")
    autocomplete_fields = ["cooperative"]
    date_hierarchy = "on"
    fieldsets = [
        (None, {"fields": ["key", "cooperative", "text"]}),
        (_("Waktu"), {"fields": ["on", "until"]}),
        (_("Sumber"), {"fields": ["source", "confidence", "note"]}),
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[PublicFact]:
        return PublicFact.objects.visible_to(request.user)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(PublishedFigure)
class PublishedFigureAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # generic at type-check time only in django-stubs
    formfield_overrides = SOURCES
    list_display = ["on", "running", "idle", "none", "total", "source"]
    list_filter = ["on"]
    list_per_page = 50
    show_full_result_count = False
    search_fields = ["source"]
    search_help_text = _("Cari alamat sumber.")
    date_hierarchy = "on"
    fieldsets = [
        (None, {"fields": ["on", ("running", "idle", "none")]}),
        (_("Sumber"), {"fields": ["source"]}),
    ]

    @admin.display(description=_("jumlah"))
    def total(self, figure: PublishedFigure) -> int:
        return figure.total

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Target)
class TargetAdmin(CityAdmin):
    list_display = ["on", "area", "running", "idle", "note"]
    list_filter = ["kecamatan", "on"]
    list_select_related = ["kecamatan"]
    search_fields = ["note", "kecamatan__name"]
    search_help_text = _("Cari catatan atau kecamatan.")
    autocomplete_fields = ["kecamatan"]
    date_hierarchy = "on"
    fieldsets = [
        (None, {"fields": ["kecamatan", "on"]}),
        (_("Target"), {"fields": ["running", "idle", "note"]}),
    ]

    @admin.display(description=_("wilayah"), ordering="kecamatan__name")
    def area(self, target: Target) -> str:
        return str(target.kecamatan or _("Seluruh kota"))


@admin.register(Parameter)
class ParameterAdmin(CityAdmin):
    """A new value is a new row from its day on; the former one keeps counting for the days before."""

    list_display = ["key", "value", "starts_on", "source"]
    list_filter = ["key", "starts_on"]
    search_fields = ["key", "source"]
    search_help_text = _("Cari parameter atau sumber.")
    date_hierarchy = "starts_on"
    fieldsets = [
        (None, {"fields": ["key", "value", "starts_on"]}),
        (_("Sumber"), {"fields": ["source"]}),
    ]
