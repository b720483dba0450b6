"""Second factor: asked of wide rights where the installation demands it."""

from collections.abc import Callable

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from kkmp.accounts.permissions import needs_mfa

_OPEN_PREFIXES = ("/accounts/", "/static/", "/theme/", "/language/", "/healthz", "/readyz")


def require_mfa(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    def middleware(request: HttpRequest) -> HttpResponse:
        user = request.user
        if (
            settings.MFA_REQUIRED
            and user.is_authenticated
            and needs_mfa(user)
            and not request.path.startswith(_OPEN_PREFIXES)
            and not is_mfa_enabled(user)
        ):
            messages.warning(request, _("Akun dengan hak luas memakai kode sekali pakai. Aktifkan dulu di sini."))
            return redirect("mfa_activate_totp")
        return get_response(request)

    return middleware
