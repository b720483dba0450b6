"""Columns of an allocation, for page, print and files alike."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from cooperatives.asof import View
from cooperatives.columns import cooperative_column
from kkmp.columns import Cell, Column, Kind, Part, column
from kkmp.templatetags.ui import number, rupiah, tanggal
from outlets.columns import KIND_WORDS
from partners.allocation import Outcome

OUTCOME_WORDS = {
    Outcome.OPENS.value: _("Terbuka"),
    Outcome.PARTLY.value: _("Sebagian"),
    Outcome.NOT_REACHED.value: _("Belum terjangkau"),
    Outcome.LEFT_OUT.value: _("Dikeluarkan"),
}
_TONES = {
    Outcome.OPENS.value: "running",
    Outcome.PARTLY.value: "idle",
    Outcome.NOT_REACHED.value: "none",
    Outcome.LEFT_OUT.value: "closed",
}


def _outlet(line: Any, view: View) -> Cell:
    href = view.link(reverse("outlets:detail", args=[line.pk]))
    return Cell(line.name, href=href, sub=str(KIND_WORDS[line.kind]))


def _since(line: Any, view: View) -> Cell:
    days = (view.on - line.status_since).days
    return Cell(
        tanggal(line.status_since),
        sub=ngettext("%(days)s hari", "%(days)s hari", days) % {"days": number(days)},
    )


def _outcome(line: Any, _view: View) -> Cell:
    lacks = gettext("kurang %(sum)s") % {"sum": rupiah(line.lacks_idr)}
    is_part = line.outcome == Outcome.PARTLY
    return Cell(str(OUTCOME_WORDS[line.outcome]), tone=_TONES[line.outcome], sub=lacks if is_part else "")


OUTLET = Column(
    "name",
    _("Gerai"),
    (Part(_("Gerai"), "name", width=32), Part(_("Jenis"), "kind", words=KIND_WORDS)),
    cell=_outlet,
)
# Nothing promised and nothing given: no sum, not one of Rp 0.
SAID_OF_OUTLET = (
    cooperative_column(),
    column("since", _("Belum berjalan sejak"), "status_since", Kind.DAY, cell=_since),
    column("gap", _("Kekurangan"), "gap_idr", Kind.MONEY, title=_("Kekurangan (Rp)")),
    column(
        "promised",
        _("Sudah dijanjikan"),
        "promised_idr",
        Kind.MONEY,
        title=_("Sudah dijanjikan (Rp)"),
        value=lambda idr, _view: idr or None,
    ),
    column("needs", _("Agar terbuka"), "needs_idr", Kind.MONEY, title=_("Agar terbuka (Rp)")),
)
GETS = column(
    "gets",
    _("Mendapat"),
    "gets_idr",
    Kind.MONEY,
    title=_("Mendapat (Rp)"),
    value=lambda idr, _view: idr or None,
)
RESULT = column("outcome", _("Hasil"), "outcome", words=OUTCOME_WORDS, cell=_outcome)

ALLOCATION_COLUMNS = (OUTLET, *SAID_OF_OUTLET, GETS, RESULT)
# Of what is proposed every line gets something.
PROPOSED_COLUMNS = (OUTLET, cooperative_column(), SAID_OF_OUTLET[2], SAID_OF_OUTLET[3], GETS, RESULT)
