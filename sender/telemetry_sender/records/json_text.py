"""Values of attributes and bodies as JSON: compact, their members in the order of the wire."""

import json
import math
from base64 import b64encode
from collections.abc import Mapping
from typing import Any

from telemetry_sender.events.model import Value


def json_text(value: Value) -> str:
    """Return a value as JSON: bytes in base64, and null for a double that is no number."""
    if type(value) is int:
        return str(value)
    try:
        return _encoded(value)
    except ValueError:
        return _encoded(_finite(value))


def _default(value: Any) -> Any:
    """Return what to write of a value that JSON does not have."""
    return b64encode(value).decode() if isinstance(value, bytes) else dict(value)


_encoded = json.JSONEncoder(
    ensure_ascii=False, allow_nan=False, separators=(",", ":"), default=_default
).encode


def _finite(value: Value) -> Value:
    """Return a value with None for all within it that is no number."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {key: _finite(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(each) for each in value]
    return value
