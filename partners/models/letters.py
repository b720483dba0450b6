"""Letters that went out to partners: numbered by year, kept as they were sent."""

import re
from datetime import date, datetime, time
from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cooperatives.models import Cooperative
from cooperatives.scope import ScopedQuerySet
from kkmp.accounts.models import User
from kkmp.files import hidden_path
from outlets.models import Outlet
from partners.models.offers import Offer
from partners.models.partners import Partner

# As letters are numbered; people type the number alone, too.
_REFERENCE = re.compile(r"(?P<number>[0-9]{1,9})(?:/KKMP/(?P<year>[0-9]{4}))?", re.IGNORECASE)


def reference_of(number: int, year: int) -> str:
    """“012/KKMP/2026”."""
    return f"{number:03d}/KKMP/{year}"


class LetterQuerySet(ScopedQuerySet["Letter"]):
    cooperative_path: ClassVar[str] = "outlet__cooperative"

    def made_by_day(self, day: date) -> Self:
        """Made on that day in Jakarta or earlier."""
        return self.filter(made_at__lte=timezone.make_aware(datetime.combine(day, time.max)))

    def search(self, text: str) -> Self:
        """By number (“12”, “012/KKMP/2026”), partner, outlet or cooperative."""
        text = text.strip()
        found = (
            Q(partner__name__icontains=text)
            | Q(outlet__name__icontains=text)
            | Q(outlet__cooperative__in=Cooperative.objects.search(text))
        )
        if named := _REFERENCE.fullmatch(text):
            numbered = Q(number=named["number"])
            found |= numbered & Q(year=named["year"]) if named["year"] else numbered
        return self.filter(found)


def letter_path(_letter: "Letter", _name: str) -> str:
    return hidden_path("letters")


class Letter(models.Model):
    """A letter to a partner about one outlet, as PDF. Append-only: a better one is a new number.

    `content` is what stands in the file (`kkmp.pdf.paper`) and the short text of it, for the page that tells the same.
    """

    year = models.PositiveSmallIntegerField(_("tahun"))
    number = models.PositiveIntegerField(_("nomor urut"))
    partner = models.ForeignKey(Partner, models.PROTECT, verbose_name=_("mitra"), related_name="letters")
    outlet = models.ForeignKey(Outlet, models.PROTECT, verbose_name=_("gerai"), related_name="letters")
    offer = models.ForeignKey(
        Offer,
        models.PROTECT,
        verbose_name=_("penawaran"),
        related_name="letters",
        null=True,
        blank=True,
    )
    file = models.FileField(_("berkas"), upload_to=letter_path, editable=False)
    sha256 = models.CharField(_("sidik berkas"), max_length=64, editable=False)
    size = models.PositiveIntegerField(_("ukuran (bita)"), editable=False)
    content: Any = models.JSONField(_("isi surat"), default=dict, editable=False)
    by = models.ForeignKey(User, models.PROTECT, verbose_name=_("dibuat oleh"), related_name="+")
    made_at = models.DateTimeField(_("dibuat pada"), default=timezone.now, editable=False)

    objects = LetterQuerySet.as_manager()

    class Meta:
        verbose_name = _("surat kepada mitra")
        verbose_name_plural = pgettext_lazy("plural", "surat kepada mitra")
        ordering = ["-year", "-number"]
        constraints = [
            models.UniqueConstraint(
                name="letter_number_once_a_year",
                fields=["year", "number"],
                violation_error_message=_("Nomor surat ini sudah dipakai tahun itu."),
            ),
            models.CheckConstraint(
                name="letter_is_numbered_and_kept",
                condition=Q(number__gt=0) & ~Q(file="") & ~Q(sha256="") & Q(size__gt=0),
                violation_error_message=_("Surat bernomor dan disimpan bersama berkasnya."),
            ),
        ]

    def __str__(self) -> str:
        return reference_of(self.number, self.year)

    def get_absolute_url(self) -> str:
        return reverse("partners:letter", args=[self.pk])

    @property
    def file_name(self) -> str:
        """As it is downloaded."""
        return f"surat-{str(self).replace('/', '-')}.pdf"
