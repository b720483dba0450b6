"""What the back office of every edited row has: scope, history, the version check, and no delete."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from simple_history.admin import SimpleHistoryAdmin

from kkmp.edited import EditedForm
from kkmp.history import changes_between


class EditedAdmin(SimpleHistoryAdmin):
    """Rows of an EditedModel whose queryset has `visible_to`; of two editors the second is told, as on our pages."""

    form = EditedForm
    # The model's field is not editable; the form brings a hidden field of that name.
    exclude = ["version"]
    show_full_result_count = False
    list_per_page = 50
    save_on_top = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows: QuerySet[Any] = self.model._default_manager.visible_to(request.user)
        return rows.order_by(*self.get_ordering(request)) if self.get_ordering(request) else rows

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        fieldsets = [*super().get_fieldsets(request, obj)]
        may_change: bool = self.has_change_permission(request, obj)  # type: ignore[no-untyped-call]  # of simple-history
        if obj and may_change:
            fieldsets.append((None, {"fields": ["change_reason", "version"]}))
        return fieldsets

    def set_history_delta_changes(
        self,
        request: HttpRequest,
        historical_records: Any,
        foreign_keys_are_objs: bool = True,  # noqa: FBT001, FBT002  # of simple-history
    ) -> None:
        """In the words of our own pages, and the names of related rows in one query a field."""
        records = list(historical_records)
        told = changes_between(records, self.model, request.user)
        for record, changes in zip(records, told, strict=True):
            record.history_delta_changes = changes

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class FactAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # generic at type-check time only in django-stubs
    """Dated facts: everything can be read and nothing changed here; a correction is a fact of its own."""

    show_full_result_count = False
    list_per_page = 50

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows: QuerySet[Any] = self.model._default_manager.visible_to(request.user)
        return rows

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
