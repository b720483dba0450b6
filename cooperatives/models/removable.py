"""Rows that people take away and bring back: nothing of them is lost, and they count on no day while they are away."""

from typing import Self, TypeVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cooperatives.scope import ScopedQuerySet
from kkmp.accounts.models import User
from kkmp.edited import EditedModel

M = TypeVar("M", bound="RemovableModel")


class RemovableQuerySet(ScopedQuerySet[M]):
    def kept(self) -> Self:
        """All but what was taken away."""
        return self.filter(removed_at=None)


class RemovableModel(EditedModel):
    """A record made by mistake is taken away, not deleted: whoever did it can bring it back."""

    removed_at = models.DateTimeField(_("dihapus pada"), null=True, blank=True, editable=False)
    removed_by = models.ForeignKey(
        User,
        models.PROTECT,
        verbose_name=_("dihapus oleh"),
        null=True,
        blank=True,
        editable=False,
        related_name="+",
    )

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                name="%(class)s_removed_by_somebody_at_a_time",
                condition=Q(removed_at=None, removed_by=None)
                | Q(removed_at__isnull=False, removed_by__isnull=False),
                violation_error_message=_("Penghapusan mencatat siapa dan kapan."),
            )
        ]
