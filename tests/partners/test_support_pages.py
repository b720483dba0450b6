import datetime as dt
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from bs4 import BeautifulSoup
from django.db import connection
from django.test import Client
from django.urls import reverse

from kkmp.accounts.models import User
from outlets.models import CapitalNeed
from partners.models import Stage, StageChange, Support
from tests.factories import CapitalNeedFactory, OutletFactory, UserFactory, officer_of
from tests.partner_factories import (
    DisbursementFactory,
    EventFactory,
    OfferFactory,
    PartnerFactory,
    StageChangeFactory,
    SupportFactory,
    support_at,
)
from tests.reading import errors_of, page_of, values_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]


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


NOT_ON_OFFER = "Masukkan pilihan yang valid. Pilihan tersebut bukan salah satu dari pilihan yang tersedia."


@pytest.mark.parametrize(
    ("field", "value", "error"),
    [
        ("committed_idr", "0", "Nilai lebih dari Rp 0, atau kosongkan."),
        ("committed_idr", "-5", "“-5” bukan jumlah rupiah. Contoh: 1.250.000."),
        ("committed_idr", "9" * 30, f"“{'9' * 30}” bukan jumlah rupiah. Contoh: 1.250.000."),
        ("committed_idr", "1" + ".000" * 6, "Jumlah rupiah di luar batas yang wajar."),
        (
            "committed_idr",
            "1" + ".000" * 3000,
            f"“{('1' + '.000' * 10)[:40]}” bukan jumlah rupiah. Contoh: 1.250.000.",
        ),
        ("effective_on", "2026-03-17", "Tanggal ini belum terjadi; paling akhir hari ini."),
        ("effective_on", "31/02/2026", "“31/02/2026” bukan tanggal. Contoh: 22/09/2025."),
        ("kind", "", "Bidang ini tidak boleh kosong."),
        ("stage", "x", "Masukkan pilihan yang valid. x bukan salah satu dari pilihan yang tersedia."),
        ("partner", "9" * 40, NOT_ON_OFFER),
        ("cooperative", "31.74.99.9999", NOT_ON_OFFER),
        ("cooperative", "a\x00", "Karakter null tidak diizinkan."),
        (
            "note",
            "a" * 10_000,
            "Pastikan nilai ini mengandung paling banyak 300 karakter (sekarang 10000 karakter).",
        ),
    ],
)
def test_bad_support_is_told_and_nothing_typed_is_lost(
    sudin_client: Client, field: str, value: str, error: str
) -> None:
    wanted = typed_support(SupportFactory.create(), **{field: value})
    response = sudin_client.post(reverse("partners:support_add"), wanted)
    page = BeautifulSoup(response.content, "html.parser")
    assert errors_of(page) == {field: [error]}
    for name in ("committed_idr", "effective_on", "note", "reason"):
        assert values_of(page)[name] == wanted[name]
    assert (Support.objects.count(), StageChange.objects.count()) == (1, 0)


def test_cancelling_from_the_start_needs_a_reason(sudin_client: Client) -> None:
    wanted = typed_support(SupportFactory.create(), stage="cancelled")
    response = sudin_client.post(reverse("partners:support_add"), wanted)
    assert errors_of(BeautifulSoup(response.content, "html.parser")) == {
        "reason": ["Tulis alasan pembatalan."]
    }


@pytest.mark.parametrize(
    "query", ["partner=abc", "partner=" + "9" * 40, "cooperative=x", "partner=&cooperative="]
)
def test_odd_prefill_is_ignored(sudin_client: Client, query: str) -> None:
    page = page_of(sudin_client, f"{reverse('partners:support_add')}?{query}")
    assert page.select("select[name=partner] [selected]:not([value=''])") == []


def test_support_page_shows_the_stages_by_the_day(sudin_client: Client, sudin: User) -> None:
    support = SupportFactory.create(committed_idr=None)
    for stage, on in [(Stage.OFFERED, dt.date(2026, 1, 10)), (Stage.COMMITTED, dt.date(2026, 2, 10))]:
        StageChangeFactory.create(support=support, stage=stage, effective_on=on, by=sudin)

    def stages(query: str) -> tuple[list[str], bool]:
        page = page_of(sudin_client, support.get_absolute_url() + query)
        names = page.select("section[aria-labelledby=stages] .history li > p:first-of-type")
        lines = [name.get_text(" ", strip=True) for name in names]
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
    assert next((row.stage, row.by) for row in support.stage_changes.all()) == ("offered", sudin)


def test_second_writer_of_a_stage_is_told_and_may_save_again(sudin_client: Client) -> None:
    support = support_at(Stage.OFFERED)
    address = reverse("partners:support_stage", args=[support.pk])
    typed = values_of(page_of(sudin_client, address)) | {"stage": "disbursed", "effective_on": "2026-03-02"}
    newer = StageChangeFactory.create(
        support=support, effective_on=dt.date(2026, 3, 1), by__full_name="Staf Lain"
    )
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


# --- where it goes, and what was agreed ----------------------------------------


@pytest.fixture
def need() -> CapitalNeed:
    return CapitalNeedFactory.create()


def test_a_support_says_its_need_offer_payer_and_agreement(sudin_client: Client, need: CapitalNeed) -> None:
    offer = OfferFactory.create(event=EventFactory.create())
    payer = PartnerFactory.create()
    add = reverse("partners:support_add")
    begun = values_of(page_of(sudin_client, f"{add}?need={need.pk}&offer={offer.pk}"))
    assert {
        name: begun[name] for name in ("partner", "cooperative", "outlet", "need", "offer", "event", "kind")
    } == {
        "partner": str(offer.partner_id),
        "cooperative": need.outlet.cooperative.kelurahan_id,
        "outlet": str(need.outlet_id),
        "need": str(need.pk),
        "offer": str(offer.pk),
        "event": str(offer.event_id),
        "kind": "cash_grant",
    }
    typed = begun | {
        "committed_idr": "5.000.000",
        "payer": payer.pk,
        "agreement_no": "PKS/1/2026",
        "agreement_until": "2026-12-31",
        "stage": "committed",
        "effective_on": "2026-03-01",
    }
    sudin_client.post(add, typed)
    row = Support.objects.get()
    assert (row.need, row.outlet, row.offer, row.event, row.payer, row.agreement_no, row.agreement_until) == (
        *(need, need.outlet, offer, offer.event, payer),
        *("PKS/1/2026", dt.date(2026, 12, 31)),
    )


def test_what_does_not_belong_together_is_told_beside_its_field(
    sudin_client: Client, need: CapitalNeed
) -> None:
    like = SupportFactory.create()
    wanted = typed_support(
        like,
        kind="cash_grant",
        outlet=OutletFactory.create().pk,
        need=need.pk,
        offer=OfferFactory.create().pk,
        payer=like.partner_id,
        loan_months=12,
        return_due_on="2026-12-31",
    )
    answer = sudin_client.post(reverse("partners:support_add"), wanted)
    page = BeautifulSoup(answer.content, "html.parser")
    assert errors_of(page) == {
        "outlet": ["Gerai ini milik koperasi lain."],
        "need": ["Kebutuhan ini milik gerai lain."],
        "offer": ["Penawaran ini dari mitra lain."],
        "payer": ["Kosongkan bila mitra itu sendiri yang membayar."],
        "loan_months": ["Jangka waktu hanya untuk pinjaman."],
        "return_due_on": ["Tanggal kembali hanya untuk titip jual dan pinjam pakai."],
    }
    assert values_of(page)["loan_months"] == "12"
    assert Support.objects.count() == 1


def test_the_kind_stays_once_money_has_arrived(sudin_client: Client) -> None:
    support = support_at(Stage.COMMITTED)
    DisbursementFactory.create(support=support)
    edit = reverse("partners:support_edit", args=[support.pk])
    typed = values_of(page_of(sudin_client, edit)) | {"kind": "loan"}
    page = BeautifulSoup(sudin_client.post(edit, typed).content, "html.parser")
    [message] = errors_of(page)["kind"]
    assert message.startswith("Sudah ada penyaluran, jadi bentuknya tetap.")
    support.refresh_from_db()
    assert support.kind == "cash_grant"


def test_a_loan_above_the_limits_is_kept_and_told(sudin_client: Client) -> None:
    like = SupportFactory.create()
    wanted = typed_support(like, committed_idr="3.000.000.001", loan_months=73)
    told = sudin_client.post(reverse("partners:support_add"), wanted, follow=True).content.decode()
    assert "Pinjaman di atas plafon" in told
    assert "Pinjaman terlalu lama" in told
    assert Support.objects.count() == 2


def test_an_officer_proposes_for_the_own_area_and_decides_nothing(client: Client, need: CapitalNeed) -> None:
    officer = officer_of(need.outlet.cooperative.kelurahan)
    client.force_login(officer)
    theirs = CapitalNeedFactory.create()
    add = reverse("partners:support_add")
    page = page_of(client, f"{add}?need={need.pk}")
    assert [option["value"] for option in page.select("select[name=need] option")] == ["", str(need.pk)]
    assert page.select("[name=stage], [name=payer]") == []
    typed = values_of(page) | {
        "partner": PartnerFactory.create().pk,
        "kind": "cash_grant",
        "stage": "committed",
    }
    client.post(add, typed | {"need": theirs.pk})
    assert not Support.objects.exists()
    told = client.post(add, typed, follow=True).content.decode()
    assert "Usulan tercatat di tahap Penjajakan. Sudin yang memutuskan tahap berikutnya." in told
    assert [(row.stage, row.by) for row in Support.objects.get().stage_changes.all()] == [
        ("prospect", officer)
    ]
