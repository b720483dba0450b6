"""Members of the cooperatives: each one's register, as it stood on any day."""

import re
from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import Self

from django.db import models
from django.db.models import Count, F, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cooperatives.models import Cooperative, Gender
from cooperatives.scope import ScopedQuerySet
from kkmp.edited import EditedModel

NUMBER_LENGTH = 20
_NUMBERED = re.compile(r"(?P<prefix>.*?)(?P<digits>[0-9]+)")


def _member_on(day: date) -> Q:
    return Q(joined_on__lte=day) & (Q(ended_on=None) | Q(ended_on__gt=day))


def _joined_between(since: date, on: date) -> Q:
    return Q(joined_on__gt=since, joined_on__lte=on)


def _left_between(since: date, on: date) -> Q:
    return Q(ended_on__gt=since, ended_on__lte=on)


class MemberQuerySet(ScopedQuerySet["Member"]):
    def as_of(self, day: date) -> Self:
        """Members on that day; the day somebody left no longer counts."""
        return self.filter(_member_on(day))

    def ever_by(self, day: date) -> Self:
        """Everybody who had joined by that day, those who left too."""
        return self.filter(joined_on__lte=day)

    def left_by(self, day: date) -> Self:
        return self.filter(ended_on__lte=day)

    def joined_between(self, since: date, on: date) -> Self:
        """Joined after `since`, by `on`: members(on) = members(since) + joined − left."""
        return self.filter(_joined_between(since, on))

    def left_between(self, since: date, on: date) -> Self:
        return self.filter(_left_between(since, on))

    def next_number(self) -> str:
        """The number after the highest one in these rows, written the way most of them are: “A-009” → “A-010”."""
        numbers = [
            match
            for number in self.values_list("number", flat=True)
            if (match := _NUMBERED.fullmatch(number))
        ]
        if not numbers:
            return "001"
        prefix, _count = Counter(match["prefix"] for match in numbers).most_common(1)[0]
        digits = [match["digits"] for match in numbers if match["prefix"] == prefix]
        following = str(max(int(text) for text in digits) + 1).zfill(max(len(text) for text in digits))
        number = f"{prefix}{following}"
        return number if len(number) <= NUMBER_LENGTH else ""

    def search(self, text: str) -> Self:
        """By name, number or cooperative."""
        text = text.strip()
        return self.filter(
            Q(full_name__icontains=text)
            | Q(number__iexact=text)
            | Q(cooperative__in=Cooperative.objects.search(text))
        )


class Member(EditedModel):
    """One membership: a person who returns after leaving gets a new one (UU 25/1992 Art. 17: the members' register)."""

    cooperative = models.ForeignKey(
        Cooperative, models.PROTECT, verbose_name=_("koperasi"), related_name="members"
    )
    number = models.CharField(_("nomor anggota"), max_length=NUMBER_LENGTH)
    full_name = models.CharField(_("nama lengkap"), max_length=150)
    gender = models.CharField(_("jenis kelamin"), max_length=6, choices=Gender, blank=True)
    joined_on = models.DateField(_("tanggal masuk"))
    ended_on = models.DateField(_("tanggal keluar"), null=True, blank=True)

    objects = MemberQuerySet.as_manager()

    class Meta:
        verbose_name = _("anggota")
        verbose_name_plural = pgettext_lazy("plural", "anggota")
        ordering = ["cooperative__kelurahan__kecamatan__name", "cooperative__kelurahan__name", "number", "pk"]
        indexes = [models.Index(fields=["cooperative", "joined_on", "ended_on"], name="member_as_of")]
        constraints = [
            models.UniqueConstraint(
                name="member_number_once_a_cooperative",
                fields=["cooperative", "number"],
                violation_error_message=_("Nomor anggota ini sudah dipakai di koperasi itu."),
            ),
            models.CheckConstraint(
                name="member_left_after_joining",
                condition=Q(ended_on=None) | Q(ended_on__gte=F("joined_on")),
                violation_error_message=_("Tanggal keluar tidak boleh sebelum tanggal masuk."),
            ),
            models.CheckConstraint(
                name="member_has_a_number_and_a_name",
                condition=~Q(number="") & ~Q(full_name=""),
                violation_error_message=_("Nomor dan nama anggota wajib diisi."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.full_name}"

    def get_absolute_url(self) -> str:
        return reverse("members:edit", args=[self.pk])


def with_member_count(
    cooperatives: QuerySet[Cooperative], *, on: date, name: str = "member_count"
) -> QuerySet[Cooperative]:
    """Annotate each cooperative with its members on a day."""
    # Subquery: joining members beside other children would multiply both counts.
    counted = (
        Member.objects.as_of(on)
        .filter(cooperative=OuterRef("pk"))
        .order_by()
        .values("cooperative")
        .annotate(count=Count("pk"))
        .values("count")
    )
    return cooperatives.annotate(**{name: Coalesce(Subquery(counted, output_field=IntegerField()), 0)})


@dataclass(frozen=True)
class MemberCount:
    """Members on a day, by gender, and who came and went since an earlier one."""

    total: int
    female: int
    male: int
    unknown: int
    joined: int
    left: int


def count_members(cooperatives: QuerySet[Cooperative], *, on: date, since: date | None = None) -> MemberCount:
    """Count in one query; for everybody who sees the cooperatives, also those who may not see a member's row."""
    now = _member_on(on)
    since = since or on
    counts = Member.objects.filter(cooperative__in=cooperatives).aggregate(
        total=Count("pk", filter=now),
        female=Count("pk", filter=now & Q(gender=Gender.FEMALE)),
        male=Count("pk", filter=now & Q(gender=Gender.MALE)),
        unknown=Count("pk", filter=now & Q(gender="")),
        joined=Count("pk", filter=_joined_between(since, on)),
        left=Count("pk", filter=_left_between(since, on)),
    )
    return MemberCount(**counts)
