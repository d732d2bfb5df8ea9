"""Attributes and bodies as JSON text: compact, keys in the order of the wire."""

import base64
import json
import math
from collections.abc import Mapping, Sequence
from typing import Any

from telemetry_sender.events.model import Value

_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def json_text(value: Value) -> str:
    """Return a value as JSON: bytes in base64, and null for a double that is no number."""
    try:
        return _ENCODER.encode(value)
    except (TypeError, ValueError):
        return _ENCODER.encode(_plain(value))


def plain_text(value: Value) -> str | None:
    """Return text as it is, and anything else as JSON; None stays."""
    return value if value is None or isinstance(value, str) else json_text(value)


def _plain(value: Value) -> Any:
    """Return what JSON has for a value."""
    if isinstance(value, str):
        return value
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, Sequence):
        return [_plain(item) for item in value]
    return value
