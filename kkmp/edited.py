"""What every row that people edit has: a version against lost updates, and a history of who changed what."""

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db import IntegrityError, models, transaction
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from kkmp.history import in_words
from kkmp.templatetags.ui import waktu

# A longer number is no key: the database could not even hold it.
_KEY = re.compile(r"[0-9]{1,18}")


class Records(HistoricalRecords):
    """The history of each heir of EditedModel, without the fields that it names in `untracked`."""

    def fields_included(self, model: type[models.Model]) -> "list[models.Field[Any, Any]]":
        untracked: frozenset[str] = getattr(model, "untracked", frozenset())
        fields = super().fields_included(model)  # type: ignore[no-untyped-call]  # of simple-history
        return [field for field in fields if field.name not in untracked]


class EditedModel(models.Model):
    """A row that people edit. `version` grows with every saved form; `history` keeps before and after."""

    untracked: ClassVar[frozenset[str]] = frozenset()
    # Fields that hold a list of codes → what these are: choices, or the model whose keys they are.
    codes_of: ClassVar[Mapping[str, type[models.TextChoices] | type[models.Model]]] = {}

    version = models.PositiveIntegerField(default=1, editable=False)
    # On a row it is a manager of the row's former states.
    history: Any = Records(inherit=True)  # type: ignore[no-untyped-call]  # of simple-history

    class Meta:
        abstract = True


class EditedForm(forms.ModelForm):  # type: ignore[type-arg]  # generic at type-check time only in django-stubs
    """A form that tells the second of two editors what the first one saved, and loses nothing that was typed.

    Validate and save inside one transaction: `clean` locks the row until then. `restore` is the key of an earlier
    state in the row's history: the form then proposes what stood there, and saving it is an edit like any other.
    """

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    change_reason = forms.CharField(
        label=_("Alasan perubahan"),
        required=False,
        max_length=100,
        help_text=_("Tampil di riwayat; berguna bagi yang membaca kelak."),
    )
    # When that earlier state was saved.
    restored_from: datetime | None = None

    def __init__(self, *args: Any, restore: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.instance.pk:
            del self.fields["version"], self.fields["change_reason"]
            return
        self.fields["version"].initial = self.instance.version
        self.fields["change_reason"] = self.fields.pop("change_reason")
        if restore:
            self._propose(restore)

    def _propose(self, key: str) -> None:
        if not _KEY.fullmatch(key):
            return
        earlier = self.instance.history.filter(pk=key).first()
        if earlier is None:
            return
        for field in self.instance._meta.concrete_fields:
            if (
                field.name in self.fields
                and field.name != "version"
                and not isinstance(field, models.FileField)
            ):
                self.initial[field.name] = getattr(earlier, field.attname)
        self.restored_from = earlier.history_date
        self.initial["change_reason"] = gettext("Dikembalikan ke isi %(moment)s") % {
            "moment": waktu(earlier.history_date)
        }

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if self.instance.pk:
            stored = type(self.instance)._base_manager.select_for_update().get(pk=self.instance.pk)
            if cleaned.get("version") != stored.version:
                self._tell_the_second_editor(cleaned, stored)
            self.instance.version = stored.version + 1
            self.instance._change_reason = cleaned.get("change_reason") or None
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
    """What the row holds, in words; a field of the form alone has none but its own."""
    try:
        field = row._meta.get_field(name)
    except FieldDoesNotExist:
        return str(getattr(row, name)) or "–"
    words = str(getattr(row, name) or "") if field.is_relation else in_words(field, getattr(row, name))
    return words or "–"
