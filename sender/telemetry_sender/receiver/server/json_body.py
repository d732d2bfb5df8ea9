"""OTLP/JSON bodies, made into the protobuf bytes that the intake takes.

OTLP/JSON is protobuf's JSON mapping except that ids are hexadecimal instead of base64, and that
unknown fields are to be ignored (OTLP specification, JSON Protobuf Encoding).
"""

import base64
import json
from typing import Any

from google.protobuf.json_format import ParseDict, ParseError

from telemetry_common.signals import Signal
from telemetry_sender.receiver.intake import UndecodableError
from telemetry_sender.receiver.payloads import REQUESTS

# Attributes are lists of {key, value}, so these names are always those of fields.
_IDS = ("traceId", "spanId", "parentSpanId", "profileId")


def to_protobuf(signal: Signal, body: bytes) -> bytes:
    """Return a JSON request of `signal` as protobuf. Raises UndecodableError."""
    request = REQUESTS[signal]()
    try:
        ParseDict(_values(body), request, ignore_unknown_fields=True)
    except (ParseError, ValueError, RecursionError) as error:
        raise UndecodableError(f"not an OTLP {signal} request in JSON: {error}") from None
    return request.SerializeToString()


def _values(body: bytes) -> dict[str, Any]:
    values = json.loads(body, object_hook=_with_base64_ids)
    if not isinstance(values, dict):
        raise ParseError("not a JSON object")
    return values


def _with_base64_ids(values: dict[str, Any]) -> dict[str, Any]:
    for name in _IDS:
        if isinstance(values.get(name), str):
            values[name] = base64.b64encode(bytes.fromhex(values[name])).decode()
    return values
