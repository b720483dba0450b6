"""How allauth behaves here: nobody signs up, everything is told in Indonesian and written to the access log."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from qrcode.image.svg import SvgPathFillImage
from qrcode.main import make as make_qr

from kkmp.accounts.models import User, Verb
from kkmp.accounts.second_factors import seal, unseal
from kkmp.accounts.services import client_ip, record_access


class AccountAdapter(DefaultAccountAdapter):
    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "username_password_mismatch": _(
            "Nama pengguna atau kata sandi tidak cocok. Periksa huruf besar dan kecil."
        ),
        "too_many_login_attempts": _(
            "Terlalu banyak percobaan yang gagal. Tunggu 5 menit, lalu coba lagi; "
            "bila lupa kata sandi, mintalah tautan masuk."
        ),
        "incorrect_password": _("Kata sandi tidak cocok."),
        "enter_current_password": _("Kata sandi yang sekarang tidak cocok."),
        "incorrect_code": _("Kode tidak cocok atau sudah dipakai. Tunggu kode berikutnya, lalu coba lagi."),
        "rate_limited": _("Terlalu banyak percobaan. Tunggu beberapa menit, lalu coba lagi."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Accounts are made by an admin; there is no sign-up."""
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        """The address that the log names is the one that limits count; allauth's own fails on an odd header."""
        return client_ip(request) or "unknown"

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("accounts:my_access")

    def login(self, request: HttpRequest, user: AbstractBaseUser) -> None:
        """Reached by password and by link alike, after the second factor."""
        super().login(request, user)
        assert isinstance(user, User)  # noqa: S101  # the one user model there is
        record_access(request, Verb.SIGNED_IN, user=user)

    def logout(self, request: HttpRequest) -> None:
        if isinstance(request.user, User):
            record_access(request, Verb.SIGNED_OUT)
        super().logout(request)

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """Only a user name that exists is written down: people type passwords into the wrong field."""
        tried = User.objects.filter(username__iexact=str(credentials.get("username", ""))).first()
        record_access(
            request, Verb.SIGN_IN_FAILED, target="" if tried else "nama pengguna tidak dikenal", user=tried
        )

    def set_password(self, user: AbstractBaseUser, password: str) -> None:
        super().set_password(user, password)
        assert isinstance(user, User)  # noqa: S101  # as above
        record_access(self.request, Verb.PASSWORD_CHANGED, target=user.username, user=user)


class SecondFactorAdapter(DefaultMFAAdapter):
    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": AccountAdapter.error_messages["incorrect_code"],
    }

    def encrypt(self, text: str) -> str:
        """The secret of an app and the seed of spare codes, before they are stored."""
        return seal(text)

    def decrypt(self, encrypted_text: str) -> str:
        return unseal(encrypted_text)

    def get_totp_issuer(self) -> str:
        """What the app on the phone shows above the code."""
        return "KKMP Jakarta Selatan"

    def build_totp_svg(self, url: str) -> str:
        """On white ground, so that a phone reads it on a dark page too."""
        image = make_qr(url, image_factory=SvgPathFillImage, box_size=16)  # type: ignore[no-untyped-call]  # none of its own
        return str(image.to_string(encoding="unicode"))
