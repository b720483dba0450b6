"""Columns of the files of a ranking: those who fit in order, then those who do not with why."""

from collections.abc import Callable, Iterator, Sequence

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kkmp.tabular.writing import Heading, OutCell
from outlets.columns import KIND_WORDS, STATUS_WORDS
from partners.match_rules import RULES
from partners.matching import Match, Ranking

_OUTLET = (
    Heading(_("Gerai"), 32, is_text=True),
    Heading(_("Jenis"), is_text=True),
    Heading(_("Kode kelurahan"), is_text=True),
    Heading(_("Kecamatan"), is_text=True),
    Heading(_("Kelurahan"), is_text=True),
    Heading(_("Status"), is_text=True),
    Heading(_("Belum berjalan sejak")),
    Heading(_("Hari belum berjalan")),
    Heading(_("Kekurangan (Rp)")),
    Heading(_("Dari kekurangan itu dijanjikan (Rp)")),
)
_OFFER = (
    Heading(_("Mitra"), 32, is_text=True),
    Heading(_("Penawaran"), 32, is_text=True),
    Heading(_("Bentuk bantuan"), is_text=True),
    Heading(_("Berlaku sampai")),
)


def _outlet(match: Match) -> list[OutCell]:
    one = match.candidate
    kelurahan = one.outlet.cooperative.kelurahan
    return [
        *(one.outlet.name, KIND_WORDS[one.outlet.kind], kelurahan.code, one.kecamatan.name, kelurahan.name),
        *(STATUS_WORDS[one.outlet.status], one.idle_since, one.days_idle),
        *((one.gap.gap_idr, one.gap.promised_idr) if one.gap else (None, None)),
    ]


def _offer(match: Match) -> list[OutCell]:
    offer = match.offer
    return [offer.partner.name, offer.title, offer.get_kind_display(), offer.open_until]


# What a row is about, by which of the two the page is asked for.
ABOUT: dict[str, tuple[Sequence[Heading], Callable[[Match], list[OutCell]]]] = {
    "offer": (_OUTLET, _outlet),
    "outlet": (_OFFER, _offer),
}


def headings(asked: str) -> list[Heading]:
    by_rule = [
        heading for rule in RULES for heading in (Heading(rule.label), Heading(_("Alasan"), 40, is_text=True))
    ]
    return [
        Heading(_("Urutan")),
        Heading(_("Hasil"), is_text=True),
        *ABOUT[asked][0],
        Heading(_("Paling banyak dari penawaran (Rp)")),
        Heading(_("Nilai")),
        *by_rule,
        Heading(_("Sebab tidak cocok"), 60, is_text=True),
    ]


def cells(ranking: Ranking, asked: str) -> Iterator[list[OutCell]]:
    about = ABOUT[asked][1]
    for place, match in enumerate(ranking.fitting, start=1):
        by_rule = [cell for one in match.by_rule for cell in (one.points, one.verdict.sentence)]
        yield [place, gettext("Cocok"), *about(match), match.suggested_idr, match.total, *by_rule, ""]
    for match in ranking.excluded:
        empty = [None] * (2 + 2 * len(RULES))
        yield [None, gettext("Tidak cocok"), *about(match), *empty, "; ".join(match.failures)]
