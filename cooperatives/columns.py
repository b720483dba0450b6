"""The cooperative as a column of any list whose rows belong to one."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from cooperatives.asof import View
from kkmp.columns import Cell, Column, Part


def cooperative_column(path: str = "cooperative__", **more: Any) -> Column:
    """`path` leads from the row to the cooperative. Files say code, kecamatan and kelurahan apart."""
    code, kecamatan, kelurahan = (
        f"{path}kelurahan__{field}" for field in ("code", "kecamatan__name", "name")
    )

    def cell(row: Any, view: View) -> Cell:
        return Cell(
            # As Cooperative says its name.
            f"KKMP {getattr(row, kelurahan)}",
            href=view.link(reverse("cooperatives:detail", args=[getattr(row, code)])),
            sub=getattr(row, kecamatan),
        )

    parts = (
        Part(_("Kode kelurahan"), code),
        Part(_("Kecamatan"), kecamatan),
        Part(_("Kelurahan"), kelurahan),
    )
    return Column("cooperative", _("Koperasi"), parts, cell=cell, order=(kecamatan, kelurahan), **more)
