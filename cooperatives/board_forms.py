"""One term in one post, and its end."""

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from cooperatives.forms import RowOfCooperativeForm
from cooperatives.models import POSITIONS, BoardTerm, Gender
from kkmp.fields import DayField

SEATS = [
    (body.label, [(f"{body}-{position}", position.label) for position in positions])
    for body, positions in POSITIONS.items()
]


class BoardTermForm(RowOfCooperativeForm):
    seat = forms.ChoiceField(label=_("Jabatan"), choices=[("", _("Pilih jabatan")), *SEATS])
    starts_on = DayField(label=_("Mulai menjabat"))
    ends_on = DayField(
        label=_("Hari terakhir menjabat"),
        required=False,
        help_text=_("Kosong: belum ditentukan. Pengurus paling lama 5 tahun (UU 25/1992 Pasal 29)."),
    )

    class Meta:
        model = BoardTerm
        fields: ClassVar[list[str]] = ["name", "gender", "starts_on", "ends_on", "is_ex_officio"]

    described = frozenset({"cooperative", "body", "position"})

    def _get_validation_exclusions(self) -> set[str]:
        # Without a seat the form has told so already.
        unknown = set() if "seat" in self.cleaned_data else {"body", "position"}
        return super()._get_validation_exclusions() | unknown

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        instance: BoardTerm | None = kwargs.get("instance")
        if instance and instance.pk:
            kwargs["initial"] = {"seat": instance.seat}
        super().__init__(*args, **kwargs)
        self.fields["gender"].choices = [("", _("Belum diketahui")), *Gender.choices]  # type: ignore[attr-defined]
        self.order_fields(["seat", "name", "gender", "starts_on", "ends_on", "is_ex_officio"])

    def _propose(self, key: str) -> None:
        super()._propose(key)
        earlier = self.instance.history.filter(pk=key).first() if self.restored_from else None
        if earlier:
            self.initial["seat"] = f"{earlier.body}-{earlier.position}"

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if cleaned.get("seat"):
            self.instance.body, self.instance.position = cleaned["seat"].split("-")
        return cleaned


class BoardEndForm(RowOfCooperativeForm):
    """The last day in office; for an error in the record there is the edit form."""

    ends_on = DayField(label=_("Hari terakhir menjabat"))

    class Meta:
        model = BoardTerm
        fields: ClassVar[list[str]] = ["ends_on"]

    described = frozenset({"starts_on"})
