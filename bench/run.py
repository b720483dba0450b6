"""`make bench`: how fast pages are under gunicorn on PostgreSQL, as shares of what an empty signed-in page costs.

Makes a database of its own beside the one of BENCH_DATABASE_URL's server (its name must end in `_bench`, it is
dropped first), fills it with the sample data, serves, and asks each page in turn for several rounds. Shares are
taken within a round, so a machine that is busy for a while spoils no comparison. No gate: figures for people.
"""

import argparse
import os
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import psycopg

ROOT = Path(__file__).resolve().parent.parent
sys.path[0] = str(ROOT)

import dev  # noqa: E402  the project's root is no package
import dev_env  # noqa: E402
from bench.load import Case, Visitor, run  # noqa: E402
from bench.report import Line, Memory, cpu_seconds, rss, write  # noqa: E402

DEFAULT_DATABASE = "postgres://root@127.0.0.1:5432/kkmp_bench"
PASSWORD = "contoh-kkmp-2025"  # noqa: S105  published with the sample data
WORKERS, CONNECTIONS = 2, 4
# A cooperative of usual size.
SOME = "31.74.01.1001"
HELLO, NOOP = "hello world", "signed-in no-op"
COUNTED = {
    "cooperatives": "cooperatives_cooperative",
    "outlets": "outlets_outlet",
    "status changes": "outlets_statuschange",
    "members": "members_member",
    "savings entries": "members_savingsentry",
    "supports": "partners_support",
}


STEPS = (
    "migrate --no-input --verbosity 0",
    "createcachetable --verbosity 0",
    "seed_reference",
    "seed_demo",
)


def make_database(url: str, steps: Sequence[str] = STEPS) -> None:
    parts = urlsplit(url)
    name = parts.path.removeprefix("/")
    if not parts.scheme.startswith("postgres") or not name.endswith("_bench") or not name.isidentifier():
        sys.exit(
            "BENCH_DATABASE_URL must be of PostgreSQL, and the database's name end in _bench: it is dropped."
        )
    maintenance = parts._replace(scheme="postgresql", path="/postgres").geturl()
    with psycopg.connect(maintenance, autocommit=True) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{name}"')
        connection.execute(f'CREATE DATABASE "{name}"')
    dev.must(dev.django(*steps))
    with psycopg.connect(url.replace("postgres://", "postgresql://", 1), autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")


def counted(url: str) -> tuple[str, dict[str, int]]:
    with psycopg.connect(url.replace("postgres://", "postgresql://", 1)) as connection:
        rows = {
            name: int((connection.execute(f'SELECT count(*) FROM "{table}"').fetchone() or [0])[0])  # noqa: S608  names of ours
            for name, table in COUNTED.items()
        }
        server = connection.info.parameter_status("server_version") or "?"
    return f"PostgreSQL {server.split()[0]}", rows


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def served(port: int) -> Iterator[list[int]]:
    """Gunicorn with the real configuration; gives the ids of its workers."""
    command = dev.python("-m", "gunicorn", "bench.wsgi", "--workers", str(WORKERS), "--max-requests", "0")
    server = subprocess.Popen(  # noqa: S603  a command of ours
        [*command, "--log-level", "warning"], cwd=ROOT, env={**os.environ, "PORT": str(port)}
    )
    try:
        deadline = time.monotonic() + 30
        while True:
            try:
                if Visitor(port).ask("/healthz").status == 200:
                    break
            except OSError:
                if time.monotonic() > deadline or server.poll() is not None:
                    raise
                time.sleep(0.2)
        children = Path(f"/proc/{server.pid}/task/{server.pid}/children")
        yield [int(pid) for pid in children.read_text(encoding="utf-8").split()]
    finally:
        server.terminate()
        server.wait(timeout=30)


def cases(port: int) -> list[Case]:
    nobody, sudin, admin = Visitor(port), Visitor(port), Visitor(port)
    sudin.sign_in("sudin.satu", PASSWORD)
    admin.sign_in("admin", PASSWORD)
    sudin.ask("/")
    etag = sudin.ask("/").headers["ETag"]
    today = date.today()  # noqa: DTZ011  only questions for the page
    days = [(today - timedelta(days=number)).isoformat() for number in range(1, 400)]
    return [
        Case(HELLO, nobody, ("/bench/hello",)),
        Case(NOOP, sudin, ("/bench/noop",)),
        Case("empty page in our frame", sudin, ("/bench/frame",)),
        Case("dashboard", sudin, ("/",)),
        Case("dashboard, each time another question", sudin, tuple(f"/?since={day}" for day in days)),
        Case("dashboard, the same unchanged (304)", sudin, ("/",), 304, (("If-None-Match", etag),)),
        Case("the dashboard's SQL alone", sudin, ("/bench/sql",)),
        Case("list of cooperatives", sudin, ("/cooperatives/",)),
        Case("list of outlets", sudin, ("/outlets/",)),
        Case("list of needs", sudin, ("/outlets/needs/",)),
        Case("list of members", sudin, ("/members/",)),
        Case("list of partners", sudin, ("/partners/",)),
        Case("list of supports", sudin, ("/partners/supports/",)),
        Case("grid of reports", sudin, ("/reports/",)),
        Case("leader's sheet", sudin, ("/sheet/",)),
        Case("what the sheet says, no page", sudin, ("/bench/sheet",)),
        Case("leader's sheet as PDF", sudin, ("/sheet/?format=pdf",)),
        Case("register of 90 members as CSV", sudin, (f"/members/export/?format=csv&cooperative={SOME}",)),
        Case("stock admin list of members", admin, ("/admin/members/member/",)),
    ]


def measure(port: int, workers: list[int], *, rounds: int, seconds: float) -> tuple[list[Line], list[Memory]]:
    asked = cases(port)
    for case in asked:
        run(case, seconds=min(seconds, 0.5), threads=CONNECTIONS)
    single = {
        case.name: case.visitor.ask(case.paths[0], headers={**dict(case.headers), "X-Bench-Count": "1"})
        for case in asked
    }
    at_start = [rss(pid) for pid in workers]
    rates: dict[str, list[float]] = {case.name: [] for case in asked}
    costs: dict[str, list[float]] = {case.name: [] for case in asked}
    for number in range(rounds):
        # There and back, so that none always follows the same one.
        for case in asked if number % 2 == 0 else reversed(asked):
            before = sum(map(cpu_seconds, workers))
            answers, elapsed = run(case, seconds=seconds, threads=CONNECTIONS)
            rates[case.name].append(answers / elapsed)
            costs[case.name].append(1000 * (sum(map(cpu_seconds, workers)) - before) / answers)
        print(f"round {number + 1} of {rounds}", flush=True)

    def share(ones: list[float], floors: list[float]) -> float:
        return round(statistics.median(one / floor for one, floor in zip(ones, floors, strict=True)), 4)

    lines = [
        Line(
            name=case.name,
            per_second=round(statistics.median(rates[case.name]), 1),
            of_hello=share(rates[case.name], rates[HELLO]),
            of_noop=share(rates[case.name], rates[NOOP]),
            cpu_ms=round(statistics.median(costs[case.name]), 2),
            cpu_of_noop=share(costs[NOOP], costs[case.name]),
            queries=int(single[case.name].headers["X-Bench-Queries"]),
            kilobytes=round(len(single[case.name].body) / 1000, 1),
        )
        for case in asked
    ]
    return lines, [Memory(before, rss(pid)) for before, pid in zip(at_start, workers, strict=True)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--seconds", type=float, default=1.0, help="for each page and round")
    parser.add_argument("--no-write", action="store_true", help="print only")
    options = parser.parse_args()
    url = os.environ.get("BENCH_DATABASE_URL", DEFAULT_DATABASE)
    os.environ.update(
        DATABASE_URL=url,
        MODE="demo",
        SECRET_KEY=dev_env.new_key(),
        DATA_KEY=dev_env.new_data_key(),
        HOST="127.0.0.1",
        RELEASE="bench",
        DJANGO_SETTINGS_MODULE="kkmp.settings",
    )
    dev.assets([])
    make_database(url)
    database, rows = counted(url)
    with served(port := free_port()) as workers:
        lines, memory = measure(port, workers, rounds=options.rounds, seconds=options.seconds)
    names = ("a second", "of hello", "of no-op", "cpu ms", "no-op/it", "queries", "kB")
    print(f"\n{'page':<40}", "".join(f"{name:>9}" for name in names))
    for line in lines:
        figures = (
            f"{line.per_second:.0f}",
            f"{line.of_hello:.0%}",
            f"{line.of_noop:.0%}",
            f"{line.cpu_ms:.1f}",
            f"{line.cpu_of_noop:.0%}",
            f"{line.queries}",
            f"{line.kilobytes:.0f}",
        )
        print(f"{line.name:<40}", "".join(f"{figure:>9}" for figure in figures))
    print(
        "RSS of workers, first → last round:",
        ", ".join(f"{one.at_start} → {one.at_end} MB" for one in memory),
    )
    if not options.no_write:
        how = {
            "workers": WORKERS,
            "connections": CONNECTIONS,
            "rounds": options.rounds,
            "seconds": options.seconds,
        }
        print(write(lines, memory, database=database, rows=rows, how=how).relative_to(ROOT))


if __name__ == "__main__":
    main()
