import pytest
from bs4 import BeautifulSoup
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from partners.models import Attendance, Event, Partner, Stage, StageChange, Support
from tests.factories import CooperativeFactory, UserFactory
from tests.partner_factories import EventFactory, PartnerFactory, StageChangeFactory, support_at

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(client: Client) -> Client:
    client.force_login(UserFactory.create(admin=True))
    return client


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize(
    ("model", "queries"),
    [("partner", 4), ("support", 6), ("stagechange", 7), ("event", 6), ("attendance", 6)],
)
def test_lists_cost_the_same_for_any_number_of_rows(
    admin: Client, django_assert_num_queries: DjangoAssertNumQueries, model: str, queries: int, rows: int
) -> None:
    for _number in range(rows):
        support = support_at(Stage.OFFERED)
        Attendance.objects.create(event=EventFactory.create(), cooperative=support.cooperative)
    with django_assert_num_queries(queries):
        assert admin.get(f"/admin/partners/{model}/").status_code == 200


@pytest.mark.parametrize("rows", [1, 3])
def test_pages_of_one_cost_the_same_for_any_number_of_inlines(
    admin: Client, django_assert_num_queries: DjangoAssertNumQueries, rows: int
) -> None:
    support, event = support_at(Stage.OFFERED), EventFactory.create()
    for _number in range(rows):
        StageChangeFactory.create(support=support)
        Attendance.objects.create(event=event, partner=PartnerFactory.create())
        Attendance.objects.create(event=event, cooperative=CooperativeFactory.create())
    for row, queries in ((support, 8), (event, 5)):
        with django_assert_num_queries(queries):
            change = reverse(f"admin:partners_{row._meta.model_name}_change", args=[row.pk])
            assert admin.get(change).status_code == 200


def test_stages_are_read_only(admin: Client) -> None:
    support = support_at(Stage.OFFERED)
    change = support.stage_changes.get()
    page = admin.get(reverse("admin:partners_stagechange_change", args=[change.pk]))
    assert (
        BeautifulSoup(page.content, "html.parser").select("form input[name=stage], form select[name=stage]")
        == []
    )
    assert admin.get(reverse("admin:partners_stagechange_add")).status_code == 403
    for address in ("change", "delete"):
        target = reverse(f"admin:partners_stagechange_{address}", args=[change.pk])
        assert admin.post(target, {"stage": "completed", "post": "yes"}).status_code == 403
    assert list(StageChange.objects.values_list("stage", flat=True)) == ["offered"]


def test_support_is_corrected_and_neither_begun_nor_deleted_here(admin: Client) -> None:
    support = support_at(Stage.OFFERED, committed_idr=5)
    event = EventFactory.create()
    change = reverse("admin:partners_support_change", args=[support.pk])
    inline = {"stage_changes-TOTAL_FORMS": 0, "stage_changes-INITIAL_FORMS": 0}
    typed = {"event": event.pk, "kind": "loan", "committed_idr": 7, "note": "", "version": 1}
    admin.post(change, typed | inline)
    stale = admin.post(change, typed | inline | {"committed_idr": 9})
    support.refresh_from_db()
    assert (support.event, support.kind, support.committed_idr, support.version) == (
        event,
        "loan",
        7,
        2,
    )
    assert "Nilai komitmen sekarang berisi “Rp\u00a07”" in stale.content.decode()
    assert admin.get(reverse("admin:partners_support_add")).status_code == 403
    assert (
        admin.post(reverse("admin:partners_support_delete", args=[support.pk]), {"post": "yes"}).status_code
        == 403
    )
    assert Support.objects.count() == 1


def test_event_keeps_its_attendance_in_one_page(admin: Client) -> None:
    partner, cooperative = PartnerFactory.create(), CooperativeFactory.create()
    typed = {
        "title": "Temu",
        "held_on": "2026-01-05",
        "place": "",
        "attendances-TOTAL_FORMS": 2,
        "attendances-INITIAL_FORMS": 0,
        "attendances-0-partner": partner.pk,
        "attendances-1-cooperative": cooperative.pk,
    }
    admin.post(reverse("admin:partners_event_add"), typed)
    event = Event.objects.get()
    assert set(event.attendances.values_list("partner", "cooperative")) == {
        (partner.pk, None),
        (None, cooperative.pk),
    }
    both = typed | {"title": "Lain", "attendances-0-cooperative": cooperative.pk}
    told = admin.post(reverse("admin:partners_event_add"), both)
    assert "Isi mitra atau koperasi, salah satu saja." in told.content.decode()
    assert Event.objects.count() == 1
    assert admin.get(event.get_absolute_url()).status_code == 200
    assert admin.get(reverse("admin:partners_event_change", args=[event.pk])).status_code == 200


def test_partner_has_a_history(admin: Client) -> None:
    partner = PartnerFactory.create(name="Nama Lama")
    change = reverse("admin:partners_partner_change", args=[partner.pk])
    admin.post(change, {"name": "Nama Baru", "category": "bank", "focus": "", "contact": "", "version": 1})
    assert [row.name for row in partner.history.order_by("version")] == ["Nama Lama", "Nama Baru"]
    assert admin.get(reverse("admin:partners_partner_history", args=[partner.pk])).status_code == 200
    assert (
        admin.post(reverse("admin:partners_partner_delete", args=[partner.pk]), {"post": "yes"}).status_code
        == 403
    )
    assert Partner.objects.count() == 1
