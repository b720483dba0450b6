"""What every row that people edit has: a version against lost updates, and a history of who changed what."""

from collections.abc import Callable
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords


class EditedModel(models.Model):
    """A row that people edit. `version` grows with every saved form; `history` keeps before and after."""

    version = models.PositiveIntegerField(default=1, editable=False)
    # On a row it is a manager of the row's former states.
    history: Any = HistoricalRecords(inherit=True)

    class Meta:
        abstract = True


class EditedForm(forms.ModelForm):  # type: ignore[type-arg]  # generic at type-check time only in django-stubs
    """A form that tells the second of two editors what the first one saved, and loses nothing that was typed.

    Validate and save inside one transaction: `clean` locks the row until then.
    """

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.fields["version"].initial = self.instance.version
        else:
            del self.fields["version"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if self.instance.pk:
            stored = type(self.instance)._base_manager.select_for_update().get(pk=self.instance.pk)
            if cleaned.get("version") != stored.version:
                self._tell_the_second_editor(cleaned, stored)
            self.instance.version = stored.version + 1
        return cleaned

    def _tell_the_second_editor(self, cleaned: dict[str, Any], stored: Any) -> None:
        theirs = [
            _("%(label)s sekarang berisi “%(value)s”") % {"label": field.label, "value": _shown(stored, name)}
            for name, field in self.fields.items()
            if name != "version" and name in cleaned and getattr(stored, name, cleaned[name]) != cleaned[name]
        ]
        last = stored.history.select_related("history_user").first()
        self.add_error(
            None,
            _(
                "Data ini baru saja diubah oleh %(who)s. Isian Anda masih ada di bawah. %(theirs)s. "
                "Periksa, lalu simpan sekali lagi bila isian Anda yang benar."
            )
            % {
                "who": (last and last.history_user) or _("orang lain"),
                "theirs": "; ".join(str(part) for part in theirs) or _("Tidak ada isian yang berbeda"),
            },
        )
        # The next submit of this page knows what it overwrites.
        bound: Any = self.data
        typed = bound.copy()
        typed[self.add_prefix("version")] = str(stored.version)
        self.data = typed


def save_form(form: forms.BaseForm, write: Callable[[], object]) -> bool:
    """Validate and write in one transaction; what the write refuses becomes a message of the form.

    Two people may take the same number or name at once: both pass the check, the database lets one of them write,
    and for the other the form is asked again and now finds the row of the first.
    """
    try:
        with transaction.atomic():
            if not form.is_valid():
                return False
            write()
    except ValidationError as error:
        form.add_error(None, error)
        return False
    except IntegrityError:
        with transaction.atomic():
            form.full_clean()
        if form.is_valid():
            raise
        return False
    return True


def _shown(row: Any, name: str) -> str:
    display = getattr(row, f"get_{name}_display", None)
    value = display() if display else getattr(row, name)
    if isinstance(value, date):
        return date_format(value)
    return "–" if value in (None, "") else str(value)
