"""How log lines are made: JSON, with the request's id, without identity numbers."""

import logging
import re
from collections.abc import Mapping, MutableMapping
from typing import Any

import structlog

# A line that cannot be written would be told on the terminal with its arguments, past every mask.
logging.raiseExceptions = False

# What people and addresses put between groups of digits.
_GAP = r"(?:%20|%27|%2F|[ .\-/'+])?"
_SIXTEEN_DIGITS = re.compile(rf"(?<![0-9])[0-9](?:{_GAP}[0-9]){{11}}(?P<last>(?:{_GAP}[0-9]){{4}})(?![0-9])")
_HIDDEN = "•" * 12


def mask_national_ids(text: str) -> str:
    """All but the last four of any sixteen digits, with or without separators: whatever may be a NIK."""
    return _SIXTEEN_DIGITS.sub(lambda found: _HIDDEN + re.sub(r"%..|[^0-9]", "", found["last"]), text)


def _masked(value: Any) -> Any:
    """The same value with texts masked, however deep they lie; what is no plain value is told as masked text."""
    match value:
        case None | bool() | float():
            return value
        case str():
            return mask_national_ids(value)
        case int():
            text = str(value)
            masked = mask_national_ids(text)
            return value if masked == text else masked
        case Mapping():
            return {_masked(key): _masked(one) for key, one in value.items()}
        case list() | tuple() | set() | frozenset():
            return [_masked(one) for one in value]
    return mask_national_ids(repr(value))


def scrub_national_ids(
    _logger: object, _name: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """Mask whatever looks like a NIK (16 digits) anywhere in a log line."""
    return {key: value if key.startswith("_") else _masked(value) for key, value in event.items()}


class MaskedFormatter(logging.Formatter):
    """Lines of text; masked as a whole, so that arguments and tracebacks are too."""

    def format(self, record: logging.LogRecord) -> str:
        return mask_national_ids(super().format(record))


class MaskedJsonFormatter(structlog.stdlib.ProcessorFormatter):
    """Lines of JSON; masked once more as a whole, should a processor have added a text late."""

    def format(self, record: logging.LogRecord) -> str:
        return mask_national_ids(super().format(record))


SHARED_PROCESSORS = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]
JSON_PROCESSORS = [
    structlog.stdlib.ProcessorFormatter.remove_processors_meta,
    structlog.processors.format_exc_info,
    scrub_national_ids,
    structlog.processors.JSONRenderer(),
]
