"""What a cooperative owned, day by day: the list, one more statement, and correcting one."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from cooperatives.asof import read_view
from cooperatives.asset_forms import AssetStatementForm
from cooperatives.models import AssetStatement
from cooperatives.views.profile import permitted, visible_cooperative
from kkmp.edited import save_form
from kkmp.history import read_history


def asset_list(request: HttpRequest, code: str) -> HttpResponse:
    """Statements of a day or earlier, the last known first."""
    view = read_view(request)
    cooperative = visible_cooperative(request, code)
    if not view.user.has_perm("cooperatives.view_assetstatement"):
        raise PermissionDenied
    statements = AssetStatement.objects.visible_to(view.user).filter(cooperative=cooperative).by(view.on)
    context = {"view": view, "cooperative": cooperative, "statements": statements}
    return render(request, "cooperatives/assets.html", context)


def add(request: HttpRequest, code: str) -> HttpResponse:
    cooperative = visible_cooperative(request, code)
    permitted(request, "cooperatives.add_assetstatement")
    form = AssetStatementForm(request.POST or None, instance=AssetStatement(cooperative=cooperative))
    if request.method == "POST" and save_form(form, form.save):
        return _saved(request, form.instance)
    return render(request, "cooperatives/asset_form.html", {"form": form, "cooperative": cooperative})


def edit(request: HttpRequest, pk: int) -> HttpResponse:
    mine = AssetStatement.objects.visible_to(request.user).select_related("cooperative__kelurahan__kecamatan")
    statement = get_object_or_404(mine, pk=pk)
    permitted(request, "cooperatives.change_assetstatement")
    day = statement.on
    form = AssetStatementForm(
        request.POST or None, instance=statement, restore=request.GET.get("restore", "")
    )
    if request.method == "POST" and save_form(form, form.save):
        return _saved(request, statement)
    context = {
        "form": form,
        "cooperative": statement.cooperative,
        "statement": statement,
        "day": day,
        "history": read_history(request, statement, edit_href=request.path),
    }
    return render(request, "cooperatives/asset_form.html", context)


def _saved(request: HttpRequest, statement: AssetStatement) -> HttpResponse:
    messages.success(request, _("Jumlah aset per %(day)s tersimpan.") % {"day": date_format(statement.on)})
    return redirect("cooperatives:assets", statement.cooperative.kelurahan_id)
