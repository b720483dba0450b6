"""`python -m bench.imports`: an import of members, preview and confirm, beside the least that such an import could cost.

The floor, in the same process and round: read the file, check every cell, one bare `bulk_create`. No gate: figures for
people. With `import_export` on the path (not a dependency; `--beside` says where) it is measured for the record.
"""

import argparse
import gc
import io
import os
import statistics
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from importlib import import_module
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

import dev_env  # noqa: E402  the project's root is no package
from bench.report import between, cpu_seconds, rss  # noqa: E402
from bench.run import make_database  # noqa: E402

DEFAULT_DATABASE = "postgres://root@127.0.0.1:5432/kkmp_imports_bench"
STEPS = ("migrate --no-input --verbosity 0", "createcachetable --verbosity 0", "seed_reference")
BEGIN, END = "<!-- figures of bench.imports -->", "<!-- end of the figures -->"
# What the library is given of the rows, as it comes and with `use_bulk`: all would take it many minutes.
FEW, FEW_AT_ONCE = 500, 2_000


def workbook(count: int) -> bytes:
    """A register as an officer has it: numbers, identity numbers of no region, days, words."""
    from kkmp.tabular.writing import Heading, write_xlsx

    titles = (
        *("No. Anggota", "No KTP", "Nama Lengkap", "L/P", "Tgl Lahir", "No HP", "Alamat"),
        *("RT", "RW", "Domisili", "Tgl Masuk"),
    )
    first = date(1960, 1, 1)

    def rows() -> Iterator[list[Any]]:
        for number in range(count):
            born_on, is_woman = first + timedelta(days=number % 16_000), number % 2 == 0
            # A day and a gender come again after 16,000 rows, with another serial.
            digits = f"317499{born_on.day + 40 * is_woman:02}{born_on:%m%y}{9000 + number // 16_000}"
            yield [
                *(f"{number + 1:05}", digits, f"Anggota Contoh {number}", "P" if is_woman else "L"),
                *(born_on, f"0800-0000-{number % 10_000:04}", f"Jl. Contoh No. {number % 90} (contoh)"),
                *(f"{number % 14 + 1:03}", f"{number % 11 + 1:03}", "Di kelurahan ini", date(2025, 8, 1)),
            ]

    headings = [Heading(title, is_text=not title.startswith("Tgl")) for title in titles]
    return write_xlsx(headings, rows(), sheet="Anggota")


def used() -> float:
    """Processor seconds of this process, of its children that ended, and of its backend where that runs here.

    A busy machine stretches the clock on the wall several times over, and unevenly; this it hardly changes.
    """
    from django.db import connection

    connection.ensure_connection()
    own = os.times()
    seconds = own.user + own.system + own.children_user + own.children_system
    if connection.settings_dict["HOST"] in {"", "localhost", "127.0.0.1"}:
        seconds += cpu_seconds(connection.connection.info.backend_pid)
    return seconds


class Stopwatch:
    """Processor seconds by name; a part within a part counts in both."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = defaultdict(float)

    @contextmanager
    def running(self, name: str) -> Iterator[None]:
        start = used()
        try:
            yield
        finally:
            self.seconds[name] += used() - start

    def around(self, owner: Any, name: str, called: str) -> Callable[[], None]:
        """Time a function of a module or class from now on; the answer puts it back."""
        plain = getattr(owner, name)

        def timed(*args: Any, **kwargs: Any) -> Any:
            with self.running(called):
                return plain(*args, **kwargs)

        setattr(owner, name, timed)
        return lambda: setattr(owner, name, plain)


@contextmanager
def parts_of_an_import(watch: Stopwatch) -> Iterator[None]:
    from kkmp.imports import services, staging
    from members.imports import members as imports

    undo = [
        watch.around(services, "read_grid", "read the file"),
        watch.around(staging, "create_rows", "write staged rows"),
        watch.around(staging, "update_rows", "write results into staged rows"),
        watch.around(imports.MemberImporter, "check", "check and match, twice"),
        watch.around(imports.MemberImporter, "write", "seal numbers, write members and their history"),
    ]
    try:
        yield
    finally:
        for back in undo:
            back()


def floor(content: bytes, cooperative: Any, watch: Stopwatch) -> None:
    """Read, validate, one bare bulk_create; taken back."""
    from django.db import transaction
    from django.utils import timezone

    from kkmp.imports import staging
    from kkmp.imports.importer import GivenRow
    from kkmp.tabular.reading import read_grid
    from members.imports.member_columns import COLUMNS
    from members.imports.member_rows import ReadRow
    from members.models import Member

    with watch.running("floor: read"):
        grid = read_grid(io.BytesIO(content), COLUMNS, max_bytes=10_000_000, max_rows=20_000)
        texts = staging.texts_of(grid, COLUMNS)
    with watch.running("floor: validate"):
        keys = {letter: key for key, letter in grid.letters.items()}
        today = timezone.localdate()
        rows = [
            ReadRow(GivenRow(number, {keys[at]: text for at, text in cells.items() if at in keys}), today)
            for number, cells in texts.items()
        ]
        members = [Member(cooperative=cooperative, is_taken_over=True, **row.values) for row in rows]
    # Without history, on purpose; taken back at once.
    register = Member.objects.all()
    with transaction.atomic():
        with watch.running("floor: bulk_create"):
            register.bulk_create(members)
        transaction.set_rollback(True)


def whole_import(content: bytes, cooperative: Any, by: Any, watch: Stopwatch) -> dict[str, int]:
    from kkmp.imports.services import confirm, preview

    with parts_of_an_import(watch):
        with watch.running("preview"):
            batch = preview(
                kind="members",
                file=io.BytesIO(content),
                file_name="anggota.xlsx",
                by=by,
                cooperative=cooperative,
            )
        with watch.running("confirm"):
            batch = confirm(batch=batch, by=by)
    return dict(batch.counts)


def again(content: bytes, cooperative: Any, by: Any, watch: Stopwatch) -> dict[str, int]:
    """The same file once more: what it would change, and how many rows of the register it wrote."""
    from django.core.exceptions import ValidationError
    from django.db import connection

    from kkmp.imports.services import confirm, preview

    before = written(connection)
    with watch.running("the same file again"):
        batch = preview(
            kind="members",
            file=io.BytesIO(content),
            file_name="anggota.xlsx",
            by=by,
            cooperative=cooperative,
        )
        try:
            confirm(batch=batch, by=by)
        except ValidationError:
            pass
        else:
            raise RuntimeError("An unchanged file found something to write.")
    return {**batch.counts, "members or history written": written(connection) - before}


def written(connection: Any) -> int:
    """Rows that were ever inserted, updated or deleted in the register and its history, as the server counts."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_stat_force_next_flush()" if connection.pg_version >= 150_000 else "SELECT 1"
        )
        cursor.execute(
            "SELECT COALESCE(SUM(n_tup_ins + n_tup_upd + n_tup_del), 0) FROM pg_stat_user_tables "
            "WHERE relname IN ('members_member', 'members_historicalmember')"
        )
        return int(cursor.fetchone()[0])


def library(content: bytes, cooperative: Any, *, count: int, use_bulk: bool) -> float | None:
    """Processor seconds of django-import-export for the first rows, without history or encryption; None where it is not there."""
    try:
        tablib, resources = import_module("tablib"), import_module("import_export.resources")
    except ImportError:
        return None
    from django.db import transaction

    from kkmp.tabular.reading import read_grid
    from members.imports.member_columns import COLUMNS
    from members.models import Member

    grid = read_grid(io.BytesIO(content), COLUMNS, max_bytes=10_000_000, max_rows=20_000)
    fields = ("number", "full_name", "birth_date", "phone", "address", "rt", "rw", "joined_on")
    data = tablib.Dataset(headers=[*fields, "cooperative", "is_taken_over"])
    for row in grid.rows[:count]:
        cells = [row.cells.get(grid.letters[key], "") for key in fields]
        data.append(
            [
                *(cell.isoformat() if isinstance(cell, date) else cell for cell in cells),
                cooperative.pk,
                "1",
            ]
        )

    options = {"fields": data.headers, "import_id_fields": ("cooperative", "number"), "use_bulk": use_bulk}
    resource = resources.modelresource_factory(Member, meta_options=options)
    start = used()
    with transaction.atomic():
        # As its admin does: once to show what would happen, once to write.
        for dry_run in (True, False):
            result = resource().import_data(data, dry_run=dry_run, raise_errors=True)
            if result.totals["new"] != count:
                raise RuntimeError(f"The library found {result.totals}.")
        transaction.set_rollback(True)
    return used() - start


def peak() -> float:
    """The most memory that this process held since the last reset, in MB."""
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    return round(int(status.partition("VmHWM:")[2].split()[0]) / 1024, 1)


def reset_peak() -> None:
    Path("/proc/self/clear_refs").write_text("5", encoding="utf-8")


def measure(rows: int, rounds: int) -> list[str]:
    from cooperatives.models import Cooperative
    from kkmp.accounts.models import Role, User

    content = workbook(rows)
    by = User.objects.create(username="bench", full_name="Bench", role=Role.SUDIN)
    cooperatives = list(Cooperative.objects.order_by("pk")[: rounds + 1])
    # Once for nothing: modules, prepared connections, spellings.
    floor(content, cooperatives[-1], Stopwatch())
    watches, memory, counts = [], [], []
    for cooperative in cooperatives[:rounds]:
        watch = Stopwatch()
        gc.collect()
        floor(content, cooperative, watch)
        gc.collect()
        before = rss(os.getpid())
        reset_peak()
        told = whole_import(content, cooperative, by, watch)
        memory.append((before, peak()))
        counts.append((told, again(content, cooperative, by, watch)))
        watches.append(watch.seconds)
        print(f"round {len(watches)} of {rounds}: {told}, then {counts[-1][1]}", flush=True)

    def median(of: Callable[[dict[str, float]], float]) -> float:
        return statistics.median(of(one) for one in watches)

    def least(one: dict[str, float]) -> float:
        return sum(seconds for name, seconds in one.items() if name.startswith("floor: "))

    lines = [
        f"{rows:,} rows, {len(content) / 1e6:.1f} MB of XLSX, median of {rounds} rounds; processor time of the program and of its database backend, ratios within a round.",
        "",
        "| what | processor seconds | of the floor |",
        "|---|---:|---:|",
        f"| **floor**: read, validate, one bare `bulk_create` | {median(least):.1f} | 1.00 |",
    ]
    names = [name for name in watches[0] if name.startswith("floor: ")]
    shown = [*names, "preview", "confirm"]
    shown += [name for name in watches[0] if name not in {*shown, "the same file again"}]
    for name in [*shown, "the same file again"]:
        indent = "" if name in {"preview", "confirm", "the same file again"} else "· "
        seconds = statistics.median(one[name] for one in watches)
        share = statistics.median(one[name] / least(one) for one in watches)
        lines.append(f"| {indent}{name.removeprefix('floor: ')} | {seconds:.1f} | {share:.2f} |")
    both = median(lambda one: (one["preview"] + one["confirm"]) / least(one))
    lines.insert(
        5,
        f"| **preview + confirm**, with history and encryption | {median(lambda one: one['preview'] + one['confirm']):.1f} | **{both:.2f}** |",
    )
    for use_bulk, name in ((False, "as it comes"), (True, "with `use_bulk`")):
        count = min(FEW_AT_ONCE if use_bulk else FEW, rows)
        taken = library(content, cooperatives[-1], count=count, use_bulk=use_bulk)
        if taken is not None:
            whole = taken * rows / count
            of = f"{whole:.0f}" + ("" if count == rows else f" (from {count:,} rows)")
            lines.append(
                f"| django-import-export {name}, dry run and write, no history, no encryption | {of} | {whole / median(least):.1f} |"
            )
    grown = ", ".join(f"{before:.0f} → {most:.0f} MB" for before, most in memory)
    unchanged = counts[0][1]["members or history written"]
    lines += [
        "",
        f"Memory of the process, before → at its peak: {grown}. The same file again: {unchanged} rows of members or history written.",
    ]
    return lines


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--beside", help="a site-packages that holds django-import-export")
    parser.add_argument("--no-write", action="store_true", help="print only")
    options = parser.parse_args()
    url = os.environ.get("BENCH_DATABASE_URL", DEFAULT_DATABASE)
    os.environ.update(
        DATABASE_URL=url,
        MODE="demo",
        SECRET_KEY=dev_env.new_key(),
        DATA_KEY=dev_env.new_data_key(),
        DJANGO_SETTINGS_MODULE="kkmp.settings",
    )
    make_database(url, STEPS)
    if options.beside:
        sys.path.append(options.beside)
    import django

    django.setup()
    with between_languages():
        lines = measure(options.rows, options.rounds)
    print("\n".join(lines))
    if not options.no_write:
        between(BEGIN, END, lines)


@contextmanager
def between_languages() -> Iterator[None]:
    from django.utils import translation

    with translation.override("id"):
        yield


if __name__ == "__main__":
    main()
