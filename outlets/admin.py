"""Back office of outlets and needs; status changes are facts, to read."""

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from kkmp.back_office import EditedAdmin, FactAdmin
from outlets.models import CapitalNeed, Outlet, StatusChange


@admin.register(Outlet)
class OutletAdmin(EditedAdmin):
    """Corrections. An outlet stays with its cooperative, since its status changes rely on that."""

    list_display = ["name", "cooperative", "kind", "premises", "tenure"]
    list_filter = ["kind", "premises", "tenure", "cooperative__kelurahan__kecamatan"]
    list_select_related = ["cooperative__kelurahan"]
    search_fields = ["name", "address", "cooperative__kelurahan__name", "cooperative__kelurahan__code"]
    search_help_text = _("Cari nama gerai, alamat, atau kelurahan.")
    autocomplete_fields = ["cooperative"]
    fieldsets = [
        (None, {"fields": ["cooperative", "kind", "name"]}),
        (_("Tempat"), {"fields": ["address", "premises", "tenure", "area_m2", ("lat", "lon")]}),
        (_("Sarana"), {"fields": ["electricity", "internet", "water"]}),
    ]

    def get_readonly_fields(self, request: HttpRequest, obj: Outlet | None = None) -> list[str]:
        return ["cooperative"] if obj else []


@admin.register(CapitalNeed)
class CapitalNeedAdmin(EditedAdmin):
    list_display = ["outlet", "cooperative", "purpose", "amount_idr", "since_on", "closed_on"]
    list_filter = ["purpose", "since_on", "closed_on", "outlet__cooperative__kelurahan__kecamatan"]
    list_select_related = ["outlet__cooperative__kelurahan"]
    search_fields = ["text", "outlet__name", "outlet__cooperative__kelurahan__name"]
    search_help_text = _("Cari rincian, nama gerai, atau kelurahan.")
    autocomplete_fields = ["outlet"]
    date_hierarchy = "since_on"
    fieldsets = [
        (None, {"fields": ["outlet", "purpose", "text", "amount_idr"]}),
        (_("Waktu"), {"fields": ["since_on", "closed_on"]}),
    ]

    @admin.display(description=_("koperasi"), ordering="outlet__cooperative__kelurahan__name")
    def cooperative(self, need: CapitalNeed) -> str:
        return str(need.outlet.cooperative)


@admin.register(StatusChange)
class StatusChangeAdmin(FactAdmin):
    """To read: Sudin decides, corrects and retracts on the outlet's page."""

    list_display = [
        "effective_on",
        "cooperative",
        "status",
        "reason",
        "outlet",
        "source",
        "recorded_by",
        "retracted_at",
    ]
    list_filter = [
        "status",
        "reason",
        "source",
        ("retracted_at", admin.EmptyFieldListFilter),
        "effective_on",
        "cooperative__kelurahan__kecamatan",
    ]
    list_select_related = ["cooperative__kelurahan", "outlet", "recorded_by"]
    search_fields = ["outlet__name", "cooperative__kelurahan__name", "cooperative__kelurahan__code", "note"]
    search_help_text = _("Cari gerai, kelurahan, atau keterangan.")
    date_hierarchy = "effective_on"
    fieldsets = [
        (None, {"fields": ["cooperative", "outlet", "status", "reason", "effective_on"]}),
        (_("Pencatatan"), {"fields": ["source", "note", "recorded_at", "recorded_by"]}),
        (_("Pencabutan"), {"fields": ["retracted_at", "retracted_by", "retract_note"]}),
    ]
