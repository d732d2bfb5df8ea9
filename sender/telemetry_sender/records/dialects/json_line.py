"""Writes a record as a line with a JSON object, member by member."""

import json
import math
from base64 import b64encode
from collections.abc import Mapping
from typing import Any

from telemetry_sender.events.model import Spot, Value
from telemetry_sender.records.forms import Form
from telemetry_sender.records.writer import RecordWriter


def json_text(value: Value) -> str:
    """Return a value as JSON: bytes in base64, and null for what is no number."""
    try:
        return _encoded(value)
    except ValueError:
        return _encoded(_finite(value))


class JsonLine:
    """One object on a line of its own; its members come in the order of the calls."""

    def __init__(self, out: RecordWriter) -> None:
        """Begin the object in the record that `out` is at."""
        self._out = out
        self._before = "{"

    def put(self, name: str, value: Value) -> None:
        """Add a member that is the same in every pass."""
        self._out.put(f'{self._before}"{name}":{json_text(value)}'.encode())
        self._before = ","

    def put_time(self, name: str, spot: Spot | None, form: Form) -> None:
        """Add a time as a string in this form; null where it is unknown."""
        if spot is None:
            self.put(name, None)
        else:
            self._put_quoted(name, spot, form)

    def put_number(self, name: str, spot: Spot, form: Form) -> None:
        """Add a value that changes as a number in this form."""
        self._name(name)
        self._out.put_spot(spot, form)

    def put_id(self, name: str, spot: Spot | None, form: Form) -> None:
        """Add an id in hexadecimal digits; null where there is none of this form, or only zeros."""
        if spot is None or not _is_id(spot, form):
            self.put(name, None)
        else:
            self._put_quoted(name, spot, form)

    def put_counter(self, name: str, form: Form) -> None:
        """Add the number of the event."""
        self._name(name)
        self._out.put_counter(form)

    def open(self, name: str) -> None:
        """Begin an object within this one; what is added next is its members."""
        self._name(name)
        self._before = "{"

    def close(self) -> None:
        """End the object within this one, which must not be empty."""
        self._out.put(b"}")
        self._before = ","

    def end(self) -> None:
        """End the object and its line."""
        self._out.put(b"}\n")

    def _put_quoted(self, name: str, spot: Spot, form: Form) -> None:
        self._name(name, '"')
        self._out.put_spot(spot, form)
        self._out.put(b'"')

    def _name(self, name: str, before_value: str = "") -> None:
        self._out.put(f'{self._before}"{name}":{before_value}'.encode())
        self._before = ","


def _is_id(spot: Spot, form: Form) -> bool:
    """Tell whether a value is an id with as many digits as the form; one of zeros is none."""
    value = spot.value
    return isinstance(value, bytes) and 2 * len(value) == form.width and any(value)


def _default(value: Any) -> Any:
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
