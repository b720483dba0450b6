"""`python -m bench.allocation`: what a sum opens, over 2,000 idle outlets, beside the least that asking could cost.

The floor, in the same process and round: the very statements of the page sent again word for word, their rows fetched
and thrown away. Above it lie rows, sums and their order in Python. No gate: figures for people.
"""

import argparse
import os
import statistics
import sys
from collections.abc import Callable
from datetime import date, timedelta
from http import HTTPStatus
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

import dev_env  # noqa: E402  the project's root is no package
from bench.imports import between_languages, used  # noqa: E402
from bench.report import between  # noqa: E402
from bench.run import make_database  # noqa: E402

DEFAULT_DATABASE = "postgres://root@127.0.0.1:5432/kkmp_allocation_bench"
STEPS = ("migrate --no-input --verbosity 0", "createcachetable --verbosity 0", "seed_reference")
BEGIN, END = "<!-- figures of bench.allocation -->", "<!-- end of the figures of bench.allocation -->"
TODAY = date(2026, 3, 16)
# Times that each is asked in a round: processor time comes in hundredths of a second.
AT_ONCE = 3
FLOOR = "floor: the same statements, rows thrown away"


def fill(count: int) -> Any:
    """Idle outlets, a need each, of every third a grant promised and half of it arrived; returns who asks."""
    from cooperatives.models import Cooperative
    from kkmp.accounts.models import Role, User
    from kkmp.bulk_history import bulk_create_with_copied_history
    from outlets.models import (
        CapitalNeed,
        ChangeSource,
        NeedPurpose,
        Outlet,
        OutletKind,
        Reason,
        Status,
        StatusChange,
    )
    from partners.models import Disbursement, Partner, Stage, StageChange, Support, SupportKind

    by, other = (
        User.objects.create(username=name, full_name=name, role=Role.SUDIN) for name in ("bench", "other")
    )
    cooperatives = list(Cooperative.objects.order_by("pk"))
    partner = Partner.objects.order_by("pk")[0]
    outlets = [
        Outlet(
            cooperative=cooperatives[number % len(cooperatives)],
            kind=OutletKind.GROCERY,
            name=f"Gerai {number}",
        )
        for number in range(count)
    ]
    write = bulk_create_with_copied_history
    write(outlets, by=by, reason="bench")
    StatusChange.objects.bulk_create(
        StatusChange(
            cooperative=outlet.cooperative,
            outlet=outlet,
            status=Status.IDLE,
            reason=Reason.CAPITAL,
            note="bench",
            effective_on=TODAY - timedelta(days=1 + number % 400),
            recorded_by=by,
            source=ChangeSource.DECISION,
        )
        for number, outlet in enumerate(outlets)
    )
    needs = [
        CapitalNeed(
            outlet=outlet,
            purpose=NeedPurpose.WORKING_CAPITAL,
            amount_idr=20_000_000 + (number * 7_919) % 80_000_000,
            since_on=TODAY - timedelta(days=200),
        )
        for number, outlet in enumerate(outlets)
    ]
    write(needs, by=by, reason="bench")
    supports = [
        Support(
            partner=partner,
            cooperative=need.outlet.cooperative,
            outlet=need.outlet,
            need=need,
            kind=SupportKind.CASH_GRANT,
            committed_idr=10_000_000,
        )
        for need in needs[::3]
    ]
    write(supports, by=by, reason="bench")
    StageChange.objects.bulk_create(
        StageChange(support=support, stage=Stage.DISBURSED, effective_on=TODAY - timedelta(days=60), by=by)
        for support in supports
    )
    Disbursement.objects.bulk_create(
        Disbursement(
            support=support,
            amount_idr=5_000_000,
            paid_on=TODAY - timedelta(days=30),
            file="bench.pdf",
            file_name="bench.pdf",
            media_type="application/pdf",
            sha256=f"{number:064}",
            size=1,
            recorded_by=by,
            verified_by=other,
            verified_at=f"{TODAY.isoformat()}T00:00:00+07:00",
        )
        for number, support in enumerate(supports)
    )
    return by


def statements_of(ask: Callable[[], object]) -> list[tuple[str, Any]]:
    from django.db import connection

    remembered: list[tuple[str, Any]] = []

    def remember(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:  # noqa: FBT001  as Django calls it
        remembered.append((sql, params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(remember):
        ask()
    return remembered


def asked_for(by: Any, budget: int) -> tuple[dict[str, Callable[[], object]], int]:
    """What is measured, the floor first, and how many outlets lack something."""
    from django.db import connection
    from django.test import Client

    from outlets.models import Outlet
    from partners.allocation import Order, allocate
    from partners.idle import read_idle, sort_out

    def read() -> Any:
        return sort_out(read_idle(Outlet.objects.visible_to(by), on=TODAY), unpromised=True)

    statements = statements_of(read)
    candidates = read().candidates(unpromised=True)
    client = Client(HTTP_HOST="127.0.0.1")
    client.force_login(by)
    address = f"/partners/allocate/?on={TODAY.isoformat()}&budget={budget}"

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
        "read idle outlets with gap and promises": read,
        "allocate, smallest first": lambda: allocate(candidates, budget, Order.SMALLEST),
        "allocate, longest idle first": lambda: allocate(candidates, budget, Order.LONGEST, 60_000_000),
        "the page": answer,
        "all rows as Excel": lambda: answer("&format=xlsx"),
    }, len(candidates)


def measure(count: int, rounds: int) -> list[str]:
    from django.db import connection

    by = fill(count)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    asked, lacking = asked_for(by, budget=count * 20_000_000)
    return compared(asked, f"{lacking:,} idle outlets that lack something", rounds)


def compared(asked: dict[str, Callable[[], object]], of_what: str, rounds: int) -> list[str]:
    """A table of what each costs beside FLOOR, which is among them."""
    # Once for nothing, so that what is kept between requests is kept.
    for one in asked.values():
        one()
    queries = {name: len(statements_of(one)) for name, one in asked.items()}
    seconds: dict[str, list[float]] = {name: [] for name in asked}
    for _number in range(rounds):
        for name, one in asked.items():
            start = used()
            for _time in range(AT_ONCE):
                one()
            seconds[name].append((used() - start) / AT_ONCE)
    lines = [
        f"{of_what}, median of {rounds} rounds; processor time of the program and of its database backend, ratios within a round.",
        "",
        "| what | processor ms | of the floor | queries |",
        "|---|---:|---:|---:|",
    ]
    for name, taken in seconds.items():
        share = statistics.median(one / floor for one, floor in zip(taken, seconds[FLOOR], strict=True))
        spent = 1000 * statistics.median(taken)
        lines.append(f"| {name} | {spent:.0f} | {share:.2f} | {queries[name]} |")
    return lines


def main() -> None:
    run(measure, str(__doc__), DEFAULT_DATABASE, (BEGIN, END))


def run(
    measured: Callable[[int, int], list[str]], description: str, database: str, marks: tuple[str, str]
) -> None:
    """Make a database, measure there, print, and put the figures between the marks of docs/performance.md."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--outlets", type=int, default=2_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--no-write", action="store_true", help="print only")
    options = parser.parse_args()
    url = os.environ.get("BENCH_DATABASE_URL", database)
    os.environ.update(
        DATABASE_URL=url,
        MODE="demo",
        SECRET_KEY=dev_env.new_key(),
        DATA_KEY=dev_env.new_data_key(),
        DJANGO_SETTINGS_MODULE="kkmp.settings",
    )
    make_database(url, STEPS)
    import django

    django.setup()
    with between_languages():
        lines = measured(options.outlets, options.rounds)
    print("\n".join(lines))
    if not options.no_write:
        between(*marks, lines)


if __name__ == "__main__":
    main()
