"""Form fields over kkmp.parsing: days, rupiah, official and identity numbers as people here write them."""

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from kkmp.parsing import (
    FIRST_DAY,
    holds_national_id,
    parse_day,
    parse_digits,
    parse_national_id,
    parse_rupiah,
)
from kkmp.widgets import DayInput, RupiahInput


def no_national_id(text: str) -> None:
    """A validator of free text, which is stored and shown as it is typed."""
    if holds_national_id(text):
        raise ValidationError(_("Jangan menulis NIK di sini: isian ini tampil apa adanya."))


class DayField(forms.DateField):
    """A day of the calendar, in the browser's picker or typed; empty is None.

    `is_past=True` refuses days after today: what a record says has happened.
    """

    widget = DayInput

    def __init__(self, *, is_past: bool = False, **kwargs: Any) -> None:
        self.is_past = is_past
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> date | None:
        try:
            return parse_day(value)
        except ValueError as error:
            raise ValidationError(str(error), code="invalid") from error

    def validate(self, value: date | None) -> None:
        super().validate(value)
        if value is None:
            return
        if value < FIRST_DAY:
            message = _("Periksa tahunnya: tanggal ini sebelum %(day)s.")
            raise ValidationError(message % {"day": date_format(FIRST_DAY, "j F Y")}, code="too_early")
        if self.is_past and value > timezone.localdate():
            raise ValidationError(_("Tanggal ini belum terjadi; paling akhir hari ini."), code="future")


class RupiahField(forms.IntegerField):
    """Whole rupiah with or without “Rp” and separators; empty is None, never 0. `min_value=1` refuses zero too.

    A model's BigIntegerField takes it through `field_classes`; its 64-bit bounds are kept by the parser.
    """

    widget = RupiahInput

    def __init__(self, *, min_value: int | None = None, max_value: int | None = None, **kwargs: Any) -> None:
        super().__init__(min_value=max(min_value or 0, 0), max_value=None, **kwargs)

    def to_python(self, value: Any) -> int | None:
        try:
            return parse_rupiah(value)
        except ValueError as error:
            raise ValidationError(str(error), code="invalid") from error


class DigitsField(forms.CharField):
    """An official number: digits only, separators dropped. `lengths` are the lengths allowed, none means any."""

    def __init__(self, *, lengths: tuple[int, ...] = (), **kwargs: Any) -> None:
        self.lengths = lengths
        super().__init__(**kwargs)
        self.widget.attrs.setdefault("inputmode", "numeric")

    def to_python(self, value: Any) -> str:
        try:
            return parse_digits(value, lengths=self.lengths, name=str(self.label or _("Nomor")))
        except ValueError as error:
            raise ValidationError(str(error), code="invalid") from error


class NationalIdField(forms.CharField):
    """The 16 digits of a NIK, separators dropped; empty stays empty. No error repeats what was typed."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"max_length": 40, "required": False, **kwargs})
        # What the browser remembers of a form is not ours to delete.
        self.widget.attrs |= {"inputmode": "numeric", "autocomplete": "off", "spellcheck": "false"}

    def to_python(self, value: Any) -> str:
        try:
            return parse_national_id(value)
        except ValueError as error:
            raise ValidationError(str(error), code="invalid") from error
