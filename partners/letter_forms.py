"""Forms of letters: filters of their list, and to whom a new one goes about which outlet."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from cooperatives.asof import View
from kkmp.accounts.models import User
from kkmp.listing import ListForm
from outlets.models import Outlet
from partners.letter_columns import LETTER_COLUMNS
from partners.models import Letter, Offer, Partner

NEWEST = ("-year", "-number", "pk")


class LetterListForm(ListForm):
    columns = LETTER_COLUMNS
    sorts = {
        "newest": (_("Terbaru"), NEWEST),
        "partner": (_("Mitra"), ("partner__name", *NEWEST)),
    }

    partner = forms.ModelChoiceField(
        Partner.objects.none(), label=_("Mitra"), required=False, empty_label=_("Semua mitra")
    )
    year = forms.ChoiceField(label=_("Tahun"), required=False)
    field_order = ["q", "partner", "year", "sort"]

    def __init__(self, data: QueryDict, *, view: View) -> None:
        super().__init__(data)
        self.fields["partner"].queryset = Partner.objects.visible_to(view.user)  # type: ignore[attr-defined]
        years = Letter.objects.visible_to(view.user).order_by("-year").values_list("year", flat=True)
        self.fields["year"].choices = [  # type: ignore[attr-defined]
            ("", _("Semua tahun")),
            *((str(year), str(year)) for year in years.distinct()),
        ]

    def narrow(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        same = {name: self.cleaned_data.get(name) for name in ("partner", "year")}
        return rows.filter(**{name: value for name, value in same.items() if value})


class OutletChoice(forms.ModelChoiceField):  # type: ignore[type-arg]  # generic at type-check time only
    """Outlets of one name are told apart by their cooperative."""

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.cooperative} · {obj.name}"


class OfferChoice(forms.ModelChoiceField):  # type: ignore[type-arg]  # generic at type-check time only
    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.partner} · {obj.title}"


class LetterForm(forms.Form):
    """Sent by GET for the preview, and the same by POST to make the letter."""

    partner = forms.ModelChoiceField(
        Partner.objects.none(), label=_("Mitra"), empty_label=_("Pilih mitra"), help_text=_("Penerima surat.")
    )
    outlet = OutletChoice(Outlet.objects.none(), label=_("Gerai"), empty_label=_("Pilih gerai"))
    offer = OfferChoice(
        Offer.objects.none(),
        label=_("Penawaran"),
        required=False,
        empty_label=_("Tanpa penawaran"),
        help_text=_("Bila surat ini menjawab penawaran mitra itu."),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        rows: dict[str, QuerySet[Any]] = {
            "partner": Partner.objects.visible_to(user),
            "outlet": Outlet.objects.visible_to(user).select_related("cooperative__kelurahan__kecamatan"),
            "offer": Offer.objects.visible_to(user).select_related("partner").order_by("partner__name", "pk"),
        }
        for name, offered in rows.items():
            self.fields[name].queryset = offered  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        offer, partner = cleaned.get("offer"), cleaned.get("partner")
        if offer and partner and offer.partner_id != partner.pk:
            message = _("Penawaran ini dari %(other)s, bukan dari %(partner)s.")
            words = {"other": offer.partner, "partner": partner}
            self.add_error("offer", ValidationError(message, params=words))
        return cleaned
