"""The back office of the territory: who keeps what is logged, history stays, nothing is deleted."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from cooperatives.models import AreaGrant, Cooperative, Kelurahan, PublicFact, PublishedFigure, Target
from kkmp.accounts.models import AccessEvent, Verb
from tests.factories import (
    AreaGrantFactory,
    BoardTermFactory,
    CooperativeFactory,
    KecamatanFactory,
    KelurahanFactory,
    PaperFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
DAY = dt.date(2026, 3, 1)


@pytest.fixture
def admin(client: Client) -> Client:
    client.force_login(UserFactory.create(admin=True))
    return client


def plant(name: str, number: int) -> Any:
    """One row of each model; territory is seen only where a cooperative stands."""
    cooperative = CooperativeFactory.create()
    source = "https://example.org/"
    day = DAY + dt.timedelta(days=number)
    rows: dict[str, Callable[[], Any]] = {
        "kecamatan": lambda: cooperative.kelurahan.kecamatan,
        "kelurahan": lambda: cooperative.kelurahan,
        "cooperative": lambda: cooperative,
        "areagrant": lambda: AreaGrantFactory.create(kelurahan=cooperative.kelurahan),
        "publicfact": lambda: PublicFact.objects.create(
            key=f"f{number}", cooperative=cooperative, text="Isi", on=day, source=source
        ),
        "publishedfigure": lambda: PublishedFigure.objects.create(
            on=day, running=1, idle=2, none=3, source=source
        ),
        "paper": lambda: PaperFactory.create(cooperative=cooperative, scanned=True),
        "boardterm": lambda: BoardTermFactory.create(cooperative=cooperative),
        "target": lambda: Target.objects.create(kecamatan=cooperative.kelurahan.kecamatan, on=day, running=3),
    }
    return rows[name]()


LISTS = {
    "kecamatan": 5,
    "kelurahan": 5,
    "cooperative": 5,
    "areagrant": 5,
    "publicfact": 8,
    "publishedfigure": 6,
    "target": 7,
    "paper": 5,
    "boardterm": 5,
}


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize("name", LISTS)
def test_list_costs_the_same_for_any_number_of_rows(
    admin: Client, django_assert_num_queries: DjangoAssertNumQueries, name: str, rows: int
) -> None:
    for number in range(rows):
        plant(name, number)
    with django_assert_num_queries(LISTS[name]):
        response = admin.get(f"/admin/cooperatives/{name}/")
    assert len(response.context["cl"].result_list) == rows


@pytest.mark.parametrize("name", LISTS)
def test_row_opens_searches_and_is_never_deleted(admin: Client, name: str) -> None:
    row = plant(name, 0)
    assert admin.get(f"/admin/cooperatives/{name}/", {"q": "x"}).status_code == 200
    assert admin.get(reverse(f"admin:cooperatives_{name}_change", args=[row.pk])).status_code == 200
    delete = reverse(f"admin:cooperatives_{name}_delete", args=[row.pk])
    assert admin.post(delete, {"post": "yes"}).status_code == 403
    row.refresh_from_db()


@pytest.mark.parametrize("name", ["kecamatan", "kelurahan", "cooperative", "paper", "boardterm"])
def test_territory_is_given_not_added(admin: Client, name: str) -> None:
    assert admin.get(reverse(f"admin:cooperatives_{name}_add")).status_code == 403


def test_grant_is_logged_when_made_and_when_changed(admin: Client) -> None:
    officer = UserFactory.create(username="petugas.baru")
    kelurahan = KelurahanFactory.create(name="Contoh")
    typed = {"user": officer.pk, "kelurahan": kelurahan.pk, "starts_on": "01/03/2026"}
    assert admin.post(reverse("admin:cooperatives_areagrant_add"), typed).status_code == 302
    grant = AreaGrant.objects.get()
    change = reverse("admin:cooperatives_areagrant_change", args=[grant.pk])
    assert admin.post(change, typed | {"ends_on": "31/03/2026", "version": "1"}).status_code == 302
    grant.refresh_from_db()
    assert (grant.ends_on, grant.version, grant.history.count()) == (dt.date(2026, 3, 31), 2, 2)
    logged = (
        AccessEvent.objects.filter(verb=Verb.RIGHT_CHANGED).order_by("pk").values_list("target", flat=True)
    )
    assert list(logged) == [
        "petugas.baru: wilayah Contoh, sejak 01/03/2026",
        "petugas.baru: wilayah Contoh, 01/03/2026 sampai 31/03/2026",
    ]


def test_grant_with_two_areas_or_none_is_refused_in_words(admin: Client) -> None:
    kelurahan = KelurahanFactory.create()
    typed = {"user": UserFactory.create().pk, "starts_on": "01/03/2026"}
    for areas in ({}, {"kelurahan": kelurahan.pk, "kecamatan": kelurahan.kecamatan_id}):
        page = admin.post(reverse("admin:cooperatives_areagrant_add"), typed | areas).content.decode()
        assert "Isi kecamatan atau kelurahan, salah satu saja." in page
    assert not AreaGrant.objects.exists()
    assert not AccessEvent.objects.filter(verb=Verb.RIGHT_CHANGED).exists()


def test_new_spelling_of_a_kelurahan_is_found_at_once(admin: Client) -> None:
    cooperative = CooperativeFactory.create(kelurahan__name="Rawajati")
    kelurahan = cooperative.kelurahan
    typed = {
        "kecamatan": kelurahan.kecamatan_id,
        "name": "Rawajati",
        "aliases": "Rawa Djati",
        "tile_col": kelurahan.tile_col,
        "tile_row": kelurahan.tile_row,
        "code": "00.00.00.0000",
    }
    address = reverse("admin:cooperatives_kelurahan_change", args=[kelurahan.pk])
    assert admin.post(address, typed).status_code == 302
    assert Kelurahan.objects.get() == kelurahan
    assert list(Cooperative.objects.search("rawa djati")) == [cooperative]


def test_target_of_the_city_once_a_day(admin: Client) -> None:
    typed = {"on": "31/12/2026", "running": "30", "idle": "5", "note": ""}
    assert admin.post(reverse("admin:cooperatives_target_add"), typed).status_code == 302
    page = admin.post(reverse("admin:cooperatives_target_add"), typed).content.decode()
    assert "Target kota untuk tanggal itu sudah ada." in page
    mine = typed | {"kecamatan": KecamatanFactory.create().pk}
    assert admin.post(reverse("admin:cooperatives_target_add"), mine).status_code == 302
    assert [target.running for target in Target.objects.all()] == [30, 30]


def test_papers_and_terms_are_corrected_and_no_file_is_linked(admin: Client) -> None:
    paper, term = PaperFactory.create(scanned=True), BoardTermFactory.create()
    address = reverse("admin:cooperatives_paper_change", args=[paper.pk])
    assert str(paper.file) not in admin.get(address).content.decode()
    typed = {
        "kind": "deed",
        "title": "",
        "number": "7 A",
        "issued_on": "02/06/2025",
        "expires_on": "",
        "version": "1",
    }
    assert admin.post(address, typed).status_code == 302
    address = reverse("admin:cooperatives_boardterm_change", args=[term.pk])
    typed = {
        "body": "board",
        "position": "member",
        "name": "Betul",
        "starts_on": "02/06/2025",
        "version": "1",
    }
    assert admin.post(address, typed).status_code == 302
    paper.refresh_from_db()
    term.refresh_from_db()
    assert (paper.number, paper.version, term.name, term.version) == ("7 A", 2, "Betul", 2)
