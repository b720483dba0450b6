"""Forms of imports: the file, which column is which, why it is undone, and the filter of the list."""

from collections.abc import Sequence
from typing import Any, ClassVar

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from cooperatives.models import Cooperative
from kkmp.accounts.models import User
from kkmp.accounts.permissions import sees_whole_city
from kkmp.fields import no_national_id
from kkmp.imports.importer import importers_for
from kkmp.imports.models import BatchKind, BatchState, ImportBatch
from kkmp.listing import ListForm
from kkmp.tabular.reading import Column, too_many_bytes


class UploadForm(forms.Form):
    """One file; what it holds is looked at later, how large it is before anything is read."""

    file = forms.FileField(
        label=_("Berkas"),
        help_text=_("Excel (.xlsx, .xls), LibreOffice (.ods) atau CSV."),
        widget=forms.FileInput(attrs={"accept": ".xlsx,.xlsm,.xlsb,.xls,.ods,.csv,.txt,.tsv"}),
        error_messages={"empty": _("Berkas ini kosong.")},
    )

    def __init__(self, *args: Any, cooperatives: QuerySet[Cooperative] | None = None, **kwargs: Any) -> None:
        """`cooperatives` are those to choose from; None where the file belongs to none."""
        super().__init__(*args, **kwargs)
        if cooperatives is not None:
            self.fields = {
                "cooperative": forms.ModelChoiceField(
                    cooperatives,
                    label=_("Koperasi"),
                    to_field_name="kelurahan",
                    empty_label=_("Pilih koperasi"),
                    help_text=_("Semua baris berkas masuk ke koperasi ini."),
                ),
                **self.fields,
            }

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size is None or file.size > settings.IMPORT_MAX_BYTES:
            raise ValidationError(too_many_bytes(settings.IMPORT_MAX_BYTES))
        return file


class ColumnsForm(forms.Form):
    """Which column of the file is which of ours: one choice a column, by its letter."""

    def __init__(self, *args: Any, batch: ImportBatch, columns: Sequence[Column], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.columns = columns
        offered = [("", _("Tidak dibaca")), *((column.key, column.title) for column in columns)]
        for found in batch.columns:
            if found["key"].startswith("_"):
                continue
            self.fields[found["letter"]] = forms.ChoiceField(
                # The letter names a column without a title.
                label=found["title"] or found["letter"],
                required=False,
                choices=offered,
                initial=found["key"],
                widget=forms.Select(attrs={"aria-describedby": f"values-{found['letter']}"}),
            )

    def clean(self) -> dict[str, Any]:
        keys: dict[str, Any] = self.cleaned_data
        chosen = [key for key in keys.values() if key]
        for column in self.columns:
            if chosen.count(column.key) > 1:
                self.add_error(
                    None, _("“%(title)s” dipilih dua kali. Sisakan satu.") % {"title": column.title}
                )
            if column.is_required and column.key not in chosen:
                self.add_error(
                    None, _("Belum ada kolom untuk “%(title)s”. Pilih satu.") % {"title": column.title}
                )
        return keys


class UndoForm(forms.Form):
    """Why a batch is taken back; the reason stands beside everything that it changes."""

    note = forms.CharField(
        label=_("Alasan pembatalan"),
        max_length=300,
        validators=[no_national_id],
        help_text=_("Tercatat di riwayat setiap isian yang dibatalkan."),
    )


class BatchListForm(ListForm):
    sorts: ClassVar[dict[str, tuple[Any, tuple[Any, ...]]]] = {
        "-at": (_("Terbaru"), ("-at", "-pk")),
        "at": (_("Terlama"), ("at", "pk")),
        "file_name": (_("Nama berkas"), ("file_name", "pk")),
    }

    cooperative = forms.ModelChoiceField(
        Cooperative.objects.none(),
        label=_("Koperasi"),
        required=False,
        to_field_name="kelurahan",
        empty_label=_("Semua koperasi"),
    )
    kind = forms.ChoiceField(label=_("Jenis"), required=False)
    state = forms.ChoiceField(
        label=_("Keadaan"), required=False, choices=[("", _("Semua")), *BatchState.choices]
    )

    def __init__(self, data: QueryDict, *, user: User) -> None:
        super().__init__(data)
        cooperatives = Cooperative.objects.visible_to(user).select_related("kelurahan")
        self.fields["cooperative"].queryset = cooperatives  # type: ignore[attr-defined]
        kinds = BatchKind.values if sees_whole_city(user) else [one.kind for one in importers_for(user)]
        offered = [(kind, BatchKind(kind).label) for kind in kinds]
        self.fields["kind"].choices = [("", _("Semua")), *offered]  # type: ignore[attr-defined]

    def narrow(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        chosen = {name: self.cleaned_data.get(name) for name in ("state", "kind", "cooperative")}
        return rows.filter(**{name: value for name, value in chosen.items() if value})
