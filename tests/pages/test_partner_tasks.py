"""What partners' help leaves to do, and for whom."""

import datetime as dt

import pytest

from kkmp.accounts.models import User
from kkmp.pages.tasks import queues_of
from partners.models import Stage
from tests.factories import OutletFactory, UserFactory, officer_of
from tests.partner_factories import (
    DisbursementFactory,
    PartnerFactory,
    StageChangeFactory,
    SupportFactory,
    support_at,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]
DAY = dt.date(2026, 3, 16)


def waiting(user: User, key: str) -> list[tuple[str, str, str, str]]:
    found = [queue for queue in queues_of(user, on=DAY) if queue.key == key]
    return [(task.title, task.text, task.late, task.href) for queue in found for task in queue.tasks]


def test_follow_ups_wait_for_the_officer_of_the_area_or_for_sudin_where_there_is_none() -> None:
    sudin = UserFactory.create(sudin=True)
    supports, partner = [], PartnerFactory.create(name="Mitra A")
    for name, days in (("Jaga", 30), ("Lepas", 98)):
        outlet = OutletFactory.create(name=f"Gerai {name}", cooperative__kelurahan__name=name)
        support = support_at(
            Stage.DISBURSED,
            dt.date(2025, 9, 1),
            partner=partner,
            outlet=outlet,
            cooperative=outlet.cooperative,
        )
        DisbursementFactory.create(support=support, paid_on=DAY - dt.timedelta(days=days), verified=True)
        supports.append(support)
    kept, lost = supports
    officer, stranger = (
        officer_of(kept.cooperative.kelurahan),
        officer_of(OutletFactory.create().cooperative.kelurahan),
    )
    of_kept = (
        "Gerai Jaga, KKMP Jaga", "Mitra A · hari ke-30 sesudah penyaluran 14 Februari 2026", "",
        f"/partners/supports/{kept.pk}/follow-up/",
    )  # fmt: skip
    of_lost = (
        "Gerai Lepas, KKMP Lepas", "Mitra A · hari ke-90 sesudah penyaluran 8 Desember 2025", "terlambat 1 hari",
        f"/partners/supports/{lost.pk}/follow-up/",
    )  # fmt: skip
    people = {"officer": officer, "stranger": stranger, "sudin": sudin}
    assert {name: waiting(user, "support_follow_ups") for name, user in people.items()} == {
        "officer": [of_kept],
        "stranger": [],
        "sudin": [of_lost],
    }


def test_money_waits_for_a_check_by_somebody_else() -> None:
    recorder, other = UserFactory.create(sudin=True, full_name="Staf Satu"), UserFactory.create(sudin=True)
    support = SupportFactory.create(partner__name="Mitra A", cooperative__kelurahan__name="Melawai")
    DisbursementFactory.create(support=support, recorded_by=recorder, amount_idr=1_000_000)
    DisbursementFactory.create(support=support, verified=True)
    DisbursementFactory.create(support=support, withdrawn=True)
    officer = officer_of(support.cooperative.kelurahan)
    task = (
        "Mitra A → KKMP Melawai", "Rp\xa01.000.000 diterima 10 Januari 2026, dicatat Staf Satu", "",
        support.get_absolute_url(),
    )  # fmt: skip
    assert [waiting(user, "disbursements") for user in (recorder, other, officer)] == [[], [task], []]


def test_what_officers_proposed_waits_for_sudin() -> None:
    sudin = UserFactory.create(sudin=True)
    officer = UserFactory.create()
    gone = UserFactory.create(is_active=False)

    def proposed(by: User, stage: Stage = Stage.PROSPECT, day: dt.date = dt.date(2026, 3, 1)) -> str:
        support = SupportFactory.create()
        StageChangeFactory.create(support=support, stage=stage, by=by, effective_on=day)
        return support.get_absolute_url()

    waits = [proposed(officer), proposed(gone, day=dt.date(2026, 3, 2))]
    proposed(sudin)
    proposed(officer, day=dt.date(2026, 3, 17))
    decided = SupportFactory.create()
    for by, stage in ((officer, Stage.PROSPECT), (sudin, Stage.OFFERED)):
        StageChangeFactory.create(support=decided, stage=stage, by=by, effective_on=dt.date(2026, 3, 1))
    found = waiting(sudin, "proposals")
    assert [href for *_words, href in found] == waits
    assert found[0][1] == "Hibah uang, diusulkan 1 Maret 2026"
    assert waiting(officer, "proposals") == []
