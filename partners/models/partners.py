"""CSR partners: institutions that help cooperatives."""

from typing import TYPE_CHECKING, Self

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import BigIntegerField, Count, IntegerField, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cooperatives.scope import may_view
from kkmp.accounts.models import User
from kkmp.edited import EditedModel

if TYPE_CHECKING:
    from partners.models.supports import SupportQuerySet


class PartnerCategory(models.TextChoices):
    BUMN = "bumn", _("BUMN")
    BUMD = "bumd", _("BUMD")
    BANK = "bank", _("Bank / lembaga keuangan")
    SOCIAL_SECURITY = "social_security", _("Jaminan sosial")
    PRIVATE = "private", _("Perusahaan swasta")
    PLATFORM = "platform", _("Platform digital")
    UNIVERSITY = "university", _("Perguruan tinggi")
    FOUNDATION = "foundation", _("Asosiasi atau yayasan")
    GOVERNMENT = "government", _("Pemerintah")


class PartnerQuerySet(models.QuerySet["Partner"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Partners belong to no area: all of them, or none without the right."""
        return self.all() if may_view(self.model, user) else self.none()

    def with_supports(self, supports: "SupportQuerySet") -> Self:
        """Annotate `support_count` and `agreed_idr` from these supports; the caller has scoped and dated them."""
        # Subqueries: a join would count supports of other areas and multiply the sum.
        own = supports.filter(partner=OuterRef("pk")).order_by().values("partner")
        agreed = supports.agreed().filter(partner=OuterRef("pk")).order_by().values("partner")
        agreed = agreed.annotate(total=Sum("committed_idr"))
        return self.annotate(
            support_count=Coalesce(
                Subquery(own.annotate(count=Count("pk")).values("count"), output_field=IntegerField()), 0
            ),
            agreed_idr=Coalesce(Subquery(agreed.values("total"), output_field=BigIntegerField()), 0),
        )

    def search(self, text: str) -> Self:
        """By name or by what the partner helps with."""
        text = text.strip()
        return self.filter(Q(name__icontains=text) | Q(focus__icontains=text))


class Partner(EditedModel):
    """An institution that helps cooperatives. The contact is an office, never a private person."""

    name = models.CharField(_("nama mitra"), max_length=150, unique=True)
    category = models.CharField(_("kategori"), max_length=16, choices=PartnerCategory)
    focus = models.CharField(_("bidang bantuan"), max_length=300, blank=True)
    contact = models.CharField(
        _("kontak kantor"),
        max_length=300,
        blank=True,
        help_text=_("Alamat, telepon, atau e-mail kantor; bukan nomor pribadi."),
    )

    objects = PartnerQuerySet.as_manager()

    class Meta:
        verbose_name = _("mitra")
        verbose_name_plural = pgettext_lazy("plural", "mitra")
        ordering = ["name", "pk"]

    # Set by `with_supports`.
    support_count: int
    agreed_idr: int

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("partners:detail", args=[self.pk])
