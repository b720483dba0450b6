"""Second factors: how their secrets lie in the database, and what a lost phone takes with it."""

import base64

from allauth.mfa.models import Authenticator
from django.contrib.sessions.models import Session
from django.db import transaction
from django.utils import timezone

from kkmp import crypto
from kkmp.accounts.models import User

PREFIX = "sealed:"
_PURPOSE = "second factor"
# allauth encrypts a text without saying whose it is.
_AAD = b"mfa.Authenticator"


def seal(text: str) -> str:
    token = crypto.encrypt(text.encode(), purpose=_PURPOSE, aad=_AAD)
    return PREFIX + base64.b64encode(token).decode()


def unseal(sealed: str) -> str:
    """UndecipherableError for a secret in clear too: whoever can write to the database must not choose one."""
    return crypto.decrypt(_token(sealed), purpose=_PURPOSE, aad=_AAD).decode()


def _token(sealed: str) -> bytes:
    try:
        return base64.b64decode(sealed.removeprefix(PREFIX), validate=True)
    except ValueError:
        raise crypto.UndecipherableError("This is no token of ours.") from None


@transaction.atomic
def renew_seals() -> int:
    """Seal under the current key what still bears the previous one; returns how many persons' secrets that were."""
    renewed = 0
    for row in Authenticator.objects.select_for_update().order_by("pk"):
        former = {name: row.data[name] for name in ("secret", "seed") if name in row.data}
        if any(crypto.needs_rotation(_token(sealed)) for sealed in former.values()):
            row.data |= {name: seal(unseal(sealed)) for name, sealed in former.items()}
            row.save(update_fields=["data"])
            renewed += 1
    return renewed


def end_sessions(user: User) -> int:
    """Sign `user` out everywhere: a lost phone is a lost session too."""
    theirs = [
        session.pk
        for session in Session.objects.filter(expire_date__gt=timezone.now()).iterator()
        if session.get_decoded().get("_auth_user_id") == str(user.pk)
    ]
    return Session.objects.filter(pk__in=theirs).delete()[0]
