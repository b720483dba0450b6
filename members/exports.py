"""The register as a file: the rows of the list, one member a line, no identity numbers."""

from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from cooperatives.models import Gender
from kkmp.tabular.writing import Heading, OutCell

HEADINGS = (
    Heading(_("Kode kelurahan"), is_text=True),
    Heading(_("Kecamatan")),
    Heading(_("Kelurahan")),
    Heading(_("Nomor anggota"), is_text=True),
    Heading(_("Nama lengkap"), width=32, is_text=True),
    Heading(_("Jenis kelamin")),
    Heading(_("Tanggal masuk")),
    Heading(_("Tanggal keluar")),
)


def member_rows(members: QuerySet[Any]) -> Iterator[tuple[OutCell, ...]]:
    """In the order of the queryset; an unknown gender is an empty cell."""
    labels = {gender.value: gender.label for gender in Gender}
    columns = members.values_list(
        "cooperative__kelurahan__code",
        "cooperative__kelurahan__kecamatan__name",
        "cooperative__kelurahan__name",
        "number",
        "full_name",
        "gender",
        "joined_on",
        "ended_on",
    )
    for *area_number_and_name, gender, joined_on, ended_on in columns.iterator():
        yield (*area_number_and_name, labels.get(gender, ""), joined_on, ended_on)
