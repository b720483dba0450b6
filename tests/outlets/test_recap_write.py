import io
from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from pytest_django.asserts import assertContains

from cooperatives.models import Cooperative
from kkmp.accounts.models import User
from kkmp.imports.importer import importer_for, importer_of
from kkmp.imports.models import ImportBatch
from kkmp.imports.purging import purge
from kkmp.imports.services import confirm, preview, targets_of, undo
from kkmp.tabular.writing import write_xlsx
from outlets.models import MonthlyReport, Outlet, Status, StatusChange
from outlets.report_services import save_draft
from tests.factories import (
    MonthlyReportFactory,
    ReportLineFactory,
    UserFactory,
    officer_of,
)
from tests.outlets.recap_sheets import (
    HEAD,
    MELAWAI,
    drafts,
    found_in,
    lines,
    previewed,
    row,
)


def test_rows_become_drafts_and_the_same_file_again_writes_nothing(
    today: date, sudin: User, gerai: Outlet
) -> None:
    sheet = [
        row(*MELAWAI, omzet="12.500.000", kendala="Sepi", rencana="Promosi"),
        row("Kebayoran Baru", "Pulo", "Oktober 2025", "Disiapkan", "05/10/2025"),
        row("Kebayoran Baru", "Gunung", "Oktober 2025", "Belum ada", "22/09/2025"),
    ]
    batch = confirm(batch=previewed(*sheet, by=sudin), by=sudin)
    assert (batch.state, batch.counts) == ("confirmed", {"new": 3})
    assert drafts() == [
        ("KKMP Melawai", "2025-10", "draft", "Sepi", "Promosi"),
        ("KKMP Pulo", "2025-10", "draft", "", ""),
        ("KKMP Gunung", "2025-10", "draft", "", ""),
    ]
    assert lines() == [
        ("Gerai Blok M", "running", "", "22/09/2025", 12_500_000),
        ("Gerai KKMP Pulo", "preparing", "", "05/10/2025", None),
        (None, "none", "", "22/09/2025", None),
    ]
    # Nothing of it counts: the one change is the one that stood there.
    assert StatusChange.objects.count() == 1
    again = previewed(*sheet, by=sudin)
    assert again.counts == {"same": 3}
    with pytest.raises(ValidationError, match="Tidak ada baris"):
        confirm(batch=again, by=sudin)
    assert list(MonthlyReport.objects.order_by("pk").values_list("version", flat=True)) == [2, 2, 2]


def test_draft_of_a_person_changes_only_where_cells_differ(
    today: date, sudin: User, melawai: Cooperative, gerai: Outlet
) -> None:
    report = MonthlyReportFactory.create(cooperative=melawai, obstacle="Listrik", plan="Tunggu PLN")
    ReportLineFactory.create(
        report=report, outlet=gerai, changed_on=date(2025, 9, 22), turnover_idr=1_000_000, customers=40
    )
    batch = previewed(row(*MELAWAI, omzet="2.000.000", rencana="Pakai genset"), by=sudin)
    assert found_in(batch) == [
        (
            2,
            "changed",
            "KKMP Melawai · Oktober 2025 · omzet Rp\xa01.000.000 → Rp\xa02.000.000 · rencana “Tunggu PLN” → “Pakai genset”",
        )
    ]
    confirm(batch=batch, by=sudin)
    assert drafts() == [("KKMP Melawai", "2025-10", "draft", "Listrik", "Pakai genset")]
    line = report.lines.get()
    assert (line.turnover_idr, line.customers, line.status) == (2_000_000, 40, Status.RUNNING)


@pytest.mark.parametrize(
    ("state", "told"),
    [
        (
            "submitted",
            (
                "Bulan: Laporan Oktober 2025 sudah diajukan; impor tidak mengubahnya. Hapus baris ini, atau tarik dulu "
                "laporannya di Laporan › KKMP Melawai."
            ),
        ),
        (
            "verified",
            (
                "Bulan: Laporan Oktober 2025 sudah diverifikasi; impor tidak mengubahnya. Hapus baris ini, atau mulai koreksi "
                "di Laporan › KKMP Melawai."
            ),
        ),
    ],
)
def test_report_that_was_handed_in_is_not_touched(
    today: date, sudin: User, melawai: Cooperative, gerai: Outlet, state: str, told: str
) -> None:
    report = MonthlyReportFactory.create(cooperative=melawai)
    ReportLineFactory.create(report=report, outlet=gerai, turnover_idr=5_000_000)
    other = UserFactory.create()
    MonthlyReport.objects.filter(pk=report.pk).update(
        state=state,
        submitted_by=other,
        submitted_at=timezone.now(),
        reviewed_by=sudin if state == "verified" else None,
        reviewed_at=timezone.now() if state == "verified" else None,
    )
    assert found_in(previewed(row(*MELAWAI, omzet="6.000.000"), by=sudin)) == [(2, "failed", told)]
    same = previewed(row(*MELAWAI, omzet="5.000.000", tanggal="03/10/2025"), by=sudin)
    assert found_in(same) == [(2, "same", "KKMP Melawai · Oktober 2025")]


def test_undo_brings_drafts_back_where_nobody_worked_since(
    today: date, sudin: User, melawai: Cooperative, gerai: Outlet
) -> None:
    report = MonthlyReportFactory.create(cooperative=melawai, obstacle="Listrik")
    ReportLineFactory.create(
        report=report, outlet=gerai, changed_on=date(2025, 9, 22), turnover_idr=1_000_000
    )
    batch = confirm(
        batch=previewed(
            row(*MELAWAI, omzet="2.000.000", kendala="Sepi"),
            row("Kebayoran Baru", "Pulo", "Oktober 2025", "Disiapkan", "05/10/2025", kendala="Izin"),
            row("Kebayoran Baru", "Selong", "Oktober 2025", "Disiapkan", "05/10/2025", kendala="Izin"),
            by=sudin,
        ),
        by=sudin,
    )
    selong = MonthlyReport.objects.get(cooperative__kelurahan__name="Selong")
    save_draft(report=selong, version=2, obstacle="Izin RW", plan="", lines=[], by=sudin)
    assert importer_for(batch).consequences(targets_of(batch)) == [
        "2 draf laporan kembali ke isi sebelum impor. Draf yang dimulai impor ini tetap ada sebagai draf, tanpa isian lembar.",
        "2 gerai yang dibuat impor ini dihapus, kecuali sudah dipakai.",
        "Tetap seperti sekarang, karena sudah disimpan atau diajukan orang sesudah impor, atau impornya sudah lama: KKMP Selong, Oktober 2025.",
    ]
    assert undo(batch=batch, note="Salah berkas", by=sudin) == [
        "Tetap seperti sekarang, karena sudah disimpan atau diajukan orang sesudah impor, atau impornya sudah lama: KKMP Selong, Oktober 2025.",
        "Gerai yang sudah dipakai tetap ada: Gerai KKMP Selong.",
    ]
    assert drafts() == [
        ("KKMP Melawai", "2025-10", "draft", "Listrik", ""),
        ("KKMP Pulo", "2025-10", "draft", "", ""),
        ("KKMP Selong", "2025-10", "draft", "Izin RW", ""),
    ]
    assert lines() == [
        ("Gerai Blok M", "running", "", "22/09/2025", 1_000_000),
        ("Gerai KKMP Selong", "preparing", "", "05/10/2025", None),
    ]
    assert set(Outlet.objects.values_list("name", flat=True)) == {"Gerai Blok M", "Gerai KKMP Selong"}


def test_template_is_read_again(today: date, sudin: User, gerai: Outlet) -> None:
    blank = importer_of("recap").template(user=sudin)
    assert blank.rows[0] == (
        gerai.cooperative.kelurahan.code, "Kebayoran Baru", "Gunung", "KKMP Gunung", "Februari 2026"
    ) or len(blank.rows) == 5  # fmt: skip
    content = write_xlsx(blank.headings, blank.rows, sheet=blank.sheet, guide=blank.guide)
    batch = preview(kind="recap", file=io.BytesIO(content), file_name="contoh.xlsx", by=sudin)
    assert (batch.counts, batch.ignored) == ({"skipped": 5}, [])


def test_officer_brings_a_recap_through_the_pages(
    today: date, sudin: User, gerai: Outlet, client: Client
) -> None:
    """Their own file is theirs alone: another officer of the same area may not even see it."""
    officer, other = officer_of(gerai.cooperative.kelurahan), officer_of(gerai.cooperative.kelurahan)
    content = "\r\n".join(";".join(cells) for cells in (HEAD, row(*MELAWAI, omzet="1.000"))).encode()
    client.force_login(officer)
    sent = client.post("/imports/recap/new/", {"file": SimpleUploadedFile("rekap.csv", content)})
    batch = ImportBatch.objects.get()
    assert sent.headers["Location"] == f"/imports/{batch.pk}/"
    page = client.get(f"/imports/{batch.pk}/")
    assertContains(page, "KKMP Melawai · Oktober 2025 · draf baru · omzet Rp\xa01.000")
    client.post(f"/imports/{batch.pk}/confirm/")
    assert lines() == [("Gerai Blok M", "running", "", "22/09/2025", 1_000)]
    assertContains(client.get(f"/imports/{batch.pk}/undo/"), "1 draf laporan kembali ke isi sebelum impor.")
    client.post(f"/imports/{batch.pk}/undo/", {"note": "Salah berkas"})
    assert lines() == [("Gerai Blok M", "running", "", "22/09/2025", None)]
    wrong = previewed(
        (),
        HEAD,
        row("Kebayoran Baru", "Melawai", omzet="6x8", status="Aktif"),
        by=officer,
        head=("Rekap Okt 2025",),
    )
    returned = client.get(f"/imports/{wrong.pk}/failed/?format=csv").content.decode()
    mended = returned.replace("6x8", "2.000").encode()
    client.post("/imports/recap/new/", {"file": SimpleUploadedFile("perbaikan.csv", mended)})
    # It still knows its month from the words above the first one.
    assert found_in(ImportBatch.objects.latest("pk")) == [
        (3, "changed", "KKMP Melawai · Oktober 2025 · omzet Rp\xa02.000")
    ]
    client.force_login(other)
    assert client.get(f"/imports/{batch.pk}/").status_code == 404
    client.force_login(UserFactory.create(leader=True))
    assert client.get("/imports/recap/new/").status_code == 403


def test_undo_of_a_purged_recap_leaves_drafts_as_they_are(today: date, sudin: User, gerai: Outlet) -> None:
    batch = confirm(batch=previewed(row(*MELAWAI, omzet="2.000.000"), by=sudin), by=sudin)
    purge(before=timezone.now() + timedelta(days=1))
    assert undo(batch=batch, note="Salah berkas", by=sudin) == [
        "Tetap seperti sekarang, karena sudah disimpan atau diajukan orang sesudah impor, atau impornya sudah lama: KKMP Melawai, Oktober 2025."
    ]
    assert lines() == [("Gerai Blok M", "running", "", "22/09/2025", 2_000_000)]
