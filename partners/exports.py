"""Partners, supports and events as files: the rows of their lists."""

from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from kkmp.tabular.writing import Heading, OutCell
from partners.models import PartnerCategory, Stage, SupportKind

PARTNER_HEADINGS = (
    Heading(_("Mitra"), width=32, is_text=True),
    Heading(_("Kategori")),
    Heading(_("Bidang bantuan"), width=40, is_text=True),
    Heading(_("Jumlah bantuan")),
    Heading(_("Nilai komitmen (Rp)")),
)
SUPPORT_HEADINGS = (
    Heading(_("Mitra"), width=32, is_text=True),
    Heading(_("Kode kelurahan"), is_text=True),
    Heading(_("Kecamatan")),
    Heading(_("Kelurahan")),
    Heading(_("Bentuk bantuan")),
    Heading(_("Nilai komitmen (Rp)")),
    Heading(_("Tahap")),
    Heading(_("Tahap sejak")),
    Heading(_("Keterangan"), width=40, is_text=True),
)
EVENT_HEADINGS = (
    Heading(_("Tanggal")),
    Heading(_("Acara"), width=40, is_text=True),
    Heading(_("Tempat"), width=32, is_text=True),
    Heading(_("Mitra hadir")),
    Heading(_("Koperasi hadir")),
)


def partner_rows(partners: QuerySet[Any]) -> Iterator[tuple[OutCell, ...]]:
    for name, category, *rest in partners.values_list(
        "name", "category", "focus", "support_count", "agreed_idr"
    ):
        yield (name, PartnerCategory(category).label, *rest)


def support_rows(supports: QuerySet[Any]) -> Iterator[tuple[OutCell, ...]]:
    """An unknown sum is an empty cell."""
    columns = supports.values_list(
        "partner__name",
        "cooperative__kelurahan__code",
        "cooperative__kelurahan__kecamatan__name",
        "cooperative__kelurahan__name",
        "kind",
        "committed_idr",
        "stage",
        "stage_since",
        "note",
    )
    for *who_and_where, kind, committed_idr, stage, since, note in columns:
        yield (*who_and_where, SupportKind(kind).label, committed_idr, Stage(stage).label, since, note)


def event_rows(events: QuerySet[Any]) -> Iterator[tuple[OutCell, ...]]:
    yield from events.values_list("held_on", "title", "place", "partner_count", "cooperative_count")
