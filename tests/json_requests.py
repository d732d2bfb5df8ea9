"""Reads OTLP/JSON requests with the real protobuf classes, as a server does."""

import json
from base64 import b64encode
from typing import Any

from google.protobuf import json_format
from google.protobuf.message import Message

from otlp_samples import ID_WIDTHS, ROOTS
from telemetry_common.signals import Signal

_ID_NAMES = {"traceId", "spanId", "parentSpanId", "profileId"}
assert len(_ID_NAMES) == len(ID_WIDTHS)


def read_request(signal: Signal, text: bytes) -> Message:
    """Return the message that a request's text holds; unknown names are an error."""
    return json_format.ParseDict(_with_bytes(json.loads(text)), ROOTS[signal]())


def _with_bytes(value: Any) -> Any:
    """Return the value with its ids in base64, as the protobuf classes want all bytes."""
    if isinstance(value, list):
        return [_with_bytes(each) for each in value]
    if not isinstance(value, dict):
        return value
    return {
        name: b64encode(bytes.fromhex(each)).decode() if name in _ID_NAMES else _with_bytes(each)
        for name, each in value.items()
    }


def fields_of(message: Message) -> dict[str, Any]:
    """Return what a message says, in which one not-a-number is another."""
    return json_format.MessageToDict(message)
