"""Puts the promises of the sample into the database: supports, their stages, and what arrived with its evidence."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.core.files.uploadedfile import SimpleUploadedFile
from simple_history.utils import bulk_create_with_history, bulk_update_with_history

from cooperatives.models import Cooperative
from kkmp.accounts.models import User
from kkmp.files import look_at
from kkmp.pages.demo.files import sample_pdf
from kkmp.pages.demo.offers import Offers
from kkmp.pages.demo.people import People
from kkmp.pages.demo.story import NeedKey, Paid, Place, Promise, Story, office_hour
from kkmp.pages.demo.write import sign
from kkmp.templatetags.ui import rupiah, tanggal
from outlets.models import CapitalNeed, Outlet
from partners.models import (
    GRANTS,
    TO_GIVE_BACK,
    Attendance,
    Disbursement,
    Event,
    Offer,
    Partner,
    Stage,
    StageChange,
    Support,
    SupportKind,
)

SAMPLE = "Contoh; bukan komitmen resmi mitra ini."
MOST_BYTES = 1_000_000
# So long after an event a first word counts as its fruit.
FRUIT = timedelta(days=45)
_YEAR = timedelta(days=365)
# With an agreement that ends, after so long.
AGREED_FOR = {
    SupportKind.SUPPLY: _YEAR,
    SupportKind.AGENCY: 2 * _YEAR,
    SupportKind.DIGITAL: _YEAR,
    SupportKind.CONSIGNMENT: timedelta(days=270),
    SupportKind.LEND_USE: _YEAR,
}
LENT_FOR = {SupportKind.CONSIGNMENT: timedelta(days=150), SupportKind.LEND_USE: timedelta(days=330)}
LOAN_MONTHS = (24, 36, 48)
# The members' meeting that accepts a grant comes before the signature.
MET_BEFORE = timedelta(days=5)
# What came back did so a little before its day; what is due since less than this is still out.
BACK_BEFORE, STILL_OUT = timedelta(days=4), timedelta(days=30)
WRONG_SUM = "Salah ketik jumlah; dicatat ulang (contoh)."


@dataclass(frozen=True)
class Rows:
    """What supports point to, by what the story calls it."""

    cooperatives: Mapping[str, Cooperative]
    outlets: Mapping[Place, Outlet]
    needs: Mapping[NeedKey, CapitalNeed]
    offers: Offers


def supports(story: Story, people: People, of: Rows, *, today: date) -> list[Support]:
    """Enter each promise when it was first spoken of, its stages and its money as they came; in order of the promises."""
    partners = {partner.name: partner for partner in Partner.objects.order_by("pk")}
    met = _meetings()
    rows = []
    for number, promise in enumerate(story.promises):
        row = _row(promise, number, partners, met, of)
        sign(row, people.sudin_for(number), at=promise.steps[0].recorded_at)
        rows.append(row)
    written: list[Support] = bulk_create_with_history(rows, Support)
    StageChange.objects.bulk_create(_stages(written, story.promises, people))
    paid = [
        _disbursement(row, fact, number, people)
        for number, (row, promise) in enumerate(zip(written, story.promises, strict=True))
        for fact in promise.paid
    ]
    Disbursement.objects.bulk_create(sorted(paid, key=lambda one: (one.recorded_at, one.support.pk)))
    _give_back(written, people, today=today)
    return written


def _row(
    promise: Promise,
    number: int,
    partners: Mapping[str, Partner],
    met: list[tuple[Event, set[int]]],
    of: Rows,
) -> Support:
    first = promise.steps[0].effective_on
    partner, kind = partners[promise.partner], SupportKind(promise.kind)
    offer = of.offers.get((promise.partner, kind))
    agreed = promise.step(Stage.COMMITTED)
    arrived = promise.step(Stage.DISBURSED)
    lasts, lent = AGREED_FOR.get(kind), LENT_FOR.get(kind)
    agreed_on = agreed.effective_on if agreed else None
    through = f" Disalurkan lewat {promise.payer}." if promise.payer else ""
    return Support(
        partner=partner,
        payer=partners[promise.payer] if promise.payer else None,
        cooperative=of.cooperatives[promise.code],
        outlet=of.outlets[promise.place] if promise.place else None,
        need=of.needs[promise.need] if promise.need else None,
        offer=offer if offer and _takes(offer, promise, first) else None,
        event=_event_before(first, partner, met),
        kind=kind,
        committed_idr=promise.amount_idr,
        agreement_no=f"PKS-CONTOH/{number + 1:03}/{agreed_on.year}" if agreed_on else "",
        agreement_until=agreed_on + lasts if agreed_on and lasts else None,
        # The others still have to call one where the grant is large.
        accepted_on=agreed_on - MET_BEFORE if agreed_on and kind in GRANTS and number % 3 == 0 else None,
        loan_months=LOAN_MONTHS[number % len(LOAN_MONTHS)] if kind == SupportKind.LOAN else None,
        return_due_on=arrived.effective_on + lent if arrived and lent else None,
        note=f"{SAMPLE}{through}",
    )


def _takes(offer: Offer, promise: Promise, day: date) -> bool:
    is_there = not offer.kecamatan or promise.code[:8] in offer.kecamatan
    is_within = offer.per_outlet_idr is None or (promise.amount_idr or 0) <= offer.per_outlet_idr
    return offer.is_open_on(day) and is_there and is_within


def _meetings() -> list[tuple[Event, set[int]]]:
    """The latest first, with the partners that came."""
    came: dict[int, set[int]] = {}
    partners = Attendance.objects.exclude(partner=None).order_by("pk")
    for event, partner in partners.values_list("event", "partner"):
        came.setdefault(event, set()).add(partner)
    return [(event, came.get(event.pk, set())) for event in Event.objects.order_by("-held_on", "pk")]


def _event_before(day: date, partner: Partner, met: list[tuple[Event, set[int]]]) -> Event | None:
    return next(
        (event for event, came in met if event.held_on <= day < event.held_on + FRUIT and partner.pk in came),
        None,
    )


def _recorder(support: Support, number: int, people: People) -> User:
    """Whoever decides stages, and now and then the officer who brought the receipt."""
    if number % 4 == 1:
        return people.officer_of(support.cooperative.kelurahan_id)
    return people.sudin_for(number)


def _stages(written: Sequence[Support], promises: Sequence[Promise], people: People) -> Sequence[StageChange]:
    stages = [
        StageChange(
            support=row,
            stage=step.stage,
            effective_on=step.effective_on,
            recorded_at=step.recorded_at,
            reason=step.reason,
            by=people.other_sudin(people.sudin_for(number))
            if step.stage == Stage.VERIFIED
            else people.sudin_for(number),
        )
        for number, (row, promise) in enumerate(zip(written, promises, strict=True))
        for step in promise.steps
    ]
    return sorted(stages, key=lambda stage: (stage.recorded_at, stage.support.pk))


def _disbursement(support: Support, paid: Paid, number: int, people: People) -> Disbursement:
    """Checked by another person than the one who recorded it; a mistake is taken back by who made it."""
    by = _recorder(support, number, people)
    checked_by = people.other_sudin(people.sudin_for(number))
    lines = (
        "CONTOH - bukan bukti resmi",
        f"Diterima dari {support.payer or support.partner}",
        f"oleh {support.cooperative}",
        f"{support.get_kind_display()}: {rupiah(paid.amount_idr)}".replace("\N{NO-BREAK SPACE}", " "),
        f"pada {tanggal(paid.paid_on)}, nomor {number + 1}",
    )
    upload = look_at(SimpleUploadedFile("contoh berita acara.pdf", sample_pdf(lines)), most_bytes=MOST_BYTES)
    return Disbursement(
        support=support,
        amount_idr=paid.amount_idr,
        paid_on=paid.paid_on,
        note="Contoh; berita acara serah terima.",
        file=upload.file,
        file_name=upload.name,
        media_type=upload.media_type,
        sha256=upload.sha256,
        size=upload.size,
        recorded_by=by,
        recorded_at=paid.recorded_at,
        verified_by=checked_by if paid.verified_at else None,
        verified_at=paid.verified_at,
        withdrawn_by=people.sudin_for(number) if paid.withdrawn_at else None,
        withdrawn_at=paid.withdrawn_at,
        withdraw_reason=WRONG_SUM if paid.withdrawn_at else "",
    )


def _give_back(written: Sequence[Support], people: People, *, today: date) -> None:
    """Lent goods came back in time, but for those whose day has just passed."""
    back = list(_returned(written, people, today=today))
    bulk_update_with_history(back, Support, ["returned_on", "version"])


def _returned(written: Sequence[Support], people: People, *, today: date) -> Iterator[Support]:
    for number, row in enumerate(written):
        if row.kind in TO_GIVE_BACK and row.return_due_on and row.return_due_on < today - STILL_OUT:
            row.returned_on = row.return_due_on - BACK_BEFORE
            row.version += 1
            sign(row, people.sudin_for(number), at=office_hour(row.returned_on, 150))
            yield row
