"""What every list shares: a GET form with search and sort, pages, and a count that equals the rows."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Self

from django import forms
from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpResponse, QueryDict
from django.utils.translation import gettext_lazy as _

from kkmp.tabular.writing import Heading, OutCell, download, write_csv, write_xlsx

PER_PAGE = 50
# What `?format=` of a list may ask for: the same rows as a file.
FILE_KINDS = ("csv", "xlsx")


class ListForm(forms.Form):
    """Search, filters and sort of one list; a list adds its own filter fields and overrides `narrow`.

    `sorts` maps the value in the address to (label, order_by fields); the first is the default. Every order ends
    in the key. A value that is not on offer is told and ignored, never an error page.
    """

    sorts: ClassVar[dict[str, tuple[Any, tuple[Any, ...]]]] = {}

    q = forms.CharField(label=_("Cari"), required=False, max_length=100, widget=forms.SearchInput)
    sort = forms.ChoiceField(label=_("Urutkan"), required=False)

    def __init__(self, data: QueryDict) -> None:
        super().__init__(data)
        self.fields["sort"].choices = [(value, label) for value, (label, _order) in self.sorts.items()]  # type: ignore[attr-defined]

    @classmethod
    def read(cls, data: QueryDict, **kwargs: Any) -> Self:
        form = cls(data, **kwargs)
        form.is_valid()
        return form

    @property
    def is_filtered(self) -> bool:
        return any(value not in (None, "", []) for name, value in self.cleaned_data.items() if name != "sort")

    def narrow(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """The rows that the list's own filters leave."""
        return rows

    def rows(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Searched, filtered, sorted; the queryset has `search(text)`. Exports call this too."""
        if text := self.cleaned_data.get("q"):
            rows = rows.search(text)  # type: ignore[attr-defined]  # every listed queryset has it
        rows = self.narrow(rows)
        default = next(iter(self.sorts))
        _label, order = self.sorts[self.cleaned_data.get("sort") or default]
        return rows.order_by(*order)


@dataclass(frozen=True)
class Listing:
    """What a list's template needs: the form, the page of rows, and how many there are in all."""

    form: ListForm
    page: Page[Any]

    @property
    def total(self) -> int:
        return self.page.paginator.count


def paginate(form: ListForm, rows: QuerySet[Any], page: str | None) -> Listing:
    """`page` is the raw value of the address; whatever is no page number gives the first or the last page."""
    return Listing(form, Paginator(form.rows(rows), PER_PAGE).get_page(page))


def as_file(
    kind: str, headings: Sequence[Heading], rows: Iterable[Sequence[OutCell]], *, name: str, sheet: str
) -> HttpResponse:
    """The rows of a list as a download; `kind` is one of FILE_KINDS, `name` has no ending."""
    content = write_csv(headings, rows) if kind == "csv" else write_xlsx(headings, rows, sheet=sheet)
    return download(content, name=f"{name}.{kind}")
