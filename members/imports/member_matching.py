"""Which membership of the register a row of a file means, what it changes there, and what speaks against it."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from cooperatives.models import Cooperative, Gender
from kkmp import crypto
from kkmp.imports.importer import CheckedRow
from kkmp.imports.models import Outcome
from kkmp.parsing import born_by_national_id
from kkmp.templatetags.ui import tanggal_short
from members.imports.member_columns import TITLES, Standing
from members.imports.member_rows import ReadRow
from members.imports.member_rules import check_admission, check_order, is_same, shown, tell_once, worded
from members.models import NATIONAL_ID, NUMBER_LENGTH, Domicile, EndReason, Member, MemberKind
from members.national_ids import masked

# Fields that a file may fill and change; a blank cell never empties one.
FIELDS = (
    *(
        "number",
        "full_name",
        "gender",
        "birth_date",
        "phone",
        "address",
        "rt",
        "rw",
        "domicile",
        "ktp_seen_on",
    ),
    *("kind", "applied_on", "joined_on", "ended_on", "end_reason"),
)
_NUMBERED = re.compile(r"(?P<prefix>.*?)(?P<digits>[0-9]+)")
INDEXES_AT_ONCE = 5_000


@dataclass
class Plan:
    """A row understood: what to write. `member` is a row of the register, or a new one that is not saved yet."""

    member: Member
    values: dict[str, Any]
    digits: str = ""

    @property
    def is_new(self) -> bool:
        return self.member.pk is None


@dataclass
class Register:
    """The memberships of one cooperative, found by what a file can say of them."""

    cooperative: Cooperative
    members: Sequence[Member]
    by_number: dict[str, Member] = field(default_factory=dict)
    by_index: dict[bytes, list[Member]] = field(default_factory=lambda: defaultdict(list))
    by_name: dict[str, list[Member]] = field(default_factory=lambda: defaultdict(list))

    def __post_init__(self) -> None:
        for member in self.members:
            if member.number:
                self.by_number[member.number.casefold()] = member
            if member.voided_on:
                continue
            if member.national_id_index is not None:
                self.by_index[bytes(member.national_id_index)].append(member)
            self.by_name[name_key(member.full_name)].append(member)

    def with_national_id(self, indexes: Sequence[bytes]) -> list[Member]:
        """Memberships that bear the number, also while keys are being rotated; the living one first."""
        found = [member for index in indexes for member in self.by_index.get(index, ())]
        return sorted(found, key=lambda member: member.ended_on is not None)


def name_key(name: str) -> str:
    return " ".join(name.casefold().split())


def free_numbers(taken: Sequence[str]) -> Iterator[str]:
    """Numbers after the highest one, written the way most of them are, as MemberQuerySet.next_number does for one."""
    matches = [match for number in taken if (match := _NUMBERED.fullmatch(number))]
    prefix, width, highest = "", 3, 0
    if matches:
        prefix, _count = Counter(match["prefix"] for match in matches).most_common(1)[0]
        digits = [match["digits"] for match in matches if match["prefix"] == prefix]
        width, highest = max(map(len, digits)), max(map(int, digits))
    while True:
        highest += 1
        yield f"{prefix}{str(highest).zfill(width)}"


class Matcher:
    """Compares every row with the register and with the other rows; asks no query itself."""

    def __init__(
        self, register: Register, rows: Sequence[ReadRow], *, elsewhere: set[bytes], today: date
    ) -> None:
        self.register = register
        self.rows = rows
        self.elsewhere = elsewhere
        self.today = today
        self.indexes = {
            row.given.number: crypto.blind_indexes(row.digits, purpose=NATIONAL_ID)
            for row in rows
            if row.digits
        }
        self.numbers = _places(rows, lambda row: str(row.values.get("number", "")).casefold())
        self.ids = _places(rows, lambda row: "" if "ended_on" in row.values else row.digits)
        self.names = Counter(name_key(str(row.values.get("full_name", ""))) for row in rows)
        self.same_days = Counter(
            _stay(row, day)
            for row in rows
            for day in ("birth_date", "joined_on", "applied_on")
            if day in row.values
        )
        written = [str(row.values["number"]) for row in rows if "number" in row.values]
        self.free = free_numbers([*(member.number for member in register.members if member.number), *written])
        self.claimed: dict[int, int] = {}

    def result(self, row: ReadRow) -> CheckedRow[Plan]:
        if row.is_remark:
            return CheckedRow(
                row.given, Outcome.SKIPPED, notes=[_("Hanya satu sel berisi: dianggap catatan.")]
            )
        self._refuse_doubles(row)
        member = self._member_of(row)
        if member and member.pk in self.claimed:
            row.tell(
                "full_name",
                _("Baris %(number)d sudah mengisi anggota ini. Sisakan satu.")
                % {"number": self.claimed[member.pk]},
            )
        elif member:
            self.claimed[member.pk] = row.given.number
        return self._change(row, member) if member else self._addition(row)

    # --- which one --------------------------------------------------------------

    def _member_of(self, row: ReadRow) -> Member | None:
        """By identity number, else by member number, else by name and birth date; tells what contradicts."""
        number = str(row.values.get("number", ""))
        by_number = self.register.by_number.get(number.casefold()) if number else None
        if number and by_number is None and (shortened := self._shortened(row, number)):
            by_number = shortened
            row.values["number"] = shortened.number
        bearers = self.register.with_national_id(self.indexes.get(row.given.number, ()))
        if by_number and by_number.voided_on:
            row.tell("number", _("Nomor ini sudah dibatalkan dan tidak diberikan lagi. Ketik nomor lain."))
            return None
        if by_number and (by_number in bearers or not bearers):
            return by_number
        if bearers and (bearers[0].ended_on is None or self._is_same_stay(row, bearers[0])):
            bearer = bearers[0]
            if number and bearer.number and "ended_on" not in row.values:
                row.tell(
                    "national_id",
                    _("NIK ini milik %(name)s, nomor %(number)s. Periksa nomor atau NIK-nya.")
                    % {"name": bearer.full_name, "number": bearer.number},
                )
                return None
            if not number or not bearer.number:
                return bearer
        if by_number or number:
            return by_number
        return self._by_name(row)

    def _shortened(self, row: ReadRow, number: str) -> Member | None:
        """A cell of numbers turns “001” into “1”: of the same name that is the same member."""
        namesakes = self.register.by_name.get(name_key(str(row.values.get("full_name", ""))), ())
        found = [
            member
            for member in namesakes
            if number.isdecimal() and member.number.isdecimal() and int(number) == int(member.number)
        ]
        return found[0] if len(found) == 1 else None

    def _is_same_stay(self, row: ReadRow, member: Member) -> bool:
        """Who left and came back has a new membership: an ended one is meant only where its days are told."""
        return "ended_on" in row.values or row.values.get("joined_on") == member.joined_on

    def _by_name(self, row: ReadRow) -> Member | None:
        """By birth date too or, where the file has none, by the day of joining or applying: never by the name alone."""
        day = next((key for key in ("birth_date", "joined_on", "applied_on") if key in row.values), "")
        if not day:
            return None
        namesakes = self.register.by_name.get(name_key(str(row.values.get("full_name", ""))), ())
        found = [
            member
            for member in namesakes
            if getattr(member, day) == row.values[day]
            and (member.ended_on is None or self._is_same_stay(row, member))
            and not (row.digits and member.national_id_index is not None)
        ]
        if len(found) < 2:
            return found[0] if found else None
        # Namesakes of one day: as many rows as members are those, in their order; fewer rows leave open who is meant.
        if self.same_days[_stay(row, day)] == len(found):
            return next((member for member in found if member.pk not in self.claimed), found[0])
        row.tell(
            "full_name",
            _("Nama ini ada di beberapa nomor: %(numbers)s. Ketik nomornya di kolom “Nomor anggota”.")
            % {"numbers": ", ".join(sorted(member.number or "–" for member in found)[:8])},
        )
        return None

    def _refuse_doubles(self, row: ReadRow) -> None:
        number = str(row.values.get("number", "")).casefold()
        ended = "ended_on" in row.values
        for key, places in (
            ("number", self.numbers.get(number, []) if number else []),
            ("national_id", self.ids.get(row.digits, []) if row.digits and not ended else []),
        ):
            others = [place for place in places if place != row.given.number]
            if others:
                row.tell(
                    key,
                    _("Sama dengan baris %(rows)s. Sisakan satu, atau betulkan.")
                    % {"rows": ", ".join(map(str, others[:5]))},
                )

    # --- what of it -------------------------------------------------------------

    def _addition(self, row: ReadRow) -> CheckedRow[Plan]:
        values = dict(row.values)
        if "full_name" not in values:
            tell_once(row, "full_name", _("Ketik nama lengkap anggota."))
        is_applicant = row.standing == Standing.APPLICANT or (
            not row.standing and "joined_on" not in values and "applied_on" in values
        )
        if is_applicant:
            self._check_applicant(row, values)
        elif "joined_on" not in values:
            tell_once(row, "joined_on", _("Ketik tanggal masuk, misalnya 17/08/2025."))
        self._check_end(row, values, None)
        check_order(row, values)
        if row.problems:
            return _failed(row)
        number = str(values.get("number") or ("" if is_applicant else next(self.free)))
        if len(number) > NUMBER_LENGTH:
            row.tell("number", _("Nomor berikutnya tidak dapat disusun. Ketik nomornya."))
            return _failed(row)
        values["number"] = number
        member = Member(cooperative=self.register.cooperative, is_taken_over=not is_applicant, **values)
        self._warn(row, member)
        effect = (
            _("Calon anggota baru, permohonan %(day)s") % {"day": tanggal_short(member.applied_on)}
            if is_applicant
            else _("Anggota baru nomor %(number)s, masuk %(day)s")
            % {"number": number, "day": tanggal_short(member.joined_on)}
        )
        return CheckedRow(row.given, Outcome.NEW, effect, Plan(member, values, row.digits), notes=row.notes)

    def _change(self, row: ReadRow, member: Member) -> CheckedRow[Plan]:
        changes = {
            name: value
            for name, value in row.values.items()
            if not is_same(name, getattr(member, name), value)
        }
        if changes.get("end_reason") == EndReason.UNKNOWN:
            del changes["end_reason"]
        renews_id = bool(row.digits) and (
            member.national_id_index is None
            or bytes(member.national_id_index) not in self.indexes[row.given.number]
        )
        if member.anonymised_on and (changes or renews_id):
            row.tell("number", _("Data anggota ini sudah dianonimkan dan tidak diisi lagi."))
        after = {name: changes.get(name, getattr(member, name)) for name in FIELDS}
        self._check_end(row, changes, member)
        if changes:
            check_order(row, after)
            check_admission(row, member, changes, after)
        if row.problems:
            return _failed(row)
        if not changes and not renews_id:
            return CheckedRow(
                row.given, Outcome.SAME, _("Sama dengan nomor %(number)s") % {"number": member.number}
            )
        told = [
            f"{TITLES[name]}: {shown(member, name)} → {worded(name, value)}"
            for name, value in changes.items()
        ]
        if renews_id:
            told.append(f"NIK: {masked(member.national_id_last) or '–'} → {masked(row.digits[-4:])}")
        if "full_name" in changes and not set(name_key(member.full_name).split()) & set(
            name_key(changes["full_name"]).split()
        ):
            row.notes.append(_("Namanya lain sama sekali. Periksa apakah orangnya sama."))
        if row.awaited and member.national_id_index is None:
            row.notes.append(_("NIK menyusul: %(why)s") % {"why": row.awaited})
        elif row.masked_last and row.masked_last != member.national_id_last:
            row.notes.append(
                _("NIK yang disamarkan tidak cocok dengan yang tercatat; yang tercatat dibiarkan.")
            )
        self._warn_of_id(row, after["gender"], after["birth_date"])
        plan = Plan(member, changes, row.digits if renews_id else "")
        return CheckedRow(row.given, Outcome.CHANGED, "; ".join(told), plan, notes=row.notes)

    def _check_applicant(self, row: ReadRow, values: dict[str, Any]) -> None:
        if "joined_on" in values:
            tell_once(
                row,
                "joined_on",
                _("Calon anggota belum punya tanggal masuk. Kosongkan, atau ubah statusnya."),
            )
        if "applied_on" not in values:
            tell_once(row, "applied_on", _("Ketik tanggal permohonan, misalnya 17/08/2025."))

    def _check_end(self, row: ReadRow, values: dict[str, Any], member: Member | None) -> None:
        """Day and reason go together; a day without a reason is taken as it stands."""
        ends_on = values.get("ended_on") or (member.ended_on if member else None)
        says_ended = row.standing == Standing.ENDED or "end_reason" in values
        if says_ended and ends_on is None:
            tell_once(row, "ended_on", _("Ketik tanggal keluar, misalnya 31/12/2025."))
        if ends_on and row.standing in {Standing.MEMBER, Standing.APPLICANT}:
            row.tell(
                "standing",
                _("Sudah keluar pada %(day)s. Kosongkan tanggal keluarnya, atau tulis “Keluar”.")
                % {"day": tanggal_short(ends_on)},
            )
        if "ended_on" in values and not values.get("end_reason") and not (member and member.end_reason):
            values["end_reason"] = EndReason.UNKNOWN.value
            row.notes.append(_("Sebab keluar tidak tercatat."))

    # --- what deserves a second look --------------------------------------------

    def _warn(self, row: ReadRow, member: Member) -> None:
        if row.awaited:
            row.notes.append(_("NIK menyusul: %(why)s") % {"why": row.awaited})
        elif row.masked_last:
            row.notes.append(_("NIK menyusul: yang tertulis disamarkan. Ketik 16 angkanya bila ada."))
        elif not row.digits and member.ended_on is None:
            row.notes.append(_("NIK menyusul."))
        if member.kind == MemberKind.REGULAR and member.domicile != Domicile.HERE and member.ended_on is None:
            row.notes.append(
                _("KTP di luar kelurahan ini.") if member.domicile else _("Domisili KTP belum diketahui.")
            )
        key = name_key(member.full_name)
        others = [other.number for other in self.register.by_name.get(key, ()) if other.number][:3]
        if others:
            row.notes.append(
                _("Nama ini juga tercatat dengan nomor %(numbers)s. Periksa apakah orangnya sama.")
                % {"numbers": ", ".join(others)}
            )
        elif self.names[key] > 1:
            row.notes.append(_("Nama ini ada di beberapa baris. Periksa apakah orangnya sama."))
        self._warn_of_id(row, member.gender, member.birth_date)

    def _warn_of_id(self, row: ReadRow, gender: str, birth_date: date | None) -> None:
        """As members.national_ids.warnings_about, for many rows without a query for each."""
        if not row.digits:
            return
        born_on, is_woman = born_by_national_id(row.digits, today=self.today)
        if gender and (gender == Gender.FEMALE) != is_woman:
            row.notes.append(_("Jenis kelamin tidak cocok dengan NIK. Periksa keduanya."))
        if birth_date and birth_date != born_on:
            row.notes.append(_("Tanggal lahir tidak cocok dengan NIK. Periksa keduanya."))
        if not self.elsewhere.isdisjoint(self.indexes[row.given.number]):
            row.notes.append(
                _(
                    "NIK ini juga tercatat pada keanggotaan yang masih berjalan di KKMP lain. Tanyakan kepada anggotanya."
                )
            )


def _stay(row: ReadRow, day: str) -> tuple[str, str, object]:
    return name_key(str(row.values.get("full_name", ""))), day, row.values[day]


def _failed(row: ReadRow) -> CheckedRow[Plan]:
    """A broken identity number is told now, not only once the rest is mended."""
    if row.awaited:
        row.tell("national_id", _("%(why)s Boleh juga dikosongkan: NIK menyusul.") % {"why": row.awaited})
    return CheckedRow(row.given, Outcome.FAILED, problems=row.problems, notes=row.notes)


def _places(rows: Sequence[ReadRow], key_of: Any) -> dict[str, list[int]]:
    found: dict[str, list[int]] = defaultdict(list)
    for row in rows:
        if key := key_of(row):
            found[key].append(row.given.number)
    return found
