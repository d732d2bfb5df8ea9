"""OTLP/JSON bodies, made into the protobuf bytes that the intake takes.

OTLP/JSON is protobuf's JSON mapping except that ids are hexadecimal instead of base64, and that
unknown fields are to be ignored (OTLP specification, JSON Protobuf Encoding).
"""

import base64
import json
from typing import Any

from google.protobuf.json_format import ParseDict, ParseError
from google.protobuf.message import EncodeError

from telemetry_common.signals import Signal
from telemetry_sender.receiver.intake import UndecodableError
from telemetry_sender.receiver.payloads import REQUESTS
from telemetry_sender.receiver.server.json_message import build_message

# Attributes are lists of {key, value}, so these names are always those of fields.
_IDS = ("traceId", "spanId", "parentSpanId", "profileId")


def to_protobuf(signal: Signal, body: bytes) -> bytes:
    """Return a JSON request of `signal` as protobuf. Raises UndecodableError."""
    try:
        return build_message(REQUESTS[signal], json.loads(body)).SerializeToString()
    except (ValueError, TypeError, EncodeError, RecursionError):
        return read_by_protobuf(signal, body)


def read_by_protobuf(signal: Signal, body: bytes) -> bytes:
    """Do the same with protobuf's own reader, which is slower and has the last word."""
    request = REQUESTS[signal]()
    try:
        ParseDict(_values(body), request, ignore_unknown_fields=True)
        return request.SerializeToString()
    # A name with half a surrogate pair is a SystemError of protobuf's.
    except (ParseError, EncodeError, ValueError, RecursionError, SystemError) as error:
        raise UndecodableError(f"not an OTLP {signal} request in JSON: {error}") from None


def _values(body: bytes) -> dict[str, Any]:
    values = json.loads(body, object_hook=_with_base64_ids)
    if not isinstance(values, dict):
        raise ParseError("not a JSON object")
    return values


def _with_base64_ids(values: dict[str, Any]) -> dict[str, Any]:
    for name in _IDS:
        if isinstance(values.get(name), str):
            values[name] = _base64_id(values[name])
    return values


def _base64_id(text: str) -> str | list[str]:
    """Return an id as protobuf reads it; what is none as something that protobuf refuses.

    It is refused where it is an id, and ignored in an unknown field.
    """
    try:
        return base64.b64encode(bytes.fromhex(text)).decode()
    except ValueError:
        return [text]
