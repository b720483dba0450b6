"""What a leader ought to know before a meeting: named rules, each a pure function of the facts of the sheet.

A rule that fires says how many cooperatives it concerns. Its points are its weight times that number, and the three
with the most points are shown; of equal ones the rule that stands first in the table. No rule reads the database.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sized
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from cooperatives.models import Cooperative
from cooperatives.targets import Verdict
from kkmp.pages.sheet.facts import PROMISE_DAYS, Facts
from kkmp.templatetags.ui import bulan, number, rupiah_short, tanggal
from outlets.outlet_class import OutletClass

SHOWN = 3
# Standing idle for capital longer than this is a risk; a month or two is the ordinary way of things.
IDLE_DAYS = 90
# Below this share of reports a kecamatan cannot be judged.
LEAST_SHARE = 0.8
NAMES_SHOWN = 3


@dataclass(frozen=True)
class Finding:
    """`count` cooperatives are concerned; the rest is what the sheet says."""

    count: int
    title: str
    evidence: str
    decision: str


@dataclass(frozen=True)
class Rule:
    """`formula` completes “Aturan: …”; `weight` says how much one cooperative counts beside those of other rules."""

    key: str
    weight: int
    formula: str | Promise
    find: Callable[[Facts], Finding | None]


@dataclass(frozen=True)
class Risk:
    rule: Rule
    finding: Finding

    @property
    def points(self) -> int:
        return self.rule.weight * self.finding.count

    @property
    def rule_in_words(self) -> str:
        return _("Aturan: %(formula)s. Bobot %(weight)s × %(count)s = %(points)s.") % {
            "formula": str(self.rule.formula) % LIMITS,
            "weight": number(self.rule.weight),
            "count": number(self.finding.count),
            "points": number(self.points),
        }


def top_risks(facts: Facts) -> list[Risk]:
    """The three with the most points, the first of the table first among equals; fewer where fewer rules fire."""
    fired = [Risk(rule, finding) for rule in RULES if (finding := rule.find(facts))]
    # A stable sort: equals keep the order of the table.
    return sorted(fired, key=lambda risk: -risk.points)[:SHOWN]


# --- the rules ----------------------------------------------------------------


def stopped(facts: Facts) -> Finding | None:
    found = [
        row.cooperative
        for row in facts.rows
        if row.before.outlet_class == OutletClass.RUNNING and row.after.outlet_class != OutletClass.RUNNING
    ]
    if not found:
        return None
    return Finding(
        len(found),
        _count(
            ngettext("%(n)s koperasi berhenti berjalan", "%(n)s koperasi berhenti berjalan", len(found)),
            found,
        ),
        _("%(names)s: berjalan pada %(since)s, tidak lagi pada %(on)s.")
        % {"names": _names(found), "since": tanggal(facts.since), "on": tanggal(facts.on)},
        _("Minta Sudin mengunjungi dalam sepekan dan menetapkan langkah agar berjalan lagi."),
    )


def behind_target(facts: Facts) -> Finding | None:
    line = facts.aim.running if facts.aim else None
    if facts.aim is None or line is None or line.verdict not in {Verdict.BEHIND, Verdict.MISSED}:
        return None
    is_missed = line.verdict == Verdict.MISSED or line.expected is None
    wanted = line.goal if is_missed or line.expected is None else line.expected
    lacking = wanted - line.count
    words = {
        "count": number(line.count),
        "goal": number(line.goal),
        "wanted": number(wanted),
        "day": tanggal(facts.aim.target.on),
    }
    if is_missed:
        evidence = _("%(count)s koperasi berjalan dari target %(goal)s per %(day)s.") % words
    else:
        evidence = (
            _(
                "%(count)s koperasi berjalan; jalur ke target %(goal)s per %(day)s meminta sedikitnya %(wanted)s."
            )
            % words
        )
    title = ngettext(
        "Tertinggal %(n)s koperasi dari target", "Tertinggal %(n)s koperasi dari target", lacking
    )
    return Finding(
        lacking,
        title % {"n": number(lacking)},
        evidence,
        _("Tetapkan koperasi mana yang didahulukan, atau tinjau targetnya."),
    )


def promised_long_ago(facts: Facts) -> Finding | None:
    if not facts.promises:
        return None
    oldest = facts.promises[0]
    known = [one.committed_idr for one in facts.promises if one.committed_idr]
    title = ngettext(
        "%(n)s janji bantuan belum tersalur", "%(n)s janji bantuan belum tersalur", len(facts.promises)
    )
    worth = _(" Nilai yang tercatat %(worth)s.") % {"worth": rupiah_short(sum(known))} if known else ""
    return Finding(
        len({one.cooperative_id for one in facts.promises}),
        _count(title, facts.promises),
        _("Terlama %(partner)s untuk %(name)s, sejak %(day)s.")
        % {
            "partner": oldest.partner.name,
            "name": oldest.cooperative.kelurahan.name,
            "day": tanggal(oldest.stage_since),
        }
        + worth,
        _("Undang para mitra untuk menyepakati tanggal penyaluran."),
    )


def waiting_for_capital(facts: Facts) -> Finding | None:
    found = [
        row
        for row in facts.rows
        if row.is_idle_for_capital
        and row.after.idle_since
        and (facts.on - row.after.idle_since).days > IDLE_DAYS
    ]
    if not found:
        return None
    found.sort(key=lambda row: (row.after.idle_since, row.cooperative.kelurahan.name, row.cooperative.pk))
    longest = found[0]
    gaps = [facts.gaps[row.cooperative.pk].gap_idr for row in found if row.cooperative.pk in facts.gaps]
    title = ngettext(
        "%(n)s koperasi lama menunggu modal usaha", "%(n)s koperasi lama menunggu modal usaha", len(found)
    )
    unknown = len(found) - len(gaps)
    missing = _(" %(n)s belum mencatat kebutuhannya.") % {"n": number(unknown)} if unknown else ""
    return Finding(
        len(found),
        _count(title, found),
        _("Terlama %(name)s, %(days)s hari. Kekurangan modal mereka %(amount)s.")
        % {
            "name": longest.cooperative.kelurahan.name,
            "days": number((facts.on - (longest.after.idle_since or facts.on)).days),
            "amount": rupiah_short(sum(gaps)),
        }
        + missing,
        _("Tentukan sumber modalnya dan koperasi mana yang didahulukan."),
    )


def reports_missing(facts: Facts) -> Finding | None:
    found = [
        area
        for area in facts.reports.values()
        if all(share is not None and share < LEAST_SHARE for share in (area.latest.share, area.before.share))
    ]
    if not found:
        return None
    worst = min(found, key=lambda area: (area.latest.share or 0, area.before.share or 0, area.name))
    lacking = sum(area.latest.expected - area.latest.sent for area in found)
    title = _("Laporan %(n)s kecamatan tidak lengkap dua bulan berturut-turut")
    if len(found) == 1:
        title = _("Laporan %(name)s tidak lengkap dua bulan berturut-turut")
    return Finding(
        lacking,
        title % {"n": number(len(found)), "name": worst.name},
        _(
            "Terendah %(name)s: %(sent)s dari %(expected)s untuk %(month)s, %(sent_2)s dari %(expected_2)s untuk %(month_2)s."
        )
        % {
            "name": worst.name,
            "sent": number(worst.latest.sent),
            "expected": number(worst.latest.expected),
            "month": bulan(worst.latest.month),
            "sent_2": number(worst.before.sent),
            "expected_2": number(worst.before.expected),
            "month_2": bulan(worst.before.month),
        },
        _("Minta camat memastikan laporan masuk sebelum jatuh tempo berikutnya."),
    )


def unrecorded(facts: Facts) -> Finding | None:
    found = [row.cooperative for row in facts.rows if row.after.outlet_class == OutletClass.UNRECORDED]
    if not found:
        return None
    title = ngettext("%(n)s koperasi belum dicatat", "%(n)s koperasi belum dicatat", len(found))
    return Finding(
        len(found),
        _count(title, found),
        _("%(names)s: tidak diketahui apakah gerainya berjalan pada %(on)s.")
        % {"names": _names(found), "on": tanggal(facts.on)},
        _("Minta Sudin dan kelurahan mengisi data awalnya."),
    )


def contradicting(facts: Facts) -> Finding | None:
    if not facts.contradictions:
        return None
    concerned = {one.cooperative.pk for one in facts.contradictions}
    # Of the most frequent rule, the first of their table among equals.
    [(rule, times)] = Counter(one.rule for one in facts.contradictions).most_common(1)
    title = ngettext(
        "%(n)s koperasi dengan catatan yang bertentangan",
        "%(n)s koperasi dengan catatan yang bertentangan",
        len(concerned),
    )
    return Finding(
        len(concerned),
        _count(title, concerned),
        _("%(count)s pertentangan; terbanyak: %(rule)s (%(times)s).")
        % {
            "count": number(len(facts.contradictions)),
            "rule": str(rule.label)[:1].lower() + str(rule.label)[1:],
            "times": number(times),
        },
        _("Minta Sudin memeriksa di lapangan sebelum angkanya dipakai."),
    )


def terms_and_papers_ended(facts: Facts) -> Finding | None:
    if not facts.ended:
        return None
    title = ngettext(
        "%(n)s koperasi dengan surat atau masa jabatan berakhir",
        "%(n)s koperasi dengan surat atau masa jabatan berakhir",
        len(facts.ended),
    )
    # No name of a person: the sheet is handed about.
    return Finding(
        len(facts.ended),
        _count(title, facts.ended),
        _("Terlama %(name)s, sejak %(day)s, tanpa penggantinya tercatat.")
        % {"name": facts.ended[0].cooperative.kelurahan.name, "day": tanggal(facts.ended[0].on)},
        _("Minta camat menjadwalkan rapat anggota dan perpanjangan surat."),
    )


# The most urgent first: what stopped, and what was promised to be reached, outweigh what is long known.
RULES = (
    Rule("stopped", 20, gettext_lazy("berjalan pada hari pembanding, kini tidak lagi"), stopped),
    Rule("behind_target", 8, gettext_lazy("yang berjalan kurang dari jalur targetnya"), behind_target),
    Rule(
        "promised_long_ago",
        4,
        gettext_lazy("bantuan lebih dari %(promise_days)d hari berkomitmen tanpa penyaluran"),
        promised_long_ago,
    ),
    Rule(
        "waiting_for_capital",
        4,
        gettext_lazy("belum berjalan karena modal usaha, lebih dari %(idle_days)d hari"),
        waiting_for_capital,
    ),
    Rule(
        "reports_missing",
        3,
        gettext_lazy("laporan yang masuk kurang dari %(least_share)d %% pada dua bulan terakhir"),
        reports_missing,
    ),
    Rule("unrecorded", 2, gettext_lazy("tidak ada status yang dicatat sampai hari lembar ini"), unrecorded),
    Rule("contradicting", 1, gettext_lazy("catatan yang tidak mungkin benar bersamaan"), contradicting),
    Rule(
        "terms_and_papers_ended",
        1,
        gettext_lazy("surat atau masa jabatan lewat harinya tanpa pengganti"),
        terms_and_papers_ended,
    ),
)
LIMITS = {"promise_days": PROMISE_DAYS, "idle_days": IDLE_DAYS, "least_share": round(100 * LEAST_SHARE)}


def _count(title: str, found: Sized) -> str:
    return title % {"n": number(len(found))}


def _names(cooperatives: Iterable[Cooperative]) -> str:
    """The first few by name; how many more there are."""
    names = sorted(one.kelurahan.name for one in cooperatives)
    if len(names) <= NAMES_SHOWN:
        return ", ".join(names)
    return _("%(names)s dan %(n)s lainnya") % {
        "names": ", ".join(names[:NAMES_SHOWN]),
        "n": number(len(names) - NAMES_SHOWN),
    }
