"""OTLP/JSON: the encoding of the OTLP specification, which is not quite protobuf's own JSON.

Ids are hexadecimal instead of base64, enums are integers; 64-bit integers are decimal strings and
names are lowerCamelCase in both.
"""

import base64
import json
from collections.abc import Iterator
from typing import Any

from google.protobuf.json_format import MessageToDict
from google.protobuf.message import Message
from opentelemetry.proto.logs.v1.logs_pb2 import LogsData
from opentelemetry.proto.metrics.v1.metrics_pb2 import MetricsData
from opentelemetry.proto.profiles.v1development.profiles_pb2 import ProfilesData
from opentelemetry.proto.trace.v1.trace_pb2 import TracesData

from telemetry_common.signals import Signal

_MESSAGES: dict[Signal, type[Message]] = {
    Signal.TRACES: TracesData,
    Signal.METRICS: MetricsData,
    Signal.LOGS: LogsData,
    Signal.PROFILES: ProfilesData,
}
_ID_KEYS = frozenset({"traceId", "spanId", "parentSpanId", "profileId"})


def json_lines(signal: Signal, data: bytes) -> Iterator[bytes]:
    """Yield `TracesData`, `MetricsData`, … bytes as OTLP/JSON: a line for each top-level message.

    A profiles dictionary gets a line of its own.
    """
    message = _MESSAGES[signal].FromString(data)
    document = _with_hex_ids(MessageToDict(message, use_integers_for_enums=True))
    for key, value in sorted(document.items()):
        for one in value if isinstance(value, list) else [value]:
            line = {key: [one] if isinstance(value, list) else one}
            yield json.dumps(line, separators=(",", ":"), ensure_ascii=False).encode() + b"\n"


def _with_hex_ids(value: Any) -> Any:
    """Return the document with ids in hexadecimal.

    Only fields of messages have these names: an attribute's key is a value in the document.
    """
    if isinstance(value, list):
        return [_with_hex_ids(item) for item in value]
    if not isinstance(value, dict):
        return value
    return {
        key: base64.b64decode(item).hex() if key in _ID_KEYS else _with_hex_ids(item)
        for key, item in value.items()
    }
