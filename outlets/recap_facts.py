"""What a recap says of things that are kept elsewhere: told where it differs from the records, never written."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from django.utils.translation import gettext as _

from cooperatives.models import BoardTerm, Body, Cooperative, Gender, Paper, PaperKind
from kkmp.parsing import area_key, choice_key, parse_count, parse_rupiah
from kkmp.templatetags.ui import number, rupiah, tanggal
from outlets.capital import open_needs_of
from outlets.models import Outlet
from outlets.recap_columns import TITLES
from outlets.spellings import parse_kind

_NO = frozenset({"tidak", "tidakada", "belum", "belumada", "belumpunya", "blm", "blmada"})
_BOTH = re.compile(
    r"(?:l\s*[:=]?\s*)?([0-9]{1,4})\s*l?\s*[/,;&+]\s*(?:p\s*[:=]?\s*)?([0-9]{1,4})\s*p?", re.IGNORECASE
)


@dataclass
class People:
    """How many, of them men and women whose gender is known."""

    total: int = 0
    male: int = 0
    female: int = 0


@dataclass(frozen=True)
class Registered:
    """What the register of members and the ledger of savings say of one cooperative."""

    members: People
    principal_idr: int
    mandatory_idr: int
    voluntary_idr: int


@dataclass(frozen=True)
class Facts:
    """The records of many cooperatives on a day, by their key, read at once."""

    on: date
    decrees: Mapping[int, set[str]] = field(default_factory=dict)
    boards: Mapping[tuple[int, str], People] = field(default_factory=dict)
    needs: Mapping[int, int] = field(default_factory=dict)
    registered: Mapping[int, Registered] = field(default_factory=dict)


def facts_of(keys: Iterable[int], *, on: date, registered: Mapping[int, Registered]) -> Facts:
    """Three queries, however many cooperatives."""
    keys = list(keys)
    decrees: dict[int, set[str]] = defaultdict(set)
    papers = Paper.objects.kept().filter(cooperative__in=keys, kind=PaperKind.AHU_DECREE).exclude(number="")
    for key, decree in papers.order_by().values_list("cooperative", "number"):
        decrees[key].add(decree)
    boards: dict[tuple[int, str], People] = defaultdict(People)
    for term in BoardTerm.objects.kept().begun_by(on).filter(cooperative__in=keys).order_by():
        if term.holds_on(on):
            people = boards[term.cooperative_id, term.body]
            people.total += 1
            people.male += term.gender == Gender.MALE
            people.female += term.gender == Gender.FEMALE
    return Facts(on, decrees, boards, open_needs_of(keys, on=on), registered)


def notes_about(
    cells: Mapping[str, str], cooperative: Cooperative, outlet: Outlet | None, facts: Facts
) -> list[str]:
    """A sentence for each cell that says something else than the records."""
    told = [*_profile_notes(cells, cooperative, facts), *_people_notes(cells, cooperative, facts)]
    told += _savings_notes(cells, facts.registered.get(cooperative.pk))
    if outlet:
        told += _outlet_notes(cells, outlet)
    told += _need_notes(cells, facts.needs.get(cooperative.pk))
    if cells.get("csr") and choice_key(cells["csr"]) not in _NO:
        told.append(_("Bantuan CSR tidak dicatat dari lembar ini; catat di halaman Bantuan."))
    return told


def _profile_notes(cells: Mapping[str, str], cooperative: Cooperative, facts: Facts) -> Iterable[str]:
    name = cells.get("cooperative", "")
    kelurahan = cooperative.kelurahan
    known = {area_key(spelling) for spelling in (*kelurahan.spellings, cooperative.legal_name)}
    if name and area_key(name) not in known:
        yield _differs("cooperative", cooperative.legal_name or str(cooperative), name)
    decrees = facts.decrees.get(cooperative.pk, set())
    if cells.get("ahu") and choice_key(cells["ahu"]) not in {choice_key(decree) for decree in decrees}:
        yield _differs("ahu", ", ".join(sorted(decrees)), cells["ahu"])
    for key in ("registry_no", "nib", "npwp"):
        stored, said = getattr(cooperative, key), re.sub(r"[\s.\-/']", "", cells.get(key, ""))
        if said and said != stored:
            yield _differs(key, stored, said)
    if account := cells.get("bank_account"):
        has_one = choice_key(account) not in _NO
        if cooperative.has_bank_account != has_one:
            # Not the number itself: nobody keeps it here.
            yield _differs(
                "bank_account", cooperative.bank_account_in_words, _("ada") if has_one else _("belum ada")
            )


def _people_notes(cells: Mapping[str, str], cooperative: Cooperative, facts: Facts) -> Iterable[str]:
    for key, body in (("board", Body.BOARD), ("supervisors", Body.SUPERVISORS)):
        yield from _count_note(key, cells.get(key, ""), facts.boards.get((cooperative.pk, body), People()))
    registered = facts.registered.get(cooperative.pk)
    if registered is None:
        return
    people = registered.members
    on = _(" (buku anggota per %(day)s)") % {"day": tanggal(facts.on)}
    yield from _count_note("members", cells.get("members", ""), people, on=on)
    for key, count in (("members_male", people.male), ("members_female", people.female)):
        yield from _count_note(key, cells.get(key, ""), People(count), on=on)


def _count_note(key: str, text: str, people: People, *, on: str = "") -> Iterable[str]:
    """“3/2” is men and women; a lone number is all of them."""
    if not text:
        return
    if both := _BOTH.fullmatch(text):
        male, female = int(both[1]), int(both[2])
        if (male, female) != (people.male, people.female):
            yield _differs(key, f"{people.male}/{people.female}", f"{male}/{female}") + on
        return
    try:
        said = parse_count(text)
    except ValueError:
        yield _unread(key, text)
        return
    if said != people.total:
        yield _differs(key, number(people.total), number(said)) + on


def _savings_notes(cells: Mapping[str, str], registered: Registered | None) -> Iterable[str]:
    if registered is None:
        return
    for key in ("principal", "mandatory", "voluntary"):
        yield from _money_note(key, cells.get(key, ""), getattr(registered, f"{key}_idr"))


def _need_notes(cells: Mapping[str, str], recorded: int | None) -> Iterable[str]:
    yield from _money_note("need", cells.get("need", ""), recorded)


def _money_note(key: str, text: str, recorded: int | None) -> Iterable[str]:
    try:
        said = parse_rupiah(text)
    except ValueError:
        yield _unread(key, text)
        return
    if said is not None and said != (recorded or 0):
        yield _differs(key, "" if recorded is None else rupiah(recorded), rupiah(said))


def _outlet_notes(cells: Mapping[str, str], outlet: Outlet) -> Iterable[str]:
    address = cells.get("address", "")
    if address and choice_key(address) != choice_key(outlet.address):
        yield _differs("address", outlet.address, address[:80])
    try:
        kind = parse_kind(cells.get("kind", ""))
    except ValueError:
        yield _unread("kind", cells["kind"])
    else:
        if kind and kind != outlet.kind:
            yield _differs("kind", outlet.get_kind_display(), str(kind.label))
    tenure = cells.get("tenure", "")
    if tenure and choice_key(tenure) != choice_key(outlet.get_tenure_display()):
        yield _differs("tenure", outlet.get_tenure_display(), tenure[:40])
    area = re.sub(r"\s*m(?:2|²)?$", "", cells.get("area", ""))
    try:
        said = parse_count(area)
    except ValueError:
        yield _unread("area", area)
    else:
        if said and said != outlet.area_m2:
            yield _differs("area", "" if outlet.area_m2 is None else number(outlet.area_m2), number(said))


def _differs(key: str, recorded: str, said: str) -> str:
    title = str(TITLES[key])
    if not recorded:
        return _("%(title)s: belum tercatat, lembar berisi %(said)s.") % {"title": title, "said": said}
    return _("%(title)s: tercatat %(recorded)s, lembar berisi %(said)s.") % {
        "title": title,
        "recorded": recorded,
        "said": said,
    }


def _unread(key: str, text: str) -> str:
    return _("%(title)s: “%(text)s” tidak terbaca, jadi tidak dibandingkan.") % {
        "title": TITLES[key],
        "text": text[:40],
    }
