"""Matching in the browser's terms: where to begin, both rankings, their files, and proposing to those that were ticked."""

import csv
import datetime as dt
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from cooperatives.models import ParameterKey
from kkmp.accounts.models import AccessEvent, User, Verb
from outlets.models import CapitalNeed, Outlet, OutletKind
from partners.models import Offer, Stage, StageChange, Support, SupportKind
from tests import header
from tests.factories import (
    CapitalNeedFactory,
    CooperativeFactory,
    KecamatanFactory,
    KelurahanFactory,
    OutletFactory,
    ParameterFactory,
    StatusChangeFactory,
    UserFactory,
    officer_of,
)
from tests.match_pages import MATCH, PROPOSE, alerts, clean, excluded, idle, ranked
from tests.member_factories import MemberFactory
from tests.partner_factories import OfferFactory, PartnerFactory, support_at
from tests.reading import number_at, page_of, text_of, total_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]


def test_it_begins_with_open_offers_and_the_largest_gaps(sudin_client: Client) -> None:
    small, large = idle("Kecil", 1_000_000), idle("Besar", 9_000_000)
    idle("Tanpa angka")
    offer = OfferFactory.create(title="Hibah buka")
    OfferFactory.create(title="Hibah lama", open_until=dt.date(2026, 3, 15))
    page = page_of(sudin_client, MATCH)
    links = [(link.get_text(), link["href"]) for link in page.select("tbody th a")]
    assert links == [
        ("Hibah buka", f"{MATCH}?offer={offer.pk}"),
        ("Besar", f"{MATCH}?outlet={large.pk}"),
        ("Kecil", f"{MATCH}?outlet={small.pk}"),
    ]
    before = page_of(sudin_client, f"{MATCH}?on=2026-03-15")
    assert [link.get_text() for link in before.select("tbody th a")][:2] == ["Hibah buka", "Hibah lama"]


def test_outlets_for_an_offer_are_ranked_and_the_others_say_why(sudin_client: Client) -> None:
    offer = OfferFactory.create(title="Hibah modal", outlet_kinds=[OutletKind.GROCERY])
    idle("Setengah", 100_000_000, since=dt.date(2026, 3, 16))
    idle("Penuh", 50_000_000, since=dt.date(2025, 3, 16))
    idle("Lain", since=dt.date(2026, 3, 16), kind=OutletKind.CLINIC)
    running = StatusChangeFactory.create(outlet=OutletFactory.create(name="Berjalan"))
    CapitalNeedFactory.create(outlet=running.outlet)
    page = page_of(sudin_client, f"{MATCH}?offer={offer.pk}")
    # Of 30 for the gap and 15 for the days; neither papers, members, reports nor neighbours.
    assert ranked(page) == [("Penuh", 45), ("Setengah", 15)]
    assert (total_of(page), number_at(page, "data-excluded")) == (2, 1)
    assert excluded(page) == {
        "Lain": [
            "Jenis gerai “Klinik” tidak diminta",
            "Belum ada kebutuhan modal yang dicatat; hibah perlu kebutuhan",
        ]
    }
    [first, _second] = page.select("section[aria-labelledby=rows] tbody tr")
    assert clean(first.select("dl")[0].get_text(" ", strip=True)).startswith(
        "Kekurangan yang tertutup 30 dari 30 Dapat menutup Rp 50.000.000 dari kekurangan Rp 50.000.000 "
        "Surat yang ada 0 dari 15 0 dari 7 surat ada dan berlaku"
    )
    assert [box["value"] for box in page.select("tbody input[type=text]")] == ["50.000.000", "50.000.000"]


def test_weights_are_those_of_the_day(sudin_client: Client) -> None:
    offer = OfferFactory.create()
    idle("Penuh", 50_000_000, since=dt.date(2026, 1, 1))
    ParameterFactory.create(key=ParameterKey.MATCH_GAP, value=80, starts_on=dt.date(2026, 3, 10))
    address = f"{MATCH}?offer={offer.pk}"
    shown = [
        ranked(page_of(sudin_client, f"{address}&on={on}"))
        for on in ("2026-01-01", "2026-03-09", "2026-03-10")
    ]
    assert shown == [[("Penuh", 30)], [("Penuh", 33)], [("Penuh", 83)]]


def test_offers_for_an_outlet_are_ranked_and_the_others_say_why(sudin_client: Client) -> None:
    outlet = idle("Gerai Uji", 100_000_000, since=dt.date(2026, 3, 16))
    OfferFactory.create(title="Seperempat", per_outlet_idr=25_000_000)
    OfferFactory.create(title="Setengah", per_outlet_idr=50_000_000)
    OfferFactory.create(title="Pinjaman", kind=SupportKind.LOAN)
    taken = OfferFactory.create(title="Habis", min_paying_members=5)
    support_at(Stage.COMMITTED, offer=taken, partner=taken.partner, committed_idr=200_000_000)
    OfferFactory.create(title="Lewat", open_until=dt.date(2026, 3, 15))
    page = page_of(sudin_client, f"{MATCH}?outlet={outlet.pk}")
    assert ranked(page) == [("Setengah", 15), ("Seperempat", 8), ("Pinjaman", 0)]
    assert excluded(page) == {
        "Habis": [
            "Plafon penawaran sudah dijanjikan seluruhnya",
            "Anggota lunas simpanan pokok 0, diminta paling sedikit 5",
        ]
    }


def test_an_outlet_that_runs_fits_no_offer(sudin_client: Client) -> None:
    outlet = OutletFactory.create(name="Jalan")
    StatusChangeFactory.create(outlet=outlet)
    CapitalNeedFactory.create(outlet=outlet)
    OfferFactory.create(title="Hibah")
    page = page_of(sudin_client, f"{MATCH}?outlet={outlet.pk}")
    assert (ranked(page), excluded(page)) == ([], {"Hibah": ["Sudah berjalan"]})


@pytest.mark.parametrize("asked", ["offer=9999", "outlet=9999", "offer=x", "offer=99999999999999999999"])
def test_what_is_not_there_is_not_found(sudin_client: Client, asked: str) -> None:
    assert sudin_client.get(f"{MATCH}?{asked}").status_code == 404
    if "offer" in asked:
        assert sudin_client.post(f"{PROPOSE}?{asked}").status_code == 404


def propose(client: Client, offer: Offer, typed: dict[str, str]) -> HttpResponse:
    return client.post(f"{PROPOSE}?offer={offer.pk}", typed)  # type: ignore[return-value]


def soup(response: HttpResponse) -> BeautifulSoup:
    assert response.status_code == 200
    return BeautifulSoup(response.content, "html.parser")


def test_ticked_outlets_are_proposed_in_one_step(sudin_client: Client, sudin: User) -> None:
    offer = OfferFactory.create(title="Hibah modal")
    one, two, three = idle("Satu", 10_000_000, 20_000_000), idle("Dua", 60_000_000), idle("Tiga", 5_000_000)
    typed = {
        f"pick-{one.pk}": "on",
        f"amount-{one.pk}": "25.000.000",
        f"pick-{two.pk}": "on",
        f"amount-{two.pk}": "Rp 50.000.000",
        f"amount-{three.pk}": "5.000.000",
        "note": "Rapat 16 Maret",
    }
    response = propose(sudin_client, offer, typed)
    assert (response.status_code, response.headers["Location"]) == (302, f"{MATCH}?offer={offer.pk}")
    made = Support.objects.order_by("pk").values_list(
        "partner", "offer", "outlet__name", "need__amount_idr", "committed_idr", "kind", "note"
    )
    same = (offer.partner_id, offer.pk)
    kind, note = SupportKind.CASH_GRANT, "Rapat 16 Maret"
    assert sorted(made, key=lambda row: (row[2], row[3])) == [
        (*same, "Dua", 60_000_000, 50_000_000, kind, note),
        (*same, "Satu", 10_000_000, 10_000_000, kind, note),
        (*same, "Satu", 20_000_000, 15_000_000, kind, note),
    ]
    stages = StageChange.objects.order_by().values_list("stage", "effective_on", "by").distinct()
    assert list(stages) == [(Stage.PROSPECT, timezone.localdate(), sudin.pk)]
    page = page_of(sudin_client, f"{MATCH}?offer={offer.pk}")
    [message] = page.select(".messages .alert")
    assert clean(message.get_text(" ", strip=True)).startswith("3 usulan bantuan tercatat: ")
    assert {str(link["href"]) for link in message.select("a")} == {
        *(support.get_absolute_url() for support in Support.objects.all()),
        f"/partners/supports/?partner={offer.partner_id}&stage=prospect",
    }
    said = [link.get_text() for link in page.select("tbody th .sub a")]
    assert said == ["Sudah diusulkan: Penjajakan"] * 3


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"pick": ""}, "Pilih sedikitnya satu gerai."),
        ({"amount": ""}, "Gerai Uji : Isi jumlahnya, atau hapus centangnya."),
        ({"amount": "0"}, "Gerai Uji : Lebih dari Rp 0, atau hapus centangnya."),
        ({"amount": "50.000.001"}, "Gerai Uji : Lebih dari batas penawaran untuk satu gerai."),
        ({"amount": "40.000.001"}, "Gerai Uji : Lebih dari kekurangan gerai ini."),
        (
            {"amount": "30.000.001"},
            "Jumlahnya melebihi sisa penawaran. Kurangi jumlahnya, atau pilih lebih sedikit gerai.",
        ),
        (
            {"note": "NIK 3174990101809001"},
            "Keterangan : Jangan menulis NIK di sini: isian ini tampil apa adanya.",
        ),
    ],
)
def test_what_is_wrong_is_told_and_what_was_typed_stays(
    sudin_client: Client, changed: dict[str, str], told: str
) -> None:
    offer, outlet = OfferFactory.create(), idle("Gerai Uji", 40_000_000)
    support_at(Stage.COMMITTED, offer=offer, partner=offer.partner, committed_idr=170_000_000)
    typed = {"pick": "on", "amount": "1.000.000", "note": "Catatan", **changed}
    data = {f"amount-{outlet.pk}": typed["amount"], "note": typed["note"]}
    if typed["pick"]:
        data[f"pick-{outlet.pk}"] = "on"
    page = soup(propose(sudin_client, offer, data))
    assert alerts(page) == [f"Ada 1 isian yang perlu diperbaiki {told}"]
    [amount] = page.select(f"input[name=amount-{outlet.pk}]")
    [pick] = page.select(f"input[name=pick-{outlet.pk}]")
    [note] = page.select("input[name=note]")
    assert (amount.get("value", ""), pick.has_attr("checked"), note.get("value", "")) == (
        typed["amount"],
        bool(typed["pick"]),
        typed["note"],
    )
    assert Support.objects.count() == 1


def test_who_does_not_fit_any_more_is_told_and_nothing_is_written(sudin_client: Client) -> None:
    offer, outlet, other = OfferFactory.create(), idle("Uji", 40_000_000), idle("Sisa", 1_000_000)
    data = {f"pick-{one.pk}": "on" for one in (outlet, other)}
    data |= {f"amount-{one.pk}": "1.000.000" for one in (outlet, other)}
    CapitalNeed.objects.filter(outlet=outlet).update(closed_on=dt.date(2026, 3, 16))
    page = soup(propose(sudin_client, offer, data))
    told = "Ada gerai yang dicentang dan tidak lagi memenuhi syarat. Periksa daftarnya, lalu usulkan lagi."
    assert alerts(page) == [f"Ada 1 isian yang perlu diperbaiki {told}"]
    assert Support.objects.count() == 0
    CapitalNeed.objects.update(closed_on=dt.date(2026, 3, 16))
    assert len(alerts(soup(propose(sudin_client, offer, data)))) == 1


def test_a_second_proposal_of_the_same_has_to_be_meant(sudin_client: Client) -> None:
    offer, outlet = OfferFactory.create(), idle("Gerai Uji", 40_000_000)
    data = {f"pick-{outlet.pk}": "on", f"amount-{outlet.pk}": "1.000.000"}
    assert propose(sudin_client, offer, data).status_code == 302
    page = soup(propose(sudin_client, offer, data))
    told = (
        "Penawaran ini sudah diusulkan untuk Gerai Uji dan belum diputuskan. Centang bila memang sekali lagi."
    )
    assert [told in one for one in alerts(page)] == [False, True]
    assert (len(page.select("input[name=again]")), Support.objects.count()) == (1, 1)
    assert propose(sudin_client, offer, {**data, "again": "on"}).status_code == 302
    assert Support.objects.count() == 2


def test_help_that_is_no_sum_is_proposed_without_one(sudin_client: Client) -> None:
    offer = OfferFactory.create(kind=SupportKind.TRAINING, ceiling_idr=None, per_outlet_idr=None)
    outlet = idle("Gerai Uji", 40_000_000)
    page = page_of(sudin_client, f"{MATCH}?offer={offer.pk}")
    assert [box.get("value", "") for box in page.select("tbody input[type=text]")] == [""]
    data = {f"pick-{outlet.pk}": "on", f"amount-{outlet.pk}": ""}
    assert propose(sudin_client, offer, data).status_code == 302
    [support] = Support.objects.all()
    assert (support.committed_idr, support.need) == (None, None)


def test_a_past_day_ranks_and_does_not_propose(sudin_client: Client) -> None:
    offer, outlet = OfferFactory.create(), idle("Gerai Uji", 40_000_000)
    page = page_of(sudin_client, f"{MATCH}?offer={offer.pk}&on=2026-03-01")
    assert (len(ranked(page)), page.select("form[method=post][action*=propose]")) == (1, [])
    data = {f"pick-{outlet.pk}": "on", f"amount-{outlet.pk}": "1.000.000"}
    response = sudin_client.post(f"{PROPOSE}?offer={offer.pk}&on=2026-03-01", data)
    assert (response.status_code, Support.objects.count()) == (302, 0)


def test_an_officer_sees_and_proposes_for_the_own_area_only(client: Client) -> None:
    mine, theirs = KecamatanFactory.create(), KecamatanFactory.create()
    own, other = (
        idle(
            name,
            40_000_000,
            cooperative=CooperativeFactory.create(kelurahan=KelurahanFactory.create(kecamatan=area)),
        )
        for name, area in (("Milik saya", mine), ("Milik lain", theirs))
    )
    offer = OfferFactory.create()
    support_at(
        Stage.COMMITTED,
        offer=offer,
        partner=offer.partner,
        cooperative=other.cooperative,
        committed_idr=99_000_000,
    )
    client.force_login(officer_of(mine))
    page = page_of(client, f"{MATCH}?offer={offer.pk}")
    assert [name for name, _points in ranked(page)] == ["Milik saya"]
    # What is left would tell what others were promised.
    assert ("101.000.000" in page.get_text(), "sisa" in text_of(page, "section[aria-labelledby=offer]")) == (
        False,
        False,
    )
    assert client.get(f"{MATCH}?outlet={other.pk}").status_code == 404
    data = {f"pick-{other.pk}": "on", f"amount-{other.pk}": "1.000.000"}
    assert len(alerts(soup(propose(client, offer, data)))) == 1
    data = {f"pick-{own.pk}": "on", f"amount-{own.pk}": "1.000.000"}
    assert propose(client, offer, data).status_code == 302
    assert list(Support.objects.filter(committed_idr=1_000_000).values_list("outlet", flat=True)) == [own.pk]
    assert "minta Sudin PPKUKM mencatat tahap Batal" in page_of(client, MATCH).get_text()


@pytest.mark.parametrize("trait", ["leader", "admin"])
def test_who_may_not_propose_reads_only(client: Client, trait: str) -> None:
    offer, outlet = OfferFactory.create(), idle("Gerai Uji", 40_000_000)
    client.force_login(UserFactory.create(**{trait: True}))
    page = page_of(client, f"{MATCH}?offer={offer.pk}")
    assert (len(ranked(page)), page.select("tbody input"), page.select("a[href*='on=']")) == (1, [], [])
    data = {f"pick-{outlet.pk}": "on", f"amount-{outlet.pk}": "1.000.000"}
    assert (propose(client, offer, data).status_code, Support.objects.count()) == (403, 0)


def lines(response: Any) -> list[list[str]]:
    return list(csv.reader(response.content.decode("utf-8-sig").splitlines(), delimiter=";"))


def test_files_hold_the_whole_ranking_and_are_logged(sudin_client: Client) -> None:
    offer = OfferFactory.create(title="Hibah modal")
    idle("Cocok Satu", 50_000_000, since=dt.date(2025, 3, 16))
    idle("Tidak")
    response = sudin_client.get(f"{MATCH}?offer={offer.pk}&format=csv")
    [head, fits, out] = lines(response)[-3:]
    assert (head[:3], head[-1], len(head)) == (["Urutan", "Hasil", "Gerai"], "Sebab tidak cocok", 27)
    assert fits[:3] == ["1", "Cocok", "Cocok Satu"]
    assert fits[8:14] == ["16/03/2025", "365", "50000000", "0", "50000000", "45"]
    assert fits[14] == "30"
    assert out[:3] == ["", "Tidak cocok", "Tidak"]
    assert out[-1] == "Belum ada kebutuhan modal yang dicatat; hibah perlu kebutuhan"
    outlet = Outlet.objects.get(name="Cocok Satu")
    other = sudin_client.get(f"{MATCH}?outlet={outlet.pk}&format=xlsx")
    assert (
        other.headers["Content-Disposition"] == 'attachment; filename="pencocokan-2026-03-16-cocok-satu.xlsx"'
    )
    printed = page_of(sudin_client, f"{MATCH}?offer={offer.pk}&print=1")
    assert [
        cell.get_text(" ", strip=True).partition(" Sembako")[0] for cell in printed.select("tbody th")
    ] == [
        "1. Cocok Satu",
        "Tidak",
    ]
    log = AccessEvent.objects.filter(verb__in=[Verb.EXPORTED, Verb.PRINTED]).order_by("pk")
    assert list(log.values_list("verb", "target")) == [
        (Verb.EXPORTED, "Pencocokan: Hibah modal per 16/03/2026, Jakarta Selatan: 2 baris"),
        (Verb.EXPORTED, "Pencocokan: Cocok Satu per 16/03/2026, Jakarta Selatan: 1 baris"),
        (Verb.PRINTED, "Pencocokan: Hibah modal per 16/03/2026, Jakarta Selatan: 2 baris"),
    ]


def test_no_member_shows(sudin_client: Client) -> None:
    offer, outlet = OfferFactory.create(), idle("Gerai Uji", 40_000_000)
    MemberFactory.create(cooperative=outlet.cooperative, full_name="Nama Rahasia", number="RHS-1")
    for asked in (
        f"offer={offer.pk}",
        f"outlet={outlet.pk}",
        f"offer={offer.pk}&print=1",
        f"offer={offer.pk}&format=csv",
    ):
        body = sudin_client.get(f"{MATCH}?{asked}").content.decode()
        assert "Rahasia" not in body
        assert "RHS-1" not in body


def test_pages_of_fifty_and_excluded_ones_on_demand(sudin_client: Client) -> None:
    offer = OfferFactory.create()
    for number in range(52):
        idle(f"Gerai {number:02}", 1_000_000)
    for _number in range(22):
        idle("Tanpa angka")
    page = page_of(sudin_client, f"{MATCH}?offer={offer.pk}")
    second = page_of(sudin_client, f"{MATCH}?offer={offer.pk}&page=2")
    rows = "section[aria-labelledby=excluded] tbody tr"
    assert (total_of(page), len(ranked(page)), len(ranked(second)), len(page.select(rows))) == (52, 50, 2, 20)
    [more] = page.select("section[aria-labelledby=excluded] a.btn")
    assert len(page_of(sudin_client, str(more["href"]).partition("#")[0]).select(rows)) == 22


@pytest.mark.parametrize(("asked", "own"), [("", 6), ("offer", 12), ("outlet", 13)])
def test_three_rows_cost_as_many_queries_as_one(
    sudin_client: Client, django_assert_num_queries: DjangoAssertNumQueries, asked: str, own: int
) -> None:
    partner = PartnerFactory.create()
    for number in range(3):
        outlet = idle(f"Gerai {number}", 40_000_000)
        idle(f"Tanpa {number}")
        offer = OfferFactory.create(partner=partner, title=f"Hibah {number}")
        OfferFactory.create(kind=SupportKind.LOAN, min_paying_members=9)
        support_at(Stage.OFFERED, outlet=outlet, cooperative=outlet.cooperative, offer=offer, partner=partner)
        subject = {"offer": offer.pk, "outlet": outlet.pk}.get(asked, "")
        with django_assert_num_queries(header.SUDIN + own):
            sudin_client.get(f"{MATCH}?{asked}={subject}" if asked else MATCH)
