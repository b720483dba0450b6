"""The books there are, by number, and how many lines each would have on a day."""

from django.db.models import Count, Q

from cooperatives.models import BoardTerm, Body, Cooperative
from kkmp.pdf.paper import Paper
from members.books import board, register, savings
from members.books.definition import Asked, Book
from members.models import Member, SavingsEntry

BOOKS = {book.number: book for book in (register.BOOK, board.BOARD, board.SUPERVISORS, savings.BOOK)}
# Those of a cooperative; the savings card is of one member.
OF_COOPERATIVE = (register.BOOK, board.BOARD, board.SUPERVISORS)


def make_book(book: Book, cooperative: Cooperative, asked: Asked) -> tuple[Paper, int]:
    """The book of a cooperative, and how many people it names."""
    if book is register.BOOK:
        return register.register_paper(cooperative, asked)
    return board.board_paper(cooperative, asked, number_of_book=book.number)


def counts_of(cooperative: Cooperative, asked: Asked) -> dict[str, int]:
    """Lines of each book that this person may read."""
    counts = {}
    if register.BOOK.may_be_read_by(asked.user):
        members = Member.objects.visible_to(asked.user).filter(cooperative=cooperative)
        counts[register.BOOK.number] = register.rows_of(members, asked.on).count()
    if board.BOARD.may_be_read_by(asked.user):
        terms = BoardTerm.objects.visible_to(asked.user).filter(cooperative=cooperative).kept()
        found = terms.begun_by(asked.on).aggregate(
            board=Count("pk", filter=Q(body=Body.BOARD)),
            supervisors=Count("pk", filter=Q(body=Body.SUPERVISORS)),
        )
        counts[board.BOARD.number] = found["board"]
        counts[board.SUPERVISORS.number] = found["supervisors"]
    if savings.BOOK.may_be_read_by(asked.user):
        entries = SavingsEntry.objects.visible_to(asked.user).filter(cooperative=cooperative).by(asked.on)
        counts[savings.BOOK.number] = entries.aggregate(n=Count("member", distinct=True))["n"]
    return counts
