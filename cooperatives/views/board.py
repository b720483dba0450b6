"""Who holds which post of a cooperative: the list on a day, one term, its end."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from cooperatives.asof import read_view
from cooperatives.board_forms import BoardEndForm, BoardTermForm
from cooperatives.board_rules import findings
from cooperatives.models import POSITIONS, BoardTerm, Body
from cooperatives.services import remove, restore
from cooperatives.views.profile import permitted, visible_cooperative
from kkmp.edited import save_form
from kkmp.history import read_history


def board_list(request: HttpRequest, code: str) -> HttpResponse:
    """The three bodies as they stood on a day, and who held a post before."""
    view = read_view(request)
    cooperative = visible_cooperative(request, code)
    all_terms = BoardTerm.objects.visible_to(view.user).filter(cooperative=cooperative)
    begun = list(all_terms.kept().begun_by(view.on))
    in_office = [term for term in begun if term.holds_on(view.on)]
    may_change = view.user.has_perm("cooperatives.change_boardterm")
    context = {
        "view": view,
        "cooperative": cooperative,
        "bodies": by_body(in_office),
        "in_office": in_office,
        "findings": findings(in_office),
        "former": [term for term in begun if not term.holds_on(view.on)],
        "removed": all_terms.exclude(removed_at=None).select_related("removed_by") if may_change else [],
    }
    return render(request, "cooperatives/board.html", context)


def by_body(terms: list[BoardTerm]) -> list[tuple[Body, list[BoardTerm]]]:
    """Each body with its people in the order of their posts."""
    return [
        (
            body,
            sorted(
                (term for term in terms if term.body == body),
                key=lambda term: (positions.index(term.position), term.name, term.pk),
            ),
        )
        for body, positions in POSITIONS.items()
    ]


def add(request: HttpRequest, code: str) -> HttpResponse:
    cooperative = visible_cooperative(request, code)
    permitted(request, "cooperatives.add_boardterm")
    seat = request.GET.get("seat", "")
    form = BoardTermForm(
        request.POST or None,
        instance=BoardTerm(cooperative=cooperative),
        initial={"seat": seat, "is_ex_officio": seat == "supervisors-chair"},
    )
    if request.method == "POST" and save_form(form, form.save):
        messages.success(request, _("%(term)s tercatat.") % {"term": form.instance})
        if "again" in request.POST:
            return redirect("cooperatives:board_add", cooperative.kelurahan_id)
        return redirect(form.instance)
    return render(request, "cooperatives/board_add.html", {"cooperative": cooperative, "form": form})


def edit(request: HttpRequest, pk: int) -> HttpResponse:
    term = _visible(request, pk)
    permitted(request, "cooperatives.change_boardterm")
    # The title keeps the stored name while the form holds the typed one.
    title = str(term)
    form = BoardTermForm(request.POST or None, instance=term, restore=request.GET.get("restore", ""))
    if request.method == "POST" and save_form(form, form.save):
        messages.success(request, _("Data %(term)s tersimpan.") % {"term": term})
        return redirect(term)
    context = {
        "term": term,
        "title": title,
        "form": form,
        "history": read_history(request, term, edit_href=request.path),
    }
    return render(request, "cooperatives/board_edit.html", context)


def end(request: HttpRequest, pk: int) -> HttpResponse:
    term = _visible(request, pk)
    permitted(request, "cooperatives.change_boardterm")
    title = str(term)
    proposed = {"ends_on": term.ends_on or timezone.localdate()}
    form = BoardEndForm(request.POST or None, instance=term, initial=proposed)
    if request.method == "POST" and save_form(form, form.save):
        messages.success(
            request,
            _("%(term)s: hari terakhir %(day)s.")
            % {"term": term, "day": date_format(form.cleaned_data["ends_on"])},
        )
        return redirect(term)
    return render(request, "cooperatives/board_end.html", {"term": term, "title": title, "form": form})


def take_away(request: HttpRequest, pk: int) -> HttpResponse:
    term = _visible(request, pk)
    by = permitted(request, "cooperatives.change_boardterm")
    if request.method == "POST":
        remove(row=term, by=by)
        messages.success(
            request,
            _("Catatan %(term)s dihapus. Bila keliru, kembalikan lewat “Catatan yang dihapus” di bawah.")
            % {"term": term},
        )
        return redirect(term)
    return render(request, "cooperatives/board_remove.html", {"term": term})


@require_POST
def bring_back(request: HttpRequest, pk: int) -> HttpResponse:
    mine = BoardTerm.objects.visible_to(request.user).select_related("cooperative")
    term = get_object_or_404(mine, pk=pk)
    by = permitted(request, "cooperatives.change_boardterm")
    try:
        restore(row=term, by=by)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("Catatan %(term)s dikembalikan.") % {"term": term})
    return redirect(term)


def _visible(request: HttpRequest, pk: int) -> BoardTerm:
    mine = BoardTerm.objects.visible_to(request.user).kept()
    return get_object_or_404(mine.select_related("cooperative__kelurahan__kecamatan"), pk=pk)
