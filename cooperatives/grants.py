"""Areas granted to officers: in words, and handed over from one officer to another."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from hashlib import sha256

from django.db import transaction
from django.db.models import Q
from django.http import HttpRequest
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from cooperatives.models import AreaGrant
from kkmp.accounts.models import User, Verb
from kkmp.accounts.services import record_access


class PlanChangedError(Exception):
    """Between the preview and the confirmation somebody changed one of these areas."""


def area_in_words(grant: AreaGrant) -> str:
    """“Kecamatan Tebet”, “Kelurahan Melawai, Kecamatan Kebayoran Baru”."""
    if grant.kelurahan:
        return _("Kelurahan %(name)s, Kecamatan %(kecamatan)s") % {
            "name": grant.kelurahan.name,
            "kecamatan": grant.kelurahan.kecamatan.name,
        }
    return _("Kecamatan %(name)s") % {"name": grant.area}


def state_on(grant: AreaGrant, day: date) -> str:
    """“active”, “ended” or “later”: whether the area is held on that day."""
    if grant.starts_on > day:
        return "later"
    return "ended" if grant.ends_on and grant.ends_on < day else "active"


def grant_in_words(grant: AreaGrant) -> str:
    """As the access log says it: who, which area, from when until when."""
    period = _("sejak %(day)s") % {"day": date_format(grant.starts_on, "d/m/Y")}
    if grant.ends_on:
        period = _("%(start)s sampai %(end)s") % {
            "start": date_format(grant.starts_on, "d/m/Y"),
            "end": date_format(grant.ends_on, "d/m/Y"),
        }
    return _("%(who)s: wilayah %(area)s, %(period)s") % {
        "who": grant.user.username,
        "area": grant.area,
        "period": period,
    }


@dataclass(frozen=True)
class Step:
    """What a hand-over does to one area.

    `ends_on` is the new last day of who leaves, None where the area ends by then anyway; `held` is what the one who
    comes holds of it already. Then nothing begins, nor where the same area is handed over twice.
    """

    grant: AreaGrant
    ends_on: date | None
    held: AreaGrant | None
    begins: bool

    @property
    def area(self) -> str:
        return area_in_words(self.grant)


@dataclass(frozen=True)
class HandOver:
    """A hand-over before it is done: who comes, from which day, and each area's step."""

    to: User
    starts_on: date
    last_on: date
    steps: tuple[Step, ...]

    @property
    def overlap_days(self) -> int:
        """Days on which both see the areas; negative where nobody does."""
        return (self.last_on - self.starts_on).days + 1

    @property
    def gap_days(self) -> int:
        return max(-self.overlap_days, 0)

    @property
    def key(self) -> str:
        """Differs as soon as anything that was shown would come out otherwise."""
        parts: list[object] = [self.to.pk, self.starts_on, self.last_on]
        for step in self.steps:
            held = (step.held.pk, step.held.version) if step.held else ()
            parts += [step.grant.pk, step.grant.version, step.ends_on, held, step.begins]
        return sha256(repr(parts).encode()).hexdigest()[:32]


def plan_hand_over(grants: Iterable[AreaGrant], *, to: User, starts_on: date, last_on: date) -> HandOver:
    """What handing these areas over would do. Two queries for any number of areas."""
    chosen = AreaGrant.objects.filter(pk__in=[grant.pk for grant in grants]).order_by("starts_on", "pk")
    chosen = chosen.select_related("user", "kecamatan", "kelurahan__kecamatan")
    theirs = AreaGrant.objects.filter(Q(ends_on=None), user=to, starts_on__lte=starts_on)
    held = list(
        theirs.select_related("user", "kecamatan", "kelurahan__kecamatan").order_by("starts_on", "pk")
    )
    steps, begun = [], set()
    for grant in chosen:
        already = next((one for one in held if _covers(one, grant)), None)
        area = (grant.kecamatan_id, grant.kelurahan_id)
        steps.append(
            Step(
                grant=grant,
                ends_on=last_on if grant.ends_on is None or grant.ends_on > last_on else None,
                held=already,
                begins=already is None and area not in begun,
            )
        )
        begun.add(area)
    return HandOver(to=to, starts_on=starts_on, last_on=last_on, steps=tuple(steps))


def _covers(one: AreaGrant, other: AreaGrant) -> bool:
    """Whether who holds the one sees all of the other."""
    if one.kecamatan_id is None:
        return one.kelurahan_id == other.kelurahan_id
    kecamatan = other.kelurahan.kecamatan_id if other.kelurahan else other.kecamatan_id
    return one.kecamatan_id == kecamatan


@transaction.atomic
def hand_over(
    plan: HandOver, *, key: str, reason: str, by: User, request: HttpRequest | None = None
) -> list[AreaGrant]:
    """End and begin what the plan says, each a line of the access log; returns the areas that begin.

    `key` is of the plan that was shown; raises PlanChangedError where the areas no longer stand as it says.
    """
    grants = list(AreaGrant.objects.select_for_update().filter(pk__in=[step.grant.pk for step in plan.steps]))
    now = plan_hand_over(grants, to=plan.to, starts_on=plan.starts_on, last_on=plan.last_on)
    if now.key != key:
        raise PlanChangedError
    begun = []
    for step in now.steps:
        if step.ends_on:
            step.grant.ends_on = step.ends_on
            step.grant.version += 1
            _save(step.grant, reason=reason, by=by, request=request)
        if step.begins:
            following = AreaGrant(
                user=now.to,
                kecamatan=step.grant.kecamatan,
                kelurahan=step.grant.kelurahan,
                starts_on=now.starts_on,
            )
            _save(following, reason=reason, by=by, request=request)
            begun.append(following)
    return begun


def _save(grant: AreaGrant, *, reason: str, by: User, request: HttpRequest | None) -> None:
    grant._change_reason = reason  # type: ignore[attr-defined]  # simple-history reads it
    grant.full_clean()
    grant.save()
    record_access(request, Verb.RIGHT_CHANGED, target=grant_in_words(grant), purpose=reason, user=by)


def first_day_to_end() -> date:
    """The earliest last day that may be chosen: yesterday, so that an area can be closed at once."""
    return timezone.localdate() - timedelta(days=1)
