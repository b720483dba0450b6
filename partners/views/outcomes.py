"""The page of what became of the help, by partner and in all, with its copies."""

from collections.abc import Iterator

from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import gettext_lazy

from cooperatives.asof import View, read_view
from kkmp.accounts.models import Verb
from kkmp.accounts.services import record_access
from kkmp.list_answers import copy_in_log
from kkmp.listing import FILE_KINDS, as_file
from kkmp.tabular.writing import Heading, OutCell
from partners.columns import AGREED_CHOICE
from partners.outcomes import Outcomes, read_outcomes

TITLE = gettext_lazy("Hasil bantuan per mitra")
HEADINGS = (
    Heading(gettext_lazy("Mitra"), 32, is_text=True),
    Heading(gettext_lazy("Kategori"), is_text=True),
    Heading(gettext_lazy("Jumlah bantuan")),
    Heading(gettext_lazy("Bantuan tanpa nilai")),
    Heading(gettext_lazy("Dijanjikan (Rp)")),
    Heading(gettext_lazy("Tersalur (Rp)")),
    Heading(gettext_lazy("Di antaranya hibah (Rp)")),
    Heading(gettext_lazy("Gerai dibantu")),
    Heading(gettext_lazy("Gerai mulai berjalan")),
    Heading(gettext_lazy("Masih berjalan")),
)


@permission_required("partners.view_support", raise_exception=True)
def outcomes(request: HttpRequest) -> HttpResponseBase:
    view = read_view(request)
    found = read_outcomes(view.cooperatives, on=view.on)
    kind = request.GET.get("format")
    if kind in FILE_KINDS:
        _log(request, Verb.EXPORTED, found, view)
        name = f"hasil-mitra-{view.on.isoformat()}-{slugify(view.area_in_words)}"
        return as_file(kind, HEADINGS, _rows(found), name=name, sheet=str(TITLE))
    is_print = "print" in request.GET
    if is_print:
        _log(request, Verb.PRINTED, found, view)
    context = {
        "view": view,
        "title": TITLE,
        "outcomes": found,
        "agreed": AGREED_CHOICE,
        "is_print": is_print,
        "page_href": view.link(reverse("partners:outcomes")),
        "csv_href": view.link(request.path, format="csv"),
        "xlsx_href": view.link(request.path, format="xlsx"),
        "print_href": view.link(request.path, print=1),
    }
    return render(request, "partners/outcomes.html", context)


def _rows(found: Outcomes) -> Iterator[list[OutCell]]:
    for row in found.partners:
        assert row.partner  # noqa: S101  # only the whole has none
        yield [
            row.partner.name,
            row.partner.get_category_display(),
            *(row.support_count, row.unknown_count),
            # Unknown is not zero.
            row.promised_idr or (None if row.unknown_count else 0),
            *(row.arrived_idr, row.granted_idr),
            *(row.helped_count, row.opened_count, row.running_count),
        ]


def _log(request: HttpRequest, verb: Verb, found: Outcomes, view: View) -> None:
    target = copy_in_log(TITLE, on=view.on, area=lambda: view.area_in_words, count=len(found.partners))
    record_access(request, verb, target=target)
