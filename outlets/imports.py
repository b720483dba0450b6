"""The opening import: where each of the 65 stands, from one sheet; this is how an office starts."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import ClassVar

from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from simple_history.utils import bulk_create_with_history, bulk_update_with_history

from cooperatives.matching import CooperativeIndex
from cooperatives.models import Cooperative
from kkmp.accounts.models import User
from kkmp.imports.importer import CheckedRow, GivenRow, Importer, Target, Template, Text
from kkmp.imports.models import BatchKind, ImportBatch
from kkmp.tabular.reading import Column
from kkmp.tabular.writing import Heading
from kkmp.templatetags.ui import tanggal
from outlets.models import (
    CapitalNeed,
    CapitalNeedQuerySet,
    ChangeSource,
    NeedPurpose,
    Outlet,
    OutletKind,
    Reason,
    Status,
    StatusChange,
    StatusChangeQuerySet,
)
from outlets.opening import COLUMNS, TITLES, Opening, RowCheck

CHANGE, OUTLET, NEED = "outlets.statuschange", "outlets.outlet", "outlets.capitalneed"


class OpeningImporter(Importer[Opening]):
    """First status of each cooperative, with its outlet and what it lacks. Never changes what is already recorded."""

    kind: ClassVar[str] = BatchKind.OPENING
    permission: ClassVar[str] = "outlets.import_opening"
    title: ClassVar[Text] = gettext_lazy("Data awal 65 KKMP")
    lead: ClassVar[Text] = gettext_lazy(
        "Status pertama setiap KKMP, gerainya, dan kebutuhan modalnya, dari satu lembar."
    )
    needs: ClassVar[Sequence[Text]] = (
        gettext_lazy(
            "Satu baris untuk satu KKMP, dengan kode kelurahan atau dengan kecamatan dan kelurahan."
        ),
        gettext_lazy("Status gerai dan tanggal sejak kapan. Tanggal kosong tidak dianggap hari ini."),
        gettext_lazy(
            "Sebab untuk gerai yang ada tetapi belum berjalan; kebutuhan modal bila sudah diketahui."
        ),
        gettext_lazy(
            "KKMP yang belum diketahui dibiarkan kosong; barisnya dilewati dan tetap “belum dicatat”."
        ),
    )
    columns: ClassVar[Sequence[Column]] = COLUMNS
    max_rows: ClassVar[int] = 1_000

    def template(self, *, user: User) -> Template:
        return _template(user)

    def lock(self) -> None:
        # The same lock as decide_status takes, in one order, so that nobody decides in between.
        list(Cooperative.objects.select_for_update().order_by("pk").values_list("pk", flat=True))

    def check(self, rows: Sequence[GivenRow], *, user: User) -> list[CheckedRow[Opening]]:
        cooperatives = Cooperative.objects.visible_to(user).select_related("kelurahan__kecamatan")
        index = CooperativeIndex(cooperatives)
        recorded = _latest_changes()
        free = _outlets_without_status()
        found = [RowCheck(row, index, recorded, free) for row in rows]
        numbers: dict[int, list[int]] = defaultdict(list)
        for check in found:
            if check.cooperative and not check.is_blank:
                numbers[check.cooperative.pk].append(check.given.number)
        return [check.result(numbers) for check in found]

    def write(
        self, rows: Sequence[CheckedRow[Opening]], *, batch: ImportBatch, by: User
    ) -> dict[int, list[Target]]:
        plans = {row.given.number: row.plan for row in rows if row.plan}
        made: dict[int, list[Target]] = {number: [] for number in plans}
        reason = _("Impor “%(file)s”") % {"file": batch.file_name[:80]}
        outlets = _write_outlets(plans, reason=reason, by=by)
        for number, outlet in outlets.items():
            if plans[number].outlet is None:
                made[number].append((OUTLET, outlet.pk))
        now = timezone.now()
        changes = {
            number: StatusChange(
                cooperative=plan.cooperative,
                outlet=outlets.get(number),
                status=plan.status,
                reason=plan.reason or "",
                note=_("Impor “%(file)s”, baris %(number)d.") % {"file": batch.file_name, "number": number},
                effective_on=plan.since,
                recorded_at=now,
                recorded_by=by,
                source=ChangeSource.OPENING,
            )
            for number, plan in plans.items()
        }
        StatusChange.objects.bulk_create(changes.values())
        needs = {
            number: CapitalNeed(
                outlet=outlets[number],
                purpose=NeedPurpose.WORKING_CAPITAL,
                amount_idr=plan.need_idr,
                since_on=plan.since,
            )
            for number, plan in plans.items()
            if plan.need_idr
        }
        bulk_create_with_history(
            list(needs.values()), CapitalNeed, default_user=by, default_change_reason=reason
        )
        for label, rows_made in ((CHANGE, changes), (NEED, needs)):
            for number, row in rows_made.items():
                made[number].append((label, row.pk))
        return made

    def consequences(self, targets: Mapping[str, Sequence[int]]) -> list[str]:
        return _consequences(targets)

    def undo(self, targets: Mapping[str, Sequence[int]], *, note: str, by: User) -> list[str]:
        return _undo(targets, note=note, by=by)


# --- what is recorded ---------------------------------------------------------


def _latest_changes() -> dict[int, StatusChange]:
    """A change in force of each cooperative that has one: the one with the latest effect."""
    changes = StatusChange.objects.live().order_by("effective_on", "pk")
    return {change.cooperative_id: change for change in changes}


def _outlets_without_status() -> dict[int, list[Outlet]]:
    live = StatusChange.objects.live().filter(outlet=OuterRef("pk"))
    free: dict[int, list[Outlet]] = defaultdict(list)
    for outlet in Outlet.objects.filter(~Exists(live)).order_by("pk"):
        free[outlet.cooperative_id].append(outlet)
    return free


# --- writing ------------------------------------------------------------------


def _write_outlets(plans: Mapping[int, Opening], *, reason: str, by: User) -> dict[int, Outlet]:
    """The outlet of each row that needs one: made, or reused with what the sheet says of it."""
    made: dict[int, Outlet] = {}
    reused: dict[int, Outlet] = {}
    changed = []
    for number, plan in plans.items():
        if plan.status == Status.NONE:
            continue
        if plan.outlet is None:
            made[number] = Outlet(cooperative=plan.cooperative, kind=plan.outlet_kind, name=plan.outlet_name)
            continue
        outlet = reused[number] = plan.outlet
        if (outlet.kind, outlet.name) != (plan.outlet_kind, plan.outlet_name):
            outlet.kind, outlet.name = plan.outlet_kind, plan.outlet_name
            outlet.version += 1
            changed.append(outlet)
    history = {"default_user": by, "default_change_reason": reason}
    bulk_create_with_history(list(made.values()), Outlet, **history)
    bulk_update_with_history(changed, Outlet, ["kind", "name", "version"], **history)
    return made | reused


# --- undoing ------------------------------------------------------------------


def _made_changes(targets: Mapping[str, Sequence[int]]) -> StatusChangeQuerySet:
    return StatusChange.objects.filter(pk__in=targets.get(CHANGE, ()))


def _untouched_needs(targets: Mapping[str, Sequence[int]]) -> CapitalNeedQuerySet:
    """Needs that nobody edited since they were imported."""
    return CapitalNeed.objects.filter(pk__in=targets.get(NEED, ()), version=1)


def _consequences(targets: Mapping[str, Sequence[int]]) -> list[str]:
    made = _made_changes(targets)
    live = list(made.live().order_by("effective_on", "pk").values_list("effective_on", flat=True))
    untouched_count = _untouched_needs(targets).count()
    told = []
    if live:
        told.append(
            ngettext(
                "%(count)d status dicabut. Halaman untuk hari-hari sejak %(since)s berubah.",
                "%(count)d status dicabut. Halaman untuk hari-hari sejak %(since)s berubah.",
                len(live),
            )
            % {"count": len(live), "since": tanggal(live[0])}
        )
    if untouched_count:
        told.append(
            ngettext(
                "%(count)d kebutuhan modal dihapus.", "%(count)d kebutuhan modal dihapus.", untouched_count
            )
            % {"count": untouched_count}
        )
    if targets.get(OUTLET):
        told.append(
            _("Gerai yang dibuat tetap ada di daftar, tanpa status, dan dipakai lagi oleh impor berikutnya.")
        )
    return [*told, *_what_stays(targets, needs_touched=_touched_count(targets, untouched_count))]


def _touched_count(targets: Mapping[str, Sequence[int]], untouched_count: int) -> int:
    return CapitalNeed.objects.filter(pk__in=targets.get(NEED, ())).count() - untouched_count


def _what_stays(targets: Mapping[str, Sequence[int]], *, needs_touched: int) -> list[str]:
    """What undoing leaves as it is because somebody worked on it since."""
    made = _made_changes(targets)
    taken_back = made.filter(retracted_at__isnull=False).count()
    later = StatusChange.objects.live().filter(cooperative__in=made.values("cooperative"))
    decided = later.exclude(pk__in=made.values("pk")).order_by().values("cooperative").distinct().count()
    told = []
    if taken_back:
        told.append(
            ngettext(
                "%(count)d status sudah dicabut atau dikoreksi sebelumnya; catatan itu tidak disentuh.",
                "%(count)d status sudah dicabut atau dikoreksi sebelumnya; catatan itu tidak disentuh.",
                taken_back,
            )
            % {"count": taken_back}
        )
    if decided:
        told.append(
            ngettext(
                "%(count)d KKMP punya status lain yang dicatat sesudah impor; status itu tetap berlaku.",
                "%(count)d KKMP punya status lain yang dicatat sesudah impor; status itu tetap berlaku.",
                decided,
            )
            % {"count": decided}
        )
    if needs_touched:
        told.append(
            ngettext(
                "%(count)d kebutuhan modal sudah diubah orang; tetap ada.",
                "%(count)d kebutuhan modal sudah diubah orang; tetap ada.",
                needs_touched,
            )
            % {"count": needs_touched}
        )
    return told


def _undo(targets: Mapping[str, Sequence[int]], *, note: str, by: User) -> list[str]:
    needs = list(_untouched_needs(targets).select_for_update().order_by("pk"))
    stays = _what_stays(targets, needs_touched=_touched_count(targets, len(needs)))
    _made_changes(targets).live().update(retracted_at=timezone.now(), retracted_by=by, retract_note=note)
    for need in needs:
        # One by one: the history keeps each with who took it back.
        need.delete()
    return stays


# --- the empty sheet ----------------------------------------------------------


def _template(user: User) -> Template:
    cooperatives = Cooperative.objects.visible_to(user).select_related("kelurahan__kecamatan")
    headings = {
        "code": Heading(TITLES["code"], 16),
        "kecamatan": Heading(TITLES["kecamatan"], 20),
        "kelurahan": Heading(TITLES["kelurahan"], 24),
        "status": Heading(TITLES["status"], 22, choices=tuple(Status.labels), hint=_("Pilih dari daftar.")),
        "since": Heading(TITLES["since"], 14, hint=_("Hari, bulan, tahun. Contoh: 22/09/2025.")),
        "reason": Heading(
            TITLES["reason"],
            22,
            choices=tuple(Reason.labels),
            hint=_("Hanya untuk gerai yang belum berjalan."),
        ),
        "need": Heading(TITLES["need"], 22, hint=_("Jumlah penuh dalam rupiah. Contoh: 50.000.000.")),
        "kind": Heading(
            TITLES["kind"], 22, choices=tuple(OutletKind.labels), hint=_("Kosong berarti sembako.")
        ),
        "name": Heading(TITLES["name"], 34, hint=_("Kosong berarti “Gerai KKMP” dan nama kelurahan.")),
    }
    return Template(
        name=_("data-awal-kkmp"),
        sheet=_("Data awal"),
        # All as text, so that Excel turns neither 05/09/2025 into May nor 50.000 into fifty.
        headings=[replace(headings[column.key], is_text=True) for column in COLUMNS],
        rows=[
            (cooperative.kelurahan.code, cooperative.kelurahan.kecamatan.name, cooperative.kelurahan.name)
            for cooperative in cooperatives
        ],
        guide=[
            (
                TITLES["code"],
                _("Sudah diisi; jangan diubah. Boleh juga kosong bila kecamatan dan kelurahan diisi."),
            ),
            (TITLES["status"], ", ".join(str(label) for label in Status.labels)),
            (
                TITLES["since"],
                _("Sejak kapan status itu berlaku, misalnya 22/09/2025. Wajib; tidak boleh di masa depan."),
            ),
            (
                TITLES["reason"],
                _("Wajib untuk “%(idle)s”, kosong untuk status lain: %(words)s.")
                % {"idle": Status.IDLE.label, "words": ", ".join(str(label) for label in Reason.labels)},
            ),
            (TITLES["need"], _("Modal yang masih kurang, jumlah penuh dalam rupiah. Boleh kosong.")),
            (TITLES["kind"], ", ".join(str(label) for label in OutletKind.labels)),
            (TITLES["name"], _("Boleh kosong: namanya menjadi “Gerai KKMP” dan nama kelurahan.")),
            ("", _("Baris KKMP yang belum diketahui dibiarkan kosong; baris itu dilewati.")),
        ],
    )
