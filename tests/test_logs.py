import copy
import io
import json
import logging
import logging.config
from collections.abc import Callable
from typing import Any

import pytest
import structlog
from django.conf import settings

from kkmp.logs import mask_national_ids

# Made up: no region has this number.
DIGITS = "3174991705809001"
MASKED = "••••••••••••9001"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (DIGITS, MASKED),
        (f"nik={DIGITS}&x=1", f"nik={MASKED}&x=1"),
        ("3174 9917 0580 9001", MASKED),
        ("31.74.99.170580.9001", MASKED),
        ("317499-170580-9001", MASKED),
        ("317499/170580/9001", MASKED),
        ("/members/?q=317499%20170580%209001", f"/members/?q={MASKED}"),
        ("/members/?q=317499+170580+9001", f"/members/?q={MASKED}"),
        (f"({DIGITS}, {DIGITS})", f"({MASKED}, {MASKED})"),
        # What is no identity number is left alone.
        ("31749917058090012", "31749917058090012"),
        ("317499170580900", "317499170580900"),
        ("2026-03-16 12:00:00.123456", "2026-03-16 12:00:00.123456"),
        ("Rp 1.250.000", "Rp 1.250.000"),
        ("", ""),
    ],
)
def test_whatever_may_be_an_identity_number_is_masked(text: str, shown: str) -> None:
    assert mask_national_ids(text) == shown


class Opaque:
    """Something that only its repr tells about."""

    def __repr__(self) -> str:
        return f"<Opaque {DIGITS}>"


def fails() -> None:
    raise ValueError(f"Tidak ditemukan: {DIGITS}", {"nik": [DIGITS, int(DIGITS)]})


def log_exception(logger: logging.Logger) -> None:
    try:
        fails()
    except ValueError:
        logger.exception("Gagal untuk %s", DIGITS)


LINES: list[Callable[[logging.Logger], None]] = [
    lambda logger: logger.info("Dicari %s", DIGITS),
    lambda logger: logger.info("Dicari %(nik)s", {"nik": int(DIGITS)}),
    lambda logger: logger.info({"nik": [DIGITS, {"dalam": (int(DIGITS), Opaque())}]}),
    lambda logger: logger.warning("%r %s", Opaque(), ValueError(DIGITS)),
    lambda logger: logger.info("Dicari", extra={"nik": DIGITS}),
    log_exception,
]


def logger_into(out: io.StringIO, formatter: str) -> logging.Logger:
    """One that writes as the settings say, known to nobody else."""
    made = logging.config.DictConfigurator(copy.deepcopy(settings.LOGGING))
    handler = logging.StreamHandler(out)
    handler.setFormatter(made.configure_formatter(made.config["formatters"][formatter]))
    logger = logging.Logger("test")  # noqa: LOG001
    logger.addHandler(handler)
    return logger


@pytest.mark.parametrize("formatter", ["json", "plain"])
@pytest.mark.parametrize("write", LINES)
def test_no_line_bears_a_number(formatter: str, write: Callable[[logging.Logger], None]) -> None:
    """As the settings make the formatters, of the demo and of production."""
    out = io.StringIO()
    write(logger_into(out, formatter))
    assert DIGITS not in out.getvalue()
    assert DIGITS[:12] not in out.getvalue()
    if formatter == "json":
        json.loads(out.getvalue())


def test_bound_values_are_masked_however_deep() -> None:
    out = io.StringIO()
    deep: Any = {"baris": [{"nik": int(DIGITS)}, (DIGITS,), {DIGITS}], DIGITS: None, "angka": 12, "ada": True}
    with structlog.contextvars.bound_contextvars(isi=deep):
        logger_into(out, "json").info("Impor")
    line = json.loads(out.getvalue())
    assert line["isi"] == {
        "baris": [{"nik": MASKED}, [MASKED], [MASKED]],
        MASKED: None,
        "angka": 12,
        "ada": True,
    }
