"""What the page of whole files is asked: of which cooperative, as what kind of file, and why numbers are opened."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cooperatives.models import Cooperative, CooperativeQuerySet
from kkmp.listing import FILE_KINDS
from members.step_forms import RevealForm

KINDS = [("xlsx", "Excel"), ("csv", "CSV")]


def _cooperative(*, required: bool) -> forms.ModelChoiceField:  # type: ignore[type-arg]  # generic in the stubs only
    return forms.ModelChoiceField(
        Cooperative.objects.none(),
        label=_("Koperasi"),
        required=required,
        to_field_name="kelurahan",
        empty_label=_("Pilih") if required else _("Semua koperasi di wilayah saya"),
        error_messages={"invalid_choice": _("Koperasi itu tidak ada di wilayah Anda.")},
    )


class FileForm(forms.Form):
    """A file of the register or the ledger; all of one's area unless one cooperative is chosen."""

    cooperative = _cooperative(required=False)
    format = forms.ChoiceField(choices=[(kind, kind) for kind in FILE_KINDS], widget=forms.HiddenInput)

    def __init__(self, *args: Any, cooperatives: CooperativeQuerySet, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["cooperative"].queryset = cooperatives  # type: ignore[attr-defined]


class ClearFileForm(RevealForm):
    """The register of one cooperative with whole identity numbers, for a purpose that stays in the access log."""

    cooperative = _cooperative(required=True)
    format = forms.ChoiceField(label=_("Jenis berkas"), choices=KINDS, widget=forms.RadioSelect)

    field_order = ("cooperative", "purpose", "text", "format")

    def __init__(self, *args: Any, cooperatives: CooperativeQuerySet, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["format"].initial = "xlsx"
        self.fields["cooperative"].queryset = cooperatives  # type: ignore[attr-defined]
