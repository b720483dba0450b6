"""Events where partners and cooperatives met, and who was there."""

from datetime import date
from typing import Self

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Count, Exists, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cooperatives.models import Cooperative
from cooperatives.scope import may_view
from kkmp.accounts.models import User
from kkmp.edited import EditedModel
from partners.models.partners import Partner


class EventQuerySet(models.QuerySet["Event"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Events belong to no area."""
        return self.all() if may_view(self.model, user) else self.none()

    def held_by(self, day: date) -> Self:
        return self.filter(held_on__lte=day)

    def with_attendance(self, attendances: "AttendanceQuerySet") -> Self:
        """Annotate `partner_count` and `cooperative_count` from these attendances; the caller has scoped them."""
        own = attendances.filter(event=OuterRef("pk")).order_by().values("event")
        return self.annotate(
            **{
                f"{who}_count": Coalesce(
                    Subquery(own.annotate(count=Count(who)).values("count"), output_field=IntegerField()), 0
                )
                for who in ("partner", "cooperative")
            }
        )

    def search(self, text: str) -> Self:
        """By title, place, or who was there."""
        text = text.strip()
        partners = Attendance.objects.filter(event=OuterRef("pk"), partner__name__icontains=text)
        return self.filter(Q(title__icontains=text) | Q(place__icontains=text) | Exists(partners))


class Event(EditedModel):
    """A meeting of partners and cooperatives."""

    title = models.CharField(_("acara"), max_length=200)
    held_on = models.DateField(_("tanggal"))
    place = models.CharField(_("tempat"), max_length=200, blank=True)

    objects = EventQuerySet.as_manager()

    class Meta:
        verbose_name = _("acara")
        verbose_name_plural = pgettext_lazy("plural", "acara")
        ordering = ["-held_on", "pk"]
        constraints = [
            models.UniqueConstraint(
                name="event_once_a_day",
                fields=["held_on", "title"],
                violation_error_message=_("Acara ini sudah dicatat untuk tanggal itu."),
            )
        ]

    # Set by `with_attendance`.
    partner_count: int
    cooperative_count: int

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("partners:event_detail", args=[self.pk])


class AttendanceQuerySet(models.QuerySet["Attendance"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Partners that came, and those cooperatives that the user sees."""
        if not may_view(self.model, user):
            return self.none()
        return self.of_partners_and(Cooperative.objects.visible_to(user))

    def of_partners_and(self, cooperatives: QuerySet[Cooperative]) -> Self:
        """Partners that came, and those of these cooperatives that did."""
        return self.filter(Q(cooperative=None) | Q(cooperative__in=cooperatives))


class Attendance(models.Model):
    """A partner or a cooperative was at an event."""

    event = models.ForeignKey(Event, models.PROTECT, verbose_name=_("acara"), related_name="attendances")
    partner = models.ForeignKey(
        Partner, models.PROTECT, verbose_name=_("mitra"), null=True, blank=True, related_name="attendances"
    )
    cooperative = models.ForeignKey(
        Cooperative,
        models.PROTECT,
        verbose_name=_("koperasi"),
        null=True,
        blank=True,
        related_name="attendances",
    )

    objects = AttendanceQuerySet.as_manager()

    class Meta:
        verbose_name = _("kehadiran")
        verbose_name_plural = pgettext_lazy("plural", "kehadiran")
        ordering = ["event", "pk"]
        constraints = [
            models.CheckConstraint(
                name="attendance_is_a_partner_or_a_cooperative",
                condition=Q(partner=None, cooperative__isnull=False)
                | Q(partner__isnull=False, cooperative=None),
                violation_error_message=_("Isi mitra atau koperasi, salah satu saja."),
            ),
            models.UniqueConstraint(
                name="partner_attends_once",
                fields=["event", "partner"],
                condition=Q(partner__isnull=False),
                violation_error_message=_("Mitra ini sudah tercatat hadir."),
            ),
            models.UniqueConstraint(
                name="cooperative_attends_once",
                fields=["event", "cooperative"],
                condition=Q(cooperative__isnull=False),
                violation_error_message=_("Koperasi ini sudah tercatat hadir."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.partner or self.cooperative} @ {self.event}"
