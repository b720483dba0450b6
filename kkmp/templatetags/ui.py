"""Filters and tags of every page: numbers, money and days in words of the active language; icons, signs, navigation."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache

from django import template
from django.http import HttpRequest
from django.template.context import Context
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy
from heroicons.templatetags.heroicons import heroicon_mini, heroicon_outline

register = template.Library()

Number = int | float | Decimal
# Shown where a value is not known: never a zero.
UNKNOWN = "–"
# A longer address than this is none of ours.
MOST_ASKED = 300


# --- numbers and money --------------------------------------------------------


def _known(value: object) -> Decimal | None:
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return None
    return Decimal(value)


def _grouped(value: Decimal, decimals: int = 0) -> str:
    return number_format(abs(value), decimal_pos=decimals, use_l10n=True, force_grouping=True)


@register.filter
def number(value: Number | None) -> str:
    """1250 → “1.250”; unknown → “–”."""
    amount = _known(value)
    if amount is None:
        return UNKNOWN
    return ("−" if amount < 0 else "") + _grouped(amount)


@register.filter
def signed(value: Number | None) -> str:
    """3 → “+3”, -2 → “−2”, 0 → “0”."""
    amount = _known(value)
    return f"+{_grouped(amount)}" if amount is not None and amount > 0 else number(amount)


@register.filter
def share(value: Number | None, whole: Number | None) -> str:
    """17 of 65 → “26 %”, in English “26%”; nothing to be a share of → “–”."""
    amount, total = _known(value), _known(whole)
    if amount is None or not total:
        return UNKNOWN
    words = _("%(number)s %%") % {"number": number(round(100 * amount / total))}
    return words.replace(" ", "\u00a0")


@register.filter
def rupiah(value: Number | None) -> str:
    """1250000 → “Rp 1.250.000” with a space that does not break."""
    amount = _known(value)
    if amount is None:
        return UNKNOWN
    return f"{'−' if amount < 0 else ''}Rp\u00a0{_grouped(amount)}"


@register.filter
def rupiah_short(value: Number | None) -> str:
    """2240000000 → “Rp 2,24 M” (in English “Rp 2.24 bn”), 437000000 → “Rp 437 jt”; below a million in full."""
    amount = _known(value)
    if amount is None:
        return UNKNOWN
    # A million short of the next unit is shown in that unit: never “Rp 1.000 jt”.
    for size, least, unit in (
        (10**12, 999_995 * 10**6, pgettext("short for 10¹²", "T")),
        (10**9, 999_500_000, pgettext("short for 10⁹", "M")),
        (10**6, 10**6, pgettext("short for 10⁶", "jt")),
    ):
        if abs(amount) >= least:
            decimals = 0 if size == 10**6 and abs(amount) >= 10**7 else 2
            return f"{'−' if amount < 0 else ''}Rp\u00a0{_without_zeros(round(abs(amount) / size, decimals))}\u00a0{unit}"
    return rupiah(amount)


def _without_zeros(amount: Decimal) -> str:
    whole = amount == amount.to_integral_value()
    one_place = amount == round(amount, 1)
    return _grouped(amount, 0 if whole else 1 if one_place else 2)


# --- days ---------------------------------------------------------------------


def _local(value: object) -> date | None:
    if isinstance(value, datetime):
        return timezone.localtime(value) if timezone.is_aware(value) else value
    return value if isinstance(value, date) else None


@register.filter
def tanggal(value: date | datetime | None) -> str:
    """“22 September 2025”."""
    day = _local(value)
    return date_format(day, "DATE_FORMAT") if day else UNKNOWN


@register.filter
def tanggal_short(value: date | datetime | None) -> str:
    """“22/09/2025”."""
    day = _local(value)
    return date_format(day, "SHORT_DATE_FORMAT") if day else UNKNOWN


@register.filter
def bulan(value: date | datetime | None) -> str:
    """“September 2025”."""
    day = _local(value)
    return date_format(day, "YEAR_MONTH_FORMAT") if day else UNKNOWN


@register.filter
def waktu(value: datetime | None) -> str:
    """“22 September 2025 14.05” (in English “14:05”) in Jakarta time."""
    moment = _local(value)
    return date_format(moment, "DATETIME_FORMAT") if isinstance(moment, datetime) else UNKNOWN


@register.filter
def iso(value: date | datetime | None) -> str:
    """“2025-09-22”: for addresses and `datetime` attributes."""
    day = _local(value)
    if isinstance(day, datetime):
        day = day.date()
    return day.isoformat() if day else ""


# --- tones and signs ----------------------------------------------------------

# Statuses, stages and states of reports share nine tones; a word or a sign always stands beside the colour.
_TONES = {
    "running": "running",
    "success": "running",
    "disbursed": "running",
    "verified": "running",
    "completed": "running",
    "idle": "idle",
    "warning": "idle",
    "committed": "idle",
    "submitted": "idle",
    "none": "none",
    "unrecorded": "unrecorded",
    "preparing": "preparing",
    "draft": "preparing",
    "offered": "preparing",
    "prospect": "preparing",
    "closed": "closed",
    "cancelled": "closed",
    "error": "error",
    "danger": "error",
    "returned": "returned",
    "zero": "checked",
    "accent": "accent",
    "reached": "running",
    "on_the_way": "preparing",
    "behind": "error",
    "missed": "error",
    "unsure": "unrecorded",
}
_SIGNS = {
    "running": "check",
    "idle": "pause",
    "none": "ring",
    "unrecorded": "question",
    "preparing": "dots",
    "closed": "cross",
    "error": "bang",
    "accent": "bang",
    "neutral": "info",
    "warning": "bang",
    "success": "check",
    "info": "info",
    "checked": "equal",
    "zero": "equal",
    "submitted": "up",
    "returned": "back",
    "not_expected": "dash",
}


@register.filter
def tone(value: object) -> str:
    """Any status, stage or message level → one of the tones of components.css."""
    return _TONES.get(str(value).casefold(), "neutral")


@register.filter
def sign_name(value: object) -> str:
    """Any status, stage or message level → the id of its sign in the sprite, without `sign-`."""
    key = str(value).casefold()
    return _SIGNS.get(key) or _SIGNS[tone(key)]


@register.simple_tag
def sign(value: object) -> SafeString:
    """The sign of a status; says nothing to screen readers, the word beside it does."""
    return format_html('<svg class="sign" aria-hidden="true"><use href="#sign-{}"/></svg>', sign_name(value))


@register.simple_tag
def dot(value: object) -> SafeString:
    """A small square in the colour of a status, with its sign."""
    return format_html('<span class="dot tone-{}" aria-hidden="true">{}</span>', tone(value), sign(value))


@register.simple_tag
def icon(name: str, *, size: int = 20) -> str:
    """A heroicon by name; decorative, so a word stands beside it or the button has a hidden label."""
    return _icon(name, size)


@cache
def _icon(name: str, size: int) -> str:
    # Drawn anew from its XML each time otherwise: a quarter of what an empty page costs.
    draw = heroicon_outline if size >= 24 else heroicon_mini
    return draw(name, size=size, **{"class": "icon", "aria-hidden": "true", "focusable": "false"})


@register.filter
def initials(name: object) -> str:
    """“Staf Sudin Satu” → “SS”."""
    words = str(name).replace(".", " ").split()
    return "".join(word[0] for word in words[:2]).upper() or "?"


# --- navigation ---------------------------------------------------------------


@dataclass(frozen=True)
class Place:
    """A place of the main navigation; `url_name` also says which pages belong to it."""

    label: str | Promise
    url_name: str
    icon: str
    permission: str = ""


@dataclass(frozen=True)
class Item:
    label: str | Promise
    url: str
    icon: str
    is_current: bool


PLACES = (
    Place(gettext_lazy("Dasbor"), "dashboard", "squares-2x2"),
    Place(
        pgettext_lazy("plural", "Koperasi"),
        "cooperatives:list",
        "building-library",
        "cooperatives.view_cooperative",
    ),
    Place(pgettext_lazy("plural", "Gerai"), "outlets:list", "building-storefront", "outlets.view_outlet"),
    Place(pgettext_lazy("plural", "Laporan"), "reports:list", "document-check", "outlets.view_monthlyreport"),
    Place(gettext_lazy("Kebutuhan modal"), "outlets:needs", "banknotes", "outlets.view_capitalneed"),
    Place(gettext_lazy("Anggota"), "members:list", "users", "members.view_member"),
    Place(pgettext_lazy("plural", "Mitra"), "partners:list", "hand-raised", "partners.view_partner"),
    Place(gettext_lazy("Bantuan"), "partners:supports", "gift", "partners.view_support"),
    Place(gettext_lazy("Impor"), "imports:list", "arrow-up-tray", "imports.view_importbatch"),
)


@register.simple_tag(takes_context=True)
def navigation(context: Context) -> list[Item]:
    """The places this person may open; the current one is the exact page, else the first of the same section."""
    request: HttpRequest | None = context.get("request")
    user = getattr(request, "user", None)
    if request is None or user is None or not user.is_authenticated:
        return []
    places = [place for place in PLACES if not place.permission or user.has_perm(place.permission)]
    current = _current_place(request, places)
    return [
        Item(place.label, reverse(place.url_name), place.icon, place.url_name == current) for place in places
    ]


ACCOUNT_PLACES = (
    Place(gettext_lazy("Lembar Pimpinan"), "sheet", "printer"),
    Place(gettext_lazy("Akses saya"), "accounts:my_access", "key"),
    Place(gettext_lazy("Mengapa saya (tidak) melihat ini?"), "accounts:why", "eye"),
    Place(
        gettext_lazy("Siapa melihat apa"),
        "access:people",
        "user-group",
        "cooperatives.view_areagrant",
    ),
    Place(gettext_lazy("Panduan"), "help", "lifebuoy"),
)


@register.simple_tag(takes_context=True)
def account_navigation(context: Context) -> list[Item]:
    """What the menu of the account leads to; “why” asks about the page at hand."""
    request: HttpRequest | None = context.get("request") or getattr(context, "request", None)
    user = getattr(request, "user", None)
    if request is None or user is None or not user.is_authenticated:
        return []
    return [
        Item(
            place.label,
            why_href(context) if place.url_name == "accounts:why" else reverse(place.url_name),
            place.icon,
            is_current=False,
        )
        for place in ACCOUNT_PLACES
        if not place.permission or user.has_perm(place.permission)
    ]


@register.simple_tag(takes_context=True)
def why_href(context: Context) -> str:
    """The page that explains why the page at hand is shown, or is not."""
    request: HttpRequest | None = context.get("request") or getattr(context, "request", None)
    return reverse("accounts:why", query={"about": request.path[:MOST_ASKED]} if request else None)


# Sections without a place of their own, and whose tabs they are.
_WITHIN = {"visits": "outlets", "savings": "members", "books": "members"}


def _current_place(request: HttpRequest, places: list[Place]) -> str:
    match = getattr(request, "resolver_match", None)
    if match is None:
        return ""
    names = [place.url_name for place in places]
    if match.view_name in names:
        return str(match.view_name)
    section = _WITHIN.get(match.namespace, match.namespace)
    same_section = (name for name in names if section and name.startswith(f"{section}:"))
    return next(same_section, "")
