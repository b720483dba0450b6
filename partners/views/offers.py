"""Pages of offers: the list on a day, the page of one with what was promised out of it, and its form."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import PermissionDenied
from django.db.models import BigIntegerField, Value
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cooperatives.asof import View, read_view
from kkmp.accounts.models import User
from kkmp.accounts.permissions import sees_whole_city
from kkmp.edited import save_form
from kkmp.history import read_history
from kkmp.list_answers import Register, answer, copy_of
from kkmp.listing import list_columns
from partners.models import Offer, OfferQuerySet, Support
from partners.offer_columns import TONES
from partners.offer_conditions import conditions_in_words
from partners.offer_forms import OfferForm, OfferListForm
from partners.views.partners import supports_in

OFFERS = Register(gettext_lazy("Daftar penawaran"), "penawaran")


def offers_in(view: View) -> OfferQuerySet:
    """Offers as the page shows them: with their state on the day and what is promised of them, as far as the viewer sees.

    Whoever sees a part of the city is not told what is left: from it they could tell what others were promised.
    """
    promised = Support.objects.visible_to(view.user).as_of(view.on)
    offers = Offer.objects.visible_to(view.user).with_state(view.on).with_agreed(promised)
    if sees_whole_city(view.user):
        return offers.with_remaining()
    return offers.annotate(remaining_idr=Value(None, output_field=BigIntegerField()))


@permission_required("partners.view_offer", raise_exception=True)
def offer_list(request: HttpRequest) -> HttpResponseBase:
    view = read_view(request)
    form = OfferListForm.read(request.GET, view=view)
    offers = offers_in(view).for_kecamatan(view.kecamatan)
    if not view.is_today:
        # What began later was not there yet; of today's offers also those that are to begin.
        offers = offers.made_by(view.on)
    if copy := copy_of(request, OFFERS, form, offers, question=view):
        return copy
    listing = list_columns(form, offers, request.GET.get("page"), question=view)
    context = {"view": view, "reset_href": reverse("partners:offers")}
    return answer(request, "partners/offers.html", "partners/_offers.html", listing, context)


@permission_required("partners.view_offer", raise_exception=True)
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    view = read_view(request)
    offer = get_object_or_404(offers_in(view).select_related("partner", "event"), pk=pk)
    supports = supports_in(view).filter(offer=offer)
    may_change = request.user.has_perm("partners.change_offer")
    context = {
        "view": view,
        "offer": offer,
        "tone": TONES[offer.state],
        "conditions": conditions_in_words(offer),
        "supports": supports.select_related(
            "partner", "cooperative__kelurahan__kecamatan"
        ).newest_stage_first(),
        "sees_what_is_left": sees_whole_city(view.user),
        "over_idr": max(0, offer.agreed_idr - (offer.ceiling_idr or offer.agreed_idr)),
        "history": read_history(
            request, offer, edit_href=reverse("partners:offer_edit", args=[pk]) if may_change else ""
        ),
    }
    return render(request, "partners/offer_detail.html", context)


def add(request: HttpRequest) -> HttpResponse:
    user = request.user
    if not (isinstance(user, User) and user.has_perm("partners.add_offer")):
        raise PermissionDenied
    asked = {name: request.GET[name] for name in ("partner", "event") if name in request.GET}
    form = OfferForm(request.POST or None, user=user, initial=asked)
    if request.method == "POST" and save_form(form, form.save):
        messages.success(request, _("Penawaran tercatat. Berikutnya: cari gerai yang cocok."))
        return redirect(form.instance)
    return render(request, "partners/offer_form.html", {"form": form, "offer": None})


def edit(request: HttpRequest, pk: int) -> HttpResponse:
    user = request.user
    offer = get_object_or_404(Offer.objects.visible_to(user), pk=pk)
    if not (isinstance(user, User) and user.has_perm("partners.change_offer")):
        raise PermissionDenied
    title = offer.title
    form = OfferForm(request.POST or None, user=user, instance=offer, restore=request.GET.get("restore", ""))
    if request.method == "POST" and save_form(form, form.save):
        messages.success(request, _("Data penawaran tersimpan."))
        return redirect(offer)
    return render(request, "partners/offer_form.html", {"form": form, "offer": offer, "title": title})
