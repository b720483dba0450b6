"""A program of its own: a workbook on standard input, its cells as lines of JSON on standard output.

kkmp.tabular.reading runs it under limits of memory and time. Two cells in opposite corners of a sheet make the reader ask
for hundreds of gigabytes, and an allocation that fails ends its process: that must not be a web worker.
"""

import io
import json
import resource
import sys
from datetime import date, datetime
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook, PasswordError, SheetTypeEnum, SheetVisibleEnum

MOST_MEMORY = 512 << 20
MOST_SECONDS = 20
MOST_COLUMNS = 200
MOST_TEXT = 20_000_000

LOCKED, UNREADABLE, TOO_LARGE, TOO_LONG = 3, 4, 5, 6


def as_json(cell: Any) -> Any:
    """Days become a list of one text, so that the other side can tell them from text."""
    if isinstance(cell, datetime | date):
        return [cell.isoformat()]
    return cell if isinstance(cell, str | float | int | bool) else str(cell)


def copy(source: bytes, most_rows: int) -> int:
    """Print each visible sheet as one line; returns the exit status."""
    workbook = CalamineWorkbook.from_filelike(io.BytesIO(source))
    budget = MOST_TEXT
    for index, sheet in enumerate(workbook.sheets_metadata):
        if sheet.visible != SheetVisibleEnum.Visible or sheet.typ != SheetTypeEnum.WorkSheet:
            continue
        cells = workbook.get_sheet_by_index(index)
        if cells.end is None:
            continue
        if cells.end[0] >= most_rows:
            return TOO_LONG
        rows = cells.to_python(skip_empty_area=False)
        line = json.dumps([sheet.name, [[as_json(cell) for cell in row[:MOST_COLUMNS]] for row in rows]])
        budget -= len(line)
        if budget < 0:
            return TOO_LARGE
        sys.stdout.write(f"{line}\n")
    return 0


def main() -> int:
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (MOST_SECONDS, MOST_SECONDS))
    try:
        return copy(sys.stdin.buffer.read(), int(sys.argv[1]))
    except PasswordError:
        return LOCKED
    except CalamineError:
        return UNREADABLE
    except MemoryError:
        return TOO_LARGE


if __name__ == "__main__":
    sys.exit(main())
