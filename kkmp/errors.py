"""Error answers that a middleware asks for by name."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001  # Django's signature
    """The form was open too long or cookies are off: say so, and how to go on."""
    return render(request, "403_csrf.html", status=403)
