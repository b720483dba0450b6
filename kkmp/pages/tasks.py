"""What waits for one person, by what their role may do: the page `/tasks/`, its number in the header, the dashboard."""

from collections.abc import Iterator
from datetime import date, timedelta

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from cooperatives.asof import View, month_before
from cooperatives.models import AreaGrant, Cooperative, CooperativeQuerySet, Target
from kkmp.accounts.models import User
from kkmp.accounts.permissions import area_keepers
from kkmp.conditional import kept_while_unchanged
from kkmp.pages.partner_tasks import partner_queues
from kkmp.pages.report_tasks import last_months, report_queues, review_queue
from kkmp.pages.sheet.facts import read_facts
from kkmp.pages.sheet.risks import top_risks
from kkmp.pages.task_queue import Queue, Task, Waiting, due_in_words, late_in_words
from outlets.models import Visit
from outlets.outlet_class import OutletClass, with_outlet_class
from outlets.report_cycle import due_on, first_of_month

# An area that ends within these days needs somebody after it.
AREA_ENDS_WITHIN = 14


def tasks_page(request: HttpRequest) -> HttpResponse:
    assert isinstance(request.user, User)  # noqa: S101  # every page but the listed open ones asks for sign-in
    today = timezone.localdate()
    queues = list(queues_of(request.user, on=today))
    context = {
        # Counted from what the page shows anyway.
        "my_tasks": Waiting.of(queues),
        "today": today,
        "queues": [queue for queue in queues if queue.tasks],
        "done": [queue for queue in queues if not queue.tasks],
        "total": sum(len(queue.tasks) for queue in queues),
        "here": reverse("tasks"),
        "running": _running_month(request.user, on=today),
    }
    return render(request, "tasks/tasks.html", context)


def _running_month(user: User, *, on: date) -> dict[str, date] | None:
    """What whoever writes reports may begin already."""
    if not user.has_perm("outlets.change_monthlyreport"):
        return None
    month = first_of_month(on)
    return {"month": month, "due": due_on(month)}


def my_tasks(request: HttpRequest) -> dict[str, object]:
    """For the header of every page and the head of the dashboard; asked for only where a page shows it."""
    return {"my_tasks": SimpleLazyObject(lambda: waiting_for(request.user))}


def waiting_for(user: object) -> Waiting:
    """How much waits for this person today, by queue; counted anew only when something has changed."""
    if not isinstance(user, User):
        return Waiting(())

    def count() -> Waiting:
        return Waiting.of(queues_of(user, on=timezone.localdate()))

    return kept_while_unchanged(user, "waiting", count)


def queues_of(user: User, *, on: date) -> Iterator[Queue]:
    """Every queue that this person's rights make theirs, the empty ones too."""
    mine = Cooperative.objects.visible_to(user)
    if user.has_perm("outlets.verify_report"):
        # Officers look after the rest. What has no officer must not fall between two chairs.
        unkept = mine.without_officer_on(on)
        found = last_months(unkept, on=on)
        yield review_queue(user, found.cycle, on=on)
        yield from report_queues(user, found, on=on, is_without_officer=True)
        yield _follow_ups(user, unkept, on=on)
        yield from partner_queues(user, unkept, on=on)
        yield _unrecorded(mine, on=on)
    elif user.has_perm("outlets.change_monthlyreport"):
        yield from report_queues(user, last_months(mine, on=on), on=on)
        yield _follow_ups(user, mine, on=on)
        yield from partner_queues(user, mine, on=on)
    elif user.has_perm("cooperatives.add_areagrant"):
        yield _without_officer(mine, on=on)
        yield _without_area(on=on)
    else:
        yield _decisions(user, on=on)
    if user.has_perm("cooperatives.add_target"):
        yield _targets(user, on=on)


def _follow_ups(user: User, cooperatives: CooperativeQuerySet, *, on: date) -> Queue:
    """What was agreed at a visit: the officer's of the area, or of whoever went there."""
    visits = Visit.objects.visible_to(user).follow_ups_open(on)
    if user.has_perm("outlets.verify_report"):
        visits = visits.filter(Q(cooperative__in=cooperatives) | Q(visited_by=user))
    rows = visits.select_related("cooperative__kelurahan", "outlet")
    return Queue(
        key="follow_ups",
        title=_("Tindak lanjut kunjungan"),
        text=_("Yang disepakati saat kunjungan dan belum selesai."),
        verb=_("Buka"),
        tasks=[
            Task(
                title=visit.follow_up,
                href=visit.get_absolute_url(),
                text=f"{visit.outlet or visit.cooperative} · {due_in_words(due)}",
                late=late_in_words(due, on),
            )
            for visit in rows
            if (due := visit.follow_up_due_on)
        ],
    )


def _unrecorded(cooperatives: CooperativeQuerySet, *, on: date) -> Queue:
    rows = with_outlet_class(cooperatives, on=on).filter(outlet_class=OutletClass.UNRECORDED)
    return Queue(
        key="unrecorded",
        title=_("Status belum dicatat"),
        text=_("Dicatat lewat laporan bulanan, keputusan, atau impor data awal."),
        verb=_("Buka"),
        tasks=[
            Task(
                title=str(row),
                href=row.get_absolute_url(),
                text=_("Kecamatan %(name)s") % {"name": row.kelurahan.kecamatan},
            )
            for row in rows.select_related("kelurahan__kecamatan")
        ],
        all_href=f"{reverse('cooperatives:list')}?class={OutletClass.UNRECORDED.value}",
    )


def _without_officer(cooperatives: CooperativeQuerySet, *, on: date) -> Queue:
    soon = on + timedelta(days=AREA_ENDS_WITHIN)
    now = set(cooperatives.without_officer_on(on).values_list("pk", flat=True))
    rows = cooperatives.without_officer_on(soon).select_related("kelurahan__kecamatan")
    add = reverse("admin:cooperatives_areagrant_add")
    return Queue(
        key="without_officer",
        title=_("Koperasi tanpa petugas"),
        text=_("Sekarang, atau dalam %(days)d hari karena wilayah tugas berakhir.")
        % {"days": AREA_ENDS_WITHIN},
        verb=_("Beri wilayah tugas"),
        tasks=[
            Task(
                title=str(row),
                href=f"{add}?kelurahan={row.kelurahan_id}",
                text=_("Tidak ada petugas sekarang")
                if row.pk in now
                else _("Tidak ada petugas mulai paling lambat %(day)s") % {"day": date_format(soon, "j F Y")},
                late=_("sekarang") if row.pk in now else "",
            )
            for row in sorted(rows, key=lambda row: (row.pk not in now, row.kelurahan.name, row.pk))
        ],
        all_href=reverse("access:people"),
    )


def _without_area(*, on: date) -> Queue:
    held = AreaGrant.objects.active_on(on).order_by().values("user")
    rows = area_keepers().exclude(pk__in=held).order_by("username")
    add = reverse("admin:cooperatives_areagrant_add")
    return Queue(
        key="without_area",
        title=_("Petugas tanpa wilayah tugas"),
        text=_("Mereka bisa masuk, tetapi tidak melihat satu koperasi pun."),
        verb=_("Beri wilayah tugas"),
        tasks=[Task(title=str(row), href=f"{add}?user={row.pk}", text=row.username) for row in rows],
        all_href=reverse("access:people"),
    )


def _decisions(user: User, *, on: date) -> Queue:
    """For who reads and decides: what the leader's sheet of the day asks for."""
    view = View(user=user, today=on, on=on, since=month_before(on))
    return Queue(
        key="decisions",
        title=_("Keputusan yang diminta"),
        text=_("Dari tiga risiko terbesar di Lembar Pimpinan; hilang begitu risikonya teratasi."),
        verb=_("Buka"),
        tasks=[
            Task(title=risk.finding.decision, href=reverse("sheet"), text=risk.finding.title)
            for risk in top_risks(read_facts(view))
        ],
        all_href=reverse("sheet"),
    )


def _targets(user: User, *, on: date) -> Queue:
    """The city needs a day to work for; one is enough."""
    ahead = Target.objects.visible_to(user).filter(kecamatan=None, on__gte=on).exists()
    task = Task(
        title=_("Tetapkan target kota berikutnya"),
        href=reverse("targets:add"),
        text=_("Tidak ada target kota untuk hari ini atau sesudahnya."),
    )
    return Queue(
        key="targets",
        title=pgettext("plural", "Target"),
        text=_("Tanpa target, dasbor tidak bisa mengatakan tertinggal atau tidak."),
        verb=_("Tetapkan"),
        tasks=[] if ahead else [task],
        all_href=reverse("targets:list"),
    )
