"""The membership that an address names."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from members.models import Member


def visible_member(request: HttpRequest, pk: int) -> Member:
    """404 where this person does not see the row; 403 for whoever sees the cooperatives but no member."""
    if not request.user.has_perm("members.view_member"):
        raise PermissionDenied
    mine = Member.objects.visible_to(request.user).select_related("cooperative__kelurahan__kecamatan")
    return get_object_or_404(mine, pk=pk)
