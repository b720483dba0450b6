"""Forms of sign-in and of the list of people."""

from typing import Any

from django.contrib.auth.forms import SetPasswordForm
from django.utils.translation import gettext_lazy as _

from kkmp.listing import ListForm


class NewPasswordForm(SetPasswordForm):  # type: ignore[type-arg]  # generic for mypy only
    """A first password, or another one for somebody who forgot theirs: the old one is not asked."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["new_password1"].label = _("Kata sandi baru")
        self.fields["new_password2"].label = _("Kata sandi baru, sekali lagi")
        self.fields["new_password2"].help_text = ""


class PeopleForm(ListForm):
    sorts = {
        "full_name": (_("Nama"), ("full_name", "pk")),
        "role": (_("Peran"), ("role", "full_name", "pk")),
    }
