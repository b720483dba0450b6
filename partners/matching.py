"""An offer and outlets brought together: who fits, how well and why, who does not and why; and proposing to those who do."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import cached_property
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cooperatives.asof import View
from cooperatives.models import Cooperative, Parameter, ParameterKey
from kkmp.accounts.models import User
from outlets.models import Outlet, OutletQuerySet, Status
from partners.candidates import MAY_OPEN, Candidate, Proposed, read_candidates
from partners.match_rules import CONDITIONS, RULES, Rule, Verdict, most_idr
from partners.models import GRANTS, Capital, Offer, Support, capital_of
from partners.proposals import Proposal, propose_supports

Weights = Mapping[ParameterKey, int]


@dataclass(frozen=True)
class Points:
    """What one rule gives. Whole points, so that the sum on the page is the sum of what stands there."""

    rule: Rule
    weight: int
    verdict: Verdict

    @property
    def points(self) -> int:
        return int(self.weight * self.verdict.share + Fraction(1, 2))


@dataclass(frozen=True)
class Match:
    """One outlet and one offer: every reason why they do not fit, or the points of each rule."""

    candidate: Candidate
    offer: Offer
    failures: tuple[str, ...]
    by_rule: tuple[Points, ...]

    @cached_property
    def total(self) -> int:
        return sum(one.points for one in self.by_rule)

    @property
    def most_idr(self) -> int | None:
        return most_idr(self.candidate, self.offer)

    @property
    def suggested_idr(self) -> int | None:
        """What to propose; nothing where the help is no sum, or where neither gap nor limit says one."""
        return None if capital_of(self.offer.kind) == Capital.SERVICE else self.most_idr

    @property
    def gap_idr(self) -> int:
        return self.candidate.gap_idr

    @property
    def promised_idr(self) -> int:
        return self.candidate.gap.promised_idr if self.candidate.gap else 0

    @property
    def proposed(self) -> list[Proposed]:
        """What was made of this offer for this outlet already."""
        return self.candidate.supports_of(self.offer.pk)

    @property
    def rank(self) -> tuple[int, date, int, int]:
        """Most points first; of equal ones the longest idle, then the key."""
        return -self.total, self.candidate.idle_since or date.max, self.candidate.key, self.offer.pk


@dataclass(frozen=True)
class Ranking:
    """Those who fit, the best first; apart those who do not."""

    fitting: list[Match]
    excluded: list[Match]
    weights: Weights

    @property
    def rules(self) -> list[tuple[Rule, int]]:
        return [(rule, self.weights[rule.weight]) for rule in RULES]

    @property
    def most_points(self) -> int:
        return sum(weight for _rule, weight in self.rules)


def bring_together(candidate: Candidate, offer: Offer, weights: Weights) -> Match:
    failures = tuple(failure for failure in (judge(candidate, offer) for judge in CONDITIONS) if failure)
    by_rule = () if failures else RULES
    return Match(
        candidate,
        offer,
        failures,
        tuple(Points(rule, weights[rule.weight], rule.judge(candidate, offer)) for rule in by_rule),
    )


def rank(pairs: Iterable[tuple[Candidate, Offer]], weights: Weights) -> Ranking:
    """Asks no query. The offers come from `with_agreed`."""
    matches = [bring_together(candidate, offer, weights) for candidate, offer in pairs]
    return Ranking(
        sorted((one for one in matches if not one.failures), key=lambda one: one.rank),
        [one for one in matches if one.failures],
        weights,
    )


def offers_on(view: View) -> Any:
    """Offers open on the day, each with what is agreed of it."""
    return offers_seen(view).open_on(view.on).order_by("partner__name", "title", "pk")


def offers_seen(view: View) -> Any:
    """With what is agreed of each as far as the viewer sees: what is left must not tell what other areas were promised."""
    agreed = Support.objects.visible_to(view.user).as_of(view.on)
    seen = Offer.objects.visible_to(view.user).with_agreed(agreed)
    return seen.select_related("partner")


def outlets_for(offer: Offer, view: View) -> Ranking:
    """Outlets in view that do not run, ranked for an offer."""
    outlets = Outlet.objects.visible_to(view.user).filter(cooperative__in=view.cooperatives)
    return rank(((one, offer) for one in _candidates(outlets, view, MAY_OPEN)), _weights(view))


def offers_for(outlet: Outlet, view: View) -> Ranking:
    """Offers open on the day, ranked for an outlet."""
    outlets = Outlet.objects.visible_to(view.user).filter(pk=outlet.pk)
    [candidate] = _candidates(outlets, view, (*Status, None))
    return rank(((candidate, offer) for offer in offers_on(view)), _weights(view))


def _candidates(outlets: OutletQuerySet, view: View, statuses: Sequence[Status | None]) -> list[Candidate]:
    # Of the whole kecamatan, also where the page shows a part of it.
    neighbours = Cooperative.objects.visible_to(view.user)
    return read_candidates(outlets, neighbours=neighbours, on=view.on, statuses=statuses)


def _weights(view: View) -> Weights:
    return Parameter.objects.values_on(view.on)


@transaction.atomic
def propose_matches(
    chosen: Sequence[tuple[Match, int | None]],
    *,
    offer: Offer,
    note: str,
    on: date,
    is_repeat_meant: bool,
    by: User,
) -> list[Support]:
    """Propose an offer to outlets that fit. Raises ValidationError.

    The caller holds the offer's row locked since before it read the matches: the second of two quick clicks then
    finds what the first wrote, and has to mean it.
    """
    for match, amount in chosen:
        _check_amount(match, amount)
    again = [match.candidate.outlet.name for match, _amount in chosen if match.proposed]
    if again and not is_repeat_meant:
        told = ngettext(
            "Penawaran ini sudah diusulkan untuk %(names)s dan belum diputuskan. Centang bila memang sekali lagi.",
            "Penawaran ini sudah diusulkan untuk %(names)s dan belum diputuskan. Centang bila memang sekali lagi.",
            len(again),
        )
        raise ValidationError({"again": told % {"names": ", ".join(again)}})
    return propose_supports(
        [Proposal(match.candidate.outlet, amount) for match, amount in chosen],
        partner=offer.partner,
        kind=offer.kind,
        offer=offer,
        note=note,
        on=on,
        by=by,
    )


def _check_amount(match: Match, amount: int | None) -> None:
    field = f"amount-{match.candidate.key}"
    limit = match.offer.per_outlet_idr
    if amount is None:
        if match.offer.kind in GRANTS:
            raise ValidationError({field: _("Isi jumlahnya, atau hapus centangnya.")})
        return
    if limit is not None and amount > limit:
        raise ValidationError({field: _("Lebih dari batas penawaran untuk satu gerai.")})
    if match.offer.kind in GRANTS and amount > match.gap_idr:
        raise ValidationError({field: _("Lebih dari kekurangan gerai ini.")})
