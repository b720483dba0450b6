"""What a new regular member needs, and what of it an applicant still lacks."""

from dataclasses import dataclass
from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from kkmp.templatetags.ui import rupiah
from members.models import Domicile, Member, SavingsEntry, SavingsKind, SavingsRate


@dataclass(frozen=True)
class Condition:
    """One condition of regular membership: `is_met` is None where nothing is recorded that could tell."""

    label: str
    is_met: bool | None
    text: str


def conditions_of(member: Member, *, on: date) -> list[Condition]:
    """The three conditions of Juklak Menkop 1/2025 on a day: lives in the kelurahan, card seen, principal paid in full."""
    lives_here = member.domicile == Domicile.HERE
    seen_on = member.ktp_seen_on
    return [
        Condition(
            _("Domisili di kelurahan ini"),
            lives_here,
            "" if lives_here else _("Domisili menurut KTP belum tercatat di kelurahan ini."),
        ),
        Condition(
            _("KTP sudah dilihat"),
            seen_on is not None,
            date_format(seen_on) if seen_on else _("KTP belum dilihat petugas."),
        ),
        _principal(member, on),
    ]


def missing_for_regular(member: Member, *, on: date) -> list[str]:
    """Sentences about each condition that is not met; where no rate is recorded, principal cannot be judged and passes."""
    return [one.text for one in conditions_of(member, on=on) if one.is_met is False]


def rate_is_unknown(member: Member, *, on: date) -> bool:
    return principal_rate_idr(member, on=on) is None


def principal_rate_idr(member: Member, *, on: date) -> int | None:
    """What the cooperative asked as principal on that day; None where nothing is recorded."""
    rates = SavingsRate.objects.filter(cooperative=member.cooperative_id, kind=SavingsKind.PRINCIPAL)
    rate = rates.in_force_on(on).first()
    return rate.amount_idr if rate else None


def _principal(member: Member, on: date) -> Condition:
    label = _("Simpanan pokok lunas")
    asked = principal_rate_idr(member, on=on)
    entries = SavingsEntry.objects.filter(member=member, kind=SavingsKind.PRINCIPAL).by(on)
    paid = entries.total_idr() if member.pk else 0
    if asked is None:
        return Condition(
            label, None, _("Besar simpanan pokok koperasi ini belum dicatat, jadi belum dapat dinilai.")
        )
    if paid >= asked:
        return Condition(label, True, rupiah(paid))
    return Condition(
        label,
        False,
        _("Simpanan pokok baru %(paid)s dari %(asked)s.") % {"paid": rupiah(paid), "asked": rupiah(asked)},
    )
