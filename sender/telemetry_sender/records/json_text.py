"""Values of attributes and bodies as JSON: compact, their members in the order of the wire."""

import json
import math
from base64 import b64encode
from collections.abc import Callable, Mapping
from json.encoder import encode_basestring
from typing import Any

from telemetry_sender.events.model import Value


def json_text(value: Value) -> str:
    """Return a value as JSON: bytes in base64, and null for a double that is no number."""
    write = _WRITERS.get(type(value), _nested)
    return write(value)


def member(name: str, value: Value) -> str:
    """Return a member of an object, under a name without quotes in it, with a comma behind it."""
    return f'"{name}":{json_text(value)},'


def _object(members: Mapping[str, Value]) -> str:
    """Return an object, the members of which are plain as a rule: an encoder takes long to set up.

    What is nested deeper is left to it, as it can be nested as deep as what it was read from.
    """
    texts = [
        f"{encode_basestring(name)}:{_PLAIN.get(type(value), _nested)(value)}"
        for name, value in members.items()
    ]
    return f"{{{','.join(texts)}}}"


def _nested(value: Value) -> str:
    try:
        return _encoded(value)
    except ValueError:
        return _encoded(finite(value))


def _default(value: Any) -> Any:
    """Return what to write of a value that JSON does not have."""
    return b64encode(value).decode() if isinstance(value, bytes) else dict(value)


_encoded = json.JSONEncoder(
    ensure_ascii=False, allow_nan=False, separators=(",", ":"), default=_default
).encode


def finite(value: Value) -> Value:
    """Return a value with None for all within it that is no number."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {key: finite(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [finite(each) for each in value]
    return value


_PLAIN: Mapping[type, Callable[[Any], str]] = {
    str: encode_basestring,
    int: str,
    bool: {True: "true", False: "false"}.__getitem__,
    float: lambda value: repr(value) if math.isfinite(value) else "null",
    type(None): lambda _: "null",
}
_WRITERS: Mapping[type, Callable[[Any], str]] = {**_PLAIN, dict: _object}
