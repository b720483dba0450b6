"""Pages of imports: the list, the file, its preview, confirm and undo."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.db import IntegrityError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST
from django_htmx.http import HttpResponseClientRefresh

from cooperatives.models import Cooperative
from kkmp.accounts.models import User, Verb
from kkmp.accounts.services import record_access
from kkmp.imports.forms import BatchListForm, ColumnsForm, UndoForm, UploadForm
from kkmp.imports.importer import Importer, Text, importer_for, importer_of, importers_for
from kkmp.imports.models import BatchState, ImportBatch, ImportRow, Outcome
from kkmp.imports.services import confirm as confirm_batch
from kkmp.imports.services import confirmed_twin, name_columns, preview, targets_of
from kkmp.imports.services import undo as undo_batch
from kkmp.imports.staging import RETURNED
from kkmp.languages import in_office_language
from kkmp.listing import FILE_KINDS, as_file, paginate
from kkmp.tabular.heads import head_of
from kkmp.tabular.reading import Column, FileError
from kkmp.tabular.writing import Heading, OutCell, download, write_xlsx

ROWS_PER_PAGE = 100
# More are in the file of failed rows.
MOST_FAILED_SHOWN = 200
LONG_TEXT = 24
# The part of a page that asks again until the file is read.
PROGRESS = "progress"
# Beside the title of a column: enough to tell a name from an address.
ROWS_LOOKED_AT, VALUES_SHOWN = 20, 3
SOMEBODY_WROTE = gettext_lazy(
    "Ada yang mencatat pada saat yang sama, jadi tidak ada yang dimasukkan. Coba sekali lagi."
)


@permission_required("imports.view_importbatch", raise_exception=True)
def batch_list(request: HttpRequest) -> HttpResponse:
    form = BatchListForm.read(request.GET, user=_person(request))
    batches = ImportBatch.objects.visible_to(request.user).select_related("by", "cooperative__kelurahan")
    context = {
        "listing": paginate(form, batches, request.GET.get("page")),
        "importers": importers_for(_person(request)),
        "reset_href": reverse("imports:list") if form.is_filtered else "",
    }
    return render(request, "imports/list.html", context)


def upload(request: HttpRequest, kind: str) -> HttpResponse:
    importer = _permitted(request, kind)
    form = _upload_form(request, importer)
    if request.method == "POST" and form.is_valid():
        file, cooperative = form.cleaned_data["file"], form.cleaned_data.get("cooperative")
        try:
            batch = preview(
                kind=kind, file=file, file_name=file.name, by=_person(request), cooperative=cooperative
            )
        except FileError as error:
            form.add_error("file", str(error))
        else:
            return (
                redirect("imports:columns", batch.pk)
                if batch.state == BatchState.UNNAMED
                else redirect(batch)
            )
    return render(request, "imports/upload.html", {"importer": importer, "form": form})


def _upload_form(request: HttpRequest, importer: Importer[object]) -> UploadForm:
    """For a cooperative in view where the file belongs to one; one out of sight is not found."""
    posted = (request.POST, request.FILES) if request.method == "POST" else ()
    if not importer.of_one_cooperative:
        return UploadForm(*posted)
    cooperatives = Cooperative.objects.visible_to(request.user).select_related("kelurahan")
    code = (request.POST if posted else request.GET).get("cooperative", "")
    if code:
        chosen = get_object_or_404(cooperatives, kelurahan=code).kelurahan_id
    else:
        few = list(cooperatives[:2])
        chosen = few[0].kelurahan_id if len(few) == 1 else ""
    return UploadForm(*posted, cooperatives=cooperatives, initial={"cooperative": chosen})


def template(request: HttpRequest, kind: str) -> HttpResponse:
    """The empty file, as a workbook with drop-down lists or, where asked, as CSV."""
    blank = _permitted(request, kind).template(user=_person(request))
    if request.GET.get("format") == "csv":
        return as_file("csv", blank.headings, blank.rows, name=blank.name, sheet=blank.sheet)
    content = write_xlsx(blank.headings, blank.rows, sheet=blank.sheet, guide=blank.guide)
    return download(content, name=f"{blank.name}.xlsx")


def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """What the file says and, before it is confirmed, everything that is wrong with it."""
    batch = _visible(request, pk)
    importer = importer_for(batch)
    if batch.state == BatchState.READING:
        return _progress(request, batch, importer)
    if request.headers.get("HX-Target") == PROGRESS:
        return HttpResponseClientRefresh()
    _record_persons(request, batch, importer, Verb.PERSON_VIEWED)
    failed = batch.rows.filter(outcome=Outcome.FAILED).order_by("number")
    outcome = request.GET.get("outcome", "")
    rows = batch.rows.order_by("number")
    if outcome in Outcome.values:
        rows = rows.filter(outcome=outcome)
    page = Paginator(rows, ROWS_PER_PAGE).get_page(request.GET.get("page"))
    columns = [column for column in importer.columns if any(batch.cell(row, column.key) for row in page)]
    may_run = request.user.has_perm(importer.permission)
    context = {
        "batch": batch,
        "importer": importer,
        "may_run": may_run,
        "may_name": may_run and importer.maps_columns and batch.waits,
        "twin": confirmed_twin(batch) if batch.state == BatchState.PREVIEWED else None,
        "failed": list(failed[:MOST_FAILED_SHOWN]),
        "tabs": _outcome_tabs(batch, outcome),
        "page": page,
        "lines": [_line(batch, row, columns) for row in page],
        "columns": columns,
    }
    return render(request, "imports/detail.html", context)


def _progress(request: HttpRequest, batch: ImportBatch, importer: Importer[object]) -> HttpResponse:
    """How many of the rows are there; asks again by itself until all are."""
    context = {"batch": batch, "importer": importer, "read": batch.rows.count()}
    return render(request, "imports/progress.html", context)


def columns(request: HttpRequest, pk: int) -> HttpResponse:
    """Which column of the file is which, with its first values beside it."""
    batch = _mine(request, pk)
    importer = importer_for(batch)
    if not (importer.maps_columns and batch.waits):
        messages.warning(request, _("Kolom berkas ini tidak bisa diubah lagi."))
        return redirect(batch)
    form = ColumnsForm(request.POST or None, batch=batch, columns=importer.columns)
    if request.method == "POST" and form.is_valid():
        try:
            name_columns(batch=batch, keys=form.cleaned_data, by=_person(request))
        except ValidationError as error:
            form.add_error(None, error)
        else:
            return redirect(batch)
    _record_persons(request, batch, importer, Verb.PERSON_VIEWED)
    first = list(batch.rows.order_by("number").values_list("payload", flat=True)[:ROWS_LOOKED_AT])
    found = [
        {
            "letter": field.name,
            "field": field,
            "values": [text for row in first if (text := row.get(field.name))][:VALUES_SHOWN],
        }
        for field in form
    ]
    return render(
        request, "imports/columns.html", {"batch": batch, "importer": importer, "form": form, "found": found}
    )


def failed_rows(request: HttpRequest, pk: int) -> HttpResponse:
    """The rows that need mending, as a file that can be mended and brought again."""
    batch = _visible(request, pk)
    if not batch.failed_count or batch.purged_at:
        raise Http404
    importer = importer_for(batch)
    failed = list(batch.rows.filter(outcome=Outcome.FAILED).order_by("number"))
    # Where something has to be typed there is a column for it, also one that the file did not have.
    asked = {error["column"] for row in failed for error in row.errors}
    shown = [
        column
        for column in importer.columns
        if not importer.maps_columns
        or column.is_required
        or column.key in batch.letters
        or str(column.title) in asked
    ]
    headings = [
        *(Heading(_title_in(batch, column), 20, is_text=True) for column in shown),
        *(Heading(column.title, 12) for column in RETURNED[:2]),
        Heading(RETURNED[2].title, 90),
    ]
    rows: list[tuple[OutCell, ...]] = [
        (*(batch.cell(row, column.key) for column in shown), batch.pk, row.number, _told(row))
        for row in failed
    ]
    with in_office_language():
        target = _("baris impor %(id)d yang perlu diperbaiki") % {"id": batch.pk}
    record_access(request, Verb.DOWNLOADED, target=target)
    kind = request.GET.get("format")
    return as_file(
        kind if kind in FILE_KINDS else "xlsx",
        headings,
        rows,
        name=_("perlu-diperbaiki-%(id)d") % {"id": batch.pk},
        sheet=_("Perlu diperbaiki"),
    )


@require_POST
def confirm(request: HttpRequest, pk: int) -> HttpResponse:
    batch = _mine(request, pk)
    try:
        batch = confirm_batch(batch=batch, by=_person(request))
    except ValidationError as error:
        messages.warning(request, " ".join(error.messages))
        return redirect(batch)
    except IntegrityError:
        messages.warning(request, SOMEBODY_WROTE)
        return redirect(batch)
    if batch.state == BatchState.CONFIRMED:
        told = ngettext("%(count)d baris dimasukkan.", "%(count)d baris dimasukkan.", batch.writable_count)
        messages.success(request, told % {"count": batch.writable_count})
    else:
        messages.error(
            request,
            _(
                "Tidak ada yang dimasukkan: keadaannya berubah sejak berkas diperiksa. Lihat kesalahan di bawah."
            ),
        )
    return redirect(batch)


def undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Asks first, with what undoing changes."""
    batch = _mine(request, pk)
    if batch.state != BatchState.CONFIRMED:
        messages.warning(
            request, _("Yang bisa dibatalkan hanya berkas yang sudah dimasukkan dan belum dibatalkan.")
        )
        return redirect(batch)
    form = UndoForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            stayed = undo_batch(batch=batch, note=form.cleaned_data["note"], by=_person(request))
        except ValidationError as error:
            messages.warning(request, " ".join(error.messages))
        except IntegrityError:
            messages.warning(request, SOMEBODY_WROTE)
        else:
            messages.success(
                request, " ".join([_("Impor “%(file)s” dibatalkan.") % {"file": batch.file_name}, *stayed])
            )
        return redirect(batch)
    context = {
        "batch": batch,
        "form": form,
        "consequences": importer_for(batch).consequences(targets_of(batch)),
    }
    return render(request, "imports/undo.html", context)


@dataclass(frozen=True)
class _Cell:
    """What stands in a cell of the file."""

    title: Text
    text: str

    @property
    def is_long(self) -> bool:
        """Whether it may have to break inside a word."""
        return len(self.text) > LONG_TEXT


@dataclass(frozen=True)
class _Line:
    """A row of the file as the page shows it: its cells in the order of the columns."""

    row: ImportRow
    cells: list[_Cell]


def _line(batch: ImportBatch, row: ImportRow, columns: Sequence[Column]) -> _Line:
    return _Line(row, [_Cell(column.title, batch.cell(row, column.key)) for column in columns])


def _record_persons(request: HttpRequest, batch: ImportBatch, importer: Importer[object], verb: Verb) -> None:
    """Rows that name persons are seen by name: that is logged, as a look at their pages is."""
    if request.method == "GET" and any(column.is_national_id for column in importer.columns):
        with in_office_language():
            target = _("impor %(id)d, %(cooperative)s") % {
                "id": batch.pk,
                "cooperative": batch.cooperative or _("beberapa koperasi"),
            }
        record_access(request, verb, target=target)


def _person(request: HttpRequest) -> User:
    assert isinstance(request.user, User)  # noqa: S101  # every page but the listed open ones asks for sign-in
    return request.user


def _permitted(request: HttpRequest, kind: str) -> Importer[object]:
    """The importer of this kind of file, 403 without its right."""
    try:
        importer = importer_of(kind)
    except KeyError:
        raise Http404 from None
    if not request.user.has_perm(importer.permission):
        raise PermissionDenied
    return importer


def _visible(request: HttpRequest, pk: int) -> ImportBatch:
    batches = ImportBatch.objects.visible_to(request.user)
    return get_object_or_404(
        batches.select_related("by", "confirmed_by", "undone_by", "cooperative__kelurahan"), pk=pk
    )


def _mine(request: HttpRequest, pk: int) -> ImportBatch:
    """A batch that this person may confirm and undo: 404 out of sight, 403 without the right."""
    batch = _visible(request, pk)
    _permitted(request, batch.kind)
    return batch


def _title_in(batch: ImportBatch, column: Column) -> Text:
    """As the file titles the column where that is a name of it: “Jan 2026” says more than “Januari”."""
    letter = batch.letters.get(column.key, "")
    titles = [found["title"] for found in batch.columns if found["letter"] == letter]
    return next((title for title in titles if column.key in head_of([title], [column]).places), column.title)


def _told(row: ImportRow) -> str:
    return "; ".join(f"{message['column']}: {message['text']}" for message in row.errors)


def _outcome_tabs(batch: ImportBatch, current: str) -> list[dict[str, object]]:
    found = [
        (outcome.value, outcome.label, batch.count(outcome)) for outcome in Outcome if batch.count(outcome)
    ]
    whole = ("", _("Semua baris"), sum(count for _value, _label, count in found))
    return [
        {"label": label, "href": f"?outcome={value}#rows", "is_current": value == current, "count": count}
        for value, label, count in [whole, *found]
    ]
