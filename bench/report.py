"""Figures of a run as JSON with versions, and as the table in docs/performance.md."""

import json
import os
import platform
import subprocess
from dataclasses import asdict, dataclass
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "performance.md"
BEGIN, END = "<!-- table of make bench -->", "<!-- end of the table -->"
PACKAGES = (
    "django",
    "psycopg",
    "gunicorn",
    "django-allauth",
    "django-simple-history",
    "django-csp",
    "whitenoise",
)


@dataclass(frozen=True)
class Line:
    """Medians over the rounds; ratios are of the same round each. `cpu` is of the workers, without the database."""

    name: str
    per_second: float
    of_hello: float
    of_noop: float
    cpu_ms: float
    cpu_of_noop: float
    queries: int
    kilobytes: float


@dataclass(frozen=True)
class Memory:
    """Megabytes of one worker, resident; shared pages count in each."""

    at_start: float
    at_end: float


def cpu_seconds(pid: int) -> float:
    """Processor time of a process until now, in the kernel too."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def rss(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    return round(int(status.partition("VmRSS:")[2].split()[0]) / 1024, 1)


def write(
    lines: list[Line], memory: list[Memory], *, database: str, rows: dict[str, int], how: dict[str, Any]
) -> Path:
    """Write bench/results/<day>.json and the table; the file of an earlier run of the day is replaced."""
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"],  # noqa: S607  whichever git
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    result = {
        "on": date.today().isoformat(),  # noqa: DTZ011  the day of who measures
        "commit": commit.stdout.strip(),
        "python": platform.python_version(),
        "database": database,
        "packages": {name: version(name) for name in PACKAGES},
        "cores": os.cpu_count(),
        "how": how,
        "rows": rows,
        "cases": [asdict(line) for line in lines],
        "memory_mb": [asdict(one) for one in memory],
    }
    target = ROOT / "bench" / "results" / f"{result['on']}.json"
    target.parent.mkdir(exist_ok=True)
    target.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
    if PAGE.exists():
        between(BEGIN, END, [table(result)])
    return target


def between(begin: str, end: str, lines: list[str]) -> None:
    """Put lines of figures between two marks of docs/performance.md."""
    before, _begin, rest = PAGE.read_text(encoding="utf-8").partition(begin)
    after = rest.partition(end)[2]
    text = "\n".join(lines)
    PAGE.write_text(f"{before}{begin}\n{text}\n{end}{after}", encoding="utf-8")


def table(result: dict[str, Any]) -> str:
    """The figures in Markdown."""
    rows = ", ".join(f"{count:,} {name}" for name, count in result["rows"].items())
    how = result["how"]
    setting = (
        f"Measured {result['on']}: Python {result['python']}, Django {result['packages']['django']}, "
        f"{result['database']}, {result['cores']} cores, {how['workers']} workers, "
        f"{how['connections']} connections, median of {how['rounds']} rounds; {rows}."
    )
    head = [
        setting,
        "",
        "| page | a second | of hello world | of the no-op | processor ms | no-op's ms of it | queries | kB |",
        "|---|---:|---:|---:|---:|---:|---:|---:|",
    ]
    lines = [
        f"| {case['name']} | {case['per_second']:.0f} | {case['of_hello']:.0%} | {case['of_noop']:.0%} "
        f"| {case['cpu_ms']:.1f} | {case['cpu_of_noop']:.0%} | {case['queries']} | {case['kilobytes']:.0f} |"
        for case in result["cases"]
    ]
    memory = ", ".join(f"{one['at_start']:.0f} → {one['at_end']:.0f} MB" for one in result["memory_mb"])
    return "\n".join([*head, *lines, "", f"Resident memory of the workers, first → last round: {memory}."])
