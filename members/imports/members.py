"""Import of a members' register into one cooperative: a list as it stands becomes members, and can be taken back."""

from collections.abc import Iterator, Mapping, Sequence
from typing import ClassVar

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from simple_history.utils import bulk_update_with_history

from cooperatives.models import Cooperative, Gender
from kkmp.accounts.models import User
from kkmp.bulk_history import bulk_create_with_copied_history
from kkmp.imports.importer import CheckedRow, GivenRow, Importer, Target, Template, Text
from kkmp.imports.models import BatchKind, ImportBatch
from kkmp.tabular.reading import Column
from kkmp.tabular.writing import Heading
from members.imports.member_columns import COLUMNS, TITLES, Standing
from members.imports.member_matching import INDEXES_AT_ONCE, Matcher, Plan, Register
from members.imports.member_rows import ReadRow
from members.imports.member_undo import BEFORE, MEMBER, Undoing, values_before
from members.models import Domicile, EndReason, Member, MemberKind
from members.national_ids import sealed
from members.services import lock_register

ROWS_AT_ONCE = 1_000
_SEALED = ("national_id_cipher", "national_id_index", "national_id_last")


class MemberImporter(Importer[Plan]):
    """New members, and what an existing register says anew of those already known. Blank cells change nothing."""

    kind: ClassVar[str] = BatchKind.MEMBERS
    permission: ClassVar[str] = "members.import_members"
    title: ClassVar[Text] = gettext_lazy("Daftar anggota")
    lead: ClassVar[Text] = gettext_lazy("Buku anggota satu koperasi, dari berkas seperti apa adanya.")
    needs: ClassVar[Sequence[Text]] = (
        gettext_lazy(
            "Satu baris untuk satu anggota; nama dan tanggal masuk harus ada, kolom lain boleh kosong."
        ),
        gettext_lazy(
            "NIK ditulis sebagai teks 16 angka. NIK kosong atau rusak tidak menghalangi: NIK menyusul."
        ),
        gettext_lazy("Nomor anggota dipakai seperti tertulis; yang kosong diberi nomor berikutnya."),
        gettext_lazy("Anggota yang sudah tercatat dicocokkan lewat NIK, nomor, atau nama dan tanggal lahir."),
        gettext_lazy("Sel kosong tidak menghapus apa pun. Paling banyak 20.000 baris."),
    )
    columns: ClassVar[Sequence[Column]] = COLUMNS
    max_rows: ClassVar[int] = 20_000
    all_or_nothing: ClassVar[bool] = False
    of_one_cooperative: ClassVar[bool] = True
    maps_columns: ClassVar[bool] = True

    def template(self, *, user: User) -> Template:
        return _template()

    def lock(self) -> None:
        lock_register(self._cooperative.pk)

    def check(self, rows: Sequence[GivenRow], *, user: User) -> list[CheckedRow[Plan]]:
        today = timezone.localdate()
        read = [ReadRow(row, today) for row in rows]
        # History keeps every field, so that a change needs the whole row.
        register = Register(self._cooperative, list(Member.objects.filter(cooperative=self._cooperative)))
        matcher = Matcher(register, read, elsewhere=set(), today=today)
        matcher.elsewhere |= _elsewhere(matcher, self._cooperative)
        return [matcher.result(row) for row in read]

    def write(
        self, rows: Sequence[CheckedRow[Plan]], *, batch: ImportBatch, by: User
    ) -> dict[int, list[Target]]:
        plans = {row.given.number: row.plan for row in rows if row.plan}
        reason = (_("Impor “%(file)s”") % {"file": batch.file_name[:80]})[:100]
        made: dict[int, list[Target]] = {}
        fields = {"version"}
        for number, plan in plans.items():
            if not plan.is_new:
                made[number] = [(BEFORE, plan.member.pk, values_before(plan))]
                plan.member.version += 1
                fields |= {*plan.values, *(_SEALED if plan.digits else ())}
            _fill(plan)
        new = {number: plan.member for number, plan in plans.items() if plan.is_new}
        changed = [plan.member for plan in plans.values() if not plan.is_new]
        history = {"batch_size": ROWS_AT_ONCE, "default_user": by, "default_change_reason": reason}
        bulk_create_with_copied_history(list(new.values()), by=by, reason=reason)
        if changed:
            bulk_update_with_history(changed, Member, sorted(fields), **history)
        return made | {number: [(MEMBER, member.pk)] for number, member in new.items()}

    def consequences(self, targets: Mapping[str, Sequence[int]]) -> list[str]:
        undoing = Undoing(self._batch)
        told = []
        if count := len(undoing.removable):
            told.append(
                ngettext(
                    "%(count)d anggota dihapus dari buku.", "%(count)d anggota dihapus dari buku.", count
                )
                % {"count": count}
            )
        if count := len(undoing.restorable):
            told.append(
                ngettext(
                    "%(count)d anggota kembali ke isi sebelum impor ini.",
                    "%(count)d anggota kembali ke isi sebelum impor ini.",
                    count,
                )
                % {"count": count}
            )
        return [*told, *undoing.what_stays()]

    def undo(self, targets: Mapping[str, Sequence[int]], *, note: str, by: User) -> list[str]:
        undoing = Undoing(self._batch)
        stays = undoing.what_stays()
        undoing.run(note=note, by=by)
        return stays

    @property
    def _cooperative(self) -> Cooperative:
        assert self.cooperative is not None  # noqa: S101  # of_one_cooperative: the page asks for it
        return self.cooperative

    @property
    def _batch(self) -> ImportBatch:
        assert self.batch is not None  # noqa: S101  # only a batch that was kept is undone
        return self.batch


def _fill(plan: Plan) -> None:
    member = plan.member
    for name, value in plan.values.items():
        setattr(member, name, value)
    if plan.digits:
        for name, sealed_value in sealed(plan.digits, uid=member.uid).items():
            setattr(member, name, sealed_value)


def _elsewhere(matcher: Matcher, cooperative: Cooperative) -> set[bytes]:
    """Of the file's identity numbers, those of a living membership in another cooperative."""
    known = matcher.register.by_index
    asked = [index for indexes in matcher.indexes.values() for index in indexes if index not in known]
    others = Member.objects.living().exclude(cooperative=cooperative)
    return {
        bytes(index)
        for chunk in _chunks(asked)
        for index in others.filter(national_id_index__in=chunk).values_list("national_id_index", flat=True)
        if index
    }


def _chunks(indexes: Sequence[bytes]) -> Iterator[Sequence[bytes]]:
    for start in range(0, len(indexes), INDEXES_AT_ONCE):
        yield indexes[start : start + INDEXES_AT_ONCE]


# --- the empty sheet ----------------------------------------------------------

_CHOICES: Mapping[str, type[Gender | Domicile | MemberKind | Standing | EndReason]] = {
    "gender": Gender,
    "domicile": Domicile,
    "kind": MemberKind,
    "standing": Standing,
    "end_reason": EndReason,
}
_WIDTHS: Mapping[str, int] = {"full_name": 34, "address": 40, "national_id": 22, "kind": 22, "domicile": 22}
# Both in one column are understood, and are not offered beside their parts.
_NOT_OFFERED = {"birth_place_and_date", "rt_rw"}


def _template() -> Template:
    offered = [column for column in COLUMNS if column.key not in _NOT_OFFERED]
    hints = {
        "national_id": _("16 angka, sebagai teks. Boleh kosong: NIK menyusul."),
        "number": _("Seperti di buku anggota. Kosong berarti nomor berikutnya."),
        **{column.key: _("Hari, bulan, tahun. Contoh: 17/08/2025.") for column in COLUMNS if column.is_day},
        **dict.fromkeys(_CHOICES, _("Pilih dari daftar.")),
    }
    return Template(
        name=_("daftar-anggota"),
        sheet=_("Daftar anggota"),
        # All as text: Excel rounds 16 digits, turns 003 into 3 and 05/09/2025 into May.
        headings=[
            Heading(
                column.title,
                _WIDTHS.get(column.key, 18),
                is_text=True,
                choices=tuple(_CHOICES[column.key].labels) if column.key in _CHOICES else (),
                hint=hints.get(column.key, ""),
            )
            for column in offered
        ],
        rows=[],
        guide=[
            (TITLES["full_name"], _("Wajib. Satu baris untuk satu anggota.")),
            (TITLES["national_id"], hints["national_id"]),
            (TITLES["number"], hints["number"]),
            (TITLES["joined_on"], _("Wajib, kecuali untuk calon anggota. Contoh: 17/08/2025.")),
            *(
                (TITLES[key], ", ".join(str(label) for label in words.labels))
                for key, words in _CHOICES.items()
            ),
            (TITLES["ended_on"], _("Hanya untuk yang sudah keluar, bersama sebabnya.")),
            (
                TITLES["rt"],
                _("RT dan RW tiga angka, masing-masing di kolomnya, atau 003/005 di satu kolom “RT/RW”."),
            ),
            ("", _("Sel kosong tidak menghapus isian yang sudah tercatat.")),
        ],
    )
