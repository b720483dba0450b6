"""What partners' help leaves to do: ask whether an outlet still runs, check what arrived, decide what was proposed."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from django.db.models import OuterRef, Subquery
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from cooperatives.models import CooperativeQuerySet
from kkmp.accounts.models import User
from kkmp.accounts.permissions import people_without
from kkmp.pages.task_queue import Queue, Task, late_in_words
from kkmp.templatetags.ui import rupiah, tanggal
from partners.follow_ups import due_follow_ups
from partners.models import Disbursement, Stage, StageChange, Support

# From the milestone on there is a week to look.
TIME_TO_LOOK = timedelta(days=7)
DECIDES = "partners.add_stagechange"


def partner_queues(user: User, cooperatives: CooperativeQuerySet, *, on: date) -> Iterator[Queue]:
    """`cooperatives` are those that this person looks after; what Sudin checks and decides is of the whole city."""
    if user.has_perm("partners.add_followup"):
        yield _follow_ups(user, cooperatives, on=on)
    if user.has_perm("partners.verify_disbursement"):
        yield _disbursements(user)
    if user.has_perm(DECIDES):
        yield _proposals(user, on=on)


def _follow_ups(user: User, cooperatives: CooperativeQuerySet, *, on: date) -> Queue:
    mine = Support.objects.visible_to(user).filter(cooperative__in=cooperatives)
    rows = due_follow_ups(mine, on=on).select_related("partner", "outlet", "cooperative__kelurahan")
    return Queue(
        key="support_follow_ups",
        title=_("Tindak lanjut bantuan"),
        text=_("Sesudah bantuan tersalur: apakah gerainya masih berjalan?"),
        verb=_("Jawab"),
        tasks=[
            Task(
                title=f"{row.outlet}, {row.cooperative}",
                href=reverse("partners:follow_up", args=[row.pk]),
                text=_("%(partner)s · hari ke-%(days)s sesudah penyaluran %(day)s")
                % {
                    "partner": row.partner,
                    "days": row.due_days,
                    "day": date_format(row.last_paid_on, "j F Y"),
                },
                late=late_in_words(row.last_paid_on + timedelta(days=row.due_days) + TIME_TO_LOOK, on),
            )
            for row in rows
        ],
    )


def _disbursements(user: User) -> Queue:
    """Whoever recorded it does not check it."""
    rows = Disbursement.objects.visible_to(user).checkable_by(user)
    names = ("recorded_by", "support__partner", "support__cooperative__kelurahan")
    return Queue(
        key="disbursements",
        title=_("Penyaluran menunggu verifikasi"),
        text=_("Dicatat orang lain; baru mengurangi kekurangan setelah diverifikasi."),
        verb=_("Periksa"),
        tasks=[
            Task(
                title=str(row.support),
                href=row.get_absolute_url(),
                text=_("%(amount)s diterima %(day)s, dicatat %(who)s")
                % {"amount": rupiah(row.amount_idr), "day": tanggal(row.paid_on), "who": row.recorded_by},
            )
            for row in rows.select_related(*names).order_by("recorded_at", "pk")
        ],
    )


def _proposals(user: User, *, on: date) -> Queue:
    """At the first stage, put there by somebody who may not move it further."""
    newest = StageChange.objects.filter(support=OuterRef("pk")).by(on)
    supports: Any = Support.objects.visible_to(user).as_of(on)
    rows = (
        supports.filter(stage=Stage.PROSPECT)
        .alias(newest_by=Subquery(newest.values("by")[:1]))
        .filter(newest_by__in=people_without(DECIDES).order_by().values("pk"))
    )
    return Queue(
        key="proposals",
        title=_("Usulan bantuan"),
        text=_("Diusulkan petugas wilayah; Sudin yang memutuskan: tahap berikutnya, atau batal."),
        verb=_("Putuskan"),
        tasks=[
            Task(
                title=str(row),
                href=row.get_absolute_url(),
                text=_("%(kind)s, diusulkan %(day)s")
                % {"kind": row.get_kind_display(), "day": tanggal(row.stage_since)},
            )
            for row in rows.select_related("partner", "cooperative__kelurahan").order_by("stage_since", "pk")
        ],
        all_href=f"{reverse('partners:supports')}?stage={Stage.PROSPECT.value}",
    )
