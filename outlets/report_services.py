"""A monthly report from opening to verification, and what verification makes the record."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from cooperatives.models import Cooperative
from kkmp.accounts.models import User
from outlets.models import (
    ChangeSource,
    MonthlyReport,
    Outlet,
    ReportLine,
    ReportState,
    ReportStep,
    Status,
    StatusChange,
)
from outlets.report_effect import differences, is_unchanged
from outlets.report_prefill import copied_lines, prefilled_lines, texts_of_last_report
from outlets.services import close_needs, lock_status, take_back


@dataclass(frozen=True)
class LineValues:
    """What the form says of one outlet; unknown is None, never 0."""

    outlet: Outlet | None
    status: str
    reason: str = ""
    changed_on: date | None = None
    turnover_idr: int | None = None
    procurement_idr: int | None = None
    customers: int | None = None


@transaction.atomic
def open_report(*, cooperative: Cooperative, month: date, by: User) -> MonthlyReport:
    """The report of a month in writing, begun where there is none yet.

    Raises ValidationError where the month has not begun, or was verified: then a correction gives its reason.
    """
    now = lock_status(cooperative)
    found = (
        MonthlyReport.objects.of_month(month).filter(cooperative=cooperative).order_by("-revision").first()
    )
    if found is not None and found.state != ReportState.VERIFIED:
        return found
    if found is not None:
        raise ValidationError(_("Laporan bulan ini sudah diverifikasi. Mulai koreksi dengan alasannya."))
    today = timezone.localdate(now)
    if month > today:
        raise ValidationError(
            _("Laporan %(month)s baru bisa ditulis mulai %(day)s.")
            % {"month": date_format(month, "F Y"), "day": date_format(month, "j F Y")}
        )
    obstacle, plan = texts_of_last_report(cooperative, before=month)
    report = MonthlyReport(
        cooperative=cooperative, month=month, obstacle=obstacle, plan=plan, saved_at=now, saved_by=by
    )
    report.full_clean()
    report.save(force_insert=True)
    ReportLine.objects.bulk_create(prefilled_lines(report, today=today))
    _step(report, by=by, at=now)
    return report


@transaction.atomic
def save_draft(
    *,
    report: MonthlyReport,
    version: int,
    obstacle: str,
    plan: str,
    lines: Sequence[LineValues],
    by: User,
) -> MonthlyReport:
    """Keep what was typed so far; nothing of it counts before it is submitted and verified.

    Raises ValidationError (code “stale”) where somebody else saved after this form was read.
    """
    now = lock_status(report.cooperative)
    stored = _stored(report)
    _refuse_unless_writable(stored)
    if stored.version != version:
        raise ValidationError(
            _(
                "Laporan ini disimpan orang lain sesudah Anda membukanya. Muat ulang halaman untuk melihat "
                "isinya, lalu tulis perubahan Anda sekali lagi."
            ),
            code="stale",
        )
    stored.obstacle, stored.plan, stored.no_change = obstacle.strip(), plan.strip(), False
    stored.version, stored.saved_at, stored.saved_by = stored.version + 1, now, by
    stored.full_clean(validate_unique=False)
    stored.save()
    _write_lines(stored, lines)
    return stored


def _write_lines(report: MonthlyReport, lines: Iterable[LineValues]) -> None:
    """Rows keep their keys, since photos hang on them; only “no outlet” goes when it is no longer said."""
    rows = {line.outlet_id: line for line in ReportLine.objects.filter(report=report)}
    for values in lines:
        row = rows.pop(values.outlet.pk if values.outlet else None, None)
        row = row or ReportLine(report=report, outlet=values.outlet)
        row.status, row.reason, row.changed_on = values.status, values.reason, values.changed_on
        row.turnover_idr, row.procurement_idr = values.turnover_idr, values.procurement_idr
        row.customers = values.customers
        row.full_clean()
        row.save()
    if None in rows:
        rows[None].delete()


@transaction.atomic
def submit(*, report: MonthlyReport, by: User, no_change: bool = False) -> MonthlyReport:
    """Hand the report to Sudin. With `no_change` somebody has checked that all is as recorded.

    Raises ValidationError with every reason why it cannot be handed in yet.
    """
    now = lock_status(report.cooperative)
    stored = _stored(report)
    _refuse_unless_writable(stored)
    _refuse_incomplete(stored, no_change=no_change, today=timezone.localdate(now))
    stored.state, stored.no_change = ReportState.SUBMITTED, no_change
    stored.submitted_by, stored.submitted_at = by, now
    stored.reviewed_by = stored.reviewed_at = None
    stored.return_reason = ""
    stored.version += 1
    stored.save()
    _step(stored, by=by, at=now)
    return stored


def _refuse_incomplete(report: MonthlyReport, *, no_change: bool, today: date) -> None:
    lines = list(ReportLine.objects.filter(report=report).select_related("outlet"))
    last = min(report.last_day, today)
    problems = []
    if not lines:
        problems.append(_("Tambahkan gerai, atau nyatakan “Sudah dicek: belum ada gerai”."))
    for line in lines:
        name = line.outlet or _("Koperasi")
        if not line.status:
            problems.append(_("%(outlet)s: pilih statusnya.") % {"outlet": name})
        elif line.changed_on and line.changed_on > last:
            problems.append(
                _("%(outlet)s: tanggal mulai paling akhir %(day)s.")
                % {"outlet": name, "day": date_format(last, "j F Y")}
            )
    found = differences(report)
    problems += [f"{one.subject}: {one.problem}" for one in found if one.problem]
    if no_change and not problems and not is_unchanged(found):
        problems.append(
            _("Ada isian yang berbeda dari catatan; ajukan laporan ini sebagai laporan dengan perubahan.")
        )
    if problems:
        raise ValidationError(problems)


@transaction.atomic
def withdraw(*, report: MonthlyReport, by: User) -> MonthlyReport:
    """Take a submitted report back before anybody has reviewed it; only its author may."""
    now = lock_status(report.cooperative)
    stored = _stored(report)
    _refuse_unless_submitted(stored)
    if stored.submitted_by != by:
        raise ValidationError(_("Hanya yang mengajukan laporan ini yang bisa menariknya kembali."))
    stored.state = ReportState.DRAFT
    stored.submitted_by = stored.submitted_at = None
    stored.version += 1
    stored.save()
    _step(stored, by=by, at=now)
    return stored


@transaction.atomic
def return_report(*, report: MonthlyReport, reason: str, by: User) -> MonthlyReport:
    """Send a submitted report back to its officer, with the reason. Whoever submitted it cannot."""
    now = lock_status(report.cooperative)
    stored = _reviewed(report, by=by, at=now)
    stored.state, stored.return_reason = ReportState.RETURNED, reason.strip()
    if not stored.return_reason:
        raise ValidationError({"reason": _("Tulis alasan laporan dikembalikan.")})
    stored.save()
    _step(stored, by=by, at=now, reason=stored.return_reason)
    return stored


@transaction.atomic
def verify(*, report: MonthlyReport, by: User, only_unchanged: bool = False) -> MonthlyReport:
    """Accept a submitted report: it is locked, and becomes the record where it says something else.

    Raises ValidationError where somebody else was faster, where the reviewer submitted it, and where the record
    moved since so that a line no longer fits.
    """
    now = lock_status(report.cooperative)
    stored = _reviewed(report, by=by, at=now)
    found = differences(stored)
    if problems := [f"{one.subject}: {one.problem}" for one in found if one.problem]:
        raise ValidationError([_("Catatan berubah sesudah laporan ini diajukan; kembalikan."), *problems])
    if only_unchanged and not is_unchanged(found):
        raise ValidationError(_("Laporan ini mengubah catatan; buka dan periksa sendiri."))
    withdrawn = [one.takes_back for one in found if one.takes_back]
    at = max([now, *(change.recorded_at for change in withdrawn)])
    standing = (
        MonthlyReport.objects.standing().of_month(stored.month).filter(cooperative=stored.cooperative_id)
    )
    for former in standing:
        former.superseded_at = at
        former.save(update_fields=["superseded_at"])
    stored.state = ReportState.VERIFIED
    stored.save()
    for change in withdrawn:
        take_back(change, note=stored.correction_reason or _("Diganti revisi laporan."), by=by, at=at)
    for one in found:
        if one.adds and one.line is not None:
            _record(stored, one.line, by=by, at=at)
    _step(stored, by=by, at=now)
    return stored


def _record(report: MonthlyReport, line: ReportLine, *, by: User, at: datetime) -> None:
    assert line.changed_on is not None  # noqa: S101  # a line with a status has its day, by constraint
    change = StatusChange(
        cooperative=report.cooperative,
        outlet=line.outlet,
        status=line.status,
        reason=line.reason,
        effective_on=line.changed_on,
        recorded_at=at,
        recorded_by=by,
        source=ChangeSource.REPORT,
        report=report,
    )
    change.full_clean()
    try:
        with transaction.atomic():
            change.save(force_insert=True)
    except IntegrityError as error:
        # An import writes many rows without this lock; its row may have come between the check and ours.
        raise ValidationError(
            _("Orang lain baru saja mencatat status untuk tanggal itu. Muat ulang halaman ini, lalu periksa.")
        ) from error
    if change.status == Status.RUNNING:
        close_needs(change, by=by)


@dataclass(frozen=True)
class Verified:
    """What became of several reports: those accepted, and those that were not with the reason."""

    accepted: list[MonthlyReport]
    refused: list[tuple[MonthlyReport, str]]


def verify_many(*, reports: Iterable[MonthlyReport], by: User) -> Verified:
    """Accept those that change nothing; each stands for itself, so that one that is refused holds none back."""
    accepted: list[MonthlyReport] = []
    refused: list[tuple[MonthlyReport, str]] = []
    # One order for all reviewers, so that two never wait for each other.
    for report in sorted(reports, key=lambda one: (one.cooperative_id, one.month)):
        try:
            accepted.append(verify(report=report, by=by, only_unchanged=True))
        except ValidationError as error:
            refused.append((report, " ".join(error.messages)))
    return Verified(accepted, refused)


@transaction.atomic
def start_correction(*, report: MonthlyReport, reason: str, by: User) -> MonthlyReport:
    """A new revision of a verified report, with its lines; the verified one counts until the new one is verified."""
    now = lock_status(report.cooperative)
    stored = _stored(report)
    if not reason.strip():
        raise ValidationError({"reason": _("Tulis alasan koreksi.")})
    latest = (
        MonthlyReport.objects.of_month(stored.month)
        .filter(cooperative=stored.cooperative_id)
        .order_by("-revision")
        .first()
    )
    if stored.state != ReportState.VERIFIED or latest != stored:
        raise ValidationError(_("Koreksi laporan ini sudah dibuka, atau laporannya belum diverifikasi."))
    revision = MonthlyReport(
        cooperative=stored.cooperative,
        month=stored.month,
        revision=stored.revision + 1,
        obstacle=stored.obstacle,
        plan=stored.plan,
        correction_reason=reason.strip(),
        saved_at=now,
        saved_by=by,
    )
    revision.full_clean()
    revision.save(force_insert=True)
    ReportLine.objects.bulk_create(copied_lines(stored, revision, today=timezone.localdate(now)))
    _step(revision, by=by, at=now, reason=revision.correction_reason)
    return revision


def _stored(report: MonthlyReport) -> MonthlyReport:
    """As the database has it now; the cooperative is locked, so nobody changes it until we are done."""
    return MonthlyReport.objects.select_related("cooperative__kelurahan").get(pk=report.pk)


def _reviewed(report: MonthlyReport, *, by: User, at: datetime) -> MonthlyReport:
    stored = _stored(report)
    _refuse_unless_submitted(stored)
    if stored.submitted_by == by:
        raise ValidationError(_("Anda yang mengajukan laporan ini; orang lain yang memeriksanya."))
    stored.reviewed_by, stored.reviewed_at = by, at
    stored.version += 1
    return stored


def _refuse_unless_writable(report: MonthlyReport) -> None:
    if not report.is_writable:
        raise ValidationError(
            _("Laporan ini sudah %(state)s; isinya tidak bisa diubah.")
            % {"state": str(report.get_state_display()).lower()}
        )


def _refuse_unless_submitted(report: MonthlyReport) -> None:
    if report.state == ReportState.SUBMITTED:
        return
    last = report.steps.select_related("by").order_by("-at", "-pk").first()
    raise ValidationError(
        _("Laporan ini sudah tidak menunggu pemeriksaan: %(state)s oleh %(who)s.")
        % {
            "state": str(report.get_state_display()).lower(),
            "who": last.by if last else _("orang lain"),
        }
    )


def _step(report: MonthlyReport, *, by: User, at: datetime, reason: str = "") -> None:
    ReportStep.objects.create(report=report, state=report.state, at=at, by=by, reason=reason)
