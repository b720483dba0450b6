"""Does the outlet still run, 30, 90 and 180 days after the last money arrived: what is to be asked, and the answers."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Case, Exists, IntegerField, OuterRef, QuerySet, Subquery, Value, When
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from kkmp.accounts.models import User
from outlets.models import Outlet, Status
from outlets.outlet_class import with_status
from partners.models import FOLLOW_UP_DAYS, Answer, Disbursement, FollowUp, Stage, Support, SupportQuerySet


@dataclass(frozen=True)
class Milestone:
    """So many days after the last money; `answer` is there once somebody looked."""

    days: int
    reached_on: date
    answer: FollowUp | None


def with_last_paid(supports: QuerySet[Support], *, on: date) -> Any:
    """Annotate `last_paid_on`: the day of the latest money that counts on a day; null without any."""
    paid = Disbursement.objects.counted(on).filter(support=OuterRef("pk")).order_by("-paid_on", "-pk")
    return supports.annotate(last_paid_on=Subquery(paid.values("paid_on")[:1]))


def due_follow_ups(supports: SupportQuerySet, *, on: date) -> Any:
    """Of these supports, those whose newest milestone reached by a day nobody has answered, with `due_days`.

    Only what names an outlet and was not called off; an earlier milestone without an answer is not asked any more.
    """
    asked: Any = supports.exclude(outlet=None).as_of(on)
    rows = with_last_paid(asked.exclude(stage=Stage.CANCELLED), on=on)
    reached = [
        When(last_paid_on__lte=on - timedelta(days=days), then=Value(days))
        for days in sorted(FOLLOW_UP_DAYS, reverse=True)
    ]
    rows = rows.annotate(due_days=Case(*reached, default=None, output_field=IntegerField()))
    answered = FollowUp.objects.filter(support=OuterRef("pk"), days=OuterRef("due_days"))
    return rows.exclude(due_days=None).filter(~Exists(answered)).order_by("last_paid_on", "pk")


def answers_to(support: Support, *, on: date) -> QuerySet[FollowUp]:
    """What was looked at by a day, the latest first."""
    answers = support.follow_ups.filter(checked_on__lte=on).select_related("by")
    return answers.order_by("-checked_on", "-days")


def milestones(support: Any, answers: Iterable[FollowUp], *, on: date) -> list[Milestone]:
    """Those reached by a day, the newest first; the support comes with `last_paid_on`."""
    if support.last_paid_on is None or support.outlet_id is None:
        return []
    by_days = {answer.days: answer for answer in answers}
    return [
        Milestone(days, reached_on, by_days.get(days))
        for days in sorted(FOLLOW_UP_DAYS, reverse=True)
        if (reached_on := support.last_paid_on + timedelta(days=days)) <= on
    ]


@transaction.atomic
def record_follow_up(
    *, support: Support, days: int, answer: Answer, checked_on: date, note: str, by: User
) -> FollowUp:
    """Write down that somebody looked. Raises ValidationError where it was done already or the day has not come."""
    # One writer a support at a time: the second is told what the first wrote.
    Support.objects.select_for_update().get(pk=support.pk)
    before = FollowUp.objects.filter(support=support, days=days).select_related("by").first()
    if before:
        words = {"who": before.by, "day": date_format(before.checked_on), "days": days}
        message = _("Hari ke-%(days)s sudah dicatat %(who)s: diperiksa %(day)s.")
        raise ValidationError({"days": message % words})
    if support.outlet_id is None:
        raise ValidationError(_("Bantuan ini tidak menyebut gerai."))
    today = timezone.localdate()
    paid = with_last_paid(Support.objects.filter(pk=support.pk), on=today).get().last_paid_on
    if paid is None or checked_on < paid + timedelta(days=days):
        raise ValidationError({"checked_on": _too_early(paid, days)})
    row = FollowUp(support=support, days=days, answer=answer, checked_on=checked_on, note=note.strip(), by=by)
    row.full_clean()
    row.save(force_insert=True)
    return row


def _too_early(paid: date | None, days: int) -> str:
    if paid is None:
        return _("Belum ada penyaluran yang diverifikasi; tindak lanjut dihitung sejak penyaluran terakhir.")
    reached_on = date_format(paid + timedelta(days=days))
    return _("Hari ke-%(days)s baru tercapai %(day)s.") % {"days": days, "day": reached_on}


def contradicts(answer: FollowUp, outlet: Any) -> bool:
    """Whether the answer says other than the recorded status; the outlet comes with the status of the day."""
    return bool((answer.answer == Answer.RUNS) != (outlet.status == Status.RUNNING))


def outlet_on(support: Support, *, on: date) -> Any:
    """The support's outlet with its status on a day; None where it names none."""
    if support.outlet_id is None:
        return None
    rows = with_status(Outlet.objects.filter(pk=support.outlet_id), on=on)
    return rows.select_related("cooperative").first()


def unanswered(found: list[Milestone]) -> Iterator[Milestone]:
    return (one for one in found if one.answer is None)
