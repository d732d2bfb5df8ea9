"""What log records and events say in the words of other schemas."""

import re
from collections.abc import Mapping

from telemetry_sender.events.model import Log
from telemetry_sender.events.names import level_of as otlp_level
from telemetry_sender.records.value_text import value_text

_WORD = re.compile(r"[^\W_]+")
_TEXT_NUMBERS: Mapping[str, int] = {
    "TRACE": 1,
    "DEBUG": 5,
    "INFO": 9,
    "INFORMATION": 9,
    "WARN": 13,
    "WARNING": 13,
    "ERROR": 17,
    "CRITICAL": 21,
    "FATAL": 21,
}
"""The least severity number of each name that is in common use."""
_OTHER_LEVELS = {"TRACE": "DEBUG", "FATAL": "CRITICAL"}


def level_of(log: Log) -> str | None:
    """Return `DEBUG`, `INFO`, `WARN`, `ERROR` or `CRITICAL`; None where the record does not say.

    The number decides, and the name where there is none.
    """
    level = otlp_level(log.severity_number or _named_severity(log.severity_text))
    return _OTHER_LEVELS.get(level, level) if level else None


def message_of(log: Log) -> str | None:
    """Return the body as text: of a structured one its `message`, or else all of it as JSON."""
    body = log.body
    if isinstance(body, Mapping) and isinstance(body.get("message"), str):
        body = body["message"]
    return value_text(body)


def is_deployment(log: Log) -> bool:
    """Tell whether an event is a deployment, by a word of its name."""
    return "deployment" in _WORD.findall(log.event_name.lower())


def _named_severity(text: str) -> int:
    """Return the least severity number of a name; 0 for one that is not common."""
    return _TEXT_NUMBERS.get(text.strip().upper(), 0)
