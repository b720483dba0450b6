"""An allocation as a page shows it: who is idle, what each gets, what stands in the way of proposing it, and proposing it."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cooperatives.asof import View
from kkmp.accounts.models import User
from kkmp.columns import Cell, Column
from kkmp.listing import Head
from kkmp.tabular.writing import Heading, OutCell
from kkmp.templatetags.ui import rupiah
from outlets.models import Outlet
from partners.allocation import Allocation, Candidate, Row, adjust, allocate
from partners.allocation_forms import AllocationForm
from partners.idle import IdleOutlet, IdleOutlets, read_idle, sort_out
from partners.models import Offer, Partner, Stage, Support
from partners.proposals import Proposal, propose_supports

# Proposed and not decided yet.
OPEN_STAGES = (Stage.PROSPECT, Stage.OFFERED)


@dataclass(frozen=True)
class Line:
    """One candidate under the names that columns read."""

    row: Row
    idle: IdleOutlet

    @property
    def outlet(self) -> Any:
        return self.idle.outlet

    pk = property(lambda self: self.outlet.pk)
    name = property(lambda self: self.outlet.name)
    kind = property(lambda self: self.outlet.kind)
    status_since = property(lambda self: self.outlet.status_since)
    cooperative__kelurahan__code = property(lambda self: self.outlet.cooperative.kelurahan_id)
    cooperative__kelurahan__name = property(lambda self: self.outlet.cooperative.kelurahan.name)
    cooperative__kelurahan__kecamatan__name = property(
        lambda self: self.outlet.cooperative.kelurahan.kecamatan.name
    )
    gap_idr = property(lambda self: self.idle.gap.gap_idr)
    promised_idr = property(lambda self: self.idle.gap.promised_idr)
    needs_idr = property(lambda self: self.row.candidate.needs_idr)
    gets_idr = property(lambda self: self.row.gets_idr)
    lacks_idr = property(lambda self: self.row.lacks_idr)
    outcome = property(lambda self: self.row.outcome.value)


@dataclass(frozen=True)
class Table:
    """Lines under columns, as `list_table.html` and files take them."""

    columns: Sequence[Column]
    lines: Sequence[Line]
    question: View

    @property
    def heads(self) -> list[Head]:
        return [Head(one) for one in self.columns]

    @property
    def body(self) -> Iterator[list[tuple[Column, Cell]]]:
        for line in self.lines:
            yield [(one, one.show(line, self.question)) for one in self.columns]

    @property
    def headings(self) -> list[Heading]:
        return [part.heading for one in self.columns for part in one.parts]

    @property
    def cells(self) -> list[list[OutCell]]:
        return [
            [part.read(line, self.question) for one in self.columns for part in one.parts]
            for line in self.lines
        ]


@dataclass(frozen=True)
class Plan:
    """The answer to the question of an address. Without a budget `allocation` opens nothing."""

    view: View
    form: AllocationForm
    idle: IdleOutlets
    planned: Allocation
    changes: Mapping[int, int]

    @cached_property
    def allocation(self) -> Allocation:
        return adjust(self.planned, self.changes)

    @property
    def budget_idr(self) -> int | None:
        budget: int | None = self.form.cleaned_data.get("budget")
        return budget

    @property
    def limit_idr(self) -> int | None:
        return _limit(self.form)

    @property
    def offer(self) -> Offer | None:
        return self.form.chosen_offer

    @cached_property
    def _by_key(self) -> dict[int, IdleOutlet]:
        return {one.outlet.pk: one for one in self.idle.lacking}

    @cached_property
    def lines(self) -> list[Line]:
        return [Line(row, self._by_key[row.candidate.key]) for row in self.allocation.rows]

    @cached_property
    def given(self) -> list[Line]:
        return [line for line in self.lines if line.gets_idr]

    @cached_property
    def following(self) -> Line | None:
        row = self.allocation.following
        return Line(row, self._by_key[row.candidate.key]) if row else None

    @cached_property
    def beyond_limit(self) -> list[Line]:
        return [Line(Row(one), self._by_key[one.key]) for one in self.allocation.beyond_limit]

    @property
    def candidates(self) -> list[Candidate]:
        return [*(row.candidate for row in self.planned.rows), *self.planned.beyond_limit]

    @cached_property
    def everything_idr(self) -> int:
        """What would open all of them."""
        return sum(one.needs_idr for one in self.candidates)

    @property
    def area_in_words(self) -> str:
        chosen = set(self.form.cleaned_data.get("kecamatan") or ())
        names = [one.name for one in self.view.kecamatan_list if one.pk in chosen]
        if not names:
            return self.view.area_in_words
        return ngettext("Kecamatan %(names)s", "Kecamatan %(names)s", len(names)) % {
            "names": ", ".join(names)
        }

    @property
    def mark(self) -> str:
        """Differs as soon as anything that would be proposed differs."""
        told = ".".join(f"{line.pk}_{line.gets_idr}" for line in self.given)
        return hashlib.sha256(told.encode()).hexdigest()[:32]

    def notes(self) -> Iterator[str]:
        """What to know of the chosen offer before its money is shared out."""
        offer, cleaned = self.offer, self.form.cleaned_data
        if offer is None:
            return
        if not offer.is_open_on(self.view.on):
            yield _("Penawaran ini tidak berlaku lagi pada hari yang dilihat.")
        if offer.left_idr == 0:
            yield _("Plafon penawaran ini sudah dijanjikan seluruhnya.")
        if offer.kecamatan and not set(cleaned.get("kecamatan") or offer.kecamatan) <= set(offer.kecamatan):
            yield _("Ada kecamatan di luar syarat penawaran ini.")
        if offer.outlet_kinds and not set(cleaned.get("kind") or ()) <= set(offer.outlet_kinds):
            yield _("Ada jenis gerai di luar syarat penawaran ini.")
        if offer.needed_papers or offer.min_paying_members or offer.conditions:
            yield _(
                "Syarat lain penawaran ini (surat, jumlah anggota yang membayar, syarat tertulis) tidak dihitung di sini; "
                "periksa sebelum mengusulkan."
            )

    def obstacles(self) -> Iterator[str]:
        """Why this cannot be proposed; nothing where it can."""
        over, offer, limit = self.allocation.over_idr, self.offer, self.limit_idr
        if over:
            yield _(
                "Jumlahnya melebihi dana: lebih %(sum)s. Kurangi jumlahnya, atau keluarkan satu gerai."
            ) % {"sum": rupiah(over)}
        for line in self.given:
            if line.gets_idr > line.gap_idr:
                yield _("%(outlet)s mendapat lebih dari kekurangannya (%(gap)s).") % {
                    "outlet": line.name,
                    "gap": rupiah(line.gap_idr),
                }
            if limit and line.gets_idr > limit:
                yield _("%(outlet)s mendapat lebih dari batas per gerai (%(limit)s).") % {
                    "outlet": line.name,
                    "limit": rupiah(limit),
                }
        if offer and offer.left_idr is not None and self.allocation.given_idr > offer.left_idr:
            yield _("Jumlahnya melebihi sisa penawaran (%(sum)s).") % {"sum": rupiah(offer.left_idr)}
        if offer and not offer.is_open_on(self.view.today):
            yield _("Penawaran ini tidak berlaku hari ini.")
        if not self.view.is_today or self.view.known:
            yield _("Usulan dicatat menurut keadaan hari ini; lihat halaman ini per hari ini.")


def _limit(form: AllocationForm) -> int | None:
    """What was typed, and never more than the offer gives to one outlet."""
    offer = form.chosen_offer
    limits = (form.cleaned_data.get("limit"), offer.per_outlet_idr if offer else None)
    return min((limit for limit in limits if limit), default=None)


def read_plan(view: View, form: AllocationForm, changes: Mapping[int, int]) -> Plan:
    """In as many queries for one idle outlet as for thousands."""
    asked, offer = form.cleaned_data, form.chosen_offer
    outlets = Outlet.objects.visible_to(view.user)
    areas = asked.get("kecamatan") or (offer.kecamatan if offer else [])
    if areas:
        outlets = outlets.filter(cooperative__kelurahan__kecamatan__in=areas)
    if kinds := asked.get("kind"):
        outlets = outlets.filter(kind__in=kinds)
    unpromised = bool(asked.get("unpromised"))
    idle = read_idle(outlets, on=view.on, known_at=view.known_at, reason=asked.get("reason", ""))
    sorted_out = sort_out(idle, unpromised=unpromised)
    candidates = sorted_out.candidates(unpromised=unpromised)
    # Without a sum nothing opens and nothing is beyond a limit: only the order of those that wait.
    budget = asked.get("budget")
    planned = allocate(candidates, budget or 0, form.order, _limit(form) if budget else None)
    return Plan(view, form, sorted_out, planned, changes if budget else {})


@transaction.atomic
def propose_plan(
    plan: Plan, *, partner: Partner, kind: str, note: str, is_repeat_meant: bool, by: User
) -> list[Support]:
    """Propose exactly what the plan gives. Raises ValidationError.

    Outlets that this partner is proposed to help already, and nobody has decided on, have to be meant: a second
    click, and a second person with the same idea, are told.
    """
    for obstacle in plan.obstacles():
        raise ValidationError(obstacle)
    # One proposal of a partner at a time: the second of two quick clicks waits here, and then finds the first.
    Partner.objects.select_for_update().get(pk=partner.pk)
    if not is_repeat_meant and (names := _proposed_already(plan, partner)):
        raise ValidationError(
            {
                "again": ngettext(
                    "Mitra ini sudah diusulkan untuk %(names)s dan belum diputuskan. Centang bila memang sekali lagi.",
                    "Mitra ini sudah diusulkan untuk %(names)s dan belum diputuskan. Centang bila memang sekali lagi.",
                    len(names),
                )
                % {"names": ", ".join(names)}
            }
        )
    return propose_supports(
        [Proposal(line.outlet, line.gets_idr) for line in plan.given],
        partner=partner,
        kind=kind,
        offer=plan.offer,
        note=note,
        on=plan.view.today,
        by=by,
    )


def _proposed_already(plan: Plan, partner: Partner) -> list[str]:
    proposed = Support.objects.filter(partner=partner, outlet__in=[line.pk for line in plan.given])
    waiting: Any = proposed.as_of(plan.view.today)
    keys = set(waiting.filter(stage__in=OPEN_STAGES).order_by().values_list("outlet", flat=True))
    return [line.name for line in plan.given if line.pk in keys]
