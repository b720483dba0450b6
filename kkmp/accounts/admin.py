"""Back office of accounts: people and their roles, the second factor of a lost phone, the access log, sign-in links."""

from importlib import import_module
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django import forms
from django.contrib import admin, messages
from django.contrib.admin.widgets import AdminTextInputWidget
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.forms import UserChangeForm
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.forms import BaseInlineFormSet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kkmp.accounts.events import kind
from kkmp.accounts.models import AccessEvent, SignInLink, User, Verb
from kkmp.accounts.permissions import link_receivers
from kkmp.accounts.second_factors import end_sessions
from kkmp.accounts.services import record_access
from kkmp.back_office import FactAdmin
from kkmp.templatetags.ui import waktu

# Accounts are not told apart by e-mail here, and second factors stand on the page of their owner.
for module, model in (("allauth.account.admin", EmailAddress), ("allauth.mfa.admin", Authenticator)):
    import_module(module)  # discovered after this module otherwise
    admin.site.unregister(model)
# Rights come from the role alone.
admin.site.unregister(Group)

# What somebody may do hangs on these fields; a change of one is written to the access log.
RIGHTS = ("role", "is_active", "is_superuser")


class PersonAddForm(forms.ModelForm):  # type: ignore[type-arg]  # generic at type-check time only in django-stubs
    """A new account has no password: its owner gets a sign-in link and chooses one."""

    class Meta:
        model = User
        fields = ["username", "full_name", "role", "phone"]

    def save(self, commit: bool = True) -> Any:  # noqa: FBT001, FBT002  # Django's signature
        self.instance.set_unusable_password()
        return super().save(commit)


class PersonForm(UserChangeForm):  # type: ignore[type-arg]  # generic for mypy only
    """An account as an admin changes it; the reason is written to the access log."""

    lost_phone = forms.CharField(
        label=_("Alasan kode dihapus"),
        required=False,
        max_length=200,
        widget=AdminTextInputWidget,
        help_text=_(
            "Wajib bila kode sekali pakai di bawah dihapus; tercatat di log akses. Pastikan dulu bahwa yang meminta memang orangnya. "
            "Orang itu keluar dari semua peramban, lalu memasang kode baru."
        ),
    )


class SecondFactorFormSet(BaseInlineFormSet):  # type: ignore[type-arg]  # generic for mypy only
    """Nobody takes a second factor away without saying why."""

    def clean(self) -> None:
        super().clean()
        if self.deleted_forms and not self.data.get("lost_phone", "").strip():
            raise ValidationError(
                _("Isi “Alasan kode dihapus”, misalnya: ponsel hilang, dilaporkan lewat telepon.")
            )


class SecondFactorInline(admin.TabularInline):  # type: ignore[type-arg]  # generic for mypy only
    """The way out for a lost phone: tick “hapus” and save; the owner then switches a new one on."""

    model = Authenticator
    formset = SecondFactorFormSet
    verbose_name = _("kode sekali pakai")
    verbose_name_plural = _("kode sekali pakai (hapus bila ponselnya hilang)")
    readonly_fields = ["what", "active_since", "last_used"]
    fields = [*readonly_fields]
    extra = 0

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @admin.display(description=_("jenis"))
    def what(self, row: Authenticator) -> str:
        return gettext("aplikasi kode") if row.type == Authenticator.Type.TOTP else gettext("kode cadangan")

    @admin.display(description=_("aktif sejak"))
    def active_since(self, row: Authenticator) -> Any:
        return waktu(row.created_at)

    @admin.display(description=_("terakhir dipakai"))
    def last_used(self, row: Authenticator) -> Any:
        return waktu(row.last_used_at) if row.last_used_at else "–"


@admin.register(User)
class UserAdmin(DjangoUserAdmin):  # type: ignore[type-arg]  # generic for mypy only
    """Accounts are locked, not deleted: the log and every decision name them for ever."""

    form = PersonForm
    add_form = PersonAddForm
    add_form_template = None
    list_display = ["full_name", "username", "role", "is_active", "last_login"]
    list_display_links = ["full_name", "username"]
    list_filter = ["role", "is_active", "last_login"]
    list_per_page = 50
    search_fields = ["full_name", "username"]
    search_help_text = _("Cari nama atau nama pengguna.")
    ordering = ["full_name", "pk"]
    filter_horizontal = []
    show_full_result_count = False
    readonly_fields = ["is_superuser", "last_login", "date_joined", "sign_in_link"]
    inlines = [SecondFactorInline]
    fieldsets = [
        (None, {"fields": ["full_name", "username", "password", "sign_in_link"]}),
        (_("Peran"), {"fields": ["role", "is_active", "is_superuser"]}),
        (_("Kontak"), {"fields": ["phone", "email"]}),
        (_("Catatan"), {"fields": ["last_login", "date_joined"]}),
        (_("Ponsel hilang"), {"fields": ["lost_phone"]}),
    ]
    add_fieldsets = [(None, {"fields": ["full_name", "username", "role", "phone"]})]

    @admin.display(description=_("tautan masuk"))
    def sign_in_link(self, person: User) -> str:
        query = urlencode({"q": person.username})
        return format_html(
            '<a href="{}?{}">{}</a>', reverse("accounts:people"), query, gettext("Buat tautan masuk")
        )

    def get_inlines(self, request: HttpRequest, obj: Any = None) -> Any:
        return super().get_inlines(request, obj) if obj else []

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> list[str]:
        """Nobody raises or locks themselves; somebody else does, and the log names them."""
        own = ["role", "is_active"] if obj and obj == request.user else []
        return [*super().get_readonly_fields(request, obj), *own]

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """The break-glass account is out of reach: its password would give every right."""
        if isinstance(obj, User) and obj.is_superuser and not request.user.is_superuser:
            return False
        return super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:  # noqa: FBT001  # Django's
        super().save_model(request, obj, form, change)
        if change:
            changes = [_in_words(obj, form, name) for name in RIGHTS if name in form.changed_data]
        else:
            changes = [f"akun baru, peran {obj.role}"]
        if changes:
            record_access(request, Verb.RIGHT_CHANGED, target=f"{obj.username}: {', '.join(changes)}")

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:  # noqa: FBT001
        """Deleting the app's secret deletes the recovery codes with it: alone they protect nothing."""
        super().save_formset(request, form, formset, change)
        for row in formset.deleted_objects:
            target = f"{form.instance.username}: mati oleh admin, {kind(row)}"
            purpose = form.cleaned_data["lost_phone"]
            record_access(request, Verb.SECOND_FACTOR_CHANGED, target=target, purpose=purpose)
        rest = Authenticator.objects.filter(user=form.instance)
        if formset.deleted_objects and not rest.exclude(type=Authenticator.Type.RECOVERY_CODES).exists():
            rest.delete()
            end_sessions(form.instance)

    def user_change_password(self, request: HttpRequest, id: str, form_url: str = "") -> HttpResponse:  # noqa: A002
        response: HttpResponse = super().user_change_password(request, id, form_url)
        if request.method == "POST" and response.status_code == 302:
            person = User.objects.get(pk=id)
            record_access(request, Verb.PASSWORD_CHANGED, target=f"{person.username}: oleh admin")
        return response

    def response_add(
        self, request: HttpRequest, obj: User, post_url_continue: str | None = None
    ) -> HttpResponse:
        if isinstance(request.user, User) and link_receivers(request.user).filter(pk=obj.pk).exists():
            link = self.sign_in_link(obj)
            messages.info(
                request, format_html("{} {}", gettext("Akun ini belum mempunyai kata sandi."), link)
            )
        return super().response_add(request, obj, post_url_continue)


def _in_words(person: User, form: Any, name: str) -> str:
    """The log is written in the language of the office: role codes and two words."""
    if name == "role":
        return f"peran {form.initial['role']} → {person.role}"
    if name == "is_active":
        return "diaktifkan" if person.is_active else "dinonaktifkan"
    return "akun darurat" if person.is_superuser else "bukan lagi akun darurat"


class LogAdmin(FactAdmin):
    """Nobody writes here by hand, and only those who may read the whole log come here."""

    def get_queryset(self, request: HttpRequest) -> Any:
        return self.model._default_manager.all()


@admin.register(AccessEvent)
class AccessEventAdmin(LogAdmin):
    list_display = ["at", "user", "verb", "target", "purpose", "ip"]
    list_filter = ["verb", "at"]
    list_select_related = ["user"]
    search_fields = ["user__full_name", "user__username", "target", "ip"]
    search_help_text = _("Cari orang, sasaran, atau alamat IP.")
    readonly_fields = ["at", "user", "verb", "target", "purpose", "ip"]
    fields = [*readonly_fields]


@admin.register(SignInLink)
class SignInLinkAdmin(LogAdmin):
    list_display = ["user", "made_by", "made_at", "expires_at", "used_at"]
    list_filter = ["made_at", "used_at"]
    list_select_related = ["user", "made_by"]
    search_fields = ["user__full_name", "user__username", "made_by__full_name", "made_by__username"]
    search_help_text = _("Cari penerima atau pembuat tautan.")
    readonly_fields = ["user", "made_by", "made_at", "expires_at", "used_at"]
    fields = [*readonly_fields]
