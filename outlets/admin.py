"""Back office of outlets and needs; status changes and monthly reports are facts, to read."""

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from cooperatives.admin import RemovableAdmin
from kkmp.back_office import EditedAdmin, FactAdmin
from outlets.models import (
    CapitalNeed,
    Evidence,
    MonthlyReport,
    Outlet,
    ReportLine,
    ReportStep,
    SetAside,
    StatusChange,
    Visit,
)


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

    def get_readonly_fields(self, request: HttpRequest, obj: CapitalNeed | None = None) -> list[str]:
        # Grants and own money rely on where it belongs.
        return ["outlet"] if obj else []

    @admin.display(description=_("koperasi"), ordering="outlet__cooperative__kelurahan__name")
    def cooperative(self, need: CapitalNeed) -> str:
        return str(need.outlet.cooperative)


@admin.register(SetAside)
class SetAsideAdmin(FactAdmin):
    list_display = ["need", "amount_idr", "set_on", "by", "released_on"]
    list_filter = [
        "set_on",
        ("released_on", admin.EmptyFieldListFilter),
        "need__outlet__cooperative__kelurahan__kecamatan",
    ]
    list_select_related = ["need__outlet__cooperative__kelurahan", "by"]
    search_fields = ["need__outlet__name", "need__outlet__cooperative__kelurahan__name"]
    search_help_text = _("Cari gerai atau kelurahan.")
    date_hierarchy = "set_on"
    fieldsets = [
        (None, {"fields": ["need", "amount_idr", "set_on"]}),
        (_("Pencatatan"), {"fields": ["by", "recorded_at"]}),
        (_("Pelepasan"), {"fields": ["released_on", "released_by", "release_reason"]}),
    ]


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


@admin.register(MonthlyReport)
class MonthlyReportAdmin(FactAdmin):
    """To read: officers write, Sudin verifies or returns; a correction is a revision."""

    list_display = ["month", "cooperative", "revision", "state", "no_change", "submitted_by", "reviewed_by"]
    list_filter = [
        "state",
        "no_change",
        "month",
        ("superseded_at", admin.EmptyFieldListFilter),
        "cooperative__kelurahan__kecamatan",
    ]
    list_select_related = ["cooperative__kelurahan", "submitted_by", "reviewed_by"]
    search_fields = ["cooperative__kelurahan__name", "cooperative__kelurahan__code", "obstacle", "plan"]
    search_help_text = _("Cari kelurahan, kendala, atau rencana.")
    date_hierarchy = "month"
    fieldsets = [
        (None, {"fields": ["cooperative", "month", "revision", "correction_reason"]}),
        (_("Isi"), {"fields": ["no_change", "obstacle", "plan", "saved_at", "saved_by"]}),
        (_("Pengajuan"), {"fields": ["state", "submitted_by", "submitted_at"]}),
        (_("Pemeriksaan"), {"fields": ["reviewed_by", "reviewed_at", "return_reason", "superseded_at"]}),
    ]


@admin.register(ReportLine)
class ReportLineAdmin(FactAdmin):
    list_display = ["report", "outlet", "status", "reason", "changed_on", "turnover_idr", "customers"]
    list_filter = ["status", "reason", "report__month", "report__cooperative__kelurahan__kecamatan"]
    list_select_related = ["report__cooperative__kelurahan", "outlet"]
    search_fields = ["outlet__name", "report__cooperative__kelurahan__name"]
    search_help_text = _("Cari gerai atau kelurahan.")
    fieldsets = [
        (None, {"fields": ["report", "outlet", "status", "reason", "changed_on"]}),
        (_("Angka"), {"fields": ["turnover_idr", "procurement_idr", "customers"]}),
    ]


@admin.register(Evidence)
class EvidenceAdmin(FactAdmin):
    list_display = ["line", "visit", "taken_at", "added_at", "added_by"]
    list_filter = [
        "added_at",
        ("taken_at", admin.EmptyFieldListFilter),
        ("visit", admin.EmptyFieldListFilter),
    ]
    list_select_related = [
        *("line__outlet", "line__report__cooperative__kelurahan", "added_by"),
        *("visit__outlet", "visit__cooperative__kelurahan"),
    ]
    search_fields = [
        *("line__outlet__name", "line__report__cooperative__kelurahan__name", "sha256"),
        *("visit__outlet__name", "visit__cooperative__kelurahan__name"),
    ]
    search_help_text = _("Cari gerai, kelurahan, atau sidik berkas.")
    fieldsets = [
        (None, {"fields": [("line", "visit"), "sha256"]}),
        (_("Kata foto"), {"fields": ["taken_at", ("lat", "lon")]}),
        (_("Pencatatan"), {"fields": ["added_at", "added_by"]}),
    ]


@admin.register(Visit)
class VisitAdmin(RemovableAdmin):
    """Corrections; visits are recorded, taken away and brought back on our pages, photos are added there."""

    list_display = [
        "visited_on",
        "cooperative",
        "outlet",
        "seen",
        "visited_by",
        "follow_up_due_on",
        "removed_at",
    ]
    list_filter = [
        "seen",
        "visited_on",
        ("follow_up_done_on", admin.EmptyFieldListFilter),
        "removed_at",
        "cooperative__kelurahan__kecamatan",
    ]
    list_select_related = ["cooperative__kelurahan", "outlet", "visited_by"]
    search_fields = ["finding", "follow_up", "outlet__name", "cooperative__kelurahan__name"]
    search_help_text = _("Cari temuan, tindak lanjut, gerai, atau kelurahan.")
    autocomplete_fields = ["visited_by"]
    readonly_fields = [*RemovableAdmin.readonly_fields, "outlet"]
    date_hierarchy = "visited_on"
    fieldsets = [
        (None, {"fields": ["cooperative", "outlet", ("visited_on", "visited_by")]}),
        (_("Temuan"), {"fields": ["seen", "finding"]}),
        (_("Tindak lanjut"), {"fields": ["follow_up", ("follow_up_due_on", "follow_up_done_on")]}),
        (_("Penghapusan"), {"fields": [("removed_at", "removed_by")]}),
    ]


@admin.register(ReportStep)
class ReportStepAdmin(FactAdmin):
    list_display = ["at", "report", "state", "by", "reason"]
    list_filter = ["state", "at", "report__cooperative__kelurahan__kecamatan"]
    list_select_related = ["report__cooperative__kelurahan", "by"]
    search_fields = ["report__cooperative__kelurahan__name", "by__username", "reason"]
    search_help_text = _("Cari kelurahan, pengguna, atau alasan.")
    date_hierarchy = "at"
    fieldsets = [(None, {"fields": ["report", "state", "at", "by", "reason"]})]
