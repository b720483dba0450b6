"""Buku 02 and 03, the registers of the board and of the supervisors (UU 25/1992 Art. 30), as of a day."""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cooperatives.models import POSITIONS, BoardTerm, Body, Cooperative
from kkmp.pdf.paper import Paper, Section
from kkmp.templatetags.ui import number, tanggal_short
from members.books.definition import Asked, Book, BookColumn, gender_letter, paper_of, row_of, table_of

BOARD = Book(
    "02",
    gettext_lazy("Buku Daftar Pengurus"),
    gettext_lazy("Siapa memegang jabatan pengurus pada hari itu, dan siapa sebelumnya."),
    ("cooperatives.view_boardterm",),
)
SUPERVISORS = Book(
    "03",
    gettext_lazy("Buku Daftar Pengawas"),
    gettext_lazy("Siapa memegang jabatan pengawas pada hari itu, dan siapa sebelumnya."),
    ("cooperatives.view_boardterm",),
)
BODIES = {BOARD.number: (BOARD, Body.BOARD), SUPERVISORS.number: (SUPERVISORS, Body.SUPERVISORS)}


@dataclass(frozen=True)
class Line:
    place: int
    term: BoardTerm
    is_in_office: bool


def _post(line: Line, _asked: Asked) -> str:
    post = str(line.term.get_position_display())
    return _("%(post)s (lurah, karena jabatannya)") % {"post": post} if line.term.is_ex_officio else post


def _note(line: Line, _asked: Asked) -> str:
    return _("menjabat") if line.is_in_office else _("sudah berakhir")


COLUMNS = (
    BookColumn(gettext_lazy("No."), 10, lambda line, _asked: str(line.place), "right"),
    BookColumn(gettext_lazy("Nama lengkap"), 60, lambda line, _asked: line.term.name),
    BookColumn(gettext_lazy("L/P"), 10, lambda line, _asked: gender_letter(line.term.gender)),
    BookColumn(gettext_lazy("Jabatan"), 50, _post),
    BookColumn(gettext_lazy("Mulai menjabat"), 30, lambda line, _asked: tanggal_short(line.term.starts_on)),
    BookColumn(
        gettext_lazy("Hari terakhir menjabat"),
        30,
        lambda line, _asked: tanggal_short(line.term.ends_on) if line.term.ends_on else "",
    ),
    BookColumn(gettext_lazy("Tanda tangan"), 40),
    BookColumn(gettext_lazy("Keterangan"), 43, _note),
)


def board_paper(cooperative: Cooperative, asked: Asked, *, number_of_book: str) -> tuple[Paper, int]:
    """The book, and how many terms it names: those in office in the order of their posts, then former ones."""
    book, body = BODIES[number_of_book]
    terms = BoardTerm.objects.visible_to(asked.user).filter(cooperative=cooperative, body=body)
    begun = list(terms.kept().begun_by(asked.on))
    posts = POSITIONS[body]
    current = [term for term in begun if term.holds_on(asked.on)]
    current.sort(key=lambda term: (posts.index(term.position), term.name, term.pk))
    former = [term for term in begun if not term.holds_on(asked.on)]
    lines = [
        Line(place, term, is_in_office=place <= len(current))
        for place, term in enumerate([*current, *former], start=1)
    ]
    table = table_of(
        COLUMNS,
        [row_of(COLUMNS, line, asked) for line in lines],
        empty=_("Belum ada yang tercatat sampai hari itu."),
    )
    facts = (
        (_("Menjabat pada hari itu"), number(len(current))),
        (_("Sudah berakhir"), number(len(former))),
    )
    paper = paper_of(
        cooperative,
        asked,
        kind=book.kind,
        title=str(book.title),
        sections=[Section(facts=facts), Section(table=table)],
        signatures=(_("Ketua"), _("Sekretaris")),
    )
    return paper, len(lines)
