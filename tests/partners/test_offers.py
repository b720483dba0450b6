"""Offers: what is typed, the list on a day, conditions in words, and what is promised out of one."""

import datetime as dt
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from kkmp.accounts.models import User
from partners.models import Offer, Stage
from tests import header
from tests.factories import CooperativeFactory, KecamatanFactory, UserFactory, officer_of
from tests.partner_factories import EventFactory, OfferFactory, PartnerFactory, support_at
from tests.reading import errors_of, lines_of, names_on, page_of, total_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]
OFFERS, ADD = "/partners/offers/", "/partners/offers/add/"
RP = "Rp\u00a0"


def typed(**changed: Any) -> dict[str, Any]:
    return {
        "title": "Modal awal gerai",
        "kind": "cash_grant",
        "ceiling_idr": "Rp 100.000.000",
        "per_outlet_idr": "25.000.000",
        "open_from": "2026-01-05",
        "open_until": "",
        **changed,
    }


def facts_of(page: BeautifulSoup, card: str) -> dict[str, str]:
    """The facts of one card, by their labels."""
    return {
        line.select("dt")[0].get_text(): line.select("dd")[0].get_text(" ", strip=True)
        for line in page.select(f"[aria-labelledby={card}] dl.facts > div")
    }


def test_offer_is_recorded_and_told_in_words(sudin_client: Client) -> None:
    tebet = CooperativeFactory.create(kelurahan__kecamatan__name="Tebet").kelurahan.kecamatan
    cilandak = CooperativeFactory.create(kelurahan__kecamatan__name="Cilandak").kelurahan.kecamatan
    partner, event = PartnerFactory.create(), EventFactory.create()
    # Ticked in any order, kept in that of the boxes.
    ticked = {
        "kecamatan": [tebet.pk, cilandak.pk],
        "outlet_kinds": ["pharmacy", "grocery"],
        "needed_papers": ["nib", "deed"],
        "min_paying_members": "50",
        "conditions": "Buka dalam tiga bulan",
    }
    response = sudin_client.post(ADD, typed(partner=partner.pk, event=event.pk, **ticked))
    offer = Offer.objects.get()
    assert response["Location"] == offer.get_absolute_url()
    stored = (offer.partner, offer.event, offer.kecamatan, offer.outlet_kinds, offer.needed_papers)
    assert stored == (partner, event, [cilandak.pk, tebet.pk], ["grocery", "pharmacy"], ["deed", "nib"])
    assert (offer.ceiling_idr, offer.per_outlet_idr, offer.open_until) == (100_000_000, 25_000_000, None)
    page = page_of(sudin_client, offer.get_absolute_url())
    assert facts_of(page, "conditions") == {
        "Kecamatan": "Cilandak, Tebet",
        "Jenis gerai": "Sembako, Apotek",
        "Surat yang harus ada": "Akta pendirian, NIB",
        "Anggota yang membayar": "paling sedikit 50",
        "Syarat lain": "Buka dalam tiga bulan",
    }


def test_an_offer_without_conditions_says_so(sudin_client: Client) -> None:
    page = page_of(sudin_client, OfferFactory.create().get_absolute_url())
    assert "Tanpa syarat: untuk semua gerai." in page.select("[aria-labelledby=conditions]")[0].get_text()


@pytest.mark.parametrize(
    ("changed", "field", "error"),
    [
        ({"kecamatan": ["99.99.99"]}, "kecamatan", "Masukkan pilihan yang valid. 99.99.99 bukan salah satu"),
        (
            {"outlet_kinds": ["castle"]},
            "outlet_kinds",
            "Masukkan pilihan yang valid. castle bukan salah satu",
        ),
        # A paper of the list that no cooperative needs.
        (
            {"needed_papers": ["other"]},
            "needed_papers",
            "Masukkan pilihan yang valid. other bukan salah satu",
        ),
        ({"kind": "castle"}, "kind", "Masukkan pilihan yang valid. castle bukan salah satu"),
        ({"ceiling_idr": "0"}, "ceiling_idr", "Nilai lebih dari Rp 0, atau kosongkan."),
        ({"per_outlet_idr": "x"}, "per_outlet_idr", ""),
        ({"min_paying_members": "-1"}, "min_paying_members", ""),
        ({"min_paying_members": "9" * 30}, "min_paying_members", ""),
        ({"partner": "9" * 40}, "partner", ""),
        ({"event": "x"}, "event", ""),
    ],
)
def test_bad_offer_is_told(sudin_client: Client, changed: dict[str, Any], field: str, error: str) -> None:
    CooperativeFactory.create()
    given = typed(**{"partner": PartnerFactory.create().pk, **changed})
    page = BeautifulSoup(sudin_client.post(ADD, given).content, "html.parser")
    [message] = errors_of(page)[field]
    assert message.startswith(error)
    assert Offer.objects.count() == 0


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"per_outlet_idr": "100.000.001"}, "Batas per gerai tidak lebih dari plafon seluruhnya."),
        ({"open_until": "2026-01-04"}, "“Berlaku sampai” tidak boleh sebelum “berlaku mulai”."),
    ],
)
def test_what_the_database_refuses_is_told(sudin_client: Client, changed: dict[str, Any], error: str) -> None:
    response = sudin_client.post(ADD, typed(partner=PartnerFactory.create().pk, **changed))
    assert error in response.content.decode()
    assert Offer.objects.count() == 0


def test_edit_keeps_the_partner_tells_lists_in_words_and_brings_them_back(sudin_client: Client) -> None:
    tebet = CooperativeFactory.create(kelurahan__kecamatan__name="Tebet").kelurahan.kecamatan
    offer = OfferFactory.create(kecamatan=[tebet.pk], outlet_kinds=["grocery"], needed_papers=["nib"])
    partner, edit = offer.partner, reverse("partners:offer_edit", args=[offer.pk])
    assert page_of(sudin_client, edit).select("[name=partner]") == []
    given = typed(outlet_kinds=["clinic"], partner=PartnerFactory.create().pk, version=1)
    sudin_client.post(edit, given)
    stale = sudin_client.post(edit, {**given, "outlet_kinds": ["grocery"]})
    offer.refresh_from_db()
    assert (offer.partner, offer.kecamatan, offer.outlet_kinds) == (partner, [], ["clinic"])
    assert "Hanya jenis gerai sekarang berisi “Klinik”" in stale.content.decode()
    history = page_of(sudin_client, offer.get_absolute_url()).select("[aria-labelledby=history]")[0]
    told = history.get_text(" ", strip=True)
    assert "31.74" not in told
    assert "grocery" not in told
    for words in ("Tebet", "Sembako", "Klinik", "NIB"):
        assert words in told
    first = offer.history.last().pk
    restored = page_of(sudin_client, f"{edit}?restore={first}")
    assert [box["value"] for box in restored.select("[type=checkbox][checked]")] == [
        tebet.pk,
        "grocery",
        "nib",
    ]


def test_state_and_filters_are_those_of_the_day(sudin_client: Client) -> None:
    alpha = PartnerFactory.create(name="Alpha")
    ended = {"open_from": dt.date(2025, 10, 1), "open_until": dt.date(2026, 1, 31)}
    OfferFactory.create(title="Lama", partner=alpha, kind="loan", **ended)
    OfferFactory.create(title="Terbuka", open_from=dt.date(2026, 1, 15), conditions="Dicari di sini")
    OfferFactory.create(title="Nanti", open_from=dt.date(2026, 4, 1))
    asked = {
        "": ["Nanti", "Terbuka", "Lama"],
        "state=open": ["Terbuka"],
        "state=over": ["Lama"],
        "state=soon": ["Nanti"],
        # The last day still counts; what was to begin later was not there.
        "on=2026-01-31&state=open": ["Terbuka", "Lama"],
        "on=2026-01-14": ["Lama"],
        "kind=loan": ["Lama"],
        f"partner={alpha.pk}": ["Lama"],
        "q=dicari": ["Terbuka"],
        "sort=ends": ["Lama", "Nanti", "Terbuka"],
        "sort=partner": ["Lama", "Terbuka", "Nanti"],
    }
    pages = {query: page_of(sudin_client, f"{OFFERS}?{query}") for query in asked}
    assert {query: names_on(page) for query, page in pages.items()} == asked
    assert {query: total_of(page) for query, page in pages.items()} == {
        query: len(names) for query, names in asked.items()
    }


def test_chosen_kecamatan_leaves_offers_that_do_not_rule_it_out(sudin_client: Client) -> None:
    tebet, other = (CooperativeFactory.create().kelurahan.kecamatan for _number in range(2))
    OfferFactory.create(title="Semua")
    OfferFactory.create(title="Di sini", kecamatan=[other.pk, tebet.pk])
    OfferFactory.create(title="Di sana", kecamatan=[other.pk])
    assert names_on(page_of(sudin_client, f"{OFFERS}?kecamatan={tebet.pk}")) == ["Di sini", "Semua"]


def test_promised_and_left_are_of_the_day_and_of_agreed_supports(sudin_client: Client) -> None:
    offer = OfferFactory.create(ceiling_idr=100, per_outlet_idr=None)
    support_at(Stage.COMMITTED, on=dt.date(2026, 2, 1), offer=offer, partner=offer.partner, committed_idr=30)
    support_at(Stage.COMPLETED, on=dt.date(2026, 3, 1), offer=offer, partner=offer.partner, committed_idr=80)
    support_at(Stage.OFFERED, offer=offer, partner=offer.partner, committed_idr=1_000)
    support_at(Stage.CANCELLED, offer=offer, partner=offer.partner, committed_idr=1_000)
    support_at(Stage.COMMITTED, committed_idr=1_000)
    shown = {}
    for day in ("2026-01-31", "2026-02-28", "2026-03-16"):
        page = page_of(sudin_client, f"{offer.get_absolute_url()}?on={day}")
        figures = [page.select(f"[{name}]")[0][name] for name in ("data-agreed", "data-left")]
        shown[day] = (*figures, "melebihi plafon" in page.get_text(), len(page.select("tbody tr")))
    assert shown == {
        "2026-01-31": ("0", "100", False, 0),
        "2026-02-28": ("30", "70", False, 3),
        "2026-03-16": ("110", "0", True, 4),
    }
    assert f"melebihi plafon sebanyak {RP}10." in page.get_text()
    assert lines_of(sudin_client, f"{OFFERS}?format=csv")[1:] == [
        (
            "Penawaran;Mitra;Bentuk bantuan;Keadaan;Berlaku mulai;Berlaku sampai;Plafon seluruhnya (Rp);"
            "Paling banyak per gerai (Rp);Sudah dijanjikan (Rp);Sisa plafon (Rp)"
        ),
        f"{offer.title};{offer.partner};Hibah uang;Masih berlaku;22/09/2025;;100;;110;0",
    ]


def test_an_offer_without_ceiling_has_nothing_left_to_tell(sudin_client: Client) -> None:
    offer = OfferFactory.create(ceiling_idr=None, per_outlet_idr=None)
    assert facts_of(page_of(sudin_client, offer.get_absolute_url()), "promised") == {
        "Sudah dijanjikan": f"{RP}0",
        "Sisa plafon": "tidak dibatasi",
    }
    assert lines_of(sudin_client, f"{OFFERS}?format=csv&columns=remaining")[2:] == [
        f"{offer.title};{offer.partner};"
    ]


def test_an_officer_is_told_what_was_promised_to_the_own_area_only(client: Client) -> None:
    offer = OfferFactory.create(ceiling_idr=1_000, per_outlet_idr=None)
    mine = support_at(Stage.COMMITTED, offer=offer, partner=offer.partner, committed_idr=30)
    theirs = support_at(Stage.COMMITTED, offer=offer, partner=offer.partner, committed_idr=400)
    client.force_login(officer_of(mine.cooperative.kelurahan))
    page = page_of(client, offer.get_absolute_url())
    assert facts_of(page, "promised") == {"Sudah dijanjikan": f"{RP}30"}
    assert names_on(page) == [str(mine.cooperative)]
    assert str(theirs.cooperative) not in page.get_text()
    [line] = lines_of(client, f"{OFFERS}?format=csv&columns=agreed,remaining")[2:]
    assert line == f"{offer.title};{offer.partner};30;"


def test_only_sudin_and_admin_write(client: Client) -> None:
    offer = OfferFactory.create()
    addresses = [OFFERS, offer.get_absolute_url(), ADD, reverse("partners:offer_edit", args=[offer.pk])]
    users: list[User] = [
        UserFactory.create(sudin=True),
        UserFactory.create(admin=True),
        UserFactory.create(leader=True),
        officer_of(KecamatanFactory.create()),
    ]
    seen = []
    for user in users:
        client.force_login(user)
        seen.append([client.get(address).status_code for address in addresses])
    assert seen == [[200] * 4, [200] * 4, [200, 200, 403, 403], [200, 200, 403, 403]]


def test_partner_and_event_lead_to_a_filled_form(sudin_client: Client) -> None:
    partner, event = PartnerFactory.create(), EventFactory.create()
    page = page_of(sudin_client, f"{ADD}?partner={partner.pk}&event={event.pk}")
    assert [option["value"] for option in page.select("option[selected][value]") if option["value"]] == [
        str(partner.pk),
        str(event.pk),
    ]
    for row in (partner, event):
        links = [
            str(link["href"]) for link in page_of(sudin_client, row.get_absolute_url()).select("a[href]")
        ]
        assert any(link.startswith(f"{ADD}?") for link in links)


@pytest.mark.parametrize("name", ["offer_detail", "offer_edit"])
def test_impossible_keys_are_not_found(sudin_client: Client, name: str) -> None:
    assert sudin_client.get(reverse(f"partners:{name}", args=[10**30])).status_code == 404


@pytest.mark.parametrize(
    "query",
    ["on=2026-02-31", "kecamatan=x", "page=abc", "sort=x", "state=x", "kind=x", "partner=" + "9" * 40, "q=%25_", "format=pdf"],
)  # fmt: skip
def test_any_address_gives_a_page(sudin_client: Client, query: str) -> None:
    OfferFactory.create()
    page_of(sudin_client, f"{OFFERS}?{query}")


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize(("page", "queries"), [("list", 6), ("detail", 9), ("add", 5), ("edit", 5)])
def test_pages_cost_the_same_for_any_number_of_rows(
    sudin_client: Client,
    django_assert_num_queries: DjangoAssertNumQueries,
    page: str,
    queries: int,
    rows: int,
) -> None:
    offer = OfferFactory.create(kecamatan=[CooperativeFactory.create().kelurahan.kecamatan_id])
    for _number in range(rows):
        support_at(Stage.COMMITTED, offer=offer, partner=offer.partner)
        OfferFactory.create(kecamatan=offer.kecamatan)
        offer.version += 1
        offer.kecamatan = [*offer.kecamatan, CooperativeFactory.create().kelurahan.kecamatan_id]
        offer.save()
    addresses = {
        "list": OFFERS,
        "detail": offer.get_absolute_url(),
        "add": ADD,
        "edit": reverse("partners:offer_edit", args=[offer.pk]),
    }
    with django_assert_num_queries(queries + header.SUDIN):
        assert sudin_client.get(addresses[page]).status_code == 200
