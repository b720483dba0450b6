"""What a partner offers before it is promised to anybody: kind, sums, period, and the conditions it asks for."""

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, ClassVar, Self

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import (
    BigIntegerField,
    Case,
    CharField,
    F,
    OuterRef,
    Q,
    Subquery,
    Sum,
    TextField,
    Value,
    When,
)
from django.db.models.functions import Cast, Coalesce, Greatest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cooperatives.models import Kecamatan, PaperKind
from cooperatives.scope import may_view
from kkmp.accounts.models import User
from kkmp.edited import EditedModel
from outlets.models import OutletKind
from partners.models.events import Event
from partners.models.kinds import Capital, SupportKind, capital_of
from partners.models.partners import Partner

if TYPE_CHECKING:
    from partners.models.supports import SupportQuerySet


class OfferState(models.TextChoices):
    """Where an offer stands on a day."""

    SOON = "soon", _("Belum mulai")
    OPEN = "open", _("Masih berlaku")
    OVER = "over", _("Sudah berakhir")


class OfferQuerySet(models.QuerySet["Offer"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Offers belong to no area: all of them, or none without the right."""
        return self.all() if may_view(self.model, user) else self.none()

    def made_by(self, day: date) -> Self:
        """Begun by that day, open or over."""
        return self.filter(open_from__lte=day)

    def open_on(self, day: date) -> Self:
        """Begun by that day and not over; the last day still counts."""
        return self.made_by(day).filter(Q(open_until=None) | Q(open_until__gte=day))

    def with_state(self, day: date) -> Self:
        """Annotate `state`: not begun, open or over on that day."""
        return self.annotate(
            state=Case(
                When(open_from__gt=day, then=Value(OfferState.SOON)),
                When(open_until__lt=day, then=Value(OfferState.OVER)),
                default=Value(OfferState.OPEN),
                output_field=CharField(),
            )
        )

    def for_kecamatan(self, kecamatan: Kecamatan | None) -> Self:
        """Offers that do not rule out this kecamatan; all where none is chosen."""
        if kecamatan is None:
            return self
        # As text: SQLite cannot ask whether a list contains something.
        named = self.alias(_named=Cast("kecamatan", TextField()))
        return named.filter(Q(kecamatan=[]) | Q(_named__contains=f'"{kecamatan.pk}"'))

    def with_agreed(self, supports: "SupportQuerySet") -> Self:
        """Annotate `agreed_idr`: what of each offer is committed or further; the caller has dated the supports.

        What is left of an offer is known only from the supports of the whole city.
        """
        agreed = supports.agreed().filter(offer=OuterRef("pk")).order_by().values("offer")
        agreed = agreed.annotate(total=Sum("committed_idr"))
        return self.annotate(
            agreed_idr=Coalesce(Subquery(agreed.values("total"), output_field=BigIntegerField()), 0)
        )

    def with_remaining(self) -> Self:
        """Annotate `remaining_idr`, the same as `left_idr`, after `with_agreed` has counted the whole city."""
        # Case: where there is no ceiling, PostgreSQL's GREATEST would pass over the null and say 0.
        left = Greatest(F("ceiling_idr") - F("agreed_idr"), Value(0), output_field=BigIntegerField())
        return self.annotate(
            remaining_idr=Case(
                When(ceiling_idr=None, then=None), default=left, output_field=BigIntegerField()
            )
        )

    def search(self, text: str) -> Self:
        """By title, partner or conditions."""
        text = text.strip()
        return self.filter(
            Q(title__icontains=text) | Q(partner__name__icontains=text) | Q(conditions__icontains=text)
        )


class Offer(EditedModel):
    """What a partner is ready to give to whoever fits; each promise made out of it is a `Support`.

    The conditions are lists of codes: a list in the row itself is part of its history. An empty list asks for nothing.
    """

    partner = models.ForeignKey(Partner, models.PROTECT, verbose_name=_("mitra"), related_name="offers")
    event = models.ForeignKey(
        Event,
        models.PROTECT,
        verbose_name=_("acara asal"),
        related_name="offers",
        null=True,
        blank=True,
    )
    title = models.CharField(_("penawaran"), max_length=200)
    kind = models.CharField(_("bentuk bantuan"), max_length=12, choices=SupportKind)
    ceiling_idr = models.BigIntegerField(
        _("plafon seluruhnya"),
        null=True,
        blank=True,
        help_text=_("Kosongkan bila tidak dibatasi atau bukan uang."),
    )
    per_outlet_idr = models.BigIntegerField(
        _("paling banyak per gerai"), null=True, blank=True, help_text=_("Kosongkan bila tidak dibatasi.")
    )
    open_from = models.DateField(_("berlaku mulai"))
    open_until = models.DateField(
        _("berlaku sampai"), null=True, blank=True, help_text=_("Kosongkan bila belum ditentukan.")
    )
    kecamatan = models.JSONField(_("kecamatan"), default=list, blank=True)
    outlet_kinds = models.JSONField(_("jenis gerai"), default=list, blank=True)
    needed_papers = models.JSONField(_("surat yang harus ada"), default=list, blank=True)
    min_paying_members = models.PositiveIntegerField(
        _("anggota yang membayar, paling sedikit"), null=True, blank=True
    )
    conditions = models.CharField(_("syarat lain"), max_length=500, blank=True)

    codes_of: ClassVar[Mapping[str, type[models.TextChoices] | type[models.Model]]] = {
        "kecamatan": Kecamatan,
        "outlet_kinds": OutletKind,
        "needed_papers": PaperKind,
    }

    objects = OfferQuerySet.as_manager()

    class Meta:
        verbose_name = _("penawaran")
        verbose_name_plural = pgettext_lazy("plural", "penawaran")
        ordering = ["-open_from", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="offer_kind_is_known",
                condition=Q(kind__in=SupportKind.values),
                violation_error_message=_("Pilih bentuk dari daftar."),
            ),
            models.CheckConstraint(
                name="offer_sums_are_positive",
                condition=(Q(ceiling_idr=None) | Q(ceiling_idr__gt=0))
                & (Q(per_outlet_idr=None) | Q(per_outlet_idr__gt=0)),
                violation_error_message=_("Nilai lebih dari Rp 0, atau kosongkan."),
            ),
            models.CheckConstraint(
                name="offer_per_outlet_within_its_ceiling",
                condition=Q(ceiling_idr=None)
                | Q(per_outlet_idr=None)
                | Q(per_outlet_idr__lte=F("ceiling_idr")),
                violation_error_message=_("Batas per gerai tidak lebih dari plafon seluruhnya."),
            ),
            models.CheckConstraint(
                name="offer_ends_after_it_begins",
                condition=Q(open_until=None) | Q(open_until__gte=F("open_from")),
                violation_error_message=_("“Berlaku sampai” tidak boleh sebelum “berlaku mulai”."),
            ),
        ]

    # Set by `with_agreed` and `with_state`.
    agreed_idr: int
    state: str

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("partners:offer_detail", args=[self.pk])

    def is_open_on(self, day: date) -> bool:
        """The last day still counts."""
        return self.open_from <= day and (self.open_until is None or day <= self.open_until)

    @property
    def capital(self) -> Capital:
        """Own, borrowed, neither, or no capital at all."""
        return capital_of(self.kind)

    @property
    def state_label(self) -> str:
        """In words; of rows that `with_state` annotated."""
        return str(OfferState(self.state).label)

    @property
    def left_idr(self) -> int | None:
        """What may still be promised of the ceiling; None where there is none. Of rows that `with_agreed` annotated."""
        return None if self.ceiling_idr is None else max(0, self.ceiling_idr - self.agreed_idr)
