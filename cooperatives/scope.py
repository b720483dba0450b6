"""Who sees which rows: `visible_to(user)`, the first link of every query a person triggers."""

from typing import TYPE_CHECKING, ClassVar, Self, TypeVar

from django.apps import apps
from django.contrib.auth.models import AnonymousUser
from django.db.models import Model, QuerySet

if TYPE_CHECKING:
    from kkmp.accounts.models import User


M = TypeVar("M", bound=Model)


class ScopedQuerySet(QuerySet[M]):
    """Rows that belong to a cooperative and are seen by whoever sees that cooperative."""

    # Lookup from this model to the cooperative.
    cooperative_path: ClassVar[str] = "cooperative"

    def visible_to(self, user: "User | AnonymousUser") -> Self:
        """Rows of the areas granted to the user today, and nothing where the role lacks the view right."""
        if not may_view(self.model, user):
            return self.none()
        cooperatives = apps.get_model("cooperatives.Cooperative")
        return self.filter(**{f"{self.cooperative_path}__in": cooperatives.objects.visible_to(user)})


def may_view(model: type[Model], user: "User | AnonymousUser") -> bool:
    return user.has_perm(f"{model._meta.app_label}.view_{model._meta.model_name}")
