"""The protobuf classes of the signals' files, and how a chunk becomes one."""

from collections.abc import Mapping
from typing import TypeVar

from google.protobuf.message import DecodeError, Message
from opentelemetry.proto.logs.v1.logs_pb2 import LogsData
from opentelemetry.proto.metrics.v1.metrics_pb2 import MetricsData
from opentelemetry.proto.profiles.v1development.profiles_pb2 import ProfilesData
from opentelemetry.proto.trace.v1.trace_pb2 import TracesData

from telemetry_common.signals import Signal
from telemetry_generator.reading.chunks import Chunk, field_end

ROOTS: Mapping[Signal, type[Message]] = {
    Signal.TRACES: TracesData,
    Signal.METRICS: MetricsData,
    Signal.LOGS: LogsData,
    Signal.PROFILES: ProfilesData,
}

Decoded = TypeVar("Decoded", bound=Message)


class NotOtlpError(ValueError):
    """A chunk is protobuf fields, but not the message wanted; `offset` is that field's."""

    def __init__(self, offset: int) -> None:
        super().__init__(f"byte {offset}: not the message expected")
        self.offset = offset


def decode(kind: type[Decoded], chunk: Chunk) -> Decoded:
    """Return the chunk as a message. Raises NotOtlpError with the place of the broken field."""
    try:
        return kind.FromString(chunk.data)
    except DecodeError:
        raise NotOtlpError(_broken_field(kind, chunk)) from None


def _broken_field(kind: type[Message], chunk: Chunk) -> int:
    """Return the offset in the file of the first top-level field that cannot be decoded."""
    start = 0
    while start < len(chunk.data):
        end = field_end(chunk.data, start)
        try:
            kind.FromString(chunk.data[start:end])
        except DecodeError:
            return chunk.offset + start
        start = end
    return chunk.offset
