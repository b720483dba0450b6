"""One row of a members' register, read: values by field, and everything that is wrong in its cells."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext as _

from cooperatives.models import Gender
from kkmp.imports.importer import GivenRow, Problem
from kkmp.imports.sealing import hide, is_masked, is_rounded
from kkmp.parsing import FIRST_DAY, parse_day, parse_national_id
from kkmp.templatetags.ui import tanggal_short
from members.imports.member_columns import TITLES, Standing, parse_word, reason_in
from members.models import LAST_DIGITS, NUMBER_LENGTH, Domicile, EndReason, MemberKind

LONGEST = {"number": NUMBER_LENGTH, "full_name": 150, "phone": 30, "address": 300}
# Nobody younger joins by himself (UU 25/1992 Art. 18 asks for legal capacity): a later year is of the last century.
YOUNGEST = 17
_RT_RW = re.compile(r"(?:rt)?[\s.:]*(\d{1,3})\s*(?:/|-|,|\s|(?=rw))\s*(?:rw)?[\s.:]*(\d{1,3})", re.IGNORECASE)
# From the first digit on; places have none.
_AFTER_PLACE = re.compile(r"[0-9].*")
_PART = re.compile(r"(?:r[tw])?[\s.:]*(\d{1,3})", re.IGNORECASE)
# Of “17-05-80” and “17 Mei 80”, spaces left out.
_SHORT_YEAR = re.compile(r"\d{1,2}(?:[/.\-]\d{1,2}[/.\-]|[/.\-]?[A-Za-z]+[/.\-,]?)(?P<year>\d{2})")
_FORMULA_ERROR = re.compile(r"#(?:REF!|N/A|VALUE!|NAME\?|DIV/0!|NUM!|NULL!)")
_PHONE = re.compile(r"[0-9+][0-9 ().\-/+]*")
_WORDS: Mapping[str, type[TextChoices]] = {"gender": Gender, "domicile": Domicile, "kind": MemberKind}


def parse_birth_day(text: str, *, today: date) -> date | None:
    """A day of birth; a year of two digits is of the century in which that person can be a member today.

    Raises ValueError where both centuries are possible: a wrong one would never be seen again.
    """
    day = parse_day(text)
    if day is None:
        return None
    if match := _SHORT_YEAR.fullmatch("".join(text.split())):
        if day > today:
            # A 29 February keeps its day: 1900, which has none, would be 2000, and that is no future.
            return day.replace(year=day.year - 100)
        if day.year > today.year - YOUNGEST:
            raise ValueError(
                _("Tahun “%(year)s” bisa %(early)d atau %(late)d. Ketik tahunnya dengan empat angka.")
                % {"year": match["year"], "early": day.year - 100, "late": day.year}
            )
    return day


@dataclass
class ReadRow:
    """`values` are what the row says, blank cells left out; `digits` its identity number, if whole."""

    given: GivenRow
    today: date
    values: dict[str, Any] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    digits: str = ""
    # Last digits of a number that came masked and that no earlier file could complete.
    masked_last: str = ""
    standing: str = ""
    # Why the identity number is still to come; empty where it is there, or where nothing was written.
    awaited: str = ""

    def __post_init__(self) -> None:
        cells = self.given.cells
        for key in ("number", "full_name", "phone", "address"):
            self._take(key, partial(self._text, key))
        for key, choices in _WORDS.items():
            self._take(key, partial(parse_word, choices=choices))
        self._take("birth_date", lambda text: self._past(parse_birth_day(text, today=self.today)))
        for key in ("ktp_seen_on", "applied_on", "joined_on", "ended_on"):
            self._take(key, lambda text: self._past(parse_day(text)))
        self._take_area()
        self._take_standing()
        self._take_national_id(cells.get("national_id", ""))
        if "birth_date" not in cells:
            self._take_birth_place_and_date(cells.get("birth_place_and_date", ""))

    @property
    def is_remark(self) -> bool:
        """A signature, a note or a title: one cell that is filled, in a row without a number or an identity number."""
        return len(self.given.cells) == 1 and not {"number", "national_id"} & set(self.given.cells)

    def tell(self, key: str, text: str) -> None:
        self.problems.append(Problem(str(TITLES[key]), self.given.cells.get(key, ""), text))

    def _take(self, key: str, parse: Callable[[str], Any]) -> None:
        text = self._open_text(key)
        if not text:
            return
        try:
            value = parse(text)
        except ValueError as error:
            self.tell(key, str(error))
            return
        if value not in (None, ""):
            self.values[key] = value

    def _open_text(self, key: str) -> str:
        """What stands in a cell of anything else than identity numbers; where one does, that is told and not read."""
        text = self.given.cells.get(key, "").strip()
        if hide(text) == text:
            return text
        self.tell(key, _("Sel ini memuat NIK. Tulis NIK hanya di kolom NIK."))
        return ""

    def _text(self, key: str, text: str) -> str:
        text = " ".join(text.split())
        if len(text) > LONGEST[key]:
            raise ValueError(
                _("Isinya lebih dari %(most)d huruf. Ketik yang lebih pendek.") % {"most": LONGEST[key]}
            )
        if key == "full_name" and (not re.search(r"[^\W\d_]", text) or _FORMULA_ERROR.fullmatch(text)):
            raise ValueError(_("Ini bukan nama. Ketik nama lengkap anggota."))
        if key == "phone":
            if not _PHONE.fullmatch(text) or not 6 <= len(re.sub(r"\D", "", text)) <= 15:
                raise ValueError(_("Ini bukan nomor telepon. Contoh: 081234567890. Satu nomor saja."))
            # A cell of numbers loses the zero in front; mobile numbers begin with 08.
            text = f"0{text}" if re.fullmatch(r"8[0-9]{8,11}", text) else text
        return text

    def _past(self, day: date | None) -> date | None:
        if day and day > self.today:
            raise ValueError(_("%(day)s belum terjadi. Periksa tahunnya.") % {"day": tanggal_short(day)})
        if day and day.year < FIRST_DAY.year - 60:
            raise ValueError(_("%(day)s terlalu lampau. Periksa tahunnya.") % {"day": tanggal_short(day)})
        return day

    def _take_birth_place_and_date(self, text: str) -> None:
        """“Jakarta, 17-08-1980”: the day after the place. What cannot be read is told and stops nobody."""
        found = _AFTER_PLACE.search(text)
        if not text.strip():
            return
        try:
            day = self._past(parse_birth_day(found[0], today=self.today)) if found else None
        except ValueError:
            day = None
        if day:
            self.values["birth_date"] = day
        else:
            self.notes.append(
                _("Tanggal lahir di “%(title)s” tidak terbaca. Tulis seperti “Jakarta, 17/08/1980”.")
                % {"title": TITLES["birth_place_and_date"]}
            )

    def _take_area(self) -> None:
        for key in ("rt", "rw"):
            self._take(key, self._part)
        text = self._open_text("rt_rw")
        if not text:
            return
        if match := _RT_RW.fullmatch(text):
            both = {"rt": match[1].zfill(3), "rw": match[2].zfill(3)}
            self.values |= {key: value for key, value in both.items() if int(value)}
        elif re.search(r"\w", text):
            self.tell("rt_rw", _("“%(text)s” bukan RT/RW. Contoh: 003/005.") % {"text": text[:40]})

    def _part(self, text: str) -> str:
        if not re.search(r"\w", text):
            return ""
        match = _PART.fullmatch(text.strip())
        if match is None:
            raise ValueError(_("“%(text)s” bukan nomor RT atau RW. Contoh: 003.") % {"text": text[:40]})
        return match[1].zfill(3) if int(match[1]) else ""

    def _take_standing(self) -> None:
        text = self._open_text("standing")
        if found := reason_in(text) if text else "":
            self.standing, self.values["end_reason"] = Standing.ENDED, found
        elif text:
            try:
                self.standing = parse_word(text, Standing)
            except ValueError as error:
                self.tell("standing", str(error))
        self._take("end_reason", lambda text: parse_word(text, EndReason))

    def _take_national_id(self, text: str) -> None:
        if is_masked(text):
            self.masked_last = "".join(re.findall(r"[0-9]", text))[-LAST_DIGITS:]
        elif is_rounded(text):
            self.awaited = _(
                "NIK di sel angka sudah rusak. Format kolomnya sebagai teks, lalu ketik ulang NIK."
            )
        elif re.search(r"\w", text):
            try:
                self.digits = parse_national_id(text)
            except ValueError as error:
                self.awaited = str(error)
