"""The identity number (NIK) of a member: sealed, looked up, masked, and compared; the only place that opens it.

Stored are the sealed number (AES-256-GCM, bound to this row), its blind index and the last four digits.
"""

from datetime import date
from typing import TypedDict
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from cooperatives.models import Cooperative, Gender
from kkmp import crypto
from kkmp.parsing import born_by_national_id
from members.models import LAST_DIGITS, NATIONAL_ID, Member

HIDDEN = "•"


def masked(last: str) -> str:
    """“••••••••••••0012”; empty where no number is stored."""
    return f"{HIDDEN * 12}{last}" if last else ""


class Sealed(TypedDict):
    """The three fields of a member that hold an identity number."""

    national_id_cipher: bytes | None
    national_id_index: bytes | None
    national_id_last: str


def sealed(digits: str, *, uid: UUID) -> Sealed:
    """16 digits from `parse_national_id`, or none, as fields of the row with that `uid`."""
    if not digits:
        return Sealed(national_id_cipher=None, national_id_index=None, national_id_last="")
    return Sealed(
        national_id_cipher=crypto.encrypt(digits.encode(), purpose=NATIONAL_ID, aad=_place(uid)),
        national_id_index=crypto.blind_index(digits, purpose=NATIONAL_ID),
        national_id_last=digits[-LAST_DIGITS:],
    )


def set_national_id(member: Member, digits: str) -> None:
    """Put 16 digits, or none, into the member's fields; saves nothing."""
    for name, value in sealed(digits, uid=member.uid).items():
        setattr(member, name, value)


def open_national_id(member: Member) -> str:
    """The number in clear. Whoever calls this writes Verb.REVEALED with the purpose; UndecipherableError, see crypto."""
    if member.national_id_cipher is None:
        return ""
    return crypto.decrypt(
        bytes(member.national_id_cipher), purpose=NATIONAL_ID, aad=_place(member.uid)
    ).decode()


def open_if_possible(member: Member) -> str:
    """As `open_national_id`, but empty where the key is gone: for what can go on without the number."""
    try:
        return open_national_id(member)
    except crypto.UndecipherableError:
        return ""


def copy_national_id(source: Member, target: Member) -> None:
    """Seal the number of one row for another one of the same person, unseen; saves nothing."""
    set_national_id(target, open_national_id(source))


def take_seal(member: Member) -> None:
    """Read the three fields anew: since the row was read its number may have changed, or been sealed by another key."""
    stored = Member.objects.filter(pk=member.pk).values(*Sealed.__annotations__).get()
    for name, value in stored.items():
        setattr(member, name, value)


def double_of(member: Member, digits: str) -> Member | None:
    """Another living membership of the same cooperative that bears this number, under whichever key it is stored."""
    others = Member.objects.filter(cooperative=member.cooperative_id).living().exclude(pk=member.pk)
    return others.with_national_id(digits).first()


def refuse_double(member: Member) -> None:
    """ValidationError where the member's number stands on another living membership of the cooperative."""
    if member.national_id_cipher is None or member.ended_on or member.voided_on:
        return
    if other := double_of(member, open_national_id(member)):
        raise ValidationError(
            _("NIK ini sudah tercatat pada %(member)s di koperasi ini."), params={"member": other}
        )


def renew_seal(member: Member) -> bool:
    """Seal under the current key what bears another one; saves nothing. False where nothing had to be done."""
    if member.national_id_cipher is None or not crypto.needs_rotation(bytes(member.national_id_cipher)):
        return False
    set_national_id(member, open_national_id(member))
    return True


def renew_seals(*, at_a_time: int = 500) -> int:
    """Seal under the current key every number that bears another one; returns how many.

    In committed steps by key, so that it can be stopped and run again. UndecipherableError names, after all others
    are done, the rows whose key is not in the ring.
    """
    renewed, after, unread = 0, 0, list[int]()
    members = Member.objects.order_by("pk")
    while True:
        with transaction.atomic():
            sealed_rows = members.filter(pk__gt=after).exclude(national_id_cipher=None)
            rows = list(sealed_rows.select_for_update()[:at_a_time])
            if not rows:
                break
            changed = [row for row in rows if _renewed(row, unread)]
            # Past the history, which keeps neither seal nor index: nothing that anybody could read has changed.
            members.bulk_update(changed, list(Sealed.__annotations__))
        renewed, after = renewed + len(changed), rows[-1].pk
    if unread:
        named = ", ".join(str(key) for key in unread)
        raise crypto.UndecipherableError(
            f"members.Member {named}: the key of their number is not in the ring."
        )
    return renewed


def _renewed(member: Member, unread: list[int]) -> bool:
    try:
        return renew_seal(member)
    except crypto.UndecipherableError:
        unread.append(member.pk)
        return False


def warnings_about(
    digits: str, *, cooperative: Cooperative, gender: str, birth_date: date | None, today: date
) -> list[str]:
    """What deserves a second look: told, never refused, and nothing of another person's row is revealed."""
    if not digits:
        return []
    born_on, is_woman = born_by_national_id(digits, today=today)
    told = []
    if gender and (gender == Gender.FEMALE) != is_woman:
        told.append(_("Jenis kelamin tidak cocok dengan NIK. Periksa keduanya."))
    if birth_date and birth_date != born_on:
        told.append(_("Tanggal lahir tidak cocok dengan NIK. Periksa keduanya."))
    if Member.objects.living().with_national_id(digits).exclude(cooperative=cooperative).exists():
        told.append(
            _(
                "NIK ini juga tercatat pada keanggotaan yang masih berjalan di KKMP lain. Tanyakan kepada anggotanya."
            )
        )
    return told


def _place(uid: UUID) -> bytes:
    return b"members.Member " + uid.bytes
