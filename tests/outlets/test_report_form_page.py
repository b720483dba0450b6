"""The officer's page of a month, by plain posts; htmx saves on the way."""

import datetime as dt
import io
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from kkmp.accounts.models import User
from outlets.models import Evidence, MonthlyReport, Outlet, ReportLine, ReportState, StatusChange
from tests.factories import (
    CooperativeFactory,
    EvidenceFactory,
    officer_of,
)
from tests.report_pages import FEBRUARY, MARCH, form_of, mine, officer, one, outlet, signed_in, sudin, typed
from tests.uploads import HTML, PDF, picture

# Fixtures count where they are named.
__all__ = ["mine", "officer", "outlet", "sudin"]
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]


def line_of(report: MonthlyReport) -> tuple[Any, ...]:
    line = report.lines.get()
    return line.status, line.reason, line.changed_on, line.turnover_idr, line.procurement_idr, line.customers


def test_looking_writes_nothing_and_is_light(mine: Client, outlet: Outlet) -> None:
    answer = mine.get(form_of(outlet.cooperative))
    page = BeautifulSoup(answer.content, "html.parser")
    assert (answer.status_code, MonthlyReport.objects.count()) == (200, 0)
    assert one(page, "#saved-state").get_text(strip=True) == "Belum ada yang disimpan."
    assert [head.text for head in page.select("form.report-form [role=group] h2")] == [outlet.name]
    assert len(answer.content) < 60_000


def test_nothing_changed_is_one_tap(mine: Client, outlet: Outlet, officer: User) -> None:
    address = form_of(outlet.cooperative)
    answer = mine.post(address, typed(mine, address, action="no_change"))
    report = MonthlyReport.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, report.get_absolute_url())
    assert (report.state, report.no_change, report.submitted_by) == (ReportState.SUBMITTED, True, officer)
    assert line_of(report) == ("idle", "capital", dt.date(2025, 9, 22), None, None, None)


def test_nothing_changed_from_another_page_needs_no_fields(mine: Client, outlet: Outlet) -> None:
    mine.post(form_of(outlet.cooperative, "2026-02"), {"action": "no_change"})
    report = MonthlyReport.objects.get()
    assert (report.month, report.state, report.no_change) == (FEBRUARY, ReportState.SUBMITTED, True)


def test_nothing_changed_is_refused_where_something_did(mine: Client, outlet: Outlet) -> None:
    address = form_of(outlet.cooperative)
    sent = typed(mine, address, action="no_change", g_status="running", g_changed_on="2026-03-10")
    answer = mine.post(address, sent)
    assert "Ada isian yang berbeda dari catatan" in answer.content.decode()
    assert not MonthlyReport.objects.exists()


def photo_file(**exif: Any) -> SimpleUploadedFile:
    picture = Image.effect_noise((400, 2400), 60).convert("RGB")
    marks = Image.Exif()
    details = marks.get_ifd(0x8769)
    if "taken" in exif:
        details[36867] = exif["taken"]
    if "place" in exif:
        marks.get_ifd(0x8825).update({1: "S", 2: (6.0, 14.0, 40.56), 3: "E", 4: (106.0, 48.0, 1.8)})
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", exif=marks)
    return SimpleUploadedFile("IMG_1234.jpg", buffer.getvalue(), "image/jpeg")


def test_status_reason_and_photo_go_in_one_submit(mine: Client, outlet: Outlet) -> None:
    address = form_of(outlet.cooperative)
    sent = typed(
        mine,
        address,
        action="submit",
        g_status="idle",
        g_reason="permit",
        g_changed_on="2026-03-10",
        g_turnover_idr="1.250.000",
        g_customers="0",
        g_photos=photo_file(taken="2026:03:10 09:30:00", place=True),
        obstacle="Izin belum keluar.",
    )
    answer = mine.post(address, sent)
    report = MonthlyReport.objects.get()
    assert (answer.status_code, report.state, report.no_change) == (302, ReportState.SUBMITTED, False)
    assert line_of(report) == ("idle", "permit", dt.date(2026, 3, 10), 1_250_000, None, 0)
    photo = Evidence.objects.get()
    assert photo.taken_at == dt.datetime(2026, 3, 10, 2, 30, tzinfo=dt.UTC)
    assert (str(photo.lat), str(photo.lon)) == ("-6.244600", "106.800500")
    with photo.image.open() as file, Image.open(file) as stored:
        assert (stored.format, stored.size, dict(stored.getexif())) == ("JPEG", (267, 1600), {})
    seen = mine.get(photo.get_absolute_url())
    assert (seen["Content-Type"], seen.getvalue()[:3]) == ("image/jpeg", b"\xff\xd8\xff")
    # Nothing of a submitted report counts yet.
    assert StatusChange.objects.count() == 1


@pytest.mark.parametrize("content", [HTML, PDF, picture("PNG")[:-200], b""])
def test_what_is_no_photo_is_refused_and_nothing_is_lost(
    mine: Client, outlet: Outlet, content: bytes
) -> None:
    address = form_of(outlet.cooperative)
    file = SimpleUploadedFile("foto.jpg", content, "image/jpeg")
    answer = mine.post(address, typed(mine, address, action="save", obstacle="Ingat", g_photos=file))
    page = BeautifulSoup(answer.content, "html.parser")
    assert one(page, "textarea[name=obstacle]").text.strip() == "Ingat"
    assert "Foto gerai" in one(page, "[role=alert]").text
    assert not MonthlyReport.objects.exists()


def test_a_photo_is_asked_about_where_it_is_old_or_was_used_before(mine: Client, outlet: Outlet) -> None:
    address = form_of(outlet.cooperative)
    file = photo_file(taken="2026:01:30 09:30:00")
    content = file.read()
    for month in ("2026-02", "2026-03"):
        address = form_of(outlet.cooperative, month)
        again = SimpleUploadedFile("lain.jpg", content, "image/jpeg")
        mine.post(address, typed(mine, address, action="save", g_photos=again))
    page = BeautifulSoup(mine.get(address).content, "html.parser")
    assert [warning.get_text(strip=True) for warning in page.select(".photo-warning")] == [
        "Foto diambil 45 hari sebelum diunggah.",
        "Foto yang sama sudah dipakai di laporan Februari 2026.",
    ]
    key = Evidence.objects.get(line__report__month=MARCH).pk
    mine.post(address, {**typed(mine, address, action="save"), "remove_photo": [key]})
    assert list(Evidence.objects.values_list("line__report__month", flat=True)) == [FEBRUARY]


def test_a_photo_of_another_area_is_not_named(mine: Client, outlet: Outlet) -> None:
    file = photo_file()
    content = file.read()
    address = form_of(outlet.cooperative)
    mine.post(address, typed(mine, address, action="save", g_photos=SimpleUploadedFile("a.jpg", content)))
    EvidenceFactory.create(sha256=Evidence.objects.get().sha256)
    page = BeautifulSoup(mine.get(address).content, "html.parser")
    assert [warning.get_text(strip=True) for warning in page.select(".photo-warning")] == [
        "Foto yang sama sudah dipakai koperasi lain."
    ]


def test_a_draft_is_kept_and_says_that_it_is_not_sent(mine: Client, outlet: Outlet) -> None:
    address = form_of(outlet.cooperative)
    answer = mine.post(address, typed(mine, address, action="save", plan="Cari pemasok"), follow=True)
    page = BeautifulSoup(answer.content, "html.parser")
    assert "Tersimpan 16 Maret 2026" in one(page, "#saved-state").text
    assert "belum terkirim" in one(page, "#saved-state").text
    assert one(page, "textarea[name=plan]").text.strip() == "Cari pemasok"
    assert MonthlyReport.objects.get().state == ReportState.DRAFT


HTMX = {"HX-Request": "true", "HX-Target": "saved-state"}


def test_what_is_typed_is_kept_by_htmx_and_half_typed_parts_wait(mine: Client, outlet: Outlet) -> None:
    address = form_of(outlet.cooperative)
    sent = typed(mine, address, g_status="idle", g_reason="", g_turnover_idr="5", obstacle="Hujan")
    answer = mine.post(address, sent, headers=HTMX)
    page = BeautifulSoup(answer.content, "html.parser")
    assert (
        one(page, "#saved-state")
        .get_text(" ", strip=True)
        .endswith("belum terkirim. 1 gerai belum lengkap isiannya.")
    )
    version = one(page, "#id_version")
    assert (version["value"], version["hx-swap-oob"]) == ("2", "true")
    report = MonthlyReport.objects.get()
    assert (report.obstacle, line_of(report)[3]) == ("Hujan", None)
    sent |= {"version": "2", **typed(mine, address, g_turnover_idr="5")}
    mine.post(address, sent, headers=HTMX)
    assert line_of(report)[3] == 5


def test_the_second_of_two_writers_is_told(mine: Client, outlet: Outlet, officer: User) -> None:
    address = form_of(outlet.cooperative)
    mine.post(address, typed(mine, address, action="save"))
    first, second = typed(mine, address, plan="Satu"), typed(mine, address, plan="Dua", action="save")
    mine.post(address, {**first, "action": "save"})
    told = mine.post(address, second).content.decode()
    assert "Laporan ini disimpan orang lain sesudah Anda membukanya." in told
    assert "Dua" in told
    assert MonthlyReport.objects.get().plan == "Satu"
    assert "disimpan orang lain" in mine.post(address, second, headers=HTMX).content.decode()


def test_a_new_outlet_comes_with_the_report(mine: Client, outlet: Outlet) -> None:
    address = form_of(outlet.cooperative)
    sent = typed(
        mine,
        address,
        action="submit",
        new_name="  Apotek   Sehat ",
        new_kind="pharmacy",
        new_status="preparing",
        new_changed_on="2026-03-02",
    )
    mine.post(address, sent)
    added = Outlet.objects.exclude(pk=outlet.pk).get()
    assert (added.name, added.kind, added.cooperative) == ("Apotek Sehat", "pharmacy", outlet.cooperative)
    line = ReportLine.objects.get(outlet=added)
    assert (line.status, line.changed_on, line.report.state) == (
        "preparing",
        dt.date(2026, 3, 2),
        "submitted",
    )


def test_no_outlet_is_a_statement_with_a_day() -> None:
    cooperative = CooperativeFactory.create()
    client = signed_in(officer_of(cooperative.kelurahan))
    address = form_of(cooperative)
    refused = client.post(address, typed(client, address, action="submit"))
    assert "Tambahkan gerai, atau nyatakan" in refused.content.decode()
    client.post(
        address, typed(client, address, action="submit", none_checked="on", none_changed_on="2026-03-05")
    )
    line = ReportLine.objects.get()
    assert (line.status, line.outlet, line.changed_on) == ("none", None, dt.date(2026, 3, 5))


WRONG = [
    ({"g_status": "running"}, "Statusnya berubah: tulis sejak kapan."),
    ({"g_status": "idle", "g_reason": ""}, "Pilih sebabnya"),
    ({"g_status": "running", "g_changed_on": ""}, "Isi sejak kapan."),
    ({"g_status": "running", "g_changed_on": "2026-03-17"}, "belum terjadi"),
    ({"g_status": "running", "g_changed_on": "31/02/2026"}, "g-changed_on"),
    ({"g_turnover_idr": "banyak"}, "Omzet"),
    ({"g_turnover_idr": "9" * 30}, "Omzet"),
    ({"g_customers": "-1"}, "Pembeli"),
    ({"g_customers": "1e9"}, "Pembeli"),
    ({"obstacle": "x" * 10_000}, "Kendala"),
    ({"plan": "a\0b"}, "Rencana"),
    ({"g_status": "open"}, "Status"),
    ({"new_name": "x"}, "Pilih status gerai baru ini."),
    ({"version": "9" * 40}, "Belum terkirim"),
]


@pytest.mark.parametrize(("changes", "words"), WRONG)
def test_what_is_wrong_is_said_and_nothing_is_written(
    mine: Client, outlet: Outlet, changes: dict[str, str], words: str
) -> None:
    address = form_of(outlet.cooperative)
    answer = mine.post(address, typed(mine, address, action="submit", **changes))
    page = BeautifulSoup(answer.content, "html.parser")
    assert answer.status_code == 200
    said = str(one(page, "[role=alert]")).replace(f"g{outlet.pk}-", "g-")
    assert words in said
    assert not MonthlyReport.objects.exists()


def test_months_that_are_none_or_have_not_begun(mine: Client, outlet: Outlet) -> None:
    code = outlet.cooperative.kelurahan_id
    for month in ("2026-13", "2026-00", "0000-01", "2026-3"):
        assert mine.get(f"/reports/{code}/{month}/").status_code == 404
    answer = mine.get(form_of(outlet.cooperative, "2026-04"), follow=True)
    assert "Laporan April 2026 baru bisa ditulis mulai 1 April 2026." in answer.content.decode()
