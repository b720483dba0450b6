"""Back office of the members' register."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kkmp.accounts.models import Verb
from kkmp.accounts.services import record_access
from kkmp.back_office import EditedAdmin, FactAdmin
from members.forms import SealedForm
from members.models import Member, MonthLock, SavingsEntry, SavingsRate
from members.national_ids import masked


@admin.register(Member)
class MemberAdmin(EditedAdmin):
    """Corrections to the register; a membership ends, it is never deleted. An identity number stays masked here."""

    form = SealedForm
    list_display = ["number", "full_name", "cooperative", "kind", "state_today", "joined_on", "ended_on"]
    list_display_links = ["number", "full_name"]
    list_filter = [
        *("kind", "gender", "is_taken_over", "cooperative__kelurahan__kecamatan"),
        *("applied_on", "joined_on", "ended_on", "voided_on"),
    ]
    list_select_related = ["cooperative__kelurahan"]
    search_fields = ["full_name", "number", "cooperative__kelurahan__name", "cooperative__kelurahan__code"]
    search_help_text = _("Cari nama, nomor anggota, atau kelurahan.")
    autocomplete_fields = ["cooperative"]
    date_hierarchy = "joined_on"
    readonly_fields = [
        *("masked_national_id", "state_today", "is_taken_over"),
        *("voided_on", "void_reason", "anonymised_on"),
    ]
    fieldsets = [
        (None, {"fields": ["cooperative", "number", "full_name", "masked_national_id"]}),
        (_("Orang"), {"fields": ["gender", "birth_date", "phone", "address", "rt", "rw"]}),
        (_("Syarat"), {"fields": ["domicile", "ktp_seen_on", "is_taken_over"]}),
        (
            _("Keanggotaan"),
            {
                "fields": [
                    *("state_today", "kind", "applied_on", "joined_on", "ended_on", "end_reason"),
                    *("voided_on", "void_reason", "anonymised_on"),
                ]
            },
        ),
    ]

    @admin.display(description="NIK")
    def masked_national_id(self, member: Member) -> str:
        return masked(member.national_id_last) or gettext("menyusul")

    @admin.display(description=_("Keadaan"))
    def state_today(self, member: Member) -> str:
        return str(member.state_on(timezone.localdate()).label) if member.pk else "–"

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """The cooperative of a row never changes; a voided or anonymised one stays as it is."""
        if obj and (obj.voided_on or obj.anonymised_on):
            return [str(field) for _title, options in self.fieldsets for field in options["fields"]]
        return [*self.readonly_fields, *(["cooperative"] if obj else [])]

    def change_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method == "GET":
            record_access(request, Verb.PERSON_VIEWED, target=f"members.member {object_id}")
        response: HttpResponse = super().change_view(request, object_id, *args, **kwargs)
        return response


@admin.register(SavingsRate)
class SavingsRateAdmin(EditedAdmin):
    """What the cooperatives ask of their members; kept on their pages, read only here."""

    list_display = ["cooperative", "kind", "amount_idr", "starts_on", "basis"]
    list_filter = ["kind", "cooperative__kelurahan__kecamatan", "starts_on"]
    list_select_related = ["cooperative__kelurahan"]
    search_fields = ["cooperative__kelurahan__name", "cooperative__kelurahan__code"]
    date_hierarchy = "starts_on"


@admin.register(SavingsEntry)
class SavingsEntryAdmin(FactAdmin):
    """The ledger, line by line; a mistake is taken back on its page."""

    list_display = ["value_on", "member", "kind", "movement", "amount_idr", "month", "receipt_no"]
    list_filter = ["kind", "movement", "cooperative__kelurahan__kecamatan", "value_on"]
    list_select_related = ["member"]
    search_fields = ["receipt_no", "member__full_name", "member__number"]
    date_hierarchy = "value_on"


@admin.register(MonthLock)
class MonthLockAdmin(FactAdmin):
    """Closed months, and those that were opened again."""

    list_display = ["cooperative", "through_on", "locked_by", "locked_at", "reopened_by", "reopened_at"]
    list_filter = ["cooperative__kelurahan__kecamatan", "through_on"]
    list_select_related = ["cooperative__kelurahan", "locked_by", "reopened_by"]
    search_fields = ["cooperative__kelurahan__name", "cooperative__kelurahan__code"]
    date_hierarchy = "through_on"
