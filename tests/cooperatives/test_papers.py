"""Papers and their files: kept, replaced, taken away, downloaded by those who may and by nobody else."""

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from cooperatives.models import Cooperative, Paper, PaperKind
from kkmp.accounts.models import AccessEvent, User, Verb
from tests.factories import CooperativeFactory, PaperFactory, UserFactory, officer_of
from tests.reading import errors_of, page_of, text_of, total_of
from tests.uploads import HTML, PDF, picture

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]


@pytest.fixture
def mine() -> Cooperative:
    cooperative: Cooperative = CooperativeFactory.create(kelurahan__name="Melati", nib="1234567890123")
    return cooperative


@pytest.fixture
def officer(client: Client, mine: Cooperative) -> User:
    person = officer_of(mine.kelurahan, full_name="Petugas Melati")
    client.force_login(person)
    return person


def add_address(cooperative: Cooperative) -> str:
    return reverse("cooperatives:paper_add", args=[cooperative.kelurahan_id])


def typed(content: bytes | None = None, name: str = "pindai.pdf", **changed: str) -> dict[str, Any]:
    given: dict[str, Any] = {
        "kind": "deed",
        "title": "",
        "number": "12",
        "issued_on": "2025-06-02",
        "expires_on": "",
    }
    if content is not None:
        given["upload"] = SimpleUploadedFile(name, content, "application/octet-stream")
    return given | changed


def body_of(answer: Any) -> bytes:
    return b"".join(answer.streaming_content)


def stored_files() -> list[Path]:
    return sorted(path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file())


def test_a_paper_is_kept_with_its_file(client: Client, mine: Cooperative, officer: User) -> None:
    answer = client.post(add_address(mine), typed(PDF, "../Akta Melati.png"), follow=True)
    paper = Paper.objects.get()
    assert answer.redirect_chain == [(paper.get_absolute_url(), 302)]
    assert (paper.cooperative, paper.kind, paper.number, paper.issued_on) == (
        mine,
        PaperKind.DEED,
        "12",
        dt.date(2025, 6, 2),
    )
    assert (paper.file_name, paper.media_type, paper.size) == ("Akta Melati.pdf", "application/pdf", len(PDF))
    [told] = paper.history.all()
    assert (told.history_user, told.file) == (officer, paper.file.name)
    # A random name without an ending, which only this program may read.
    [stored] = stored_files()
    assert (stored.read_bytes(), stored.suffix, "Akta" in str(stored)) == (PDF, "", False)
    assert (stored.stat().st_mode & 0o777, stored.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    page = page_of(client, paper.get_absolute_url())
    assert "Akta Melati.pdf" in text_of(page, "section[aria-labelledby=file]")


def test_download_is_an_attachment_that_nothing_runs(
    client: Client, mine: Cooperative, officer: User
) -> None:
    paper = PaperFactory.create(cooperative=mine, scanned=True, file_name="Akta “Melati” ☂.pdf")
    answer = client.get(reverse("cooperatives:paper_file", args=[paper.pk]))
    headers = {
        name: answer[name]
        for name in (
            "Content-Disposition",
            "Content-Type",
            "X-Content-Type-Options",
            "Content-Security-Policy",
            "Cache-Control",
            "Content-Length",
        )
    }
    assert headers == {
        "Content-Disposition": "attachment; filename*=utf-8''Akta%20%E2%80%9CMelati%E2%80%9D%20%E2%98%82.pdf",
        "Content-Type": "application/pdf",
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "Cache-Control": "private, no-store",
        "Content-Length": str(paper.size),
    }
    assert answer.streaming
    assert body_of(answer).startswith(PDF)
    [event] = AccessEvent.objects.filter(verb=Verb.DOWNLOADED)
    assert (event.user, event.target) == (
        officer,
        f"Akta pendirian {paper.number}, KKMP Melati: Akta “Melati” ☂.pdf",
    )


@pytest.mark.parametrize(("role", "status"), [("sudin", 200), ("leader", 403), ("admin", 403)])
def test_who_sees_all_does_not_open_all(client: Client, mine: Cooperative, role: str, status: int) -> None:
    """Leaders and admins see that a paper exists; deeds name private persons, so its file is not theirs."""
    paper = PaperFactory.create(cooperative=mine, scanned=True, file_name="akta-melati.pdf")
    client.force_login(UserFactory.create(**{role: True}))
    address = reverse("cooperatives:paper_file", args=[paper.pk])
    answer = client.get(address)
    assert (answer.status_code, AccessEvent.objects.filter(verb=Verb.DOWNLOADED).count()) == (
        status,
        int(status == 200),
    )
    if answer.streaming:
        body_of(answer)
    for page in (paper.get_absolute_url(), reverse("cooperatives:papers", args=[mine.kelurahan_id])):
        links = [link["href"] for link in page_of(client, page).select("main a[href]")]
        assert (address in links) == (status == 200)


def test_nobody_reaches_a_file_of_another_area(client: Client, officer: User) -> None:
    """Not by its own address, nor by that of a former file, nor where files are stored, nor after it was taken away."""
    theirs = PaperFactory.create(scanned=True)
    addresses = [
        reverse("cooperatives:paper_file", args=[theirs.pk]),
        reverse("cooperatives:paper_former", args=[theirs.pk, 1]),
        theirs.file.url,
        *(f"/{folder}/{theirs.file.name}" for folder in ("media", "static", "files", "var/files")),
        f"/static/../{theirs.file.name}",
        f"/static/%2e%2e/var/files/{theirs.file.name}",
    ]
    assert [client.get(address).status_code for address in addresses] == [404] * len(addresses)
    assert not AccessEvent.objects.filter(verb=Verb.DOWNLOADED).exists()


def test_static_files_and_stored_files_live_apart() -> None:
    stored = Path(settings.MEDIA_ROOT).resolve()
    assert [
        folder
        for folder in (settings.STATIC_ROOT, *settings.STATICFILES_DIRS)
        if stored.is_relative_to(Path(folder).resolve()) or Path(folder).resolve().is_relative_to(stored)
    ] == []


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (HTML, "Berkas ini bukan PDF, JPEG, PNG, atau WebP. Yang dilihat adalah isinya, bukan namanya."),
        (b"", "Berkas ini kosong."),
        (PDF[:20], "PDF ini tidak utuh: akhirnya hilang. Kirim sekali lagi."),
        (
            PDF + b"0" * 3000,
            "Berkas ini 4 kB, paling besar 2 kB. Pindai dengan mutu lebih rendah, atau bagi menjadi beberapa berkas.",
        ),
    ],
)
def test_a_bad_file_is_told_and_leaves_nothing(
    client: Client, mine: Cooperative, officer: User, settings: Any, content: bytes, message: str
) -> None:
    settings.PAPER_MAX_BYTES = 2_000
    answer = client.post(add_address(mine), typed(content))
    assert answer.context["form"].errors == {"upload": [message]}
    assert (Paper.objects.count(), stored_files()) == (0, [])


def test_fifty_megabytes_are_refused(client: Client, mine: Cooperative, officer: User) -> None:
    answer = client.post(add_address(mine), typed(PDF + b"0" * 50_000_000))
    [message] = answer.context["form"].errors["upload"]
    assert message.startswith("Berkas ini 50,0 MB, paling besar 10 MB.")
    assert (Paper.objects.count(), stored_files()) == (0, [])


def test_the_chosen_file_is_asked_for_again(client: Client, mine: Cooperative, officer: User) -> None:
    answer = client.post(add_address(mine), typed(PDF, issued_on="31/02/2025"))
    assert answer.context["form"].errors == {
        "issued_on": ["“31/02/2025” bukan tanggal. Contoh: 22/09/2025."],
        "upload": ["Pilih berkasnya sekali lagi; peramban tidak mengingat berkas."],
    }
    assert stored_files() == []


def test_the_same_file_twice_is_noticed(client: Client, mine: Cooperative, officer: User) -> None:
    """By the form, and by the database where two send it at once; another kind or area may have it too."""
    PaperFactory.create(kind=PaperKind.DEED, scanned=True, content=PDF)
    client.post(add_address(mine), typed(PDF))
    answer = client.post(add_address(mine), typed(PDF, "lain.pdf", number="13"))
    assert answer.context["form"].non_field_errors() == [
        "Berkas yang persis sama sudah tersimpan untuk jenis surat ini di koperasi ini."
    ]
    client.post(add_address(mine), typed(PDF, kind="minutes"))
    assert sorted(mine.papers.values_list("kind", flat=True)) == ["deed", "minutes"]
    assert len(stored_files()) == 3


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
    answer = client.post(add_address(mine), typed() | changed)
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
    answer = client.post(add_address(mine), typed() | changed)
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
    answer = client.post(add_address(mine), typed(kind="nib", number=number), follow=True)
    assert [str(message) for message in answer.context["messages"]] == [f"NIB {number} tersimpan.", *warnings]


def test_a_better_scan_replaces_the_file_and_the_former_one_stays(
    client: Client, mine: Cooperative, officer: User
) -> None:
    client.post(add_address(mine), typed(PDF, "buram.pdf"))
    paper = Paper.objects.get()
    edit = reverse("cooperatives:paper_edit", args=[paper.pk])
    better = picture("JPEG")
    client.post(edit, typed(better, "jelas.png", version="1"))
    client.post(edit, typed(number="12 A", version="2"))
    paper.refresh_from_db()
    assert (paper.file_name, paper.number, paper.version, len(stored_files())) == ("jelas.jpg", "12 A", 3, 2)
    assert body_of(client.get(reverse("cooperatives:paper_file", args=[paper.pk]))) == better
    links = page_of(client, paper.get_absolute_url()).select("details a[download]")
    assert [(link["href"], link.select_one(".grow").get_text()) for link in links] == [  # type: ignore[union-attr]
        (reverse("cooperatives:paper_former", args=[paper.pk, 1]), "buram.pdf")
    ]
    former = client.get(str(links[0]["href"]))
    assert (body_of(former), former["Content-Type"]) == (PDF, "application/pdf")
    assert client.get(reverse("cooperatives:paper_former", args=[paper.pk, 9])).status_code == 404


def test_the_second_of_two_editors_is_told(client: Client, mine: Cooperative, officer: User) -> None:
    paper = PaperFactory.create(cooperative=mine, number="1")
    edit = reverse("cooperatives:paper_edit", args=[paper.pk])
    client.post(edit, typed(number="2", version="1"))
    answer = client.post(edit, typed(PDF, number="3", version="1"))
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
    client.post(add_address(mine), typed(PDF))
    answer = client.post(reverse("cooperatives:paper_restore", args=[paper.pk]), follow=True)
    assert [str(message) for message in answer.context["messages"]][-1] == (
        "Berkas yang persis sama sudah tersimpan untuk jenis surat ini di koperasi ini."
    )
    assert mine.papers.kept().count() == 1


def test_a_lost_file_is_not_found(client: Client, mine: Cooperative, officer: User) -> None:
    paper = PaperFactory.create(cooperative=mine, scanned=True)
    stored_files()[0].unlink()
    assert client.get(reverse("cooperatives:paper_file", args=[paper.pk])).status_code == 404
    assert not AccessEvent.objects.filter(verb=Verb.DOWNLOADED).exists()


def test_a_paper_without_file_has_none_to_download(client: Client, mine: Cooperative, officer: User) -> None:
    paper = PaperFactory.create(cooperative=mine)
    assert client.get(reverse("cooperatives:paper_file", args=[paper.pk])).status_code == 404


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


def test_field_says_what_not_to_upload(client: Client, mine: Cooperative, officer: User) -> None:
    page = page_of(client, add_address(mine))
    assert text_of(page, "#id_upload_helptext") == (
        "PDF, JPEG, PNG, atau WebP, paling besar 10 MB. Jangan unggah KTP, KK, atau foto orang."
    )
    assert errors_of(page) == {}


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
    with django_assert_num_queries(6):
        page = page_of(client, reverse("cooperatives:papers", args=[mine.kelurahan_id]))
    assert total_of(page) == rows
