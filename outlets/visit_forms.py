"""Forms of visits: filters of their list, and one visit, short enough for a phone at the outlet's door."""

from datetime import timedelta
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import F, QuerySet
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cooperatives.asof import View
from cooperatives.forms import RowOfCooperativeForm
from kkmp.fields import DayField
from kkmp.photos import Photo
from outlets.forms import AREA_ORDER, AreaListForm
from outlets.models import Evidence, Outlet, Seen, Visit
from outlets.report_forms import ManyPhotos, PhotosField
from outlets.visit_columns import VISIT_COLUMNS

# What a follow-up is given where nobody says a day: two weeks.
USUAL_TIME = timedelta(days=14)
STATES = [
    ("", _("Semua kunjungan")),
    ("open", _("Tindak lanjut terbuka")),
    ("overdue", _("Lewat waktu")),
    ("done", _("Tindak lanjut selesai")),
]
SEEN_AT_AN_OUTLET = [(seen.value, seen.label) for seen in Seen if seen != Seen.NONE]
IMAGES = "image/jpeg,image/png,image/webp"


class VisitListForm(AreaListForm):
    """Filters of the list; links may ask for one cooperative or one outlet."""

    columns = VISIT_COLUMNS
    sorts = {
        "newest": (_("Terbaru"), ("-visited_on", "-pk")),
        "due": (
            _("Tenggat terdekat"),
            (F("follow_up_due_on").asc(nulls_last=True), "-visited_on", "-pk"),
        ),
        "area": (_("Kecamatan, kelurahan"), (*AREA_ORDER, "-visited_on", "-pk")),
    }

    state = forms.ChoiceField(label=_("Tindak lanjut"), required=False, choices=STATES)
    seen = forms.ChoiceField(label=_("Terlihat"), required=False, choices=[("", _("Semua")), *Seen.choices])
    visited_from = DayField(label=pgettext_lazy("period", "Sejak"), required=False)
    visited_until = DayField(label=pgettext_lazy("period", "Sampai"), required=False)
    outlet = forms.ModelChoiceField(
        Outlet.objects.none(),
        required=False,
        widget=forms.HiddenInput,
        error_messages={
            "invalid_choice": _("Gerai itu tidak ada di wilayah yang dipilih; semua ditampilkan.")
        },
    )
    field_order = ["q", "state", "seen", "visited_from", "visited_until", "sort"]

    def __init__(self, data: QueryDict, *, view: View) -> None:
        super().__init__(data, view=view)
        mine = Outlet.objects.visible_to(view.user)
        self.fields["outlet"].queryset = mine.select_related("cooperative__kelurahan")  # type: ignore[attr-defined]

    @classmethod
    def read(cls, data: QueryDict, **kwargs: Any) -> "VisitListForm":
        form = super().read(data, **kwargs)
        form.view.problems.extend(str(message) for message in form.errors.get("outlet", []))
        return form

    @property
    def chosen(self) -> Any:
        """The one outlet or cooperative that is shown; empty where it is all of them."""
        return self.cleaned_data.get("outlet") or self.cleaned_data.get("cooperative") or ""

    def narrow(self, rows: Any) -> QuerySet[Any]:
        wanted, on = self.cleaned_data, self.view.on
        match wanted.get("state"):
            case "open":
                rows = rows.follow_ups_open(on)
            case "overdue":
                rows = rows.overdue(on)
            case "done":
                rows = rows.follow_ups_done(on)
            case _:
                rows = rows.known_on(on)
        exact = {
            "cooperative": wanted.get("cooperative"),
            "outlet": wanted.get("outlet"),
            "seen": wanted.get("seen"),
            "visited_on__gte": wanted.get("visited_from"),
            "visited_on__lte": wanted.get("visited_until"),
        }
        found: QuerySet[Any] = rows.filter(**{name: value for name, value in exact.items() if value})
        return found


class VisitForm(RowOfCooperativeForm):
    """One visit. Photos come from the camera or from what the phone holds; both are kept alike."""

    visited_on = DayField(label=_("Tanggal kunjungan"), is_past=True)
    seen = forms.ChoiceField(
        label=_("Apa yang terlihat?"), choices=SEEN_AT_AN_OUTLET, widget=forms.RadioSelect
    )
    camera = PhotosField(
        label=_("Ambil foto"),
        required=False,
        widget=ManyPhotos(attrs={"accept": IMAGES, "capture": "environment"}),
        help_text=_("Membuka kamera ponsel. Jangan foto KTP atau wajah orang."),
    )
    photos = PhotosField(
        label=_("Pilih foto"),
        required=False,
        widget=ManyPhotos(attrs={"accept": IMAGES, "multiple": True}),
        help_text=_("JPEG, PNG, atau WebP yang sudah ada di ponsel; boleh beberapa."),
    )
    follow_up_due_on = DayField(label=_("Paling lambat"), required=False)
    follow_up_done_on = DayField(
        label=_("Selesai pada"), required=False, is_past=True, help_text=_("Kosongkan selama belum selesai.")
    )

    class Meta:
        model = Visit
        fields: ClassVar[list[str]] = [
            "outlet",
            "visited_on",
            "seen",
            "finding",
            "follow_up",
            "follow_up_due_on",
            "follow_up_done_on",
        ]
        widgets: ClassVar[dict[str, Any]] = {
            "finding": forms.Textarea(attrs={"rows": 4}),
            "follow_up": forms.Textarea(attrs={"rows": 2}),
        }

    described = frozenset({"cooperative"})
    field_order = [
        "outlet",
        "visited_on",
        "seen",
        "finding",
        "camera",
        "photos",
        "follow_up",
        "follow_up_due_on",
        "follow_up_done_on",
        "change_reason",
    ]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        visit: Visit = self.instance
        self.fields["follow_up"].help_text = _("Apa yang disepakati, oleh siapa. Kosongkan bila tidak ada.")
        self.fields["follow_up_due_on"].help_text = _("Kosong: dua minggu sesudah kunjungan.")
        if visit.pk is None:
            del self.fields["follow_up_done_on"]
            self.initial["visited_on"] = timezone.localdate()
        self._ask_for_the_outlet(visit)

    def _ask_for_the_outlet(self, visit: Visit) -> None:
        """A cooperative without an outlet is visited itself; then there is nothing to choose."""
        outlets = list(visit.cooperative.outlets.order_by("name", "pk"))
        if not outlets or (visit.pk and visit.outlet_id is None):
            visit.outlet, visit.seen = None, Seen.NONE
            del self.fields["outlet"], self.fields["seen"]
            return
        field: Any = self.fields["outlet"]
        field.queryset = visit.cooperative.outlets.order_by("name", "pk")
        field.required = True
        field.empty_label = _("Pilih gerai")
        if len(outlets) == 1 and not visit.outlet_id:
            self.initial["outlet"] = outlets[0].pk

    @property
    def visits_cooperative(self) -> bool:
        """Whether there is no outlet to choose."""
        return "outlet" not in self.fields

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        visited, due = cleaned.get("visited_on"), cleaned.get("follow_up_due_on")
        if cleaned.get("follow_up") and not due and visited and "follow_up_due_on" not in self.errors:
            cleaned["follow_up_due_on"] = visited + USUAL_TIME
        elif due and not cleaned.get("follow_up"):
            self.add_error("follow_up", _("Tulis apa yang ditindaklanjuti, atau kosongkan tanggalnya."))
        elif due and visited and due < visited:
            self.add_error("follow_up_due_on", _("“Paling lambat” tidak boleh sebelum tanggal kunjungan."))
        done = cleaned.get("follow_up_done_on")
        if done and visited and done < visited:
            self.add_error("follow_up_done_on", _("“Selesai” tidak boleh sebelum tanggal kunjungan."))
        elif done and not cleaned.get("follow_up") and "follow_up" not in self.errors:
            self.add_error("follow_up_done_on", _("Tidak ada tindak lanjut yang bisa selesai."))
        return cleaned

    def new_photos(self) -> list[Photo]:
        return [*self.cleaned_data["camera"], *self.cleaned_data["photos"]]

    def unwanted(self) -> list[Evidence]:
        """Photos of this visit that were ticked for removal."""
        ticked: list[str] = self.data.getlist("remove_photo")  # type: ignore[attr-defined]  # a QueryDict
        keys = [int(key) for key in ticked if key.isascii() and key.isdigit() and len(key) < 19]
        return list(Evidence.objects.filter(visit=self.instance, pk__in=keys).order_by("pk"))

    def ask_for_photos_again(self) -> None:
        """A browser keeps what was typed and forgets the chosen photos."""
        if any(self.files.values()) and not (self.has_error("photos") or self.has_error("camera")):
            message = _("Pilih fotonya sekali lagi; peramban tidak mengingat foto yang dipilih.")
            self.add_error("photos", ValidationError(message))
