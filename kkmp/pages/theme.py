"""Light, dark or as the device says: kept in a cookie, which base.html reads before the first pixel."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from kkmp.middleware import THEMES


@login_not_required
@require_POST
def choose_theme(request: HttpRequest) -> HttpResponse:
    """Anything but a known theme means: as the device says. Returns to the page it was asked on."""
    chosen = request.POST.get("theme", "")
    back = request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(
        back, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    ):
        back = "/"
    answer = (
        HttpResponse(status=204)
        if request.headers.get("HX-Request") == "true"
        else HttpResponseRedirect(back)
    )
    if chosen in THEMES:
        answer.set_cookie(
            "theme",
            chosen,
            max_age=60 * 60 * 24 * 365,
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
            samesite="Lax",
        )
    else:
        answer.delete_cookie("theme", samesite="Lax")
    return answer
