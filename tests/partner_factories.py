"""Rows of partners for tests; every value is made up."""

import hashlib
from datetime import UTC, date, datetime
from typing import Any

import factory
from django.core.files.base import ContentFile
from factory.django import DjangoModelFactory

from kkmp.files import MediaType
from partners.models import (
    Answer,
    Disbursement,
    Event,
    FollowUp,
    Letter,
    Offer,
    Partner,
    PartnerCategory,
    Stage,
    StageChange,
    Support,
    SupportKind,
)
from tests.factories import CooperativeFactory, OutletFactory, UserFactory
from tests.uploads import PDF


class PartnerFactory(DjangoModelFactory[Partner]):
    class Meta:
        model = Partner

    name = factory.Sequence(lambda n: f"Mitra Contoh {n}")
    category = PartnerCategory.PRIVATE


class SupportFactory(DjangoModelFactory[Support]):
    class Meta:
        model = Support

    partner = factory.SubFactory(PartnerFactory)
    cooperative = factory.SubFactory(CooperativeFactory)
    kind = SupportKind.CASH_GRANT
    committed_idr = 25_000_000


class StageChangeFactory(DjangoModelFactory[StageChange]):
    class Meta:
        model = StageChange

    support = factory.SubFactory(SupportFactory)
    stage = Stage.COMMITTED
    effective_on = date(2025, 10, 1)
    by = factory.SubFactory(UserFactory, sudin=True)


class EventFactory(DjangoModelFactory[Event]):
    class Meta:
        model = Event

    title = factory.Sequence(lambda n: f"Acara Contoh {n}")
    held_on = date(2025, 9, 22)


class OfferFactory(DjangoModelFactory[Offer]):
    class Meta:
        model = Offer

    partner = factory.SubFactory(PartnerFactory)
    title = factory.Sequence(lambda n: f"Penawaran Contoh {n}")
    kind = SupportKind.CASH_GRANT
    ceiling_idr = 200_000_000
    per_outlet_idr = 50_000_000
    open_from = date(2025, 9, 22)


class DisbursementFactory(DjangoModelFactory[Disbursement]):
    """Money that arrived; traits: verified (by somebody else), withdrawn."""

    class Meta:
        model = Disbursement

    class Params:
        verified = factory.Trait(
            verified_by=factory.SubFactory(UserFactory, sudin=True),
            verified_at=datetime(2026, 1, 20, 3, tzinfo=UTC),
        )
        withdrawn = factory.Trait(
            withdrawn_by=factory.SubFactory(UserFactory, sudin=True),
            withdrawn_at=datetime(2026, 1, 25, 3, tzinfo=UTC),
            withdraw_reason="Salah catat",
        )
        content = factory.Sequence(lambda n: PDF + b"bukti %d" % n)

    support = factory.SubFactory(SupportFactory)
    amount_idr = 10_000_000
    paid_on = date(2026, 1, 10)
    file = factory.LazyAttribute(lambda o: ContentFile(o.content, name="bukti.pdf"))
    file_name = "kuitansi.pdf"
    media_type = MediaType.PDF
    sha256 = factory.LazyAttribute(lambda o: hashlib.sha256(o.content).hexdigest())
    size = factory.LazyAttribute(lambda o: len(o.content))
    recorded_by = factory.SubFactory(UserFactory, sudin=True)
    recorded_at = datetime(2026, 1, 11, 3, tzinfo=UTC)


class FollowUpFactory(DjangoModelFactory[FollowUp]):
    class Meta:
        model = FollowUp

    support = factory.SubFactory(SupportFactory)
    days = 30
    answer = Answer.RUNS
    checked_on = date(2026, 2, 10)
    by = factory.SubFactory(UserFactory)


class LetterFactory(DjangoModelFactory[Letter]):
    class Meta:
        model = Letter

    year = 2026
    number = factory.Sequence(lambda n: n + 1)
    partner = factory.SubFactory(PartnerFactory)
    outlet = factory.SubFactory(OutletFactory)
    file = factory.LazyAttribute(lambda _o: ContentFile(PDF, name="surat.pdf"))
    sha256 = hashlib.sha256(PDF).hexdigest()
    size = len(PDF)
    by = factory.SubFactory(UserFactory, sudin=True)


def support_at(stage: Stage, on: date = date(2026, 2, 1), **kwargs: Any) -> Support:
    """A support that stands at this stage from a day on."""
    support = SupportFactory.create(**kwargs)
    StageChangeFactory.create(support=support, stage=stage, effective_on=on, reason="Alasan contoh")
    return support
