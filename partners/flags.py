"""What about a support wants somebody's eyes on a day: each flag one rule, written once, in SQL.

`with_flags` annotates the rules that hold, so that lists, files, filters and pages mean the same; `flags_of` adds the
words. No flag refuses anything. How far each reaches: docs/decisions/0032.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import (
    BigIntegerField,
    Case,
    Count,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    TextChoices,
    Value,
    When,
)
from django.db.models.functions import Coalesce, Concat
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from cooperatives.models import AssetStatement, Parameter, ParameterKey
from kkmp.templatetags.ui import rupiah, tanggal
from outlets.models import NeedPurpose
from partners.gap import with_outstanding
from partners.models import AGREED, GRANTS, LOANS, Stage, Support

Limits = Mapping[ParameterKey, int]
# Agreed, and not over: what is completed or cancelled asks for nothing any more.
UNFINISHED = (Stage.COMMITTED, Stage.DISBURSED, Stage.VERIFIED)
# Also what is only talked about: a meeting is called and a limit kept before anybody signs.
IN_HAND = (Stage.PROSPECT, Stage.OFFERED, *UNFINISHED)
# Days after which a promise without money is told, each time more loudly.
LONG, LONGER, LONGEST = 30, 60, 90
# Goods to sell and money to work with: what PMK 49/2025 calls operating cost.
OPERATING = (NeedPurpose.STOCK, NeedPurpose.WORKING_CAPITAL)
_RUPIAH = BigIntegerField()
_SEPARATOR = ","


class FlagKey(TextChoices):
    """In the order in which they are told: the worst first."""

    RETURN_OVERDUE = "return_overdue", gettext_lazy("Terlambat dikembalikan")
    NO_MONEY_90 = "no_money_90", gettext_lazy("Komitmen 90 hari belum terwujud")
    LOAN_SUM = "loan_sum", gettext_lazy("Pinjaman di atas plafon")
    LOAN_TERM = "loan_term", gettext_lazy("Pinjaman terlalu lama")
    MEMBERS_MEETING = "members_meeting", gettext_lazy("Perlu rapat anggota (RALB)")
    SAME_NEED = "same_need", gettext_lazy("Satu kebutuhan, dua bantuan")
    AGREEMENT_ENDED = "agreement_ended", gettext_lazy("Perjanjian sudah berakhir")
    NO_MONEY_60 = "no_money_60", gettext_lazy("Komitmen 60 hari belum terwujud")
    NO_NEED = "no_need", gettext_lazy("Hibah tanpa kebutuhan")
    AGREEMENT_ENDS = "agreement_ends", gettext_lazy("Perjanjian segera berakhir")
    NO_MONEY_30 = "no_money_30", gettext_lazy("Komitmen 30 hari belum terwujud")
    ASSETS_UNKNOWN = "assets_unknown", gettext_lazy("Aset belum dicatat")

    @property
    def tone(self) -> str:
        if self in _ERRORS:
            return "error"
        return "info" if self in MILD else "warning"


_ERRORS = (FlagKey.RETURN_OVERDUE, FlagKey.NO_MONEY_90, FlagKey.LOAN_SUM, FlagKey.LOAN_TERM)
# Told, and yet no reason to look first: nothing is wrong, something is merely not known or not due.
MILD = (FlagKey.ASSETS_UNKNOWN, FlagKey.NO_MONEY_30)


@dataclass(frozen=True)
class Flag:
    """One finding about one support: `title` in a few words, `text` in a sentence with its numbers."""

    key: FlagKey
    tone: str
    title: str
    text: str


# --- the rules -----------------------------------------------------------------


def _no_meeting_accepted(on: date) -> Q:
    """A grant in hand that no members' meeting has accepted by that day."""
    not_by_then = Q(accepted_on=None) | Q(accepted_on__gt=on)
    return Q(kind__in=GRANTS, stage__in=IN_HAND) & not_by_then


def needs_members_meeting(on: date, limits: Limits) -> Q:
    """A partner's grants together above a share of the last known assets (model articles: accepted by a RALB)."""
    share = limits[ParameterKey.GRANT_MEETING_PERCENT]
    return _no_meeting_accepted(on) & Q(grants_hundredfold__gt=F("assets_idr") * share)


def assets_are_unknown(on: date) -> Q:
    """A grant with a sum where no assets are known: whether a meeting has to accept it cannot be said."""
    return _no_meeting_accepted(on) & Q(committed_idr__isnull=False, assets_idr=None)


def shares_its_need() -> Q:
    """Agreed and not over, and another agreed support names the same need, of whatever kind."""
    return Q(stage__in=UNFINISHED, same_need_count__gt=1)


def waits_for_money(on: date, *, least: int, below: int | None) -> Q:
    """Committed for so many days, and nothing arrived that somebody checked."""
    waits = Q(stage=Stage.COMMITTED, paid_idr=0, stage_since__lte=on - timedelta(days=least))
    return waits if below is None else waits & Q(stage_since__gt=on - timedelta(days=below))


def return_is_overdue(on: date) -> Q:
    """Lent goods whose last day has passed, and that had not come back by that day."""
    still_out = Q(returned_on=None) | Q(returned_on__gt=on)
    return Q(stage__in=AGREED, return_due_on__lt=on) & still_out


def agreement_ends(on: date, limits: Limits) -> Q:
    """The agreement still holds, and ends within so many days."""
    last = on + timedelta(days=limits[ParameterKey.AGREEMENT_ENDS_DAYS])
    return Q(stage__in=UNFINISHED, agreement_until__range=(on, last))


def agreement_has_ended(on: date) -> Q:
    """The agreement is over, the support is not."""
    return Q(stage__in=UNFINISHED, agreement_until__lt=on)


def loan_is_too_large(limits: Limits) -> Q:
    """Above the limit of PMK 49/2025: of any loan, or the lower one of a loan for stock or working capital."""
    above = Q(committed_idr__gt=limits[ParameterKey.LOAN_MOST_IDR])
    operating = Q(need__purpose__in=OPERATING, committed_idr__gt=limits[ParameterKey.LOAN_OPERATING_MOST_IDR])
    return Q(kind__in=LOANS, stage__in=IN_HAND) & (above | operating)


def loan_is_too_long(limits: Limits) -> Q:
    """Longer than PMK 49/2025 allows."""
    return Q(kind__in=LOANS, stage__in=IN_HAND, loan_months__gt=limits[ParameterKey.LOAN_MOST_MONTHS])


def grant_names_no_need() -> Q:
    """An agreed grant that closes no gap, since nobody said which need it is for."""
    return Q(kind__in=GRANTS, stage__in=UNFINISHED, need=None)


def conditions(on: date, limits: Limits) -> dict[FlagKey, Q]:
    """Every rule on a day, over rows that `with_facts` annotated; in the order of `FlagKey`."""
    rules = {
        FlagKey.RETURN_OVERDUE: return_is_overdue(on),
        FlagKey.NO_MONEY_90: waits_for_money(on, least=LONGEST, below=None),
        FlagKey.LOAN_SUM: loan_is_too_large(limits),
        FlagKey.LOAN_TERM: loan_is_too_long(limits),
        FlagKey.MEMBERS_MEETING: needs_members_meeting(on, limits),
        FlagKey.SAME_NEED: shares_its_need(),
        FlagKey.AGREEMENT_ENDED: agreement_has_ended(on),
        FlagKey.NO_MONEY_60: waits_for_money(on, least=LONGER, below=LONGEST),
        FlagKey.NO_NEED: grant_names_no_need(),
        FlagKey.AGREEMENT_ENDS: agreement_ends(on, limits),
        FlagKey.NO_MONEY_30: waits_for_money(on, least=LONG, below=LONGER),
        FlagKey.ASSETS_UNKNOWN: assets_are_unknown(on),
    }
    return {key: rules[key] for key in FlagKey}


# --- what the rules read, and who holds -----------------------------------------


def with_facts(supports: QuerySet[Support], *, on: date) -> Any:
    """Annotate rows that have their stage with what the rules compare.

    `paid_idr`, `outstanding_idr`, and `due_idr`, the part of it that was agreed; `assets_idr`, the cooperative's last known by the day; `grants_idr`, what the same
    partner means to give to it in grants that are not over (one grant is written as a row for each need); and
    `same_need_count` and `same_need_idr`, the agreed supports for its need, this one among them.
    """
    everything: Any = Support.objects.with_stage(on=on).order_by()
    assets = AssetStatement.objects.filter(cooperative=OuterRef("cooperative")).by(on)
    grants = everything.grants().filter(
        stage__in=IN_HAND, partner=OuterRef("partner"), cooperative=OuterRef("cooperative")
    )
    grants = grants.values("partner").annotate(total=Sum("committed_idr"))
    same_need = everything.agreed().filter(need=OuterRef("need")).values("need")
    rows = with_outstanding(supports, on=on).annotate(
        due_idr=Case(When(stage__in=AGREED, then=F("outstanding_idr")), default=None, output_field=_RUPIAH),
        assets_idr=Subquery(assets.values("amount_idr")[:1], output_field=_RUPIAH),
        grants_idr=Subquery(grants.values("total"), output_field=_RUPIAH),
        same_need_count=Coalesce(Subquery(same_need.annotate(n=Count("pk")).values("n")), 0),
        same_need_idr=Subquery(
            same_need.annotate(total=Sum("committed_idr")).values("total"), output_field=_RUPIAH
        ),
    )
    return rows.alias(grants_hundredfold=F("grants_idr") * 100)


def with_flags(supports: QuerySet[Support], *, on: date, limits: Limits | None = None) -> Any:
    """Annotate `flag_keys`, the rules that hold for each row, and `wants_attention`, whether any is more than mild.

    `keys_in` reads the keys; without `limits` one query asks for them.
    """
    rules = conditions(on, limits or limits_on(on))
    keys = [
        Case(When(rule, then=Value(f"{key.value}{_SEPARATOR}")), default=Value(""))
        for key, rule in rules.items()
    ]
    loud = Q()
    for key, rule in rules.items():
        loud |= Q() if key in MILD else rule
    wants_attention = Case(When(loud, then=Value(value=True)), default=Value(value=False))
    return with_facts(supports, on=on).annotate(flag_keys=Concat(*keys), wants_attention=wants_attention)


def keys_in(text: str) -> list[FlagKey]:
    """The flags in an annotated `flag_keys`, the worst first."""
    return [FlagKey(key) for key in text.split(_SEPARATOR) if key]


def flagged(supports: QuerySet[Any], key: FlagKey) -> Any:
    """Of rows that `with_flags` annotated, those for which the rule holds."""
    return supports.filter(flag_keys__contains=f"{key.value}{_SEPARATOR}")


def wanting_attention(supports: QuerySet[Any]) -> Any:
    """Of rows that `with_flags` annotated, those with any flag that is not mild."""
    return supports.filter(wants_attention=True)


def limits_on(on: date) -> Limits:
    """The numbers of the rules that count on that day; one query."""
    return Parameter.objects.values_on(on)


# --- in words --------------------------------------------------------------------


def flags_of(supports: Iterable[Support], on: date) -> dict[int, list[Flag]]:
    """By key of a support, its flags with their words, the worst first; two queries for any number of supports.

    The caller has chosen supports that the reader sees.
    """
    wanted = [support.pk for support in supports]
    if not wanted:
        return {}
    limits = limits_on(on)
    rows = with_flags(
        Support.objects.filter(pk__in=wanted).with_stage(on=on), on=on, limits=limits
    ).select_related("need", "partner")
    return {row.pk: [_flag(key, row, on, limits) for key in keys_in(row.flag_keys)] for row in rows}


def _flag(key: FlagKey, row: Any, on: date, limits: Limits) -> Flag:
    return Flag(key, key.tone, str(key.label), _WORDS[key](row, on, limits))


def _meeting_in_words(row: Any, _on: date, limits: Limits) -> str:
    return _(
        "Hibah %(partner)s untuk koperasi ini %(sum)s, lebih dari %(percent)d%% aset terakhir yang diketahui (%(assets)s). "
        "Anggaran dasar meminta persetujuan rapat anggota luar biasa (RALB); catat harinya di data bantuan."
    ) % {
        "partner": row.partner,
        "sum": rupiah(row.grants_idr),
        "percent": limits[ParameterKey.GRANT_MEETING_PERCENT],
        "assets": rupiah(row.assets_idr),
    }


def _unknown_assets_in_words(_row: Any, _on: date, _limits: Limits) -> str:
    return _(
        "Aset koperasi belum dicatat, jadi belum diketahui apakah hibah ini perlu persetujuan rapat anggota."
    )


def _waiting_in_words(row: Any, on: date, _limits: Limits) -> str:
    days = (on - row.stage_since).days
    text = ngettext(
        "Komitmen sejak %(day)s, %(days)d hari, dan belum ada penyaluran yang terverifikasi.",
        "Komitmen sejak %(day)s, %(days)d hari, dan belum ada penyaluran yang terverifikasi.",
        days,
    )
    return text % {"day": tanggal(row.stage_since), "days": days}


def _same_need_in_words(row: Any, _on: date, _limits: Limits) -> str:
    text = ngettext(
        "%(count)d bantuan yang disepakati menyebut kebutuhan yang sama: bersama %(sum)s untuk kebutuhan %(need)s.",
        "%(count)d bantuan yang disepakati menyebut kebutuhan yang sama: bersama %(sum)s untuk kebutuhan %(need)s.",
        row.same_need_count,
    )
    return text % {
        "count": row.same_need_count,
        "sum": rupiah(row.same_need_idr),
        "need": rupiah(row.need.amount_idr),
    }


def _no_need_in_words(_row: Any, _on: date, _limits: Limits) -> str:
    return _("Hibah ini belum menyebut kebutuhan modal, jadi tidak mengurangi kekurangan gerai mana pun.")


def _overdue_in_words(row: Any, on: date, _limits: Limits) -> str:
    days = (on - row.return_due_on).days
    text = ngettext(
        "Harus dikembalikan paling lambat %(day)s; sudah lewat %(days)d hari.",
        "Harus dikembalikan paling lambat %(day)s; sudah lewat %(days)d hari.",
        days,
    )
    return text % {"day": tanggal(row.return_due_on), "days": days}


def _ended_in_words(row: Any, _on: date, _limits: Limits) -> str:
    return _("Perjanjian berakhir %(day)s, sedangkan bantuannya belum selesai.") % {
        "day": tanggal(row.agreement_until)
    }


def _ending_in_words(row: Any, on: date, _limits: Limits) -> str:
    days = (row.agreement_until - on).days
    text = ngettext(
        "Perjanjian berakhir %(day)s, %(days)d hari lagi.",
        "Perjanjian berakhir %(day)s, %(days)d hari lagi.",
        days,
    )
    return text % {"day": tanggal(row.agreement_until), "days": days}


def _loan_sum_in_words(row: Any, _on: date, limits: Limits) -> str:
    if row.need is not None and row.need.purpose in OPERATING:
        text = _("Pinjaman %(sum)s untuk biaya operasional, paling banyak %(most)s (PMK 49/2025).")
        most = limits[ParameterKey.LOAN_OPERATING_MOST_IDR]
    else:
        text = _("Pinjaman %(sum)s, paling banyak %(most)s (PMK 49/2025).")
        most = limits[ParameterKey.LOAN_MOST_IDR]
    return text % {"sum": rupiah(row.committed_idr), "most": rupiah(most)}


def _loan_term_in_words(row: Any, _on: date, limits: Limits) -> str:
    return _("Jangka pinjaman %(months)d bulan, paling lama %(most)d bulan (PMK 49/2025).") % {
        "months": row.loan_months,
        "most": limits[ParameterKey.LOAN_MOST_MONTHS],
    }


_WORDS: dict[FlagKey, Callable[[Any, date, Limits], str]] = {
    FlagKey.RETURN_OVERDUE: _overdue_in_words,
    FlagKey.NO_MONEY_90: _waiting_in_words,
    FlagKey.LOAN_SUM: _loan_sum_in_words,
    FlagKey.LOAN_TERM: _loan_term_in_words,
    FlagKey.MEMBERS_MEETING: _meeting_in_words,
    FlagKey.SAME_NEED: _same_need_in_words,
    FlagKey.AGREEMENT_ENDED: _ended_in_words,
    FlagKey.NO_MONEY_60: _waiting_in_words,
    FlagKey.NO_NEED: _no_need_in_words,
    FlagKey.AGREEMENT_ENDS: _ending_in_words,
    FlagKey.NO_MONEY_30: _waiting_in_words,
    FlagKey.ASSETS_UNKNOWN: _unknown_assets_in_words,
}
