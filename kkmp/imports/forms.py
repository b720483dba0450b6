"""Forms of imports: the file, why it is undone, and the filter of the list."""

from typing import Any, ClassVar

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from kkmp.imports.models import BatchState
from kkmp.listing import ListForm
from kkmp.tabular.reading import too_many_bytes


class UploadForm(forms.Form):
    """One file; what it holds is looked at later, how large it is before anything is read."""

    file = forms.FileField(
        label=_("Berkas"),
        help_text=_("Excel (.xlsx, .xls), LibreOffice (.ods) atau CSV."),
        widget=forms.FileInput(attrs={"accept": ".xlsx,.xlsm,.xlsb,.xls,.ods,.csv,.txt,.tsv"}),
        error_messages={"empty": _("Berkas ini kosong.")},
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size is None or file.size > settings.IMPORT_MAX_BYTES:
            raise ValidationError(too_many_bytes(settings.IMPORT_MAX_BYTES))
        return file


class UndoForm(forms.Form):
    """Why a batch is taken back; the reason stands beside every status that it retracts."""

    note = forms.CharField(
        label=_("Alasan pembatalan"),
        max_length=300,
        help_text=_("Tercatat di setiap status yang dicabut."),
    )


class BatchListForm(ListForm):
    sorts: ClassVar[dict[str, tuple[Any, tuple[Any, ...]]]] = {
        "-at": (_("Terbaru"), ("-at", "-pk")),
        "at": (_("Terlama"), ("at", "pk")),
        "file_name": (_("Nama berkas"), ("file_name", "pk")),
    }

    state = forms.ChoiceField(
        label=_("Keadaan"), required=False, choices=[("", _("Semua")), *BatchState.choices]
    )

    def narrow(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        state = self.cleaned_data.get("state")
        return rows.filter(state=state) if state else rows
