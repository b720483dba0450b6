"""Rows of the opening sheet: what each says of which cooperative, and everything that is wrong with it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cooperatives.matching import CooperativeIndex, UnknownAreaError
from cooperatives.models import Cooperative
from kkmp.imports.importer import CheckedRow, GivenRow, Problem
from kkmp.imports.models import Outcome
from kkmp.parsing import choice_key, parse_day, parse_rupiah
from kkmp.tabular.reading import Column
from kkmp.templatetags.ui import rupiah, tanggal, tanggal_short
from outlets.models import Outlet, OutletKind, Reason, Status, StatusChange
from outlets.spellings import parse_kind, parse_reason, parse_status

# KKMP exist since 2025 (Inpres 9/2025); an earlier year in a sheet is a slip of the finger.
FIRST_SINCE = date(2025, 1, 1)
# Less is a sum in thousands or millions of rupiah, or a slip: told, not refused.
SMALL_NEED = 100_000
LONGEST_NAME = 150
DEFAULT_KIND = OutletKind.GROCERY

COLUMNS = (
    Column(
        "code",
        gettext_lazy("Kode kelurahan"),
        ("kode kelurahan", "kode wilayah", "kode kemendagri", "kode kel", "kode"),
    ),
    Column("kecamatan", gettext_lazy("Kecamatan"), ("kecamatan", "nama kecamatan", "kec")),
    Column(
        "kelurahan",
        gettext_lazy("Kelurahan"),
        ("kelurahan", "nama kelurahan", "desa/kelurahan", "kel", "nama KKMP", "KKMP"),
    ),
    Column(
        "status",
        gettext_lazy("Status gerai"),
        ("status gerai", "status outlet", "kondisi gerai", "keadaan gerai", "status"),
        is_required=True,
    ),
    Column(
        "since",
        gettext_lazy("Sejak"),
        ("sejak", "berlaku sejak", "sejak tanggal", "tanggal mulai", "tgl mulai", "mulai", "tanggal"),
        is_required=True,
        is_day=True,
    ),
    Column(
        "reason", gettext_lazy("Sebab"), ("sebab", "sebab belum berjalan", "penyebab", "alasan", "kendala")
    ),
    Column(
        "need",
        gettext_lazy("Kebutuhan modal (Rp)"),
        ("kebutuhan modal", "kebutuhan dana", "modal dibutuhkan", "kebutuhan"),
    ),
    Column("kind", gettext_lazy("Jenis gerai"), ("jenis gerai", "jenis usaha", "jenis")),
    Column("name", gettext_lazy("Nama gerai"), ("nama gerai", "gerai")),
)
TITLES = {column.key: column.title for column in COLUMNS}
AREA = ("code", "kecamatan", "kelurahan")

V = TypeVar("V")


@dataclass(frozen=True)
class Opening:
    """One row understood: what will be recorded of which cooperative."""

    cooperative: Cooperative
    status: Status
    since: date
    reason: Reason | None
    need_idr: int | None
    kind: OutletKind | None
    name: str
    # An outlet that has no status yet; None where one is made, or none is needed.
    outlet: Outlet | None

    @property
    def outlet_name(self) -> str:
        """What the outlet is called once this is recorded."""
        kept = (
            self.outlet.name
            if self.outlet
            else _("Gerai %(cooperative)s") % {"cooperative": self.cooperative}
        )
        return self.name or kept

    @property
    def outlet_kind(self) -> OutletKind:
        kept = OutletKind(self.outlet.kind) if self.outlet else DEFAULT_KIND
        return self.kind or kept

    @property
    def effect(self) -> str:
        """What will be recorded, in words."""
        told = _("%(status)s sejak %(since)s") % {
            "status": self.status.label,
            "since": tanggal_short(self.since),
        }
        parts = [str(self.cooperative), told]
        if self.reason:
            parts.append(_("sebab %(reason)s") % {"reason": self.reason.label})
        if self.need_idr:
            parts.append(_("kebutuhan modal %(amount)s") % {"amount": rupiah(self.need_idr)})
        if self.status != Status.NONE:
            parts.append(self._outlet_effect())
        return " · ".join(parts)

    def _outlet_effect(self) -> str:
        words = {"name": self.outlet_name, "kind": self.outlet_kind.label}
        if self.outlet is None:
            return _("gerai baru “%(name)s” (%(kind)s)") % words
        if (self.outlet.name, self.outlet.kind) == (self.outlet_name, self.outlet_kind):
            return _("gerai yang sudah ada “%(name)s” (%(kind)s)") % words
        return _("gerai yang sudah ada “%(old)s” menjadi “%(name)s” (%(kind)s)") % {
            "old": self.outlet.name,
            **words,
        }


class RowCheck:
    """One row against what is recorded. `recorded` holds a change in force and `free` the outlets without one, by cooperative."""

    def __init__(
        self,
        given: GivenRow,
        index: CooperativeIndex,
        recorded: Mapping[int, StatusChange],
        free: Mapping[int, Sequence[Outlet]],
    ) -> None:
        self.given = given
        self.problems: list[Problem] = []
        self.is_blank = not any(self._text(key) for key in TITLES if key not in AREA)
        self.cooperative: Cooperative | None = None
        self._recorded = recorded
        self._free = free
        if not self.is_blank:
            self.cooperative = self._find_cooperative(index)

    def result(self, numbers: Mapping[int, Sequence[int]]) -> CheckedRow[Opening]:
        """`numbers` are the rows of the file by cooperative: each may come once."""
        if self.is_blank:
            return CheckedRow(self.given, Outcome.SKIPPED)
        plan = self._plan()
        if self.cooperative:
            self._refuse_recorded(self.cooperative)
            self._refuse_double(numbers[self.cooperative.pk])
        if self.problems or plan is None:
            return CheckedRow(self.given, Outcome.FAILED, problems=self.problems)
        return CheckedRow(self.given, Outcome.NEW, plan.effect, plan, notes=_notes(plan))

    def _text(self, key: str) -> str:
        return self.given.cells.get(key, "")

    def _tell(self, key: str, text: str) -> None:
        self.problems.append(Problem(str(TITLES[key]), self._text(key)[:100], text))

    def _parsed(self, key: str, parse: Callable[[object], V]) -> V | None:
        try:
            return parse(self._text(key))
        except ValueError as error:
            self._tell(key, str(error))
            return None

    def _find_cooperative(self, index: CooperativeIndex) -> Cooperative | None:
        try:
            return index.find(**{key: self._text(key) for key in AREA})
        except UnknownAreaError as error:
            self._tell(error.cell, str(error))
            return None

    def _plan(self) -> Opening | None:
        """None where something is missing; `problems` say what."""
        status = self._status()
        since = self._since()
        reason = self._reason(status)
        need = self._need(status)
        kind, name = self._outlet_words(status)
        if self.cooperative is None or status is None or since is None:
            return None
        outlet = None if status == Status.NONE else self._outlet(self.cooperative, kind, name)
        return Opening(self.cooperative, status, since, reason, need, kind, name, outlet)

    def _status(self) -> Status | None:
        if not self._text("status"):
            words = ", ".join(f"“{label}”" for label in Status.labels)
            self._tell("status", _("Isi status gerai. Ketik salah satu: %(words)s.") % {"words": words})
        return self._parsed("status", parse_status)

    def _since(self) -> date | None:
        if not self._text("since"):
            self._tell("since", _("Isi tanggalnya; yang kosong tidak dianggap hari ini. Contoh: 22/09/2025."))
        since = self._parsed("since", parse_day)
        today = timezone.localdate()
        if since and since > today:
            self._tell(
                "since",
                _("Tanggal ini belum terjadi. Paling akhir hari ini: %(today)s.")
                % {"today": tanggal_short(today)},
            )
        if since and since < FIRST_SINCE:
            self._tell(
                "since",
                _("KKMP ada sejak 2025. Untuk gerai yang lebih tua, ketik %(first)s.")
                % {"first": tanggal_short(FIRST_SINCE)},
            )
        return since

    def _reason(self, status: Status | None) -> Reason | None:
        if self._text("reason") and status not in (None, Status.IDLE):
            self._tell(
                "reason",
                _("Sebab hanya untuk gerai yang belum berjalan. Kosongkan, atau ketik status “%(idle)s”.")
                % {"idle": Status.IDLE.label},
            )
            return None
        if status == Status.IDLE and not self._text("reason"):
            words = ", ".join(f"“{label}”" for label in Reason.labels)
            self._tell(
                "reason",
                _("Gerai yang belum berjalan perlu sebab. Ketik salah satu: %(words)s.") % {"words": words},
            )
        return self._parsed("reason", parse_reason)

    def _need(self, status: Status | None) -> int | None:
        amount = self._parsed("need", parse_rupiah)
        if amount and status == Status.NONE:
            self._tell(
                "need",
                _(
                    "Kebutuhan modal dicatat pada gerai. Kosongkan, atau ketik status “%(preparing)s” bila gerainya sedang disiapkan."
                )
                % {"preparing": Status.PREPARING.label},
            )
        return amount

    def _outlet_words(self, status: Status | None) -> tuple[OutletKind | None, str]:
        if status == Status.NONE:
            for key in ("kind", "name"):
                if self._text(key):
                    self._tell(
                        key,
                        _("Statusnya “%(none)s”. Kosongkan kolom ini, atau ketik status lain.")
                        % {"none": status.label},
                    )
            return None, ""
        name = self._text("name")
        if len(name) > LONGEST_NAME:
            self._tell(
                "name",
                _("Nama ini lebih dari %(most)d huruf. Ketik yang lebih pendek.") % {"most": LONGEST_NAME},
            )
        return self._parsed("kind", parse_kind), name

    def _outlet(self, cooperative: Cooperative, kind: OutletKind | None, name: str) -> Outlet | None:
        """An outlet without a status that the row means: by name, else the only one of its kind; None makes a new one."""
        free = self._free.get(cooperative.pk, ())
        for outlet in free:
            if name and choice_key(outlet.name) == choice_key(name):
                return outlet
        fitting = [outlet for outlet in free if kind is None or outlet.kind == kind]
        if len(fitting) > 1:
            names = ", ".join(f"“{outlet.name}”" for outlet in fitting)
            self._tell(
                "name",
                _("%(cooperative)s punya beberapa gerai tanpa status. Ketik salah satu namanya: %(names)s.")
                % {"cooperative": cooperative, "names": names},
            )
        return fitting[0] if fitting else None

    def _refuse_recorded(self, cooperative: Cooperative) -> None:
        if change := self._recorded.get(cooperative.pk):
            self._tell(
                "status",
                _(
                    "%(cooperative)s sudah dicatat: %(status)s sejak %(since)s. Impor ini tidak mengubahnya. "
                    "Hapus baris ini; ubah statusnya di halaman koperasi."
                )
                % {
                    "cooperative": cooperative,
                    "status": change.get_status_display(),
                    "since": tanggal(change.effective_on),
                },
            )

    def _refuse_double(self, numbers: Sequence[int]) -> None:
        if len(numbers) > 1:
            rows = ", ".join(str(number) for number in numbers)
            key = next((key for key in ("kelurahan", "code") if self._text(key)), "code")
            self._tell(
                key, _("Kelurahan ini ada di beberapa baris: %(rows)s. Sisakan satu.") % {"rows": rows}
            )


def _notes(plan: Opening) -> list[str]:
    """What deserves a second look and is no error."""
    notes = []
    if plan.reason == Reason.CAPITAL and not plan.need_idr:
        notes.append(_("Sebabnya modal, tetapi kebutuhan modalnya kosong. Boleh diisi nanti."))
    if plan.need_idr and plan.need_idr < SMALL_NEED:
        notes.append(
            _("Kebutuhan modal hanya %(amount)s. Tulis jumlah penuh dalam rupiah.")
            % {"amount": rupiah(plan.need_idr)}
        )
    return notes
