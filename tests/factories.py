"""Rows for tests; every value is made up."""

import hashlib
from datetime import UTC, date, datetime, timedelta
from typing import Any

import factory
from django.core.files.base import ContentFile
from factory.django import DjangoModelFactory

from cooperatives.models import (
    AreaGrant,
    AssetStatement,
    BoardTerm,
    Body,
    Cooperative,
    Kecamatan,
    Kelurahan,
    Paper,
    PaperKind,
    Parameter,
    ParameterKey,
    Position,
)
from kkmp.accounts.models import Role, User
from kkmp.files import MediaType
from kkmp.parsing import area_key
from outlets.models import (
    CapitalNeed,
    ChangeSource,
    Evidence,
    MonthlyReport,
    NeedPurpose,
    Outlet,
    OutletKind,
    Reason,
    ReportLine,
    ReportState,
    ReportStep,
    Seen,
    SetAside,
    Status,
    StatusChange,
    Visit,
)
from tests.uploads import PDF

PASSWORD = "contoh-kkmp-2025"


class UserFactory(DjangoModelFactory[User]):
    class Meta:
        model = User
        skip_postgeneration_save = True

    class Params:
        sudin = factory.Trait(role=Role.SUDIN)
        leader = factory.Trait(role=Role.LEADER)
        admin = factory.Trait(role=Role.ADMIN)

    username = factory.Sequence(lambda n: f"pengguna{n}")
    full_name = factory.Sequence(lambda n: f"Pengguna Contoh {n}")
    role = Role.OFFICER
    password = factory.django.Password(PASSWORD)


class KecamatanFactory(DjangoModelFactory[Kecamatan]):
    class Meta:
        model = Kecamatan

    code = factory.Sequence(lambda n: f"99.{n // 100:02}.{n % 100:02}")
    name = factory.Sequence(lambda n: f"Kecamatan {n}")


class KelurahanFactory(DjangoModelFactory[Kelurahan]):
    class Meta:
        model = Kelurahan

    kecamatan = factory.SubFactory(KecamatanFactory)
    code = factory.LazyAttributeSequence(lambda o, n: f"{o.kecamatan.code}.{n % 10000:04}")
    name = factory.Sequence(lambda n: f"Kelurahan {n}")
    search_key = factory.LazyAttribute(lambda o: area_key(o.name))
    tile_col = factory.Sequence(lambda n: 20 + n % 100)
    tile_row = factory.Sequence(lambda n: 20 + n // 100)


class CooperativeFactory(DjangoModelFactory[Cooperative]):
    class Meta:
        model = Cooperative

    kelurahan = factory.SubFactory(KelurahanFactory)
    legal_name = factory.LazyAttribute(lambda o: f"Koperasi Kelurahan Merah Putih {o.kelurahan.name}")


class AreaGrantFactory(DjangoModelFactory[AreaGrant]):
    class Meta:
        model = AreaGrant

    user = factory.SubFactory(UserFactory)
    starts_on = date(2025, 1, 1)


class PaperFactory(DjangoModelFactory[Paper]):
    """A deed with its number; trait: scanned (with a file, each with bytes of its own)."""

    class Meta:
        model = Paper

    class Params:
        scanned = factory.Trait(
            content=factory.Sequence(lambda n: PDF + b"%d" % n),
            file=factory.LazyAttribute(lambda o: ContentFile(o.content, name="pindai.pdf")),
            file_name="akta.pdf",
            media_type=MediaType.PDF,
            sha256=factory.LazyAttribute(lambda o: hashlib.sha256(o.content).hexdigest()),
            size=factory.LazyAttribute(lambda o: len(o.content)),
        )
        content = b""

    cooperative = factory.SubFactory(CooperativeFactory)
    kind = PaperKind.DEED
    number = factory.Sequence(lambda n: f"Nomor {n}")
    issued_on = date(2025, 6, 2)


class BoardTermFactory(DjangoModelFactory[BoardTerm]):
    class Meta:
        model = BoardTerm

    cooperative = factory.SubFactory(CooperativeFactory)
    body = Body.BOARD
    position = Position.CHAIR
    name = factory.Sequence(lambda n: f"Pejabat Contoh {n}")
    starts_on = date(2025, 6, 2)


class OutletFactory(DjangoModelFactory[Outlet]):
    class Meta:
        model = Outlet

    cooperative = factory.SubFactory(CooperativeFactory)
    kind = OutletKind.GROCERY
    name = factory.Sequence(lambda n: f"Gerai {n}")


class StatusChangeFactory(DjangoModelFactory[StatusChange]):
    """Of a new outlet, RUNNING; traits: idle (for capital), none (the cooperative's own statement)."""

    class Meta:
        model = StatusChange

    class Params:
        idle = factory.Trait(status=Status.IDLE, reason=Reason.CAPITAL)
        none = factory.Trait(
            status=Status.NONE, outlet=None, cooperative=factory.SubFactory(CooperativeFactory)
        )

    outlet = factory.SubFactory(OutletFactory)
    cooperative = factory.LazyAttribute(lambda o: o.outlet.cooperative)
    status = Status.RUNNING
    note = "Catatan contoh"
    effective_on = date(2025, 9, 22)
    recorded_by = factory.SubFactory(UserFactory, sudin=True)
    source = ChangeSource.DECISION


class CapitalNeedFactory(DjangoModelFactory[CapitalNeed]):
    class Meta:
        model = CapitalNeed

    outlet = factory.SubFactory(OutletFactory)
    purpose = NeedPurpose.WORKING_CAPITAL
    amount_idr = 50_000_000
    since_on = date(2025, 9, 22)


class SetAsideFactory(DjangoModelFactory[SetAside]):
    """Own money for a need; trait: released."""

    class Meta:
        model = SetAside

    class Params:
        released = factory.Trait(
            released_on=date(2026, 1, 15),
            released_by=factory.SubFactory(UserFactory),
            release_reason="Dipakai untuk hal lain",
        )

    need = factory.SubFactory(CapitalNeedFactory)
    amount_idr = 5_000_000
    set_on = date(2025, 10, 1)
    by = factory.SubFactory(UserFactory)


class AssetStatementFactory(DjangoModelFactory[AssetStatement]):
    class Meta:
        model = AssetStatement

    cooperative = factory.SubFactory(CooperativeFactory)
    on = date(2025, 12, 31)
    amount_idr = 100_000_000
    source = "Neraca contoh"


class MonthlyReportFactory(DjangoModelFactory[MonthlyReport]):
    """A draft of October 2025; traits: submitted, returned, verified (each by people of its own), correction."""

    class Meta:
        model = MonthlyReport

    class Params:
        is_sent = factory.Trait(
            submitted_by=factory.SubFactory(UserFactory),
            submitted_at=datetime(2025, 11, 3, 3, tzinfo=UTC),
        )
        is_reviewed = factory.Trait(
            is_sent=True,
            reviewed_by=factory.SubFactory(UserFactory, sudin=True),
            reviewed_at=datetime(2025, 11, 5, 3, tzinfo=UTC),
        )
        submitted = factory.Trait(is_sent=True, state=ReportState.SUBMITTED)
        returned = factory.Trait(is_reviewed=True, state=ReportState.RETURNED, return_reason="Tanggal keliru")
        verified = factory.Trait(is_reviewed=True, state=ReportState.VERIFIED)
        correction = factory.Trait(revision=2, correction_reason="Salah catat")

    cooperative = factory.SubFactory(CooperativeFactory)
    month = date(2025, 10, 1)
    saved_by = factory.SubFactory(UserFactory)


class ReportLineFactory(DjangoModelFactory[ReportLine]):
    """Of a new outlet of the report's cooperative, RUNNING; traits: idle (for capital), none."""

    class Meta:
        model = ReportLine

    class Params:
        idle = factory.Trait(status=Status.IDLE, reason=Reason.CAPITAL)
        none = factory.Trait(status=Status.NONE, outlet=None)

    report = factory.SubFactory(MonthlyReportFactory)
    outlet = factory.SubFactory(OutletFactory, cooperative=factory.SelfAttribute("..report.cooperative"))
    status = Status.RUNNING
    changed_on = date(2025, 10, 3)


class VisitFactory(DjangoModelFactory[Visit]):
    """Of a new outlet, open and serving; traits: none (a cooperative without one), waiting, done (its follow-up)."""

    class Meta:
        model = Visit

    class Params:
        none = factory.Trait(outlet=None, seen=Seen.NONE, cooperative=factory.SubFactory(CooperativeFactory))
        waiting = factory.Trait(
            follow_up="Antar daftar barang",
            follow_up_due_on=factory.LazyAttribute(lambda o: o.visited_on + timedelta(days=14)),
        )
        done = factory.Trait(
            waiting=True, follow_up_done_on=factory.LazyAttribute(lambda o: o.follow_up_due_on)
        )

    outlet = factory.SubFactory(OutletFactory)
    cooperative = factory.LazyAttribute(lambda o: o.outlet.cooperative)
    visited_on = date(2026, 3, 2)
    visited_by = factory.SubFactory(UserFactory)
    seen = Seen.RUNNING
    finding = factory.Sequence(lambda n: f"Temuan contoh {n}")


class EvidenceFactory(DjangoModelFactory[Evidence]):
    """Of a line of a report; trait: of_visit."""

    class Meta:
        model = Evidence

    class Params:
        of_visit = factory.Trait(line=None, visit=factory.SubFactory(VisitFactory))

    line = factory.SubFactory(ReportLineFactory)
    image = factory.LazyAttribute(lambda o: ContentFile(o.sha256.encode(), name="foto.jpg"))
    sha256 = factory.Sequence(lambda n: f"{n:064x}")
    added_by = factory.SubFactory(UserFactory)


class ReportStepFactory(DjangoModelFactory[ReportStep]):
    class Meta:
        model = ReportStep

    report = factory.SubFactory(MonthlyReportFactory)
    state = ReportState.DRAFT
    at = datetime(2025, 11, 1, 3, tzinfo=UTC)
    by = factory.SubFactory(UserFactory)


class ParameterFactory(DjangoModelFactory[Parameter]):
    class Meta:
        model = Parameter

    key = ParameterKey.REPORT_DUE_DAY
    value = 7
    starts_on = date(2025, 1, 1)
    source = "Keputusan contoh"


def officer_of(*areas: Kecamatan | Kelurahan, **kwargs: Any) -> User:
    """An officer with a grant for each of the areas."""
    user = UserFactory.create(**kwargs)
    for area in areas:
        field = "kecamatan" if isinstance(area, Kecamatan) else "kelurahan"
        AreaGrantFactory.create(user=user, **{field: area})
    return user
