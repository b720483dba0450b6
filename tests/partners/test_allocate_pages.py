"""What a sum opens, in the browser's terms: question, answer, changes by hand, files."""

import datetime as dt
from urllib.parse import parse_qs, urlsplit

import pytest
from bs4 import BeautifulSoup
from django.test import Client

from kkmp.accounts.models import AccessEvent, User, Verb
from outlets.models import Outlet, OutletKind, Reason
from partners.models import Stage
from tests.allocation_pages import (
    ALLOCATE,
    PROPOSE,
    alerts_of,
    head_of,
    idle,
    posted,
    promise,
    rows_of,
    three,
)
from tests.factories import (
    CapitalNeedFactory,
    KecamatanFactory,
    OutletFactory,
    SetAsideFactory,
    StatusChangeFactory,
)
from tests.partner_factories import DisbursementFactory, OfferFactory, support_at
from tests.reading import page_of, text_of, total_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]


def test_a_sum_opens_the_smallest_first_and_says_who_is_next(sudin_client: Client) -> None:
    three()
    page = page_of(sudin_client, f"{ALLOCATE}?budget=100.000.000")
    assert head_of(page) == (
        "Rp 100.000.000 membuka 2 gerai; sisa Rp 40.000.000 "
        "Berikutnya Besar perlu Rp 90.000.000 (Rp 50.000.000 lagi selain sisanya)."
    )
    assert rows_of(page) == [
        ["Kecil", "20.000.000", "in", "20.000.000", "Terbuka"],
        ["Tengah", "40.000.000", "in", "40.000.000", "Terbuka"],
        ["Besar", "90.000.000", "out", "90.000.000", "Belum terjangkau"],
    ]
    longest = page_of(sudin_client, f"{ALLOCATE}?budget=60jt&sort=longest".replace("60jt", "60000000"))
    assert [row[0] for row in rows_of(longest)] == ["Besar", "Tengah", "Kecil"]
    assert [row[2] for row in rows_of(longest)] == ["out", "in", "in"]
    assert "dilewati, dan gerai berikutnya yang cukup tetap dibuka" in longest.get_text()


def test_before_a_sum_is_asked_the_page_says_what_opens_all(sudin_client: Client) -> None:
    three()
    page = page_of(sudin_client, ALLOCATE)
    assert (total_of(page), page.select("[data-opened]"), page.select(".alert")) == (3, [], [])
    [link] = [one for one in page.select("section a") if one.get_text() == "Hitung dengan jumlah ini"]
    assert head_of(page_of(sudin_client, str(link["href"]))) == (
        "Rp 150.000.000 membuka 3 gerai; sisa Rp 0 Tidak ada gerai berikutnya menurut pilihan ini."
    )


def test_who_is_no_candidate_is_apart_with_why(sudin_client: Client) -> None:
    [large, *_others] = three()
    unknown = idle("Tanpa angka")
    promised, covered = idle("Dijanjikan", 5_000_000), idle("Tertutup", 5_000_000)
    promise(promised.needs.get(), 5_000_000)
    SetAsideFactory.create(need=covered.needs.get(), amount_idr=5_000_000)
    idle("Sebab lain", 1_000_000, reason=Reason.PERMIT)
    running = OutletFactory.create(name="Berjalan")
    StatusChangeFactory.create(outlet=running)
    CapitalNeedFactory.create(outlet=running, amount_idr=1)
    idle("Besok", 1_000_000, since=dt.date(2026, 4, 1))

    page = page_of(sudin_client, f"{ALLOCATE}?budget=100000000&limit=50.000.000")
    assert [row[0] for row in rows_of(page)] == ["Kecil", "Tengah"]
    assert text_of(page, "section[aria-labelledby=beyond]").replace("\u00a0", " ") == (
        "1 gerai melebihi batas per gerai Kekurangannya lebih dari Rp 50.000.000, jadi tidak dapat dibuka "
        f"dengan batas ini. Besar {large.cooperative} : perlu Rp 90.000.000"
    )
    [link] = [
        one
        for one in page.select("section[aria-labelledby=unknown] a")
        if one.get_text() == "Catat kebutuhan"
    ]
    assert link["href"] == f"/outlets/{unknown.pk}/needs/add/"
    assert text_of(page, "section[aria-labelledby=no-more]") == (
        "Tidak perlu dana baru Sudah dijanjikan seluruhnya, belum diterima Dijanjikan (1) "
        "Kebutuhannya sudah tertutup, tetapi belum berjalan Tertutup (1)"
    )
    whole = page_of(sudin_client, f"{ALLOCATE}?budget=9000000&unpromised=false&reason=")
    assert [row[:3] for row in rows_of(whole)][:2] == [
        ["Sebab lain", "1.000.000", "in"],
        ["Dijanjikan", "5.000.000", "in"],
    ]


def test_only_what_is_not_promised_counts_unless_all_is_asked_for(sudin_client: Client) -> None:
    outlet = idle("Separuh", 30_000_000)
    need = outlet.needs.get()
    support = promise(need, 20_000_000)
    DisbursementFactory.create(support=support, amount_idr=5_000_000, verified=True)
    shown = {
        query: rows_of(page_of(sudin_client, f"{ALLOCATE}?budget=50000000{query}"))
        for query in ("", "&unpromised=false", "&unpromised=false&unpromised=on", "&on=2026-01-05")
    }
    assert shown == {
        "": [["Separuh", "10.000.000", "in", "10.000.000", "Terbuka"]],
        "&unpromised=false": [["Separuh", "25.000.000", "in", "25.000.000", "Terbuka"]],
        "&unpromised=false&unpromised=on": [["Separuh", "10.000.000", "in", "10.000.000", "Terbuka"]],
        "&on=2026-01-05": [["Separuh", "30.000.000", "in", "30.000.000", "Terbuka"]],
    }


def test_kinds_and_several_kecamatan_narrow(sudin_client: Client) -> None:
    places = [KecamatanFactory.create() for _ in range(3)]
    for number, place in enumerate(places):
        idle(f"Gerai {number}", 1_000_000 + number, cooperative__kelurahan__kecamatan=place)
    idle("Apotek", 2_000_000, kind=OutletKind.PHARMACY, cooperative__kelurahan__kecamatan=places[0])
    first, second, _third = (place.pk for place in places)

    def names(query: str) -> list[str]:
        page = page_of(sudin_client, f"{ALLOCATE}?budget=90000000&{query}")
        assert total_of(page) == len(rows_of(page))
        return [row[0] for row in rows_of(page)]

    assert names(f"kecamatan={first}") == ["Gerai 0", "Apotek"]
    assert names(f"kecamatan={first}&kecamatan={second}") == ["Gerai 0", "Gerai 1", "Apotek"]
    assert names(f"kecamatan={first}&kecamatan={second}&kind=grocery") == ["Gerai 0", "Gerai 1"]
    assert names("kind=pharmacy&kind=") == ["Apotek"]


def test_an_offer_fills_what_is_left_empty(sudin_client: Client) -> None:
    tebet = KecamatanFactory.create(name="Tebet")
    offer = OfferFactory.create(
        partner__name="Bank Contoh",
        title="Modal awal",
        ceiling_idr=100_000_000,
        per_outlet_idr=30_000_000,
        kecamatan=[tebet.pk],
        outlet_kinds=["grocery"],
        needed_papers=["nib"],
    )
    support_at(Stage.COMMITTED, offer=offer, partner=offer.partner, committed_idr=45_000_000)
    support_at(Stage.PROSPECT, offer=offer, partner=offer.partner, committed_idr=9_000_000)
    for name, amount in (("Muat", 25_000_000), ("Terlalu besar", 35_000_000)):
        idle(name, amount, cooperative__kelurahan__kecamatan=tebet)
    idle("Di tempat lain", 1_000_000)
    idle("Jenis lain", 1_000_000, kind=OutletKind.CLINIC, cooperative__kelurahan__kecamatan=tebet)
    page = page_of(sudin_client, f"{ALLOCATE}?offer={offer.pk}")
    assert [str(page.select(f"#id_{name}")[0]["value"]) for name in ("budget", "limit")] == [
        "55.000.000",
        "30.000.000",
    ]
    assert [
        one["value"] for one in page.select("input[name=kecamatan][checked], input[name=kind][checked]")
    ] == [
        tebet.pk,
        "grocery",
    ]
    assert [row[0] for row in rows_of(page)] == ["Muat"]
    assert head_of(page).startswith("Rp 55.000.000 membuka 1 gerai; sisa Rp 30.000.000")
    assert [text.startswith("Syarat lain penawaran ini") for text in alerts_of(page)] == [True]
    # What is typed stands; the offer's own limit holds beside it.
    typed = page_of(sudin_client, f"{ALLOCATE}?offer={offer.pk}&budget=70000000&limit=99000000&kind=clinic")
    assert [row[0] for row in rows_of(typed)] == ["Jenis lain"]
    assert "Ada jenis gerai di luar syarat penawaran ini." in alerts_of(typed)
    over = page_of(
        sudin_client, f"{ALLOCATE}?offer={offer.pk}&budget=70000000&changed={_key('Muat')}_60000000"
    )
    assert [text for text in alerts_of(over) if text.startswith(("Muat", "Jumlahnya"))] == [
        "Muat mendapat lebih dari kekurangannya (Rp 25.000.000).",
        "Muat mendapat lebih dari batas per gerai (Rp 30.000.000).",
        "Jumlahnya melebihi sisa penawaran (Rp 55.000.000).",
    ]


def _key(name: str) -> int:
    return Outlet.objects.get(name=name).pk


def test_rows_are_changed_by_hand_and_nothing_typed_is_lost(sudin_client: Client) -> None:
    large, small, middle = three()
    address = f"{ALLOCATE}?budget=100000000"
    page = page_of(sudin_client, address)
    unchanged = posted(sudin_client, address, page)
    assert (unchanged.status_code, unchanged["Location"]) == (302, address)
    # One out, one in with part of its need, one out with an amount that is kept.
    typed = {f"in_{small.pk}": None, f"in_{large.pk}": "on", f"amount_{large.pk}": "50 000 000"}
    typed |= {f"in_{middle.pk}": None, f"amount_{middle.pk}": "Rp 35.000.000"}
    answer = posted(sudin_client, address, page, **typed)
    changed = f"{large.pk}_50000000.{small.pk}_0.{middle.pk}_-35000000"
    assert parse_qs(urlsplit(answer["Location"]).query) == {"budget": ["100000000"], "changed": [changed]}
    after = page_of(sudin_client, answer["Location"])
    assert rows_of(after) == [
        ["Kecil", "20.000.000", "out", "20.000.000", "Dikeluarkan"],
        ["Tengah", "40.000.000", "out", "35.000.000", "Dikeluarkan"],
        ["Besar", "90.000.000", "in", "50.000.000", "Sebagian kurang Rp 40.000.000"],
    ]
    assert head_of(after).startswith("Rp 100.000.000 membuka 0 gerai; sisa Rp 50.000.000")
    # Back as it was: no change is left in the address.
    back = posted(
        sudin_client,
        answer["Location"],
        after,
        **{f"in_{small.pk}": "on", f"in_{middle.pk}": "on", f"amount_{middle.pk}": "40000000"},
        **{f"in_{large.pk}": None, f"amount_{large.pk}": "90000000"},
    )
    assert back["Location"] == address


def test_a_mistake_is_told_beside_its_row_with_what_was_typed(sudin_client: Client) -> None:
    large, small, middle = three()
    address = f"{ALLOCATE}?budget=100000000"
    page = page_of(sudin_client, address)
    answer = posted(
        sudin_client,
        address,
        page,
        **{f"amount_{small.pk}": "dua juta", f"amount_{middle.pk}": "", f"in_{large.pk}": "on"},
    )
    told = BeautifulSoup(answer.content, "html.parser")
    assert answer.status_code == 200
    assert [row.select("input[type=text]")[0].get("value", "") for row in told.select("tbody tr")] == [
        "dua juta",
        "",
        "90.000.000",
    ]
    assert [row.select("input[type=checkbox]")[0].has_attr("checked") for row in told.select("tbody tr")] == [
        True,
        True,
        True,
    ]
    assert [len(row.select(".errorlist li")) for row in told.select("tbody tr")] == [1, 1, 0]
    assert told.select("tbody .errorlist")[1].get_text() == "Isi jumlahnya, atau hapus centangnya."


def test_files_and_print_hold_the_rows_of_the_page(sudin_client: Client, sudin: User) -> None:
    large, *_others = three()
    query = f"?budget=100000000&changed={large.pk}_10000000"
    lines = sudin_client.get(f"{ALLOCATE}{query}&format=csv").content.decode("utf-8-sig").splitlines()
    assert lines[1] == (
        "Gerai;Jenis;Kode kelurahan;Kecamatan;Kelurahan;Belum berjalan sejak;Kekurangan (Rp);"
        "Sudah dijanjikan (Rp);Agar terbuka (Rp);Mendapat (Rp);Hasil"
    )
    assert [line.split(";")[0:1] + line.split(";")[5:] for line in lines[2:]] == [
        ["Kecil", "01/09/2025", "20000000", "", "20000000", "20000000", "Terbuka"],
        ["Tengah", "01/05/2025", "40000000", "", "40000000", "40000000", "Terbuka"],
        ["Besar", "01/01/2025", "90000000", "", "90000000", "10000000", "Sebagian"],
    ]
    xlsx = sudin_client.get(f"{ALLOCATE}{query}&format=xlsx")
    assert (xlsx.content[:2], xlsx["Content-Disposition"]) == (
        b"PK",
        'attachment; filename="alokasi-2026-03-16-jakarta-selatan.xlsx"',
    )
    page = page_of(sudin_client, f"{ALLOCATE}{query}&print=1")
    assert [row.select("th a")[0].get_text() for row in page.select("tbody tr")] == [
        "Kecil",
        "Tengah",
        "Besar",
    ]
    assert head_of(page).startswith("Rp 100.000.000 membuka 2 gerai; sisa Rp 30.000.000")
    assert "Diubah dengan tangan" in page.get_text()
    target = "Alokasi dana per 16/03/2026, Jakarta Selatan: 3 baris"
    assert list(
        AccessEvent.objects.filter(user=sudin, target=target).order_by("pk").values_list("verb", flat=True)
    ) == [
        Verb.EXPORTED,
        Verb.EXPORTED,
        Verb.PRINTED,
    ]


@pytest.mark.parametrize(
    "query",
    [
        "budget=banyak",
        "budget=0",
        "budget=-5&limit=x&sort=z&reason=q&kind=w&kecamatan=v&offer=u",
        "budget=1000000&offer=99999999999999999999999&changed=..1_2_3.a_b._.1_99999999999999999999",
        "budget=1000000&page=99&changed=" + "9999_1." * 500,
    ],
)
def test_an_address_that_makes_no_sense_is_told_and_answered(sudin_client: Client, query: str) -> None:
    three()
    page = page_of(sudin_client, f"{ALLOCATE}?{query}")
    assert total_of(page) == 3
    assert sudin_client.get(f"{PROPOSE}?{query}").status_code == 302
