"""Papers and boards of the sample: most complete, some missing, some ending, a few odd."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from random import Random

from django.core.files.uploadedfile import SimpleUploadedFile
from simple_history.utils import bulk_create_with_history

from cooperatives.models import BoardTerm, Body, Cooperative, Gender, Paper, PaperKind, Position
from cooperatives.services import put_file
from kkmp.files import look_at
from kkmp.pages.demo import plan
from kkmp.pages.demo.files import sample_pdf, sample_picture
from kkmp.pages.demo.names import person_name
from kkmp.pages.demo.people import TEBET, People
from kkmp.pages.demo.story import office_hour
from kkmp.pages.demo.write import sign

# First papers came with the founding, one after the other.
FIRST_ISSUED_ON = date(2025, 5, 20)
RECORDED_AFTER = timedelta(days=12)
BEGUN_ON, FIVE_YEARS_LATER = date(2025, 6, 2), date(2030, 6, 1)
BOARD_TOLD_ON = date(2025, 8, 20)
# Some boards were chosen for a while only.
INTERIM_UNTIL = (date(2026, 3, 31), date(2026, 9, 30), date(2026, 12, 31), date(2027, 1, 31))
SUCCESSION_TOLD_AFTER = timedelta(days=6)
MOST_BYTES = 1_000_000
PERMIT = "Surat keterangan domisili usaha"
_YEAR = timedelta(days=365)


def papers(people: People, *, before: date) -> None:
    """Enter what had been recorded before that day."""
    rows = []
    for cooperative in Cooperative.objects.select_related("kelurahan__kecamatan").order_by("kelurahan"):
        dice = plan.dice("papers", cooperative.kelurahan_id)
        officer = people.officer_of(cooperative.kelurahan_id)
        for paper in [*_needed(cooperative, dice), *_permits(cooperative, dice)]:
            told_on = paper.issued_on + RECORDED_AFTER if paper.issued_on else before
            if told_on < before:
                _attach(paper)
                sign(paper, officer, at=office_hour(told_on))
                rows.append(paper)
    bulk_create_with_history(rows, Paper)


def _needed(cooperative: Cooperative, dice: Random) -> Iterator[Paper]:
    """In order; numbers are those of the profile, so a number that is missing there has no paper either."""
    code = cooperative.kelurahan_id.replace(".", "")[-6:]
    numbers = {
        PaperKind.MINUTES: f"BA-{code}/2025",
        PaperKind.DEED: str(dice.randint(1, 90)),
        PaperKind.AHU_DECREE: f"AHU-99{code}.AH.01.29.TAHUN 2025",
        PaperKind.NPWP: cooperative.npwp,
        PaperKind.BANK_ACCOUNT: f"99-{code}-01" if cooperative.has_bank_account else "",
        PaperKind.NIB: cooperative.nib,
        PaperKind.REGISTRY: cooperative.registry_no,
    }
    issued_on = FIRST_ISSUED_ON
    for kind, number in numbers.items():
        issued_on += timedelta(days=dice.randint(4, 16))
        if number and dice.random() < 0.96:
            yield Paper(cooperative=cooperative, kind=kind, number=number, issued_on=issued_on)


def _permits(cooperative: Cooperative, dice: Random) -> Iterator[Paper]:
    """Good for a year; some were renewed, some have run out, some will soon."""
    if dice.random() < 0.6:
        return
    issued_on = date(2025, 9, 1) + timedelta(days=dice.randint(0, 220))
    is_renewed = dice.random() < 0.4
    for turn in range(2 if is_renewed else 1):
        yield Paper(
            cooperative=cooperative,
            kind=PaperKind.OTHER,
            title=PERMIT,
            number=f"{turn + 1}/DOM/{cooperative.kelurahan_id[-4:]}",
            issued_on=issued_on + turn * _YEAR,
            expires_on=issued_on + (turn + 1) * _YEAR,
        )


def _attach(paper: Paper) -> None:
    """Files where people sign in to look, and here and there elsewhere."""
    code = paper.cooperative.kelurahan_id
    if not (code == plan.MELAWAI or code.startswith(TEBET) or code.endswith("1002")):
        return
    lines = ["CONTOH - bukan surat resmi", str(paper), str(paper.cooperative)]
    is_photo = paper.kind in (PaperKind.NPWP, PaperKind.BANK_ACCOUNT)
    content = sample_picture(lines) if is_photo else sample_pdf(lines)
    upload = look_at(SimpleUploadedFile(f"contoh {paper.get_kind_display()}", content), most_bytes=MOST_BYTES)
    put_file(paper, upload)


def board(people: People, *, before: date) -> None:
    """Enter who was chosen in 2025, and who followed before that day."""
    rows = []
    for cooperative in Cooperative.objects.select_related("kelurahan").order_by("kelurahan"):
        dice = plan.dice("board", cooperative.kelurahan_id)
        officer = people.officer_of(cooperative.kelurahan_id)
        for term, told_on in _terms(cooperative, dice):
            if told_on < before:
                sign(term, officer, at=office_hour(told_on))
                rows.append(term)
    bulk_create_with_history(rows, BoardTerm)


def _terms(cooperative: Cooperative, dice: Random) -> Iterator[tuple[BoardTerm, date]]:
    ends_on = dice.choice(INTERIM_UNTIL) if dice.random() < 0.3 else FIVE_YEARS_LATER
    for body, position in _seats(dice):
        # A board of men only here and there: the page tells it.
        gender = dice.choice((Gender.FEMALE, Gender.MALE, Gender.MALE))
        if body == Body.BOARD and cooperative.kelurahan_id.endswith("1004"):
            gender = Gender.MALE
        term = BoardTerm(
            cooperative=cooperative,
            body=body,
            position=position,
            name=person_name(dice, gender),
            gender=gender,
            is_ex_officio=(body, position) == (Body.SUPERVISORS, Position.CHAIR) and dice.random() < 0.9,
            starts_on=BEGUN_ON,
            ends_on=ends_on if body == Body.BOARD else None,
        )
        yield term, BOARD_TOLD_ON
        if term.ends_on and term.ends_on != FIVE_YEARS_LATER and dice.random() < 0.6:
            yield _successor(term, dice)


def _seats(dice: Random) -> Sequence[tuple[Body, Position]]:
    board = [Position.CHAIR, Position.SECRETARY, Position.TREASURER]
    board += [Position.BUSINESS_VICE, Position.MEMBERSHIP_VICE] if dice.random() < 0.85 else []
    supervisors = [Position.CHAIR, Position.MEMBER, Position.MEMBER][: 3 if dice.random() < 0.85 else 2]
    management = [Position.MANAGER] if dice.random() < 0.4 else []
    return [
        *((Body.BOARD, position) for position in board),
        *((Body.SUPERVISORS, position) for position in supervisors),
        *((Body.MANAGEMENT, position) for position in management),
    ]


def _successor(term: BoardTerm, dice: Random) -> tuple[BoardTerm, date]:
    assert term.ends_on  # noqa: S101  # for the type checker: only of terms that end
    gender = dice.choice((Gender.FEMALE, Gender.MALE))
    starts_on = term.ends_on + timedelta(days=1)
    follower = BoardTerm(
        cooperative=term.cooperative,
        body=term.body,
        position=term.position,
        name=person_name(dice, gender),
        gender=gender,
        starts_on=starts_on,
        ends_on=FIVE_YEARS_LATER,
    )
    return follower, starts_on + SUCCESSION_TOLD_AFTER
