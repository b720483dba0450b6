"""How log lines are made: JSON, with the request's id, without identity numbers."""

import re
from collections.abc import MutableMapping

import structlog

_SIXTEEN_DIGITS = re.compile(r"(?<!\d)(\d{4})\d{8}(\d{4})(?!\d)")


def scrub_national_ids(
    _logger: object, _name: str, event: MutableMapping[str, object]
) -> MutableMapping[str, object]:
    """Mask whatever looks like a NIK (16 digits) in any text of a log line."""
    for key, value in event.items():
        if isinstance(value, str):
            event[key] = _SIXTEEN_DIGITS.sub(r"\1••••••••\2", value)
    return event


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
