"""What every list shares: a GET form with search, sort and chosen columns, pages, and a count that equals the rows."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar, Self

from django import forms
from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.forms import BoundField
from django.http import HttpResponse, QueryDict
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext_lazy as _

from kkmp.columns import Cell, Column, paths_of
from kkmp.tabular.writing import Heading, OutCell, Text, download, write_csv, write_xlsx

PER_PAGE = 50
# What `?format=` of a list may ask for: the same rows as a file.
FILE_KINDS = ("csv", "xlsx")
# Rows that a database hands out at a time while a file is written.
FETCHED = 2_000


class ColumnBoxes(forms.CheckboxSelectMultiple):
    """Reads `?columns=a,b` and, as a form without JavaScript sends it, `?columns=a&columns=b`."""

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[str]:
        given = data.getlist(name) if isinstance(data, MultiValueDict) else []
        return [key for text in given for key in text.split(",") if key]


class ColumnsField(forms.MultipleChoiceField):
    """Keys of columns; a key that the list does not have is left out."""

    widget = ColumnBoxes

    def clean(self, value: Any) -> list[str]:
        return [key for key in value if self.valid_value(key)]


class ListForm(forms.Form):
    """Search, filters, sort and columns of one list; a list adds its own filter fields and overrides `narrow`.

    `sorts` maps the value in the address to (label, order_by fields); the first is the default. Columns that say
    their order can be sorted by too: `key` upwards, `-key` downwards. Every order ends in the key. A value that is
    not on offer is told and ignored, never an error page.
    """

    sorts: ClassVar[dict[str, tuple[Any, tuple[Any, ...]]]] = {}
    columns: ClassVar[tuple[Column, ...]] = ()
    # Fields that change how rows are shown, not which.
    SHOWING: ClassVar[tuple[str, ...]] = ("sort", "columns")

    q = forms.CharField(label=_("Cari"), required=False, max_length=100, widget=forms.SearchInput)
    sort = forms.ChoiceField(label=_("Urutkan"), required=False)

    def __init__(self, data: QueryDict) -> None:
        super().__init__(data)
        named: list[Any] = [(value, label) for value, (label, _order) in self.sorts.items()]
        if by_column := list(self._sorts_by_column()):
            named.append((_("Menurut kolom"), by_column))
        self.fields["sort"].choices = named  # type: ignore[attr-defined]
        if self.columns:
            self.fields["columns"] = ColumnsField(
                label=_("Kolom"), required=False, choices=self.columns_offered
            )

    def _sorts_by_column(self) -> Iterator[tuple[str, Text]]:
        for one in self.columns:
            for value, words in ((one.key, _("%(column)s, naik")), (f"-{one.key}", _("%(column)s, turun"))):
                if one.order and value not in self.sorts:
                    yield value, words % {"column": one.label}

    @classmethod
    def read(cls, data: QueryDict, **kwargs: Any) -> Self:
        form = cls(data, **kwargs)
        form.is_valid()
        return form

    @property
    def filter_fields(self) -> list[BoundField]:
        """What the toolbar shows; a list of columns shows sort and columns beside its count."""
        hidden = self.SHOWING if self.columns else ()
        return [field for field in self.visible_fields() if field.name not in hidden]

    def is_narrowing(self, name: str, value: Any) -> bool:
        """Whether that value of that field leaves rows out."""
        return name not in self.SHOWING and value not in (None, "", [])

    @property
    def is_filtered(self) -> bool:
        return any(self.is_narrowing(name, value) for name, value in self.cleaned_data.items())

    def in_words(self) -> list[tuple[Text, str]]:
        """Each filter in use, and last the order: label and what was chosen."""
        said = [
            (self.fields[name].label or name, self._chosen_in_words(name, value))
            for name, value in self.cleaned_data.items()
            if name in self.fields and self.is_narrowing(name, value) and not self[name].is_hidden
        ]
        return [*said, (_("Urutan"), self._chosen_in_words("sort", self.order_in_use))]

    def _chosen_in_words(self, name: str, value: Any) -> str:
        choices = getattr(self.fields[name], "choices", ())
        if isinstance(self.fields[name], forms.ModelChoiceField):
            return str(value)
        for key, label in choices:
            # A group of choices has a list where a choice has its word.
            pairs = label if isinstance(label, list | tuple) else [(key, label)]
            for one, word in pairs:
                if one == value:
                    return str(word)
        return str(value)

    @property
    def sort_field(self) -> BoundField:
        """The choice of an order as a list of columns shows it: outside the form that it belongs to."""
        field = self["sort"]
        field.field.widget.attrs |= {
            "id": "list-sort",
            "form": "toolbar",
            "data-default": next(iter(self.sorts)),
        }
        return field

    @property
    def columns_offered(self) -> list[tuple[str, Text]]:
        """All but the first one, which is always shown."""
        return [(one.key, one.label) for one in self.columns[1:]]

    @property
    def order_in_use(self) -> str:
        """As the address says it."""
        return self.cleaned_data.get("sort") or next(iter(self.sorts))

    @property
    def default_columns(self) -> list[str]:
        return [one.key for one in self.columns[1:] if one.is_default]

    @property
    def chosen_columns(self) -> list[str]:
        return self.cleaned_data.get("columns") or self.default_columns

    @property
    def shown_columns(self) -> list[Column]:
        """The first one always; the others as chosen, in the order of the list."""
        return [self.columns[0], *(one for one in self.columns[1:] if one.key in self.chosen_columns)]

    def narrow(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """The rows that the list's own filters leave."""
        return rows

    def rows(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Searched, filtered, sorted; the queryset has `search(text)`. Files and prints call this too."""
        if text := self.cleaned_data.get("q"):
            rows = rows.search(" ".join(text.split()))  # type: ignore[attr-defined]  # every listed queryset has it
        return self.narrow(rows).order_by(*self._order())

    def _order(self) -> Sequence[Any]:
        if self.order_in_use in self.sorts:
            return self.sorts[self.order_in_use][1]
        [one] = [one for one in self.columns if one.key == self.order_in_use.removeprefix("-")]
        return [*one.sorted_by(is_down=self.order_in_use.startswith("-")), "pk"]


@dataclass(frozen=True)
class Head:
    """The head of a column: `next_sort` is what a click asks for, empty where the column does not sort."""

    column: Column
    next_sort: str = ""
    direction: str = ""


@dataclass(frozen=True)
class Listing:
    """What a list's template needs: the form, the page of rows, and how many there are in all.

    `question` is what the page is asked about; lists of columns hand it to their cells.
    """

    form: ListForm
    page: Page[Any]
    question: Any = None

    @property
    def total(self) -> int:
        return self.page.paginator.count

    @cached_property
    def columns(self) -> list[Column]:
        return self.form.shown_columns

    @property
    def heads(self) -> list[Head]:
        return [self._head(one) for one in self.columns]

    def _head(self, one: Column) -> Head:
        if not one.order:
            return Head(one)
        now = self.form.order_in_use
        direction = {one.key: "ascending", f"-{one.key}": "descending"}.get(now, "")
        return Head(one, f"-{one.key}" if now == one.key else one.key, direction)

    @property
    def body(self) -> Iterator[list[tuple[Column, Cell]]]:
        """Rows of the page, each a list of (column, cell)."""
        for row in self.page:
            yield [(one, one.show(row, self.question)) for one in self.columns]


def paginate(form: ListForm, rows: QuerySet[Any], page: str | None) -> Listing:
    """`page` is the raw value of the address; whatever is no page number gives the first or the last page."""
    return Listing(form, Paginator(form.rows(rows), PER_PAGE).get_page(page))


def list_columns(
    form: ListForm, rows: QuerySet[Any], page: str | None, *, question: Any, per_page: int = PER_PAGE
) -> Listing:
    """As `paginate`, for a list that declares columns: only what these read is fetched."""
    read = form.rows(rows).values_list(*paths_of(form.shown_columns, for_page=True), named=True)
    return Listing(form, Paginator(read, per_page).get_page(page), question)


def file_rows(form: ListForm, rows: QuerySet[Any], *, question: Any) -> Iterator[list[OutCell]]:
    """The rows of the list for a file, one at a time."""
    parts = [part for one in form.shown_columns for part in one.parts]
    read = form.rows(rows).values_list(*paths_of(form.shown_columns, for_page=False), named=True)
    for row in read.iterator(chunk_size=FETCHED):
        yield [part.read(row, question) for part in parts]


def file_headings(form: ListForm) -> list[Heading]:
    return [part.heading for one in form.shown_columns for part in one.parts]


def as_file(
    kind: str, headings: Sequence[Heading], rows: Iterable[Sequence[OutCell]], *, name: str, sheet: str
) -> HttpResponse:
    """A few rows as a download; `kind` is one of FILE_KINDS, `name` has no ending."""
    content = write_csv(headings, rows) if kind == "csv" else write_xlsx(headings, rows, sheet=sheet)
    return download(content, name=f"{name}.{kind}")
