"""Visits of the sample: every cooperative now and then, what was agreed mostly done, some of it waiting or late."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from simple_history.utils import bulk_create_with_history, bulk_update_with_history

from cooperatives.models import Cooperative
from kkmp.pages.demo import photos, plan
from kkmp.pages.demo.people import TEBET, People
from kkmp.pages.demo.reports import is_silent
from kkmp.pages.demo.story import Change, Place, Story, office_hour
from kkmp.pages.demo.write import sign
from outlets.models import Outlet, Seen, Status, Visit

FIRST_DAY = date(2025, 10, 6)
WRITTEN_AT = 330  # minutes after nine: the afternoon of the day
AGREED, DONE = 0.5, 0.94
TWO_WEEKS = timedelta(days=14)
# Where people sign in to look: one visit whose follow-up still waits, and one whose day has passed.
STILL_WAITS, IS_LATE = timedelta(days=8), timedelta(days=31)
# Nobody came lately to those who never tell their turnover: the records cannot say that they run.
UNSEEN_FOR = timedelta(days=150)
PHOTOS = 18
FINDINGS = {
    Seen.RUNNING: (
        "Gerai buka, ada pembeli saat kunjungan. Rak terisi, beras dan minyak goreng hampir habis.",
        "Gerai buka pagi sampai sore, dijaga pengelola. Pencatatan penjualan masih di buku.",
        "Gerai melayani anggota dan warga. Harga lebih murah dari warung sekitar, pasokan gula terlambat.",
        "Gerai buka, papan nama baru terpasang. Pembeli ramai setelah jam kantor.",
    ),
    Seen.CLOSED: (
        "Gerai terkunci pada jam buka. Rak ada, stok kosong.",
        "Tempat sudah rapi dan listrik menyala, barang dagangan belum ada.",
        "Tempat dipakai menyimpan barang. Pengurus menunggu modal untuk belanja pertama.",
        "Pintu tertutup, tetangga menyebut gerai belum pernah buka sejak bulan lalu.",
    ),
    Seen.NONE: (
        "Belum ada gerai. Pengurus menawarkan ruang di pos RW, ukurannya cukup.",
        "Belum ada gerai. Rapat pengurus memilih lokasi bulan depan.",
        "Belum ada gerai. Lahan aset pemerintah sudah dilihat, perlu surat pinjam pakai.",
    ),
}
FOLLOW_UPS = {
    Seen.RUNNING: (
        "Petugas mengirim format pencatatan penjualan.",
        "Pengelola menyusun daftar pasokan untuk mitra.",
        "Sudin menghubungkan koperasi dengan pemasok gula.",
    ),
    Seen.CLOSED: (
        "Pengurus mengirim rincian kebutuhan modal.",
        "Petugas mendampingi permohonan kepada mitra.",
        "Pengurus menunjuk penjaga gerai.",
    ),
    Seen.NONE: (
        "Pengurus mengirim berita acara rapat lokasi.",
        "Petugas menyiapkan surat pinjam pakai ruang.",
    ),
}


@dataclass(frozen=True)
class Trip:
    code: str
    day: date
    is_by_sudin: bool
    agreed: bool
    is_kept: bool


def visits(
    people: People, story: Story, of: dict[Place, Outlet], codes: Sequence[str], *, today: date
) -> None:
    """Write every visit before today, then what was done about it, and photos of the latest."""
    cooperatives = {
        one.kelurahan_id: one for one in Cooperative.objects.select_related("kelurahan").order_by("pk")
    }
    trips = [trip for code in codes for trip in _trips(code, today=today)]
    trips.sort(key=lambda trip: (trip.day, trip.code))
    rows = [_row(trip, people, story, of, cooperatives[trip.code]) for trip in trips]
    written = bulk_create_with_history(rows, Visit)
    done = []
    for row, trip in zip(written, trips, strict=True):
        if row.follow_up_due_on is None or not trip.is_kept:
            continue
        done_on = row.follow_up_due_on - timedelta(days=trip.day.day % 5)
        if done_on < today:
            row.follow_up_done_on = done_on
            row.version += 1
            sign(row, row.visited_by, at=office_hour(done_on, WRITTEN_AT))
            done.append(row)
    seen = [row for row in written if row.outlet and photos.is_photographed(row.cooperative.kelurahan_id, 1)]
    photos.of_visits((row, office_hour(row.visited_on, WRITTEN_AT)) for row in seen[-PHOTOS:])
    bulk_update_with_history(done, Visit, ["follow_up_done_on", "version"])


def _trips(code: str, *, today: date) -> Iterator[Trip]:
    dice = plan.dice("visits", code)
    is_watched = code == plan.MELAWAI or code.startswith(f"{TEBET}.")
    until = today if is_watched or not is_silent(code) else today - UNSEEN_FOR
    day = _weekday(FIRST_DAY + timedelta(days=dice.randint(0, 90)))
    while day < until:
        yield Trip(code, day, dice.random() < 0.3, dice.random() < AGREED, dice.random() < DONE)
        day = _weekday(day + timedelta(days=dice.randint(70, 170)))
    if today - IS_LATE < FIRST_DAY:
        return
    if code == plan.MELAWAI or (code.startswith(f"{TEBET}.") and code.endswith(("1", "4"))):
        yield Trip(code, _weekday(today - STILL_WAITS), is_by_sudin=False, agreed=True, is_kept=False)
    if code == plan.MELAWAI or (code.startswith(f"{TEBET}.") and code.endswith("2")):
        yield Trip(code, _weekday(today - IS_LATE), is_by_sudin=True, agreed=True, is_kept=False)


def _weekday(day: date) -> date:
    """That day, or the Friday before its weekend."""
    return day - timedelta(days=max(0, day.weekday() - 4))


def _row(
    trip: Trip, people: People, story: Story, of: dict[Place, Outlet], cooperative: Cooperative
) -> Visit:
    dice = plan.dice("visit", trip.code, trip.day)
    change = _latest(story, trip, dice)
    place = change.place if change else None
    seen = Seen.NONE
    if place is not None and change is not None:
        seen = Seen.RUNNING if change.status == Status.RUNNING else Seen.CLOSED
    by = people.sudin_for(trip.day.day) if trip.is_by_sudin else people.officer_of(trip.code)
    row = Visit(
        cooperative=cooperative,
        outlet=of[place] if place else None,
        visited_on=trip.day,
        visited_by=by,
        seen=seen,
        finding=dice.choice(FINDINGS[seen]),
        follow_up=dice.choice(FOLLOW_UPS[seen]) if trip.agreed else "",
        follow_up_due_on=trip.day + TWO_WEEKS if trip.agreed else None,
    )
    sign(row, by, at=office_hour(trip.day, WRITTEN_AT))
    return row


def _latest(story: Story, trip: Trip, dice: Random) -> Change | None:
    """What had last been recorded of one of its outlets by then; none where it has none."""
    latest: dict[Place, Change] = {}
    written_at = office_hour(trip.day, WRITTEN_AT)
    for change in sorted(story.changes, key=lambda change: change.effective_on):
        is_known = change.code == trip.code and change.recorded_at < written_at and not change.retracted_at
        if is_known and change.place and change.effective_on <= trip.day:
            latest[change.place] = change
    return dice.choice(list(latest.values())) if latest else None
