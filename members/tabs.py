"""The pages that share the section of members; those that this person may not open are left out."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from members.models import Member


def member_tabs(request: HttpRequest, current: str) -> list[dict[str, Any]]:
    """`current` is the url name of the page that shows them."""
    offered = [
        ("members:list", _("Anggota"), "members.view_member"),
        ("members:months", _("Masuk dan keluar"), "cooperatives.view_cooperative"),
        ("members:export", _("Unduh"), "members.view_member"),
        ("books:index", _("Buku"), "cooperatives.view_boardterm"),
        ("savings:list", _("Simpanan"), "members.view_savingsentry"),
    ]
    return [
        {"label": label, "href": reverse(name), "is_current": name == current}
        for name, label, permission in offered
        if request.user.has_perm(permission)
    ]


def savings_tabs(request: HttpRequest, current: str) -> list[dict[str, Any]]:
    """The pages of savings, below the tabs of the section."""
    offered = [
        ("savings:list", _("Mutasi"), "members.view_savingsentry"),
        ("savings:collect", _("Tagihan bulanan"), "members.add_savingsentry"),
        ("savings:arrears", _("Saldo dan tunggakan"), "members.view_savingsentry"),
        ("savings:rates", _("Besar simpanan"), "members.view_savingsrate"),
        ("savings:months", _("Tutup bulan"), "members.view_monthlock"),
    ]
    return [
        {"label": label, "href": reverse(name), "is_current": name == current}
        for name, label, permission in offered
        if request.user.has_perm(permission)
    ]


def person_links(request: HttpRequest, member: Member) -> list[dict[str, str]]:
    """What else there is to open about one member: (url name of a page by the member's key, word, right)."""
    offered = [
        ("savings:card", _("Simpanan"), "members.view_savingsentry"),
        ("books:savings_book", _("Cetak kartu simpanan"), "members.view_savingsentry"),
        ("books:letter", _("Surat data pribadi"), "members.view_savingsentry"),
    ]
    return [
        {"label": label, "href": reverse(name, args=[member.pk])}
        for name, label, permission in offered
        if request.user.has_perm(permission)
    ]
