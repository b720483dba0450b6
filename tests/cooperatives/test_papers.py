"""Papers: what they say, who changes them, taken away and brought back, the list on a day."""

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from cooperatives.models import Cooperative, Paper, PaperKind
from kkmp.accounts.models import User
from tests import header
from tests.factories import PaperFactory, UserFactory
from tests.reading import page_of, text_of, total_of
from tests.uploads import PDF, stored_files, typed_paper

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]


def add_address(cooperative: Cooperative) -> str:
    return reverse("cooperatives:paper_add", args=[cooperative.kelurahan_id])


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"number": "", "issued_on": ""}, "Isi nomornya, tanggal terbitnya, atau unggah berkasnya."),
        ({"kind": "other"}, "Tulis nama suratnya: izin atau keterangan apa?"),
        ({"expires_on": "2025-06-01"}, "“Berlaku sampai” tidak boleh sebelum tanggal terbit."),
    ],
)
def test_what_a_paper_must_say(
    client: Client, mine: Cooperative, officer: User, changed: dict[str, str], message: str
) -> None:
    answer = client.post(add_address(mine), typed_paper() | changed)
    assert answer.context["form"].non_field_errors() == [message]


@pytest.mark.parametrize(
    "changed",
    [
        {"number": "1" * 10_000},
        {"number": "a\x00b"},
        {"title": "😀" * 500},
        {"kind": "nonsense"},
        {"issued_on": "9999-12-31"},
        {"expires_on": "0001-01-01"},
    ],
)
def test_bad_input_is_told(client: Client, mine: Cooperative, officer: User, changed: dict[str, str]) -> None:
    answer = client.post(add_address(mine), typed_paper() | changed)
    assert (answer.status_code, list(answer.context["form"].errors)) == (200, list(changed))


@pytest.mark.parametrize("query", ["?kind=nib&kind=x", "?kind=%00", f"?kind={'x' * 5000}", "?kind=nib"])
def test_a_new_paper_begins_with_what_is_known(
    client: Client, mine: Cooperative, officer: User, query: str
) -> None:
    answer = client.get(f"{add_address(mine)}{query}")
    assert answer.status_code == (400 if "%00" in query else 200)
    if query == "?kind=nib":
        form = answer.context["form"]
        assert (form["kind"].initial, form["number"].initial) == ("nib", "1234567890123")


@pytest.mark.parametrize(
    ("number", "warnings"),
    [
        ("1234567890123", []),
        ("1234 5678 90124", ["Data koperasi mencatat NIB lain: 1234567890123. Betulkan yang keliru."]),
        (
            "12",
            [
                "NIB biasanya 13 angka, yang ditulis 2. Periksa sekali lagi.",
                "Data koperasi mencatat NIB lain: 1234567890123. Betulkan yang keliru.",
            ],
        ),
    ],
)
def test_odd_numbers_are_told_after_saving(
    client: Client, mine: Cooperative, officer: User, number: str, warnings: list[str]
) -> None:
    answer = client.post(add_address(mine), typed_paper(kind="nib", number=number), follow=True)
    assert [str(message) for message in answer.context["messages"]] == [f"NIB {number} tersimpan.", *warnings]


def test_the_second_of_two_editors_is_told(client: Client, mine: Cooperative, officer: User) -> None:
    paper = PaperFactory.create(cooperative=mine, number="1")
    edit = reverse("cooperatives:paper_edit", args=[paper.pk])
    client.post(edit, typed_paper(number="2", version="1"))
    answer = client.post(edit, typed_paper(PDF, number="3", version="1"))
    assert "Nomor sekarang berisi “2”" in answer.context["form"].non_field_errors()[0]
    paper.refresh_from_db()
    assert (paper.number, stored_files()) == ("2", [])


def test_a_paper_is_taken_away_and_brought_back(client: Client, mine: Cooperative, officer: User) -> None:
    paper = PaperFactory.create(cooperative=mine, scanned=True)
    papers = reverse("cooperatives:papers", args=[mine.kelurahan_id])
    remove = reverse("cooperatives:paper_remove", args=[paper.pk])
    restore = reverse("cooperatives:paper_restore", args=[paper.pk])
    assert "Hapus Akta pendirian" in text_of(page_of(client, remove), "h1")
    assert client.post(remove).url == papers  # type: ignore[attr-defined]
    paper.refresh_from_db()
    assert (paper.removed_by, paper.version, total_of(page_of(client, papers))) == (officer, 2, 0)
    gone = [paper.get_absolute_url(), remove, reverse("cooperatives:paper_file", args=[paper.pk])]
    assert [client.get(address).status_code for address in gone] == [404, 404, 404]
    assert [form["action"] for form in page_of(client, papers).select("main details form")] == [restore]
    client.post(restore)
    client.post(restore)
    paper.refresh_from_db()
    assert (paper.removed_at, paper.removed_by, paper.version, total_of(page_of(client, papers))) == (
        None,
        None,
        3,
        1,
    )
    assert len(stored_files()) == 1


def test_what_has_been_replaced_does_not_come_back(client: Client, mine: Cooperative, officer: User) -> None:
    paper = PaperFactory.create(cooperative=mine, scanned=True, content=PDF)
    client.post(reverse("cooperatives:paper_remove", args=[paper.pk]))
    client.post(add_address(mine), typed_paper(PDF))
    answer = client.post(reverse("cooperatives:paper_restore", args=[paper.pk]), follow=True)
    assert [str(message) for message in answer.context["messages"]][-1] == (
        "Berkas yang persis sama sudah tersimpan untuk jenis surat ini di koperasi ini."
    )
    assert mine.papers.kept().count() == 1


def states(client: Client, cooperative: Cooperative, query: str = "") -> list[tuple[str, str]]:
    page = page_of(client, reverse("cooperatives:papers", args=[cooperative.kelurahan_id]) + query)
    return [
        (row.select_one("th").get_text(" ", strip=True), row.select_one(".badge").get_text(strip=True))  # type: ignore[union-attr]
        for row in page.select("tbody tr")
    ]


def test_the_list_answers_for_a_day(client: Client, mine: Cooperative, officer: User) -> None:
    PaperFactory.create(cooperative=mine, kind=PaperKind.NIB, issued_on=dt.date(2026, 1, 1))
    PaperFactory.create(cooperative=mine, kind=PaperKind.MINUTES, issued_on=None)
    PaperFactory.create(
        cooperative=mine,
        kind=PaperKind.OTHER,
        title="Izin usaha",
        issued_on=dt.date(2025, 7, 1),
        expires_on=dt.date(2026, 3, 16),
    )
    assert states(client, mine) == [
        ("Berita acara musyawarah", "Berlaku"),
        ("NIB", "Berlaku"),
        ("Surat lain Izin usaha", "Segera berakhir"),
    ]
    assert states(client, mine, "?on=2025-12-01") == [
        ("Berita acara musyawarah", "Berlaku"),
        ("Surat lain Izin usaha", "Berlaku"),
    ]
    assert states(client, mine, "?on=2025-06-30") == [("Berita acara musyawarah", "Berlaku")]
    other = Paper.objects.get(kind=PaperKind.OTHER)
    other.expires_on = dt.date(2026, 3, 15)
    other.save()
    assert states(client, mine)[2] == ("Surat lain Izin usaha", "Kedaluwarsa")


def fill(cooperative: Cooperative, count: int) -> None:
    for number in range(count):
        PaperFactory.create(cooperative=cooperative, scanned=True)
        PaperFactory.create(
            cooperative=cooperative,
            number=f"dihapus {number}",
            removed_at=dt.datetime(2026, 3, 1, tzinfo=dt.UTC),
            removed_by=UserFactory.create(),
        )


@pytest.mark.parametrize("rows", [1, 3])
def test_list_costs_the_same_for_any_number_of_rows(
    client: Client,
    mine: Cooperative,
    officer: User,
    django_assert_num_queries: DjangoAssertNumQueries,
    rows: int,
) -> None:
    fill(mine, rows)
    with django_assert_num_queries(6 + header.OFFICER):
        page = page_of(client, reverse("cooperatives:papers", args=[mine.kelurahan_id]))
    assert total_of(page) == rows
