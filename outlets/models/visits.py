"""Visits: somebody went, looked, and wrote down what was found and what is to follow."""

from datetime import date
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from cooperatives.models import Cooperative, RemovableModel, RemovableQuerySet
from kkmp.accounts.models import User
from outlets.models.outlets import Outlet

LONGEST_FINDING = 1_000


class Seen(models.TextChoices):
    """What the visitor saw on that day: evidence, it changes no status."""

    RUNNING = "running", _("Buka dan melayani")
    CLOSED = "closed", _("Tutup saat dikunjungi")
    NONE = "none", _("Tidak ada gerai")


class VisitQuerySet(RemovableQuerySet["Visit"]):
    def known_on(self, day: date) -> Self:
        """Kept visits of that day and before."""
        return self.kept().filter(visited_on__lte=day)

    def with_follow_up(self) -> Self:
        return self.exclude(follow_up="")

    def follow_ups_open(self, on: date) -> Self:
        """What had been agreed by that day and was not done yet; each with its `follow_up_due_on`, the nearest first."""
        waiting = self.known_on(on).with_follow_up()
        waiting = waiting.filter(Q(follow_up_done_on=None) | Q(follow_up_done_on__gt=on))
        return waiting.order_by("follow_up_due_on", "pk")

    def overdue(self, on: date) -> Self:
        """Open follow-ups whose day has passed; the day itself is still in time."""
        return self.follow_ups_open(on).filter(follow_up_due_on__lt=on)

    def follow_ups_done(self, on: date) -> Self:
        return self.known_on(on).with_follow_up().filter(follow_up_done_on__lte=on)

    def search(self, text: str) -> Self:
        """By finding, follow-up, outlet or cooperative."""
        text = text.strip()
        return self.filter(
            Q(finding__icontains=text)
            | Q(follow_up__icontains=text)
            | Q(outlet__name__icontains=text)
            | Q(cooperative__in=Cooperative.objects.search(text))
        )


class Visit(RemovableModel):
    """A visit to an outlet, or to a cooperative that has none. What was agreed waits until its day is filled in."""

    cooperative = models.ForeignKey(
        Cooperative, models.PROTECT, verbose_name=_("koperasi"), related_name="visits"
    )
    outlet = models.ForeignKey(
        Outlet, models.PROTECT, verbose_name=_("gerai"), related_name="visits", null=True, blank=True
    )
    visited_on = models.DateField(_("tanggal kunjungan"))
    visited_by = models.ForeignKey(
        User, models.PROTECT, verbose_name=_("dikunjungi oleh"), related_name="visits"
    )
    seen = models.CharField(_("yang terlihat"), max_length=10, choices=Seen)
    finding = models.CharField(_("temuan"), max_length=LONGEST_FINDING)
    follow_up = models.CharField(_("tindak lanjut"), max_length=500, blank=True)
    follow_up_due_on = models.DateField(_("paling lambat"), null=True, blank=True)
    follow_up_done_on = models.DateField(_("selesai pada"), null=True, blank=True)

    objects = VisitQuerySet.as_manager()

    class Meta:
        verbose_name = _("kunjungan")
        verbose_name_plural = pgettext_lazy("plural", "kunjungan")
        ordering = ["-visited_on", "-pk"]
        indexes = [
            models.Index(fields=["cooperative", "-visited_on"], name="visit_by_cooperative"),
            models.Index(fields=["outlet", "-visited_on"], name="visit_by_outlet"),
        ]
        constraints = [
            *RemovableModel.Meta.constraints,
            models.CheckConstraint(
                name="visit_without_outlet_saw_none",
                condition=Q(seen=Seen.NONE, outlet=None)
                | Q(seen__in=[Seen.RUNNING, Seen.CLOSED], outlet__isnull=False),
                violation_error_message=_(
                    "Pilih gerai yang dikunjungi; “Tidak ada gerai” hanya untuk koperasi tanpa gerai."
                ),
            ),
            models.CheckConstraint(
                name="visit_says_what_was_found",
                condition=~Q(finding=""),
                violation_error_message=_("Tulis apa yang ditemukan."),
            ),
            models.CheckConstraint(
                name="visit_follow_up_has_text_and_day",
                condition=Q(follow_up="", follow_up_due_on=None)
                | (~Q(follow_up="") & Q(follow_up_due_on__isnull=False)),
                violation_error_message=_("Isi tindak lanjut bersama tanggal paling lambatnya."),
            ),
            models.CheckConstraint(
                name="visit_follow_up_is_due_after_visit",
                condition=Q(follow_up_due_on=None) | Q(follow_up_due_on__gte=F("visited_on")),
                violation_error_message=_("“Paling lambat” tidak boleh sebelum tanggal kunjungan."),
            ),
            models.CheckConstraint(
                name="visit_done_is_of_a_follow_up",
                condition=Q(follow_up_done_on=None) | ~Q(follow_up=""),
                violation_error_message=_("Tidak ada tindak lanjut yang bisa selesai."),
            ),
            models.CheckConstraint(
                name="visit_follow_up_is_done_after_visit",
                condition=Q(follow_up_done_on=None) | Q(follow_up_done_on__gte=F("visited_on")),
                violation_error_message=_("“Selesai” tidak boleh sebelum tanggal kunjungan."),
            ),
        ]

    def __str__(self) -> str:
        words = {"day": date_format(self.visited_on, "j F Y"), "place": self.outlet or self.cooperative}
        return gettext("Kunjungan %(day)s, %(place)s") % words

    def get_absolute_url(self) -> str:
        return reverse("visits:detail", args=[self.pk])

    def waits_on(self, day: date) -> bool:
        """Whether its follow-up is open on that day."""
        is_done = self.follow_up_done_on is not None and self.follow_up_done_on <= day
        return bool(self.follow_up) and not is_done

    def is_overdue_on(self, day: date) -> bool:
        """The day by which it is to be done still counts as in time."""
        return self.waits_on(day) and self.follow_up_due_on is not None and self.follow_up_due_on < day
