"""Pages of a members' import: from the file to its undoing, by whom, and for which cooperative."""

from datetime import date
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from cooperatives.models import Cooperative
from kkmp.accounts.models import AccessEvent, User, Verb
from kkmp.imports.models import BatchState, ImportBatch, Outcome
from members.models import Member
from tests import header
from tests.factories import AreaGrantFactory, CooperativeFactory, UserFactory, officer_of
from tests.member_factories import synthetic_national_id
from tests.members.import_sheets import HEAD, csv_of, imported, previewed

UPLOAD = reverse("imports:upload", args=["members"])
NUMBER = synthetic_national_id(7)
GOOD = ("A-01", NUMBER, "Ani Contoh", "P", "", "17/08/2025")
BAD = ("A-02", NUMBER[:15], "Budi Contoh", "", "", "bulan lalu")


@pytest.fixture
def cooperative(db: None, today: date) -> Cooperative:
    return CooperativeFactory.create(kelurahan__name="Melawai")


@pytest.fixture
def officer(cooperative: Cooperative) -> User:
    return officer_of(cooperative.kelurahan)


@pytest.fixture
def theirs(cooperative: Cooperative) -> ImportBatch:
    """A batch of somebody else's cooperative."""
    other = CooperativeFactory.create(kelurahan__name="Rahasia")
    sheet = csv_of(("R-01", "", "Rahasia Contoh", "", "", "bulan lalu"))
    return previewed(sheet, other, by=officer_of(other.kelurahan), name="rahasia.csv")


def main_of(response: Any) -> BeautifulSoup:
    page = BeautifulSoup(response.content, "html.parser").main
    assert page
    return BeautifulSoup(str(page), "html.parser")


def text_of(response: Any) -> str:
    return " ".join(main_of(response).get_text(" ", strip=True).split())


def send(client: Client, content: bytes, cooperative: Cooperative, name: str = "anggota.csv") -> Any:
    return client.post(
        UPLOAD,
        {"file": SimpleUploadedFile(name, content), "cooperative": cooperative.kelurahan_id},
        follow=True,
    )


def test_file_is_checked_written_and_undone_on_its_pages(
    client: Client, cooperative: Cooperative, officer: User
) -> None:
    client.force_login(officer)
    response = send(client, csv_of(GOOD, BAD), cooperative)
    batch = ImportBatch.objects.get()
    page = text_of(response)
    assert "1 baris siap dimasukkan; belum ada yang tercatat" in page
    assert "Untuk KKMP Melawai." in page
    assert "“bulan lalu” bukan tanggal" in page
    assert Member.objects.count() == 0
    response = client.post(reverse("imports:confirm", args=[batch.pk]), follow=True)
    assert "1 baris tidak ikut." in text_of(response)
    assert list(Member.objects.values_list("number", "cooperative")) == [("A-01", cooperative.pk)]
    undo_page = client.get(reverse("imports:undo", args=[batch.pk]))
    assert "1 anggota dihapus dari buku." in text_of(undo_page)
    client.post(reverse("imports:undo", args=[batch.pk]), {"note": "Salah berkas"})
    batch.refresh_from_db()
    assert (batch.state, Member.objects.count()) == (BatchState.UNDONE, 0)


def test_no_page_file_or_log_tells_a_number(
    client: Client, cooperative: Cooperative, officer: User, caplog: Any
) -> None:
    client.force_login(officer)
    send(client, csv_of(GOOD, BAD, ("A-03", NUMBER, "Cici Contoh", "", "", "x")), cooperative)
    batch = ImportBatch.objects.get()
    answers = [
        client.get(reverse(name, args=[batch.pk]), query).content
        for name in ("imports:detail", "imports:columns", "imports:failed")
        for query in ({}, {"format": "csv"}, {"outcome": "failed"})
    ]
    answers.append(client.post(reverse("imports:confirm", args=[batch.pk]), follow=True).content)
    told = b"".join(answers).decode(errors="replace") + caplog.text + str(list(AccessEvent.objects.values()))
    assert [NUMBER in told, NUMBER[:12] in told] == [False, False]
    assert f"••••••••••••{NUMBER[-4:]}" in told


def test_columns_are_named_on_their_page(client: Client, cooperative: Cooperative, officer: User) -> None:
    client.force_login(officer)
    response = send(
        client, csv_of(("Ani Contoh", "17/08/2025", "x"), head=("Siapa", "Kapan", "Lain")), cooperative
    )
    batch = ImportBatch.objects.get()
    address = reverse("imports:columns", args=[batch.pk])
    assert response.redirect_chain == [(address, 302)]
    rows = [
        [cell.get_text(" ", strip=True) for cell in row.find_all(["th", "td"])[:2]]
        for row in main_of(response).select("tbody tr")
    ]
    assert rows == [["Siapa A", "Ani Contoh"], ["Kapan B", "17/08/2025"], ["Lain C", "x"]]
    assert "Kolomnya belum dikenali" in text_of(client.get(batch.get_absolute_url()))
    wrong = client.post(address, {"A": "full_name", "B": "full_name"})
    assert "“Nama lengkap” dipilih dua kali. Sisakan satu." in text_of(wrong)
    none = client.post(address, {"B": "joined_on"})
    assert "Belum ada kolom untuk “Nama lengkap”. Pilih satu." in text_of(none)
    right = client.post(address, {"A": "full_name", "B": "joined_on", "C": ""}, follow=True)
    assert "1 baris siap dimasukkan" in text_of(right)
    client.post(reverse("imports:confirm", args=[batch.pk]))
    late = client.post(address, {"A": "full_name", "B": "joined_on"}, follow=True)
    assert late.redirect_chain == [(batch.get_absolute_url(), 302)]
    assert list(Member.objects.values_list("full_name", "joined_on")) == [("Ani Contoh", date(2025, 8, 17))]


def test_file_that_is_still_read_says_how_far_it_is(
    client: Client, cooperative: Cooperative, officer: User
) -> None:
    batch = previewed(csv_of(GOOD), cooperative, by=officer)
    ImportBatch.objects.filter(pk=batch.pk).update(state=BatchState.READING, row_total=3)
    client.force_login(officer)
    assert "1 dari 3 baris sudah diperiksa." in text_of(client.get(batch.get_absolute_url()))
    confirmed = client.post(reverse("imports:confirm", args=[batch.pk]), follow=True)
    assert "Berkas ini belum selesai diperiksa" in confirmed.content.decode()
    ImportBatch.objects.filter(pk=batch.pk).update(state=BatchState.PREVIEWED)
    answer = client.get(batch.get_absolute_url(), headers={"HX-Request": "true", "HX-Target": "progress"})
    assert answer["HX-Refresh"] == "true"


def test_cooperative_is_chosen_where_there_are_several(
    client: Client, cooperative: Cooperative, officer: User
) -> None:
    second = CooperativeFactory.create(kelurahan__name="Pulo")
    client.force_login(officer)

    def chosen(query: dict[str, str]) -> list[str]:
        page = main_of(client.get(UPLOAD, query))
        return [option["value"] for option in page.select("select[name=cooperative] option[selected]")]  # type: ignore[misc]

    assert chosen({}) == [cooperative.kelurahan_id]
    AreaGrantFactory.create(user=officer, kelurahan=second.kelurahan)
    assert chosen({}) == [""]
    assert chosen({"cooperative": second.kelurahan_id}) == [second.kelurahan_id]
    nowhere = client.post(UPLOAD, {"file": SimpleUploadedFile("a.csv", csv_of(GOOD))})
    assert "Bidang ini tidak boleh kosong" in text_of(nowhere)
    assert ImportBatch.objects.count() == 0


def test_other_cooperative_is_neither_filled_nor_guessed(
    client: Client, cooperative: Cooperative, officer: User, theirs: ImportBatch
) -> None:
    assert theirs.cooperative
    client.force_login(officer)
    statuses = [client.get(UPLOAD, {"cooperative": theirs.cooperative.kelurahan_id}).status_code]
    statuses.append(send(client, csv_of(GOOD), theirs.cooperative).status_code)
    for name in ("detail", "columns", "failed", "undo", "confirm"):
        address = reverse(f"imports:{name}", args=[theirs.pk])
        statuses += [client.get(address).status_code, client.post(address, {"note": "x"}).status_code]
    assert statuses == [404] * 10 + [405, 404]
    mine = previewed(csv_of(GOOD), cooperative, by=officer)
    assert [one["href"] for one in main_of(client.get(reverse("imports:list"))).select("a.file-name")] == [
        mine.get_absolute_url()
    ]
    assert (Member.objects.count(), ImportBatch.objects.count()) == (0, 2)


def test_officers_of_one_cooperative_see_each_others_files_but_no_opening(
    client: Client, cooperative: Cooperative, officer: User, theirs: ImportBatch
) -> None:
    mine = previewed(csv_of(GOOD), cooperative, by=UserFactory.create(sudin=True))
    ImportBatch.objects.create(kind="opening", file_name="awal.csv", sha256="0" * 64, by=officer)
    assert list(ImportBatch.objects.visible_to(officer)) == [mine]
    assert list(ImportBatch.objects.visible_to(UserFactory.create(leader=True))) == []
    assert ImportBatch.objects.visible_to(UserFactory.create(admin=True)).count() == 3


def test_file_of_several_cooperatives_shows_while_all_are_in_view(
    cooperative: Cooperative, officer: User, theirs: ImportBatch
) -> None:
    batch = ImportBatch.objects.create(kind="members", file_name="rekap.csv", sha256="0" * 64, by=officer)
    row = batch.rows.create(number=2, outcome=Outcome.NEW, cooperative=cooperative)
    batch.rows.create(number=3, outcome=Outcome.FAILED)
    colleague = officer_of(cooperative.kelurahan)
    visible = ImportBatch.objects.visible_to
    assert (list(visible(officer)), list(visible(colleague))) == ([batch], [])
    row.cooperative = theirs.cooperative
    row.save()
    assert list(visible(officer)) == []


def test_looking_at_persons_is_logged(client: Client, cooperative: Cooperative, officer: User) -> None:
    batch = previewed(csv_of(GOOD), cooperative, by=officer)
    client.force_login(officer)
    client.get(batch.get_absolute_url())
    assert list(AccessEvent.objects.filter(verb=Verb.PERSON_VIEWED).values_list("user", "target")) == [
        (officer.pk, f"impor {batch.pk}, KKMP Melawai")
    ]


def test_same_file_twice_is_noticed(client: Client, cooperative: Cooperative, officer: User) -> None:
    imported(csv_of(GOOD), cooperative, by=officer)
    client.force_login(officer)
    page = text_of(send(client, csv_of(GOOD), cooperative))
    assert "Berkas yang sama persis sudah dimasukkan" in page
    assert "Tidak ada yang baru" in page


def test_template_is_read_back(client: Client, cooperative: Cooperative, officer: User) -> None:
    client.force_login(officer)
    response = client.get(reverse("imports:template", args=["members"]))
    assert response["Content-Disposition"] == 'attachment; filename="daftar-anggota.xlsx"'
    assert "Di bawah baris judul tidak ada isian." in text_of(
        send(client, response.content, cooperative, "daftar-anggota.xlsx")
    )


def test_pages_ask_the_same_number_of_queries_for_every_size(
    client: Client, cooperative: Cooperative, officer: User, django_assert_num_queries: Any
) -> None:
    client.force_login(officer)
    client.get(reverse("imports:list"))
    people = [(f"A-{n}", "", f"Contoh {n}", "", "", "bulan lalu") for n in range(3)]
    batches = [previewed(csv_of(*people[:size]), cooperative, by=officer) for size in (1, 3)]
    for batch in batches:
        with django_assert_num_queries(header.OFFICER + 8):
            client.get(batch.get_absolute_url())
        with django_assert_num_queries(header.OFFICER + 5):
            client.get(reverse("imports:columns", args=[batch.pk]))
        with django_assert_num_queries(header.OFFICER + 5):
            client.get(reverse("imports:list"))


@pytest.mark.parametrize("size", [1, 3])
def test_import_asks_no_query_a_row(
    cooperative: Cooperative, officer: User, django_assert_num_queries: Any, size: int
) -> None:
    rows = [(f"A-{n}", synthetic_national_id(n), f"Contoh {n}", "", "", "17/08/2025") for n in range(size)]
    sheet = csv_of(*rows, head=HEAD)
    with django_assert_num_queries(7):
        batch = previewed(sheet, cooperative, by=officer)
    with django_assert_num_queries(20):
        imported(sheet, cooperative, by=officer)
    assert batch.counts == {"new": size}
