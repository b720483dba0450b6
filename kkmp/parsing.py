"""Text from people and files into typed values: pure functions that form fields and imports share.

Each raises ValueError with a sentence for the person who typed the text.
"""

import math
import re
import unicodedata
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from itertools import pairwise

from django.utils.translation import gettext as _

MAX_IDR = 9_000_000_000_000_000
FIRST_DAY = date(1945, 8, 17)

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "januari jan january", "februari feb pebruari february", "maret mar march", "april apr", "mei may",
            "juni jun june", "juli jul july", "agustus agu ags agt aug august", "september sep sept",
            "oktober okt oct october", "november nov nopember", "desember des dec december",
        ),
        start=1,
    )
    for name in names.split()
}  # fmt: skip
# What people write in front of a kelurahan's or kecamatan's name.
_AREA_PREFIX = re.compile(
    r"^(?:(?:koperasi\s+kelurahan\s+merah\s+putih|kkmp|kelurahan|kecamatan|kel|kec)\b[\s.:]*)+"
)
_MAYBE_NATIONAL_ID = re.compile(r"(?<![0-9])[0-9](?:[\s.\-/']?[0-9]){15}(?![0-9])")
_EXCEL_EPOCH = date(1899, 12, 30)
# Five years at once: nobody pays more; a longer span is a slip in the year.
MOST_MONTHS = 60
_MONTHS_APART = re.compile(
    r"\s*(?:–|—|\bs\s?[./]?\s?d\b\.?|\bsampai(?: dengan)?\b|\bhingga\b|(?<=[a-z.])-(?=[a-z])|\s-\s|(?<=\d{4})-(?=\d{1,2}/|[a-z]))\s*"
)


def says_nothing(text: str) -> bool:
    """An empty cell, or what people write into one: a dash, “n/a”."""
    return text.strip().casefold() in {"", "-", "–", "—", "--", ".", "n/a", "na"}


def area_key(text: str) -> str:
    """The form in which two spellings of one kelurahan or kecamatan are equal: “Kel. Setia Budi” → “setiabudi”."""
    text = unicodedata.normalize("NFKC", text).casefold().strip()
    text = _AREA_PREFIX.sub("", text)
    return re.sub(r"[^a-z0-9]", "", text)


def parse_day(value: object) -> date | None:
    """A calendar day as people and Excel write it; empty is None, never today.

    Knows 2025-09-22, 22/09/2025, 22-9-25, 22.09.2025, “22 September 2025” and Excel's serial numbers.
    """
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _excel_day(value)
    text = " ".join(str(value or "").split())
    if not text:
        return None
    day = _written_day(text)
    if day is None:
        raise ValueError(_("“%(text)s” bukan tanggal. Contoh: 22/09/2025.") % {"text": text[:40]})
    return day


def _written_day(text: str) -> date | None:
    """None unless the text is a real day of the calendar."""
    # A time of day behind it, as forms and logs keep it, changes nothing.
    text = re.sub(r"(?<=\d)[T ]\d{1,2}[:.]\d{2}(?:[:.]\d{2}(?:\.\d+)?)?$", "", text)
    if match := re.fullmatch(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})", text):
        year, month, day = (int(part) for part in match.groups())
    elif match := re.fullmatch(r"(\d{1,2})[/.\-](\d{1,2})[/.\-](\d{4}|\d{2})", text):
        day, month, year = (int(part) for part in match.groups())
        # Two digits are of this century; “0025” is no way to write a year.
        year += 2000 if len(match[3]) == 2 else 0
    elif match := re.fullmatch(
        r"(?:[a-z']+, ?)?(\d{1,2})[ \-/.]{1,2}([a-z]+)[ \-/.,]{1,2}(\d{4}|\d{2})", text.casefold()
    ):
        # “Senin, 17 Agustus 2025” and “17-Agt-25” too.
        day, month, year = int(match[1]), _MONTHS.get(match[2], 0), int(match[3])
        year += 2000 if len(match[3]) == 2 else 0
    else:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None


def parse_month(value: object) -> date | None:
    """The first day of a month from “Oktober 2026”, “Okt-26”, “10/2026”, “2026-10” or a day of it; empty is None."""
    text = " ".join(str(value or "").split())
    month = _one_month(text)
    if text and month is None:
        raise ValueError(
            _("“%(text)s” bukan bulan dengan tahunnya. Contoh: Oktober 2026.") % {"text": text[:40]}
        )
    return month


def month_words(number: int) -> list[str]:
    """How people write the month of that number, the full word first."""
    return [word for word, month in _MONTHS.items() if month == number]


def months_named(text: str) -> set[date]:
    """First days of all months that a text names with their year: “Rekap KKMP bulan Oktober 2026”."""
    words = re.findall(r"\b([a-z]{3,9})[\s\-/.,]*((?:19|20)\d{2})\b", text.casefold())
    return {date(int(year), _MONTHS[word], 1) for word, year in words if word in _MONTHS}


def days_named(text: str) -> set[date]:
    """All days that a text names with month and year: “Saldo simpanan per 31 Oktober 2026”."""
    words = re.findall(r"\b\d{1,2}(?: [A-Za-z]{3,9} |[/.\-]\d{1,2}[/.\-])\d{4}\b", " ".join(text.split()))
    return {day for word in words if (day := _written_day(word))}


def parse_months(value: object) -> list[date]:
    """First days of the months that “Jan-Mar 2026”, “Nov 2025 s.d. Jan 2026”, “Jan, Feb 2026” or one month name.

    A month without a year is told, never guessed. Empty is an empty list.
    """
    text = " ".join(str(value or "").split())
    if not text:
        return []
    one = _one_month(text)
    found = [one] if one else _several_months(text.casefold())
    # In order: the year that stands at the end is no year of “Nov, Des, Jan 2026”.
    if not found or any(later <= month for month, later in pairwise(found)):
        raise ValueError(
            _("“%(text)s” bukan bulan. Contoh: Januari 2026, 01/2026, atau Jan-Mar 2026.")
            % {"text": text[:40]}
        )
    return found


def _one_month(text: str) -> date | None:
    text = text.casefold()
    if match := re.fullmatch(r"(\d{4})[-/.](\d{1,2})", text):
        year, month = int(match[1]), int(match[2])
    elif match := re.fullmatch(r"(\d{1,2})[-/. ]+(\d{4})", text):
        year, month = int(match[2]), int(match[1])
    elif match := re.fullmatch(r"(?:bulan )?([a-z]+)[-/.', ]*(\d{4}|\d{2})", text):
        year, month = int(match[2]) + (2000 if len(match[2]) == 2 else 0), _MONTHS.get(match[1], 0)
    elif day := _written_day(text):
        return day.replace(day=1)
    else:
        return None
    return date(year, month, 1) if 1 <= month <= 12 and 1900 <= year <= 2200 else None


def _several_months(text: str) -> list[date]:
    """Empty where the text names none. The year of the last month holds for those before it that have none."""
    if len(ends := _MONTHS_APART.split(text)) == 2:
        last = _one_month(ends[1])
        first = _one_month(ends[0]) or (last and _one_month(f"{ends[0]} {last.year}"))
        if not first or not last:
            return []
        count = (last.year - first.year) * 12 + last.month - first.month + 1
        return [month_after(first, number) for number in range(count)] if 1 < count <= MOST_MONTHS else []
    parts = [part for part in re.split(r"\s*(?:[,;&+]|\bdan\b)\s*", text) if part]
    last = _one_month(parts[-1]) if len(parts) > 1 else None
    if not last:
        return []
    found = [_one_month(part) or _one_month(f"{part} {last.year}") for part in parts]
    return [month for month in found if month] if all(found) else []


def month_after(month: date, count: int = 1) -> date:
    """The first day of the month that comes `count` months later."""
    months = month.year * 12 + month.month - 1 + count
    return date(months // 12, months % 12 + 1, 1)


def _excel_day(value: float) -> date:
    if not 1 <= value < 100_000:
        raise ValueError(_("Angka %(value)s bukan tanggal. Contoh: 22/09/2025.") % {"value": f"{value:g}"})
    return _EXCEL_EPOCH + timedelta(days=int(value))


def parse_rupiah(value: object) -> int | None:
    """Whole rupiah from “Rp 1.250.000,-”, “1250000”, “Rp1.250.000,00” or a number; empty is None, never 0.

    “1,250,000” too, as the English pages write it: nobody writes a thousandth of a rupiah.
    """
    if isinstance(value, int | float) and not isinstance(value, bool):
        if not math.isfinite(value) or value != int(value):
            raise ValueError(_("Jumlah rupiah harus bulat, tanpa sen."))
        return _within_64_bit(int(value))
    text = "".join(str(value or "").split())
    if not text:
        return None
    digits = re.sub(r"^rp\.?", "", text, flags=re.IGNORECASE)
    digits = re.sub(r",(?:-|0{1,2})$", "", digits)
    if not re.fullmatch(r"[0-9]{1,16}|[0-9]{1,3}(?:(?:\.[0-9]{3}){1,6}|(?:,[0-9]{3}){1,6})", digits):
        raise ValueError(_("“%(text)s” bukan jumlah rupiah. Contoh: 1.250.000.") % {"text": text[:40]})
    return _within_64_bit(int(re.sub(r"[.,]", "", digits)))


def _within_64_bit(amount: int) -> int:
    if not 0 <= amount <= MAX_IDR:
        raise ValueError(_("Jumlah rupiah di luar batas yang wajar."))
    return amount


def parse_count(value: object, *, most: int = 1_000_000) -> int | None:
    """A whole number of people or things, “1.250” or “1250”; empty is None, never 0."""
    text = "".join(str(value or "").split()) if value != 0 else "0"
    if not text:
        return None
    if not re.fullmatch(r"[0-9]{1,9}|[0-9]{1,3}(?:\.[0-9]{3}){1,2}", text):
        raise ValueError(_("“%(text)s” bukan jumlah. Contoh: 120.") % {"text": text[:40]})
    count = int(text.replace(".", ""))
    if count > most:
        raise ValueError(_("Jumlah di luar batas yang wajar."))
    return count


def parse_digits(value: object, *, lengths: tuple[int, ...], name: str) -> str:
    """Digits of an official number, separators dropped; empty stays empty. `lengths` are the lengths allowed."""
    text = re.sub(r"[\s.\-/]", "", str(value or ""))
    if not text:
        return ""
    if not re.fullmatch(r"[0-9]+", text):
        raise ValueError(_("%(name)s hanya berisi angka.") % {"name": name})
    if lengths and len(text) not in lengths:
        allowed = _(" atau ").join(str(length) for length in lengths)
        raise ValueError(
            _("%(name)s terdiri dari %(allowed)s angka, yang ditulis %(count)d.")
            % {"name": name, "allowed": allowed, "count": len(text)}
        )
    return text


def parse_national_id(value: object) -> str:
    """The 16 digits of a NIK, separators dropped; empty stays empty. No error repeats what was typed.

    Checks what every NIK has: a plausible birth date (women's days are 41–71) and a serial that is not 0000.
    The region digits are those of the first registration and are never checked (domain: ten facts, 8).
    """
    if isinstance(value, int | float):
        # Excel keeps 15 digits of a number: the last one is already lost.
        raise ValueError(  # noqa: TRY004  # a sentence for the person who typed it, as all others here
            _("NIK di sel angka sudah rusak. Format kolomnya sebagai teks, lalu ketik ulang NIK.")
        )
    text = re.sub(r"[\s.\-/']", "", str(value or ""))
    if not text:
        return ""
    if not re.fullmatch(r"[0-9]{16}", text):
        raise ValueError(_("NIK terdiri dari 16 angka."))
    day, month = int(text[6:8]), int(text[8:10])
    if text[12:] == "0000" or not _is_a_day(day - 40 if day > 40 else day, month, int(text[10:12])):
        raise ValueError(
            _("NIK ini keliru: periksa angka ke-7 sampai ke-12 (tanggal lahir) dan empat angka terakhir.")
        )
    return text


def holds_national_id(text: str) -> bool:
    """Whether something in this text is a NIK by its form; no region begins with 0, as numbers of firms do."""
    return any(_is_national_id(found[0]) for found in _MAYBE_NATIONAL_ID.finditer(text))


def _is_national_id(text: str) -> bool:
    try:
        return not parse_national_id(text).startswith("0")
    except ValueError:
        return False


def born_by_national_id(digits: str, *, today: date) -> tuple[date, bool]:
    """The birth date that a valid NIK tells, of the last hundred years before `today`, and whether it is a woman's."""
    day, month, year = int(digits[6:8]), int(digits[8:10]), int(digits[10:12])
    is_woman = day > 40
    day -= 40 if is_woman else 0
    century = today.year // 100 * 100
    year += century if century + year <= today.year else century - 100
    # 29 February of a year that has none is left to the warning that compares.
    return (date(year, month, day) if _is_a_day(day, month, year) else date(year, month, 28)), is_woman


def _is_a_day(day: int, month: int, year: int) -> bool:
    try:
        # 00 stands for 1900 or 2000; of the two only 2000 has a 29 February.
        date(year if year > 99 else 2000 + year, month, day)
    except ValueError:
        return False
    return True


def choice_key(text: object) -> str:
    """The form in which two ways of writing one word of a list are equal: “Ada, belum berjalan” → “adabelumberjalan”."""
    return re.sub(r"[^a-z0-9]", "", unicodedata.normalize("NFKC", str(text)).casefold())


def parse_choice(value: object, spellings: Mapping[str, str], *, offered: Iterable[object]) -> str:
    """The value that `spellings` (by `choice_key`) gives for what was written; empty stays empty.

    `offered` are the words that the error names.
    """
    text = " ".join(str(value or "").split())
    if not text:
        return ""
    try:
        return spellings[choice_key(text)]
    except KeyError:
        words = ", ".join(f"“{word}”" for word in offered)
        message = _("“%(text)s” tidak dikenal. Ketik salah satu: %(words)s.") % {
            "text": text[:40],
            "words": words,
        }
        raise ValueError(message) from None
