"""Accounts of the sample data and the areas granted to its officers; every name says that it is a sample."""

from datetime import date, datetime, time

from django.contrib.auth.hashers import make_password
from django.utils import timezone
from simple_history.utils import bulk_create_with_history

from cooperatives.models import AreaGrant
from kkmp.accounts.models import Role, User
from kkmp.pages.demo.plan import MELAWAI
from kkmp.pages.demo.story import office_hour

PASSWORD = "contoh-kkmp-2025"  # noqa: S105  published on purpose; MODE=production has no sample data
MARK = "(contoh)"
INSTALLER = "admin"
JOINED_ON = date(2025, 6, 2)
HAND_OVER = (date(2025, 9, 15), date(2025, 10, 5))

# Those who sign in with the published password.
WITH_PASSWORD = {
    "petugas.melawai": ("Petugas Kelurahan Melawai", Role.OFFICER),
    "petugas.tebet": ("Petugas Kecamatan Tebet", Role.OFFICER),
    "sudin.satu": ("Staf Sudin Satu", Role.SUDIN),
    "sudin.dua": ("Staf Sudin Dua", Role.SUDIN),
    "pimpinan": ("Kepala Sudin PPKUKM", Role.LEADER),
    INSTALLER: ("Admin Aplikasi", Role.ADMIN),
}
TEBET, FORMER = "31.74.01", "petugas.tebet.lama"
OFFICERS = {
    TEBET: ("petugas.tebet", "Tebet"),
    "31.74.02": ("petugas.setiabudi", "Setiabudi"),
    "31.74.03": ("petugas.mampang", "Mampang Prapatan"),
    "31.74.04": ("petugas.pasarminggu", "Pasar Minggu"),
    "31.74.05": ("petugas.kebayoranlama", "Kebayoran Lama"),
    "31.74.06": ("petugas.cilandak", "Cilandak"),
    "31.74.07": ("petugas.kebayoranbaru", "Kebayoran Baru"),
    "31.74.08": ("petugas.pancoran", "Pancoran"),
    "31.74.09": ("petugas.jagakarsa", "Jagakarsa"),
    "31.74.10": ("petugas.pesanggrahan", "Pesanggrahan"),
}


class People:
    """The accounts, found by what they do in the story."""

    def __init__(self, users: dict[str, User]) -> None:
        self.users = users

    def officer_of(self, code: str) -> User:
        if code == MELAWAI:
            return self.users["petugas.melawai"]
        return self.users[OFFICERS[code[:8]][0]]

    def sudin_for(self, number: int) -> User:
        return self.users["sudin.dua" if number % 3 == 0 else "sudin.satu"]

    def other_sudin(self, user: User) -> User:
        """Who checks what this one recorded."""
        return self.users["sudin.satu" if user.username == "sudin.dua" else "sudin.dua"]


def add_people(*, today: date) -> People:
    """Make the accounts and grants. The installer's account was made on the day the sample data tell of."""
    password = make_password(PASSWORD)
    names = {username: (full_name, role, password) for username, (full_name, role) in WITH_PASSWORD.items()}
    for username, area in [*OFFICERS.values(), (FORMER, "Tebet, sebelumnya")]:
        names.setdefault(username, (f"Petugas Kecamatan {area}", Role.OFFICER, make_password(None)))
    midnight = timezone.make_aware(datetime.combine(today, time.min))
    users = [
        User(
            username=username,
            full_name=f"{full_name} {MARK}",
            role=role,
            password=hashed,
            date_joined=midnight if username == INSTALLER else office_hour(JOINED_ON),
        )
        for username, (full_name, role, hashed) in names.items()
    ]
    people = People({user.username: user for user in User.objects.bulk_create(users)})
    _grant_areas(people)
    return people


def sample_day() -> date | None:
    """The day the stored sample data tell of; None where there are none."""
    installer = User.objects.filter(username=INSTALLER, full_name__endswith=MARK).first()
    return timezone.localdate(installer.date_joined) if installer else None


def _grant_areas(people: People) -> None:
    taken_over, handed_over = HAND_OVER
    grants = [AreaGrant(user=people.users["petugas.melawai"], kelurahan_id=MELAWAI, starts_on=JOINED_ON)]
    for kecamatan, (username, _area) in OFFICERS.items():
        starts_on = taken_over if kecamatan == TEBET else JOINED_ON
        grants.append(AreaGrant(user=people.users[username], kecamatan_id=kecamatan, starts_on=starts_on))
    former = AreaGrant(
        user=people.users[FORMER], kecamatan_id=TEBET, starts_on=JOINED_ON, ends_on=handed_over
    )
    bulk_create_with_history(
        [*grants, former],
        AreaGrant,
        default_user=people.users[INSTALLER],
        default_date=office_hour(JOINED_ON),
    )
