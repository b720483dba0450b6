"""Buku 01, the members' register (UU 25/1992 Art. 17): who joined by a day, who left, which numbers were voided."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Q
from django.db.models.functions import Length
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from cooperatives.models import Cooperative, Gender
from kkmp.pdf.paper import Paper, Row, Section
from kkmp.templatetags.ui import number, tanggal_short
from members.books.definition import Asked, Book, BookColumn, gender_letter, paper_of, row_of, table_of
from members.models import Member, MemberQuerySet, MemberState

BOOK = Book(
    "01",
    gettext_lazy("Buku Daftar Anggota"),
    gettext_lazy(
        "Semua yang pernah menjadi anggota sampai hari itu, dengan kolom cap jempol dan tanda tangan."
    ),
    ("members.view_member",),
    has_members=True,
)


@dataclass(frozen=True)
class Line:
    place: int
    member: Member
    state: MemberState


def _unless_voided(text: str, line: Line) -> str:
    return "" if line.state is MemberState.VOIDED else text


def _birth(line: Line, asked: Asked) -> str:
    born = line.member.birth_date
    return f"{tanggal_short(born)} ({_age(born, asked.on)})" if born else ""


def _age(born: date, on: date) -> int:
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


def address_in_words(member: Member) -> str:
    """“Jl. Melati 3, RT 001/RW 002”."""
    quarter = "/".join(f"{label} {value}" for label, value in (("RT", member.rt), ("RW", member.rw)) if value)
    return ", ".join(filter(None, (member.address, quarter)))


def _left(line: Line, _asked: Asked) -> str:
    if line.state is not MemberState.ENDED:
        return ""
    return f"{tanggal_short(line.member.ended_on)} {line.member.get_end_reason_display()}"


def _note(line: Line, _asked: Asked) -> str:
    member = line.member
    if line.state is MemberState.VOIDED:
        words = {"day": tanggal_short(member.voided_on), "reason": member.void_reason}
        return _("Dibatalkan %(day)s: %(reason)s") % words
    return str(member.get_kind_display())


def _national_id(line: Line, asked: Asked) -> str:
    if line.state is MemberState.VOIDED:
        return ""
    return asked.national_id(line.member)


COLUMNS = (
    BookColumn(gettext_lazy("No."), 9, lambda line, _asked: str(line.place), "right"),
    BookColumn(gettext_lazy("Nomor anggota"), 19, lambda line, _asked: line.member.number),
    BookColumn(gettext_lazy("Nama lengkap"), 36, lambda line, _asked: line.member.full_name),
    BookColumn("NIK", 31, _national_id),
    BookColumn(
        gettext_lazy("L/P"), 8, lambda line, _asked: _unless_voided(gender_letter(line.member.gender), line)
    ),
    BookColumn(
        gettext_lazy("Tanggal lahir (umur)"),
        26,
        lambda line, asked: _unless_voided(_birth(line, asked), line),
    ),
    BookColumn(
        gettext_lazy("Alamat"),
        38,
        lambda line, _asked: _unless_voided(address_in_words(line.member), line),
    ),
    BookColumn(
        pgettext_lazy("member", "Masuk"),
        19,
        lambda line, _asked: tanggal_short(line.member.joined_on) if line.member.joined_on else "",
    ),
    BookColumn(gettext_lazy("Cap jempol"), 20),
    BookColumn(gettext_lazy("Tanda tangan"), 22),
    BookColumn(gettext_lazy("Keluar, sebab"), 25, _left),
    BookColumn(gettext_lazy("Keterangan"), 25, _note),
)


def rows_of(members: MemberQuerySet, on: date) -> MemberQuerySet:
    """Everybody who had joined by that day and every number voided since, shorter numbers first (9 before 10)."""
    by_then = Q(joined_on__lte=on) | Q(joined_on=None, voided_on__isnull=False, applied_on__lte=on)
    return members.filter(by_then).exclude(number="").order_by(Length("number"), "number", "pk")


def lines_of(members: MemberQuerySet, on: date) -> Iterable[Line]:
    for place, member in enumerate(rows_of(members, on), start=1):
        yield Line(place, member, member.state_on(on))


def register_paper(cooperative: Cooperative, asked: Asked) -> tuple[Paper, int]:
    """The book, and how many members it names."""
    members = Member.objects.visible_to(asked.user).filter(cooperative=cooperative)
    lines = list(lines_of(members, asked.on))
    rows = [
        row_of(COLUMNS, line, asked, is_struck=line.state is MemberState.VOIDED)
        for line in lines
    ]  # fmt: skip
    return _paper(cooperative, asked, lines, rows), len(lines)


def _paper(cooperative: Cooperative, asked: Asked, lines: list[Line], rows: list[Row]) -> Paper:
    table = table_of(COLUMNS, rows, empty=_("Belum ada anggota yang tercatat sampai hari itu."))
    return paper_of(
        cooperative,
        asked,
        kind=BOOK.kind,
        title=str(BOOK.title),
        sections=[Section(facts=_counts(lines)), Section(table=table)],
        signatures=(_("Ketua"), _("Sekretaris")),
    )


def _counts(lines: list[Line]) -> tuple[tuple[str, str], ...]:
    """Members on the day; those who left and voided numbers stand in the book beside them."""
    living = [line.member.gender for line in lines if line.state is MemberState.MEMBER]
    women, men = living.count(Gender.FEMALE), living.count(Gender.MALE)
    states = [line.state for line in lines]
    told = [
        (_("Anggota pada hari itu"), len(living)),
        (_("Perempuan"), women),
        (_("Laki-laki"), men),
        (_("Jenis kelamin belum dicatat"), len(living) - women - men),
        (pgettext("members", "Sudah keluar"), states.count(MemberState.ENDED)),
        (_("Nomor dibatalkan"), states.count(MemberState.VOIDED)),
    ]
    return tuple((label, number(count)) for label, count in told)
