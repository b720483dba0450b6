"""A letter is made: it gets the next number of its year, and its file is kept as it went out."""

import hashlib

from django.contrib.contenttypes.models import ContentType
from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from kkmp.accounts.models import User
from kkmp.languages import in_office_language
from kkmp.pdf.paper import as_stored
from kkmp.pdf.writing import write_paper
from outlets.models import Outlet
from partners.letter_paper import Subject, letter_paper, read_told
from partners.letter_summary import letter_summary
from partners.models import Letter, Offer, Partner, reference_of


@transaction.atomic
def make_letter(*, partner: Partner, outlet: Outlet, offer: Offer | None, by: User) -> Letter:
    """The letter of today, in the language of the office whatever the screen speaks.

    Number and file stand or fall together, so numbers of a year have no holes and no doubles. Raises ValidationError.
    """
    _wait_for_the_number()
    at = timezone.now()
    day = timezone.localdate(at)
    newest = Letter.objects.filter(year=day.year).aggregate(newest=Max("number"))["newest"] or 0
    letter = Letter(
        year=day.year, number=newest + 1, partner=partner, outlet=outlet, offer=offer, by=by, made_at=at
    )
    subject = Subject(partner, outlet, offer)
    told = read_told(subject, on=day)
    reference = reference_of(letter.number, letter.year)
    with in_office_language():
        paper = letter_paper(subject, told, reference=reference, by=by, at=at)
        letter.content = {
            "paper": as_stored(paper),
            "summary": letter_summary(subject, told, reference=reference),
        }
        written = write_paper(paper)
    letter.sha256, letter.size = hashlib.sha256(written).hexdigest(), len(written)
    letter.file = ContentFile(written, name=letter.file_name)
    name_before = letter.file.name
    try:
        letter.full_clean()
        letter.save(force_insert=True)
    except BaseException:
        # A row that was refused must not leave its file behind.
        if letter.file.name != name_before:
            letter.file.storage.delete(letter.file.name)
        raise
    return letter


def _wait_for_the_number() -> None:
    """One letter at a time, the first of a year too: the lock is on a row that is always there."""
    kind = ContentType.objects.get_for_model(Letter)
    ContentType.objects.select_for_update(no_key=True).get(pk=kind.pk)
