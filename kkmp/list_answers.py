"""How a list of columns answers: as a page, as the piece of it that htmx asked for, as a file, or to be printed."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

from django.db.models import QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.formats import date_format
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django_htmx.middleware import HtmxDetails

from kkmp.accounts.models import Verb
from kkmp.accounts.services import record_access
from kkmp.languages import in_office_language
from kkmp.listing import FILE_KINDS, ListForm, Listing, file_headings, file_rows, list_columns
from kkmp.tabular.writing import Text, stream

# The id of the piece that toolbar, heads of columns and pager replace.
PIECE = "list"
MOST_PRINTED = 1_000


class Question(Protocol):
    """What a page is asked about, as far as files and prints name it."""

    @property
    def on(self) -> date: ...
    @property
    def area_in_words(self) -> str: ...


@dataclass(frozen=True)
class Register:
    """A list as people name it: `title` above a print and on the sheet, `slug` in the names of its files."""

    title: Text
    slug: str


def copy_of(
    request: HttpRequest, register: Register, form: ListForm, rows: QuerySet[Any], *, question: Question
) -> HttpResponseBase | None:
    """All rows of the list as a file or to be printed, logged; None where the address asks for a page."""
    if (kind := request.GET.get("format")) in FILE_KINDS:
        _log(request, Verb.EXPORTED, register, form=form, count=form.rows(rows).count(), question=question)
        name = f"{register.slug}-{question.on.isoformat()}-{slugify(_area(form, question))}.{kind}"
        return stream(
            file_headings(form),
            file_rows(form, rows, question=question),
            name=name,
            sheet=str(register.title),
        )
    if "print" in request.GET:
        listing = list_columns(form, rows, None, question=question, per_page=MOST_PRINTED)
        printed = min(listing.total, MOST_PRINTED)
        _log(request, Verb.PRINTED, register, form=form, count=printed, question=question)
        context = {
            "register": register,
            "listing": listing,
            "on": question.on,
            "area": _area(form, question),
            "most": MOST_PRINTED,
        }
        return render(request, "lists/print.html", context)
    return None


def answer(
    request: HttpRequest, template: str, piece: str, listing: Listing, context: dict[str, Any]
) -> HttpResponseBase:
    """The page; for htmx that replaces the list, the template of the piece that the page includes."""
    htmx: HtmxDetails = request.htmx  # type: ignore[attr-defined]  # set by its middleware
    is_piece = bool(htmx) and htmx.target == PIECE and not htmx.history_restore_request
    return render(request, piece if is_piece else template, {**context, "listing": listing})


def _area(form: ListForm, question: Question) -> str:
    """The one cooperative that was chosen, else the area of the page."""
    return str(form.cleaned_data.get("cooperative") or question.area_in_words)


def _log(
    request: HttpRequest, verb: Verb, register: Register, *, form: ListForm, count: int, question: Question
) -> None:
    target = copy_in_log(register.title, on=question.on, area=lambda: _area(form, question), count=count)
    record_access(request, verb, target=target)


def copy_in_log(title: Text, *, on: date, area: Callable[[], str], count: int) -> str:
    """“Daftar anggota per 16/03/2026, KKMP Melawai: 60 baris”; `area` is asked in the language of the log."""
    with in_office_language():
        return _("%(list)s per %(day)s, %(area)s: %(count)d baris") % {
            "list": title,
            "day": date_format(on, "d/m/Y"),
            "area": area(),
            "count": count,
        }
