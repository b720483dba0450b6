"""Sign-in by link, a new password after it, the QR code of the second factor, and the way out for who forgot theirs."""

import time

from allauth.account.adapter import get_adapter
from allauth.account.utils import perform_login
from allauth.mfa.adapter import get_adapter as get_second_factor_adapter
from allauth.mfa.totp.internal.auth import SECRET_SESSION_KEY
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.decorators import login_not_required, permission_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods

from kkmp.accounts.forms import NewPasswordForm
from kkmp.accounts.models import SignInLink, User, Verb
from kkmp.accounts.permissions import link_receivers
from kkmp.accounts.services import make_sign_in_link, record_access, use_sign_in_link

# For this long after a link signed somebody in, they may set a password without knowing the old one.
SECONDS_TO_SET_A_PASSWORD = 30 * 60
_BY_LINK = "signed_in_by_link"


@login_not_required
@require_GET
def forgot_password(request: HttpRequest) -> HttpResponse:
    """Accounts without e-mail are normal here: whoever forgot the password asks for a link."""
    return render(request, "account/password_reset.html")


@require_http_methods(["GET", "POST"])
@permission_required("accounts.make_officer_sign_in_link", raise_exception=True)
def link_make(request: HttpRequest, pk: int) -> HttpResponse:
    """Make a link and show it, this once. A reloaded page leads back to the list."""
    assert isinstance(request.user, User)  # noqa: S101  # the permission was asked above
    person = get_object_or_404(link_receivers(request.user), pk=pk)
    if request.method != "POST":
        return redirect(f"{reverse('accounts:people')}?{urlencode({'q': person.username})}")
    link, token = make_sign_in_link(user=person, by=request.user, request=request)
    address = request.build_absolute_uri(reverse("accounts:link_open", args=[token]))
    return render(request, "accounts/link_made.html", {"person": person, "link": link, "address": address})


@login_not_required
@require_http_methods(["GET", "POST"])
def link_open(request: HttpRequest, token: str) -> HttpResponse:
    """GET only asks, so that the preview of a messenger does not use the link up."""
    link = SignInLink.objects.for_token(token).select_related("user").first()
    if request.method == "POST":
        user = use_sign_in_link(token, request=request)
        if user:
            return _sign_in(request, user)
    elif link and link.user.is_active and link.used_at is None and not link.is_expired:
        return render(request, "accounts/link_open.html", {"link": link})
    return render(request, "accounts/link_dead.html", {"link": link}, status=410 if link else 404)


def _sign_in(request: HttpRequest, user: User) -> HttpResponse:
    """Through allauth's stages: an account with a second factor is still asked for its code."""
    if request.user.is_authenticated:
        get_adapter(request).logout(request)
    request.session[_BY_LINK] = {"user": user.pk, "at": time.time()}
    response: HttpResponse = perform_login(request, user, redirect_url=reverse("accounts:new_password"))
    return response


@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def new_password(request: HttpRequest) -> HttpResponse:
    """Offered right after sign-in by link; at any other time the old password is asked."""
    assert isinstance(request.user, User)  # noqa: S101  # every page but the listed open ones asks for sign-in
    by_link = request.session.get(_BY_LINK, {"user": None, "at": 0})
    if by_link["user"] != request.user.pk or time.time() - by_link["at"] > SECONDS_TO_SET_A_PASSWORD:
        return redirect("account_change_password")
    form = NewPasswordForm(request.user, request.POST or None)
    if form.is_valid():
        form.save()
        update_session_auth_hash(request, request.user)
        del request.session[_BY_LINK]
        record_access(request, Verb.PASSWORD_CHANGED, target=request.user.username)
        messages.success(request, _("Kata sandi baru tersimpan. Pakailah mulai lain kali Anda masuk."))
        return redirect("dashboard")
    return render(request, "accounts/new_password.html", {"form": form})


@require_GET
def mfa_qr(request: HttpRequest) -> HttpResponse:
    """The QR code of the secret that this session is about to switch on; there is none at other times."""
    secret = request.session.get(SECRET_SESSION_KEY)
    if not secret or not isinstance(request.user, User):
        raise Http404
    adapter = get_second_factor_adapter()
    image = adapter.build_totp_svg(adapter.build_totp_url(request.user, secret))
    return HttpResponse(image, content_type="image/svg+xml")
