"""Monthly recaps as offices fill them, brought in through the engine."""

import io
from collections.abc import Mapping, Sequence
from typing import Any

from cooperatives.models import Cooperative
from kkmp.accounts.models import User
from kkmp.imports.models import ImportBatch
from kkmp.imports.services import preview
from outlets.models import MonthlyReport, ReportLine
from tests.factories import CooperativeFactory, KecamatanFactory, KelurahanFactory

HEAD = (
    "Kecamatan",
    "Kelurahan",
    "Bulan",
    "Status Gerai",
    "Tanggal Mulai",
    "Sebab",
    "Omzet Bulan Ini",
    "Kendala",
    "Rencana / Tindak Lanjut",
)
MELAWAI = ("Kebayoran Baru", "Melawai", "Oktober 2025")

KELURAHAN = {
    "Kebayoran Baru": ["Melawai", "Pulo", "Gunung", "Selong", "Senayan"],
    "Pasar Minggu": ["Pasar Minggu", "Jati Padang", "Ragunan", "Cilandak Timur", "Pejaten Barat"],
    "Setiabudi": ["Setia Budi", "Karet", "Menteng Atas"],
    "Pancoran": ["Pancoran", "Rawajati", "Duren Tiga", "Kalibata"],
    "Pesanggrahan": ["Ulujami", "Bintaro", "Petukangan Utara"],
}
ALIASES = {"Jati Padang": "Jatipadang", "Setia Budi": "Setiabudi"}


def area(name: str) -> list[Cooperative]:
    kecamatan = KecamatanFactory.create(name=name)
    return [
        CooperativeFactory.create(
            kelurahan=KelurahanFactory.create(
                kecamatan=kecamatan, name=kelurahan, aliases=ALIASES.get(kelurahan, "")
            )
        )
        for kelurahan in KELURAHAN[name]
    ]


def row(*area: str, head: Sequence[str] = HEAD, **cells: str) -> tuple[str, ...]:
    """The cells of a row under HEAD; keyword names are the first word of a title in lower case."""
    named: Mapping[str, str] = {title.split()[0].casefold(): title for title in head}
    found = dict(zip(head, area, strict=False)) | {named[name]: text for name, text in cells.items()}
    return tuple(found.get(title, "") for title in head)


def previewed(
    *rows: Sequence[str], by: User, head: Sequence[str] = HEAD, name: str = "rekap.csv"
) -> ImportBatch:
    content = "\r\n".join(";".join(cells) for cells in (head, *rows)).encode()
    return preview(kind="recap", file=io.BytesIO(content), file_name=name, by=by)


def found_in(batch: ImportBatch) -> list[tuple[int, str, str]]:
    """(row, outcome, effect or what is wrong) of every row."""
    return [
        (
            one.number,
            one.outcome,
            one.effect or "; ".join(f"{error['column']}: {error['text']}" for error in one.errors),
        )
        for one in batch.rows.order_by("number")
    ]


def notes_of(batch: ImportBatch) -> list[str]:
    return [note["text"] for one in batch.rows.order_by("number") for note in one.notes]


def drafts() -> list[tuple[Any, ...]]:
    """(cooperative, month, state, obstacle, plan) of all reports."""
    return [
        (str(report.cooperative), f"{report.month:%Y-%m}", report.state, report.obstacle, report.plan)
        for report in MonthlyReport.objects.select_related("cooperative__kelurahan").order_by("pk")
    ]


def lines() -> list[tuple[Any, ...]]:
    """(outlet, status, reason, since, turnover) of all lines of reports."""
    return [
        (
            line.outlet.name if line.outlet else None,
            line.status,
            line.reason,
            f"{line.changed_on:%d/%m/%Y}" if line.changed_on else None,
            line.turnover_idr,
        )
        for line in ReportLine.objects.select_related("outlet").order_by("report_id", "pk")
    ]
