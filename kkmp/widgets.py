"""Form widgets of ours: rupiah with its prefix, and the browser's own day picker."""

from typing import Any

from django import forms
from django.utils.formats import number_format


class RupiahInput(forms.TextInput):
    """Digits with or without separators, “Rp” in front; the field parses what was typed."""

    template_name = "django/forms/widgets/rupiah.html"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"inputmode": "numeric", "autocomplete": "off", **(attrs or {})})

    def format_value(self, value: Any) -> str | None:
        """A stored amount with separators; what was typed comes back as typed."""
        if isinstance(value, int) and not isinstance(value, bool):
            return number_format(value, use_l10n=True, force_grouping=True)
        typed: str | None = super().format_value(value)
        return typed


class DayInput(forms.DateInput):
    """The browser's day picker: shows the day as people here write it, sends year-month-day."""

    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%d")
