"""The list of contradictions: what a row says, its columns and filters, and where each is mended.

Its rows come out of several rules, not out of one table; `Rows` hands them to the engine of lists as if they did.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Self

from django import forms
from django.contrib.auth.models import AnonymousUser
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cooperatives.asof import View
from cooperatives.columns import cooperative_column
from kkmp.accounts.models import User
from kkmp.columns import Cell, Column, Kind, Part, column, words_of
from outlets.contradictions import Contradiction, Rule
from outlets.forms import AreaListForm

RULE_WORDS = words_of(Rule)
_PLACE_OF_RULE = {rule.value: place for place, rule in enumerate(Rule)}


@dataclass(frozen=True)
class Step:
    """Where a contradiction is mended, as far as this person may: else the page that tells more."""

    label: str
    href: str


def next_step(found: Contradiction, user: User | AnonymousUser) -> Step:
    outlet, code = found.outlet, found.cooperative.kelurahan_id
    match found.rule:
        case Rule.RUNNING_UNSEEN if outlet and user.has_perm("outlets.add_visit"):
            address = reverse("visits:add", args=[code], query={"outlet": outlet.pk})
            return Step(gettext("Catat kunjungan"), address)
        case Rule.IDLE_WITHOUT_NEED if outlet and user.has_perm("outlets.add_capitalneed"):
            return Step(gettext("Catat kebutuhan"), reverse("outlets:need_add", args=[outlet.pk]))
        case Rule.RUNNING_WITHOUT_NIB if user.has_perm("cooperatives.change_cooperative"):
            return Step(gettext("Isi NIB"), f"{reverse('cooperatives:edit', args=[code])}#id_nib")
        case Rule.TURNOVER_NOT_RUNNING if found.report and user.has_perm("outlets.view_monthlyreport"):
            return Step(gettext("Buka laporan"), reverse("reports:detail", args=[found.report]))
    if outlet is not None:
        return Step(gettext("Buka gerai"), outlet.get_absolute_url())
    return Step(gettext("Buka koperasi"), found.cooperative.get_absolute_url())


@dataclass(frozen=True)
class Row:
    """One contradiction under the names that columns read."""

    found: Contradiction
    step: Step
    pk: int

    rule = property(lambda self: self.found.rule.value)
    rule_place = property(lambda self: _PLACE_OF_RULE[self.found.rule.value])
    words = property(lambda self: self.found.words)
    since = property(lambda self: self.found.since)
    outlet = property(lambda self: self.found.outlet)
    outlet_name = property(lambda self: self.found.outlet.name if self.found.outlet else "")
    step_label = property(lambda self: self.step.label)
    cooperative__kelurahan__code = property(lambda self: self.found.cooperative.kelurahan_id)
    cooperative__kelurahan__name = property(lambda self: self.found.cooperative.kelurahan.name)
    cooperative__kelurahan__kecamatan__name = property(
        lambda self: self.found.cooperative.kelurahan.kecamatan.name
    )


class Rows(Sequence[Row]):
    """Rows in hand that answer what the engine of lists asks of a queryset."""

    def __init__(self, rows: Iterable[Row]) -> None:
        self._rows = list(rows)

    @classmethod
    def of(cls, found: Iterable[Contradiction], user: User | AnonymousUser) -> Self:
        return cls(Row(one, next_step(one, user), number) for number, one in enumerate(found))

    def __getitem__(self, place: Any) -> Any:
        return self._rows[place]

    def __len__(self) -> int:
        return len(self._rows)

    def count(self, _value: object = None) -> int:
        return len(self._rows)

    def values_list(self, *_paths: str, named: bool) -> Self:
        """Every row has every column already."""
        assert named  # noqa: S101  # columns read by name
        return self

    def iterator(self, *, chunk_size: int) -> Iterator[Row]:
        assert chunk_size  # noqa: S101  # all of them are in hand
        return iter(self._rows)


def _rule_cell(row: Row, _view: View) -> Cell:
    return Cell(str(RULE_WORDS[row.rule]), sub=row.words)


def _outlet_cell(row: Row, view: View) -> Cell:
    if row.outlet is None:
        return Cell(gettext("seluruh koperasi"), is_unknown=True)
    return Cell(row.outlet_name, href=view.link(row.outlet.get_absolute_url()))


def _step_cell(row: Row, _view: View) -> Cell:
    where = row.outlet_name or str(row.found.cooperative)
    name = gettext("%(step)s: %(where)s") % {"step": row.step.label, "where": where}
    return Cell(row.step.label, href=row.step.href, name=name, is_action=True)


CONTRADICTION_COLUMNS = (
    Column(
        "rule",
        _("Kontradiksi"),
        (
            Part(_("Kontradiksi"), "rule", words=RULE_WORDS, width=36),
            Part(_("Penjelasan"), "words", width=70),
        ),
        cell=_rule_cell,
        order=("rule_place",),
    ),
    cooperative_column(),
    column("outlet", _("Gerai"), "outlet_name", width=32, cell=_outlet_cell, order=("outlet_name",)),
    column("since", _("Sejak"), "since", Kind.DAY, order=("since",)),
    column("step", _("Yang perlu dilakukan"), "step_label", cell=_step_cell),
)
_AREA = ("cooperative__kelurahan__kecamatan__name", "cooperative__kelurahan__name", "rule_place", "pk")


class ContradictionListForm(AreaListForm):
    """Filters and order of rows in hand."""

    columns = CONTRADICTION_COLUMNS
    sorts = {
        "by_rule": (_("Menurut aturan"), ("rule_place", *_AREA[:2], "pk")),
        "area": (_("Kecamatan, kelurahan"), _AREA),
        "oldest": (_("Paling lama"), ("since", "pk")),
    }

    rule = forms.ChoiceField(
        label=_("Aturan"), required=False, choices=[("", _("Semua aturan")), *Rule.choices]
    )
    field_order = ["q", "rule", "sort"]

    def in_area(self, rows: Rows) -> Rows:
        """Of the chosen cooperative and text, whatever the rule: what the counts beside the rules are of."""
        cooperative, text = self.cleaned_data.get("cooperative"), self.cleaned_data.get("q", "").casefold()
        return Rows(
            row
            for row in rows
            if (cooperative is None or row.found.cooperative == cooperative)
            and (not text or text in f"{row.words} {row.found.cooperative}".casefold())
        )

    def rows(self, rows: Any) -> Any:
        rule = self.cleaned_data.get("rule")
        found = [row for row in self.in_area(rows) if not rule or row.rule == rule]
        names, is_down = self._names()
        return Rows(sorted(found, key=lambda row: _place(row, names), reverse=is_down))

    def _names(self) -> tuple[tuple[str, ...], bool]:
        """What to sort by, and whether downwards."""
        order = self.order_in_use
        if order in self.sorts:
            return self.sorts[order][1], False
        [one] = [one for one in self.columns if one.key == order.removeprefix("-")]
        return (*(str(name) for name in one.order), "pk"), order.startswith("-")


def _place(row: Row, names: Iterable[str]) -> list[tuple[bool, Any]]:
    values = (getattr(row, name) for name in names)
    return [(value is None, date.min if value is None else value) for value in values]
