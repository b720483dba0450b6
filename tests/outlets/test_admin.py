"""The back office of outlets: corrections with history, facts to read, nothing to delete."""

import datetime as dt
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from factory.django import DjangoModelFactory
from pytest_django import DjangoAssertNumQueries

from outlets.models import CapitalNeed, Outlet, StatusChange
from tests.factories import (
    CapitalNeedFactory,
    CooperativeFactory,
    OutletFactory,
    StatusChangeFactory,
    UserFactory,
    VisitFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(client: Client) -> Client:
    client.force_login(UserFactory.create(admin=True))
    return client


LISTS: dict[str, tuple[type[DjangoModelFactory[Any]], int]] = {
    "outlet": (OutletFactory, 5),
    "capitalneed": (CapitalNeedFactory, 7),
    "statuschange": (StatusChangeFactory, 7),
    "visit": (VisitFactory, 7),
}


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize("name", LISTS)
def test_list_costs_the_same_for_any_number_of_rows(
    admin: Client, django_assert_num_queries: DjangoAssertNumQueries, name: str, rows: int
) -> None:
    factory, count = LISTS[name]
    factory.create_batch(rows)
    with django_assert_num_queries(count):
        response = admin.get(f"/admin/outlets/{name}/")
    assert len(response.context["cl"].result_list) == rows


@pytest.mark.parametrize("name", LISTS)
def test_row_opens_is_found_and_is_never_deleted(admin: Client, name: str) -> None:
    row = LISTS[name][0].create()
    cooperative = row.outlet.cooperative if hasattr(row, "outlet") else row.cooperative
    found = admin.get(f"/admin/outlets/{name}/", {"q": cooperative.kelurahan.name}).context["cl"].result_list
    assert list(found) == [row]
    assert admin.get(reverse(f"admin:outlets_{name}_change", args=[row.pk])).status_code == 200
    assert (
        admin.post(reverse(f"admin:outlets_{name}_delete", args=[row.pk]), {"post": "yes"}).status_code == 403
    )
    row.refresh_from_db()


def test_status_change_is_read_only(admin: Client) -> None:
    change = StatusChangeFactory.create(note="Alasan")
    address = reverse("admin:outlets_statuschange_change", args=[change.pk])
    assert admin.post(address, {"note": "Lain"}).status_code == 403
    assert admin.get(reverse("admin:outlets_statuschange_add")).status_code == 403
    change.refresh_from_db()
    assert (change.note, StatusChange.objects.count()) == ("Alasan", 1)


def test_outlet_is_corrected_with_history_and_stays_with_its_cooperative(admin: Client) -> None:
    outlet = OutletFactory.create(name="Lama")
    other = CooperativeFactory.create()
    address = reverse("admin:outlets_outlet_change", args=[outlet.pk])
    typed = {"name": "Baru", "kind": "grocery", "version": "1", "cooperative": other.pk}
    assert admin.post(address, typed).status_code == 302
    changed = Outlet.objects.get()
    assert (changed.name, changed.cooperative, changed.version) == ("Baru", outlet.cooperative, 2)
    assert [row.name for row in changed.history.order_by("history_id")] == ["Lama", "Baru"]
    page = admin.post(address, typed | {"name": "Terlambat"}).content.decode()
    assert "Nama gerai sekarang berisi “Baru”" in page
    added = {"name": "Baru lagi", "kind": "clinic", "cooperative": other.pk}
    assert admin.post(reverse("admin:outlets_outlet_add"), added).status_code == 302
    assert Outlet.objects.get(name="Baru lagi").cooperative == other


def test_need_is_corrected(admin: Client) -> None:
    need = CapitalNeedFactory.create()
    address = reverse("admin:outlets_capitalneed_change", args=[need.pk])
    typed = {
        "outlet": need.outlet_id,
        "purpose": "stock",
        "text": "Beras",
        "amount_idr": "9",
        "since_on": "01/03/2026",
        "version": "1",
    }
    assert admin.post(address, typed).status_code == 302
    found = CapitalNeed.objects.get()
    assert (found.text, found.amount_idr, found.since_on) == ("Beras", 9, dt.date(2026, 3, 1))
    assert admin.get(reverse("admin:outlets_capitalneed_history", args=[need.pk])).status_code == 200


@pytest.mark.parametrize("role", ["sudin", "leader"])
def test_back_office_is_for_one_role(client: Client, role: str) -> None:
    client.force_login(UserFactory.create(**{role: True}))
    for name in LISTS:
        assert client.get(f"/admin/outlets/{name}/").status_code == 403
