"""Back office of the members' register."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from kkmp.accounts.models import Verb
from kkmp.accounts.services import record_access
from kkmp.back_office import EditedAdmin
from members.models import Member


@admin.register(Member)
class MemberAdmin(EditedAdmin):
    """Corrections to the register; a membership ends, it is never deleted."""

    list_display = ["number", "full_name", "cooperative", "gender", "joined_on", "ended_on"]
    list_display_links = ["number", "full_name"]
    list_filter = ["gender", "cooperative__kelurahan__kecamatan", "joined_on", "ended_on"]
    list_select_related = ["cooperative__kelurahan"]
    search_fields = ["full_name", "number", "cooperative__kelurahan__name", "cooperative__kelurahan__code"]
    search_help_text = _("Cari nama, nomor anggota, atau kelurahan.")
    autocomplete_fields = ["cooperative"]
    date_hierarchy = "joined_on"
    fieldsets = [
        (None, {"fields": ["cooperative", "number", "full_name", "gender"]}),
        (_("Keanggotaan"), {"fields": ["joined_on", "ended_on"]}),
    ]

    def change_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method == "GET":
            record_access(request, Verb.PERSON_VIEWED, target=f"members.member {object_id}")
        response: HttpResponse = super().change_view(request, object_id, *args, **kwargs)
        return response
