"""What must be remembered about memberships: application, admission, an old register's row, end, return, a voided number.

Every function locks the cooperative first, so that numbers are given one at a time and a double is seen.
"""

from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from cooperatives.models import Cooperative
from kkmp.accounts.models import User
from members.admission import missing_for_regular
from members.models import EndReason, Member, MemberKind, MemberState, Movement, SavingsEntry
from members.national_ids import copy_national_id, refuse_double

# Why an application goes no further, and what is no reason to leave.
OF_APPLICANTS = frozenset({EndReason.NOT_ADMITTED, EndReason.RESIGNED, EndReason.DIED})
NEVER_OF_MEMBERS = frozenset({EndReason.NOT_ADMITTED})


@transaction.atomic
def apply_for_membership(*, member: Member, by: User) -> Member:
    """Record an application: `member` is a row that is not saved yet, with the day of the application and no number."""
    lock_register(member.cooperative_id)
    member.number, member.joined_on, member.is_taken_over = "", None, False
    member.applied_on = member.applied_on or timezone.localdate()
    return _add(member, by=by)


@transaction.atomic
def take_over(*, member: Member, by: User) -> Member:
    """Record a row of an existing register as it stands, number and all; conditions of admission do not apply."""
    lock_register(member.cooperative_id)
    member.is_taken_over = True
    return _add(member, by=by)


@transaction.atomic
def admit(*, member: Member, on: date, kind: MemberKind, by: User, number: str = "") -> Member:
    """Make a member of an applicant, under the next free number unless one is given.

    Raises ValidationError that says what a regular member still lacks (Juklak Menkop 1/2025), or that somebody else
    was faster.
    """
    lock_register(member.cooperative_id)
    row = _locked(member)
    if row.state_on(on) != MemberState.APPLICANT or row.joined_on is not None:
        raise ValidationError(_("Permohonan ini sudah selesai. Muat ulang halaman untuk melihat keadaannya."))
    _refuse_future(on)
    if row.applied_on and on < row.applied_on:
        raise ValidationError(
            _("Tanggal masuk tidak boleh sebelum tanggal permohonan (%(day)s).")
            % {"day": date_format(row.applied_on)}
        )
    row.kind, row.joined_on = kind, on
    if kind == MemberKind.REGULAR and (missing := missing_for_regular(row, on=on)):
        raise ValidationError([*missing, _("Lengkapi dahulu, atau terima sebagai anggota luar biasa.")])
    row.number = number.strip() or Member.objects.filter(cooperative=row.cooperative).next_number()
    if not row.number:
        raise ValidationError(_("Nomor berikutnya tidak dapat disusun. Ketik nomornya."))
    return _save(row, into=member, by=by, reason=_("Diterima sebagai anggota"))


@transaction.atomic
def end_membership(*, member: Member, on: date, reason: EndReason, by: User) -> Member:
    """From that day on no member; of an applicant: the application goes no further.

    What the person saved is paid back in the ledger, by an entry of its own.
    """
    lock_register(member.cooperative_id)
    row = _locked(member)
    if row.voided_on or row.ended_on:
        raise ValidationError(
            _("Keanggotaan ini sudah berakhir. Muat ulang halaman untuk melihat keadaannya.")
        )
    if (reason in NEVER_OF_MEMBERS) if row.joined_on else (reason not in OF_APPLICANTS):
        raise ValidationError(_("Sebab ini tidak cocok dengan keadaannya. Pilih sebab lain."))
    _refuse_future(on)
    began_on = row.joined_on or row.applied_on
    if began_on and on < began_on:
        raise ValidationError(
            _("Tanggal keluar tidak boleh sebelum %(day)s, hari keanggotaan atau permohonannya dimulai.")
            % {"day": date_format(began_on)}
        )
    row.ended_on, row.end_reason = on, reason
    return _save(row, into=member, by=by, reason=str(EndReason(reason).label))


@transaction.atomic
def return_member(*, former: Member, member: Member, by: User) -> Member:
    """Who left applies again: a new membership, later with a new number (UU 25/1992 Art. 17).

    `member` is not saved yet; it takes over the identity number of the former membership unless it brings its own.
    """
    lock_register(member.cooperative_id)
    old = _locked(former)
    if old.cooperative_id != member.cooperative_id or old.ended_on is None or old.voided_on:
        raise ValidationError(_("Hanya yang sudah keluar dari koperasi ini dapat kembali."))
    if member.national_id_cipher is None:
        copy_national_id(old, member)
    return apply_for_membership(member=member, by=by)


@transaction.atomic
def void_membership(*, member: Member, reason: str, by: User, on: date | None = None) -> Member:
    """A number given by mistake: it stays in the register with the reason, counts nowhere, and is never given again."""
    lock_register(member.cooperative_id)
    row = _locked(member)
    if row.voided_on:
        raise ValidationError(_("Nomor ini sudah dibatalkan. Muat ulang halaman untuk melihat keadaannya."))
    if not row.number:
        raise ValidationError(_("Permohonan belum bernomor; akhiri permohonannya saja."))
    if not reason.strip():
        raise ValidationError({"reason": _("Tulis alasannya.")})
    in_force = SavingsEntry.objects.filter(member=row, reversed_by=None).exclude(movement=Movement.REVERSAL)
    if in_force.exists():
        raise ValidationError(
            _(
                "Anggota ini punya mutasi simpanan. Batalkan dahulu mutasinya, atau akhiri keanggotaannya saja."
            )
        )
    row.voided_on, row.void_reason = on or timezone.localdate(), reason.strip()
    return _save(row, into=member, by=by, reason=row.void_reason)


def savings_left_idr(member: Member) -> int:
    """What the person has saved and not got back yet."""
    return SavingsEntry.objects.filter(member=member).total_idr()


def lock_register(cooperative_id: int) -> None:
    """One writer of a register at a time: the second sees the numbers that the first gave."""
    # Without its key: rows of other subjects that name the cooperative are still added meanwhile.
    Cooperative.objects.select_for_update(no_key=True).get(pk=cooperative_id)


def _locked(member: Member) -> Member:
    # Whoever asked read the row earlier; meanwhile its state, or the key that seals its number, may have changed.
    return Member.objects.select_for_update().get(pk=member.pk)


def _refuse_future(day: date) -> None:
    if day > timezone.localdate():
        raise ValidationError(_("Tanggal ini belum terjadi; paling akhir hari ini."))


def _add(member: Member, *, by: User) -> Member:
    refuse_double(member)
    member.validate_constraints()
    vars(member)["_history_user"] = by
    member.save(force_insert=True)
    return member


def _save(row: Member, *, into: Member, by: User, reason: str) -> Member:
    """Write the locked row, and let the caller's copy say the same."""
    row.version += 1
    row.validate_constraints()
    # The names that simple-history looks for.
    vars(row)["_history_user"] = by
    vars(row)["_change_reason"] = reason[:100]
    row.save()
    into.refresh_from_db()
    return row
