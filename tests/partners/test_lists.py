import datetime as dt
from urllib.parse import urlencode

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from kkmp.accounts.models import AccessEvent, User, Verb
from partners.models import Attendance, Stage
from tests import header
from tests.factories import CooperativeFactory, KecamatanFactory, UserFactory, officer_of
from tests.partner_factories import (
    EventFactory,
    PartnerFactory,
    StageChangeFactory,
    SupportFactory,
    support_at,
)
from tests.reading import lines_of, names_on, number_at, page_of, total_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]
PARTNERS, SUPPORTS, EVENTS = "/partners/", "/partners/supports/", "/partners/events/"


def test_supports_are_listed_with_their_stage_on_the_day(sudin_client: Client) -> None:
    support = SupportFactory.create()
    for stage, on in [(Stage.OFFERED, dt.date(2026, 1, 10)), (Stage.COMMITTED, dt.date(2026, 2, 10))]:
        StageChangeFactory.create(support=support, stage=stage, effective_on=on)
    shown = {}
    for asked in ("2026-01-09", "2026-01-10", "2026-02-10"):
        page = page_of(sudin_client, f"{SUPPORTS}?on={asked}")
        shown[asked] = [cell.get_text(" ", strip=True) for cell in page.select("tbody td[data-label=Tahap]")]
    assert shown == {
        "2026-01-09": [],
        "2026-01-10": ["Ditawarkan sejak 10 Januari 2026"],
        "2026-02-10": ["Komitmen sejak 10 Februari 2026"],
    }


def test_filters_narrow_rows_count_and_sum_alike(sudin_client: Client) -> None:
    tebet = KecamatanFactory.create()
    alpha, beta = PartnerFactory.create(name="Alpha"), PartnerFactory.create(name="Beta")
    here = support_at(
        Stage.COMMITTED, partner=alpha, cooperative__kelurahan__kecamatan=tebet, committed_idr=1
    )
    support_at(Stage.OFFERED, partner=beta, cooperative=here.cooperative, committed_idr=10, kind="loan")
    support_at(Stage.CANCELLED, partner=beta, committed_idr=100, note="Dicari")
    support_at(Stage.COMPLETED, partner=beta, committed_idr=None)
    queries: list[dict[str, object]] = [
        {"sort": "partner"},
        {"kecamatan": tebet.pk, "sort": "partner"},
        {"stage": "agreed", "sort": "partner"},
        {"stage": "cancelled"},
        {"kind": "loan"},
        {"partner": alpha.pk},
        {"cooperative": here.cooperative.kelurahan_id, "sort": "sum"},
        {"q": "dicari"},
        {"stage": "disbursed"},
    ]
    pages = [page_of(sudin_client, f"{SUPPORTS}?{urlencode(query)}") for query in queries]
    assert [(names_on(page), total_of(page), number_at(page, "data-sum")) for page in pages[:-1]] == [
        (["Alpha", "Beta", "Beta", "Beta"], 4, 111),
        (["Alpha", "Beta"], 2, 11),
        (["Alpha", "Beta"], 2, 1),
        (["Beta"], 1, 100),
        (["Beta"], 1, 10),
        (["Alpha"], 1, 1),
        (["Beta", "Alpha"], 2, 11),
        (["Beta"], 1, 100),
    ]
    assert (names_on(pages[-1]), total_of(pages[-1])) == ([], 0)
    assert "(1 tanpa nilai)" in pages[0].get_text()


def test_every_figure_opens_as_many_rows_as_it_says(sudin_client: Client) -> None:
    tebet = KecamatanFactory.create()
    partner = PartnerFactory.create()
    for stage in Stage:
        support_at(stage, partner=partner, cooperative__kelurahan__kecamatan=tebet)
        support_at(stage)
        support_at(stage, on=dt.date(2026, 3, 10))
    for query in ("", "?on=2026-02-20", f"?kecamatan={tebet.pk}"):
        for list_address, least in ((PARTNERS, 15), (SUPPORTS, 9)):
            figures = page_of(sudin_client, f"{list_address}{query}").select("a[data-figure]")
            said = [int(str(link["data-figure"])) for link in figures]
            assert said == [total_of(page_of(sudin_client, str(link["href"]))) for link in figures]
            assert len(said) >= least
            assert sum(said) > 0


def test_partner_list_sums_equal_the_list_they_open(sudin_client: Client) -> None:
    partner = PartnerFactory.create()
    for stage in Stage:
        support_at(stage, partner=partner, committed_idr=10)
    [link] = page_of(sudin_client, PARTNERS).select("tbody td a[href*=stage]")
    assert link.get_text() == "Rp\u00a040"
    assert number_at(page_of(sudin_client, str(link["href"])), "data-sum") == 40


def test_events_are_listed_with_who_came(client: Client) -> None:
    tebet = KecamatanFactory.create()
    event = EventFactory.create(title="Temu mitra", held_on=dt.date(2026, 1, 5))
    for cooperative in (CooperativeFactory.create(kelurahan__kecamatan=tebet), CooperativeFactory.create()):
        Attendance.objects.create(event=event, cooperative=cooperative)
    Attendance.objects.create(event=event, partner=PartnerFactory.create(name="Mitra Hadir"))

    def rows(user: User, query: str = "") -> list[list[str]]:
        client.force_login(user)
        page = page_of(client, EVENTS + query)
        return [
            [cell.get_text(" ", strip=True) for cell in row.select("th, td")]
            for row in page.select("tbody tr")
        ]

    sudin = UserFactory.create(sudin=True)
    assert rows(sudin) == [["Temu mitra", "5 Januari 2026", "1", "2"]]
    assert rows(sudin, f"?kecamatan={tebet.pk}") == [["Temu mitra", "5 Januari 2026", "1", "1"]]
    assert rows(officer_of(tebet)) == [["Temu mitra", "5 Januari 2026", "1", "1"]]
    assert rows(sudin, "?q=mitra+hadir") == [["Temu mitra", "5 Januari 2026", "1", "2"]]
    assert rows(sudin, "?on=2026-01-04") == []


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize(
    ("address", "queries"),
    [
        (PARTNERS, 5),
        (SUPPORTS, 10),
        (EVENTS, 5),
        ("/partners/supports/add/", 12),
        ("partner", 10),
        ("support", 9),
        ("event", 15),
        ("stage", 5),
    ],
)
def test_pages_cost_the_same_for_any_number_of_rows(
    sudin_client: Client,
    django_assert_num_queries: DjangoAssertNumQueries,
    address: str,
    queries: int,
    rows: int,
) -> None:
    partner, cooperative, event = PartnerFactory.create(), CooperativeFactory.create(), EventFactory.create()
    supports = [support_at(Stage.OFFERED, partner=partner) for _number in range(rows)]
    for support in supports:
        StageChangeFactory.create(
            support=supports[0], stage=Stage.COMMITTED, effective_on=dt.date(2026, 3, 1)
        )
        support_at(Stage.OFFERED, cooperative=cooperative)
        Attendance.objects.create(event=event, cooperative=support.cooperative)
        other = EventFactory.create()
        Attendance.objects.create(event=other, partner=partner)
    Attendance.objects.create(event=event, partner=partner)
    pages = {
        "partner": partner.get_absolute_url(),
        "support": supports[0].get_absolute_url(),
        "event": event.get_absolute_url(),
        "stage": reverse("partners:support_stage", args=[supports[0].pk]),
    }
    with django_assert_num_queries(queries + header.SUDIN):
        assert sudin_client.get(pages.get(address, address)).status_code == 200


@pytest.mark.parametrize("address", [PARTNERS, SUPPORTS, EVENTS])
@pytest.mark.parametrize(
    "query",
    [
        "on=2026-02-31", "on=2099-01-01", "on=1&on=2", "kecamatan=x", "page=abc", "page=" + "9" * 40, "sort=x", "stage=x",
        "kind=x", "partner=x", "partner=" + "9" * 40, "cooperative=%F0%9F%8C%BE", "category=x", "q=" + "a" * 10_000,
        "q=%25_", "format=pdf", "since=x", "known=x",
    ],
)  # fmt: skip
def test_any_address_gives_a_page(sudin_client: Client, address: str, query: str) -> None:
    Attendance.objects.create(event=EventFactory.create(), partner=support_at(Stage.OFFERED).partner)
    page_of(sudin_client, f"{address}?{query}")


@pytest.mark.parametrize("name", ["detail", "edit", "support_detail", "support_edit", "support_stage", "event_detail", "event_edit", "attendance_remove"])  # fmt: skip
def test_impossible_keys_are_not_found(sudin_client: Client, name: str) -> None:
    assert sudin_client.get(reverse(f"partners:{name}", args=[10**30])).status_code == 404


def test_exports_hold_the_rows_of_the_lists_and_are_logged(sudin_client: Client, sudin: User) -> None:
    support = support_at(Stage.COMMITTED, committed_idr=1_250_000, note="=1+1", partner__name="Mitra A")
    area = support.cooperative.kelurahan
    assert lines_of(sudin_client, f"{SUPPORTS}?format=csv&columns=cooperative,kind,stage,committed,note")[
        1:
    ] == [
        "Mitra;Kode kelurahan;Kecamatan;Kelurahan;Bentuk bantuan;Tahap;Tahap sejak;Nilai komitmen (Rp);Keterangan",
        f"Mitra A;{area.code};{area.kecamatan};{area.name};Hibah uang;Komitmen;01/02/2026;1250000;'=1+1",
    ]
    assert lines_of(sudin_client, f"{PARTNERS}?format=csv")[2:] == ["Mitra A;Perusahaan swasta;;1;1250000;;;"]
    Attendance.objects.create(event=EventFactory.create(title="Temu"), partner=support.partner)
    assert lines_of(sudin_client, f"{EVENTS}?format=csv")[2:] == ["Temu;;22/09/2025;1;0"]
    logged = AccessEvent.objects.filter(verb=Verb.EXPORTED).order_by("pk").values_list("user", "target")
    assert list(logged) == [
        (sudin.pk, f"Daftar {what} per 16/03/2026, Jakarta Selatan: 1 baris")
        for what in ("bantuan", "mitra", "acara")
    ]
