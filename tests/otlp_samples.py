"""Arbitrary OTLP messages from a random source, in canonical and in unusual encodings.

Hypothesis hands in the random source (`st.randoms()`): a message takes thousands of choices, which
are too many to be drawn one by one.
"""

import struct
from collections.abc import Callable, Sequence
from random import Random
from typing import Any

from google.protobuf.descriptor import FieldDescriptor as F
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass
from opentelemetry.proto.logs.v1.logs_pb2 import LogsData
from opentelemetry.proto.metrics.v1.metrics_pb2 import MetricsData
from opentelemetry.proto.profiles.v1development.profiles_pb2 import ProfilesData
from opentelemetry.proto.trace.v1.trace_pb2 import TracesData

from telemetry_common.planning.wire import encode_varint
from telemetry_common.signals import Signal

ROOTS: dict[Signal, type[Message]] = {
    Signal.TRACES: TracesData,
    Signal.METRICS: MetricsData,
    Signal.LOGS: LogsData,
    Signal.PROFILES: ProfilesData,
}

ID_WIDTHS = {"trace_id": 16, "span_id": 8, "parent_span_id": 8, "profile_id": 16}
_FIXED64 = {F.TYPE_FIXED64, F.TYPE_SFIXED64, F.TYPE_DOUBLE}

# What leads to events is nearly always there; attributes and the like seldom are.
_WAYS = {
    "resource_spans", "scope_spans", "spans", "events", "links",
    "resource_metrics", "scope_metrics", "metrics", "data_points", "exemplars",
    "resource_logs", "scope_logs", "log_records",
    "resource_profiles", "scope_profiles", "profiles", "samples", "dictionary", "link_table",
    "gauge", "sum", "histogram", "exponential_histogram", "summary",
}  # fmt: skip


def sample(rng: Random, signal: Signal) -> Message:
    """Return an arbitrary message of a signal's file, with values in most fields."""
    return _filled(rng, ROOTS[signal]())


def _filled(rng: Random, message: Message) -> Message:
    # Of a oneof the last field that is set remains, so that one is chosen first.
    oneofs = [[field.name for field in oneof.fields] for oneof in message.DESCRIPTOR.oneofs]
    left_out = {name for names in oneofs for name in rng.sample(names, len(names) - 1)}
    for field in message.DESCRIPTOR.fields:
        if field.name in left_out:
            continue
        wanted = field.name in _WAYS or field.message_type is None
        if rng.random() < (0.9 if wanted else 0.15):
            _fill_field(rng, message, field)
    return message


def _fill_field(rng: Random, message: Message, field: Any) -> None:
    if field.message_type is None:
        values = [_scalar(rng, field) for _ in range(rng.randrange(4) if field.is_repeated else 1)]
        if field.is_repeated:
            getattr(message, field.name).extend(values)
        else:
            setattr(message, field.name, values[0])
    elif field.is_repeated:
        counts = [0, 1, 2, 2, 3] if field.name in _WAYS else [0, 1, 2]
        for _ in range(rng.choice(counts)):
            _filled(rng, getattr(message, field.name).add())
    else:
        child = getattr(message, field.name)
        child.SetInParent()
        _filled(rng, child)


def _scalar(rng: Random, field: F) -> Any:
    if field.name in ID_WIDTHS:
        return _identifier(rng, ID_WIDTHS[field.name])
    if field.type == F.TYPE_DOUBLE:
        return struct.unpack("<d", rng.randbytes(8))[0] if rng.random() < 0.5 else rng.random()
    choice: Callable[[Random], Any] = _INTEGERS.get(field.type, _TEXTS.get(field.type, _small))
    return choice(rng)


def _identifier(rng: Random, width: int) -> bytes:
    """Return one of few ids, so that some name a span of the message, or a broken one."""
    if rng.random() < 0.8:
        return rng.randrange(1, 5).to_bytes(width, "big")
    return rng.choice([b"", b"\0" * width, b"\1" * (width - 1), b"\1" * (width + 1)])


def _small(rng: Random) -> int:
    return rng.randrange(4)


def _unsigned(rng: Random) -> int:
    return rng.choice([0, 1, 2, rng.randrange(1 << 32), rng.randrange(1 << 64)])


def _signed(rng: Random) -> int:
    return rng.choice([0, 1, -1, rng.randrange(-(1 << 63), 1 << 63)])


_INTEGERS: dict[int, Callable[[Random], int]] = {
    F.TYPE_FIXED64: _unsigned,
    F.TYPE_UINT64: _unsigned,
    F.TYPE_SFIXED64: _signed,
    F.TYPE_INT64: _signed,
}

_TEXTS: dict[int, Callable[[Random], Any]] = {
    F.TYPE_STRING: lambda rng: rng.choice(["", "a", "é"]),
    F.TYPE_BYTES: lambda rng: rng.randbytes(rng.randrange(3)),
    F.TYPE_BOOL: lambda rng: rng.random() < 0.5,
}


def unusual(rng: Random, message: Message) -> bytes:
    """Encode a message in a valid but unusual way.

    Fields of different numbers change places, unknown fields stand between them, lengths are padded
    varints, packed fields are unpacked, and singular fields follow one that they override.
    """
    fields = message.ListFields()
    runs = [_encoded(rng, field, value) for field, value in fields]
    if not any(field.containing_oneof for field, _ in fields):
        rng.shuffle(runs)
    return b"".join(_unknown(rng) + run for run in runs) + _unknown(rng)


def _encoded(rng: Random, field: F, value: Any) -> bytes:
    tag = field.number << 3
    if field.message_type is not None:
        children: Sequence[Message] = value if field.is_repeated else [value]
        return b"".join(_delimited(rng, tag, unusual(rng, child)) for child in children)
    if field.is_repeated:
        unpack = field.type in _FIXED64 and rng.random() < 0.5
        return _unpacked(rng, field, value) if unpack else _alone(field, value)
    overridden = b""
    if not field.containing_oneof and rng.random() < 0.3:
        overridden = _alone(field, _scalar(rng, field))
    return overridden + _alone(field, value)


def _delimited(rng: Random, tag: int, body: bytes) -> bytes:
    return _varint(rng, tag | 2) + _varint(rng, len(body)) + body


def _unpacked(rng: Random, field: F, values: Sequence[Any]) -> bytes:
    packed = _alone(field, values)
    words = packed[len(packed) - 8 * len(values) :]
    pieces = [words[i : i + 8] for i in range(0, len(words), 8)]
    return b"".join(_varint(rng, field.number << 3 | 1) + piece for piece in pieces)


def _alone(field: Any, value: Any) -> bytes:
    """Return the canonical encoding of one field; nothing for a default value."""
    alone = GetMessageClass(field.containing_type)()
    if field.is_repeated:
        getattr(alone, field.name).extend(value)
    else:
        setattr(alone, field.name, value)
    return bytes(alone.SerializeToString(deterministic=True))


def _varint(rng: Random, value: int) -> bytes:
    """Return a varint, sometimes longer than it need be (tags may take five bytes)."""
    encoded = bytearray(encode_varint(value))
    padding = rng.choice([0, 0, 0, 1, 2])
    if padding and len(encoded) + padding <= 5:
        encoded[-1] |= 0x80
        encoded += b"\x80" * (padding - 1) + b"\x00"
    return bytes(encoded)


def _unknown(rng: Random) -> bytes:
    """Return nothing, or a field that OTLP does not have: any wire type, groups included."""
    number = rng.randrange(100, 2000) << 3
    return rng.choice(
        [
            b"",
            b"",
            b"",
            encode_varint(number) + b"\x96\x01",
            encode_varint(number | 1) + b"12345678",
            encode_varint(number | 2) + b"\x03abc",
            encode_varint(number | 5) + b"1234",
            encode_varint(number | 3) + b"\x08\x05" + encode_varint(number | 4),
        ]
    )
