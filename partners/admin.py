"""Back office of partners, supports and events."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from kkmp.back_office import EditedAdmin, FactAdmin
from partners.models import (
    Attendance,
    Disbursement,
    Event,
    FollowUp,
    Letter,
    Offer,
    Partner,
    StageChange,
    Support,
)


@admin.register(Partner)
class PartnerAdmin(EditedAdmin):
    list_display = ["name", "category", "focus"]
    list_filter = ["category"]
    search_fields = ["name", "focus"]
    search_help_text = _("Cari nama mitra atau bidang bantuan.")
    fieldsets = [
        (None, {"fields": ["name", "category"]}),
        (_("Bantuan dan kontak"), {"fields": ["focus", "contact"]}),
    ]


@admin.register(Offer)
class OfferAdmin(EditedAdmin):
    list_display = ["title", "partner", "kind", "ceiling_idr", "per_outlet_idr", "open_from", "open_until"]
    list_filter = ["kind", "partner", "open_from", "open_until"]
    list_select_related = ["partner"]
    search_fields = ["title", "partner__name", "conditions"]
    search_help_text = _("Cari penawaran, mitra, atau syarat.")
    autocomplete_fields = ["partner", "event"]
    date_hierarchy = "open_from"
    fieldsets = [
        (None, {"fields": ["partner", "title", "kind", "event"]}),
        (_("Nilai dan masa"), {"fields": ["ceiling_idr", "per_outlet_idr", ("open_from", "open_until")]}),
        (
            _("Syarat"),
            {"fields": ["kecamatan", "outlet_kinds", "needed_papers", "min_paying_members", "conditions"]},
        ),
    ]

    def get_readonly_fields(self, request: HttpRequest, obj: Offer | None = None) -> list[str]:
        return ["partner"] if obj else []


class StageChangeInline(admin.TabularInline):  # type: ignore[type-arg]  # generic at type-check time only in django-stubs
    """The stages of a support, to read: they are recorded on its page."""

    model = StageChange
    fields = ["stage", "effective_on", "reason", "by", "recorded_at"]
    readonly_fields = ["stage", "effective_on", "reason", "by", "recorded_at"]
    ordering = ["-effective_on", "-pk"]
    extra = 0
    can_delete = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[StageChange]:
        return super().get_queryset(request).select_related("by")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Support)
class SupportAdmin(EditedAdmin):
    """Corrections; a support begins on its own page, together with its first stage."""

    list_display = ["partner", "cooperative", "kind", "committed_idr"]
    list_filter = ["kind", "partner", "cooperative__kelurahan__kecamatan"]
    list_select_related = ["partner", "cooperative__kelurahan"]
    search_fields = ["partner__name", "cooperative__kelurahan__name", "cooperative__kelurahan__code", "note"]
    search_help_text = _("Cari mitra, kelurahan, atau keterangan.")
    autocomplete_fields = ["payer", "outlet", "need", "offer", "event"]
    # What was agreed with whom stays; a support of another partner or cooperative is another row.
    readonly_fields = ["partner", "cooperative"]
    inlines = [StageChangeInline]
    fieldsets = [
        (None, {"fields": ["partner", "payer", "cooperative", "outlet", "need"]}),
        (_("Asal"), {"fields": ["offer", "event"]}),
        (_("Isi bantuan"), {"fields": ["kind", "committed_idr", "loan_months", "note"]}),
        (
            _("Perjanjian"),
            {"fields": ["agreement_no", "agreement_until", "accepted_on", ("return_due_on", "returned_on")]},
        ),
    ]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False


@admin.register(StageChange)
class StageChangeAdmin(FactAdmin):
    list_display = ["support", "stage", "effective_on", "by", "recorded_at"]
    list_filter = ["stage", "effective_on", "support__cooperative__kelurahan__kecamatan"]
    list_select_related = ["support__partner", "support__cooperative__kelurahan", "by"]
    search_fields = ["support__partner__name", "support__cooperative__kelurahan__name", "reason"]
    search_help_text = _("Cari mitra, kelurahan, atau keterangan.")
    date_hierarchy = "effective_on"
    fieldsets = [
        (None, {"fields": ["support", "stage", "effective_on", "reason"]}),
        (_("Pencatatan"), {"fields": ["by", "recorded_at"]}),
    ]


@admin.register(Disbursement)
class DisbursementAdmin(FactAdmin):
    """To read: recorded, checked and withdrawn on the page of the support."""

    list_display = ["support", "amount_idr", "paid_on", "recorded_by", "verified_by", "withdrawn_at"]
    list_filter = [
        "paid_on",
        ("verified_at", admin.EmptyFieldListFilter),
        ("withdrawn_at", admin.EmptyFieldListFilter),
        "support__cooperative__kelurahan__kecamatan",
    ]
    list_select_related = [
        *("support__partner", "support__cooperative__kelurahan"),
        *("recorded_by", "verified_by"),
    ]
    search_fields = ["support__partner__name", "support__cooperative__kelurahan__name", "note"]
    search_help_text = _("Cari mitra, kelurahan, atau keterangan.")
    date_hierarchy = "paid_on"
    fieldsets = [
        (None, {"fields": ["support", "amount_idr", "paid_on", "note"]}),
        (_("Bukti"), {"fields": ["file_name", "media_type", "size", "sha256"]}),
        (_("Pencatatan"), {"fields": ["recorded_by", "recorded_at", "verified_by", "verified_at"]}),
        (_("Pembatalan"), {"fields": ["withdrawn_by", "withdrawn_at", "withdraw_reason"]}),
    ]


@admin.register(FollowUp)
class FollowUpAdmin(FactAdmin):
    list_display = ["support", "days", "answer", "checked_on", "by"]
    list_filter = ["days", "answer", "checked_on", "support__cooperative__kelurahan__kecamatan"]
    list_select_related = ["support__partner", "support__cooperative__kelurahan", "by"]
    search_fields = ["support__partner__name", "support__cooperative__kelurahan__name", "note"]
    search_help_text = _("Cari mitra, kelurahan, atau keterangan.")
    date_hierarchy = "checked_on"
    fieldsets = [
        (None, {"fields": ["support", "days", "answer", "checked_on", "note"]}),
        (_("Pencatatan"), {"fields": ["by", "recorded_at"]}),
    ]


@admin.register(Letter)
class LetterAdmin(FactAdmin):
    list_display = ["number", "year", "partner", "outlet", "by", "made_at"]
    list_filter = ["year", "partner", "outlet__cooperative__kelurahan__kecamatan"]
    list_select_related = ["partner", "outlet", "by"]
    search_fields = ["partner__name", "outlet__name", "outlet__cooperative__kelurahan__name"]
    search_help_text = _("Cari mitra, gerai, atau kelurahan.")
    date_hierarchy = "made_at"
    fieldsets = [
        (None, {"fields": [("number", "year"), "partner", "outlet", "offer"]}),
        (_("Pencatatan"), {"fields": ["by", "made_at", "size", "sha256"]}),
    ]


class AttendanceInline(admin.TabularInline):  # type: ignore[type-arg]  # generic at type-check time only in django-stubs
    """Add or remove; rows that stand are text, since a search field in each costs a query in each."""

    model = Attendance
    autocomplete_fields = ["partner", "cooperative"]
    extra = 0

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Attendance]:
        return (
            Attendance.objects.visible_to(request.user)
            .select_related("event", "partner", "cooperative__kelurahan")
            .order_by("partner__name", "cooperative__kelurahan__name", "pk")
        )


@admin.register(Event)
class EventAdmin(EditedAdmin):
    list_display = ["title", "held_on", "place"]
    list_filter = ["held_on"]
    search_fields = ["title", "place"]
    search_help_text = _("Cari nama acara atau tempat.")
    date_hierarchy = "held_on"
    inlines = [AttendanceInline]
    fieldsets = [(None, {"fields": ["title", "held_on", "place"]})]


@admin.register(Attendance)
class AttendanceAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # generic at type-check time only in django-stubs
    """Who was where; a wrong line is removed, nothing else depends on it."""

    list_display = ["event", "partner", "cooperative"]
    list_filter = ["event", "cooperative__kelurahan__kecamatan"]
    list_select_related = ["event", "partner", "cooperative__kelurahan"]
    search_fields = ["event__title", "partner__name", "cooperative__kelurahan__name"]
    search_help_text = _("Cari acara, mitra, atau kelurahan.")
    autocomplete_fields = ["event", "partner", "cooperative"]
    show_full_result_count = False
    list_per_page = 50
    fieldsets = [(None, {"fields": ["event", "partner", "cooperative"]})]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Attendance]:
        return Attendance.objects.visible_to(request.user)
