import datetime as dt
import io
from typing import Any

import pytest
from django.http import StreamingHttpResponse
from django.test import Client
from pytest_django import DjangoAssertNumQueries
from python_calamine import CalamineWorkbook

from cooperatives.models import Cooperative, Gender
from kkmp.accounts.models import AccessEvent, User, Verb
from kkmp.imports.models import Outcome
from members.models import Domicile, EndReason, Member, MemberKind, SavingsEntry
from members.national_ids import masked
from tests import header
from tests.factories import CooperativeFactory, UserFactory, officer_of
from tests.member_factories import MemberFactory, SavingsEntryFactory, synthetic_national_id
from tests.members.import_sheets import previewed
from tests.reading import lines_of, page_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]

PAGE, LEDGER = "/members/export/", "/members/export/savings/"
REGISTER_HEAD = (
    "Nomor anggota;NIK;Nama lengkap;Jenis kelamin;Tanggal lahir;Nomor telepon;Alamat;RT;RW;Domisili KTP;KTP dilihat tanggal;"
    "Jenis keanggotaan;Status;Tanggal permohonan;Tanggal masuk;Tanggal keluar;Sebab keluar"
)
STAYS_HERE = "Di kelurahan ini;01/08/2025;Anggota;Aktif;;01/08/2025;;"
LEDGER_HEAD = (
    "Nomor anggota;Nama lengkap;Tanggal;Nomor bukti;Baris bukti;Jenis simpanan;Mutasi;Jumlah (Rp);Untuk bulan;Lunas sampai bulan;"
    "Catatan;Dibatalkan oleh bukti;Dicatat pada;Dicatat oleh"
)


@pytest.fixture
def here() -> Cooperative:
    return CooperativeFactory.create()


@pytest.fixture
def officer(here: Cooperative) -> User:
    return officer_of(here.kelurahan)


@pytest.fixture
def officer_client(client: Client, officer: User) -> Client:
    client.force_login(officer)
    return client


def register_of(cooperative: Cooperative) -> None:
    """One of each kind of row, in the order of their numbers."""
    MemberFactory.create(
        cooperative=cooperative,
        number="001",
        full_name="Siti Contoh",
        gender=Gender.FEMALE,
        birth_date=dt.date(1980, 5, 17),
        national_id=synthetic_national_id(1, is_woman=True),
        phone="+62 800 0000 1",
        address="Jl. Melati No. 1; belakang (contoh)",
        rt="003",
        rw="005",
    )
    MemberFactory.create(
        cooperative=cooperative,
        number="002",
        full_name="=SUM(A1)",
        kind=MemberKind.EXTRAORDINARY,
        domicile=Domicile.ELSEWHERE,
        ktp_seen_on=None,
        applied_on=dt.date(2025, 7, 1),
    )
    left = MemberFactory.create(
        cooperative=cooperative,
        number="A-10",
        full_name="Sudah Keluar",
        domicile="",
        is_taken_over=True,
        ended_on=dt.date(2026, 2, 1),
        end_reason=EndReason.MOVED,
    )
    MemberFactory.create(cooperative=cooperative, voided=True, full_name=left.full_name)
    MemberFactory.create(
        cooperative=cooperative, applicant=True, full_name="Calon Satu", birth_date=dt.date(1990, 1, 2)
    )
    MemberFactory.create(
        cooperative=cooperative,
        applicant=True,
        full_name="Tidak Jadi",
        national_id=synthetic_national_id(2),
        ended_on=dt.date(2025, 9, 1),
        end_reason=EndReason.NOT_ADMITTED,
    )


def clear(client: Client, cooperative: Cooperative | None, **changes: str) -> Any:
    typed = {
        "cooperative": cooperative.kelurahan_id if cooperative else "",
        "purpose": "official",
        "text": "Surat 12/2026",
        "format": "csv",
    }
    return client.post(PAGE, {**typed, **changes})


def log() -> list[tuple[str, str, str]]:
    return [
        (one.verb, one.target, one.purpose)
        for one in AccessEvent.objects.order_by("pk")
        if one.verb in {Verb.EXPORTED, Verb.REVEALED}
    ]


def test_register_of_one_cooperative_is_all_that_its_import_reads(
    officer_client: Client, here: Cooperative
) -> None:
    register_of(here)
    MemberFactory.create(full_name="Di tempat lain")
    lines = lines_of(officer_client, f"{PAGE}?format=csv&cooperative={here.kelurahan_id}")
    first = masked(synthetic_national_id(1)[-4:])
    last = masked(synthetic_national_id(2)[-4:])
    assert (lines[1], lines[4:]) == (
        REGISTER_HEAD,
        [
            f'001;{first};Siti Contoh;Perempuan;17/05/1980;\'+62 800 0000 1;"Jl. Melati No. 1; belakang (contoh)";003;005;{STAYS_HERE}',
            "002;;'=SUM(A1);;;;;;;Di luar kelurahan ini;;Anggota luar biasa;Aktif;01/07/2025;01/08/2025;;",
            "A-10;;Sudah Keluar;;;;;;;;01/08/2025;Anggota;Keluar;;01/08/2025;01/02/2026;Pindah domisili",
        ],
    )
    assert sorted(lines[2:4]) == [
        ";;Calon Satu;;02/01/1990;;;;;;;Anggota;Calon anggota;01/08/2025;;;",
        f";{last};Tidak Jadi;;;;;;;;;Anggota;Keluar;01/08/2025;;01/09/2025;Permohonan tidak dilanjutkan",
    ]
    assert log() == [(Verb.EXPORTED, f"Buku anggota per 16/03/2026, {here}: 5 baris", "")]


def test_file_of_all_says_where_each_row_is_from_and_holds_nothing_of_another_area(
    officer_client: Client, here: Cooperative
) -> None:
    member = MemberFactory.create(cooperative=here, full_name="Di sini")
    MemberFactory.create(full_name="Di tempat lain")
    lines = lines_of(officer_client, f"{PAGE}?format=csv")
    area = here.kelurahan
    assert lines[1:] == [
        f"Kode kelurahan;Kecamatan;Kelurahan;{REGISTER_HEAD}",
        f"{area.code};{area.kecamatan.name};{area.name};{member.number};;Di sini;;;;;;;Di kelurahan ini;01/08/2025;Anggota;Aktif;;01/08/2025;;",
    ]


def test_numbers_come_only_with_a_purpose_that_is_logged(officer_client: Client, here: Cooperative) -> None:
    digits = synthetic_national_id(7)
    MemberFactory.create(cooperative=here, national_id=digits)
    MemberFactory.create(cooperative=here)
    elsewhere = MemberFactory.create(national_id=synthetic_national_id(8)).cooperative
    masked_file = lines_of(officer_client, f"{PAGE}?format=csv")
    refused = [
        clear(officer_client, here, purpose=""),
        clear(officer_client, None),
        clear(officer_client, elsewhere),
        clear(officer_client, here, format=""),
    ]
    assert digits not in "".join(masked_file)
    assert [sorted(response.context["clear_form"].errors) for response in refused] == [
        ["purpose"],
        ["cooperative"],
        ["cooperative"],
        ["format"],
    ]
    assert [verb for verb, *_rest in log()] == [Verb.EXPORTED]
    response = clear(officer_client, here)
    lines = response.getvalue().decode("utf-8-sig").splitlines()
    assert [line.split(";")[1] for line in lines[2:]] == [digits, ""]
    purpose = "Permintaan resmi instansi: Surat 12/2026"
    assert log()[1:] == [
        (Verb.EXPORTED, f"Buku anggota dengan NIK per 16/03/2026, {here}: 2 baris", purpose),
        (Verb.REVEALED, f"Buku anggota dengan NIK, 1 NIK per 16/03/2026, {here}: 2 baris", purpose),
    ]


def test_workbook_keeps_numbers_as_text(officer_client: Client, here: Cooperative) -> None:
    register_of(here)
    response = clear(officer_client, here, format="xlsx")
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(response.getvalue())).get_sheet_by_index(0)
    rows = sheet.to_python()
    by_number = {row[0]: row for row in rows[2:]}
    siti = by_number["001"]
    assert siti[1:3] + siti[7:9] == [synthetic_national_id(1, is_woman=True), "Siti Contoh", "003", "005"]
    assert (siti[4], by_number["002"][2]) == (dt.date(1980, 5, 17), "=SUM(A1)")


def test_opened_files_are_limited_like_opened_numbers(
    officer_client: Client, here: Cooperative, settings: Any
) -> None:
    settings.ACCOUNT_RATE_LIMITS = {**settings.ACCOUNT_RATE_LIMITS, "reveal_national_id": "1/h/user"}
    MemberFactory.create(cooperative=here, national_id=synthetic_national_id(1))
    answers = [clear(officer_client, here) for _once in range(2)]
    assert [response.status_code for response in answers] == [200, 429]
    assert [verb for verb, *_rest in log()] == [Verb.EXPORTED, Verb.REVEALED]


def test_back_office_gets_masked_files_only_and_leaders_none(client: Client, here: Cooperative) -> None:
    digits = synthetic_national_id(3)
    MemberFactory.create(cooperative=here, national_id=digits)
    client.force_login(UserFactory.create(admin=True))
    page = page_of(client, PAGE)
    assert [section["aria-labelledby"] for section in page.select("main section")] == ["register", "ledger"]
    assert masked(digits[-4:]) in "".join(lines_of(client, f"{PAGE}?format=csv"))
    assert clear(client, here).status_code == 403
    client.force_login(UserFactory.create(leader=True))
    assert [client.get(f"{one}?format=csv").status_code for one in (PAGE, LEDGER)] == [403, 403]
    assert clear(client, here).status_code == 403


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
@pytest.mark.parametrize("how", ["masked", "clear"])
def test_export_imported_again_changes_nothing(
    officer_client: Client, officer: User, here: Cooperative, kind: str, how: str
) -> None:
    register_of(here)
    before = list(Member.objects.order_by("pk").values())
    if how == "clear":
        content = clear(officer_client, here, format=kind).getvalue()
    else:
        response = officer_client.get(PAGE, {"format": kind, "cooperative": here.kelurahan_id})
        assert isinstance(response, StreamingHttpResponse)
        content = response.getvalue()
    batch = previewed(content, here, by=officer, name=f"buku.{kind}")
    assert [(row.outcome, row.messages) for row in batch.rows.order_by("number")] == [(Outcome.SAME, [])] * 5
    assert (batch.ignored, batch.counts) == ([], {Outcome.SAME: 5})
    assert list(Member.objects.order_by("pk").values()) == before


def test_ledger_lists_every_line_with_its_sign(
    officer_client: Client, officer: User, here: Cooperative
) -> None:
    member = MemberFactory.create(cooperative=here, number="001", full_name="Siti Contoh")
    at = dt.datetime(2025, 9, 5, 3, tzinfo=dt.UTC)
    wrong = SavingsEntryFactory.create(member=member, receipt_no="B-1", recorded_by=officer, recorded_at=at)
    back = SavingsEntryFactory.create(
        member=member,
        receipt_no="B-2",
        recorded_by=officer,
        movement="reversal",
        amount_idr=-25_000,
        recorded_at=at,
        note="Salah",
    )
    wrong.reversed_by = back
    wrong.save(update_fields=["reversed_by"])
    SavingsEntryFactory.create(
        member=member, receipt_no="B-3", mandatory=True, recorded_by=officer, recorded_at=at
    )
    SavingsEntryFactory.create()
    lines = lines_of(officer_client, f"{LEDGER}?format=csv&cooperative={here.kelurahan_id}")
    who = officer.full_name
    assert lines[1:] == [
        LEDGER_HEAD,
        f"001;Siti Contoh;05/09/2025;B-1;1;Simpanan sukarela;Setoran;25000;;;;B-2;05/09/2025 10.00;{who}",
        f"001;Siti Contoh;05/09/2025;B-2;1;Simpanan sukarela;Pembatalan;-25000;;;Salah;;05/09/2025 10.00;{who}",
        f"001;Siti Contoh;05/09/2025;B-3;1;Simpanan wajib;Setoran;10000;01/09/2025;;;;05/09/2025 10.00;{who}",
    ]
    assert log() == [(Verb.EXPORTED, f"Mutasi simpanan per 16/03/2026, {here}: 3 baris", "")]


def test_unknown_cooperative_is_told_and_gives_no_file(officer_client: Client, here: Cooperative) -> None:
    elsewhere = SavingsEntryFactory.create().cooperative
    for address in (PAGE, LEDGER):
        page = page_of(officer_client, f"{address}?format=csv&cooperative={elsewhere.kelurahan_id}")
        assert [one.get_text() for one in page.select(".errorlist li")] == [
            "Koperasi itu tidak ada di wilayah Anda."
        ]
    assert log() == []


@pytest.mark.parametrize(
    ("address", "queries"), [(PAGE, 8), (f"{PAGE}?format=csv", 7), (f"{LEDGER}?format=csv", 7)]
)
def test_files_take_as_many_queries_for_many_rows_as_for_one(
    officer_client: Client,
    here: Cooperative,
    address: str,
    queries: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for more in (1, 2):
        for number in range(more):
            member = MemberFactory.create(
                cooperative=here, national_id=synthetic_national_id(10 * more + number)
            )
            SavingsEntryFactory.create(member=member)
        with django_assert_num_queries(queries + (header.OFFICER if address == PAGE else 0)):
            response = officer_client.get(address)
            if isinstance(response, StreamingHttpResponse):
                response.getvalue()
    assert SavingsEntry.objects.count() == 3
