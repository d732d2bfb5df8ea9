"""Attributes and bodies as plain text, for cells and fields that hold nothing else."""

import math
from base64 import b64encode

from telemetry_sender.events.model import Value
from telemetry_sender.records.json_text import json_text


def value_text(value: Value) -> str | None:
    """Return text as it is, bytes in base64, and any other value as JSON.

    None for what is nothing: no value, and a double that is no number.
    """
    if isinstance(value, str):
        return value
    if isinstance(value, bytes):
        return b64encode(value).decode()
    is_nothing = value is None or (isinstance(value, float) and not math.isfinite(value))
    return None if is_nothing else json_text(value)
