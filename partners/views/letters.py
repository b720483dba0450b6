"""Pages of letters: the list, a new one with its preview, one of them, and its file."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cooperatives.asof import read_view
from cooperatives.views.profile import permitted
from kkmp.accounts.models import Verb
from kkmp.accounts.services import record_access
from kkmp.edited import save_form
from kkmp.files import MediaType, as_attachment
from kkmp.languages import in_office_language
from kkmp.list_answers import Register, answer, copy_of
from kkmp.listing import list_columns
from kkmp.pdf.paper import Paper, from_stored
from partners.letter_forms import LetterForm, LetterListForm
from partners.letter_paper import Subject, letter_paper, read_told
from partners.letter_services import make_letter
from partners.models import Letter

LETTERS = Register(gettext_lazy("Surat kepada mitra"), "surat-mitra")
WITH_NAMES = ("partner", "by", "outlet__cooperative__kelurahan__kecamatan")


@permission_required("partners.view_letter", raise_exception=True)
def letter_list(request: HttpRequest) -> HttpResponseBase:
    view = read_view(request)
    form = LetterListForm.read(request.GET, view=view)
    mine = Letter.objects.visible_to(view.user).filter(outlet__cooperative__in=view.cooperatives)
    letters = mine.made_by_day(view.on)
    if copy := copy_of(request, LETTERS, form, letters, question=view):
        return copy
    listing = list_columns(form, letters, request.GET.get("page"), question=view)
    context = {"view": view, "reset_href": reverse("partners:letters")}
    return answer(request, "partners/letters.html", "partners/_letters.html", listing, context)


def add(request: HttpRequest) -> HttpResponse:
    """By GET with partner and outlet (and perhaps an offer) the preview; by POST the letter."""
    user = permitted(request, "partners.add_letter")
    asked = request.POST if request.method == "POST" else request.GET
    # A link may name one of the two: the other is asked for, not missed.
    is_whole = request.method == "POST" or bool(asked.get("partner") and asked.get("outlet"))
    form = LetterForm(asked if is_whole else None, user=user, initial=asked.dict())
    made: list[Letter] = []
    if request.method == "POST" and save_form(
        form, lambda: made.append(make_letter(**form.cleaned_data, by=user))
    ):
        messages.success(request, _("Surat %(number)s dibuat dan disimpan.") % {"number": made[0]})
        return redirect(made[0])
    context = {
        "form": form,
        "paper": _preview(form) if is_whole and form.is_valid() else None,
        "cancel_href": reverse("partners:letters"),
    }
    return render(request, "partners/letter_add.html", context)


def _preview(form: LetterForm) -> Paper:
    """As it will go out, but for the number, which it gets when it is made."""
    at = timezone.now()
    subject = Subject(**form.cleaned_data)
    told = read_told(subject, on=timezone.localdate(at))
    with in_office_language():
        return letter_paper(
            subject, told, reference=f"…/KKMP/{timezone.localdate(at).year}", by=form.user, at=at
        )


@permission_required("partners.view_letter", raise_exception=True)
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    view = read_view(request)
    mine = Letter.objects.visible_to(request.user).select_related(*WITH_NAMES, "offer")
    letter = get_object_or_404(mine, pk=pk)
    context = {
        "view": view,
        "letter": letter,
        "paper": from_stored(letter.content["paper"]) if letter.content else None,
        "summary": letter.content.get("summary", ""),
    }
    return render(request, "partners/letter.html", context)


@permission_required("partners.view_letter", raise_exception=True)
def file(request: HttpRequest, pk: int) -> FileResponse:
    """The file as it was made. Every download is logged with the number."""
    mine = Letter.objects.visible_to(request.user).select_related(*WITH_NAMES)
    letter = get_object_or_404(mine, pk=pk)
    reply = as_attachment(letter.file.open, name=letter.file_name, media_type=MediaType.PDF)
    with in_office_language():
        words = {"number": letter, "partner": letter.partner, "cooperative": letter.outlet.cooperative}
        target = _("Surat %(number)s kepada %(partner)s, %(cooperative)s") % words
    record_access(request, Verb.DOWNLOADED, target=target)
    return reply
