"""The memberships of one person in a cooperative, one after the other, and how they are drawn."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from kkmp.accounts.models import User
from kkmp.charts import Lane, Segment
from members.models import Member, MemberState
from members.national_ids import open_if_possible

# A story of one day still gets a month of room to be drawn in.
LEAST_SPAN = timedelta(days=30)


@dataclass(frozen=True)
class Life:
    lanes: list[Lane]
    first: date
    last: date


def memberships_of(member: Member, user: User) -> list[Member]:
    """This membership and the others of the same identity number in the same cooperative, the oldest first."""
    digits = open_if_possible(member)
    if not digits:
        return [member]
    mine = Member.objects.visible_to(user).filter(cooperative=member.cooperative_id)
    same = list(mine.with_national_id(digits).select_related("cooperative__kelurahan"))
    return sorted(same, key=lambda one: (one.joined_on or one.applied_on or date.max, one.pk))


def lanes_of(memberships: list[Member], *, until: date) -> Life | None:
    """One lane for each membership; None where nothing had begun by that day."""
    lanes = [
        Lane(one.number or _("belum bernomor"), segments)
        for one in memberships
        if not one.voided_on and (segments := _segments(one, until))
    ]
    if not lanes:
        return None
    first = min(segment.starts_on for lane in lanes for segment in lane.segments)
    return Life(lanes, min(first, until - LEAST_SPAN), until)


def _segments(member: Member, until: date) -> list[Segment]:
    """Applied, member, gone: each from its day on."""
    days = [
        (member.applied_on, MemberState.APPLICANT, "preparing"),
        (member.joined_on, MemberState.MEMBER, "running"),
        (member.ended_on, MemberState.ENDED if member.joined_on else MemberState.NOT_ADMITTED, "closed"),
    ]
    begun = [(day, state, tone) for day, state, tone in days if day and day <= until]
    ends: list[date | None] = [day for day, _state, _tone in begun[1:]]
    return [
        Segment(tone, str(state.label), day, end, date_format(day))
        for (day, state, tone), end in zip(begun, [*ends, None], strict=True)
        # Applied and admitted on one day.
        if end is None or day < end
    ]
