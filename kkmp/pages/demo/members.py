"""Members of the sample data: invented names, put together from parts that many people share."""

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from cooperatives.models import Gender
from kkmp.pages.demo import plan

FOUNDED_FROM = date(2025, 6, 2)
FOUNDING_DAYS = 44
# The cooperatives' sizes are told for this many days after their founding; growth goes on at that pace.
GROWTH_DAYS = 500
LEAVES = 0.05
GENDER_UNKNOWN = 0.02

FIRST = {
    Gender.FEMALE: (
        "Aisyah Ajeng Anggun Arini Asih Ayu Citra Desi Dian Dini Eka Endah Fitri Hana Indah Intan Kartika Laras Lilis Maya "
        "Mira Murni Nia Nining Nur Nurul Puspa Putri Rani Ratih Ratna Rina Rini Siti Sri Tari Tuti Umi Wati Wulan Yanti Yuli"
    ),
    Gender.MALE: (
        "Ade Adi Agung Agus Ahmad Andi Anton Arif Asep Bambang Bayu Budi Cahyo Dadang Darma Dedi Edi Eko Endang Fajar Galih "
        "Hadi Hendra Heru Imam Indra Irfan Iwan Jaka Joni Kurnia Maman Mulyadi Rahmat Rizal Rudi Slamet Sugeng Tono Wahyu Yudi"
    ),
}
SECOND = {
    Gender.FEMALE: (
        "Agustina Anggraini Astuti Aulia Damayanti Fauziah Handayani Hasanah Kusuma Lestari Maharani Marlina Maulida Nirmala "
        "Novita Nuraini Oktaviani Permata Pertiwi Puspita Rahayu Rahmawati Safitri Saraswati Sulastri Susanti Wahyuni Wijayanti"
    ),
    Gender.MALE: (
        "Anwar Aprianto Budiman Darmawan Firmansyah Gunadi Hakim Hermawan Hidayat Irawan Iskandar Kurniawan Maulana Mulyono "
        "Nugraha Permana Prakoso Pranoto Purnomo Rahman Ramdani Saputra Setiadi Sudrajat Suherman Suryana Sutrisno Wibisono"
    ),
}


@dataclass(frozen=True)
class Membership:
    code: str
    number: str
    full_name: str
    gender: str
    joined_on: date
    ended_on: date | None


def tell_members(codes: list[str], *, before: date) -> list[Membership]:
    """Everybody who joined before that day; ends from that day on are not told yet."""
    return [member for code in codes for member in _members_of(code, before)]


def _members_of(code: str, before: date) -> list[Membership]:
    dice = plan.dice("members", code)
    size = 46 if code == plan.MELAWAI else 10 + int(50 * dice.betavariate(1.2, 3.4))
    founders = min(size, dice.randint(9, 12))
    joined = sorted(FOUNDED_FROM + timedelta(days=dice.randint(0, FOUNDING_DAYS)) for _ in range(founders))
    pace = max(size - founders, 1) / (GROWTH_DAYS - FOUNDING_DAYS)
    day = float(FOUNDING_DAYS)
    while joined[-1] < before:
        day += dice.expovariate(pace)
        joined.append(FOUNDED_FROM + timedelta(days=int(day)))
    # Of its own: names must not depend on how many join later.
    dice = plan.dice("names", code)
    taken: set[str] = set()
    return [
        _member(dice, code=code, number=number, joined_on=joined_on, before=before, taken=taken)
        for number, joined_on in enumerate(joined, start=1)
        if joined_on < before
    ]


def _member(
    dice: Random, *, code: str, number: int, joined_on: date, before: date, taken: set[str]
) -> Membership:
    gender = dice.choice((Gender.FEMALE, Gender.MALE))
    name = person_name(dice, gender)
    while name in taken:
        name = person_name(dice, gender)
    taken.add(name)
    leaves = dice.random() < LEAVES
    ended_on = joined_on + timedelta(days=dice.randint(45, 420))
    is_unknown = dice.random() < GENDER_UNKNOWN
    return Membership(
        code=code,
        number=f"{number:03}",
        full_name=name,
        gender="" if is_unknown else gender,
        joined_on=joined_on,
        ended_on=ended_on if leaves and ended_on < before else None,
    )


def person_name(dice: Random, gender: Gender) -> str:
    return f"{dice.choice(FIRST[gender].split())} {dice.choice(SECOND[gender].split())}"
