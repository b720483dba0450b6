"""What one person changed in a month: edits from the history of each record, and the dated facts they recorded."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from django.apps import apps
from django.contrib.auth.decorators import permission_required
from django.db import models
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cooperatives.asof import View, read_view
from cooperatives.scope import may_view
from kkmp.accounts.models import User, Verb
from kkmp.accounts.services import record_access
from kkmp.edited import EditedModel
from kkmp.imports.models import ImportBatch
from kkmp.listing import FILE_KINDS, as_file
from kkmp.tabular.writing import Heading, Text
from outlets.models import SetAside, StatusChange
from partners.models import Disbursement, FollowUp, Letter, StageChange

DAYS = 30
# Of each kind of record; whoever changed more is asked about a shorter time.
MOST_OF_A_KIND = 200


@dataclass(frozen=True)
class Fact:
    """A dated fact that names who recorded it, outside any history."""

    model: type[models.Model]
    who: str
    at: str
    action: Text
    reason: str = ""


FACTS = (
    Fact(StatusChange, "recorded_by", "recorded_at", gettext_lazy("Dicatat"), "note"),
    Fact(StatusChange, "retracted_by", "retracted_at", gettext_lazy("Dicabut"), "retract_note"),
    Fact(StageChange, "by", "recorded_at", gettext_lazy("Dicatat"), "reason"),
    Fact(SetAside, "by", "recorded_at", gettext_lazy("Dicatat")),
    Fact(Disbursement, "recorded_by", "recorded_at", gettext_lazy("Dicatat"), "note"),
    Fact(Disbursement, "verified_by", "verified_at", gettext_lazy("Diverifikasi")),
    Fact(Disbursement, "withdrawn_by", "withdrawn_at", gettext_lazy("Dibatalkan"), "withdraw_reason"),
    Fact(FollowUp, "by", "recorded_at", gettext_lazy("Dicatat"), "note"),
    Fact(Letter, "by", "made_at", gettext_lazy("Dibuat")),
    Fact(ImportBatch, "by", "at", gettext_lazy("Berkas diunggah")),
    Fact(ImportBatch, "confirmed_by", "confirmed_at", gettext_lazy("Berkas dimasukkan")),
    Fact(ImportBatch, "undone_by", "undone_at", gettext_lazy("Impor dibatalkan")),
)
ACTIONS: dict[str, Text] = {
    "+": gettext_lazy("Dibuat"),
    "~": gettext_lazy("Diubah"),
    "-": gettext_lazy("Dihapus"),
}


@dataclass(frozen=True)
class Done:
    """One thing that somebody did: when, to what kind of record and to which one."""

    at: datetime
    kind: str
    record: str
    action: str
    reason: str
    href: str


@dataclass(frozen=True)
class Month:
    """What the person did, the newest first; `counts` by kind, `is_cut` where a kind had more than is shown."""

    done: list[Done]
    is_cut: bool

    @property
    def counts(self) -> list[tuple[str, int]]:
        return Counter(one.kind for one in self.done).most_common()


def month_of(person: User, *, view: View) -> Month:
    """Of the thirty days up to the end of the view's day, among the records that the viewer sees.

    Two queries a kind of edited record and one a kind of fact at most, for any number of changes.
    """
    end = timezone.make_aware(datetime.combine(view.on, time.min) + timedelta(days=1))
    begin = end - timedelta(days=DAYS)
    done: list[Done] = []
    is_cut = False
    for found in (*_edits(person, begin, end, view.user), *_facts(person, begin, end, view.user)):
        is_cut = is_cut or len(found) > MOST_OF_A_KIND
        done += found[:MOST_OF_A_KIND]
    return Month(sorted(done, key=lambda one: one.at, reverse=True), is_cut)


def _edits(person: User, begin: datetime, end: datetime, viewer: User) -> Iterator[list[Done]]:
    for model in apps.get_models():
        if not issubclass(model, EditedModel):
            continue
        seen = _seen_by(viewer, model)
        edits = model.history.filter(
            history_user=person,
            history_date__gte=begin,
            history_date__lt=end,
            **{f"{model._meta.pk.attname}__in": seen.order_by().values("pk")},
        )
        rows = list(edits.order_by("-history_date", "-history_id")[: MOST_OF_A_KIND + 1])
        records = seen.select_related(*_what_names(model)).in_bulk(
            {edit.pk_of_record for edit in _keyed(rows, model)}
        )
        yield [
            _done(
                edit.row.history_date,
                records[edit.pk_of_record],
                ACTIONS[edit.row.history_type],
                edit.row.history_change_reason or "",
            )
            for edit in _keyed(rows, model)
            if edit.pk_of_record in records
        ]


@dataclass(frozen=True)
class _Keyed:
    row: Any
    pk_of_record: Any


def _keyed(rows: Iterable[Any], model: type[models.Model]) -> list[_Keyed]:
    return [_Keyed(row, getattr(row, model._meta.pk.attname)) for row in rows]


def _facts(person: User, begin: datetime, end: datetime, viewer: User) -> Iterator[list[Done]]:
    for fact in FACTS:
        window = {fact.who: person, f"{fact.at}__gte": begin, f"{fact.at}__lt": end}
        rows = _seen_by(viewer, fact.model).filter(**window).select_related(*_what_names(fact.model))
        yield [
            _done(getattr(row, fact.at), row, fact.action, getattr(row, fact.reason) if fact.reason else "")
            for row in rows.order_by(f"-{fact.at}", "-pk")[: MOST_OF_A_KIND + 1]
        ]


def _seen_by(viewer: User, model: type[models.Model]) -> QuerySet[Any]:
    rows: QuerySet[Any] = model._default_manager.all()
    if hasattr(rows, "visible_to"):
        seen: QuerySet[Any] = rows.visible_to(viewer)
        return seen
    # Rows of no area, as the areas themselves: seen by the right alone.
    return rows if may_view(model, viewer) else rows.none()


MOST_STEPS = 4


def _what_names(model: type[models.Model], depth: int = MOST_STEPS) -> list[str]:
    """Paths to the rows that a record's name and address are made of: a few steps up, never to people twice.

    What a related row may lack is no part of its name: SQLite joins 64 tables at most.
    """
    paths = []
    for field in model._meta.concrete_fields:
        related = field.related_model
        if not (isinstance(related, type) and issubclass(related, models.Model)):
            continue
        if depth == MOST_STEPS or not field.null:
            paths.append(field.name)
            if depth > 1 and related is not User:
                paths += [f"{field.name}__{path}" for path in _what_names(related, depth - 1)]
    return paths


def _done(at: datetime, row: Any, action: Text, reason: str) -> Done:
    return Done(
        at=at,
        kind=capfirst(str(row._meta.verbose_name)),
        record=str(row),
        action=str(action),
        reason=reason,
        href=_href_of(row),
    )


def _href_of(row: Any) -> str:
    """The page of the record; that of what it belongs to, where it has none."""
    for one in (row, *(getattr(row, name, None) for name in ("outlet", "support", "cooperative", "event"))):
        if one is not None and hasattr(one, "get_absolute_url"):
            return str(one.get_absolute_url())
    return ""


HEADINGS = (
    Heading(gettext_lazy("Waktu (WIB)")),
    Heading(gettext_lazy("Jenis data")),
    Heading(gettext_lazy("Data"), width=48, is_text=True),
    Heading(gettext_lazy("Tindakan")),
    Heading(gettext_lazy("Alasan"), width=48, is_text=True),
)


@permission_required("cooperatives.view_areagrant", raise_exception=True)
def changes(request: HttpRequest, pk: int) -> HttpResponse:
    """For a hand-over: what the one who leaves did lately, so that the next one knows what is under way."""
    person = get_object_or_404(User, pk=pk)
    view = read_view(request)
    month = month_of(person, view=view)
    if (kind := request.GET.get("format")) in FILE_KINDS:
        target = _("perubahan oleh %(who)s, %(count)d baris")
        record_access(
            request, Verb.EXPORTED, target=target % {"who": person.username, "count": len(month.done)}
        )
        rows = [(one.at, one.kind, one.record, one.action, one.reason) for one in month.done]
        name = f"perubahan-{person.username}-{view.on.isoformat()}"
        return as_file(kind, HEADINGS, rows, name=name, sheet=_("Perubahan"))
    context = {
        "view": view,
        "person": person,
        "month": month,
        "first": view.on - timedelta(days=DAYS - 1),
    }
    return render(request, "access/changes.html", context)
