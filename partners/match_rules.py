"""What decides whether an offer fits an outlet, and how well: two tables of pure functions, of which nothing asks the database.

A condition says why the two do not fit, or nothing. A rule gives a share between 0 and 1 with a sentence; times the
rule's weight, a dated parameter, that is its points (decision 0034).
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from fractions import Fraction

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from cooperatives.models import NEEDED, PaperKind, ParameterKey
from kkmp.columns import words_of
from kkmp.tabular.writing import Text
from kkmp.templatetags.ui import number, rupiah, tanggal
from outlets.models import OutletKind, Status
from partners.candidates import Candidate
from partners.models import GRANTS, Offer

# From here on a rule gives its whole weight.
ENOUGH_MEMBERS = 100
LONG_IDLE_DAYS = 365
# A report is fresh for the month that follows it, and tells nothing any more after half a year.
FRESH_DAYS, STALE_DAYS = 31, 180
PAPER_WORDS, KIND_WORDS = words_of(PaperKind), words_of(OutletKind)
NOTHING, ALL = Fraction(0), Fraction(1)


def most_idr(candidate: Candidate, offer: Offer) -> int | None:
    """The most of this offer for that outlet: its limit, the gap, what is left; None where nothing lacks and no limit is said."""
    limits = (offer.per_outlet_idr, candidate.gap_idr or None, offer.left_idr)
    return min((limit for limit in limits if limit is not None), default=None)


# Conditions: why the two do not fit; empty where they do.


def status_fits(candidate: Candidate, _offer: Offer) -> str:
    match candidate.outlet.status:
        case Status.IDLE:
            return ""
        case Status.PREPARING:
            return "" if candidate.gap else _("Masih disiapkan, dan belum ada kebutuhan modal yang dicatat")
        case Status.RUNNING:
            return _("Sudah berjalan")
        case Status.CLOSED:
            return _("Sudah ditutup")
    return _("Statusnya belum dicatat")


def offer_is_open(candidate: Candidate, offer: Offer) -> str:
    if offer.is_open_on(candidate.on):
        return ""
    if offer.open_until and offer.open_until < candidate.on:
        return _("Penawaran berakhir %(day)s") % {"day": tanggal(offer.open_until)}
    return _("Penawaran baru berlaku %(day)s") % {"day": tanggal(offer.open_from)}


def something_is_left(_candidate: Candidate, offer: Offer) -> str:
    return _("Plafon penawaran sudah dijanjikan seluruhnya") if offer.left_idr == 0 else ""


def kecamatan_fits(candidate: Candidate, offer: Offer) -> str:
    if not offer.kecamatan or candidate.kecamatan.pk in offer.kecamatan:
        return ""
    return _("Kecamatan %(name)s di luar wilayah penawaran") % {"name": candidate.kecamatan.name}


def kind_fits(candidate: Candidate, offer: Offer) -> str:
    kind = candidate.outlet.kind
    if not offer.outlet_kinds or kind in offer.outlet_kinds:
        return ""
    return _("Jenis gerai “%(kind)s” tidak diminta") % {"kind": KIND_WORDS[kind]}


def papers_fit(candidate: Candidate, offer: Offer) -> str:
    missing = [kind for kind in offer.needed_papers if kind not in candidate.papers]
    if not missing:
        return ""
    return _("Surat yang diminta tidak ada atau tidak berlaku: %(papers)s") % {"papers": _paper_list(missing)}


def members_fit(candidate: Candidate, offer: Offer) -> str:
    asked, found = offer.min_paying_members or 0, candidate.paying_members
    if found >= asked:
        return ""
    return _("Anggota lunas simpanan pokok %(found)s, diminta paling sedikit %(asked)s") % {
        "found": number(found),
        "asked": number(asked),
    }


def grant_has_a_gap(candidate: Candidate, offer: Offer) -> str:
    if offer.kind not in GRANTS or candidate.gap_idr:
        return ""
    if candidate.gap is None:
        return _("Belum ada kebutuhan modal yang dicatat; hibah perlu kebutuhan")
    return _("Kekurangannya sudah tertutup")


def not_agreed_yet(candidate: Candidate, offer: Offer) -> str:
    agreed = any(one.is_agreed for one in candidate.supports_of(offer.pk))
    return _("Sudah mendapat komitmen dari penawaran ini") if agreed else ""


CONDITIONS: tuple[Callable[[Candidate, Offer], str], ...] = (
    status_fits,
    offer_is_open,
    something_is_left,
    kecamatan_fits,
    kind_fits,
    papers_fit,
    members_fit,
    grant_has_a_gap,
    not_agreed_yet,
)


# Rules: how well the two fit.


@dataclass(frozen=True)
class Verdict:
    share: Fraction
    sentence: str


def gap_covered(candidate: Candidate, offer: Offer) -> Verdict:
    """How much of the gap the offer could close; only grants close any."""
    if offer.kind not in GRANTS:
        return Verdict(NOTHING, _("Bukan hibah, jadi tidak menutup kekurangan"))
    gap, most = candidate.gap_idr, most_idr(candidate, offer)
    if not gap or most is None:
        return Verdict(NOTHING, _("Tidak ada kekurangan yang tercatat"))
    words = {"most": rupiah(most), "gap": rupiah(gap)}
    return Verdict(Fraction(most, gap), _("Dapat menutup %(most)s dari kekurangan %(gap)s") % words)


def papers_held(candidate: Candidate, _offer: Offer) -> Verdict:
    """Of the papers that every cooperative needs, those in force."""
    missing = [kind for kind in NEEDED if kind not in candidate.papers]
    held = len(NEEDED) - len(missing)
    said = _("%(held)s dari %(needed)s surat ada dan berlaku") % {"held": held, "needed": len(NEEDED)}
    if missing:
        said += _("; belum: %(papers)s") % {"papers": _paper_list(missing)}
    return Verdict(Fraction(held, len(NEEDED)), said)


def paying_members(candidate: Candidate, _offer: Offer) -> Verdict:
    """Members who paid principal in full, as the page of the cooperative counts them."""
    found = candidate.paying_members
    said = ngettext(
        "%(found)s anggota lunas simpanan pokok (nilai penuh mulai %(enough)s)",
        "%(found)s anggota lunas simpanan pokok (nilai penuh mulai %(enough)s)",
        found,
    )
    words = {"found": number(found), "enough": number(ENOUGH_MEMBERS)}
    return Verdict(min(ALL, Fraction(found, ENOUGH_MEMBERS)), said % words)


def days_idle(candidate: Candidate, _offer: Offer) -> Verdict:
    days = candidate.days_idle
    if days is None:
        return Verdict(NOTHING, _("Gerai ini tidak sedang menganggur"))
    said = ngettext(
        "%(days)s hari belum berjalan (nilai penuh mulai %(long)s hari)",
        "%(days)s hari belum berjalan (nilai penuh mulai %(long)s hari)",
        days,
    )
    words = {"days": number(days), "long": number(LONG_IDLE_DAYS)}
    return Verdict(min(ALL, Fraction(days, LONG_IDLE_DAYS)), said % words)


def fresh_reports(candidate: Candidate, _offer: Offer) -> Verdict:
    """By the age of the last report that was sent: all of it for a month, then less every day."""
    last = candidate.last_report_on
    if last is None:
        return Verdict(NOTHING, _("Belum ada laporan bulanan"))
    age = (candidate.on - last).days
    said = ngettext("Laporan terakhir %(days)s hari lalu", "Laporan terakhir %(days)s hari lalu", age)
    share = min(ALL, max(NOTHING, Fraction(STALE_DAYS - age, STALE_DAYS - FRESH_DAYS)))
    return Verdict(share, said % {"days": number(age)})


def running_neighbours(candidate: Candidate, _offer: Offer) -> Verdict:
    """Where others run, goods and advice are near."""
    running, total = candidate.neighbours
    said = _("%(running)s dari %(total)s koperasi di Kecamatan %(name)s punya gerai berjalan") % {
        "running": number(running),
        "total": number(total),
        "name": candidate.kecamatan.name,
    }
    return Verdict(Fraction(running, total) if total else NOTHING, said)


@dataclass(frozen=True)
class Rule:
    label: Text
    weight: ParameterKey
    judge: Callable[[Candidate, Offer], Verdict]


RULES = (
    Rule(gettext_lazy("Kekurangan yang tertutup"), ParameterKey.MATCH_GAP, gap_covered),
    Rule(gettext_lazy("Surat yang ada"), ParameterKey.MATCH_PAPERS, papers_held),
    Rule(gettext_lazy("Anggota yang membayar"), ParameterKey.MATCH_MEMBERS, paying_members),
    Rule(gettext_lazy("Lama belum berjalan"), ParameterKey.MATCH_IDLE, days_idle),
    Rule(gettext_lazy("Laporan terbaru"), ParameterKey.MATCH_FRESH, fresh_reports),
    Rule(gettext_lazy("Tetangga yang berjalan"), ParameterKey.MATCH_NEIGHBOURS, running_neighbours),
)


def _paper_list(kinds: Iterable[str]) -> str:
    return ", ".join(str(PAPER_WORDS.get(kind, kind)) for kind in kinds)
