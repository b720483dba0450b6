"""Back office of imports: what came in, row by row; read only, since an import is undone on its page."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from kkmp.imports.models import ImportBatch, ImportRow


class ReadOnlyAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # generic at type-check time only in django-stubs
    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(ImportBatch)
class ImportBatchAdmin(ReadOnlyAdmin):
    list_display = ("file_name", "kind", "state", "by", "at", "confirmed_at", "undone_at")
    list_filter = ("state", "kind", "at")
    search_fields = ("file_name", "by__full_name", "sha256")
    list_select_related = ("by",)
    date_hierarchy = "at"
    fieldsets = (
        (None, {"fields": ("kind", "file_name", "state", "cooperative", "counts", "ignored", "sha256")}),
        (
            _("Jejak"),
            {"fields": ("by", "at", "confirmed_by", "confirmed_at", "undone_by", "undone_at", "undo_note")},
        ),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[ImportBatch]:
        return ImportBatch.objects.visible_to(request.user)


@admin.register(ImportRow)
class ImportRowAdmin(ReadOnlyAdmin):
    list_display = ("batch", "number", "outcome", "effect")
    list_filter = ("outcome", "batch__kind", "batch__state")
    search_fields = ("batch__file_name", "effect")
    list_select_related = ("batch",)
    fieldsets = (
        (None, {"fields": ("batch", "number", "outcome", "effect")}),
        (_("Isi"), {"fields": ("payload", "messages", "targets")}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[ImportRow]:
        return ImportRow.objects.visible_to(request.user)
