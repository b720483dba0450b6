"""Editing a cooperative's profile; the list and the page of one show figures of higher subjects and live in kkmp.pages."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from cooperatives.forms import CooperativeForm
from cooperatives.models import Cooperative


@transaction.atomic
def edit(request: HttpRequest, code: str) -> HttpResponse:
    cooperative = get_object_or_404(
        Cooperative.objects.visible_to(request.user).select_related("kelurahan__kecamatan"), kelurahan=code
    )
    if not request.user.has_perm("cooperatives.change_cooperative"):
        raise PermissionDenied
    form = CooperativeForm(request.POST or None, instance=cooperative)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, _("Data %(name)s tersimpan.") % {"name": cooperative})
        for warning in form.warnings:
            messages.warning(request, warning)
        return redirect(cooperative)
    return render(request, "cooperatives/edit.html", {"cooperative": cooperative, "form": form})
