"""Money that arrives: recorded with evidence, checked by a second person, withdrawn; and what it does to the need."""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from kkmp.accounts.models import AccessEvent, User
from kkmp.files import Upload, look_at
from outlets.models import CapitalNeed
from outlets.set_aside_services import release
from partners.disbursement_services import record_disbursement, verify_disbursement, withdraw_disbursement
from partners.gap import gap_total
from partners.models import Disbursement, Stage, Support, SupportKind
from tests import header
from tests.factories import CapitalNeedFactory, SetAsideFactory, StatusChangeFactory, UserFactory, officer_of
from tests.partner_factories import DisbursementFactory, support_at
from tests.reading import errors_of, page_of, values_of
from tests.uploads import PDF

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]
PAID = dt.date(2026, 3, 2)
TODAY = dt.date(2026, 3, 16)


@pytest.fixture
def need() -> CapitalNeed:
    outlet = StatusChangeFactory.create(idle=True).outlet
    return CapitalNeedFactory.create(outlet=outlet, amount_idr=20_000_000)


@pytest.fixture
def support(need: CapitalNeed) -> Support:
    return support_at(
        Stage.COMMITTED,
        dt.date(2026, 2, 1),
        cooperative=need.outlet.cooperative,
        outlet=need.outlet,
        need=need,
        committed_idr=20_000_000,
    )


@pytest.fixture
def second() -> User:
    return UserFactory.create(sudin=True, full_name="Staf Kedua")


def scan(number: int = 1) -> SimpleUploadedFile:
    return SimpleUploadedFile("kuitansi.pdf", PDF + b"%d" % number, content_type="application/pdf")


def looked_at(number: int = 1) -> Upload:
    return look_at(scan(number), most_bytes=10_000_000)


def recorded(
    support: Support, by: User, *, amount_idr: int = 20_000_000, number: int = 1, **kwargs: Any
) -> Any:
    typed = {"paid_on": PAID, "note": "", "upload": looked_at(number), **kwargs}
    return record_disbursement(support=support, amount_idr=amount_idr, by=by, **typed)


def gap_on(day: dt.date) -> int:
    return gap_total(CapitalNeed.objects.all(), on=day).gap_idr


def stages_of(support: Support) -> list[tuple[str, dt.date]]:
    return [(row.stage, row.effective_on) for row in support.stage_changes.order_by("pk")]


def test_money_counts_from_its_day_once_a_second_person_has_checked_it(
    support: Support, sudin: User, second: User
) -> None:
    before = {day: gap_on(day) for day in (PAID - dt.timedelta(days=1), PAID, TODAY)}
    row = recorded(support, sudin, amount_idr=15_000_000)
    assert {day: gap_on(day) for day in before} == before
    verify_disbursement(row, by=second)
    after = {day: gap - 15_000_000 * (day >= PAID) for day, gap in before.items()}
    assert {day: gap_on(day) for day in before} == after
    assert stages_of(support) == [("committed", dt.date(2026, 2, 1)), ("disbursed", PAID)]
    row.refresh_from_db()
    assert (row.recorded_by, row.verified_by, row.is_standing) == (sudin, second, True)


def test_what_covers_the_need_meets_it_and_withdrawing_opens_it_again(
    support: Support, need: CapitalNeed, sudin: User, second: User
) -> None:
    first, last = (
        recorded(support, sudin, amount_idr=5_000_000),
        recorded(support, sudin, amount_idr=15_000_000, number=2, paid_on=TODAY),
    )
    verify_disbursement(last, by=second)
    verify_disbursement(first, by=second)
    need.refresh_from_db()
    assert (need.closed_on, need.is_met_by_money, need.closed_by_change) == (TODAY, True, None)
    assert [gap_on(day) for day in (PAID, TODAY - dt.timedelta(days=1), TODAY)] == [15_000_000, 15_000_000, 0]
    assert stages_of(support)[-1] == ("verified", TODAY)
    withdraw_disbursement(first, reason="Salah catat", by=sudin)
    need.refresh_from_db()
    assert (need.closed_on, need.is_met_by_money) == (None, False)
    assert gap_on(TODAY) == 5_000_000
    assert [row.history_type for row in need.history.all()] == ["~", "~", "+"]


def test_a_need_closed_by_hand_stays_closed(
    support: Support, need: CapitalNeed, sudin: User, second: User
) -> None:
    row = recorded(support, sudin)
    CapitalNeed.objects.update(closed_on=TODAY)
    verify_disbursement(row, by=second)
    withdraw_disbursement(row, reason="Salah catat", by=sudin)
    need.refresh_from_db()
    assert (need.closed_on, need.is_met_by_money) == (TODAY, False)


def test_own_money_that_is_released_opens_a_need_that_it_helped_to_cover(
    support: Support, need: CapitalNeed, sudin: User, second: User
) -> None:
    held = SetAsideFactory.create(need=need, amount_idr=8_000_000)
    verify_disbursement(recorded(support, sudin, amount_idr=12_000_000), by=second)
    assert gap_on(TODAY) == 0
    release(held=held, released_on=TODAY, reason="Dipakai lain", by=sudin)
    need.refresh_from_db()
    assert (need.closed_on, gap_on(TODAY), gap_on(TODAY - dt.timedelta(days=1))) == (None, 8_000_000, 0)


@pytest.mark.parametrize("kind", [SupportKind.LOAN, SupportKind.CONSIGNMENT, SupportKind.LEND_USE])
def test_what_is_paid_or_given_back_meets_no_need(
    support: Support, need: CapitalNeed, sudin: User, second: User, kind: SupportKind
) -> None:
    Support.objects.update(kind=kind)
    verify_disbursement(recorded(support, sudin), by=second)
    need.refresh_from_db()
    assert (need.closed_on, gap_on(TODAY)) == (None, 20_000_000)


def test_an_officer_records_and_the_stage_waits_for_sudin(
    support: Support, need: CapitalNeed, second: User
) -> None:
    officer = officer_of(need.outlet.cooperative.kelurahan)
    row = recorded(support, officer)
    assert stages_of(support) == [("committed", dt.date(2026, 2, 1))]
    verify_disbursement(row, by=second)
    assert stages_of(support)[1:] == [("disbursed", PAID), ("verified", TODAY)]


@pytest.mark.parametrize(
    ("changes", "field", "message"),
    [
        ({"paid_on": dt.date(2026, 3, 17)}, "paid_on", "Tanggal ini belum terjadi; paling akhir hari ini."),
        ({"amount_idr": 20_000_001}, "amount_idr", "Komitmennya Rp\xa020.000.000, sisanya Rp\xa020.000.000."),
    ],
)
def test_what_cannot_have_arrived_is_refused(
    support: Support, sudin: User, changes: dict[str, Any], field: str, message: str
) -> None:
    with pytest.raises(ValidationError) as refusal:
        recorded(support, sudin, **changes)
    assert refusal.value.message_dict[field][0].startswith(message)
    assert not Disbursement.objects.exists()


def test_a_cancelled_support_gets_no_money(sudin: User) -> None:
    with pytest.raises(ValidationError, match="Bantuan ini batal"):
        recorded(support_at(Stage.CANCELLED), sudin)


def test_one_evidence_serves_once(support: Support, sudin: User) -> None:
    recorded(support, sudin, amount_idr=1)
    with pytest.raises(ValidationError, match="Bukti yang persis sama"):
        recorded(support, sudin, amount_idr=2)
    assert Disbursement.objects.count() == 1


def test_nobody_checks_their_own_record(support: Support, sudin: User, second: User) -> None:
    row = recorded(support, sudin)
    with pytest.raises(ValidationError, match="Yang mencatat tidak memverifikasi"):
        verify_disbursement(row, by=sudin)
    verify_disbursement(row, by=second)
    with pytest.raises(ValidationError, match="sudah diperiksa atau dibatalkan"):
        verify_disbursement(row, by=UserFactory.create(sudin=True))
    withdraw_disbursement(row, reason="Keliru", by=sudin)
    with pytest.raises(ValidationError, match="sudah dibatalkan"):
        withdraw_disbursement(row, reason="Keliru", by=second)


@pytest.mark.django_db(transaction=True)
def test_of_two_who_check_or_withdraw_at_once_one_is_told(support: Support, sudin: User) -> None:
    row = recorded(support, sudin)
    people = UserFactory.create_batch(2, sudin=True)

    def check(by: User) -> str:
        try:
            verify_disbursement(Disbursement.objects.select_related("support").get(pk=row.pk), by=by)
        except ValidationError as error:
            return str(error.messages[0])
        finally:
            connection.close()
        return "diperiksa"

    with ThreadPoolExecutor(2) as pool:
        told = sorted(pool.map(check, people))
    assert told == [
        "Penyaluran ini sudah diperiksa atau dibatalkan orang lain. Muat ulang halaman ini.",
        "diperiksa",
    ]
    assert stages_of(support)[1:] == [("disbursed", PAID), ("verified", TODAY)]


@pytest.mark.django_db(transaction=True)
def test_two_who_record_at_once_never_exceed_what_was_committed(support: Support, sudin: User) -> None:
    people = UserFactory.create_batch(2, sudin=True)

    def record(pair: tuple[int, User]) -> bool:
        try:
            recorded(support, pair[1], amount_idr=15_000_000, number=pair[0])
        except ValidationError:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(record, enumerate(people))) == [False, True]
    assert Disbursement.objects.count() == 1


# --- pages --------------------------------------------------------------------


def test_recorded_checked_and_withdrawn_on_the_pages(
    sudin_client: Client, support: Support, second: User
) -> None:
    address = reverse("partners:disbursement_add", args=[support.pk])
    typed = values_of(page_of(sudin_client, address)) | {"amount_idr": "12.000.000", "note": "Tahap satu"}
    without = BeautifulSoup(sudin_client.post(address, typed).content, "html.parser")
    assert errors_of(without) == {"upload": ["Unggah buktinya: kuitansi, berita acara, atau foto barang."]}
    assert values_of(without)["amount_idr"] == "12.000.000"
    sudin_client.post(address, typed | {"upload": scan()})
    row = Disbursement.objects.get()
    check = reverse("partners:disbursement_verify", args=[row.pk])
    own = page_of(sudin_client, check)
    assert "rekan Sudin yang lain" in own.get_text()
    assert own.select("main form button") == []
    other = Client()
    other.force_login(second)
    told = other.post(check, follow=True).content.decode()
    assert "Kekurangan kebutuhan ini kini Rp\xa08.000.000." in told
    assert "diperiksa Staf Kedua" in told
    evidence = other.get(reverse("partners:evidence", args=[row.pk]))
    assert b"".join(evidence.streaming_content) == PDF + b"1"  # type: ignore[attr-defined]
    assert AccessEvent.objects.filter(user=second, verb="downloaded").get().target == (
        f"Bukti penyaluran {support.partner}, {support.cooperative}: kuitansi.pdf"
    )
    away = reverse("partners:disbursement_withdraw", args=[row.pk])
    assert errors_of(BeautifulSoup(other.post(away, {"reason": ""}).content, "html.parser")) == {
        "reason": ["Bidang ini tidak boleh kosong."]
    }
    other.post(away, {"reason": "Salah jumlah"})
    row.refresh_from_db()
    assert (row.withdrawn_by, row.withdraw_reason) == (second, "Salah jumlah")


@pytest.mark.parametrize("count", [1, 3])
def test_page_of_a_support_costs_the_same_for_any_number_of_disbursements(
    sudin_client: Client, support: Support, count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    DisbursementFactory.create_batch(count, support=support, verified=True)
    with django_assert_num_queries(header.SUDIN + 10):
        page_of(sudin_client, support.get_absolute_url())


# --- the report that follows ----------------------------------------------------


def test_the_next_report_asks_whether_the_outlet_runs(
    client: Client, support: Support, need: CapitalNeed, sudin: User, second: User
) -> None:
    client.force_login(officer_of(need.outlet.cooperative.kelurahan))
    form = reverse("reports:form", args=[need.outlet.cooperative.kelurahan_id, "2026-03"])
    asked = "Kebutuhan modal gerai ini sudah terpenuhi sejak 2 Maret 2026"
    assert asked not in page_of(client, form).get_text()
    verify_disbursement(recorded(support, sudin), by=second)
    page = page_of(client, form)
    assert asked in page.get_text()
    prefix = f"g{need.outlet_id}"

    def status(page: BeautifulSoup) -> tuple[str, str]:
        [chosen] = page.select(f"[name={prefix}-status] [selected]")
        [day] = page.select(f"[name={prefix}-changed_on]")
        return str(chosen["value"]), str(day.get("value", ""))

    assert status(page) == ("idle", "2025-09-22")
    [link] = [link["href"] for link in page.select("a[href^='?runs=']")]
    assert status(page_of(client, f"{form}{link}")) == ("running", "")
