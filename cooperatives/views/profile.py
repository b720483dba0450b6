"""Editing a cooperative's profile; and what every page of a cooperative begins with."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from cooperatives.forms import CooperativeForm
from cooperatives.models import Cooperative
from kkmp.accounts.models import User


def visible_cooperative(request: HttpRequest, code: str) -> Cooperative:
    """The cooperative of a kelurahan; 404 where this person does not see it."""
    mine = Cooperative.objects.visible_to(request.user).select_related("kelurahan__kecamatan")
    return get_object_or_404(mine, kelurahan=code)


def permitted(request: HttpRequest, right: str) -> User:
    """Who asks, after the row was found in scope: without the right it is 403, not 404."""
    if not (isinstance(request.user, User) and request.user.has_perm(right)):
        raise PermissionDenied
    return request.user


@transaction.atomic
def edit(request: HttpRequest, code: str) -> HttpResponse:
    cooperative = visible_cooperative(request, code)
    permitted(request, "cooperatives.change_cooperative")
    form = CooperativeForm(request.POST or None, instance=cooperative, restore=request.GET.get("restore", ""))
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, _("Data %(name)s tersimpan.") % {"name": cooperative})
        for warning in form.warnings:
            messages.warning(request, warning)
        return redirect(cooperative)
    return render(request, "cooperatives/edit.html", {"cooperative": cooperative, "form": form})
