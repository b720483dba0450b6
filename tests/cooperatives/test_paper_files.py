"""Files of papers: kept, replaced, downloaded by those who may and by nobody else."""

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from cooperatives.models import Cooperative, Paper, PaperKind
from kkmp.accounts.models import AccessEvent, User, Verb
from tests.factories import PaperFactory, UserFactory
from tests.reading import errors_of, page_of, text_of
from tests.uploads import HTML, PDF, body_of, picture, stored_files, typed_paper

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]


def add_address(cooperative: Cooperative) -> str:
    return reverse("cooperatives:paper_add", args=[cooperative.kelurahan_id])


def test_a_paper_is_kept_with_its_file(client: Client, mine: Cooperative, officer: User) -> None:
    answer = client.post(add_address(mine), typed_paper(PDF, "../Akta Melati.png"), follow=True)
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
    answer = client.post(add_address(mine), typed_paper(content))
    assert answer.context["form"].errors == {"upload": [message]}
    assert (Paper.objects.count(), stored_files()) == (0, [])


def test_fifty_megabytes_are_refused(client: Client, mine: Cooperative, officer: User) -> None:
    answer = client.post(add_address(mine), typed_paper(PDF + b"0" * 50_000_000))
    [message] = answer.context["form"].errors["upload"]
    assert message.startswith("Berkas ini 50,0 MB, paling besar 10 MB.")
    assert (Paper.objects.count(), stored_files()) == (0, [])


def test_the_chosen_file_is_asked_for_again(client: Client, mine: Cooperative, officer: User) -> None:
    answer = client.post(add_address(mine), typed_paper(PDF, issued_on="31/02/2025"))
    assert answer.context["form"].errors == {
        "issued_on": ["“31/02/2025” bukan tanggal. Contoh: 22/09/2025."],
        "upload": ["Pilih berkasnya sekali lagi; peramban tidak mengingat berkas."],
    }
    assert stored_files() == []


def test_the_same_file_twice_is_noticed(client: Client, mine: Cooperative, officer: User) -> None:
    """By the form, and by the database where two send it at once; another kind or area may have it too."""
    PaperFactory.create(kind=PaperKind.DEED, scanned=True, content=PDF)
    client.post(add_address(mine), typed_paper(PDF))
    answer = client.post(add_address(mine), typed_paper(PDF, "lain.pdf", number="13"))
    assert answer.context["form"].non_field_errors() == [
        "Berkas yang persis sama sudah tersimpan untuk jenis surat ini di koperasi ini."
    ]
    client.post(add_address(mine), typed_paper(PDF, kind="minutes"))
    assert sorted(mine.papers.values_list("kind", flat=True)) == ["deed", "minutes"]
    assert len(stored_files()) == 3


def test_a_better_scan_replaces_the_file_and_the_former_one_stays(
    client: Client, mine: Cooperative, officer: User
) -> None:
    client.post(add_address(mine), typed_paper(PDF, "buram.pdf"))
    paper = Paper.objects.get()
    edit = reverse("cooperatives:paper_edit", args=[paper.pk])
    better = picture("JPEG")
    client.post(edit, typed_paper(better, "jelas.png", version="1"))
    client.post(edit, typed_paper(number="12 A", version="2"))
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


def test_a_lost_file_is_not_found(client: Client, mine: Cooperative, officer: User) -> None:
    paper = PaperFactory.create(cooperative=mine, scanned=True)
    stored_files()[0].unlink()
    assert client.get(reverse("cooperatives:paper_file", args=[paper.pk])).status_code == 404
    assert not AccessEvent.objects.filter(verb=Verb.DOWNLOADED).exists()


def test_a_paper_without_file_has_none_to_download(client: Client, mine: Cooperative, officer: User) -> None:
    paper = PaperFactory.create(cooperative=mine)
    assert client.get(reverse("cooperatives:paper_file", args=[paper.pk])).status_code == 404


def test_field_says_what_not_to_upload(client: Client, mine: Cooperative, officer: User) -> None:
    page = page_of(client, add_address(mine))
    assert text_of(page, "#id_upload_helptext") == (
        "PDF, JPEG, PNG, atau WebP, paling besar 10 MB. Jangan unggah KTP, KK, atau foto orang."
    )
    assert errors_of(page) == {}
