"""The leader's sheet at its address: on screen and to be printed, as a PDF, as a workbook; files are logged."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import slugify
from django.utils.translation import gettext as _

from cooperatives.asof import View, read_view
from kkmp.accounts.models import Verb
from kkmp.accounts.services import record_access
from kkmp.pages.sheet.build import make_sheet
from kkmp.pages.sheet.definition import Sheet
from kkmp.pages.sheet.pdf import fit, write_pdf
from kkmp.pages.sheet.workbook import write_workbook
from kkmp.tabular.writing import XLSX

# What `?format=` may ask for: the media type, and what writes it.
FILES: dict[str, tuple[str, Callable[[Sheet], bytes]]] = {
    "pdf": ("application/pdf", write_pdf),
    "xlsx": (XLSX, write_workbook),
}


def sheet_page(request: HttpRequest) -> HttpResponse:
    view = read_view(request)
    sheet = make_sheet(view, printed_at=timezone.now())
    if (kind := request.GET.get("format", "")) in FILES:
        return _file(request, view, sheet, kind)
    links = {"since": view.since.isoformat() if view.since_given else ""}
    context = {
        "view": view,
        "sheet": sheet,
        "fit": fit(sheet),
        "pdf_href": view.link("", format="pdf", **links),
        "xlsx_href": view.link("", format="xlsx", **links),
    }
    return render(request, "sheet/sheet.html", context)


def _file(request: HttpRequest, view: View, sheet: Sheet, kind: str) -> HttpResponse:
    target = _("%(sheet)s (%(kind)s) per %(day)s, %(area)s") % {
        "sheet": sheet.kind,
        "kind": kind.upper(),
        "day": date_format(view.on, "d/m/Y"),
        "area": sheet.area,
    }
    record_access(request, Verb.EXPORTED, target=target)
    media_type, write = FILES[kind]
    answer = HttpResponse(write(sheet), content_type=media_type)
    name = f"lembar-pimpinan-{view.on.isoformat()}-{slugify(view.area_in_words)}.{kind}"
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
