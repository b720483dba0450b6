"""Puts the told story into the database, many rows at a time, each with the history it would have by hand."""

from datetime import date, datetime, timedelta

from simple_history.utils import (
    bulk_create_with_history,
    bulk_update_with_history,
    get_history_manager_for_model,
)

from cooperatives.models import Cooperative, Formation, Target
from kkmp.accounts.models import User
from kkmp.edited import EditedModel
from kkmp.pages.demo import plan
from kkmp.pages.demo.people import JOINED_ON, People
from kkmp.pages.demo.reports import Key, is_told_in_report
from kkmp.pages.demo.story import Change, NeedKey, Place, Story, office_hour
from kkmp.pages.reference import ORIGIN
from outlets.models import CapitalNeed, ChangeSource, MonthlyReport, Outlet, OutletKind, StatusChange
from partners.models import Attendance, Event, Partner

PROFILES_ON = date(2025, 8, 18)
FOUNDED_ON = date(2025, 5, 31)
TARGETS_ON = date(2025, 9, 23)
# Officers fill in what they learn; some numbers are still missing.
REGISTERED = 0.9
TARGETS = {"31.74.01": 2, "31.74.04": 5, "31.74.07": 4, "31.74.09": 4}

Outlets = dict[Place, Outlet]


def backdate_reference() -> None:
    """Let the reference rows be older than the story; their history would else end with their beginning."""
    for model in (Cooperative, Partner, Event):
        told = get_history_manager_for_model(model).filter(history_change_reason=ORIGIN)
        told.update(history_date=office_hour(JOINED_ON))


def profiles(people: People) -> None:
    """Fill in what officers know of their cooperatives; all numbers are invented."""
    cooperatives = list(Cooperative.objects.select_related("kelurahan").order_by("kelurahan"))
    for number, cooperative in enumerate(cooperatives, start=1):
        dice = plan.dice("profile", cooperative.kelurahan_id)
        name = cooperative.kelurahan.name
        cooperative.legal_name = f"Koperasi Kelurahan Merah Putih {name}"
        cooperative.formation = dice.choices(Formation.values, weights=(8, 1, 1))[0]
        cooperative.founded_on = FOUNDED_ON
        cooperative.office = f"Kantor Kelurahan {name} (alamat contoh)"
        cooperative.nib = f"99000000{number:05}" if dice.random() < REGISTERED else ""
        cooperative.npwp = f"99000000{number:08}" if dice.random() < REGISTERED else ""
        cooperative.registry_no = f"3174990{number:06}" if dice.random() < REGISTERED else ""
        cooperative.has_bank_account = True if dice.random() < REGISTERED else dice.choice((False, None))
        cooperative.version += 1
        sign(cooperative, people.officer_of(cooperative.kelurahan_id), at=office_hour(PROFILES_ON))
    fields = ["legal_name", "formation", "founded_on", "office", "nib", "npwp", "registry_no"]
    fields += ["has_bank_account", "version"]
    bulk_update_with_history(cooperatives, Cooperative, fields)


def targets(people: People, *, today: date) -> None:
    """Set the city's target for the end of each year until this one, and those of some kecamatan."""
    years = range(2026, max(2026, today.year) + 1)
    rows = [
        Target(on=date(year, 12, 31), running=min(65, 30 + 10 * number), idle=5, note="Target contoh")
        for number, year in enumerate(years)
    ]
    rows += [
        Target(kecamatan_id=code, on=date(2026, 12, 31), running=running, note="Target contoh")
        for code, running in TARGETS.items()
    ]
    set_at = office_hour(TARGETS_ON)
    bulk_create_with_history(rows, Target, default_user=people.users["pimpinan"], default_date=set_at)


def outlets(story: Story, people: People) -> Outlets:
    cooperatives = _cooperatives()
    rows = []
    for place in story.places:
        cooperative = cooperatives[place.code]
        dice = plan.dice("outlet", place.code, place.number)
        kind = OutletKind(place.kind)
        where = (
            f"Blok M Hub, {cooperative.kelurahan}"
            if place.code == plan.MELAWAI
            else f"Kelurahan {cooperative.kelurahan}"
        )
        outlet = Outlet(
            cooperative=cooperative,
            kind=kind,
            name=f"{_title(kind)} KKMP {cooperative.kelurahan}",
            address=f"{where} (alamat contoh)",
            premises=place.premises,
            tenure=place.tenure,
            area_m2=place.area_m2,
            electricity=True,
            internet=dice.choice((True, True, False)),
            water=dice.choice((True, True, True, None)),
        )
        sign(outlet, people.officer_of(place.code), at=place.made_at)
        rows.append(outlet)
    return dict(zip(story.places, bulk_create_with_history(rows, Outlet), strict=True))


def changes(story: Story, people: People, of: Outlets, told: dict[Key, MonthlyReport]) -> None:
    cooperatives = _cooperatives()
    StatusChange.objects.bulk_create(
        _change(
            change,
            cooperatives[change.code],
            of,
            told,
            by=people.sudin_for(number),
            corrects=people.users["sudin.dua"],
        )
        for number, change in enumerate(story.changes)
    )


def _change(
    change: Change,
    cooperative: Cooperative,
    of: Outlets,
    told: dict[Key, MonthlyReport],
    *,
    by: User,
    corrects: User,
) -> StatusChange:
    """What came with a report was recorded by whoever verified it; the rest Sudin decided."""
    report = told[change.code, change.effective_on.replace(day=1)] if is_told_in_report(change) else None
    row = StatusChange(
        cooperative=cooperative,
        outlet=of[change.place] if change.place else None,
        status=change.status,
        reason=change.reason,
        note=change.note,
        effective_on=change.effective_on,
        recorded_at=change.recorded_at,
        recorded_by=by,
        source=ChangeSource.OPENING if change.is_opening else ChangeSource.DECISION,
        retracted_at=change.retracted_at,
        retracted_by=corrects if change.retracted_at else None,
        retract_note=change.retract_note,
    )
    if report is not None and report.reviewed_by is not None:
        row.source, row.report, row.recorded_by = ChangeSource.REPORT, report, report.reviewed_by
    return row


def needs(story: Story, people: People, of: Outlets) -> dict[NeedKey, CapitalNeed]:
    """Enter each need when it was told, and close those that were met."""
    rows = []
    for need in story.needs:
        row = CapitalNeed(
            outlet=of[need.place],
            purpose=need.purpose,
            text=need.text,
            amount_idr=need.amount_idr,
            since_on=need.since_on,
        )
        sign(row, people.officer_of(need.place.code), at=need.told_at)
        rows.append(row)
    met = []
    written = bulk_create_with_history(rows, CapitalNeed)
    for row, need in zip(written, story.needs, strict=True):
        if need.closed_on and need.closed_at:
            row.closed_on = need.closed_on
            row.version += 1
            sign(row, people.officer_of(need.place.code), at=need.closed_at)
            met.append(row)
    bulk_update_with_history(met, CapitalNeed, ["closed_on", "version"])
    return {need.key: row for row, need in zip(written, story.needs, strict=True)}


def events(people: People, *, before: date) -> None:
    """Later meetings, with some of the partners and cooperatives that came."""
    partners = list(Partner.objects.filter(name__in=plan.PARTNERS).order_by("pk"))
    cooperatives = list(_cooperatives().values())
    for held_on, title, place in plan.EVENTS:
        if held_on >= before:
            continue
        [event] = bulk_create_with_history(
            [Event(title=title, held_on=held_on, place=place)],
            Event,
            default_user=people.users["sudin.satu"],
            default_date=office_hour(held_on - timedelta(days=10)),
        )
        dice = plan.dice("event", held_on)
        came = [
            Attendance(event=event, partner=partner)
            for partner in partners
            if dice.choice((True, True, False))
        ]
        came += [
            Attendance(event=event, cooperative=cooperative) for cooperative in dice.sample(cooperatives, 18)
        ]
        Attendance.objects.bulk_create(came)


def _cooperatives() -> dict[str, Cooperative]:
    rows = Cooperative.objects.select_related("kelurahan").order_by("kelurahan")
    return {cooperative.kelurahan_id: cooperative for cooperative in rows}


def sign(row: EditedModel, user: User, *, at: datetime) -> None:
    """Say who writes this row into the history, and when."""
    # The names that simple-history looks for.
    vars(row).update(_history_user=user, _history_date=at)


def _title(kind: OutletKind) -> str:
    if kind == OutletKind.OFFICE:
        return "Kantor"
    return "Kios UMKM" if kind == OutletKind.OTHER else f"Gerai {kind.label}"
