"""What a page is asked about: a day, an area, and the records of which day. Every page reads it from its address."""

import calendar
from dataclasses import dataclass, field
from datetime import date, datetime, time
from urllib.parse import urlencode

from django.http import HttpRequest
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from cooperatives.models import Cooperative, CooperativeQuerySet, Kecamatan
from kkmp.accounts.models import User
from kkmp.accounts.permissions import sees_whole_city
from kkmp.parsing import parse_day

EARLIEST = date(2000, 1, 1)


@dataclass(frozen=True)
class View:
    """The question in an address: `on` which day, compared with which day (`since`), where, and `known` by when."""

    user: User
    today: date
    on: date
    since: date
    known: date | None = None
    kecamatan: Kecamatan | None = None
    kecamatan_list: list[Kecamatan] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    since_given: bool = False

    @property
    def known_at(self) -> datetime | None:
        """The end of the day `known` in Asia/Jakarta."""
        if self.known is None:
            return None
        return timezone.make_aware(datetime.combine(self.known, time.max))

    @property
    def cooperatives(self) -> CooperativeQuerySet:
        """What the page counts: the cooperatives this person sees, of the chosen kecamatan."""
        return Cooperative.objects.visible_to(self.user).in_kecamatan(self.kecamatan)

    @property
    def is_whole_city(self) -> bool:
        """City-wide published figures and targets show only then."""
        return self.kecamatan is None and sees_whole_city(self.user)

    @property
    def area_in_words(self) -> str:
        """Where, as files and prints name it."""
        if self.kecamatan:
            return _("Kecamatan %(name)s") % {"name": self.kecamatan}
        if sees_whole_city(self.user):
            return "Jakarta Selatan"
        return _("Wilayah %(username)s") % {"username": self.user.username}

    @property
    def area(self) -> str:
        """Code of the chosen kecamatan; empty where none is."""
        return self.kecamatan.pk if self.kecamatan else ""

    @property
    def areas(self) -> list[tuple[str, str]]:
        """Kecamatan to choose from; no choice where there is only one."""
        if len(self.kecamatan_list) < 2:
            return []
        return [(kecamatan.pk, kecamatan.name) for kecamatan in self.kecamatan_list]

    @property
    def keep(self) -> list[tuple[str, str]]:
        """What a filter form sends along unseen."""
        kept = [("known", self.known)] if self.known else []
        if self.since_given:
            kept.append(("since", self.since))
        return [(name, day.isoformat()) for name, day in kept]

    @property
    def is_today(self) -> bool:
        return self.on == self.today

    @property
    def params(self) -> dict[str, str]:
        """What links have to carry so that the next page answers the same question."""
        params = {}
        if not self.is_today:
            params["on"] = self.on.isoformat()
        if self.kecamatan:
            params["kecamatan"] = self.kecamatan.pk
        if self.known:
            params["known"] = self.known.isoformat()
        return params

    @property
    def known_now_href(self) -> str:
        """This page's question answered from today's records."""
        return f"?{urlencode({key: value for key, value in self.params.items() if key != 'known'})}"

    @property
    def known_then_href(self) -> str:
        """This page's question answered from the records as they stood on the day itself."""
        return self.link("", known=self.on.isoformat())

    def link(self, address: str, **extra: object) -> str:
        """The address with this question and further parameters; empty ones are left out."""
        query = urlencode(
            {**self.params, **{key: str(value) for key, value in extra.items() if value not in (None, "")}}
        )
        return f"{address}?{query}" if query else address


def month_before(day: date) -> date:
    """The same day a month earlier; the last day of a shorter month where there is none."""
    year, month = (day.year, day.month - 1) if day.month > 1 else (day.year - 1, 12)
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def read_view(request: HttpRequest) -> View:
    """The question in this request's address. What cannot be answered is told in `problems` and falls back to today."""
    assert isinstance(request.user, User)  # noqa: S101  # every page but the listed open ones asks for sign-in
    problems: list[str] = []
    today = timezone.localdate()
    kecamatan_list = list(Kecamatan.objects.visible_to(request.user))
    kecamatan = _read_kecamatan(request.GET.get("kecamatan", ""), kecamatan_list, problems)
    on = _read_day(request.GET.get("on", ""), today, problems) or today
    known = _read_day(request.GET.get("known", ""), today, problems)
    since = _read_day(request.GET.get("since", ""), today, problems)
    if since and since >= on:
        problems.append(_("Hari pembanding harus sebelum hari yang dilihat; dipakai sebulan sebelumnya."))
        since = None
    return View(
        user=request.user,
        today=today,
        on=on,
        since=since or month_before(on),
        since_given=since is not None,
        known=known,
        kecamatan=kecamatan,
        kecamatan_list=kecamatan_list,
        problems=problems,
    )


def _read_kecamatan(code: str, choices: list[Kecamatan], problems: list[str]) -> Kecamatan | None:
    chosen = next((kecamatan for kecamatan in choices if kecamatan.pk == code), None)
    if code and chosen is None:
        problems.append(_("Kecamatan itu tidak ada di wilayah Anda; semua wilayah Anda ditampilkan."))
    return chosen


def _read_day(text: str, today: date, problems: list[str]) -> date | None:
    try:
        day = parse_day(text)
    except ValueError as error:
        problems.append(_("%(problem)s Yang ditampilkan: hari ini.") % {"problem": error})
        return None
    if day and day > today:
        problems.append(
            _("%(day)s belum terjadi. Yang ditampilkan: hari ini.") % {"day": date_format(day, "DATE_FORMAT")}
        )
        return None
    if day and day < EARLIEST:
        problems.append(_("Catatan tidak ada sebelum tahun 2000. Yang ditampilkan: hari ini."))
        return None
    return day
