"""Reads files of OTLP in protobuf: each message behind its length, as OTLP/JSON lines.

A message may be compressed by itself, and may be JSON already: so the OpenTelemetry Collector's
file exporter writes them with `compression: zstd`.
"""

import struct
from collections.abc import Iterator
from typing import NamedTuple

from telemetry_common.planning.wire import WireError
from telemetry_common.signals import Signal
from telemetry_common.zstd_frames import FrameError, unpacked
from telemetry_sender.reading.base import Request
from telemetry_sender.reading.errors import UnreadableError
from telemetry_sender.reading.guessing import signal_of
from telemetry_sender.reading.source import MOST_BYTES
from telemetry_sender.text.renderer import Renderer

_LENGTH = struct.Struct(">I")
_ZSTD = b"\x28\xb5\x2f\xfd"


class Message(NamedTuple):
    """A message, unpacked."""

    at: int
    """Where it begins in the file."""
    data: bytes


class OtlpMessages:
    """Reads the messages of one file, all of the same signal."""

    def __init__(self, request: Request) -> None:
        self._source = request.source
        self._signal = request.signal
        self._renderer: Renderer | None = None

    def schema(self) -> str:
        """Raise UnreadableError: the layout is that of OTLP."""
        problem = "OTLP has no layout of its own in the file"
        raise UnreadableError(self._source.name, problem, "see the proto files of OpenTelemetry")

    def records(self) -> Iterator[Message]:
        """Yield the messages."""
        source = self._source
        while source.peek(1):
            (size,) = _LENGTH.unpack(source.take(_LENGTH.size, "the length of a message"))
            at = source.at
            yield Message(at, self._unpacked(at, source.take(size, "a message")))

    def line(self, record: Message) -> bytes:
        """Return a message as OTLP/JSON."""
        if record.data.startswith(b"{"):
            return record.data.rstrip(b"\n") + b"\n"
        renderer = self._renderer or self._make_renderer(record.data)
        try:
            return renderer.render(record.data).text + b"\n"
        except WireError as error:
            problem = f"a message that is not OTLP: byte {error.offset:,} of it: {error.problem}"
            raise self._source.damaged(record.at, problem) from None

    def _make_renderer(self, message: bytes) -> Renderer:
        signal = self._signal or signal_of(self._source.name, message)
        if signal is None:
            fix = f"say it by --signal: {', '.join(Signal)}"
            raise UnreadableError(self._source.name, "which signal it holds does not show", fix)
        self._renderer = Renderer(signal)
        return self._renderer

    def _unpacked(self, at: int, data: bytes) -> bytes:
        if not data.startswith(_ZSTD):
            return data
        message = bytearray()
        try:
            for piece in unpacked([data]):
                message += piece
                if len(message) > MOST_BYTES:
                    raise self._source.damaged(at, "a message that unpacks to too much to be true")
        except FrameError as error:
            raise self._source.damaged(at, f"a message, compressed: {error.problem}") from None
        return bytes(message)
