"""What a person chooses for their own screen: light or dark."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from kkmp.middleware import THEMES


@login_not_required
@require_POST
def set_theme(request: HttpRequest) -> HttpResponse:
    """Remember the theme for a year in a cookie; anything but light or dark follows the system again."""
    back = request.POST.get("next", "/")
    if not url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure()):
        back = "/"
    response = redirect(back)
    theme = request.POST.get("theme", "")
    if theme in THEMES:
        response.set_cookie(
            "theme", theme, max_age=60 * 60 * 24 * 365, samesite="Lax", secure=not settings.IS_DEMO, httponly=True
        )
    else:
        response.delete_cookie("theme", samesite="Lax")
    return response
