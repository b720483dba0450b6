"""Answers Django's permission questions from the matrix, so that pages, templates and admin agree."""

from typing import TYPE_CHECKING, Any

from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.models import AnonymousUser

from kkmp.accounts.permissions import permissions_of

if TYPE_CHECKING:
    from kkmp.accounts.models import User


class RoleBackend(ModelBackend):
    """Password check as Django does it; rights from the role alone, no groups and no rights by person."""

    def get_all_permissions(self, user_obj: "User | AnonymousUser", obj: Any = None) -> set[str]:
        if isinstance(user_obj, AnonymousUser) or obj is not None:
            return set()
        return set(permissions_of(user_obj))

    get_user_permissions = get_all_permissions

    def get_group_permissions(self, user_obj: Any, obj: Any = None) -> set[str]:
        return set()

    def has_perm(self, user_obj: "User | AnonymousUser", perm: str, obj: Any = None) -> bool:
        return perm in self.get_all_permissions(user_obj, obj)

    def has_module_perms(self, user_obj: "User | AnonymousUser", app_label: str) -> bool:
        return any(perm.startswith(f"{app_label}.") for perm in self.get_all_permissions(user_obj))
