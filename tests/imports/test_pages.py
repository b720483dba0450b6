import io
from datetime import date
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from cooperatives.models import Cooperative
from kkmp.accounts.models import AccessEvent, Role, User, Verb
from kkmp.imports.models import BatchState, ImportBatch
from kkmp.imports.services import confirm
from kkmp.tabular.reading import read
from outlets.models import CapitalNeed, Outlet, StatusChange
from outlets.opening import COLUMNS
from tests import header
from tests.factories import UserFactory, officer_of
from tests.imports.sheets import HEAD, csv_of, previewed

GOOD = ("31.74.07.1001", "", "", "Berjalan", "01/10/2025")
IDLE = ("31.74.07.1007", "", "", "Belum berjalan", "22/09/2025", "modal", "50.000.000")
WRONG = ("", "", "Pulo", "entah", "", "", "x")
UPLOAD = reverse("imports:upload", args=["opening"])


@pytest.fixture
def signed_in(client: Client, sudin: User, territory: dict[str, Cooperative], today: date) -> Client:
    client.force_login(sudin)
    return client


def page_of(response: Any) -> BeautifulSoup:
    return BeautifulSoup(response.content, "html.parser")


def text_of(response: Any) -> str:
    main = page_of(response).main
    assert main
    return " ".join(main.get_text(" ", strip=True).split())


def send(client: Client, content: bytes, name: str = "awal.csv", *, follow: bool = True) -> Any:
    return client.post(UPLOAD, {"file": SimpleUploadedFile(name, content)}, follow=follow)


def cells_of(table: Any) -> list[list[str]]:
    return [
        [" ".join(cell.get_text(" ", strip=True).split()) for cell in row.find_all(["th", "td"])]
        for row in table.find("tbody").find_all("tr")
    ]


# --- upload -------------------------------------------------------------------


def test_upload_page_says_what_the_file_needs(signed_in: Client) -> None:
    page = text_of(signed_in.get(UPLOAD))
    assert "Satu baris untuk satu KKMP" in page
    assert " ".join(HEAD) in page
    assert reverse("imports:template", args=["opening"]) in signed_in.get(UPLOAD).content.decode()


def test_file_becomes_a_preview_with_every_error(signed_in: Client) -> None:
    response = send(signed_in, csv_of(GOOD, WRONG))
    batch = ImportBatch.objects.get()
    assert response.redirect_chain == [(batch.get_absolute_url(), 302)]
    errors, rows = page_of(response).main.find_all("table")  # type: ignore[union-attr]
    assert [row[:3] for row in cells_of(errors)] == [
        ["Baris 3", "Kecamatan", "kosong"],
        ["Baris 3", "Status gerai", "entah"],
        ["Baris 3", "Sejak", "kosong"],
        ["Baris 3", "Kebutuhan modal (Rp)", "x"],
    ]
    melawai = "KKMP Melawai · Berjalan sejak 01/10/2025 · gerai baru “Gerai KKMP Melawai” (Sembako)"
    assert cells_of(rows) == [
        ["Baris 2", f"Baru {melawai}", "31.74.07.1001", "", "Berjalan", "01/10/2025", ""],
        ["Baris 3", "Perlu diperbaiki", "", "Pulo", "entah", "", "x"],
    ]
    page = text_of(response)
    assert "1 baris perlu diperbaiki; belum ada yang tercatat" in page
    assert "dimasukkan sekaligus atau tidak sama sekali" in page
    assert reverse("imports:confirm", args=[batch.pk]) not in response.content.decode()
    assert StatusChange.objects.count() == 0


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "Berkas ini kosong."),
        (b"PK\x03\x04rusak", "Berkas ini rusak atau tidak lengkap."),
        (b"apa;saja\r\n1;2", "Baris judul tidak ditemukan."),
        (b"x" * 5_000_001, "Berkas lebih besar dari 5 MB."),
        (b"x" * 50_000_000, "Berkas lebih besar dari 5 MB."),
    ],
    ids=["empty", "truncated", "no table", "5 MB", "50 MB"],
)
def test_file_that_cannot_be_read_keeps_the_page(signed_in: Client, content: bytes, told: str) -> None:
    response = send(signed_in, content)
    assert (response.status_code, response.redirect_chain, ImportBatch.objects.count()) == (200, [], 0)
    assert told in text_of(response)


def test_no_file_keeps_the_page(signed_in: Client) -> None:
    response = signed_in.post(UPLOAD, {"file": "bukan berkas"})
    assert (response.status_code, ImportBatch.objects.count()) == (200, 0)
    assert "Ada 1 isian yang perlu diperbaiki" in text_of(response)


def test_odd_names_and_cells_are_shown_as_text(signed_in: Client) -> None:
    name = "<script>alert(1)</script>\u202e😀" + "n" * 300 + ".csv"
    response = send(signed_in, csv_of((*GOOD, "", "", "", "<b>=1+1</b>"), head=(*HEAD, "<i>lain</i>")), name)
    batch = ImportBatch.objects.get()
    assert (len(batch.file_name) <= 200, batch.file_name.endswith(".csv")) == (True, True)
    html = response.content.decode()
    assert [tag in html for tag in ("<script>alert", "<b>=1+1", "<i>lain")] == [False, False, False]
    assert "“<b>=1+1</b>”" in text_of(response)
    assert "Kolom yang tidak dibaca: <i>lain</i>" in text_of(response)


# --- template -----------------------------------------------------------------


@pytest.mark.parametrize("query", ["", "?format=csv"])
def test_template_brings_the_cooperatives_and_is_read_back(signed_in: Client, query: str) -> None:
    response = signed_in.get(reverse("imports:template", args=["opening"]) + query)
    kind = "csv" if query else "xlsx"
    assert response["Content-Disposition"] == f'attachment; filename="data-awal-kkmp.{kind}"'
    table = read(io.BytesIO(response.content), COLUMNS, max_bytes=100_000, max_rows=100)
    assert [row.cells for row in table.rows] == [
        {"code": "31.74.07.1001", "kecamatan": "Kebayoran Baru", "kelurahan": "Melawai"},
        {"code": "31.74.07.1007", "kecamatan": "Kebayoran Baru", "kelurahan": "Pulo"},
        {"code": "31.74.04.1002", "kecamatan": "Pasar Minggu", "kelurahan": "Jati Padang"},
        {"code": "31.74.04.1001", "kecamatan": "Pasar Minggu", "kelurahan": "Pasar Minggu"},
        {"code": "31.74.04.1004", "kecamatan": "Pasar Minggu", "kelurahan": "Ragunan"},
        {"code": "31.74.02.1001", "kecamatan": "Setiabudi", "kelurahan": "Setia Budi"},
    ]
    preview = send(signed_in, response.content, f"contoh.{kind}")
    assert "Belum ada yang bisa dimasukkan" in text_of(preview)


# --- confirm and undo ---------------------------------------------------------


def test_confirm_is_offered_and_tells_what_it_did(signed_in: Client, sudin: User) -> None:
    batch = previewed(GOOD, IDLE, by=sudin)
    address = reverse("imports:confirm", args=[batch.pk])
    page = signed_in.get(batch.get_absolute_url())
    assert "Masukkan 2 baris" in text_of(page)
    assert address in page.content.decode()
    done = text_of(signed_in.post(address, follow=True))
    assert "2 baris dimasukkan." in done
    assert "2 baris dimasukkan oleh Staf Sudin Contoh, 16 Maret 2026 12.00." in done
    assert "Batalkan impor ini" in done
    twice = text_of(signed_in.post(address, follow=True))
    assert "Berkas ini sudah dimasukkan oleh Staf Sudin Contoh pada 16 Maret 2026 12.00." in twice
    assert StatusChange.objects.count() == 2


def test_confirm_that_comes_too_late_shows_why(signed_in: Client, sudin: User) -> None:
    late = previewed(GOOD, by=sudin)
    confirm(batch=previewed(GOOD, by=sudin, name="lain.csv"), by=sudin)
    page = text_of(signed_in.post(reverse("imports:confirm", args=[late.pk]), follow=True))
    assert "Tidak ada yang dimasukkan: keadaannya berubah sejak berkas diperiksa." in page
    assert "KKMP Melawai sudah dicatat: Berjalan sejak 1 Oktober 2025." in page
    assert "Berkas yang sama persis sudah dimasukkan" in page


def test_undo_asks_with_consequences_and_needs_a_reason(signed_in: Client, sudin: User) -> None:
    batch = confirm(batch=previewed(GOOD, IDLE, by=sudin), by=sudin)
    address = reverse("imports:undo", args=[batch.pk])
    asked = text_of(signed_in.get(address))
    for sentence in (
        "2 status dicabut. Halaman untuk hari-hari sejak 22 September 2025 berubah.",
        "1 kebutuhan modal dihapus.",
        "Gerai yang dibuat tetap ada di daftar",
    ):
        assert sentence in asked
    for reason in ("", " ", "x" * 301, "a\x00b"):
        assert signed_in.post(address, {"note": reason}).status_code == 200
    assert StatusChange.objects.live().count() == 2
    done = text_of(signed_in.post(address, {"note": "Berkas lama 😀"}, follow=True))
    assert "Impor “awal.csv” dibatalkan." in done
    assert "Dibatalkan oleh Staf Sudin Contoh, 16 Maret 2026 12.00: “Berkas lama 😀”." in done
    assert (StatusChange.objects.live().count(), Outlet.objects.count(), CapitalNeed.objects.count()) == (
        0,
        2,
        0,
    )
    assert CapitalNeed.history.latest().history_user == sudin
    again = text_of(signed_in.get(address, follow=True))
    assert "Yang bisa dibatalkan hanya berkas yang sudah dimasukkan dan belum dibatalkan." in again


def test_confirm_is_no_link(signed_in: Client, sudin: User) -> None:
    batch = previewed(GOOD, by=sudin)
    assert signed_in.get(reverse("imports:confirm", args=[batch.pk])).status_code == 405


def test_failed_rows_come_as_a_file_that_can_be_brought_again(signed_in: Client, sudin: User) -> None:
    batch = previewed(GOOD, WRONG, by=sudin)
    response = signed_in.get(reverse("imports:failed", args=[batch.pk]))
    assert response["Content-Disposition"] == f'attachment; filename="perlu-diperbaiki-{batch.pk}.xlsx"'
    table = read(io.BytesIO(response.content), COLUMNS, max_bytes=100_000, max_rows=100)
    assert [row.cells for row in table.rows] == [{"kelurahan": "Pulo", "status": "entah", "need": "x"}]
    assert table.ignored == ["Berkas asal", "Baris asal", "Yang perlu diperbaiki"]
    assert (
        AccessEvent.objects.get(verb=Verb.DOWNLOADED).target
        == f"baris impor {batch.pk} yang perlu diperbaiki"
    )
    whole = previewed(GOOD, by=sudin)
    assert signed_in.get(reverse("imports:failed", args=[whole.pk])).status_code == 404


# --- list ---------------------------------------------------------------------


def test_list_filters_searches_and_counts(signed_in: Client, sudin: User) -> None:
    other = UserFactory.create(sudin=True, full_name="Staf Kedua")
    confirm(batch=previewed(GOOD, by=sudin, name="satu.csv"), by=sudin)
    previewed(IDLE, by=other, name="dua.csv")

    def names(query: str) -> tuple[list[str], str]:
        page = page_of(signed_in.get(reverse("imports:list") + query))
        total = page.select_one("[data-total]")
        assert total
        return [link.get_text() for link in page.select("a.file-name")], str(total["data-total"])

    assert names("") == (["dua.csv", "satu.csv"], "2")
    assert names("?state=confirmed") == (["satu.csv"], "1")
    assert names("?q=kedua") == (["dua.csv"], "1")
    assert names("?sort=at") == (["satu.csv", "dua.csv"], "2")
    assert names("?q=tidak-ada") == ([], "0")
    for bad in ("?page=abc", "?page=99", "?state=entah", "?sort=x", f"?q={'x' * 10_000}", "?on=31/02/2025"):
        assert signed_in.get(reverse("imports:list") + bad).status_code == 200


def test_detail_takes_any_address(signed_in: Client, sudin: User) -> None:
    batch = previewed(GOOD, WRONG, by=sudin)
    for query, numbers in (
        ("", [2, 3]),
        ("?outcome=failed", [3]),
        ("?outcome=entah", [2, 3]),
        ("?page=x", [2, 3]),
    ):
        response = signed_in.get(batch.get_absolute_url() + query)
        assert [line.row.number for line in response.context["lines"]] == numbers
    assert "Tidak ada baris dengan hasil ini" in text_of(
        signed_in.get(f"{batch.get_absolute_url()}?outcome=skipped")
    )


def test_pages_ask_the_same_number_of_queries_for_every_size(
    signed_in: Client, sudin: User, django_assert_num_queries: Any
) -> None:
    signed_in.get(reverse("imports:list"))
    previewed(GOOD, by=sudin)
    for _size in (1, 3):
        with django_assert_num_queries(5 + header.SUDIN):
            signed_in.get(reverse("imports:list"))
        previewed(GOOD, by=sudin)
        previewed(IDLE, by=sudin)
    for rows in ((WRONG,), (WRONG, GOOD, IDLE)):
        batch = previewed(*rows, by=sudin)
        with django_assert_num_queries(7 + header.SUDIN):
            signed_in.get(batch.get_absolute_url())


# --- rights -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("role", "statuses"),
    [
        (Role.OFFICER, {"list": 200, "upload": 403, "template": 403, "detail": 404, "failed": 404, "undo": 404, "confirm": 404}),
        (Role.LEADER, {"list": 403, "upload": 403, "template": 403, "detail": 404, "failed": 404, "undo": 404, "confirm": 404}),
        (Role.ADMIN, {"list": 200, "upload": 403, "template": 403, "detail": 200, "failed": 200, "undo": 403, "confirm": 403}),
        (Role.SUDIN, {"list": 200, "upload": 200, "template": 200, "detail": 200, "failed": 200, "undo": 302, "confirm": 302}),
    ],
)  # fmt: skip
def test_each_role_opens_what_it_may(
    client: Client,
    territory: dict[str, Cooperative],
    sudin: User,
    today: date,
    role: str,
    statuses: dict[str, int],
) -> None:
    person = (
        officer_of(territory["Pulo"].kelurahan) if role == Role.OFFICER else UserFactory.create(role=role)
    )
    batch = previewed(WRONG, by=sudin, name="rahasia.csv")
    client.force_login(person)
    found = {}
    for name in statuses:
        args = {"list": [], "upload": ["opening"], "template": ["opening"]}.get(name, [batch.pk])
        ask = client.post if name == "confirm" else client.get
        response = ask(reverse(f"imports:{name}", args=args))
        found[name] = response.status_code
        if response.status_code in {403, 404}:
            assert "rahasia.csv" not in response.content.decode()
    assert found == statuses
    assert client.post(UPLOAD, {"file": SimpleUploadedFile("a.csv", csv_of(GOOD))}).status_code == (
        302 if role == Role.SUDIN else 403
    )
    batch.refresh_from_db()
    assert (batch.state, StatusChange.objects.count()) == (BatchState.PREVIEWED, 0)


def test_admin_sees_no_buttons_that_refuse_him(
    client: Client, territory: dict[str, Cooperative], sudin: User, today: date
) -> None:
    client.force_login(UserFactory.create(admin=True))
    open_batch = previewed(GOOD, by=sudin)
    done = confirm(batch=previewed(IDLE, by=sudin), by=sudin)
    for batch in (open_batch, done):
        html = client.get(batch.get_absolute_url()).content.decode()
        assert [reverse(f"imports:{name}", args=[batch.pk]) in html for name in ("confirm", "undo")] == [
            False,
            False,
        ]
    assert UPLOAD not in client.get(reverse("imports:list")).content.decode()


@pytest.mark.parametrize("kind", ["entah", "opening-", "a" * 200])
def test_unknown_kind_is_not_found(signed_in: Client, kind: str) -> None:
    assert signed_in.get(reverse("imports:upload", args=[kind])).status_code == 404


def test_unknown_batch_is_not_found(signed_in: Client) -> None:
    for number in (0, 999, 10**30):
        assert signed_in.get(reverse("imports:detail", args=[number])).status_code == 404


def test_back_office_shows_and_changes_nothing(
    client: Client, territory: dict[str, Cooperative], sudin: User, today: date
) -> None:
    client.force_login(UserFactory.create(admin=True))
    batch = previewed(GOOD, WRONG, by=sudin)
    for model, key in (("importbatch", batch.pk), ("importrow", batch.rows.all()[0].pk)):
        for name, args in (("changelist", []), ("change", [key])):
            response = client.get(reverse(f"admin:imports_{model}_{name}", args=args))
            assert response.status_code == 200
            assert "awal.csv" in response.content.decode()
        assert client.get(reverse(f"admin:imports_{model}_add")).status_code == 403
        assert (
            client.post(reverse(f"admin:imports_{model}_delete", args=[key]), {"post": "yes"}).status_code
            == 403
        )
    assert ImportBatch.objects.get() == batch
