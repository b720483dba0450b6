"""What a board ought to look like: said as warnings, never refused, because a real board may be otherwise for a while."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from cooperatives.models import SHARED_POSITIONS, BoardTerm, Body, Gender, Position

# SE Menkop 1/2025: pengurus odd and at least five with these posts, pengawas odd and at least three.
BOARD_POSTS = (
    Position.CHAIR,
    Position.BUSINESS_VICE,
    Position.MEMBERSHIP_VICE,
    Position.SECRETARY,
    Position.TREASURER,
)
LEAST_BOARD, LEAST_SUPERVISORS = 5, 3
# UU 25/1992 Art. 29.
LONGEST_TERM_YEARS = 5


def findings(in_office: Sequence[BoardTerm]) -> list[str]:
    """Everything odd about those who hold a post on one day. A body of nobody is missing, not odd: see `vacant_posts`."""
    board = [term for term in in_office if term.body == Body.BOARD]
    supervisors = [term for term in in_office if term.body == Body.SUPERVISORS]
    said = [
        wrong_number(board, least=LEAST_BOARD, body=Body.BOARD),
        no_woman(board),
        wrong_number(supervisors, least=LEAST_SUPERVISORS, body=Body.SUPERVISORS),
        chair_is_not_the_lurah(supervisors),
        *posts_held_twice(in_office),
        *terms_too_long(board),
    ]
    return [text for text in said if text]


def vacant_posts(in_office: Iterable[BoardTerm]) -> list[tuple[Body, Position]]:
    """The five posts of the board, the chair of the supervisors and further supervisors up to three, as far as nobody holds them."""
    held = Counter((term.body, term.position) for term in in_office)
    vacant = [(Body.BOARD, post) for post in BOARD_POSTS if not held[Body.BOARD, post]]
    if not held[Body.SUPERVISORS, Position.CHAIR]:
        vacant.append((Body.SUPERVISORS, Position.CHAIR))
    others = sum(
        count
        for (body, position), count in held.items()
        if body == Body.SUPERVISORS and position != Position.CHAIR
    )
    if others < LEAST_SUPERVISORS - 1:
        vacant.append((Body.SUPERVISORS, Position.MEMBER))
    return vacant


def wrong_number(members: Sequence[BoardTerm], *, least: int, body: Body) -> str:
    count = len(members)
    if not count or (count >= least and count % 2):
        return ""
    return _("%(body)s harus ganjil dan paling sedikit %(least)d orang; sekarang %(count)d.") % {
        "body": body.label,
        "least": least,
        "count": count,
    }


def no_woman(board: Sequence[BoardTerm]) -> str:
    """Women are to be represented; there is no quota, so only zero is told."""
    if not board or any(term.gender == Gender.FEMALE for term in board):
        return ""
    if any(not term.gender for term in board):
        return _("Belum tercatat perempuan di antara pengurus; lengkapi jenis kelamin mereka.")
    return _("Tidak ada perempuan di antara pengurus.")


def chair_is_not_the_lurah(supervisors: Sequence[BoardTerm]) -> str:
    """The post counts, not the person: the lurah chairs the supervisors ex officio."""
    chairs = [term for term in supervisors if term.position == Position.CHAIR]
    if not chairs or any(term.is_ex_officio for term in chairs):
        return ""
    return _("Ketua pengawas seharusnya lurah karena jabatannya (ex officio).")


def posts_held_twice(in_office: Iterable[BoardTerm]) -> list[str]:
    """Posts that are one person's and are held by several at once."""
    held = Counter((term.body, term.position) for term in in_office if term.position not in SHARED_POSITIONS)
    return [
        _("%(post)s tercatat %(count)d orang pada hari yang sama; akhiri masa jabatan yang lama.")
        % {"post": post_name(Body(body), Position(position)), "count": count}
        for (body, position), count in held.items()
        if count > 1
    ]


def terms_too_long(board: Iterable[BoardTerm]) -> list[str]:
    """Of those in office. An end that is not set is reminded of through `last_lawful_day`, see completeness."""
    return [
        _(
            "Masa jabatan %(name)s (%(post)s) lebih dari %(years)d tahun: sampai %(day)s (UU 25/1992 Pasal 29)."
        )
        % {
            "name": term.name,
            "post": term.get_position_display().lower(),
            "years": LONGEST_TERM_YEARS,
            "day": date_format(term.ends_on),
        }
        for term in board
        if term.ends_on and term.ends_on > last_lawful_day(term)
    ]


def last_lawful_day(term: BoardTerm) -> date:
    """The last day of five years; a term from 29 February ends on the 28th."""
    begun = term.starts_on
    try:
        return begun.replace(year=begun.year + LONGEST_TERM_YEARS) - timedelta(days=1)
    except ValueError:
        return date(begun.year + LONGEST_TERM_YEARS, 2, 28)


def post_name(body: Body, position: Position) -> str:
    """“Sekretaris pengurus”."""
    return f"{position.label} {body.label.lower()}"
