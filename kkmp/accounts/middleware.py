"""Second factor: asked of wide rights where the installation demands it."""

from collections.abc import Callable

from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import Resolver404, resolve, reverse

from kkmp.accounts.permissions import needs_mfa

# What somebody needs to switch the second factor on, to leave, or to see the page at all.
_OPEN_NAMES = {
    "accounts:mfa_qr",
    "accounts:new_password",
    "accounts:link_open",
    "help",
    "set_theme",
    "healthz",
    "readyz",
}
_OPEN_PREFIXES = ("account_", "mfa_")


def _is_open(path: str) -> bool:
    try:
        name = resolve(path).view_name
    except Resolver404:
        return False
    return name in _OPEN_NAMES or name.startswith(_OPEN_PREFIXES)


def require_mfa(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Lead people with wide rights to the page that switches their second factor on, until it is on."""

    def middleware(request: HttpRequest) -> HttpResponse:
        user = request.user
        if (
            not settings.MFA_REQUIRED
            or not user.is_authenticated
            or not needs_mfa(user)
            or _is_open(request.path_info)
            # Recovery codes alone are no second factor: they remain when the app's secret was removed.
            or is_mfa_enabled(user, [Authenticator.Type.TOTP])
        ):
            return get_response(request)
        if request.headers.get("HX-Request") == "true":
            answer = HttpResponse(status=204)
            answer["HX-Redirect"] = reverse("mfa_activate_totp")
            return answer
        return redirect("mfa_activate_totp")

    return middleware
