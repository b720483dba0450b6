"""What is written about sign-in: the access log and one-time sign-in links."""

import ipaddress
import secrets
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from kkmp.accounts.models import AccessEvent, SignInLink, User, Verb
from kkmp.logs import mask_national_ids

LINK_LIFETIME = timedelta(hours=48)


def client_ip(request: HttpRequest) -> str | None:
    """Where the request came from; X-Forwarded-For counts only as far as proxies of ours wrote it."""
    address = request.META.get("REMOTE_ADDR", "")
    forwarded = [
        part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",") if part.strip()
    ]
    if 0 < settings.TRUSTED_PROXY_COUNT <= len(forwarded):
        address = forwarded[-settings.TRUSTED_PROXY_COUNT]
    try:
        return str(ipaddress.ip_address(address))
    except ValueError:
        return None


def own_address() -> str:
    """Where people reach this installation, as far as the settings know it; the port of the demo is the usual one."""
    host = next((host.lstrip(".") for host in settings.ALLOWED_HOSTS if host != "*"), "127.0.0.1")
    return f"http://{host}:8000" if settings.IS_DEMO else f"https://{host}"


def record_access(
    request: HttpRequest | None, verb: Verb, target: str = "", purpose: str = "", user: User | None = None
) -> None:
    """Add a line to the access log. `user` is who did it, by default who is signed in.

    `target` names what was looked at or changed, never a password, a token or an identity number.
    """
    if user is None and request is not None and isinstance(request.user, User):
        user = request.user
    AccessEvent.objects.create(
        user=user,
        verb=verb,
        target=_one_line(target),
        purpose=_one_line(purpose),
        ip=client_ip(request) if request else None,
    )


def _one_line(text: str) -> str:
    # People write numbers into reasons; masked before it is cut, so that no part of one is left.
    return mask_national_ids(" ".join(text.replace("\x00", "").split()))[:200]


@transaction.atomic
def make_sign_in_link(*, user: User, by: User, request: HttpRequest | None = None) -> tuple[SignInLink, str]:
    """A new link and its token, which is shown once and stored only as a digest; earlier links stop working."""
    SignInLink.objects.usable().filter(user=user).update(expires_at=timezone.now())
    token = secrets.token_urlsafe(32)
    link = SignInLink.objects.create(
        user=user,
        token_sha256=SignInLink.digest(token),
        made_by=by,
        expires_at=timezone.now() + LINK_LIFETIME,
    )
    record_access(request, Verb.LINK_MADE, target=user.username, user=by)
    return link, token


def use_sign_in_link(token: str, *, request: HttpRequest) -> User | None:
    """Whom the link signs in, once: of two requests at the same moment one gets the user, the other None."""
    links = SignInLink.objects.for_token(token)
    with transaction.atomic():
        if not links.usable().update(used_at=timezone.now()):
            return None
        user = links.select_related("user").get().user
        record_access(request, Verb.LINK_USED, user=user)
    return user if user.is_active else None
