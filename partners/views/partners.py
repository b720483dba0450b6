"""Pages of partners: the list with what each does in the viewer's area, and the page of one."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cooperatives.asof import View, read_view
from kkmp.edited import save_form
from kkmp.history import read_history
from kkmp.list_answers import Register, answer, copy_of
from kkmp.listing import list_columns
from partners.forms import PartnerForm, PartnerListForm
from partners.models import Event, Offer, Partner, Support, SupportQuerySet
from partners.partner_figures import partner_figures, with_arrived


def supports_in(view: View) -> SupportQuerySet:
    """The supports that the page counts: of cooperatives in view, with their stage on the day."""
    supports = Support.objects.visible_to(view.user).filter(cooperative__in=view.cooperatives)
    return supports.as_of(view.on)


PARTNERS = Register(gettext_lazy("Daftar mitra"), "mitra")


@permission_required("partners.view_partner", raise_exception=True)
def partner_list(request: HttpRequest) -> HttpResponseBase:
    view = read_view(request)
    form = PartnerListForm.read(request.GET)
    supports = supports_in(view)
    partners = Partner.objects.visible_to(request.user).with_supports(supports)
    partners = with_arrived(partners, supports, on=view.on)
    if copy := copy_of(request, PARTNERS, form, partners, question=view):
        return copy
    listing = list_columns(form, partners, request.GET.get("page"), question=view)
    context = {"view": view, "reset_href": reverse("partners:list")}
    return answer(request, "partners/list.html", "partners/_list.html", listing, context)


@permission_required("partners.view_partner", raise_exception=True)
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    view = read_view(request)
    partner = get_object_or_404(Partner.objects.visible_to(request.user), pk=pk)
    supports = supports_in(view).filter(partner=partner)
    events = Event.objects.visible_to(request.user).held_by(view.on).filter(attendances__partner=partner)
    offers = Offer.objects.visible_to(request.user).filter(partner=partner).with_state(view.on)
    if not view.is_today:
        offers = offers.made_by(view.on)
    context = {
        "view": view,
        "partner": partner,
        "supports": supports.select_related("cooperative__kelurahan__kecamatan").newest_stage_first(),
        "figures": partner_figures(supports, on=view.on),
        "offers": offers,
        "events": events,
        "history": read_history(
            request,
            partner,
            edit_href=reverse("partners:edit", args=[pk])
            if request.user.has_perm("partners.change_partner")
            else "",
        ),
    }
    return render(request, "partners/detail.html", context)


def add(request: HttpRequest) -> HttpResponse:
    if not request.user.has_perm("partners.add_partner"):
        raise PermissionDenied
    form = PartnerForm(request.POST or None)
    if request.method == "POST" and save_form(form, form.save):
        messages.success(request, _("%(name)s tercatat sebagai mitra.") % {"name": form.instance})
        return redirect(form.instance)
    return render(request, "partners/form.html", {"form": form, "partner": None})


def edit(request: HttpRequest, pk: int) -> HttpResponse:
    partner = get_object_or_404(Partner.objects.visible_to(request.user), pk=pk)
    if not request.user.has_perm("partners.change_partner"):
        raise PermissionDenied
    name = partner.name
    form = PartnerForm(request.POST or None, instance=partner, restore=request.GET.get("restore", ""))
    if request.method == "POST" and save_form(form, form.save):
        messages.success(request, _("Data %(name)s tersimpan.") % {"name": partner})
        return redirect(partner)
    return render(request, "partners/form.html", {"form": form, "partner": partner, "name": name})
