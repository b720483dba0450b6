"""`python -m bench.matching`: an offer matched with 2,000 idle outlets, beside the least that asking could cost.

The floor, in the same process and round: the very statements that read the facts, sent again word for word, their rows
fetched and thrown away. Above it lie rows, rules and their sentences in Python. No gate: figures for people.
"""

import sys
from collections.abc import Callable
from datetime import UTC, date, datetime
from http import HTTPStatus
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

from bench.allocation import FLOOR, TODAY, compared, fill, run, statements_of  # noqa: E402  the root is no package

DEFAULT_DATABASE = "postgres://root@127.0.0.1:5432/kkmp_matching_bench"
BEGIN, END = "<!-- figures of bench.matching -->", "<!-- end of the figures of bench.matching -->"
MEMBERS, PAPERS = 90, 5


def fill_facts(by: Any) -> Any:
    """What matching asks about every cooperative: papers, members who paid, a report; returns an offer."""
    from cooperatives.models import NEEDED, Cooperative, Paper
    from kkmp.bulk_history import bulk_create_with_copied_history
    from members.models import Member, Movement, SavingsEntry, SavingsKind
    from outlets.models import MonthlyReport, ReportState
    from partners.models import Offer, Partner, SupportKind

    write = bulk_create_with_copied_history
    cooperatives = list(Cooperative.objects.order_by("pk"))
    papers = [
        Paper(cooperative=one, kind=kind, number="bench", issued_on=date(2025, 6, 2))
        for one in cooperatives
        for kind in NEEDED[:PAPERS]
    ]
    write(papers, by=by, reason="bench")
    MonthlyReport.objects.bulk_create(
        MonthlyReport(
            cooperative=one,
            month=date(2026, 2, 1),
            state=ReportState.SUBMITTED,
            saved_by=by,
            submitted_by=by,
            submitted_at=datetime(2026, 3, 2, 3, tzinfo=UTC),
        )
        for one in cooperatives
    )
    members = [
        Member(
            cooperative=one,
            number=f"{number:04}",
            full_name=f"Anggota Contoh {number}",
            joined_on=date(2025, 8, 1),
            domicile="here",
            ktp_seen_on=date(2025, 8, 1),
        )
        for one in cooperatives
        for number in range(MEMBERS)
    ]
    write(members, by=by, reason="bench")
    SavingsEntry.objects.bulk_create(
        SavingsEntry(
            member=member,
            cooperative=member.cooperative,
            kind=SavingsKind.PRINCIPAL,
            movement=Movement.DEPOSIT,
            amount_idr=100_000,
            value_on=date(2025, 8, 2),
            receipt_no=f"{number:06}",
            recorded_by=by,
        )
        for number, member in enumerate(members)
    )
    return Offer.objects.create(
        partner=Partner.objects.order_by("pk")[0],
        title="bench",
        kind=SupportKind.CASH_GRANT,
        ceiling_idr=10_000_000_000,
        per_outlet_idr=50_000_000,
        open_from=date(2025, 9, 22),
        needed_papers=list(NEEDED[:2]),
        min_paying_members=20,
    )


def asked_for(by: Any, offer: Any) -> dict[str, Callable[[], object]]:
    """What is measured, the floor first."""
    from django.db import connection
    from django.test import Client

    from cooperatives.models import Cooperative, Parameter
    from outlets.models import Outlet
    from partners.candidates import MAY_OPEN, read_candidates
    from partners.matching import rank
    from partners.models import Offer, Support

    def read() -> Any:
        return read_candidates(
            Outlet.objects.visible_to(by),
            neighbours=Cooperative.objects.visible_to(by),
            on=TODAY,
            statuses=MAY_OPEN,
        )

    statements, candidates = statements_of(read), read()
    weights = Parameter.objects.values_on(TODAY)
    ready = Offer.objects.with_agreed(Support.objects.as_of(TODAY)).get(pk=offer.pk)
    client = Client(HTTP_HOST="127.0.0.1")
    client.force_login(by)
    address = f"/partners/match/?on={TODAY.isoformat()}&offer={offer.pk}"

    def again() -> None:
        with connection.cursor() as cursor:
            for sql, params in statements:
                cursor.execute(sql, params)
                cursor.fetchall()

    def answer(extra: str = "") -> None:
        found = client.get(address + extra)
        if not (found.status_code == HTTPStatus.OK and found.content):
            raise RuntimeError(f"{found.status_code} {extra}")

    return {
        FLOOR: again,
        "read the facts of all candidates": read,
        "judge and rank them": lambda: rank(((one, ready) for one in candidates), weights),
        "the page": answer,
        "the whole ranking as Excel": lambda: answer("&format=xlsx"),
    }


def measure(count: int, rounds: int) -> list[str]:
    from django.db import connection

    by = fill(count)
    offer = fill_facts(by)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    return compared(asked_for(by, offer), f"{count:,} idle outlets matched with an offer", rounds)


def main() -> None:
    run(measure, str(__doc__), DEFAULT_DATABASE, (BEGIN, END))


if __name__ == "__main__":
    main()
