"""The page on which the letter to a member is asked for: all that is stored about the person, and who looked."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _

from cooperatives.asof import View, read_view
from kkmp.accounts.models import Verb
from kkmp.accounts.services import record_access
from members.books.definition import Asked
from members.books.forms import LetterForm
from members.books.letter import letter_paper
from members.books.views import pdf_answer
from members.models import Member
from members.persons import visible_member
from members.throttle import consume, too_often
from members.who_saw import named_in_log

RIGHTS = ("members.view_member", "members.view_savingsentry")


def letter(request: HttpRequest, pk: int) -> HttpResponse:
    view = read_view(request)
    member = visible_member(request, pk)
    if not view.user.has_perms(RIGHTS):
        raise PermissionDenied
    form = LetterForm(
        request.POST or None,
        initial={"purpose": _("permintaan pemilik data")},
        may_reveal=view.user.has_perm("members.reveal_national_id"),
    )
    if request.method == "POST" and form.is_valid():
        if form.cleaned_data.get("with_national_id") and not consume(request, action="reveal_national_id"):
            return too_often(request)
        return _write(request, view, member, form)
    return render(request, "books/letter.html", {"member": member, "form": form})


def _write(request: HttpRequest, view: View, member: Member, form: LetterForm) -> HttpResponse:
    purpose = form.cleaned_data["purpose"]
    shows_all = form.cleaned_data.get("with_national_id", False)
    # Before the letter is made: it tells of itself, too.
    target = f"surat data pribadi, {named_in_log(member)}"
    if shows_all:
        record_access(request, Verb.REVEALED, target=target, purpose=purpose)
    record_access(request, Verb.PRINTED, target=target, purpose=purpose)
    paper = letter_paper(member, Asked(view.user, view.today, timezone.now(), purpose if shows_all else ""))
    if "page" in request.POST:
        context = {
            "view": view,
            "paper": paper,
            "form": None,
            "is_opened": False,
            "back_href": reverse("books:letter", args=[member.pk]),
            "pdf_href": "",
        }
        return render(request, "books/book.html", context)
    return pdf_answer(paper, f"surat-data-anggota-{slugify(member.number)}-{view.today.isoformat()}")
