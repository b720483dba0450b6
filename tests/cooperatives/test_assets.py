"""What a cooperative owned: statements of a day with their source, corrected with history."""

import datetime as dt

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from cooperatives.models import AssetStatement, Cooperative
from kkmp.accounts.models import User
from tests import header
from tests.factories import AssetStatementFactory, UserFactory
from tests.reading import errors_of, page_of, text_of, total_of, values_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]
JUNE, DECEMBER = dt.date(2025, 6, 30), dt.date(2025, 12, 31)


def assets_of(cooperative: Cooperative) -> str:
    return reverse("cooperatives:assets", args=[cooperative.kelurahan_id])


def rows_on(page: BeautifulSoup) -> list[list[str]]:
    return [
        [cell.get_text(" ", strip=True) for cell in row.select("th, td")] for row in page.select("tbody tr")
    ]


def test_statements_are_listed_as_of_the_day(client: Client, officer: User, mine: Cooperative) -> None:
    AssetStatementFactory.create(cooperative=mine, on=JUNE, amount_idr=80_000_000, source="Neraca Juni")
    AssetStatementFactory.create(cooperative=mine, on=DECEMBER, source="RAT")
    AssetStatementFactory.create()
    shown = {}
    for on in ("2025-06-29", "2025-12-30", "2026-03-16"):
        page = page_of(client, f"{assets_of(mine)}?on={on}")
        shown[on] = rows_on(page)
        assert total_of(page) == len(shown[on])
    june = ["30 Juni 2025", "Rp\u00a080.000.000", "Neraca Juni"]
    assert shown == {
        "2025-06-29": [],
        "2025-12-30": [[f"{june[0]} terakhir diketahui", *june[1:]]],
        "2026-03-16": [["31 Desember 2025 terakhir diketahui", "Rp\u00a0100.000.000", "RAT"], june],
    }


def test_officer_adds_one_and_the_cooperative_says_it(
    client: Client, officer: User, mine: Cooperative
) -> None:
    assert "Belum dicatat" in text_of(page_of(client, mine.get_absolute_url()), "[aria-labelledby=assets]")
    address = reverse("cooperatives:asset_add", args=[mine.kelurahan_id])
    typed = {"on": "31/12/2025", "amount_idr": "Rp 125.000.000", "source": "Neraca 2025"}
    assert client.post(address, typed).headers["Location"] == assets_of(mine)
    stored = AssetStatement.objects.get()
    assert (stored.cooperative, stored.on, stored.amount_idr, stored.source) == (
        *(mine, DECEMBER),
        *(125_000_000, "Neraca 2025"),
    )
    said = {
        on: text_of(page_of(client, f"{mine.get_absolute_url()}?on={on}"), "[aria-labelledby=assets] > p")
        for on in ("2025-12-30", "2025-12-31")
    }
    assert said == {
        "2025-12-30": "Belum dicatat; tanpa ini tidak terlihat apakah hibah perlu rapat anggota.",
        "2025-12-31": "Rp\u00a0125.000.000 per 31 Desember 2025 · Neraca 2025",
    }


def test_a_mistake_is_told_and_a_correction_is_remembered(
    client: Client, officer: User, mine: Cooperative
) -> None:
    stored = AssetStatementFactory.create(cooperative=mine)
    address = reverse("cooperatives:asset_add", args=[mine.kelurahan_id])
    again = client.post(address, {"on": "2025-12-31", "amount_idr": "1", "source": "Lain"})
    assert "Jumlah aset per tanggal itu sudah dicatat." in again.content.decode()
    wrong = client.post(address, {"on": "2099-01-01", "amount_idr": "-1", "source": ""})
    assert list(errors_of(BeautifulSoup(wrong.content, "html.parser"))) == ["on", "amount_idr", "source"]
    edit = reverse("cooperatives:asset_edit", args=[stored.pk])
    typed = values_of(page_of(client, edit)) | {"amount_idr": "0", "change_reason": "Salah ketik"}
    assert client.post(edit, typed).status_code == 302
    stored.refresh_from_db()
    assert (stored.amount_idr, stored.version, AssetStatement.objects.count()) == (0, 2, 1)
    assert "Salah ketik" in page_of(client, edit).get_text()
    assert "baru saja diubah oleh Petugas Melati" in client.post(edit, typed).content.decode()


def test_leaders_read_and_other_areas_are_not_found(client: Client, officer: User, mine: Cooperative) -> None:
    theirs = AssetStatementFactory.create()
    typed = {"on": "2026-01-31", "amount_idr": "1", "source": "Lain"}
    code = theirs.cooperative.kelurahan_id
    for name, key in (("assets", code), ("asset_add", code), ("asset_edit", theirs.pk)):
        assert client.post(reverse(f"cooperatives:{name}", args=[key]), typed).status_code == 404
    client.force_login(UserFactory.create(leader=True))
    page = page_of(client, assets_of(theirs.cooperative))
    assert (len(rows_on(page)), page.select("main a[href*=asset]")) == (1, [])
    for name, key in (("asset_add", code), ("asset_edit", theirs.pk)):
        assert client.post(reverse(f"cooperatives:{name}", args=[key]), typed).status_code == 403
    assert AssetStatement.objects.count() == 1


@pytest.mark.parametrize("rows", [1, 3])
def test_list_costs_the_same_for_any_number_of_rows(
    client: Client,
    officer: User,
    mine: Cooperative,
    django_assert_num_queries: DjangoAssertNumQueries,
    rows: int,
) -> None:
    for number in range(rows):
        AssetStatementFactory.create(cooperative=mine, on=JUNE + dt.timedelta(days=number))
    with django_assert_num_queries(5 + header.OFFICER):
        client.get(assets_of(mine))
