"""Every list by one mechanism: what its page shows, its files and its print hold, row by row."""

import datetime as dt
import io
import tracemalloc

import pytest
from django.http import StreamingHttpResponse
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from cooperatives.models import Cooperative, Gender
from kkmp.accounts.models import AccessEvent, User, Verb
from kkmp.columns import Column
from members.list_forms import MemberListForm
from members.models import Member
from partners.models import Stage
from tests import header
from tests.factories import CapitalNeedFactory, CooperativeFactory, OutletFactory, UserFactory, officer_of
from tests.listed import LISTS, ODD, Listed, columns_in, plant, rows_of_file, rows_of_page
from tests.member_factories import MemberFactory
from tests.partner_factories import support_at
from tests.reading import file_of, lines_of, names_on, page_of, text_of, total_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]


EVERY_LIST = pytest.mark.parametrize("slug", list(LISTS))


@pytest.fixture
def sudin() -> User:
    return UserFactory.create(sudin=True, full_name="Staf Contoh")


@pytest.fixture
def sudin_client(client: Client, sudin: User) -> Client:
    client.force_login(sudin)
    return client


@EVERY_LIST
@pytest.mark.parametrize("kind", ["csv", "xlsx"])
@pytest.mark.parametrize("way", ["plain", "asked", "everything"])
def test_a_file_equals_the_page_row_by_row(sudin_client: Client, slug: str, kind: str, way: str) -> None:
    plant(len(ODD))
    spec = LISTS[slug]
    every_column = f"columns={','.join(one.key for one in spec.form.columns)}"
    query = {"plain": "", "asked": spec.asked, "everything": every_column}[way]
    page = page_of(sudin_client, f"{spec.address}?{query}")
    columns = columns_in(spec.form, page)
    shown = rows_of_page(page)
    assert len(shown) == total_of(page) >= 3
    assert rows_of_file(file_of(sudin_client, f"{spec.address}?{query}&format={kind}"), columns) == shown
    if way == "everything":
        assert len(columns) == len(spec.form.columns)


@EVERY_LIST
def test_text_that_looks_like_a_formula_stays_text(sudin_client: Client, slug: str) -> None:
    plant(len(ODD))
    address = f"{LISTS[slug].address}?columns={','.join(one.key for one in LISTS[slug].form.columns)}"
    lines = lines_of(sudin_client, f"{address}&format=csv")
    cells = [cell for line in lines for cell in line.split(";")]
    assert [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))] == []
    assert lines[0] == "DATA CONTOH: bukan data resmi"


@pytest.mark.parametrize(("kind", "most"), [("csv", 5_000_000), ("xlsx", 8_000_000)])
def test_ten_thousand_members_stream(sudin_client: Client, kind: str, most: int) -> None:
    """As a list of lists they would take 20 MB and more."""
    cooperative = CooperativeFactory.create()
    Member.objects.bulk_create(
        Member(
            cooperative=cooperative,
            number=f"{n:05}",
            full_name=f"Anggota {n}",
            joined_on=dt.date(2025, 8, 1),
            is_taken_over=True,
        )
        for n in range(10_000)
    )
    file_of(sudin_client, f"/members/?format={kind}&q=nobody")
    tracemalloc.start()
    response = sudin_client.get(f"/members/?format={kind}")
    assert isinstance(response, StreamingHttpResponse)
    content, peak = io.BytesIO(), 0
    for chunk in response:
        content.write(chunk)
        peak = max(peak, tracemalloc.get_traced_memory()[1] - content.tell())
    tracemalloc.stop()
    assert peak < most
    assert (
        len(rows_of_file(content.getvalue(), [one for one in MemberListForm.columns if one.is_default]))
        == 10_000
    )


@EVERY_LIST
def test_htmx_gets_the_very_piece_that_the_page_includes(sudin_client: Client, slug: str) -> None:
    plant(3)
    address = f"{LISTS[slug].address}?{LISTS[slug].asked}"
    page = sudin_client.get(address)
    piece = sudin_client.get(address, headers={"HX-Request": "true", "HX-Target": "list"})
    text = piece.content.decode().strip()
    assert text.startswith('<div id="list"')
    assert page.content.decode().count(text) == 1
    assert {"HX-Request"} <= {part.strip() for part in page["Vary"].split(",")}
    assert page["Vary"] == piece["Vary"]
    for other in (
        {"HX-Target": "main"},
        {"HX-Target": "list", "HX-History-Restore-Request": "true"},
    ):
        whole = sudin_client.get(address, headers={"HX-Request": "true", **other})
        assert "<html" in whole.content.decode()


def texts_in(client: Client, address: str, place: int) -> list[str]:
    return ["".join(row[place][:1]) for row in rows_of_page(page_of(client, address))]


@pytest.mark.slow
@EVERY_LIST
def test_every_column_that_sorts_does_so_both_ways(sudin_client: Client, slug: str) -> None:
    plant(4)
    spec = LISTS[slug]
    all_columns = ",".join(one.key for one in spec.form.columns)
    for place, one in enumerate(spec.form.columns):
        if not one.order:
            continue
        answers = {}
        for sort in (one.key, f"-{one.key}"):
            address = f"{spec.address}?columns={all_columns}&sort={sort}"
            page = page_of(sudin_client, address)
            answers[sort] = texts_in(sudin_client, address, place)
            direction = "descending" if sort.startswith("-") else "ascending"
            assert [head.get("aria-sort") for head in page.select("[data-total] thead th")][
                place
            ] == direction
            [chosen] = page.select("#list-sort option[selected]")
            assert chosen["value"] == sort
        up, down = answers[one.key], answers[f"-{one.key}"]
        assert sorted(up) == sorted(down)
        # What is not known stays last in both directions.
        known_up, known_down = ([text for text in texts if text] for texts in (up, down))
        assert known_up == known_down[::-1] or len(set(known_up)) < len(known_up)
        assert "" not in up[: len(known_up)]
        assert "" not in down[: len(known_down)]


def test_money_sorts_by_its_amount_and_choices_by_their_list(sudin_client: Client) -> None:
    for place, amount in enumerate((9_000_000, 80_000_000, 700_000_000)):
        CapitalNeedFactory.create(amount_idr=amount, outlet__name=f"Gerai {place}")
    up = texts_in(sudin_client, "/outlets/needs/?sort=idr", 5)
    assert up == ["Rp\u00a09.000.000", "Rp\u00a080.000.000", "Rp\u00a0700.000.000"]
    for stage in (Stage.CANCELLED, Stage.PROSPECT, Stage.COMMITTED):
        support_at(stage)
    stages = texts_in(sudin_client, "/partners/supports/?sort=stage", 3)
    assert stages == ["Penjajakan", "Komitmen", "Batal"]


@pytest.mark.parametrize(
    ("query", "heads"),
    [
        ("", ["Gerai", "Koperasi", "Status", "Sejak", "Kebutuhan terbuka"]),
        ("columns=address,since", ["Gerai", "Sejak", "Alamat"]),
        ("columns=address&columns=since", ["Gerai", "Sejak", "Alamat"]),
        ("columns=name", ["Gerai", "Koperasi", "Status", "Sejak", "Kebutuhan terbuka"]),
        ("columns=nonsense,%00".replace("%00", "%F0%9F%8C%BE"), ["Gerai", "Koperasi", "Status", "Sejak", "Kebutuhan terbuka"]),
        ("columns=nonsense,address", ["Gerai", "Alamat"]),
        ("columns=" + "a," * 5000, ["Gerai", "Koperasi", "Status", "Sejak", "Kebutuhan terbuka"]),
    ],
)  # fmt: skip
def test_columns_are_chosen(sudin_client: Client, query: str, heads: list[str]) -> None:
    OutletFactory.create()
    page = page_of(sudin_client, f"/outlets/?{query}")
    assert [head.get_text(strip=True) for head in page.select("thead th")] == heads
    checked = [box["value"] for box in page.select("input[name=columns][checked]")]
    assert len(checked) == len(heads) - 1
    if "a," not in query:
        links = [str(link["href"]) for link in page.select("thead a, a[download]")]
        assert all("columns=" in link for link in links) is ("columns" in query)


def test_a_changed_order_begins_at_the_first_page_and_keeps_the_rest(sudin_client: Client) -> None:
    OutletFactory.create_batch(51)
    page = page_of(sudin_client, "/outlets/?q=gerai&page=2&on=2026-02-01")
    sorts = {link.get_text(strip=True): link["href"] for link in page.select("thead a")}
    assert sorts["Sejak"] == "?q=gerai&on=2026-02-01&sort=since"
    assert [link["hx-get"] for link in page.select("thead a")] == list(sorts.values())
    copies = [str(link["href"]) for link in page.select(".list-tools a")]
    assert copies == [f"?q=gerai&on=2026-02-01&{copy}" for copy in ("format=xlsx", "format=csv", "print=1")]


@pytest.mark.parametrize(
    "text", ["Setiabudi", "setia  budi", "Kel. Setia-Budi", "KKMP SETIABUDI", " setia budi "]
)
@pytest.mark.parametrize("slug", ["koperasi", "gerai", "kebutuhan-modal", "anggota", "bantuan"])
def test_search_knows_other_spellings(sudin_client: Client, slug: str, text: str) -> None:
    wanted = CooperativeFactory.create(kelurahan__name="Setia Budi")
    for cooperative in (wanted, CooperativeFactory.create()):
        outlet = OutletFactory.create(cooperative=cooperative)
        CapitalNeedFactory.create(outlet=outlet)
        MemberFactory.create(cooperative=cooperative)
        support_at(Stage.COMMITTED, cooperative=cooperative)
    rows = rows_of_page(page_of(sudin_client, f"{LISTS[slug].address}?q={text}"))
    assert len(rows) == 1
    assert ["KKMP Setia Budi", str(wanted.kelurahan.kecamatan)] in rows[0]


@EVERY_LIST
def test_a_print_has_every_row_and_says_what_it_is(sudin_client: Client, slug: str) -> None:
    plant(3)
    spec = LISTS[slug]
    query = f"{spec.asked}&on=2026-03-10"
    shown = page_of(sudin_client, f"{spec.address}?{query}")
    page = page_of(sudin_client, f"{spec.address}?{query}&print=1")
    assert rows_of_page(page) == rows_of_page(shown)
    assert total_of(page) == total_of(shown)
    assert text_of(page, ".lead") == "Jakarta Selatan, per 10 Maret 2026"
    facts = [fact.get_text(" ", strip=True) for fact in page.select("dl.facts > div")]
    assert facts[0] == f"Jumlah baris {total_of(shown)}"
    assert facts[-1] == "Dicetak oleh Staf Contoh , 16 Maret 2026 12.00"
    assert any(fact.startswith("Urutan ") and fact.endswith(", turun") for fact in facts)
    assert page.select("thead a, .pager, .toolbar") == []
    assert "DATA CONTOH" in page.get_text().upper()


def test_a_print_says_its_filters_in_words(sudin_client: Client) -> None:
    here = MemberFactory.create(gender=Gender.FEMALE, full_name="Dicari").cooperative
    query = f"cooperative={here.kelurahan_id}&gender=female&q=dicari&state=all&kecamatan={here.kelurahan.kecamatan_id}"
    page = page_of(sudin_client, f"/members/?{query}&print=1")
    facts = [fact.get_text(" ", strip=True) for fact in page.select("dl.facts > div")]
    assert facts[1:-1] == [
        "Cari dicari",
        f"Koperasi {here}",
        "Keanggotaan Semua, termasuk yang keluar",
        "Jenis kelamin Perempuan",
        "Urutan Koperasi, nomor",
    ]
    assert text_of(page, ".lead") == f"{here}, per 16 Maret 2026"


def test_a_long_print_says_where_it_ends(sudin_client: Client) -> None:
    cooperative = CooperativeFactory.create()
    Member.objects.bulk_create(
        Member(
            cooperative=cooperative,
            number=str(n),
            full_name="Anggota",
            joined_on=dt.date(2025, 8, 1),
            is_taken_over=True,
        )
        for n in range(1_001)
    )
    page = page_of(sudin_client, "/members/?print=1")
    assert (len(rows_of_page(page)), total_of(page)) == (1_000, 1_001)
    assert "Hanya 1.000 baris pertama dari 1.001 yang dicetak." in text_of(page, ".alert")


@EVERY_LIST
def test_files_are_named_and_logged_with_day_and_area(sudin_client: Client, slug: str) -> None:
    plant(2)
    spec = LISTS[slug]
    kecamatan = Cooperative.objects.earliest("pk").kelurahan.kecamatan
    names = []
    for query in ("format=csv", f"format=xlsx&on=2026-03-10&kecamatan={kecamatan.pk}", "print=1"):
        response = sudin_client.get(f"{spec.address}?{query}")
        names.append(response.headers.get("Content-Disposition", ""))
        list(response)
    area = str(kecamatan).casefold().replace(" ", "-")
    assert names == [
        f'attachment; filename="{slug}-2026-03-16-jakarta-selatan.csv"',
        f'attachment; filename="{slug}-2026-03-10-kecamatan-{area}.xlsx"',
        "",
    ]
    logged = AccessEvent.objects.order_by("pk").values_list("verb", "target")
    title = {"kebutuhan-modal": "Kebutuhan modal", "kekurangan-modal": "Kekurangan modal"}.get(
        slug, f"Daftar {slug}"
    )
    counts = [int(target.rpartition(": ")[2].removesuffix(" baris")) for _verb, target in logged]
    assert [(verb, target.rpartition(": ")[0]) for verb, target in logged] == [
        (Verb.EXPORTED, f"{title} per 16/03/2026, Jakarta Selatan"),
        (Verb.EXPORTED, f"{title} per 10/03/2026, Kecamatan {kecamatan}"),
        (Verb.PRINTED, f"{title} per 16/03/2026, Jakarta Selatan"),
    ]
    assert counts[0] == counts[2] == total_of(page_of(sudin_client, spec.address))


def test_a_file_of_one_cooperative_bears_its_name(client: Client) -> None:
    cooperative = CooperativeFactory.create(kelurahan__name="Melawai")
    client.force_login(officer_of(cooperative.kelurahan, username="petugas.melawai"))
    named = [
        client.get(f"/members/?format=csv{query}").headers["Content-Disposition"].split('"')[1]
        for query in ("", f"&cooperative={cooperative.kelurahan_id}")
    ]
    assert named == [
        "anggota-2026-03-16-wilayah-petugasmelawai.csv",
        "anggota-2026-03-16-kkmp-melawai.csv",
    ]


def test_nothing_of_another_area_is_in_a_file_or_print(client: Client) -> None:
    plant(2)
    mine = Cooperative.objects.earliest("pk")
    theirs = Cooperative.objects.latest("pk")
    client.force_login(officer_of(mine.kelurahan))
    for slug in ("koperasi", "gerai", "kebutuhan-modal", "anggota", "bantuan"):
        spec = LISTS[slug]
        for query in ("format=csv", f"format=csv&cooperative={theirs.kelurahan_id}"):
            [row] = rows_of_file(file_of(client, f"{spec.address}?{query}"), shown_by_default(spec))
            assert [f"KKMP {mine.kelurahan.name}", mine.kelurahan.kecamatan.name] in row
        printed = page_of(client, f"{spec.address}?print=1")
        assert len(rows_of_page(printed)) == total_of(printed) == 1
        assert theirs.kelurahan.name not in printed.get_text()


def shown_by_default(spec: Listed) -> list[Column]:
    return [one for place, one in enumerate(spec.form.columns) if one.is_default or place == 0]


@EVERY_LIST
@pytest.mark.parametrize("rows", [1, 3])
def test_each_answer_costs_the_same_for_any_number_of_rows(
    sudin_client: Client, django_assert_num_queries: DjangoAssertNumQueries, slug: str, rows: int
) -> None:
    plant(rows)
    spec = LISTS[slug]
    costs = {
        "": spec.page + header.SUDIN,
        "format=csv": spec.file,
        "format=xlsx": spec.file,
        "print=1": spec.file + header.SUDIN,
    }
    for query, cost in costs.items():
        with django_assert_num_queries(cost):
            response = sudin_client.get(f"{spec.address}?{query}")
            assert b"".join(response)


def test_a_list_without_rows_offers_no_files(sudin_client: Client) -> None:
    for spec in LISTS.values():
        page = page_of(sudin_client, f"{spec.address}?q=tidakada")
        assert (names_on(page), page.select("a[download]"), page.select("thead")) == ([], [], [])
        assert file_of(sudin_client, f"{spec.address}?q=tidakada&format=csv").count(b"\n") == 2
