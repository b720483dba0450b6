"""Papers of a cooperative: the list, one paper, its file, and taking a wrong one away."""

from datetime import date

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from cooperatives.asof import read_view
from cooperatives.models import NEEDED, Paper, PaperKind, PaperQuerySet
from cooperatives.paper_forms import PaperForm, proposed
from cooperatives.services import keep_paper, remove, restore
from cooperatives.views.profile import permitted, visible_cooperative
from kkmp.accounts.models import Verb
from kkmp.accounts.services import record_access
from kkmp.edited import save_form
from kkmp.files import as_attachment, in_megabytes
from kkmp.history import read_history


def paper_list(request: HttpRequest, code: str) -> HttpResponse:
    """Everything kept of one cooperative on a day, in the order in which papers are obtained."""
    view = read_view(request)
    cooperative = visible_cooperative(request, code)
    all_papers = Paper.objects.visible_to(view.user).filter(cooperative=cooperative)
    papers = in_order(all_papers.kept().as_of(view.on))
    held = {paper.kind for paper in papers}
    may_change = view.user.has_perm("cooperatives.change_paper")
    context = {
        "view": view,
        "cooperative": cooperative,
        "papers": papers,
        "missing": [kind for kind in NEEDED if kind not in held],
        "removed": all_papers.exclude(removed_at=None).select_related("removed_by") if may_change else [],
    }
    return render(request, "cooperatives/papers.html", context)


def in_order(papers: PaperQuerySet) -> list[Paper]:
    """By kind as they are obtained; of one kind the newest first."""
    order = PaperKind.values
    return sorted(
        papers,
        key=lambda paper: (order.index(paper.kind), -(paper.issued_on or date.min).toordinal(), -paper.pk),
    )


def add(request: HttpRequest, code: str) -> HttpResponse:
    cooperative = visible_cooperative(request, code)
    by = permitted(request, "cooperatives.add_paper")
    kind = request.GET.get("kind", "")
    form = PaperForm(
        request.POST or None,
        request.FILES or None,
        instance=Paper(cooperative=cooperative),
        initial=proposed(cooperative, kind),
    )
    if request.method == "POST":
        if save_form(form, lambda: keep_paper(paper=form.instance, by=by)):
            return _saved(request, form)
        form.ask_for_the_file_again()
    return render(request, "cooperatives/paper_form.html", {"cooperative": cooperative, "form": form})


def edit(request: HttpRequest, pk: int) -> HttpResponse:
    paper = _visible(request, pk)
    by = permitted(request, "cooperatives.change_paper")
    # The title keeps the stored name while the form holds the typed one.
    context = {"cooperative": paper.cooperative, "paper": paper, "title": str(paper)}
    form = PaperForm(
        request.POST or None,
        request.FILES or None,
        instance=paper,
        restore=request.GET.get("restore", ""),
    )
    if request.method == "POST":
        if save_form(form, lambda: keep_paper(paper=form.instance, by=by)):
            return _saved(request, form)
        form.ask_for_the_file_again()
    return render(request, "cooperatives/paper_form.html", {**context, "form": form})


def _saved(request: HttpRequest, form: PaperForm) -> HttpResponse:
    paper: Paper = form.instance
    messages.success(request, _("%(paper)s tersimpan.") % {"paper": paper})
    for warning in form.warnings:
        messages.warning(request, warning)
    return redirect(paper)


def detail(request: HttpRequest, pk: int) -> HttpResponse:
    view = read_view(request)
    paper = _visible(request, pk, on=view.on)
    may_download = view.user.has_perm("cooperatives.download_paper")
    may_change = view.user.has_perm("cooperatives.change_paper")
    edit_href = reverse("cooperatives:paper_edit", args=[pk])
    context = {
        "view": view,
        "paper": paper,
        "cooperative": paper.cooperative,
        "size": in_megabytes(paper.size) if paper.size else "",
        "former_files": paper.former_files() if may_download else [],
        "history": read_history(request, paper, edit_href=edit_href if may_change else ""),
    }
    return render(request, "cooperatives/paper.html", context)


def file(request: HttpRequest, pk: int, version: int | None = None) -> FileResponse:
    """The file, or the one that an earlier version of the row had. Every download is logged with its name."""
    paper = _visible(request, pk)
    permitted(request, "cooperatives.download_paper")
    row = paper if version is None else get_object_or_404(paper.history, version=version)
    name = str(row.file)
    if not name:
        raise Http404
    storage = Paper._meta.get_field("file").storage
    answer = as_attachment(lambda: storage.open(name), name=row.file_name, media_type=row.media_type)
    target = _("%(paper)s, %(cooperative)s: %(name)s")
    record_access(
        request,
        Verb.DOWNLOADED,
        target=target % {"paper": paper, "cooperative": paper.cooperative, "name": row.file_name},
    )
    return answer


def take_away(request: HttpRequest, pk: int) -> HttpResponse:
    paper = _visible(request, pk)
    by = permitted(request, "cooperatives.change_paper")
    if request.method == "POST":
        remove(row=paper, by=by)
        messages.success(
            request,
            _("%(paper)s dihapus. Bila keliru, kembalikan lewat “Surat yang dihapus” di bawah.")
            % {"paper": paper},
        )
        return redirect("cooperatives:papers", paper.cooperative.kelurahan_id)
    return render(request, "cooperatives/paper_remove.html", {"paper": paper})


@require_POST
def bring_back(request: HttpRequest, pk: int) -> HttpResponse:
    mine = Paper.objects.visible_to(request.user).select_related("cooperative__kelurahan")
    paper = get_object_or_404(mine, pk=pk)
    by = permitted(request, "cooperatives.change_paper")
    try:
        restore(row=paper, by=by)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("%(paper)s dikembalikan.") % {"paper": paper})
    return redirect("cooperatives:papers", paper.cooperative.kelurahan_id)


def _visible(request: HttpRequest, pk: int, *, on: date | None = None) -> Paper:
    mine = Paper.objects.visible_to(request.user).kept()
    if on:
        mine = mine.with_state(on)
    return get_object_or_404(mine.select_related("cooperative__kelurahan__kecamatan"), pk=pk)
