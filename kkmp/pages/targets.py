"""Targets: the page with all of them and how they stand, and the form with which leaders and Sudin set one."""

from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cooperatives.asof import read_view
from cooperatives.models import Cooperative, Kecamatan, PublishedFigure, Target
from kkmp.accounts.models import User
from kkmp.edited import EditedForm, save_form
from kkmp.fields import DayField
from kkmp.history import read_history
from kkmp.pages.target_progress import count_areas, days_needed, progress_of, targets_in
from outlets.standing import histories

LAST_YEAR = 2100


class TargetForm(EditedForm):
    """A number for a day; an area cannot have more outlets of a class than cooperatives."""

    on = DayField(label=gettext_lazy("Per tanggal"))
    running = forms.IntegerField(
        label=gettext_lazy("Sudah berjalan, sedikitnya"), min_value=0, max_value=9999
    )
    idle = forms.IntegerField(
        label=gettext_lazy("Ada belum berjalan, paling banyak"),
        required=False,
        min_value=0,
        max_value=9999,
        help_text=gettext_lazy("Kosongkan bila tidak ditargetkan."),
    )

    class Meta:
        model = Target
        fields: ClassVar[list[str]] = ["kecamatan", "on", "running", "idle", "note"]

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        areas = forms.ModelChoiceField(
            Kecamatan.objects.visible_to(user),
            label=gettext_lazy("Wilayah"),
            required=False,
            empty_label=gettext_lazy("Seluruh kota"),
        )
        self.fields["kecamatan"] = areas

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        day, kecamatan = cleaned.get("on"), cleaned.get("kecamatan")
        if day and day.year > LAST_YEAR:
            self.add_error("on", _("Periksa tahunnya: paling jauh %(year)d.") % {"year": LAST_YEAR})
        if "kecamatan" not in self.errors:
            self._fit(cleaned, Cooperative.objects.in_kecamatan(kecamatan).count())
        return cleaned

    def _fit(self, cleaned: dict[str, Any], most: int) -> None:
        typed = [name for name in ("running", "idle") if cleaned.get(name) is not None]
        for name in typed:
            if cleaned[name] > most:
                self.add_error(
                    name, _("Paling banyak %(most)d: sebanyak koperasi di wilayah itu.") % {"most": most}
                )
        if not self.errors and sum(cleaned[name] for name in typed) > most:
            self.add_error(
                "idle",
                _("Bersama yang berjalan melebihi %(most)d koperasi di wilayah itu.") % {"most": most},
            )


@permission_required("cooperatives.view_target", raise_exception=True)
def target_list(request: HttpRequest) -> HttpResponse:
    view = read_view(request)
    targets = targets_in(view)
    baseline = PublishedFigure.objects.filter(on__lte=view.on).order_by("on").first()
    days = days_needed(targets, baseline, on=view.on)
    kecamatan_of = dict(view.cooperatives.order_by("pk").values_list("pk", "kelurahan__kecamatan"))
    changes = histories(view.cooperatives, until=view.on, known_at=view.known_at)
    counts = count_areas(changes, kecamatan_of, days)
    found = progress_of(view, targets, counts, baseline)
    context = {
        "view": view,
        "total": len(found),
        "ahead": [one for one in found if one.target.on >= view.on],
        "past": [one for one in reversed(found) if one.target.on < view.on],
        "may_change": view.user.has_perm("cooperatives.change_target"),
        "add_href": view.link(reverse("targets:add"))
        if view.user.has_perm("cooperatives.add_target")
        else "",
    }
    return render(request, "targets/list.html", context)


def add(request: HttpRequest) -> HttpResponse:
    user = request.user
    if not (isinstance(user, User) and user.has_perm("cooperatives.add_target")):
        raise PermissionDenied
    form = TargetForm(request.POST or None, user=user, initial={"kecamatan": request.GET.get("kecamatan")})
    if request.method == "POST" and save_form(form, form.save):
        messages.success(request, _("Target %(target)s tersimpan.") % {"target": form.instance})
        return redirect("targets:list")
    return render(request, "targets/form.html", {"form": form, "target": None})


def edit(request: HttpRequest, pk: int) -> HttpResponse:
    user = request.user
    mine = Target.objects.visible_to(user).select_related("kecamatan")
    target = get_object_or_404(mine, pk=pk)
    if not (isinstance(user, User) and user.has_perm("cooperatives.change_target")):
        raise PermissionDenied
    # The title keeps the stored target while the form holds the typed one.
    title = str(target)
    form = TargetForm(
        request.POST or None, user=user, instance=target, restore=request.GET.get("restore", "")
    )
    if request.method == "POST" and save_form(form, form.save):
        messages.success(request, _("Target %(target)s tersimpan.") % {"target": target})
        return redirect("targets:list")
    context = {
        "form": form,
        "target": target,
        "title": title,
        "history": read_history(request, target, edit_href=reverse("targets:edit", args=[pk])),
    }
    return render(request, "targets/form.html", context)
