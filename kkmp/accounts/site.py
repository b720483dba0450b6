"""One way to sign in: the back office uses the same page, limits, second factor and log as everybody else."""

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.decorators import secure_admin_login
from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect


def secure_admin(site: AdminSite) -> None:
    """Put our sign-in, sign-out and password pages in place of the site's own; call it before its URLs are made."""
    site.login = secure_admin_login(site.login)  # type: ignore[method-assign]  # the site has no setting for it
    site.logout = _sign_out  # type: ignore[assignment, method-assign]  # nor for this
    site.password_change = _change_password  # type: ignore[assignment, method-assign]  # nor for this
    site.has_permission = _may_enter  # type: ignore[method-assign]  # nor for this


def _may_enter(request: HttpRequest) -> bool:
    """Anonymous people are sent to sign in; who is signed in and may not enter gets 403, not a second sign-in page."""
    user = request.user
    if user.is_authenticated and not user.is_staff:
        raise PermissionDenied
    return user.is_authenticated


def _sign_out(request: HttpRequest, **_context: Any) -> HttpResponse:
    if request.method != "POST":
        return redirect("account_logout")
    get_adapter(request).logout(request)
    return redirect("account_login")


def _change_password(_request: HttpRequest, **_context: Any) -> HttpResponse:
    return redirect("account_change_password")
