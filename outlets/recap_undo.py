"""What an imported recap has to be able to take back: the draft as it stood before, and the outlets it added."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Count, ProtectedError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kkmp.accounts.models import User
from kkmp.imports.models import ImportBatch
from outlets.models import MonthlyReport, Outlet, ReportLine
from outlets.report_services import LineValues, save_draft

REPORT, OUTLET = "outlets.monthlyreport", "outlets.outlet"
_FIGURES = ("turnover_idr", "procurement_idr", "customers")


def as_it_stood(report: MonthlyReport) -> dict[str, object]:
    """Texts and lines of a draft as JSON."""
    return {
        "obstacle": report.obstacle,
        "plan": report.plan,
        "lines": [
            {
                "outlet": line.outlet_id,
                "status": line.status,
                "reason": line.reason,
                "changed_on": line.changed_on.isoformat() if line.changed_on else None,
                **{name: getattr(line, name) for name in _FIGURES},
            }
            for line in ReportLine.objects.filter(report=report).order_by("pk")
        ],
    }


@dataclass(frozen=True)
class Touched:
    """A draft that an import wrote: the version it left, and what stood there before; nothing once that was purged."""

    report: MonthlyReport
    version: int
    before: Mapping[str, Any]

    @property
    def is_untouched(self) -> bool:
        """Nobody saved or submitted it since."""
        return bool(self.before) and self.report.is_writable and self.report.version == self.version


def touched_by(batch: ImportBatch | None) -> list[Touched]:
    """The drafts that a batch wrote, as they stand now."""
    if batch is None:
        return []
    kept: dict[int, dict[str, Any]] = {
        key: more[0] if more else {"version": 0, "before": {}}
        for targets in batch.rows.order_by("number").values_list("targets", flat=True)
        for label, key, *more in targets
        if label == REPORT
    }
    reports = (
        MonthlyReport.objects.filter(pk__in=kept).select_related("cooperative__kelurahan").order_by("pk")
    )
    return [Touched(report, kept[report.pk]["version"], kept[report.pk]["before"]) for report in reports]


def consequences(touched: Sequence[Touched], outlets: Sequence[int]) -> list[str]:
    back = sum(one.is_untouched for one in touched)
    told = []
    if back:
        told.append(
            ngettext(
                "%(count)d draf laporan kembali ke isi sebelum impor. Draf yang dimulai impor ini tetap ada sebagai draf, "
                "tanpa isian lembar.",
                "%(count)d draf laporan kembali ke isi sebelum impor. Draf yang dimulai impor ini tetap ada sebagai draf, "
                "tanpa isian lembar.",
                back,
            )
            % {"count": back}
        )
    if outlets:
        told.append(
            ngettext(
                "%(count)d gerai yang dibuat impor ini dihapus, kecuali sudah dipakai.",
                "%(count)d gerai yang dibuat impor ini dihapus, kecuali sudah dipakai.",
                len(outlets),
            )
            % {"count": len(outlets)}
        )
    return [*told, *_what_stays(one for one in touched if not one.is_untouched)]


def _what_stays(stayed: Iterable[Touched]) -> list[str]:
    names = [str(one.report) for one in stayed]
    if not names:
        return []
    return [
        _(
            "Tetap seperti sekarang, karena sudah disimpan atau diajukan orang sesudah impor, atau impornya sudah lama: %(names)s."
        )
        % {"names": "; ".join(names)}
    ]


def take_back(touched: Sequence[Touched], outlets: Sequence[int], *, by: User) -> list[str]:
    """Put each draft back that nobody worked on since, and delete the outlets that nothing speaks of then."""
    stayed = [one for one in touched if not _restored(one, by=by)]
    kept = [outlet.name for outlet in Outlet.objects.filter(pk__in=outlets) if not _deleted(outlet, by=by)]
    told = _what_stays(stayed)
    if kept:
        told.append(_("Gerai yang sudah dipakai tetap ada: %(names)s.") % {"names": ", ".join(kept)})
    return told


def _restored(touched: Touched, *, by: User) -> bool:
    before = touched.before
    if not before:
        return False
    outlets = {line["outlet"] for line in before["lines"]}
    known = Outlet.objects.in_bulk([key for key in outlets if key])
    try:
        report = save_draft(
            report=touched.report,
            version=touched.version,
            obstacle=before["obstacle"],
            plan=before["plan"],
            lines=[_values(line, known) for line in before["lines"]],
            by=by,
        )
    except ValidationError:
        return False
    added = ReportLine.objects.filter(report=report, outlet__isnull=False).exclude(outlet__in=known)
    # Photos hang on a line: somebody worked on it.
    for line in added.annotate(photo_count=Count("photos")).filter(photo_count=0):
        line.delete()
    return True


def _values(line: Mapping[str, Any], known: Mapping[int, Outlet]) -> LineValues:
    return LineValues(
        known[line["outlet"]] if line["outlet"] else None,
        line["status"],
        line["reason"],
        date.fromisoformat(line["changed_on"]) if line["changed_on"] else None,
        **{name: line[name] for name in _FIGURES},
    )


def _deleted(outlet: Outlet, *, by: User) -> bool:
    if outlet.version > 1:
        return False
    vars(outlet)["_history_user"] = by
    try:
        with transaction.atomic():
            outlet.delete()
    except ProtectedError:
        return False
    return True
