import datetime as dt

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from django.urls import reverse

from kkmp.accounts.models import User
from partners.models import Attendance, Event, Partner, Stage
from tests.factories import CooperativeFactory
from tests.partner_factories import EventFactory, PartnerFactory, support_at
from tests.reading import errors_of, page_of, text_of, values_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]
PARTNERS, SUPPORTS, EVENTS = "/partners/", "/partners/supports/", "/partners/events/"
EMPTY = "Bidang ini tidak boleh kosong."
TOO_LONG = "Pastikan nilai ini mengandung paling banyak %s karakter (sekarang %s karakter)."
ODD_NAMES = ["<script>alert(1)</script>", "شركة المثال", "Mitra 🌾", "{{ 7|add:7 }}"]


def test_partner_is_added_shown_and_changed(sudin_client: Client, sudin: User) -> None:
    typed = {"name": "  Bank  Contoh ", "category": "bank", "focus": "Modal", "contact": ""}
    sudin_client.post(reverse("partners:add"), typed)
    partner = Partner.objects.get()
    assert (partner.name, partner.category, partner.history.get().history_user) == (
        "Bank Contoh",
        "bank",
        sudin,
    )
    facts = page_of(sudin_client, partner.get_absolute_url()).select(".facts dd")
    assert [fact.get_text(strip=True) for fact in facts] == [
        "Bank / lembaga keuangan",
        "Modal",
        "belum diisi",
    ]
    edit = reverse("partners:edit", args=[partner.pk])
    sudin_client.post(edit, typed | {"name": "Bank Baru", "version": 1})
    stale = sudin_client.post(edit, typed | {"name": "Bank Lain", "version": 1})
    partner.refresh_from_db()
    assert (partner.name, partner.version) == ("Bank Baru", 2)
    page = BeautifulSoup(stale.content, "html.parser")
    assert "Nama mitra sekarang berisi “Bank Baru”" in page.get_text()
    assert (values_of(page)["name"], values_of(page)["version"]) == ("Bank Lain", "2")
    assert text_of(page, "h1") == "Ubah data Bank Baru"


@pytest.mark.parametrize(
    ("changes", "errors"),
    [
        ({"name": "mitra LAMA"}, {"name": ["Mitra ini sudah tercatat sebagai “Mitra Lama”."]}),
        (
            {"name": " ", "category": ""},
            {"name": [EMPTY], "category": [EMPTY]},
        ),
        ({"name": "a" * 10_000}, {"name": [TOO_LONG % (150, 10_000)]}),
        ({"focus": "a\x00"}, {"focus": ["Karakter null tidak diizinkan."]}),
    ],
)
def test_bad_partner_is_told(
    sudin_client: Client, changes: dict[str, str], errors: dict[str, list[str]]
) -> None:
    PartnerFactory.create(name="Mitra Lama")
    wanted = {"name": "Mitra Baru", "category": "bumn", "focus": "", "contact": "Kantor"} | changes
    page = BeautifulSoup(sudin_client.post(reverse("partners:add"), wanted).content, "html.parser")
    assert errors_of(page) == errors
    assert values_of(page) == wanted
    assert Partner.objects.count() == 1


@pytest.mark.parametrize("name", ODD_NAMES)
def test_any_name_is_kept_and_shown_as_text(sudin_client: Client, name: str) -> None:
    sudin_client.post(reverse("partners:add"), {"name": name, "category": "bumn"})
    partner = Partner.objects.get()
    support = support_at(Stage.OFFERED, partner=partner, note=name)
    event = EventFactory.create(title=name, place=name)
    Attendance.objects.create(event=event, partner=partner)
    for address in (
        PARTNERS,
        SUPPORTS,
        EVENTS,
        *(row.get_absolute_url() for row in (partner, support, event)),
    ):
        page = page_of(sudin_client, address)
        assert name in page.get_text()
        assert [script.get_text() for script in page.select("script:not([src])")] == []


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
    "chosen",
    [{}, {"partners": ["x"]}, {"partners": ["9" * 40]}, {"cooperatives": ["a\x00"]}, {"partners": ["-1"]}],
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
        ({"title": "a" * 10_000}, TOO_LONG % (200, 10_000)),
    ],
)
def test_bad_event_is_told(sudin_client: Client, changes: dict[str, str], error: str) -> None:
    EventFactory.create(title="Sudah ada", held_on=dt.date(2026, 3, 1))
    wanted = {"title": "Baru", "held_on": "2026-03-01", "place": "Balai"} | changes
    response = sudin_client.post(reverse("partners:event_add"), wanted)
    page = BeautifulSoup(response.content, "html.parser")
    assert error in text_of(page, "[role=alert]")
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
