"""An area whose every row bears one word, so that a page that shows it to the wrong person gives itself away."""

import io
import re
import zipfile
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Model
from django.http import HttpResponseBase
from django.utils import timezone
from pypdf import PdfReader

from cooperatives.models import AreaGrant, Cooperative, PublicFact, PublishedFigure, Target
from kkmp.accounts.models import AccessEvent, User, Verb
from kkmp.accounts.services import make_sign_in_link
from kkmp.imports.models import BatchState, ImportBatch, ImportRow, Outcome
from partners.models import Answer, Attendance, Event, Offer, Partner
from tests.factories import (
    AssetStatementFactory,
    BoardTermFactory,
    CapitalNeedFactory,
    CooperativeFactory,
    EvidenceFactory,
    KecamatanFactory,
    KelurahanFactory,
    MonthlyReportFactory,
    OutletFactory,
    PaperFactory,
    ParameterFactory,
    ReportLineFactory,
    ReportStepFactory,
    SetAsideFactory,
    StatusChangeFactory,
    UserFactory,
    VisitFactory,
    officer_of,
)
from tests.member_factories import (
    MemberFactory,
    MonthLockFactory,
    SavingsEntryFactory,
    SavingsRateFactory,
    synthetic_national_id,
)
from tests.partner_factories import (
    DisbursementFactory,
    EventFactory,
    FollowUpFactory,
    LetterFactory,
    OfferFactory,
    PartnerFactory,
    StageChangeFactory,
    SupportFactory,
)
from tests.uploads import PDF


@dataclass(frozen=True)
class Shared:
    """What belongs to no area: partner, event, and the staff who record."""

    partner: Partner
    event: Event
    sudin: User
    partner_there: Attendance
    figure: PublishedFigure
    offer: Offer

    @property
    def rows(self) -> dict[str, Model]:
        return {one._meta.label: one for one in (self.partner, self.event, self.figure, self.offer)}


def plant_shared() -> Shared:
    """A cooperative that nobody of the test keeps stands here too: no officer sees the whole city."""
    CooperativeFactory.create()
    partner, event = PartnerFactory.create(name="Mitra Bersama"), EventFactory.create(title="Acara Bersama")
    there = Attendance.objects.create(event=event, partner=partner)
    figure = PublishedFigure.objects.create(
        on=date(2025, 9, 22), running=10, idle=19, none=36, source="https://a.example/"
    )
    offer = OfferFactory.create(partner=partner, event=event, title="Penawaran Bersama")
    sudin = UserFactory.create(sudin=True, full_name="Staf Bersama")
    return Shared(partner, event, sudin, there, figure, offer)


@dataclass(frozen=True)
class Planted:
    """`word` is in every text of the area; `rows` finds the row of a model by its label."""

    word: str
    officer: User
    cooperative: Cooperative
    rows: dict[str, Model]
    sums: tuple[str, ...] = field(default=())

    @property
    def code(self) -> str:
        return str(self.cooperative.kelurahan_id)

    def pk(self, label: str) -> Any:
        return self.rows[label].pk


def plant(word: str, shared: Shared, *, number: int) -> Planted:
    """One of everything in an area of its own; `number` (1–9) makes its codes and sums differ from other areas'."""
    kecamatan = KecamatanFactory.create(code=f"9{number}.0{number}.0{number}", name=f"{word}kecamatan")
    kelurahan = KelurahanFactory.create(
        kecamatan=kecamatan,
        code=f"{kecamatan.code}.{number}001",
        name=f"{word}kelurahan",
        aliases=f"{word}alias",
    )
    cooperative = CooperativeFactory.create(
        kelurahan=kelurahan,
        legal_name=f"{word}koperasi",
        office=f"{word}kantor",
        phone=f"{word}telepon",
        email=f"{word}@contoh.example",
    )
    officer = officer_of(kelurahan, username=f"{word}petugas", full_name=f"{word}petugas")
    paper = PaperFactory.create(
        cooperative=cooperative,
        scanned=True,
        content=PDF + word.encode(),
        number=f"{word}surat",
        file_name=f"{word}.pdf",
        expires_on=date(2026, 4, number),
    )
    term = BoardTermFactory.create(cooperative=cooperative, name=f"{word}pengurus")
    gone = BoardTermFactory.create(
        cooperative=cooperative,
        name=f"{word}dihapus",
        removed_at=timezone.now(),
        removed_by=shared.sudin,
    )
    outlet = OutletFactory.create(cooperative=cooperative, name=f"{word}gerai", address=f"{word}jalan")
    change = StatusChangeFactory.create(
        outlet=outlet,
        idle=True,
        note=f"{word}alasan",
        recorded_by=shared.sudin,
        effective_on=date(2025, 9, 22),
    )
    need = CapitalNeedFactory.create(outlet=outlet, text=f"{word}kebutuhan", amount_idr=number * 11_111_111)
    report = MonthlyReportFactory.create(
        cooperative=cooperative,
        submitted=True,
        obstacle=f"{word}kendala",
        plan=f"{word}rencana",
        submitted_by=officer,
        saved_by=officer,
    )
    line = ReportLineFactory.create(report=report, outlet=outlet, turnover_idr=number * 13_333_333)
    photo = EvidenceFactory.create(line=line, sha256=f"{word}sidik", added_by=officer)
    told = ReportStepFactory.create(report=report, by=officer, reason=f"{word}langkah")
    visit = VisitFactory.create(
        outlet=outlet,
        visited_by=officer,
        visited_on=date(2025, 10, number),
        finding=f"{word}temuan",
        follow_up=f"{word}tindak",
        follow_up_due_on=date(2025, 11, number),
    )
    EvidenceFactory.create(of_visit=True, visit=visit, sha256=f"{word}tampak", added_by=officer)
    VisitFactory.create(
        outlet=outlet,
        visited_by=officer,
        visited_on=date(2025, 10, number),
        finding=f"{word}keliru",
        removed_at=timezone.now(),
        removed_by=shared.sudin,
    )
    # Verified ones are read by other pages than submitted ones.
    former = MonthlyReportFactory.create(
        cooperative=cooperative, month=date(2025, 9, 1), verified=True, plan=f"{word}lama", saved_by=officer
    )
    member = MemberFactory.create(
        cooperative=cooperative,
        full_name=f"{word}anggota",
        number=f"{word}-1",
        national_id=synthetic_national_id(number),
        phone=f"{word}ponsel",
        address=f"{word}rumah",
    )
    rate = SavingsRateFactory.create(
        cooperative=cooperative, amount_idr=number * 1_414_141, basis=f"{word}dasar"
    )
    saved = SavingsEntryFactory.create(
        member=member,
        recorded_by=officer,
        receipt_no=f"{word}bukti",
        note=f"{word}setoran",
        amount_idr=number * 1_515_151,
    )
    lock = MonthLockFactory.create(
        cooperative=cooperative, reopened=True, reopen_reason=f"{word}buka", locked_by=officer
    )
    support = SupportFactory.create(
        partner=shared.partner,
        cooperative=cooperative,
        outlet=outlet,
        need=need,
        offer=shared.offer,
        note=f"{word}bantuan",
        committed_idr=number * 12_222_222,
        agreement_no=f"{word}perjanjian",
    )
    paid = DisbursementFactory.create(
        support=support,
        amount_idr=number * 1_212_121,
        note=f"{word}kuitansi",
        file_name=f"{word}bukti.pdf",
        content=PDF + f"{word}bukti".encode(),
        recorded_by=officer,
    )
    DisbursementFactory.create(
        support=support, amount_idr=number * 1_313_131, note=f"{word}diperiksa", verified=True
    )
    followed = FollowUpFactory.create(
        support=support, answer=Answer.STOPPED, note=f"{word}berhenti", by=officer
    )
    letter = LetterFactory.create(partner=shared.partner, outlet=outlet, offer=shared.offer, number=number)
    held = SetAsideFactory.create(need=need, amount_idr=number * 1_616_161, by=officer)
    assets = AssetStatementFactory.create(
        cooperative=cooperative, amount_idr=number * 17_171_717, source=f"{word}neraca"
    )
    stage = StageChangeFactory.create(support=support, reason=f"{word}tahap", by=shared.sudin)
    attendance = Attendance.objects.create(event=shared.event, cooperative=cooperative)
    fact = PublicFact.objects.create(
        key=f"{word}-fakta",
        cooperative=cooperative,
        text=f"{word}fakta",
        on=date(2025, 9, 1),
        source="https://a.example/",
    )
    parameter = ParameterFactory.create(value=number, starts_on=date(2030, number, 1))
    target = Target.objects.create(
        kecamatan=kecamatan, on=date(2026, 12, 31), running=number, note=f"{word}target"
    )
    batch = ImportBatch.objects.create(
        kind="members",
        cooperative=cooperative,
        file_name=f"{word}berkas.csv",
        sha256=str(number) * 64,
        by=shared.sudin,
        state=BatchState.PREVIEWED,
        counts={Outcome.FAILED: 1},
        columns=[
            {"letter": "A", "title": f"{word}kolom", "key": "full_name"},
            {"letter": "B", "title": f"{word}lain", "key": ""},
        ],
    )
    message = {"column": "kelurahan", "value": f"{word}kelurahan", "text": f"{word}pesan"}
    row = ImportRow.objects.create(
        batch=batch,
        number=1,
        outcome=Outcome.FAILED,
        messages=[message],
        payload={"A": f"{word}nama", "B": f"{word}isi"},
    )
    link, _token = make_sign_in_link(user=officer, by=shared.sudin)
    event = AccessEvent.objects.create(user=officer, verb=Verb.EXPORTED, target=f"{word}sasaran")
    grant = AreaGrant.objects.get(user=officer)
    planted: list[Model] = [
        kecamatan, kelurahan, cooperative, officer, gone, former, report, line, photo, told, visit, parameter, term, paper, outlet, change, need, member, rate, saved, lock, support, stage, attendance, fact,
        paid, followed, letter, held, assets,
        batch, row, link, event, grant, target,
    ]  # fmt: skip
    rows = {one._meta.label: one for one in planted}
    amounts = (
        *(need.amount_idr, support.committed_idr, number * 13_333_333, rate.amount_idr, saved.amount_idr),
        *(paid.amount_idr, number * 1_313_131, held.amount_idr, assets.amount_idr),
    )
    sums = tuple(f"{amount:,}".replace(",", ".") for amount in amounts)
    return Planted(word, officer, cooperative, rows, sums)


def text_of(response: HttpResponseBase) -> str:
    """Everything an answer says: headers, body, what is inside a zipped workbook, the words of a PDF we drew."""
    body: bytes = b"".join(response.streaming_content) if response.streaming else response.content  # type: ignore[attr-defined]
    if body.startswith(b"%PDF") and b"ReportLab" in body:
        # Compressed, so that words would pass unseen.
        body = "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(body)).pages).encode()
    headers = "\n".join(f"{name}: {value}" for name, value in response.headers.items())
    if body.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            body = b"\n".join(archive.read(name) for name in sorted(archive.namelist()))
    return f"{headers}\n{body.decode(errors='replace')}"


def without_chance(text: str) -> str:
    """What differs between two answers to the same question: request ids, masked tokens, lengths.

    And whether the browser may ask again shortly: only once it holds a token (`kkmp.conditional`).
    """
    text = re.sub(r"X-Request-ID: \w+", "", text)
    text = re.sub(r"(?<=[\"' :])[A-Za-z0-9]{64}(?=[\"'])", "", text)
    return re.sub(r"(Content-Length|Expires|ETag|Cache-Control): .*\n?", "", text)
