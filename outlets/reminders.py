"""What still has to be reported, whose it is, and the words with which they are reminded: never a member's data."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from cooperatives.models import AreaGrant, Cooperative, CooperativeQuerySet, Kecamatan
from kkmp.accounts.models import User
from kkmp.accounts.permissions import area_keepers
from outlets.report_cycle import IN_WRITING, ReportCell, last_ended_month, months_until
from outlets.report_figures import Completeness, Months, read_months

# What is older is no matter for a message any more; the grid still shows it.
MONTHS_REMINDED = 6


@dataclass(frozen=True)
class Owed:
    """A report that its officer has to send: missing, returned, or of the month that has ended and is not due yet."""

    cooperative: Cooperative
    month: date
    due_on: date
    cell: ReportCell

    @property
    def is_overdue(self) -> bool:
        return self.cell == ReportCell.MISSING

    @property
    def form_href(self) -> str:
        return reverse("reports:form", args=[self.cooperative.kelurahan_id, self.month])

    @property
    def in_words(self) -> str:
        return {
            ReportCell.MISSING: _("belum lapor"),
            ReportCell.RETURNED: _("dikembalikan, perlu diperbaiki"),
            ReportCell.DRAFT: _("draf belum diajukan"),
        }.get(self.cell, _("belum dikirim"))


@dataclass(frozen=True)
class Reminders:
    """All that is owed on a day in a group of cooperatives, and who keeps each of them on that day."""

    told: Months
    owed: Sequence[Owed]
    keepers: Mapping[int, Sequence[User]]

    @property
    def month(self) -> date:
        """The last one that is over."""
        return self.told.months[-1]

    @property
    def figures(self) -> Completeness:
        return self.told.completeness(self.month)

    @property
    def by_keeper(self) -> list[tuple[User, list[Owed]]]:
        """Each officer with what is theirs; two who keep one cooperative are both reminded of it."""
        found: dict[User, list[Owed]] = {}
        for one in self.owed:
            for keeper in self.keepers.get(one.cooperative.pk, ()):
                found.setdefault(keeper, []).append(one)
        return sorted(found.items(), key=lambda pair: (pair[0].full_name, pair[0].pk))

    @property
    def without_keeper(self) -> list[Owed]:
        """Nobody is in charge, so it is Sudin who has to see to them."""
        return [one for one in self.owed if not self.keepers.get(one.cooperative.pk)]

    @property
    def by_kecamatan(self) -> list[tuple[Kecamatan, Completeness, list[Owed]]]:
        """Of the last month only: each kecamatan where something is owed."""
        figures = self.told.by_kecamatan(self.month)
        owed = [one for one in self.owed if one.month == self.month]
        return [
            (kecamatan, figures[kecamatan.pk], list(group))
            for kecamatan, group in groupby(owed, key=lambda one: one.cooperative.kelurahan.kecamatan)
        ]


def read_reminders(cooperatives: CooperativeQuerySet, *, on: date) -> Reminders:
    months = months_until(last_ended_month(on), MONTHS_REMINDED)
    told = read_months(cooperatives, months=months, on=on)
    owed = [
        Owed(cooperative, month, told.cycle.due_on(month), cell)
        for cooperative in told.cooperatives
        for month in reversed(months)
        if (cell := told.cells[cooperative.pk, month].cell) in IN_WRITING
    ]
    return Reminders(told, owed, keepers_of(told.cooperatives, on=on))


def keepers_of(cooperatives: Iterable[Cooperative], *, on: date) -> dict[int, list[User]]:
    """Key of a cooperative → the officers to whom its area is granted on that day and who may sign in."""
    of_kelurahan: dict[str, list[User]] = {}
    of_kecamatan: dict[str, list[User]] = {}
    grants = AreaGrant.objects.active_on(on).filter(user__in=area_keepers())
    for grant in grants.select_related("user").order_by("user__full_name", "pk"):
        if grant.kelurahan_id:
            of_kelurahan.setdefault(grant.kelurahan_id, []).append(grant.user)
        elif grant.kecamatan_id:
            of_kecamatan.setdefault(grant.kecamatan_id, []).append(grant.user)
    return {
        row.pk: list(
            dict.fromkeys(
                [
                    *of_kelurahan.get(row.kelurahan_id, ()),
                    *of_kecamatan.get(row.kelurahan.kecamatan_id, ()),
                ]
            )
        )
        for row in cooperatives
    }


def text_for_keeper(owed: Iterable[Owed], *, on: date, absolute: Callable[[str], str]) -> str:
    """For WhatsApp and e-mail: which kelurahan, which month, by when, and the form; it asks for sign-in.

    `absolute` makes a whole address of a path.
    """
    lines = [_("Laporan bulanan KKMP, per %(day)s:") % {"day": date_format(on, "j F Y")}]
    by_month = sorted(owed, key=lambda one: one.month, reverse=True)
    for month, group in groupby(by_month, key=lambda one: one.month):
        rows = list(group)
        lines += ["", _month_in_words(month, rows[0].due_on, on=on)]
        lines += [
            f"- {one.cooperative.kelurahan.name}: {one.in_words}\n  {absolute(one.form_href)}" for one in rows
        ]
    lines += ["", _("Bila tidak ada perubahan, cukup satu ketukan: “Tidak ada perubahan, sudah dicek”.")]
    return "\n".join(lines)


def text_for_kecamatan(
    kecamatan: Kecamatan,
    figures: Completeness,
    owed: Iterable[Owed],
    *,
    on: date,
    absolute: Callable[[str], str],
) -> str:
    """For the group of a kecamatan: how the last month stands, and who is still awaited."""
    lines = [
        _("Laporan bulanan KKMP Kecamatan %(kecamatan)s, per %(day)s:")
        % {"kecamatan": kecamatan, "day": date_format(on, "j F Y")},
        "",
        _month_in_words(figures.month, figures.due_on, on=on),
        _("Sudah dikirim: %(sent)d dari %(expected)d.")
        % {"sent": figures.sent, "expected": figures.expected},
    ]
    for words, group in groupby(sorted(owed, key=lambda one: one.in_words), key=lambda one: one.in_words):
        names = ", ".join(one.cooperative.kelurahan.name for one in group)
        lines.append(f"- {words}: {names}")
    query = {"kecamatan": kecamatan.pk, "month": f"{figures.month:%Y-%m}"}
    lines += ["", absolute(reverse("reports:list", query=query))]
    return "\n".join(lines)


def _month_in_words(month: date, due_on: date, *, on: date) -> str:
    """Stars make it bold in WhatsApp."""
    said = {"month": date_format(month, "F Y"), "due": date_format(due_on, "j F Y")}
    if on > due_on:
        return _("*%(month)s* (batasnya %(due)s, sudah lewat)") % said
    return _("*%(month)s* (paling lambat %(due)s)") % said
