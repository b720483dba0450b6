"""The stage board: supports as cards in a column for each stage on a day."""

from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from cooperatives.asof import read_view
from partners.board import BoardForm, columns_of
from partners.views.partners import supports_in


@permission_required("partners.view_support", raise_exception=True)
def board(request: HttpRequest) -> HttpResponse:
    view = read_view(request)
    form = BoardForm(request.GET, user=view.user)
    supports = form.narrow(supports_in(view))
    context = {
        "view": view,
        "form": form,
        "columns": columns_of(supports, on=view.on, link=form.list_link(view)),
        "reset_href": reverse("partners:board"),
    }
    return render(request, "partners/board.html", context)
