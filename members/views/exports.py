"""The whole register and the whole ledger as files; identity numbers masked, or opened for a purpose that is logged."""

from django.contrib.auth.decorators import permission_required
from django.db import transaction
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.text import format_lazy, slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cooperatives.asof import read_view
from cooperatives.models import Cooperative, CooperativeQuerySet
from cooperatives.views.profile import permitted
from kkmp.accounts.models import User, Verb
from kkmp.accounts.services import record_access
from kkmp.list_answers import copy_in_log
from kkmp.tabular.writing import Text, stream
from members.export_forms import ClearFileForm, FileForm
from members.exports import (
    Areas,
    entries_of,
    ledger_headings,
    ledger_rows,
    members_of,
    register_headings,
    register_rows,
)
from members.models import Member, SavingsEntry
from members.tabs import member_tabs
from members.throttle import consume, too_often


@permission_required("members.view_member", raise_exception=True)
def export(request: HttpRequest) -> HttpResponseBase:
    """The page; with `format` the register with masked numbers; by POST with a purpose that of one cooperative in clear."""
    mine = _cooperatives(request)
    if request.method == "POST":
        permitted(request, "members.reveal_national_id")
        clear_form = ClearFileForm(request.POST, cooperatives=mine)
        if not clear_form.is_valid():
            return _page(request, clear_form=clear_form)
        return _clear_file(request, clear_form, Areas(mine, clear_form.cleaned_data["cooperative"]))
    if "format" not in request.GET:
        return _page(request)
    form = FileForm(request.GET, cooperatives=mine, auto_id="register_%s")
    if not form.is_valid():
        return _page(request, form=form)
    areas = Areas(mine, form.cleaned_data["cooperative"])
    members = members_of(Member.objects.visible_to(request.user), areas)
    target = _in_log(request, gettext_lazy("Buku anggota"), areas, members.count())
    record_access(request, Verb.EXPORTED, target=target)
    return stream(
        register_headings(areas),
        register_rows(members, areas, is_clear=False),
        name=_file_name(_("buku-anggota"), areas, form.cleaned_data["format"]),
        sheet=_("Buku anggota"),
    )


def _clear_file(request: HttpRequest, form: ClearFileForm, areas: Areas) -> HttpResponseBase:
    if not consume(request, action="reveal_national_id"):
        return too_often(request)
    members = members_of(Member.objects.visible_to(request.user), areas)
    rows, numbers = members.count(), members.exclude(national_id_cipher=None).count()
    exported = _in_log(request, gettext_lazy("Buku anggota dengan NIK"), areas, rows)
    revealed = _in_log(
        request,
        format_lazy("{list}, {count} NIK", list=gettext_lazy("Buku anggota dengan NIK"), count=numbers),
        areas,
        rows,
    )
    # First the log: no file leaves that nobody will know of.
    with transaction.atomic():
        record_access(request, Verb.EXPORTED, target=exported, purpose=form.in_words())
        record_access(request, Verb.REVEALED, target=revealed, purpose=form.in_words())
    return stream(
        register_headings(areas),
        register_rows(members, areas, is_clear=True),
        name=_file_name(_("buku-anggota-nik"), areas, form.cleaned_data["format"]),
        sheet=_("Buku anggota"),
    )


@permission_required("members.view_savingsentry", raise_exception=True)
def export_ledger(request: HttpRequest) -> HttpResponseBase:
    mine = _cooperatives(request)
    form = FileForm(request.GET, cooperatives=mine, auto_id="ledger_%s")
    if not form.is_valid():
        return _page(request, ledger_form=form)
    areas = Areas(mine, form.cleaned_data["cooperative"])
    entries = entries_of(SavingsEntry.objects.visible_to(request.user), areas)
    target = _in_log(request, gettext_lazy("Mutasi simpanan"), areas, entries.count())
    record_access(request, Verb.EXPORTED, target=target)
    return stream(
        ledger_headings(areas),
        ledger_rows(entries, areas),
        name=_file_name(_("mutasi-simpanan"), areas, form.cleaned_data["format"]),
        sheet=_("Mutasi simpanan"),
    )


def _page(
    request: HttpRequest,
    *,
    form: FileForm | None = None,
    ledger_form: FileForm | None = None,
    clear_form: ClearFileForm | None = None,
) -> HttpResponseBase:
    assert isinstance(request.user, User)  # noqa: S101  # both views ask for a right
    mine = _cooperatives(request)
    initial = {"cooperative": _likely(request, mine)}
    may_open = request.user.has_perm("members.reveal_national_id")
    context = {
        "tabs": member_tabs(request, "members:export"),
        "form": form or FileForm(cooperatives=mine, initial=initial, auto_id="register_%s"),
        "ledger_form": ledger_form or FileForm(cooperatives=mine, initial=initial, auto_id="ledger_%s"),
        "clear_form": clear_form or (ClearFileForm(cooperatives=mine, initial=initial) if may_open else None),
        "member_count": members_of(Member.objects.visible_to(request.user), Areas(mine)).count(),
        "entry_count": SavingsEntry.objects.visible_to(request.user).count(),
    }
    return render(request, "members/export.html", context)


def _likely(request: HttpRequest, mine: CooperativeQuerySet) -> str:
    """The cooperative that the address names, or the only one there is."""
    first_two = list(mine[:2])
    return request.GET.get("cooperative", "") or (first_two[0].kelurahan_id if len(first_two) == 1 else "")


def _cooperatives(request: HttpRequest) -> CooperativeQuerySet:
    return Cooperative.objects.visible_to(request.user).select_related("kelurahan__kecamatan")


def _area(areas: Areas) -> str:
    return str(areas.chosen) if areas.chosen else _("seluruh wilayah tugas")


def _file_name(slug: str, areas: Areas, kind: str) -> str:
    return f"{slug}-{timezone.localdate().isoformat()}-{slugify(_area(areas))}.{kind}"


def _in_log(request: HttpRequest, title: Text, areas: Areas, count: int) -> str:
    """As lists are logged, so that the letter to a member finds both (`members.who_saw`)."""
    view = read_view(request)
    return copy_in_log(
        title, on=view.today, area=lambda: str(areas.chosen or view.area_in_words), count=count
    )
