"""How often one person may ask about whole identity numbers: allauth's limits, which all workers share."""

from allauth.core import ratelimit
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def consume(request: HttpRequest, *, action: str) -> bool:
    """Count one use of `action` (see ACCOUNT_RATE_LIMITS); False once there were too many."""
    allowed: bool = ratelimit.consume(request, action=action, user=request.user)
    return allowed


def too_often(request: HttpRequest) -> HttpResponse:
    return render(request, "members/too_often.html", status=429)
