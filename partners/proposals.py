"""Supports that are proposed, from the page of an offer or from an allocation: written in bulk, a grant for each need."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from kkmp.accounts.models import User
from kkmp.bulk_history import bulk_create_with_copied_history
from outlets.models import CapitalNeed, Outlet
from partners.gap import needs_with_gap
from partners.models import GRANTS, Offer, Partner, Stage, StageChange, Support


@dataclass(frozen=True)
class Proposal:
    """What one outlet is to get; no sum where it is not money or not known yet."""

    outlet: Outlet
    amount_idr: int | None


@transaction.atomic
def propose_supports(
    proposals: Sequence[Proposal],
    *,
    partner: Partner,
    kind: str,
    offer: Offer | None,
    note: str,
    on: date,
    by: User,
) -> list[Support]:
    """Supports at the first stage, in as many queries for one outlet as for many. Raises ValidationError.

    A grant is split over the outlet's needs, the oldest first and what is promised already last, since a grant closes
    the need that it names; more than the outlet lacks is refused. Everything else is one support an outlet.
    """
    if not proposals:
        raise ValidationError(_("Pilih sedikitnya satu gerai."))
    if offer:
        _refuse_more_than_left(offer, sum(one.amount_idr or 0 for one in proposals), on=on)
    is_split = kind in GRANTS
    needs = _gaps([one.outlet for one in proposals], on=on) if is_split else {}
    supports = []
    for proposal in proposals:
        shares = (
            _split(proposal, needs.get(proposal.outlet.pk, [])) if is_split else [(None, proposal.amount_idr)]
        )
        supports += [
            Support(
                partner=partner,
                cooperative_id=proposal.outlet.cooperative_id,
                outlet=proposal.outlet,
                need=need,
                offer=offer,
                event=offer.event if offer else None,
                kind=kind,
                committed_idr=amount,
                note=note,
            )
            for need, amount in shares
        ]
    bulk_create_with_copied_history(supports, by=by, reason=_("Diusulkan"))
    StageChange.objects.bulk_create(
        [
            StageChange(support=support, stage=Stage.PROSPECT, effective_on=on, reason=note, by=by)
            for support in supports
        ]
    )
    return supports


def _refuse_more_than_left(offer: Offer, together_idr: int, *, on: date) -> None:
    """Of the whole city, whatever part of it the writer sees; one writer of an offer at a time."""
    Offer.objects.select_for_update().get(pk=offer.pk)
    left = Offer.objects.with_agreed(Support.objects.as_of(on)).get(pk=offer.pk).left_idr
    if left is not None and together_idr > left:
        raise ValidationError(
            _("Jumlahnya melebihi sisa penawaran. Kurangi jumlahnya, atau pilih lebih sedikit gerai.")
        )


def _gaps(outlets: Iterable[Outlet], *, on: date) -> dict[int, list[Any]]:
    """By outlet, its needs that lack something, the oldest first."""
    found: dict[int, list[Any]] = defaultdict(list)
    needs: Any = needs_with_gap(CapitalNeed.objects.filter(outlet__in=[one.pk for one in outlets]), on=on)
    for need in needs.filter(gap_idr__gt=0).order_by("since_on", "pk"):
        found[need.outlet_id].append(need)
    return found


def _split(proposal: Proposal, needs: Sequence[Any]) -> list[tuple[CapitalNeed | None, int | None]]:
    if not needs:
        raise ValidationError(
            _("Gerai “%(outlet)s” tidak punya kebutuhan modal yang masih kurang; hibah perlu kebutuhan."),
            params={"outlet": proposal.outlet.name},
        )
    if proposal.amount_idr is None:
        return [(needs[0], None)]
    left = proposal.amount_idr
    shares: dict[Any, int] = defaultdict(int)
    # What nobody has promised yet comes first: else one need is promised twice, and another not at all.
    unpromised = [(need, need.gap_idr - need.promised_idr) for need in needs]
    for need, most in [*unpromised, *((need, need.promised_idr) for need in needs)]:
        share = min(left, most)
        shares[need] += share
        left -= share
    if left > 0:
        raise ValidationError(
            _("Untuk gerai “%(outlet)s” jumlahnya lebih dari kekurangannya."),
            params={"outlet": proposal.outlet.name},
        )
    return [(need, shares[need]) for need in needs if shares[need]]
