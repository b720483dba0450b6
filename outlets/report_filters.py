"""Which cooperatives a page of reports shows: search, and how the report of its month stands."""

from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from outlets.forms import AreaListForm
from outlets.report_columns import REPORT_COLUMNS
from outlets.report_cycle import SENT, ReportCell

# The figures of `Completeness`, each as the rows that it counts.
WHICH: dict[str, tuple[Any, Q]] = {
    "missing": (_("Belum lapor"), Q(report_cell=ReportCell.MISSING)),
    "returned": (_("Dikembalikan"), Q(report_cell=ReportCell.RETURNED)),
    "waiting": (_("Menunggu pemeriksaan"), Q(report_cell=ReportCell.SUBMITTED)),
    "awaited": (
        _("Ditunggu, belum jatuh tempo"),
        Q(report_cell__in=[ReportCell.DRAFT, ReportCell.WAITING]),
    ),
    "sent": (_("Sudah dikirim"), Q(report_cell__in=SENT)),
    "in_time": (_("Dikirim tepat waktu"), Q(report_cell__in=SENT, report_is_late=False)),
    "late": (_("Dikirim terlambat"), Q(report_cell__in=SENT, report_is_late=True)),
    "verified": (_("Diverifikasi, dengan isi"), Q(report_cell=ReportCell.VERIFIED)),
    "zero": (_("Tidak ada perubahan"), Q(report_cell=ReportCell.ZERO)),
    "expected": (
        _("Semua yang diminta"),
        ~Q(report_cell__in=[ReportCell.NOT_EXPECTED, ReportCell.NOT_YET]),
    ),
}


class ReportListForm(AreaListForm):
    """Of cooperatives annotated by `with_report_state`."""

    columns = REPORT_COLUMNS
    sorts = {"area": (_("Kecamatan, kelurahan"), ("kelurahan__kecamatan__name", "kelurahan__name", "pk"))}

    which = forms.ChoiceField(
        label=_("Yang ditampilkan"),
        required=False,
        choices=[("", _("Semua koperasi")), *((key, label) for key, (label, _rows) in WHICH.items())],
    )
    field_order = ["q", "which", "sort"]

    def narrow(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        if cooperative := self.cleaned_data.get("cooperative"):
            rows = rows.filter(pk=cooperative.pk)
        which = self.cleaned_data.get("which")
        return rows.filter(WHICH[which][1]) if which else rows
