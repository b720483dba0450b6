import datetime as dt
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from bs4 import BeautifulSoup
from django.db import connection
from django.test import Client
from django.urls import reverse

from kkmp.accounts.models import User
from partners.models import Stage, StageChange, Support
from tests.factories import (
    StageChangeFactory,
    SupportFactory,
    UserFactory,
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
