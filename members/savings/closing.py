"""Closing the months of a cooperative's savings, and opening them again."""

from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cooperatives.models import Cooperative
from kkmp.accounts.models import User
from kkmp.templatetags.ui import tanggal
from members.models import MonthLock
from members.savings.rules import closed_through, last_of_month
from members.services import lock_register


@transaction.atomic
def close_months(*, cooperative: Cooperative, month: date, by: User) -> MonthLock:
    """Close everything up to the last day of a month that is over."""
    lock_register(cooperative.pk)
    through_on = last_of_month(month)
    if through_on >= timezone.localdate():
        raise ValidationError(_("Bulan itu belum berakhir."))
    closed = closed_through(cooperative)
    if closed and closed >= through_on:
        raise ValidationError(_("Sudah ditutup sampai %(day)s.") % {"day": tanggal(closed)})
    return MonthLock.objects.create(cooperative=cooperative, through_on=through_on, locked_by=by)


@transaction.atomic
def reopen_months(*, month_lock: MonthLock, reason: str, by: User) -> None:
    """Open what was closed, with a reason; never by the one who closed it."""
    lock_register(month_lock.cooperative_id)
    stored = MonthLock.objects.get(pk=month_lock.pk)
    if stored.reopened_at:
        raise ValidationError(_("Bulan ini sudah dibuka lagi."))
    if stored.locked_by_id == by.pk:
        raise ValidationError(_("Yang menutup bulan tidak membukanya lagi; minta orang lain."))
    if not reason.strip():
        raise ValidationError(_("Tulis alasan membuka lagi."))
    stored.reopened_at, stored.reopened_by, stored.reopen_reason = timezone.now(), by, reason.strip()
    stored.save(update_fields=["reopened_at", "reopened_by", "reopen_reason"])
