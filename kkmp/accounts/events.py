"""What allauth tells only by its signals and the access log wants to know: the second factor."""

from typing import Any

from allauth.mfa import signals
from allauth.mfa.models import Authenticator
from django.http import HttpRequest

from kkmp.accounts.models import User, Verb
from kkmp.accounts.services import record_access


def connect() -> None:
    signals.authentication_failed.connect(_failed, dispatch_uid="kkmp_second_factor_failed")
    signals.authenticator_added.connect(_added, dispatch_uid="kkmp_second_factor_added")
    signals.authenticator_removed.connect(_removed, dispatch_uid="kkmp_second_factor_removed")
    signals.authenticator_reset.connect(_reset, dispatch_uid="kkmp_second_factor_reset")


def _failed(*, request: HttpRequest, user: User, **_others: Any) -> None:
    record_access(request, Verb.SIGN_IN_FAILED, target="kode sekali pakai tidak cocok", user=user)


def _added(*, request: HttpRequest, user: User, authenticator: Authenticator, **_others: Any) -> None:
    record_access(request, Verb.SECOND_FACTOR_CHANGED, target=f"aktif: {kind(authenticator)}", user=user)


def _removed(*, request: HttpRequest, user: User, authenticator: Authenticator, **_others: Any) -> None:
    record_access(request, Verb.SECOND_FACTOR_CHANGED, target=f"mati: {kind(authenticator)}", user=user)


def _reset(*, request: HttpRequest, user: User, authenticator: Authenticator, **_others: Any) -> None:
    record_access(
        request, Verb.SECOND_FACTOR_CHANGED, target=f"dibuat ulang: {kind(authenticator)}", user=user
    )


def kind(authenticator: Authenticator) -> str:
    """The log is written in the language of the office, whatever the screen is set to."""
    return "aplikasi kode" if authenticator.type == Authenticator.Type.TOTP else "kode cadangan"
