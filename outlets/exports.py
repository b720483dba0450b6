"""Outlets and needs as files: the rows of their lists."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from kkmp.tabular.writing import Heading, OutCell
from outlets.models import NeedPurpose, OutletKind, Reason, Status
from outlets.outlet_class import OutletClass

_AREA = ("kelurahan__code", "kelurahan__kecamatan__name", "kelurahan__name")
_AREA_HEADINGS = (
    Heading(_("Kode kelurahan"), is_text=True),
    Heading(_("Kecamatan")),
    Heading(_("Kelurahan")),
)

OUTLET_HEADINGS = (
    *_AREA_HEADINGS,
    Heading(_("Gerai"), width=32, is_text=True),
    Heading(_("Jenis")),
    Heading(_("Status")),
    Heading(_("Sejak")),
    Heading(_("Sebab belum berjalan")),
    Heading(_("Kebutuhan terbuka (Rp)")),
    Heading(_("Alamat"), width=40, is_text=True),
)
NEED_HEADINGS = (
    *_AREA_HEADINGS,
    Heading(_("Gerai"), width=32, is_text=True),
    Heading(_("Untuk")),
    Heading(_("Rincian"), width=40, is_text=True),
    Heading(_("Jumlah (Rp)")),
    Heading(_("Sejak")),
    Heading(_("Terpenuhi pada")),
)


def outlet_rows(outlets: QuerySet[Any]) -> Iterator[tuple[OutCell, ...]]:
    """Takes outlets annotated by `with_status` and `with_outlet_needs`."""
    fields = ("name", "kind", "status", "status_since", "status_reason", "open_need_idr", "address")
    for code, kecamatan, kelurahan, name, kind, status, since, reason, need, address in outlets.values_list(
        *(f"cooperative__{path}" for path in _AREA), *fields
    ):
        yield (
            code,
            kecamatan,
            kelurahan,
            name,
            OutletKind(kind).label,
            Status(status).label if status else OutletClass.UNRECORDED.label,
            since,
            Reason(reason).label if reason else None,
            need,
            address,
        )


def need_rows(needs: QuerySet[Any], *, on: date) -> Iterator[tuple[OutCell, ...]]:
    """A need met after that day is still open in its file, as in its list."""
    fields = ("outlet__name", "purpose", "text", "amount_idr", "since_on", "closed_on")
    for code, kecamatan, kelurahan, name, purpose, text, amount, since, closed in needs.values_list(
        *(f"outlet__cooperative__{path}" for path in _AREA), *fields
    ):
        yield (
            code,
            kecamatan,
            kelurahan,
            name,
            NeedPurpose(purpose).label,
            text,
            amount,
            since,
            closed if closed and closed <= on else None,
        )
