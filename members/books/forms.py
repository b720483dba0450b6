"""Forms of the books: whose books on which day, and for which purpose identity numbers are to show."""

from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from cooperatives.asof import View
from cooperatives.models import Cooperative
from kkmp.fields import no_national_id

PURPOSE_LENGTH = 200


class ShelfForm(forms.Form):
    """Whose books; and which member's savings card, by name or number."""

    cooperative = forms.ModelChoiceField(
        Cooperative.objects.none(),
        label=_("Koperasi"),
        required=False,
        to_field_name="kelurahan",
        empty_label=_("Pilih koperasi"),
        error_messages={"invalid_choice": _("Koperasi itu tidak ada di wilayah yang dipilih.")},
    )
    member = forms.CharField(
        label=_("Kartu simpanan: nama atau nomor anggota"),
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, data: QueryDict, *, view: View, finds_members: bool) -> None:
        super().__init__(data)
        self.fields["cooperative"].queryset = view.cooperatives.select_related("kelurahan")  # type: ignore[attr-defined]
        if not finds_members:
            del self.fields["member"]


class PurposeForm(forms.Form):
    """Why whole identity numbers are needed; the words stand in the access log and across each page."""

    purpose = forms.CharField(
        label=_("Keperluan"),
        min_length=5,
        max_length=PURPOSE_LENGTH,
        validators=[no_national_id],
        help_text=_(
            "Misalnya “RAT 2026, diserahkan kepada notaris”. Tercatat di log akses dan tercetak di setiap halaman."
        ),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class LetterForm(forms.Form):
    """A member asks what is stored: the purpose, and whether the whole identity number is to stand in the letter."""

    purpose = forms.CharField(
        label=_("Keperluan"),
        min_length=5,
        max_length=PURPOSE_LENGTH,
        validators=[no_national_id],
        help_text=_("Tercatat di log akses."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    with_national_id = forms.BooleanField(
        label=_("Tulis NIK lengkap"),
        required=False,
        help_text=_("Hanya bila surat diserahkan langsung kepada orangnya; tercatat sebagai NIK dibuka."),
    )

    def __init__(self, *args: Any, may_reveal: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not may_reveal:
            del self.fields["with_national_id"]
