"""The access log: who signed in, looked at, took away or changed what, and from where."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django import forms
from django.contrib.auth.decorators import permission_required
from django.db.models import QuerySet
from django.http import HttpRequest, QueryDict
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cooperatives.asof import View, read_view
from kkmp.accounts.models import AccessEvent, User, Verb
from kkmp.columns import Cell, Column, Kind, Part, column, words_of
from kkmp.list_answers import Register, answer, copy_of
from kkmp.listing import ListForm, list_columns
from kkmp.pages.sight import access_tabs
from kkmp.templatetags.ui import waktu
from kkmp.widgets import DayInput


@dataclass(frozen=True)
class Days:
    """The question of the log: events after `since` up to the end of `on`."""

    view: View

    @property
    def on(self) -> date:
        return self.view.on

    @property
    def area_in_words(self) -> str:
        """What stands in the place of an area: the days."""
        first = self.view.since + timedelta(days=1)
        return _("%(start)s sampai %(end)s") % {
            "start": date_format(first, "d/m/Y"),
            "end": date_format(self.on, "d/m/Y"),
        }


def _who_cell(row: Any, days: Days) -> Cell:
    if row.user is None:
        return Cell(_("tidak dikenal"), is_unknown=True)
    href = days.view.link(reverse("access:person", args=[row.user]))
    return Cell(row.user__full_name or row.user__username, href=href, sub=row.user__username)


LOG_COLUMNS = (
    column(
        "at",
        gettext_lazy("Waktu (WIB)"),
        "at",
        Kind.DAY,
        cell=lambda row, _days: Cell(waktu(row.at)),
    ),
    Column(
        "user",
        gettext_lazy("Pengguna"),
        (
            Part(gettext_lazy("Pengguna"), "user__full_name", width=32),
            Part(gettext_lazy("Nama pengguna"), "user__username", width=24),
        ),
        cell=_who_cell,
        extra=("user",),
    ),
    column("verb", gettext_lazy("Peristiwa"), "verb", words=words_of(Verb), width=24),
    column("target", gettext_lazy("Sasaran"), "target", width=64),
    column("purpose", gettext_lazy("Keperluan"), "purpose", width=40),
    column("ip", gettext_lazy("Alamat IP"), "ip"),
)


class LogForm(ListForm):
    columns = LOG_COLUMNS
    sorts = {
        "newest": (gettext_lazy("Terbaru"), ("-at", "-pk")),
        "oldest": (gettext_lazy("Terlama"), ("at", "pk")),
    }
    # Read and told by `read_view`, as everywhere; here it can be chosen.
    since = forms.CharField(label=gettext_lazy("Sesudah tanggal"), required=False, widget=DayInput)
    person = forms.ModelChoiceField(
        User.objects.all(),
        label=gettext_lazy("Pengguna"),
        required=False,
        empty_label=gettext_lazy("Semua pengguna"),
        error_messages={"invalid_choice": gettext_lazy("Orang itu tidak ada; semua pengguna ditampilkan.")},
    )
    verb = forms.ChoiceField(
        label=gettext_lazy("Peristiwa"),
        required=False,
        choices=[("", gettext_lazy("Semua peristiwa")), *Verb.choices],
    )
    field_order = ["q", "since", "person", "verb", "sort"]

    def is_narrowing(self, name: str, value: Any) -> bool:
        """The days stand in every title."""
        return name != "since" and super().is_narrowing(name, value)

    def narrow(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        if chosen := self.cleaned_data.get("person"):
            rows = rows.filter(user=chosen)
        if verb := self.cleaned_data.get("verb"):
            rows = rows.filter(verb=verb)
        return rows


LOG = Register(gettext_lazy("Log akses"), "log-akses")


def _with_since(data: QueryDict, view: View) -> QueryDict:
    """The field shows the day that answers, also where the address names none or none that can be."""
    shown = data.copy()
    shown["since"] = view.since.isoformat()
    return shown


def _without_the_copy(events: QuerySet[AccessEvent]) -> QuerySet[AccessEvent]:
    """The line that is written about a copy comes after the copy, which says how many lines it has."""
    newest = AccessEvent.objects.order_by("-pk").values_list("pk", flat=True).first()
    return events.filter(pk__lte=newest or 0)


@permission_required("accounts.view_accessevent", raise_exception=True)
def access_log(request: HttpRequest) -> HttpResponseBase:
    """A month of it unless other days are asked for; taking it away as a file is a line of it too."""
    view = read_view(request)
    days = Days(view)
    form = LogForm.read(_with_since(request.GET, view))
    events = AccessEvent.objects.between(view.since, view.on)
    is_copy = "format" in request.GET or "print" in request.GET
    rows = _without_the_copy(events) if is_copy else events
    if copy := copy_of(request, LOG, form, rows, question=days):
        return copy
    listing = list_columns(form, events, request.GET.get("page"), question=days)
    context = {
        "view": view,
        "days": days.area_in_words,
        "tabs": access_tabs(request, view, "access:log"),
        "reset_href": reverse("access:log"),
    }
    return answer(request, "access/log.html", "access/_log.html", listing, context)
