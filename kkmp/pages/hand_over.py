"""Hand-over: an officer leaves, another comes; the areas end and begin in one go, shown before they do."""

import re
from datetime import date, timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from cooperatives.grants import (
    HandOver,
    PlanChangedError,
    area_in_words,
    first_day_to_end,
    hand_over,
    plan_hand_over,
)
from cooperatives.models import AreaGrant
from kkmp.accounts.models import User
from kkmp.accounts.permissions import area_keepers
from kkmp.fields import DayField

# Both see the areas for so long unless other days are typed.
USUAL_OVERLAP = timedelta(days=6)
FURTHEST = timedelta(days=366)
_KEY = re.compile(r"[0-9]{1,18}")


class AreasField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]  # generic at type-check time only
    widget = forms.CheckboxSelectMultiple

    def clean(self, value: Any) -> Any:
        """A longer number is no key: the database could not even be asked about it."""
        for text in value or ():
            if not _KEY.fullmatch(str(text)):
                raise ValidationError(
                    self.error_messages["invalid_pk_value"], code="invalid_pk_value", params={"pk": text}
                )
        return super().clean(value)

    def label_from_instance(self, obj: AreaGrant) -> str:
        until = _("sampai %(day)s") % {"day": date_format(obj.ends_on, "d/m/Y")} if obj.ends_on else ""
        since = _("sejak %(day)s") % {"day": date_format(obj.starts_on, "d/m/Y")}
        return " ".join(part for part in (f"{area_in_words(obj)},", since, until) if part)


class WhoLeavesForm(forms.Form):
    """The first step: it decides which areas there are to hand over."""

    # `from` is a word of the language, so the field cannot be written as an attribute.
    def __init__(self, data: Any) -> None:
        super().__init__(data)
        self.fields["from"] = forms.ModelChoiceField(
            _with_areas(),
            label=_("Siapa yang menyerahkan"),
            empty_label=_("Pilih petugas"),
            error_messages={"invalid_choice": _("Orang itu tidak memegang wilayah yang dapat diserahkan.")},
        )


class HandOverForm(forms.Form):
    grants = AreasField(AreaGrant.objects.none(), label=gettext_lazy("Wilayah yang diserahkan"))
    to = forms.ModelChoiceField(
        User.objects.none(),
        label=gettext_lazy("Penerima"),
        empty_label=gettext_lazy("Pilih petugas"),
        help_text=gettext_lazy("Belum ada di daftar? Buat dulu akunnya di Admin."),
    )
    starts_on = DayField(
        label=gettext_lazy("Hari pertama penerima"), help_text=gettext_lazy("Hari ini atau sesudahnya.")
    )
    last_on = DayField(
        label=gettext_lazy("Hari terakhir yang menyerahkan"),
        help_text=gettext_lazy(
            "Boleh sesudah hari pertama penerima: selama itu keduanya melihat wilayahnya. Isi kemarin untuk "
            "menutup sekarang juga."
        ),
    )
    reason = forms.CharField(
        label=gettext_lazy("Alasan"),
        max_length=100,
        help_text=gettext_lazy("Tampil di riwayat dan log akses, misalnya nomor surat tugas."),
    )

    def __init__(self, data: Any, *, leaver: User) -> None:
        today = timezone.localdate()
        areas = _to_hand_over(today).filter(user=leaver)
        areas = areas.select_related("kecamatan", "kelurahan__kecamatan").order_by("starts_on", "pk")
        super().__init__(
            data, initial={"grants": areas, "starts_on": today, "last_on": today + USUAL_OVERLAP}
        )
        self.fields["grants"].queryset = areas  # type: ignore[attr-defined]
        self.fields["to"].queryset = area_keepers().exclude(pk=leaver.pk)  # type: ignore[attr-defined]

    def clean_starts_on(self) -> date:
        return _between(self.cleaned_data["starts_on"], timezone.localdate())

    def clean_last_on(self) -> date:
        return _between(self.cleaned_data["last_on"], first_day_to_end())

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        last_on = cleaned.get("last_on")
        late = [grant for grant in cleaned.get("grants") or () if last_on and grant.starts_on > last_on]
        for grant in late:
            text = _("%(area)s baru mulai %(day)s: hari terakhirnya tidak bisa sebelum itu.")
            self.add_error(
                "last_on", text % {"area": area_in_words(grant), "day": date_format(grant.starts_on)}
            )
        return cleaned

    def plan(self) -> HandOver:
        wanted = self.cleaned_data
        return plan_hand_over(
            wanted["grants"], to=wanted["to"], starts_on=wanted["starts_on"], last_on=wanted["last_on"]
        )


def _between(day: date, first: date) -> date:
    last = timezone.localdate() + FURTHEST
    if not first <= day <= last:
        text = _("Pilih hari antara %(first)s dan %(last)s.")
        raise ValidationError(text % {"first": date_format(first), "last": date_format(last)})
    return day


def _to_hand_over(today: date) -> QuerySet[AreaGrant]:
    """Areas that are held now or later."""
    return AreaGrant.objects.filter(Q(ends_on=None) | Q(ends_on__gte=today))


def _with_areas() -> QuerySet[User]:
    """Whoever holds an area, also when locked out already."""
    return User.objects.filter(pk__in=_to_hand_over(timezone.localdate()).values("user"))


@permission_required(["cooperatives.add_areagrant", "cooperatives.change_areagrant"], raise_exception=True)
def hand_over_areas(request: HttpRequest) -> HttpResponse:
    """`?from=` says who leaves. The first POST shows what would change, the second, with its key, does it."""
    assert isinstance(request.user, User)  # noqa: S101  # the permission was asked above
    chooser = WhoLeavesForm(request.GET if "from" in request.GET else None)
    if not chooser.is_valid():
        return render(request, "access/hand_over_from.html", {"form": chooser})
    leaver = chooser.cleaned_data["from"]
    form = HandOverForm(request.POST or None, leaver=leaver)
    plan = form.plan() if request.method == "POST" and form.is_valid() else None
    is_outdated = False
    if plan and request.POST.get("key") and "back" not in request.POST:
        try:
            begun = hand_over(
                plan,
                key=request.POST["key"],
                reason=form.cleaned_data["reason"],
                by=request.user,
                request=request,
            )
        except PlanChangedError:
            is_outdated = True
        else:
            messages.success(request, _said(leaver, plan, len(begun)))
            return redirect("access:person", leaver.pk)
    context = {
        "leaver": leaver,
        "form": form,
        "plan": None if "back" in request.POST else plan,
        "is_outdated": is_outdated,
        "changes_href": reverse("access:changes", args=[leaver.pk]),
    }
    return render(request, "access/hand_over.html", context)


def _said(leaver: User, plan: HandOver, count: int) -> str:
    text = ngettext(
        "%(count)d wilayah diserahkan: %(to)s mulai %(starts)s, %(leaver)s sampai %(last)s. Bila keliru, ubah "
        "tanggalnya di Admin, Wilayah tugas.",
        "%(count)d wilayah diserahkan: %(to)s mulai %(starts)s, %(leaver)s sampai %(last)s. Bila keliru, ubah "
        "tanggalnya di Admin, Wilayah tugas.",
        count,
    )
    return text % {
        "count": len(plan.steps),
        "to": plan.to,
        "starts": date_format(plan.starts_on),
        "leaver": leaver,
        "last": date_format(plan.last_on),
    }
