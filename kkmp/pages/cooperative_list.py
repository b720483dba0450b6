"""The list of cooperatives with their class on a day."""

from typing import Any

from django import forms
from django.db.models import F, Q, QuerySet
from django.http import HttpRequest, QueryDict
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cooperatives.asof import View, read_view
from cooperatives.columns import cooperative_column
from cooperatives.completeness import with_paper_count
from cooperatives.models import NEEDED
from kkmp.columns import Cell, Column, Kind, Part, column, in_order_of, words_of
from kkmp.list_answers import Register, answer, copy_of
from kkmp.listing import ListForm, list_columns
from kkmp.pages.cooperative import with_figures
from kkmp.tabular.writing import Text
from kkmp.templatetags.ui import tanggal
from outlets.models import Reason
from outlets.outlet_class import OutletClass, idle_because_of, with_outlet_class

CLASS_WORDS = words_of(OutletClass)
REASON_WORDS = words_of(Reason)


def _class(row: Any, _view: View) -> Cell:
    return Cell(str(CLASS_WORDS[row.outlet_class]), tone=row.outlet_class)


def _reason(row: Any, _view: View) -> Cell:
    if row.idle_since is None:
        return Cell()
    since = gettext("sejak %(day)s") % {"day": tanggal(row.idle_since)}
    return Cell(str(REASON_WORDS[row.idle_reason]), sub=since)


COLUMNS = (
    cooperative_column(""),
    column(
        "class",
        _("Status"),
        "outlet_class",
        words=CLASS_WORDS,
        cell=_class,
        order=(in_order_of("outlet_class", OutletClass),),
    ),
    Column(
        "reason",
        _("Sebab belum berjalan"),
        (
            Part(_("Sebab belum berjalan"), "idle_reason", words=REASON_WORDS),
            Part(_("Belum berjalan sejak"), "idle_since", Kind.DAY),
        ),
        cell=_reason,
        order=("idle_since",),
    ),
    column(
        "gap",
        _("Kekurangan"),
        "gap_idr",
        Kind.MONEY,
        title=_("Kekurangan modal (Rp)"),
        order=("gap_idr",),
    ),
    column("member_count", _("Anggota"), "member_count", Kind.NUMBER, order=("member_count",)),
    column(
        "papers",
        _("Surat (dari 7)"),
        "paper_count",
        Kind.NUMBER,
        order=("paper_count",),
        is_default=False,
    ),
    column("legal_name", _("Nama resmi"), "legal_name", width=40, is_default=False),
    column("office", _("Alamat kantor"), "office", width=40, is_default=False),
    column("phone", _("Telepon kantor"), "phone", is_default=False),
    column("nib", _("NIB"), "nib", is_default=False),
    column("registry_no", _("NIK koperasi"), "registry_no", is_default=False),
)
MOVES = {
    f"{before}-{after}": (before, after) for before in OutletClass.values for after in OutletClass.values
}


class CooperativeListForm(ListForm):
    """Filters of the list; its rows come from `with_figures` and `with_paper_count`.

    `moved` comes from the dashboard's flow: the class at `since`, a dash, the class at `on`.
    """

    columns = COLUMNS
    sorts = {
        "area": (_("Kecamatan, kelurahan"), ("kelurahan__kecamatan__name", "kelurahan__name", "pk")),
        "name": (_("Kelurahan"), ("kelurahan__name", "pk")),
        "idle": (
            _("Paling lama menganggur"),
            (F("idle_since").asc(nulls_last=True), "kelurahan__name", "pk"),
        ),
        "members": (_("Anggota terbanyak"), ("-member_count", "kelurahan__name", "pk")),
    }
    reason = forms.ChoiceField(
        label=_("Sebab"), required=False, choices=[("", _("Semua sebab")), *Reason.choices]
    )
    papers = forms.ChoiceField(
        label=_("Surat"),
        required=False,
        choices=[("", _("Semua")), ("missing", _("Ada yang kurang")), ("whole", _("Lengkap"))],
    )
    moved = forms.ChoiceField(
        required=False, choices=[(move, move) for move in MOVES], widget=forms.HiddenInput
    )

    def __init__(self, data: QueryDict, *, view: View) -> None:
        super().__init__(data)
        self.view = view
        # `class` is a word of the language, so the field cannot be written as an attribute.
        self.fields["class"] = forms.ChoiceField(
            label=_("Status"), required=False, choices=[("", _("Semua status")), *OutletClass.choices]
        )
        self.order_fields(["q", "class", "reason", "papers", "sort", "moved"])

    def narrow(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        wanted, view = self.cleaned_data, self.view
        if wanted.get("class"):
            rows = rows.filter(outlet_class=wanted["class"])
        if wanted.get("reason"):
            rows = idle_because_of(rows, wanted["reason"], on=view.on, known_at=view.known_at)
        if wanted.get("papers"):
            is_whole = Q(paper_count=len(NEEDED))
            rows = rows.filter(is_whole if wanted["papers"] == "whole" else ~is_whole)
        if wanted.get("moved"):
            before, after = MOVES[wanted["moved"]]
            rows = with_outlet_class(rows, on=view.since, known_at=view.known_at, name="class_before")
            rows = rows.filter(class_before=before, outlet_class=after)
        return rows

    def moved_in_words(self) -> str:
        """“Pindah dari … ke … antara … dan …”; empty where that filter is off."""
        if not self.cleaned_data.get("moved"):
            return ""
        before, after = (OutletClass(value).label for value in MOVES[self.cleaned_data["moved"]])
        return _("Pindah dari “%(before)s” ke “%(after)s” antara %(since)s dan %(on)s.") % {
            "before": before,
            "after": after,
            "since": date_format(self.view.since),
            "on": date_format(self.view.on),
        }

    def in_words(self) -> list[tuple[Text, str]]:
        moved = [(_("Perpindahan"), self.moved_in_words())] if self.cleaned_data.get("moved") else []
        return [*moved, *super().in_words()]


COOPERATIVES = Register(_("Daftar koperasi"), "koperasi")


def cooperative_list(request: HttpRequest) -> HttpResponseBase:
    view = read_view(request)
    form = CooperativeListForm.read(request.GET, view=view)
    cooperatives = with_paper_count(with_figures(view.cooperatives, view), on=view.on)
    if copy := copy_of(request, COOPERATIVES, form, cooperatives, question=view):
        return copy
    listing = list_columns(form, cooperatives, request.GET.get("page"), question=view)
    context = {
        "view": view,
        "moved": form.moved_in_words(),
        "reset_href": reverse("cooperatives:list"),
    }
    return answer(request, "cooperatives/list.html", "cooperatives/_list.html", listing, context)
