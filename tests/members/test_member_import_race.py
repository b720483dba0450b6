"""Two people at the same moment, with real connections: a file is written once, and a number given once."""

import pytest

from kkmp.imports.services import confirm
from members.models import Member
from tests.factories import CooperativeFactory, officer_of
from tests.imports.test_race import at_once
from tests.members.import_sheets import csv_of, previewed

pytestmark = pytest.mark.django_db(transaction=True)
PEOPLE = [("", "", f"Contoh {word}", "", "", "17/08/2025") for word in ("Satu", "Dua", "Tiga")]


def test_double_click_writes_once() -> None:
    cooperative = CooperativeFactory.create()
    officer = officer_of(cooperative.kelurahan)
    batch = previewed(csv_of(*PEOPLE), cooperative, by=officer)
    assert at_once(*[lambda: confirm(batch=batch, by=officer).state] * 2) == [
        "Berkas ini sudah dimasukkan",
        "confirmed",
    ]
    assert Member.objects.count() == 3


def test_two_files_never_give_one_number_twice() -> None:
    cooperative = CooperativeFactory.create()
    officer = officer_of(cooperative.kelurahan)
    others = [("", "", f"Lain {word}", "", "", "17/08/2025") for word in ("Satu", "Dua")]
    batches = [previewed(csv_of(*rows), cooperative, by=officer) for rows in (PEOPLE, others)]
    assert at_once(*[lambda batch=batch: confirm(batch=batch, by=officer).state for batch in batches]) == [
        "confirmed",
        "confirmed",
    ]
    assert sorted(Member.objects.values_list("number", flat=True)) == ["001", "002", "003", "004", "005"]
