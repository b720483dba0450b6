"""The form of a monthly report: the texts, a part for each outlet, “no outlet”, and a new outlet."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kkmp.fields import DayField, RupiahField
from kkmp.photos import Photo, read_photo
from outlets.forms import NOTE_LENGTH, OUTLET_STATUSES
from outlets.models import MonthlyReport, Outlet, OutletKind, Reason, ReportLine, Status
from outlets.report_services import LineValues

STATUSES = [("", _("Pilih status")), *OUTLET_STATUSES]
MOST_CUSTOMERS = 1_000_000


class PhotoInput(forms.FileInput):
    allow_multiple_selected = True


class PhotosField(forms.FileField):
    """Any number of photos; each is read, and its copy made, while the form is checked."""

    widget = PhotoInput

    def to_python(self, data: Any) -> Any:
        return [super(PhotosField, self).to_python(file) for file in data or []]

    def clean(self, data: Any, initial: Any = None) -> Any:
        files: list[UploadedFile[Any]] = [file for file in self.to_python(data) if file]
        return [read_photo(file, most_bytes=settings.PHOTO_MAX_BYTES) for file in files]


class ManyPhotos(PhotoInput):
    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        return files.getlist(name) if hasattr(files, "getlist") else files.get(name, [])


class StatusPart(forms.Form):
    """Status, reason and day; a reason left over from another status is dropped, not complained of."""

    status = forms.ChoiceField(label=_("Status"), choices=STATUSES, required=False)
    reason = forms.ChoiceField(
        label=_("Sebab belum berjalan"), choices=[("", _("Pilih sebab")), *Reason.choices], required=False
    )
    changed_on = DayField(label=_("Sejak"), required=False, is_past=True)

    def __init__(self, *args: Any, last: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.last = last
        self.fields["changed_on"].widget.attrs["max"] = last.isoformat()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        status, day = cleaned.get("status", ""), cleaned.get("changed_on")
        if status != Status.IDLE:
            cleaned["reason"] = ""
        elif not cleaned.get("reason") and "reason" not in self.errors:
            self.add_error("reason", _("Pilih sebabnya: gerai yang belum berjalan selalu punya sebab."))
        if not status:
            cleaned["changed_on"] = None
        elif day is None and "changed_on" not in self.errors:
            self.add_error("changed_on", _("Isi sejak kapan."))
        elif day and day > self.last:
            self.add_error(
                "changed_on",
                gettext("Paling akhir %(day)s; perubahan sesudahnya masuk laporan bulan berikutnya.")
                % {"day": date_format(self.last, "j F Y")},
            )
        return cleaned


class LineForm(StatusPart):
    """One outlet's part; it begins with what is recorded, and only what is new has to be typed."""

    turnover_idr = RupiahField(label=_("Omzet bulan ini"), required=False)
    procurement_idr = RupiahField(label=_("Pembelian barang bulan ini"), required=False)
    customers = forms.IntegerField(
        label=_("Pembeli bulan ini"),
        required=False,
        min_value=0,
        max_value=MOST_CUSTOMERS,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    photos = PhotosField(
        label=_("Foto gerai"),
        required=False,
        widget=ManyPhotos(attrs={"accept": "image/jpeg,image/png,image/webp", "multiple": True}),
        help_text=_("JPEG, PNG, atau WebP. Jangan foto KTP atau wajah orang."),
    )

    def __init__(self, data: Any, files: Any, *, line: ReportLine, last: date) -> None:
        initial = {
            name: getattr(line, name)
            for name in (
                "status",
                "reason",
                "changed_on",
                "turnover_idr",
                "procurement_idr",
                "customers",
            )
        }
        super().__init__(data, files, last=last, prefix=f"g{line.outlet_id}", initial=initial)
        self.line = line
        # Its capital has come: the page asks whether it runs, and one tap says so; the day is typed.
        self.capital_met_on: date | None = None
        self.is_said_to_run = False

    @property
    def runs_href(self) -> str:
        return f"?runs={self.line.outlet_id}"

    def say_it_runs(self) -> None:
        """Of a page that is only shown: the status is proposed, since when is typed."""
        self.is_said_to_run = True
        self.initial.update(status=Status.RUNNING, reason="", changed_on=None)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        was, now = (
            (self.initial["status"], self.initial["reason"]),
            (
                cleaned.get("status", ""),
                cleaned.get("reason", ""),
            ),
        )
        day = cleaned.get("changed_on")
        if was[0] and was != now and day and day == self.initial["changed_on"]:
            self.add_error("changed_on", _("Statusnya berubah: tulis sejak kapan."))
        return cleaned

    @property
    def is_status_open(self) -> bool:
        """Whether the part with the status is unfolded: nothing is recorded, something was typed, or is wrong."""
        named = {"status", "reason", "changed_on"}
        return (
            self.is_said_to_run
            or not self.initial["status"]
            or bool(self.is_bound and (named & set(self.errors) or named & set(self.changed_data)))
        )

    def values(self) -> LineValues:
        typed = self.cleaned_data
        return LineValues(
            outlet=self.line.outlet,
            status=typed["status"],
            reason=typed["reason"],
            changed_on=typed["changed_on"],
            turnover_idr=typed["turnover_idr"],
            procurement_idr=typed["procurement_idr"],
            customers=typed["customers"],
        )


class NoneForm(forms.Form):
    """Of a cooperative without an outlet: checked, there is none."""

    prefix = "none"
    checked = forms.BooleanField(label=_("Sudah dicek: belum ada gerai"), required=False)
    changed_on = DayField(label=_("Sejak"), required=False, is_past=True)

    def __init__(self, data: Any, *, line: ReportLine | None, last: date) -> None:
        initial = {"checked": line is not None, "changed_on": line.changed_on if line else None}
        super().__init__(data, initial=initial)
        self.line, self.last = line, last
        self.fields["changed_on"].widget.attrs["max"] = last.isoformat()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        day = cleaned.get("changed_on")
        if cleaned.get("checked") and day is None and "changed_on" not in self.errors:
            self.add_error("changed_on", _("Isi sejak kapan."))
        elif day and day > self.last:
            self.add_error("changed_on", _("Paling akhir hari terakhir bulan ini."))
        return cleaned

    def values(self) -> list[LineValues]:
        """What is said now; while it is wrong, what was said before."""
        if self.is_valid():
            day = self.cleaned_data["changed_on"] if self.cleaned_data["checked"] else None
        else:
            day = self.line.changed_on if self.line else None
        return [LineValues(None, Status.NONE, "", day)] if day else []


class NewOutletForm(StatusPart):
    """An outlet that is not in the records yet; without a name nothing is added."""

    name = forms.CharField(label=_("Nama gerai"), max_length=150, required=False)
    kind = forms.ChoiceField(label=_("Jenis"), choices=OutletKind.choices, required=False)
    field_order = ["name", "kind", "status", "reason", "changed_on"]

    def __init__(self, data: Any, *, report: MonthlyReport, last: date) -> None:
        super().__init__(data, last=last, prefix="new")
        self.report = report

    @property
    def is_filled(self) -> bool:
        return self.is_bound and bool(self.data.get("new-name", "").strip() or self.data.get("new-status"))

    def clean(self) -> dict[str, Any]:
        if not self.is_filled:
            self._errors = type(self.errors)()
            return {}
        cleaned = super().clean()
        cleaned["name"] = " ".join(cleaned.get("name", "").split())
        if not cleaned["name"]:
            self.add_error("name", _("Beri nama gerai baru ini."))
        elif Outlet.objects.filter(
            cooperative=self.report.cooperative_id, name__iexact=cleaned["name"]
        ).exists():
            self.add_error("name", _("Koperasi ini sudah punya gerai bernama itu."))
        if not cleaned.get("status") and "status" not in self.errors:
            self.add_error("status", _("Pilih status gerai baru ini."))
        return cleaned


class TextsForm(forms.Form):
    """What concerns the whole cooperative; `version` tells whether somebody saved meanwhile."""

    obstacle = forms.CharField(
        label=_("Kendala"), required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 3})
    )
    plan = forms.CharField(
        label=_("Rencana tindak lanjut"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    version = forms.IntegerField(required=False, widget=forms.HiddenInput, min_value=0, max_value=2**31 - 1)


class WholeForm:
    """All parts of the page, read and checked together."""

    def __init__(
        self,
        report: MonthlyReport,
        lines: Iterable[ReportLine],
        *,
        last: date,
        request: HttpRequest | None = None,
    ) -> None:
        data: Any = request.POST if request else None
        files: Any = request.FILES if request else None
        lines = list(lines)
        initial = {"obstacle": report.obstacle, "plan": report.plan, "version": report.version}
        self.texts = TextsForm(data, initial=initial)
        self.lines = [LineForm(data, files, line=line, last=last) for line in lines if line.outlet]
        none = next((line for line in lines if line.outlet is None), None)
        self.none = None if self.lines else NoneForm(data, line=none, last=last)
        self.new = NewOutletForm(data, report=report, last=last)
        self.problems: list[str] = []

    @property
    def parts(self) -> list[forms.Form]:
        return [self.texts, *self.lines, *([self.none] if self.none else []), self.new]

    def is_valid(self) -> bool:
        # A sum, not `all`: every part is asked, so that all that is wrong is told at once.
        return sum(not part.is_valid() for part in self.parts) == 0

    def values(self, *, complete: bool) -> list[LineValues]:
        """What can be stored; parts that are half typed wait unless all were found valid."""
        said = [form.values() for form in self.lines if complete or form.is_valid()]
        return [*said, *(self.none.values() if self.none else [])]

    def photos(self) -> list[tuple[ReportLine, list[Photo]]]:
        return [(form.line, form.cleaned_data["photos"]) for form in self.lines]

    @property
    def errors(self) -> list[tuple[str, str, str]]:
        """(id of the field, its label, what is wrong) of everything, for the summary on top."""
        found = [("", "", problem) for problem in self.problems]
        for part in self.parts:
            if not part.is_bound or part.is_valid():
                continue
            owner = f"{part.line.outlet}: " if isinstance(part, LineForm) else ""
            for name, errors in part.errors.items():
                label = f"{owner}{part[name].label}" if name in part.fields else owner
                field_id = part[name].id_for_label if name in part.fields else ""
                found += [(field_id, label, str(error)) for error in errors]
        return found

    def refuse(self, error: ValidationError) -> None:
        self.problems += error.messages


class ReasonForm(forms.Form):
    """Why a report goes back, or is corrected."""

    reason = forms.CharField(
        label=_("Alasan"), max_length=NOTE_LENGTH, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args: Any, help_text: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].help_text = help_text
