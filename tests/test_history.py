"""History: every edit in words, with who and why, beside dated facts; and the way back to an earlier content."""

import datetime as dt
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from django.urls import reverse
from simple_history.utils import bulk_create_with_history

from cooperatives.models import Gender
from kkmp.accounts.models import User
from members.models import Member, MemberKind
from outlets.services import retract_change
from partners.models import Stage
from tests import header
from tests.factories import (
    AreaGrantFactory,
    CapitalNeedFactory,
    CooperativeFactory,
    KecamatanFactory,
    OutletFactory,
    PaperFactory,
    StatusChangeFactory,
    UserFactory,
    officer_of,
)
from tests.member_factories import MemberFactory
from tests.partner_factories import EventFactory, PartnerFactory, support_at
from tests.reading import page_of, text_of, values_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]
RP = "Rp\u00a0"


@pytest.fixture
def sudin(client: Client) -> Client:
    client.force_login(UserFactory.create(sudin=True, full_name="Staf Contoh"))
    return client


def lines_of(page: BeautifulSoup) -> list[str]:
    """Each entry of the page's history in one line, without the links."""
    entries = page.select("[aria-labelledby=history] .history > li")
    for link in page.select("[aria-labelledby=history] .history a"):
        link.decompose()
    return [entry.get_text(" ", strip=True) for entry in entries]


def saved(row: Any, *, by: User, reason: str = "", **changed: Any) -> None:
    """As a form saves it."""
    for name, value in changed.items():
        setattr(row, name, value)
    row.version += 1
    row._history_user, row._change_reason = by, reason or None
    row.save()


def test_an_edit_is_told_field_by_field_with_who_and_why(sudin: Client) -> None:
    outlet = OutletFactory.create(name="Gerai Satu", kind="grocery")
    by = UserFactory.create(full_name="Petugas <b>Contoh</b>")
    saved(
        outlet,
        by=by,
        reason="Diukur ulang",
        kind="pharmacy",
        address="Jalan <i>Dua</i>",
        area_m2=1200,
        water=False,
    )
    saved(outlet, by=by, area_m2=None, water=True)
    saved(outlet, by=by)
    assert lines_of(page_of(sudin, outlet.get_absolute_url())) == [
        "Disimpan tanpa perubahan isi Petugas <b>Contoh</b> , 16 Maret 2026 12.00",
        (
            "Diubah Petugas <b>Contoh</b> , 16 Maret 2026 12.00 "
            "Luas (m²) dari 1.200 → menjadi kosong Air dari tidak → menjadi ya"
        ),
        (
            "Diubah Petugas <b>Contoh</b> , 16 Maret 2026 12.00 Diukur ulang "
            "Jenis dari Sembako → menjadi Apotek Alamat dari kosong → menjadi Jalan <i>Dua</i> "
            "Luas (m²) dari kosong → menjadi 1.200 Air dari kosong → menjadi tidak"
        ),
        "Dibuat sistem , 16 Maret 2026 12.00 Isi pertama Jenis Sembako Nama gerai Gerai Satu",
    ]


def test_money_days_and_choices_are_told_in_words(sudin: Client) -> None:
    need = CapitalNeedFactory.create(amount_idr=5_000_000)
    saved(
        need, by=UserFactory.create(full_name="Petugas"), amount_idr=7_500_000, closed_on=dt.date(2026, 3, 1)
    )
    [newest, _first] = lines_of(page_of(sudin, need.get_absolute_url()))
    assert newest == (
        f"Diubah Petugas , 16 Maret 2026 12.00 Jumlah dari {RP}5.000.000 → menjadi {RP}7.500.000 "
        "Terpenuhi pada dari kosong → menjadi 1 Maret 2026"
    )


def test_every_record_has_its_history(sudin: Client) -> None:
    by = UserFactory.create(full_name="Pengubah")
    cooperative, member, partner, event = (
        CooperativeFactory.create(),
        MemberFactory.create(),
        PartnerFactory.create(),
        EventFactory.create(),
    )
    support = support_at(Stage.OFFERED)
    saved(cooperative, by=by, office="Kantor Baru")
    saved(member, by=by, gender=Gender.FEMALE)
    saved(partner, by=by, focus="Modal")
    saved(event, by=by, place="Aula")
    saved(support, by=by, note="Tahap dua")
    told = {
        address: [line for line in lines_of(page_of(sudin, address)) if line.startswith("Diubah")]
        for address in (
            cooperative.get_absolute_url(),
            member.get_absolute_url(),
            partner.get_absolute_url(),
            event.get_absolute_url(),
            support.get_absolute_url(),
        )
    }
    who = "Diubah Pengubah , 16 Maret 2026 12.00"
    assert list(told.values()) == [
        [f"{who} Alamat kantor dari kosong → menjadi Kantor Baru"],
        [f"{who} Jenis kelamin dari kosong → menjadi Perempuan"],
        [f"{who} Bidang bantuan dari kosong → menjadi Modal"],
        [f"{who} Tempat dari kosong → menjadi Aula"],
        [f"{who} Keterangan dari kosong → menjadi Tahap dua"],
    ]


def test_dated_facts_stand_in_the_same_stream(sudin: Client) -> None:
    outlet = OutletFactory.create(name="Gerai Satu")
    staff = UserFactory.create(sudin=True, full_name="Staf Pencatat")
    change = StatusChangeFactory.create(
        outlet=outlet,
        idle=True,
        note="Rak kosong",
        recorded_by=staff,
        effective_on=dt.date(2026, 1, 5),
        recorded_at=dt.datetime(2026, 1, 6, 3, tzinfo=dt.UTC),
    )
    retract_change(change, note="Salah gerai", by=staff)
    taken_back = "Staf Pencatat , 16 Maret 2026 12.00 · berlaku 5 Januari 2026 Salah gerai"
    recorded = "Staf Pencatat , 6 Januari 2026 10.00 · Keputusan Sudin, berlaku 5 Januari 2026 Rak kosong"
    lines = lines_of(page_of(sudin, outlet.get_absolute_url()))
    assert [line for line in lines if not line.startswith("Dibuat")] == [
        f"Dicabut: Ada, belum berjalan · Modal usaha {taken_back}",
        f"Ada, belum berjalan · Modal usaha {recorded}",
    ]
    page = page_of(sudin, outlet.cooperative.get_absolute_url())
    assert f"Ada, belum berjalan · Modal usaha · Gerai Satu {recorded}" in lines_of(page)


def test_stages_stand_in_the_history_of_a_support(sudin: Client) -> None:
    support = support_at(Stage.COMMITTED, dt.date(2026, 2, 1))
    change = support.stage_changes.get()
    lines = lines_of(page_of(sudin, support.get_absolute_url()))
    assert [line for line in lines if line.startswith("Tahap")] == [
        f"Tahap: Komitmen {change.by} , 16 Maret 2026 12.00 · berlaku 1 Februari 2026 Alasan contoh"
    ]


def test_only_the_newest_show_until_all_are_asked_for(sudin: Client) -> None:
    partner, by = PartnerFactory.create(), UserFactory.create()
    for number in range(12):
        saved(partner, by=by, focus=f"Bidang {number}")
    page = page_of(sudin, f"{partner.get_absolute_url()}?on=2026-03-01")
    assert [len(page.select(".history > li")), page.select(".history + p a")[0]["href"]] == [
        10,
        "?on=2026-03-01&history=all#history",
    ]
    # The oldest that is shown is told too: the row before it is read with it.
    assert "Bidang 1 → menjadi Bidang 2" in lines_of(page)[-1]
    whole = page_of(sudin, f"{partner.get_absolute_url()}?history=all")
    assert len(whole.select(".history > li")) == 13
    assert text_of(whole, ".history + p a") == "Lihat yang terbaru saja"


def test_a_row_without_a_beginning_tells_what_it_knows(sudin: Client) -> None:
    member = MemberFactory.create()
    member.history.all().delete()
    saved(member, by=UserFactory.create(full_name="Pengubah"), full_name="Nama Baru")
    assert lines_of(page_of(sudin, member.get_absolute_url())) == [
        "Disimpan tanpa perubahan isi Pengubah , 16 Maret 2026 12.00"
    ]


def test_a_reason_is_kept_with_the_edit(sudin: Client) -> None:
    outlet = OutletFactory.create()
    address = reverse("outlets:edit", args=[outlet.pk])
    typed = values_of(page_of(sudin, address)) | {"address": "Jalan Baru", "change_reason": "Pindah tempat"}
    sudin.post(address, typed)
    assert outlet.history.first().history_change_reason == "Pindah tempat"
    long = sudin.post(address, typed | {"version": "2", "change_reason": "x" * 10_000})
    assert long.context["form"].errors == {
        "change_reason": [
            "Pastikan nilai ini mengandung paling banyak 100 karakter (sekarang 10000 karakter)."
        ]
    }


def test_an_earlier_content_comes_back_through_the_form(sudin: Client) -> None:
    need = CapitalNeedFactory.create(amount_idr=5_000_000, text="Rak")
    by = UserFactory.create()
    saved(need, by=by, amount_idr=9_000_000, text="Salah", closed_on=dt.date(2026, 3, 1))
    page = page_of(sudin, need.get_absolute_url())
    links = [str(link["href"]) for link in page.select("[aria-labelledby=history] li a")]
    first = need.history.last()
    assert links == [f"{need.get_absolute_url()}?restore={first.history_id}"]
    form = page_of(sudin, links[0])
    assert text_of(form, "form.card > .alert") == (
        "Isian ini adalah isi yang tersimpan 16 Maret 2026 12.00. Periksa, lalu simpan untuk memakainya lagi."
    )
    typed = values_of(form)
    assert typed == {
        "version": "2",
        "purpose": "working_capital",
        "amount_idr": "5.000.000",
        "text": "Rak",
        "since_on": "2025-09-22",
        "closed_on": "",
        "change_reason": "Dikembalikan ke isi 16 Maret 2026 12.00",
    }
    # Meanwhile somebody else saves: the second editor is told here as everywhere.
    saved(need, by=by, text="Lagi")
    told = sudin.post(links[0], typed)
    assert told.context["form"].has_error("__all__")
    sudin.post(links[0], typed | {"version": "3"})
    need.refresh_from_db()
    assert (need.amount_idr, need.text, need.closed_on, need.version) == (5_000_000, "Rak", None, 4)


@pytest.mark.parametrize("key", ["", "0", "abc", "9" * 18, "9" * 30, "-1", "１", "1 OR 1=1", "😀"])
def test_what_is_no_earlier_state_changes_nothing_in_the_form(sudin: Client, key: str) -> None:
    outlet, other = OutletFactory.create(name="Gerai Ini"), OutletFactory.create(name="Gerai Lain")
    address = reverse("outlets:edit", args=[outlet.pk])
    for asked in (key, str(other.history.get().history_id)):
        page = BeautifulSoup(sudin.get(address, {"restore": asked}).content, "html.parser")
        assert (values_of(page)["name"], page.select("form.card > .alert")) == ("Gerai Ini", [])


def test_who_may_not_edit_gets_no_way_back(client: Client) -> None:
    outlet = OutletFactory.create()
    saved(outlet, by=UserFactory.create(), address="Baru")
    client.force_login(UserFactory.create(leader=True))
    page = page_of(client, outlet.get_absolute_url())
    assert page.select("[aria-labelledby=history] li a") == []
    key = outlet.history.last().history_id
    assert client.get(reverse("outlets:edit", args=[outlet.pk]), {"restore": key}).status_code == 403


def test_a_related_row_out_of_scope_stays_nameless(client: Client) -> None:
    """A paper was moved from another area's cooperative to mine."""
    mine = CooperativeFactory.create(kelurahan__name="Saya")
    theirs = CooperativeFactory.create(kelurahan__name="Mereka")
    paper = PaperFactory.create(cooperative=theirs)
    saved(paper, by=UserFactory.create(), cooperative=mine)
    client.force_login(officer_of(mine.kelurahan))
    page = page_of(client, paper.get_absolute_url())
    assert "Koperasi dari di luar wilayah Anda → menjadi KKMP Saya" in lines_of(page)[0]
    assert "Mereka" not in page.get_text()


def test_history_costs_the_same_for_any_number_of_edits(
    sudin: Client, django_assert_num_queries: Any
) -> None:
    outlet, by = OutletFactory.create(), UserFactory.create()
    need = CapitalNeedFactory.create(outlet=outlet)
    paper, other = PaperFactory.create(cooperative=outlet.cooperative), CooperativeFactory.create()

    def edit(number: int) -> None:
        saved(need, by=UserFactory.create(), amount_idr=1_000_000 + number)
        saved(outlet, by=by, address=f"Jalan {number}")
        StatusChangeFactory.create(outlet=outlet, effective_on=dt.date(2026, 1, number))

    edit(1)
    pages = ((need.get_absolute_url(), 5), (outlet.get_absolute_url(), 13))
    for address, queries in pages:
        with django_assert_num_queries(queries + header.SUDIN):
            page_of(sudin, address)
    edit(2)
    edit(3)
    for address, queries in pages:
        with django_assert_num_queries(queries + header.SUDIN):
            page_of(sudin, address)
    # Where a field pointed elsewhere, the names cost one query, however often it did.
    for times in (1, 3):
        for _time in range(times):
            saved(paper, by=by, cooperative=other)
            saved(paper, by=by, cooperative=outlet.cooperative)
        with django_assert_num_queries(7 + header.SUDIN):
            page_of(sudin, paper.get_absolute_url())


def test_the_back_office_tells_grants_in_the_same_words(
    client: Client, django_assert_max_num_queries: Any
) -> None:
    admin = UserFactory.create(admin=True)
    client.force_login(admin)
    first, second = KecamatanFactory.create(name="Awal"), KecamatanFactory.create(name="Akhir")
    for kecamatan in (first, second):
        CooperativeFactory.create(kelurahan__kecamatan=kecamatan)
    grant = AreaGrantFactory.create(kecamatan=first)
    for kecamatan in (second, first, second):
        saved(grant, by=admin, reason="Serah terima", kecamatan=kecamatan, ends_on=dt.date(2026, 12, 31))
    with django_assert_max_num_queries(11):
        page = page_of(client, reverse("admin:cooperatives_areagrant_history", args=[grant.pk]))
    told = [item.get_text() for item in page.select("#change-history li")]
    assert told == [
        "Kecamatan: Awal → Akhir",
        "Kecamatan: Akhir → Awal",
        "Kecamatan: Awal → Akhir",
        "Hari terakhir: kosong → 31 Desember 2026",
    ]


def test_the_back_office_asks_for_the_reason_too(client: Client) -> None:
    client.force_login(UserFactory.create(admin=True))
    outlet = OutletFactory.create()
    change = reverse("admin:outlets_outlet_change", args=[outlet.pk])
    fields = BeautifulSoup(client.get(change).content, "html.parser").select("#outlet_form [name]")
    typed: dict[str, Any] = {str(field["name"]): field.get("value", "") for field in fields}
    typed |= {"kind": outlet.kind, "cooperative": outlet.cooperative_id, "address": "Baru"}
    client.post(change, typed | {"change_reason": "Salah ketik"})
    newest = outlet.history.first()
    assert (newest.address, newest.history_change_reason) == ("Baru", "Salah ketik")


def test_rows_brought_in_many_at_once_have_their_history_too(sudin: Client) -> None:
    cooperative, by = CooperativeFactory.create(), UserFactory.create(full_name="Pengimpor")
    row = Member(
        cooperative=cooperative,
        number="1",
        full_name="Nama",
        kind=MemberKind.EXTRAORDINARY,
        joined_on=dt.date(2026, 1, 1),
    )
    bulk_create_with_history([row], Member, default_user=by, default_change_reason="Impor “a.csv”")
    member = Member.objects.get()
    [line] = lines_of(page_of(sudin, member.get_absolute_url()))
    assert line == (
        "Dibuat Pengimpor , 16 Maret 2026 12.00 Impor “a.csv” Isi pertama Nomor anggota 1 Nama lengkap Nama "
        "Jenis keanggotaan Anggota luar biasa "
        "Tanggal masuk 1 Januari 2026"
    )
