"""Identity numbers in staged rows: sealed beside the row, masked in everything that is shown, logged or sent back.

A row keeps one token for all its cells that hold such a number, bound to the batch and the row.
"""

import json
import re
from collections.abc import Mapping

from django.db import transaction

from kkmp import crypto
from kkmp.imports.models import ImportRow

PURPOSE = "staged national id"
HIDDEN = "•"
LAST = 4
# Under this many digits a cell of an identity column is a dash, a word or a slip, and no number.
FEWEST_DIGITS = 7
ROWS_AT_ONCE = 1_000
# 16 digits, whatever stands between them; family cards have as many.
_NUMBER = re.compile(r"(?<![0-9])[0-9](?:[\s.\-/']?[0-9]){15}(?![0-9])")
# What Excel makes of 16 digits in a cell of numbers.
_ROUNDED = re.compile(r"[0-9][.,][0-9]{5,}[eE]\+?1[5-9]")
_DIGIT = re.compile(r"[0-9]")


def is_rounded(text: str) -> bool:
    """Whether Excel kept this number as 3,17401E+15 and so lost its last digits."""
    return bool(re.fullmatch(r"[0-9](?:[.,][0-9]+)?[eE]\+?1[0-9]", text.strip()))


def is_whole_number(text: str) -> bool:
    """Whether the cell is 16 digits and nothing else."""
    return bool(_NUMBER.fullmatch(text.strip().lstrip("'")))


def is_masked(text: str) -> bool:
    return HIDDEN * 3 in text


def must_be_sealed(text: str, *, is_national_id: bool) -> bool:
    """Whether a cell holds an identity number, or something that was meant as one."""
    if is_national_id:
        return len(_DIGIT.findall(text)) >= FEWEST_DIGITS
    return len(text) >= FEWEST_DIGITS and bool(_NUMBER.search(text) or _ROUNDED.search(text))


def hide(text: str) -> str:
    """The text with every identity number in it masked: “NIK ••••••••••••0012”."""
    if len(text) < FEWEST_DIGITS:
        return text
    return _ROUNDED.sub(lambda found: f"{HIDDEN * 8}{found[0][-4:]}", _NUMBER.sub(_masked, text))


def hide_cell(text: str) -> str:
    """A cell that is all number: also the ones with too few or too many digits are masked but for the last four."""
    if not is_masked(text) and is_rounded(text):
        return f"{HIDDEN * 8}{text.strip()[-4:]}"
    hidden = hide(text)
    if hidden != text or is_masked(text):
        return hidden
    digits = len(_DIGIT.findall(text))
    if digits < FEWEST_DIGITS:
        return text
    left = iter(range(digits))
    return _DIGIT.sub(lambda found: HIDDEN if next(left) < digits - LAST else found[0], text)


def _masked(found: re.Match[str]) -> str:
    digits = "".join(_DIGIT.findall(found[0]))
    return f"{HIDDEN * (len(digits) - LAST)}{digits[-LAST:]}"


def seal(cells: Mapping[str, str], *, batch: int, row: int) -> bytes:
    """Cells by letter as one token of that row."""
    return crypto.encrypt(json.dumps(cells).encode(), purpose=PURPOSE, aad=_place(batch, row))


def opened(row: ImportRow) -> dict[str, str]:
    """The sealed cells of a row in clear. Raises UndecipherableError."""
    if row.sealed is None:
        return {}
    token = bytes(row.sealed)
    cells: dict[str, str] = json.loads(
        crypto.decrypt(token, purpose=PURPOSE, aad=_place(row.batch_id, row.number))
    )
    return cells


def renew_seals() -> int:
    """Seal under the current key what bears another one; resumable, since each thousand is kept. Returns how many."""
    renewed = 0
    last = 0
    while rows := list(
        ImportRow.objects.filter(sealed__isnull=False, pk__gt=last).order_by("pk")[:ROWS_AT_ONCE]
    ):
        last = rows[-1].pk
        outdated = [row for row in rows if row.sealed and crypto.needs_rotation(bytes(row.sealed))]
        for row in outdated:
            row.sealed = seal(opened(row), batch=row.batch_id, row=row.number)
        with transaction.atomic():
            renewed += ImportRow.objects.bulk_update(outdated, ["sealed"])
    return renewed


def _place(batch: int, row: int) -> bytes:
    return f"imports.ImportRow {batch} {row}".encode()
