import datetime as dt
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import urlencode

import pytest
from bs4 import BeautifulSoup
from django.db import connection
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from kkmp.accounts.models import AccessEvent, User, Verb
from partners.models import Attendance, Event, Partner, Stage, StageChange, Support
from tests.factories import (
    CooperativeFactory,
    EventFactory,
    KecamatanFactory,
    PartnerFactory,
    StageChangeFactory,
    SupportFactory,
    UserFactory,
    officer_of,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]
PARTNERS, SUPPORTS, EVENTS = "/partners/", "/partners/supports/", "/partners/events/"
ODD_NAMES = ["<script>alert(1)</script>", "شركة المثال", "Mitra 🌾", "{{ 7|add:7 }}"]


@pytest.fixture
def sudin() -> User:
    return UserFactory.create(sudin=True, full_name="Staf Sudin")


@pytest.fixture
def sudin_client(client: Client, sudin: User) -> Client:
    client.force_login(sudin)
    return client


def page_of(client: Client, address: str) -> BeautifulSoup:
    response = client.get(address)
    assert response.status_code == 200, (address, response.status_code)
    return BeautifulSoup(response.content, "html.parser")


def names_on(page: BeautifulSoup) -> list[str]:
    return [cell.a.get_text() for cell in page.select("tbody th")]  # type: ignore[union-attr]


def total_of(page: BeautifulSoup) -> int:
    return int(page.select_one("[data-total]")["data-total"])  # type: ignore[index,arg-type]


def sum_of(page: BeautifulSoup) -> int:
    return int(page.select_one("[data-sum]")["data-sum"])  # type: ignore[index,arg-type]


def values_of(page: BeautifulSoup) -> dict[str, str]:
    """What the boxes and lists of the form hold."""
    boxes = {str(box["name"]): str(box.get("value", "")) for box in page.select("form.card input[name]")}
    chosen = {str(box["name"]): str(box.select_one("[selected]")["value"]) for box in page.select("form.card select:has([selected])")}  # type: ignore[index]  # fmt: skip
    return {name: value for name, value in (boxes | chosen).items() if name != "csrfmiddlewaretoken"}


def errors_of(content: bytes) -> list[str]:
    page = BeautifulSoup(content, "html.parser")
    return [item.get_text() for item in page.select(".field .errorlist li")]


def support_at(stage: Stage, on: dt.date = dt.date(2026, 2, 1), **values: Any) -> Support:
    support = SupportFactory.create(**values)
    StageChangeFactory.create(support=support, stage=stage, effective_on=on, reason="Alasan contoh")
    return support


def typed_support(support: Support, **changes: object) -> dict[str, object]:
    """A new support like this one, as the form sends it."""
    return {
        "partner": support.partner_id,
        "cooperative": support.cooperative.kelurahan_id,
        "kind": "loan",
        "committed_idr": "Rp 1.250.000",
        "note": "Catatan",
        "stage": "offered",
        "effective_on": "2026-03-01",
        "reason": "",
    } | changes


# --- lists --------------------------------------------------------------------


def test_supports_are_listed_with_their_stage_on_the_day(sudin_client: Client) -> None:
    support = SupportFactory.create()
    for stage, on in [(Stage.OFFERED, dt.date(2026, 1, 10)), (Stage.COMMITTED, dt.date(2026, 2, 10))]:
        StageChangeFactory.create(support=support, stage=stage, effective_on=on)
    shown = {}
    for on in ("2026-01-09", "2026-01-10", "2026-02-10"):
        page = page_of(sudin_client, f"{SUPPORTS}?on={on}")
        shown[on] = [cell.get_text(" ", strip=True) for cell in page.select("tbody td[data-label=Tahap]")]
    assert shown == {
        "2026-01-09": [],
        "2026-01-10": ["Ditawarkan sejak 10 Januari 2026"],
        "2026-02-10": ["Komitmen sejak 10 Februari 2026"],
    }


def test_filters_narrow_rows_count_and_sum_alike(sudin_client: Client) -> None:
    tebet = KecamatanFactory.create()
    alpha, beta = PartnerFactory.create(name="Alpha"), PartnerFactory.create(name="Beta")
    here = support_at(Stage.COMMITTED, partner=alpha, cooperative__kelurahan__kecamatan=tebet, committed_idr=1)
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
    assert [(names_on(page), total_of(page), sum_of(page)) for page in pages[:-1]] == [
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
    link = page_of(sudin_client, PARTNERS).select_one("tbody td:last-child a")
    assert link
    assert link.get_text() == "Rp\u00a040"
    assert sum_of(page_of(sudin_client, str(link["href"]))) == 40


def test_events_are_listed_with_who_came(client: Client) -> None:
    tebet = KecamatanFactory.create()
    event = EventFactory.create(title="Temu mitra", held_on=dt.date(2026, 1, 5))
    for cooperative in (CooperativeFactory.create(kelurahan__kecamatan=tebet), CooperativeFactory.create()):
        Attendance.objects.create(event=event, cooperative=cooperative)
    Attendance.objects.create(event=event, partner=PartnerFactory.create(name="Mitra Hadir"))

    def rows(user: User, query: str = "") -> list[list[str]]:
        client.force_login(user)
        page = page_of(client, EVENTS + query)
        return [[cell.get_text(" ", strip=True) for cell in row.select("th, td")] for row in page.select("tbody tr")]

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
        (SUPPORTS, 9),
        (EVENTS, 5),
        (f"{PARTNERS}?format=csv", 5),
        (f"{SUPPORTS}?format=xlsx", 5),
        (f"{EVENTS}?format=csv", 5),
        ("/partners/supports/add/", 4),
        ("partner", 8),
        ("support", 6),
        ("event", 8),
        ("stage", 5),
    ],
)
def test_pages_cost_the_same_for_any_number_of_rows(
    sudin_client: Client, django_assert_num_queries: DjangoAssertNumQueries, address: str, queries: int, rows: int
) -> None:
    partner, cooperative, event = PartnerFactory.create(), CooperativeFactory.create(), EventFactory.create()
    supports = [support_at(Stage.OFFERED, partner=partner) for _number in range(rows)]
    for support in supports:
        StageChangeFactory.create(support=supports[0], stage=Stage.COMMITTED, effective_on=dt.date(2026, 3, 1))
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
    with django_assert_num_queries(queries):
        assert sudin_client.get(pages.get(address, address)).status_code == 200


# --- who may ------------------------------------------------------------------


def test_officer_sees_only_what_concerns_their_area(client: Client) -> None:
    tebet = KecamatanFactory.create()
    partner = PartnerFactory.create(name="Mitra Bersama")
    event = EventFactory.create()
    mine = support_at(Stage.OFFERED, partner=partner, cooperative__kelurahan__kecamatan=tebet, committed_idr=1111)
    theirs = support_at(Stage.OFFERED, partner=partner, committed_idr=987_654, note="Rahasia tetangga")
    came = [Attendance.objects.create(event=event, cooperative=support.cooperative) for support in (mine, theirs)]
    client.force_login(officer_of(tebet))
    addresses = [
        PARTNERS, partner.get_absolute_url(), SUPPORTS, mine.get_absolute_url(), EVENTS, event.get_absolute_url(),
        f"{SUPPORTS}?q=Rahasia", f"{SUPPORTS}?cooperative={theirs.cooperative.kelurahan_id}",
        f"{SUPPORTS}?kecamatan={theirs.cooperative.kelurahan.kecamatan_id}",
        f"{PARTNERS}?format=csv", f"{SUPPORTS}?format=csv", f"{EVENTS}?format=csv",
    ]  # fmt: skip
    for address in addresses:
        response = client.get(address)
        assert response.status_code == 200
        content = response.content.decode()
        leaked = [
            secret
            for secret in (theirs.cooperative.kelurahan.name, "Rahasia tetangga", "987.654", "987654")
            if secret in content
        ]
        # The searched word comes back in its box.
        assert leaked == (["Rahasia tetangga"] if "Rahasia tetangga" in address else [])
    hidden = [theirs.get_absolute_url()]
    hidden += [reverse(f"partners:{name}", args=[theirs.pk]) for name in ("support_edit", "support_stage")]
    hidden += [reverse("partners:attendance_remove", args=[came[1].pk])]
    assert {address: client.get(address).status_code for address in hidden} == dict.fromkeys(hidden, 404)
    assert {address: client.post(address, {}).status_code for address in hidden[1:]} == dict.fromkeys(hidden[1:], 404)


@pytest.mark.parametrize("trait", ["officer", "leader", "admin"])
def test_whoever_may_only_read_is_refused(client: Client, trait: str) -> None:
    support = support_at(Stage.OFFERED)
    event = EventFactory.create()
    attendance = Attendance.objects.create(event=event, cooperative=support.cooperative)
    user = officer_of(support.cooperative.kelurahan) if trait == "officer" else UserFactory.create(**{trait: True})
    client.force_login(user)
    reading = [PARTNERS, SUPPORTS, EVENTS, support.get_absolute_url(), support.partner.get_absolute_url(), event.get_absolute_url()]  # fmt: skip
    writing = [
        reverse("partners:support_add"),
        reverse("partners:support_stage", args=[support.pk]),
    ]
    correcting = [
        reverse("partners:add"),
        reverse("partners:edit", args=[support.partner_id]),
        reverse("partners:support_edit", args=[support.pk]),
        reverse("partners:event_add"),
        reverse("partners:event_edit", args=[event.pk]),
        reverse("partners:attendance_remove", args=[attendance.pk]),
    ]
    # Admins correct rows and start nothing.
    refused = writing if trait == "admin" else writing + correcting
    for address in reading:
        page = page_of(client, address)
        links = {str(link["href"]).partition("?")[0] for link in page.select("main a[href]")}
        assert links & set(refused) == set()
    assert {address: client.get(address).status_code for address in refused} == dict.fromkeys(refused, 403)
    assert {address: client.post(address, {}).status_code for address in refused} == dict.fromkeys(refused, 403)
    assert (Partner.objects.count(), Support.objects.count(), StageChange.objects.count(), Attendance.objects.count()) == (1, 1, 1, 1)  # fmt: skip


# --- partners -----------------------------------------------------------------


def test_partner_is_added_shown_and_changed(sudin_client: Client, sudin: User) -> None:
    typed = {"name": "  Bank  Contoh ", "category": "bank", "focus": "Modal", "contact": ""}
    sudin_client.post(reverse("partners:add"), typed)
    partner = Partner.objects.get()
    assert (partner.name, partner.category, partner.history.get().history_user) == ("Bank Contoh", "bank", sudin)
    facts = page_of(sudin_client, partner.get_absolute_url()).select(".facts dd")
    assert [fact.get_text(strip=True) for fact in facts] == ["Bank / lembaga keuangan", "Modal", "belum diisi"]
    edit = reverse("partners:edit", args=[partner.pk])
    sudin_client.post(edit, typed | {"name": "Bank Baru", "version": 1})
    stale = sudin_client.post(edit, typed | {"name": "Bank Lain", "version": 1})
    partner.refresh_from_db()
    assert (partner.name, partner.version) == ("Bank Baru", 2)
    page = BeautifulSoup(stale.content, "html.parser")
    assert "Nama mitra sekarang berisi “Bank Baru”" in page.get_text()
    assert (values_of(page)["name"], values_of(page)["version"]) == ("Bank Lain", "2")
    assert page.h1.get_text() == "Ubah data Bank Baru"  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("changes", "errors"),
    [
        ({"name": "mitra LAMA"}, ["Mitra ini sudah tercatat sebagai “Mitra Lama”."]),
        ({"name": " ", "category": ""}, ["Bidang ini tidak boleh kosong."] * 2),
        ({"name": "a" * 10_000}, ["Pastikan nilai ini mengandung paling banyak 150 karakter (sekarang 10000 karakter)."]),
        ({"focus": "a\x00"}, ["Karakter null tidak diizinkan."]),
    ],
)  # fmt: skip
def test_bad_partner_is_told(sudin_client: Client, changes: dict[str, str], errors: list[str]) -> None:
    PartnerFactory.create(name="Mitra Lama")
    wanted = {"name": "Mitra Baru", "category": "bumn", "focus": "", "contact": "Kantor"} | changes
    response = sudin_client.post(reverse("partners:add"), wanted)
    assert errors_of(response.content) == errors
    kept = values_of(BeautifulSoup(response.content, "html.parser"))
    assert {name: kept.get(name, "") for name in wanted} == wanted
    assert Partner.objects.count() == 1


@pytest.mark.parametrize("name", ODD_NAMES)
def test_any_name_is_kept_and_shown_as_text(sudin_client: Client, name: str) -> None:
    sudin_client.post(reverse("partners:add"), {"name": name, "category": "bumn"})
    partner = Partner.objects.get()
    support = support_at(Stage.OFFERED, partner=partner, note=name)
    event = EventFactory.create(title=name, place=name)
    Attendance.objects.create(event=event, partner=partner)
    for address in (PARTNERS, SUPPORTS, EVENTS, *(row.get_absolute_url() for row in (partner, support, event))):
        page = page_of(sudin_client, address)
        assert name in page.get_text()
        assert [script.get_text() for script in page.select("script:not([src])")] == []


# --- supports -----------------------------------------------------------------


def test_support_is_added_with_its_first_stage(sudin_client: Client, sudin: User) -> None:
    like = SupportFactory.create()
    add = reverse("partners:support_add")
    asked = f"{add}?partner={like.partner_id}&cooperative={like.cooperative.kelurahan_id}"
    chosen = values_of(page_of(sudin_client, asked))
    assert (chosen["partner"], chosen["cooperative"]) == (str(like.partner_id), like.cooperative.kelurahan_id)
    sudin_client.post(add, typed_support(like))
    support = Support.objects.exclude(pk=like.pk).get()
    assert (support.partner, support.cooperative, support.kind, support.committed_idr, support.note) == (
        like.partner, like.cooperative, "loan", 1_250_000, "Catatan",
    )  # fmt: skip
    assert [(row.stage, row.effective_on, row.by) for row in support.stage_changes.all()] == [
        ("offered", dt.date(2026, 3, 1), sudin)
    ]


@pytest.mark.parametrize(
    ("changes", "errors"),
    [
        ({"committed_idr": "0"}, ["Nilai lebih dari Rp 0, atau kosongkan."]),
        ({"committed_idr": "-5"}, ["“-5” bukan jumlah rupiah. Contoh: 1.250.000."]),
        ({"committed_idr": "9" * 30}, ["“" + "9" * 30 + "” bukan jumlah rupiah. Contoh: 1.250.000."]),
        ({"committed_idr": "1" + ".000" * 6}, ["Jumlah rupiah di luar batas yang wajar."]),
        ({"committed_idr": "1" + ".000" * 3000}, ["“" + "1.000" + ".000" * 8 + ".00” bukan jumlah rupiah. Contoh: 1.250.000."]),
        ({"effective_on": "2026-03-17"}, ["Tanggal ini belum terjadi; paling akhir hari ini."]),
        ({"effective_on": "31/02/2026"}, ["“31/02/2026” bukan tanggal. Contoh: 22/09/2025."]),
        ({"stage": "cancelled"}, ["Tulis alasan pembatalan."]),
        ({"stage": "x", "kind": ""}, ["Bidang ini tidak boleh kosong.", "Masukkan pilihan yang valid. x bukan salah satu dari pilihan yang tersedia."]),
        ({"partner": "9" * 40}, ["Masukkan pilihan yang valid. Pilihan tersebut bukan salah satu dari pilihan yang tersedia."]),
        ({"cooperative": "31.74.99.9999"}, ["Masukkan pilihan yang valid. Pilihan tersebut bukan salah satu dari pilihan yang tersedia."]),
        ({"cooperative": "a\x00"}, ["Karakter null tidak diizinkan."]),
        ({"note": "a" * 10_000}, ["Pastikan nilai ini mengandung paling banyak 300 karakter (sekarang 10000 karakter)."]),
    ],
)  # fmt: skip
def test_bad_support_is_told_and_nothing_typed_is_lost(
    sudin_client: Client, changes: dict[str, str], errors: list[str]
) -> None:
    wanted = typed_support(SupportFactory.create(), **changes)
    response = sudin_client.post(reverse("partners:support_add"), wanted)
    assert errors_of(response.content) == errors
    kept = values_of(BeautifulSoup(response.content, "html.parser"))
    for name in ("committed_idr", "effective_on", "note", "reason"):
        assert kept[name] == wanted[name]
    assert (Support.objects.count(), StageChange.objects.count()) == (1, 0)


@pytest.mark.parametrize("query", ["partner=abc", "partner=" + "9" * 40, "cooperative=x", "partner=&cooperative="])
def test_odd_prefill_is_ignored(sudin_client: Client, query: str) -> None:
    page = page_of(sudin_client, f"{reverse('partners:support_add')}?{query}")
    assert page.select("select[name=partner] [selected]:not([value=''])") == []


def test_support_page_shows_the_stages_by_the_day(sudin_client: Client, sudin: User) -> None:
    support = SupportFactory.create(committed_idr=None)
    for stage, on in [(Stage.OFFERED, dt.date(2026, 1, 10)), (Stage.COMMITTED, dt.date(2026, 2, 10))]:
        StageChangeFactory.create(support=support, stage=stage, effective_on=on, by=sudin)

    def stages(query: str) -> tuple[list[str], bool]:
        page = page_of(sudin_client, support.get_absolute_url() + query)
        lines = [item.p.get_text(" ", strip=True) for item in page.select("section[aria-labelledby=stages] .history li")]  # type: ignore[union-attr]
        return lines, "1 tahap lagi sesudah hari itu" in page.get_text()

    assert stages("") == (["Komitmen berlaku", "Ditawarkan"], False)
    assert stages("?on=2026-01-20") == (["Ditawarkan berlaku"], True)
    page = page_of(sudin_client, support.get_absolute_url()).get_text(" ", strip=True)
    assert "dicatat Staf Sudin" in page
    assert "Nilai komitmen belum diisi" in page


def test_support_is_changed_by_one_editor_at_a_time(sudin_client: Client) -> None:
    support = support_at(Stage.OFFERED, committed_idr=5)
    edit = reverse("partners:support_edit", args=[support.pk])
    typed = {"kind": "loan", "committed_idr": "7.000", "note": ""}
    sudin_client.post(edit, typed | {"version": 1})
    stale = sudin_client.post(edit, typed | {"version": 1, "committed_idr": "9.000"})
    support.refresh_from_db()
    assert (support.kind, support.committed_idr, support.version) == ("loan", 7000, 2)
    kept = values_of(BeautifulSoup(stale.content, "html.parser"))
    assert (kept["committed_idr"], kept["version"]) == ("9.000", "2")


def test_stage_is_recorded_and_a_step_back_has_to_be_ticked(sudin_client: Client, sudin: User) -> None:
    support = support_at(Stage.COMMITTED)
    address = reverse("partners:support_stage", args=[support.pk])
    page = page_of(sudin_client, address)
    assert values_of(page) == {
        "last_seen": str(support.stage_changes.get().pk), "effective_on": "2026-03-16", "reason": "", "stage": "",
    }  # fmt: skip
    typed = values_of(page) | {"stage": "offered", "reason": "Mitra menunda"}
    told = BeautifulSoup(sudin_client.post(address, typed).content, "html.parser")
    assert "Tahapnya mundur: dari “Komitmen” (sejak 1 Februari 2026) ke “Ditawarkan”." in told.get_text()
    assert (values_of(told)["reason"], values_of(told)["stage"]) == ("Mitra menunda", "offered")
    done = sudin_client.post(address, typed | {"step_back": "on"}, follow=True)
    assert "Tahap “Ditawarkan” tercatat sejak 16 Maret 2026" in done.content.decode()
    assert [(row.stage, row.by) for row in support.stage_changes.all()][0] == ("offered", sudin)


def test_second_writer_of_a_stage_is_told_and_may_save_again(sudin_client: Client) -> None:
    support = support_at(Stage.OFFERED)
    address = reverse("partners:support_stage", args=[support.pk])
    typed = values_of(page_of(sudin_client, address)) | {"stage": "disbursed", "effective_on": "2026-03-02"}
    newer = StageChangeFactory.create(support=support, effective_on=dt.date(2026, 3, 1), by__full_name="Staf Lain")
    told = BeautifulSoup(sudin_client.post(address, typed).content, "html.parser")
    assert "Staf Lain baru saja mencatat tahap “Komitmen” sejak 1 Maret 2026." in told.get_text()
    again = values_of(told)
    assert (again["stage"], again["last_seen"]) == ("disbursed", str(newer.pk))
    assert sudin_client.post(address, again)["Location"] == support.get_absolute_url()
    assert support.stage_changes.count() == 3


@pytest.mark.parametrize("last_seen", ["", "x", "9" * 40, "-1"])
def test_stage_without_what_was_seen_is_told(sudin_client: Client, last_seen: str) -> None:
    support = support_at(Stage.OFFERED)
    address = reverse("partners:support_stage", args=[support.pk])
    typed = {"stage": "committed", "effective_on": "2026-03-02", "last_seen": last_seen}
    assert sudin_client.post(address, typed).status_code == 200
    assert support.stage_changes.count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_people_who_record_a_stage_at_once_one_is_told() -> None:
    people = UserFactory.create_batch(2, sudin=True)
    support = support_at(Stage.OFFERED)
    address = reverse("partners:support_stage", args=[support.pk])
    typed = {"stage": "committed", "effective_on": "2026-03-02", "last_seen": support.stage_changes.get().pk}
    together = threading.Barrier(2)

    def submit(user: User) -> int:
        client = Client()
        client.force_login(user)
        together.wait()
        try:
            return client.post(address, typed).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(submit, people)) == [200, 302]
    assert support.stage_changes.count() == 2


# --- events -------------------------------------------------------------------


def test_event_is_added_and_attendance_recorded_and_removed(sudin_client: Client) -> None:
    typed = {"title": "Temu mitra", "held_on": "2026-03-01", "place": ""}
    sudin_client.post(reverse("partners:event_add"), typed)
    event = Event.objects.get()
    partners = PartnerFactory.create_batch(2)
    cooperative = CooperativeFactory.create()
    add = reverse("partners:attendance_add", args=[event.pk])
    chosen = {"partners": [partner.pk for partner in partners], "cooperatives": [cooperative.pk]}
    told = sudin_client.post(add, chosen, follow=True)
    assert "3 kehadiran tercatat." in told.content.decode()
    assert "0 kehadiran tercatat." in sudin_client.post(add, chosen, follow=True).content.decode()
    offered = page_of(sudin_client, event.get_absolute_url()).select("input[type=checkbox]")
    assert offered == []
    row = event.attendances.get(partner=partners[0])
    remove = reverse("partners:attendance_remove", args=[row.pk])
    assert partners[0].name in page_of(sudin_client, remove).get_text()
    assert event.attendances.count() == 3
    sudin_client.post(remove)
    assert sudin_client.post(remove).status_code == 404
    assert event.attendances.count() == 2


@pytest.mark.parametrize(
    "chosen", [{}, {"partners": ["x"]}, {"partners": ["9" * 40]}, {"cooperatives": ["a\x00"]}, {"partners": ["-1"]}]
)
def test_bad_attendance_is_told(sudin_client: Client, chosen: dict[str, list[str]]) -> None:
    event = EventFactory.create()
    PartnerFactory.create()
    CooperativeFactory.create()
    response = sudin_client.post(reverse("partners:attendance_add", args=[event.pk]), chosen)
    page = BeautifulSoup(response.content, "html.parser")
    assert response.status_code == 200
    assert page.select("details[open] [role=alert]") != []
    assert event.attendances.count() == 0


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"held_on": "2026-03-17"}, "Tanggal ini belum terjadi; paling akhir hari ini."),
        ({"held_on": "30/02/2026"}, "“30/02/2026” bukan tanggal. Contoh: 22/09/2025."),
        ({"title": "Sudah ada", "held_on": "2026-03-01"}, "Acara ini sudah dicatat untuk tanggal itu."),
        ({"title": "a" * 10_000}, "Pastikan nilai ini mengandung paling banyak 200 karakter (sekarang 10000 karakter)."),
    ],
)
def test_bad_event_is_told(sudin_client: Client, changes: dict[str, str], error: str) -> None:
    EventFactory.create(title="Sudah ada", held_on=dt.date(2026, 3, 1))
    wanted = {"title": "Baru", "held_on": "2026-03-01", "place": "Balai"} | changes
    response = sudin_client.post(reverse("partners:event_add"), wanted)
    page = BeautifulSoup(response.content, "html.parser")
    assert error in page.select_one("[role=alert]").get_text()  # type: ignore[union-attr]
    assert values_of(page) == wanted
    assert Event.objects.count() == 1


def test_event_is_changed_by_one_editor_at_a_time(sudin_client: Client) -> None:
    event = EventFactory.create()
    edit = reverse("partners:event_edit", args=[event.pk])
    typed = {"title": "Judul baru", "held_on": "2026-03-01", "place": ""}
    assert sudin_client.post(edit, typed | {"version": 1})["Location"] == event.get_absolute_url()
    stale = sudin_client.post(edit, typed | {"title": "Judul lain", "version": 1})
    assert "Acara sekarang berisi “Judul baru”" in stale.content.decode()
    event.refresh_from_db()
    assert (event.title, event.version) == ("Judul baru", 2)


# --- addresses ----------------------------------------------------------------


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
    lines = sudin_client.get(f"{SUPPORTS}?format=csv").content.decode("utf-8-sig").splitlines()
    assert lines[1:] == [
        "Mitra;Kode kelurahan;Kecamatan;Kelurahan;Bentuk bantuan;Nilai komitmen (Rp);Tahap;Tahap sejak;Keterangan",
        f"Mitra A;{area.code};{area.kecamatan};{area.name};Hibah uang;1250000;Komitmen;01/02/2026;'=1+1",
    ]
    partners = sudin_client.get(f"{PARTNERS}?format=csv").content.decode("utf-8-sig").splitlines()
    assert partners[2:] == ["Mitra A;Perusahaan swasta;;1;1250000"]
    Attendance.objects.create(event=EventFactory.create(title="Temu"), partner=support.partner)
    events = sudin_client.get(f"{EVENTS}?format=csv").content.decode("utf-8-sig").splitlines()
    assert events[2:] == ["22/09/2025;Temu;;1;0"]
    logged = AccessEvent.objects.filter(verb=Verb.EXPORTED).order_by("pk").values_list("user", "target")
    assert list(logged) == [
        (sudin.pk, "daftar bantuan, 1 baris"),
        (sudin.pk, "daftar mitra, 1 baris"),
        (sudin.pk, "daftar acara, 1 baris"),
    ]
