"""What left as the ledger's file comes back without a new line in it."""

import datetime as dt
import io

import pytest
from django.http import StreamingHttpResponse
from django.test import Client

from cooperatives.models import Cooperative
from kkmp.imports.models import Outcome
from kkmp.imports.services import preview
from members.models import Movement, SavingsEntry, SavingsKind
from tests.factories import CooperativeFactory, officer_of
from tests.member_factories import MemberFactory, SavingsEntryFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]


def ledger_of(cooperative: Cooperative) -> None:
    """A balance taken over, a receipt of three lines, and a voluntary deposit."""
    member = MemberFactory.create(cooperative=cooperative, number="001", full_name="Siti Contoh")
    SavingsEntryFactory.create(
        member=member,
        kind=SavingsKind.MANDATORY,
        movement=Movement.OPENING,
        amount_idr=30_000,
        value_on=dt.date(2025, 8, 31),
        paid_until=dt.date(2025, 8, 1),
        receipt_no="",
    )
    for line, month in enumerate((9, 10, 11), start=1):
        SavingsEntryFactory.create(
            member=member,
            mandatory=True,
            month=dt.date(2025, month, 1),
            value_on=dt.date(2025, 9, 6),
            receipt_no="2509-0001",
            receipt_line=line,
        )
    SavingsEntryFactory.create(member=member, receipt_no="2509-0002", principal=True)
    SavingsEntryFactory.create(member=member, receipt_no="2509-0003")


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_ledger_imported_again_writes_nothing(client: Client, kind: str) -> None:
    here = CooperativeFactory.create()
    officer = officer_of(here.kelurahan)
    ledger_of(here)
    client.force_login(officer)
    response = client.get("/members/export/savings/", {"format": kind, "cooperative": here.kelurahan_id})
    assert isinstance(response, StreamingHttpResponse)
    batch = preview(
        kind="savings",
        file=io.BytesIO(response.getvalue()),
        file_name=f"mutasi.{kind}",
        by=officer,
        cooperative=here,
    )
    assert [(row.outcome, row.errors) for row in batch.rows.order_by("number")] == [(Outcome.SAME, [])] * 6
    assert SavingsEntry.objects.count() == 6
