"""What officers keep about a cooperative."""

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from cooperatives.models import Cooperative
from kkmp.edited import EditedForm
from kkmp.fields import DayField, DigitsField

USUAL_REGISTRY_LENGTH = 13


class RowOfCooperativeForm(EditedForm):
    """A row that belongs to a cooperative; what the page sets besides the fields is checked with them.

    A model form leaves out every constraint that reads something that is no field of it.
    """

    described: ClassVar[frozenset[str]] = frozenset()

    def _get_validation_exclusions(self) -> set[str]:
        excluded: set[str] = super()._get_validation_exclusions()  # type: ignore[misc]  # Django's own, not in the stubs
        # `removed_at` is a condition of every “once” constraint.
        return excluded - self.described - {"removed_at", "removed_by"}


class CooperativeForm(EditedForm):
    """The profile: name, formation, office, official numbers. The kelurahan never changes."""

    founded_on = DayField(label=_("Tanggal berdiri"), required=False, is_past=True)
    registry_no = DigitsField(
        label=_("NIK koperasi"), required=False, help_text=_("Angka saja, biasanya 13. Bukan NIK orang.")
    )
    nib = DigitsField(label=_("NIB"), required=False, lengths=(13,), help_text=_("13 angka."))
    npwp = DigitsField(label=_("NPWP"), required=False, lengths=(15, 16), help_text=_("15 atau 16 angka."))
    has_bank_account = forms.NullBooleanField(
        label=_("Rekening atas nama koperasi"),
        required=False,
        widget=forms.Select(
            choices=[("", _("Belum diketahui")), ("true", _("Ada")), ("false", _("Belum ada"))]
        ),
    )

    class Meta:
        model = Cooperative
        fields: ClassVar[list[str]] = [
            "legal_name",
            "formation",
            "founded_on",
            "office",
            "phone",
            "email",
            "registry_no",
            "nib",
            "npwp",
            "has_bank_account",
        ]

    def clean_registry_no(self) -> str:
        number: str = self.cleaned_data["registry_no"]
        if len(number) > 20:
            raise forms.ValidationError(_("NIK koperasi terlalu panjang: paling banyak 20 angka."))
        return number

    @property
    def warnings(self) -> list[Any]:
        """Said after saving, never refused: the usual shape is not a rule (domain: Identifiers)."""
        number = self.cleaned_data.get("registry_no", "")
        if number and len(number) != USUAL_REGISTRY_LENGTH:
            return [
                _("NIK koperasi biasanya 13 angka, yang ditulis %(count)d. Periksa sekali lagi.")
                % {"count": len(number)}
            ]
        return []
