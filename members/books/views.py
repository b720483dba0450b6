"""Pages of the statutory books: the shelf of a cooperative, and each book to be printed or as a PDF."""

from collections.abc import Callable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import slugify
from django.views.decorators.http import require_http_methods

from cooperatives.asof import View, read_view
from cooperatives.models import Cooperative
from kkmp.accounts.models import Verb
from kkmp.accounts.services import record_access
from kkmp.pdf.paper import Paper
from kkmp.pdf.writing import write_paper
from members.books import savings
from members.books.definition import Asked, Book
from members.books.forms import PurposeForm, ShelfForm
from members.books.shelf import BOOKS, OF_COOPERATIVE, counts_of, make_book
from members.models import Member
from members.persons import visible_member
from members.tabs import member_tabs
from members.throttle import consume, too_often
from members.who_saw import book_in_log, named_in_log

# Members offered for a savings card; whoever finds more types more of the name.
MOST_FOUND = 20


def shelf(request: HttpRequest) -> HttpResponse:
    """Which books there are of one cooperative, and how much stands in each on the day."""
    view = read_view(request)
    form = ShelfForm(request.GET, view=view, finds_members=savings.BOOK.may_be_read_by(view.user))
    form.is_valid()
    cooperative = form.cleaned_data.get("cooperative") or _only_one(view)
    asked = Asked(view.user, view.on, timezone.now())
    context: dict[str, Any] = {"view": view, "form": form, "cooperative": cooperative, "found": None}
    context["tabs"] = member_tabs(request, "books:index")
    if cooperative:
        context["books"] = _offered(cooperative, view, asked)
        if typed := form.cleaned_data.get("member"):
            mine = Member.objects.visible_to(view.user).filter(cooperative=cooperative)
            found = list(mine.search(typed).exclude(number="").order_by("full_name", "pk")[: MOST_FOUND + 1])
            context |= {"found": found[:MOST_FOUND], "is_cut": len(found) > MOST_FOUND}
    else:
        context["has_any"] = view.cooperatives.exists()
    return render(request, "books/index.html", context)


def _only_one(view: View) -> Cooperative | None:
    candidates = view.cooperatives.select_related("kelurahan")[:2]
    return candidates[0] if len(candidates) == 1 else None


def _offered(cooperative: Cooperative, view: View, asked: Asked) -> list[dict[str, Any]]:
    """Each book that this person may read, with its count and addresses."""
    counts = counts_of(cooperative, asked)
    offered = []
    for book in BOOKS.values():
        if book.number not in counts:
            continue
        href = reverse("books:book", args=[cooperative.kelurahan_id, book.number])
        is_whole = book in OF_COOPERATIVE
        offered.append(
            {
                "book": book,
                "count": counts[book.number],
                "href": view.link(href) if is_whole else "",
                "pdf_href": view.link(href, format="pdf") if is_whole else "",
            }
        )
    return offered


@require_http_methods(["GET", "HEAD", "POST"])
def book(request: HttpRequest, code: str, number: str) -> HttpResponse:
    """By GET with masked identity numbers; by POST with a purpose they show, and it is remembered who asked."""
    view = read_view(request)
    cooperatives = Cooperative.objects.visible_to(view.user).select_related("kelurahan__kecamatan")
    cooperative = get_object_or_404(cooperatives, kelurahan=code)
    found = next((one for one in OF_COOPERATIVE if one.number == number), None)
    if found is None:
        raise Http404
    _permitted(request, found)
    return _answer(
        request,
        view,
        found,
        make=lambda asked: make_book(found, cooperative, asked),
        target=book_in_log(number, cooperative),
        slug=f"buku-{number}-{slugify(cooperative.kelurahan.name)}",
        back_href=view.link(reverse("books:index"), cooperative=code),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def savings_book(request: HttpRequest, pk: int) -> HttpResponse:
    """A member's savings card."""
    view = read_view(request)
    member = visible_member(request, pk)
    _permitted(request, savings.BOOK)
    return _answer(
        request,
        view,
        savings.BOOK,
        make=lambda asked: (savings.savings_paper(member, asked), 1),
        target=f"Buku 04, {named_in_log(member)}",
        slug=f"buku-04-anggota-{slugify(member.number)}",
        back_href=view.link(reverse("books:index"), cooperative=member.cooperative.kelurahan_id),
    )


def _permitted(request: HttpRequest, asked_for: Book) -> None:
    if not asked_for.may_be_read_by(request.user):
        raise PermissionDenied


def _answer(
    request: HttpRequest,
    view: View,
    asked_for: Book,
    *,
    make: Callable[[Asked], tuple[Paper, int]],
    target: str,
    slug: str,
    back_href: str,
) -> HttpResponse:
    may_reveal = asked_for.has_members and request.user.has_perm("members.reveal_national_id")
    if request.method == "POST" and not may_reveal:
        raise PermissionDenied
    form = PurposeForm(request.POST or None) if may_reveal else None
    purpose = ""
    if request.method == "POST" and form is not None and form.is_valid():
        if not consume(request, action="reveal_national_id"):
            return too_often(request)
        purpose = form.cleaned_data["purpose"]
    paper, count = make(Asked(view.user, view.on, timezone.now(), purpose))
    is_file = (request.POST if purpose else request.GET).get("format") == "pdf"
    if asked_for.has_members:
        told = f"{target} per {date_format(view.on, 'd/m/Y')}: {count} anggota"
        _log(request, told, purpose=purpose, is_file=is_file)
    if is_file:
        return pdf_answer(paper, f"{slug}-{view.on.isoformat()}")
    context = {
        "view": view,
        "paper": paper,
        "form": None if purpose else form,
        "is_opened": bool(form and form.errors),
        "back_href": back_href,
        "pdf_href": "" if purpose else view.link(request.path, format="pdf"),
    }
    return render(request, "books/book.html", context)


def _log(request: HttpRequest, target: str, *, purpose: str, is_file: bool) -> None:
    """Before anything leaves the house."""
    if purpose:
        record_access(request, Verb.REVEALED, target=target, purpose=purpose)
    verb = Verb.DOWNLOADED if is_file and not purpose else Verb.PRINTED
    record_access(request, verb, target=target, purpose=purpose)


def pdf_answer(paper: Paper, name: str) -> HttpResponse:
    answer = HttpResponse(write_paper(paper), content_type="application/pdf")
    answer["Content-Disposition"] = f'attachment; filename="{name}.pdf"'
    return answer
