"""A template set as a stream of segments, for a pipe between generator and sender.

A segment is a small set of its own: some whole resource messages of each signal that belong
together. The stream begins with a line of text: MAGIC and the names of its signals. Then come
frames of one byte that says what they are, eight bytes of length (little-endian), and so many
bytes. The codes are 1 to 4 for a piece of a signal, 5 for the end of a segment and 6 for the end of
the stream, both of length 0: a stream without its end was cut off. `docs/streaming.md` describes
the format for other programs.
"""

import struct
from collections.abc import Iterable, Iterator, Mapping
from typing import BinaryIO

from telemetry_common.errors import RunError, TemplateError
from telemetry_common.signals import Signal

MAGIC = "STAMPEDE-STREAM 1"

MAX_FRAME_BYTES = 1 << 30
"""A frame that claims more is taken for damage: segments are a few megabytes."""

_MAX_LINE = 80
_HEADER = struct.Struct("<BQ")
_CODES = {
    Signal.TRACES: 1,
    Signal.METRICS: 2,
    Signal.LOGS: 3,
    Signal.PROFILES: 4,
}
_SIGNALS = {code: signal for signal, code in _CODES.items()}
_SEGMENT_END, _STREAM_END = 5, 6

Segment = Mapping[Signal, bytes]
"""The bytes of each signal: TracesData, MetricsData, LogsData, ProfilesData."""


class StreamWriter:
    """Writes segments of some signals to a binary file. All methods raise what the file does."""

    def __init__(self, file: BinaryIO, signals: Iterable[Signal]) -> None:
        self._file = file
        file.write(f"{' '.join((MAGIC, *signals))}\n".encode())
        file.flush()

    def piece(self, signal: Signal, data: bytes) -> None:
        """Add bytes of a signal to the segment under way."""
        self._file.write(_HEADER.pack(_CODES[signal], len(data)))
        self._file.write(data)

    def end_segment(self) -> None:
        """Complete the segment, and let the reader have it."""
        self._file.write(_HEADER.pack(_SEGMENT_END, 0))
        self._file.flush()

    def end(self) -> None:
        """Complete the stream."""
        self._file.write(_HEADER.pack(_STREAM_END, 0))
        self._file.flush()


class StreamReader:
    """Reads a stream; `name` is what errors call it.

    Raises TemplateError for what is no stream, RunError for one that is cut off.
    """

    def __init__(self, file: BinaryIO, name: str) -> None:
        self._file = file
        self._name = name
        self.signals = _signals(file, name)
        """The signals of the stream."""

    def segments(self) -> Iterator[Segment]:
        """Yield the segments, once. Raises TemplateError and RunError."""
        pieces: dict[Signal, list[bytes]] = {}
        while (frame := _frame(self._file, self._name)) is not None:
            signal, data = frame
            if signal is not None:
                pieces.setdefault(signal, []).append(data)
            elif pieces:
                yield {each: b"".join(parts) for each, parts in pieces.items()}
                pieces = {}

    def close(self) -> None:
        """Close the file."""
        self._file.close()


def _signals(file: BinaryIO, name: str) -> tuple[Signal, ...]:
    """Return the signals that the first line names."""
    line = b""
    while not line.endswith(b"\n") and len(line) < _MAX_LINE:
        line += _exactly(file, 1, name)
    text = line.decode("ascii", "replace")
    names = text.removeprefix(f"{MAGIC} ").split()
    if not text.startswith(f"{MAGIC} ") or not set(names) <= set(Signal):
        fix = "pipe in what `telemetry-generator --stream` writes"
        raise TemplateError(name, "not a stream of templates of version 1", fix)
    return tuple(map(Signal, names))


def _frame(file: BinaryIO, name: str) -> tuple[Signal | None, bytes] | None:
    """Return a piece of a signal, a piece of none for the end of a segment, None at the end."""
    code, size = _HEADER.unpack(_exactly(file, _HEADER.size, name))
    if code == _STREAM_END:
        return None
    if code == _SEGMENT_END:
        return None, b""
    if code not in _SIGNALS or size > MAX_FRAME_BYTES:
        problem = f"a frame of kind {code} and {size:,} bytes is none of this format"
        raise TemplateError(name, problem, "send the stream anew")
    return _SIGNALS[code], _exactly(file, size, name)


def _exactly(file: BinaryIO, size: int, name: str) -> bytes:
    """Read `size` bytes from a file that may give fewer at a time, as pipes do."""
    parts: list[bytes] = []
    while size and (part := file.read(min(size, 1 << 20))):
        parts.append(part)
        size -= len(part)
    if size:
        raise RunError(name, "the stream was cut off", "see what its writer says")
    return b"".join(parts)
