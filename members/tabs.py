"""The pages that share the section of members; those that this person may not open are left out."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _


def member_tabs(request: HttpRequest, current: str) -> list[dict[str, Any]]:
    """`current` is the url name of the page that shows them."""
    offered = [
        ("members:list", _("Anggota"), "members.view_member"),
    ]
    return [
        {"label": label, "href": reverse(name), "is_current": name == current}
        for name, label, permission in offered
        if request.user.has_perm(permission)
    ]
