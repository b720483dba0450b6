"""What was done to a record, when, by whom and why, in words: saved edits field by field, and dated facts beside them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import models
from django.http import HttpRequest
from django.utils.formats import localize
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from kkmp.templatetags.ui import rupiah, tanggal, waktu

SHOWN = 10
# “All” has an end too: nobody reads further, and one page stays one page.
MOST_SHOWN = 500
# What the machine keeps for itself and nobody can read anything in.
_UNTOLD = frozenset({"version", "search_key", "sha256", "size", "media_type"})

# Keys of related rows → what they are called, by field.
Names = Mapping[str, Mapping[Any, str]]


@dataclass(frozen=True)
class FieldChange:
    """One field before and after; empty where nothing stood."""

    label: str
    before: str
    after: str


@dataclass(frozen=True)
class Step:
    """What may be done about an entry: a word, its page, and both in a sentence for who does not see the entry."""

    label: str
    href: str
    sentence: str


@dataclass(frozen=True)
class Entry:
    """One thing that was done. `note` says it in more words, `reason` is what the person gave as reason."""

    at: datetime
    title: str
    who: str = ""
    changes: tuple[FieldChange, ...] = ()
    is_first: bool = False
    note: str = ""
    reason: str = ""
    tone: str = ""
    is_retracted: bool = False
    restore_href: str = ""
    steps: tuple[Step, ...] = ()


@dataclass(frozen=True)
class History:
    """The newest entries of a record; `is_cut` where there are older ones to ask for."""

    entries: list[Entry]
    is_cut: bool = False
    is_whole: bool = False


def read_history(
    request: HttpRequest, row: Any, *, facts: Iterable[Entry] = (), edit_href: str = ""
) -> History:
    """Edits of a row and dated facts about it as one stream, the newest first; `?history=all` shows the older ones too.

    `edit_href` is the form of this row for whoever may use it: from there each earlier content can be brought back.
    As many queries for any number of edits: the rows, and the names of whatever rows a field pointed to.
    """
    is_whole = request.GET.get("history") == "all"
    limit = MOST_SHOWN if is_whole else SHOWN
    # One more than shown: what changed is told by the row before it.
    rows = list(row.history.select_related("history_user")[: limit + 1])
    edits = _entries(rows, row, request.user, edit_href)[:limit]
    entries = sorted([*edits, *facts], key=lambda entry: entry.at, reverse=True)
    is_cut = len(rows) > limit or len(entries) > limit
    return History(entries[:limit], is_cut=is_cut and not is_whole, is_whole=is_whole)


def changes_between(rows: Sequence[Any], model: type[models.Model], user: Any) -> list[list[FieldChange]]:
    """For each of these historical rows, the newest first, what it changed in the row that follows it here."""
    fields = _told_fields(model)
    names = {**_related_names(rows, fields, user), **_code_names(rows, fields)}
    return [
        _changes(row, before, fields, names) if before is not None else []
        for row, before in zip(rows, [*rows[1:], None], strict=True)
    ]


def in_words(field: "models.Field[Any, Any]", value: Any, code_names: Mapping[Any, str] | None = None) -> str:
    """A stored value as people read it; empty where nothing is stored.

    `code_names` are the names of codes in lists that stand for rows; without them they are looked up.
    """
    if value is None or field.flatchoices:
        return str(dict(field.flatchoices or ()).get(value, value or ""))
    match value:
        case bool():
            return _("ya") if value else _("tidak")
        case date():
            return waktu(value) if isinstance(value, datetime) else tanggal(value)
        case list():
            words = _words_of_codes(field, value) if code_names is None else code_names
            return ", ".join(words.get(code, str(code)) for code in value)
        case int() | Decimal():
            return rupiah(value) if field.name.endswith("_idr") else str(localize(value))
    return str(value)


def _words_of_codes(field: "models.Field[Any, Any]", codes: Iterable[Any]) -> dict[Any, str]:
    """What the codes of a list stand for (EditedModel.codes_of); those that stand for nothing are left out."""
    meant: Any = getattr(field.model, "codes_of", {}).get(field.name)
    if meant is None:
        return {}
    if issubclass(meant, models.Model):
        return {row.pk: str(row) for row in meant._default_manager.filter(pk__in=list(codes)).order_by("pk")}
    return {value: str(word) for value, word in meant.choices}


def _entries(rows: Sequence[Any], row: Any, user: Any, edit_href: str) -> list[Entry]:
    model = type(row)
    fields = _told_fields(model)
    editable = [field for field in fields if field.editable and not field.is_relation]
    newest = _content(rows[0], editable) if rows else ()
    code_names = _code_names(rows, fields)
    entries = []
    for edit, changes in zip(rows, changes_between(rows, model, user), strict=True):
        is_first = edit.history_type == "+"
        can_return = edit_href and edit.history_type != "-" and _content(edit, editable) != newest
        entries.append(
            Entry(
                at=edit.history_date,
                title=_title(edit, is_first=is_first, changes=changes),
                who=str(edit.history_user or ""),
                changes=tuple(_first_content(edit, fields, code_names) if is_first else changes),
                is_first=is_first,
                reason=edit.history_change_reason or "",
                restore_href=f"{edit_href}?restore={edit.history_id}" if can_return else "",
            )
        )
    return entries


def _title(edit: Any, *, is_first: bool, changes: Sequence[FieldChange]) -> str:
    if is_first:
        return _("Dibuat")
    if edit.history_type == "-":
        return _("Dihapus")
    return _("Diubah") if changes else _("Disimpan tanpa perubahan isi")


def _told_fields(model: type[models.Model]) -> "list[models.Field[Any, Any]]":
    # What the history does not even keep (EditedModel.untracked) cannot be told.
    untold = _UNTOLD | getattr(model, "untracked", frozenset())
    return [
        field
        for field in model._meta.concrete_fields
        if not (field.primary_key or field.name in untold or isinstance(field, models.FileField))
    ]


def _content(edit: Any, fields: "Iterable[models.Field[Any, Any]]") -> tuple[Any, ...]:
    return tuple(getattr(edit, field.attname) for field in fields)


def _changes(
    edit: Any, before: Any, fields: "Iterable[models.Field[Any, Any]]", names: Names
) -> list[FieldChange]:
    return [
        FieldChange(_label(field), _told(before, field, names), _told(edit, field, names))
        for field in fields
        if getattr(before, field.attname) != getattr(edit, field.attname)
    ]


def _first_content(
    edit: Any, fields: "Iterable[models.Field[Any, Any]]", code_names: Names
) -> list[FieldChange]:
    """What was filled in when the row was made; what it belongs to stands on its page already."""
    filled = [
        (field, in_words(field, getattr(edit, field.attname), code_names.get(field.name)))
        for field in fields
        if not field.is_relation and field.editable
    ]
    return [FieldChange(_label(field), "", words) for field, words in filled if words]


def _label(field: "models.Field[Any, Any]") -> str:
    return capfirst(str(field.verbose_name))


def _told(edit: Any, field: "models.Field[Any, Any]", names: Names) -> str:
    value = getattr(edit, field.attname)
    if field.is_relation and value is not None:
        return names[field.name].get(value, _("di luar wilayah Anda"))
    return in_words(field, value, names.get(field.name))


def _code_names(rows: Sequence[Any], fields: "Iterable[models.Field[Any, Any]]") -> Names:
    """What the codes in lists stand for; asked once for all rows."""
    names = {}
    for field in fields:
        if field.name in getattr(field.model, "codes_of", {}):
            codes = {code for row in rows for code in getattr(row, field.attname)}
            names[field.name] = _words_of_codes(field, codes) if codes else {}
    return names


def _related_names(rows: Sequence[Any], fields: "Iterable[models.Field[Any, Any]]", user: Any) -> Names:
    """What related rows are called, where a field pointed to more than one; rows out of scope stay nameless."""
    names = {}
    for field in fields:
        keys = {getattr(row, field.attname) for row in rows} if field.is_relation else set()
        if len(keys) > 1:
            related: Any = field.related_model
            found = related._default_manager.all()
            if hasattr(found, "visible_to"):
                found = found.visible_to(user)
            # With the rows that their names are made of.
            found = found.select_related().filter(pk__in=keys)
            names[field.name] = {one.pk: str(one) for one in found.order_by("pk")}
    return names
