"""What the office does after the money: it asks whether the outlet still runs, and writes to partners on behalf of others."""

import hashlib
from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from django.core.files.base import ContentFile
from django.utils import timezone

from kkmp.accounts.models import User
from kkmp.languages import in_office_language
from kkmp.pages.demo import plan
from kkmp.pages.demo.offers import Offers
from kkmp.pages.demo.people import People
from kkmp.pages.demo.story import Place, Promise, Story, office_hour
from kkmp.pdf.paper import as_stored
from kkmp.pdf.writing import write_paper
from outlets.models import Outlet, Reason, Status
from outlets.outlet_class import with_status
from partners.letter_paper import Subject, letter_paper, read_told
from partners.letter_summary import letter_summary
from partners.models import (
    FOLLOW_UP_DAYS,
    Answer,
    FollowUp,
    Letter,
    Stage,
    Support,
    SupportKind,
    reference_of,
)

# Milestones of so many days nobody has looked at yet, of every so many supports; of older ones a few were missed.
FRESH, EVERY, MISSED = timedelta(days=45), 2, 0.12
WHY = {
    Answer.STOPPED: "Contoh; stok habis dan belum dibeli lagi.",
    Answer.NOT_YET: "Contoh; masih menunggu kendala lain selesai.",
}
# Letters of so many days before the day of the sample.
LETTERS = (
    (21, plan.MANDIRI, SupportKind.CASH_GRANT),
    (8, plan.FOOD_STATION, SupportKind.GOODS_GRANT),
)


def follow_ups(story: Story, written: Sequence[Support], people: People, *, today: date) -> None:
    """Enter the answers given before today, by what the records say of the outlet; some of the newest are due."""
    rows = [
        row
        for number, (support, promise) in enumerate(zip(written, story.promises, strict=True))
        for row in _answers(support, promise, story, people, number=number, today=today)
    ]
    FollowUp.objects.bulk_create(sorted(rows, key=lambda row: (row.recorded_at, row.support.pk)))


def _answers(
    support: Support, promise: Promise, story: Story, people: People, *, number: int, today: date
) -> Iterator[FollowUp]:
    counted = [paid for paid in promise.paid if paid.verified_at and not paid.withdrawn_at]
    if promise.place is None or not counted or promise.step(Stage.CANCELLED):
        return
    last = max(paid.paid_on for paid in counted)
    known_on = max(timezone.localdate(paid.verified_at) for paid in counted)
    for days in FOLLOW_UP_DAYS:
        reached_on = last + timedelta(days=days)
        dice = plan.dice("follow-up", promise.code, last, days)
        checked_on = max(reached_on, known_on) + timedelta(days=dice.randint(1, 6))
        waits = today - reached_on < FRESH and number % EVERY == 0
        if checked_on >= today or waits or dice.random() < MISSED:
            continue
        answer = _answer(story, promise.place, checked_on)
        yield FollowUp(
            support=support,
            days=days,
            answer=answer,
            checked_on=checked_on,
            note=WHY.get(answer, "Contoh; gerai buka saat dikunjungi."),
            by=people.officer_of(promise.code),
            recorded_at=office_hour(checked_on, 240),
        )


def _answer(story: Story, place: Place, day: date) -> Answer:
    """As the status changes told until then say."""
    at = office_hour(day, 240)
    told = [
        change
        for change in story.changes
        if change.place == place and change.recorded_at < at and not change.retracted_at
    ]
    told.sort(key=lambda change: change.effective_on)
    statuses = [change.status for change in told if change.effective_on <= day]
    if statuses[-1:] == [Status.RUNNING]:
        return Answer.RUNS
    return Answer.STOPPED if Status.RUNNING in statuses else Answer.NOT_YET


def letters(people: People, offers: Offers, *, today: date) -> None:
    """Two letters about outlets that lack capital, as the office's own page would have made them."""
    rows: list[Letter] = []
    for number, (days_before, partner, kind) in enumerate(LETTERS):
        day = today - timedelta(days=days_before)
        idle = with_status(Outlet.objects.order_by("pk"), on=day)
        lacking = idle.filter(status=Status.IDLE, status_reason=Reason.CAPITAL, needs__since_on__lt=day)
        outlet = lacking.select_related("cooperative__kelurahan__kecamatan").distinct().last()
        offer = offers.get((partner, kind))
        if offer is None or outlet is None or not offer.is_open_on(day):
            continue
        subject = Subject(offer.partner, outlet, offer)
        by = people.sudin_for(number)
        rows.append(_letter(subject, by, day, 1 + sum(row.year == day.year for row in rows)))
    Letter.objects.bulk_create(rows)


def _letter(subject: Subject, by: User, day: date, number: int) -> Letter:
    at, reference = office_hour(day, 300), reference_of(number, day.year)
    told = read_told(subject, on=day)
    with in_office_language():
        paper = letter_paper(subject, told, reference=reference, by=by, at=at)
        summary = letter_summary(subject, told, reference=reference)
    written = write_paper(paper)
    return Letter(
        year=day.year,
        number=number,
        partner=subject.partner,
        outlet=subject.outlet,
        offer=subject.offer,
        file=ContentFile(written, name="contoh surat.pdf"),
        sha256=hashlib.sha256(written).hexdigest(),
        size=len(written),
        content={"paper": as_stored(paper), "summary": summary},
        by=by,
        made_at=at,
    )
