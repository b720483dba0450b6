"""What must be remembered about a cooperative's own money: set aside for a need, and released again."""

from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from kkmp.accounts.models import User
from kkmp.templatetags.ui import rupiah
from outlets.models import CapitalNeed, SetAside
from outlets.services import reopen_need


@transaction.atomic
def set_aside(*, need: CapitalNeed, amount_idr: int, set_on: date, by: User) -> SetAside:
    """Keep own money for a need from a day on. Raises ValidationError with a message for the page.

    On no day from then on may more be held than the need asks for, and only an open need is kept money for.
    """
    need = _locked(need)
    _refuse_days_to_come("set_on", set_on)
    if need.closed_on is not None:
        raise ValidationError(
            _("Kebutuhan ini sudah terpenuhi pada %(day)s; buka dulu bila memang masih dibutuhkan.")
            % {"day": date_format(need.closed_on)}
        )
    if set_on < need.since_on:
        raise ValidationError(
            {
                "set_on": _("Kebutuhan ini baru tercatat sejak %(day)s; dana tidak disisihkan sebelumnya.")
                % {"day": date_format(need.since_on)}
            }
        )
    room = room_for(need, from_day=set_on)
    if amount_idr > room:
        raise ValidationError(
            {
                "amount_idr": _(
                    "Kebutuhannya %(amount)s dan %(held)s sudah disisihkan: paling banyak %(room)s lagi."
                )
                % {
                    "amount": rupiah(need.amount_idr),
                    "held": rupiah(need.amount_idr - room),
                    "room": rupiah(room),
                }
            }
        )
    held = SetAside(need=need, amount_idr=amount_idr, set_on=set_on, by=by)
    held.full_clean()
    held.save(force_insert=True)
    return held


@transaction.atomic
def release(*, held: SetAside, released_on: date, reason: str, by: User) -> SetAside:
    """The money is no longer kept from that day on; once, with a reason. Raises ValidationError."""
    _locked(held.need)
    held.refresh_from_db()
    if held.released_on is not None:
        raise ValidationError(
            _("Dana ini sudah dilepas oleh %(who)s pada %(day)s.")
            % {"who": held.released_by, "day": date_format(held.released_on)}
        )
    _refuse_days_to_come("released_on", released_on)
    if released_on < held.set_on:
        raise ValidationError(
            {
                "released_on": _("Dana ini disisihkan pada %(day)s; tidak bisa dilepas sebelum itu.")
                % {"day": date_format(held.set_on)}
            }
        )
    if not reason.strip():
        raise ValidationError({"reason": _("Tulis alasannya.")})
    held.released_on, held.released_by, held.release_reason = released_on, by, reason.strip()
    held.full_clean()
    held.save(update_fields=["released_on", "released_by", "release_reason"])
    # Covered by grants together with this money; if the grants alone cover it, its gap stays 0.
    reopen_need(need=held.need, by=by)
    return held


def room_for(need: CapitalNeed, *, from_day: date) -> int:
    """What more may be held for a need from a day on, in rupiah; never below 0."""
    rows = list(SetAside.objects.filter(need=need))
    days = [from_day, *(row.set_on for row in rows if row.set_on > from_day)]
    most = max(sum(row.amount_idr for row in rows if row.is_held_on(day)) for day in days)
    return max(0, need.amount_idr - most)


def _locked(need: CapitalNeed) -> CapitalNeed:
    """One writer a need at a time: the second sees what the first kept or released."""
    return CapitalNeed.objects.select_for_update().get(pk=need.pk)


def _refuse_days_to_come(field: str, day: date) -> None:
    if day > timezone.localdate():
        raise ValidationError({field: _("Tanggal ini belum terjadi; paling akhir hari ini.")})
