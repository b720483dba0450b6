"""Who may do what and where, in words: one's own access, and the people one may hand a sign-in link."""

from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib.auth.decorators import permission_required
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from cooperatives.grants import area_in_words, state_on
from cooperatives.models import AreaGrant
from kkmp.accounts.forms import PeopleForm
from kkmp.accounts.models import User, Verb
from kkmp.accounts.permissions import link_receivers, needs_mfa, sees_whole_city
from kkmp.accounts.rights_in_words import rights_in_words
from kkmp.listing import paginate

SIGN_INS_SHOWN = 10


def my_access(request: HttpRequest) -> HttpResponse:
    """“Why can I, or can I not, see this?” answered for the person who is signed in."""
    user = request.user
    assert isinstance(user, User)  # noqa: S101  # every page but the listed open ones asks for sign-in
    today = timezone.localdate()
    grants = AreaGrant.objects.filter(user=user).select_related("kecamatan", "kelurahan__kecamatan")
    context = {
        "rights": rights_in_words(user),
        "whole_city": sees_whole_city(user),
        "grants": [
            (grant, area_in_words(grant), state_on(grant, today))
            for grant in grants.order_by("-starts_on", "pk")
        ],
        "second_factor_on": is_mfa_enabled(user, [Authenticator.Type.TOTP]),
        "second_factor_needed": needs_mfa(user) and settings.MFA_REQUIRED,
        "sign_ins": user.access_events.filter(verb__in=[Verb.SIGNED_IN, Verb.SIGN_IN_FAILED])[
            :SIGN_INS_SHOWN
        ],
    }
    return render(request, "accounts/my_access.html", context)


@permission_required("accounts.make_officer_sign_in_link", raise_exception=True)
def people(request: HttpRequest) -> HttpResponse:
    """Those for whom the viewer may make a link, officers with their areas of today."""
    assert isinstance(request.user, User)  # noqa: S101  # the permission was asked above
    grants = AreaGrant.objects.active_on(timezone.localdate()).select_related(
        "kecamatan", "kelurahan__kecamatan"
    )
    rows = link_receivers(request.user).prefetch_related(
        Prefetch("area_grants", queryset=grants, to_attr="areas_today")
    )
    listing = paginate(PeopleForm.read(request.GET), rows, request.GET.get("page"))
    return render(
        request,
        "accounts/people.html",
        {"listing": listing, "rows": [_row(person) for person in listing.page]},
    )


def _row(person: Any) -> dict[str, object]:
    """`person` carries `areas_today`, prefetched above."""
    areas = "; ".join(area_in_words(grant) for grant in person.areas_today)
    return {"person": person, "areas": _("Seluruh kota") if sees_whole_city(person) else areas}
