"""Where segments come from: the stream of a generator, or template files read front to back."""

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from itertools import repeat
from pathlib import Path
from typing import BinaryIO, Protocol

from telemetry_common.compression import read_blocks
from telemetry_common.errors import TemplateError, reason
from telemetry_common.manifest import entry_beside
from telemetry_common.planning.wire import WireError
from telemetry_common.signals import Signal
from telemetry_common.stream import Segment, StreamReader
from telemetry_sender.streaming.pieces import pieces, repeated

SEGMENT_BYTES = 8 << 20
"""About how much of all signals together makes a segment of template files."""

STANDARD_INPUT = Path("-")


class SegmentSource(Protocol):
    """Yields the segments of a set, once or as often as it is asked to."""

    @property
    def signals(self) -> Sequence[Signal]:
        """What the set has."""
        ...

    @property
    def repeatable(self) -> bool:
        """Whether there can be a second pass."""
        ...

    @property
    def cuts_traces(self) -> bool:
        """Whether a trace may end in another segment than it begins in."""
        ...

    def segments(self) -> Iterator[Segment]:
        """Yield the segments of one pass. Raises TemplateError and RunError."""
        ...


class StreamSource:
    """What `telemetry-generator --stream` writes: in a pipe, or kept in a file."""

    cuts_traces = False

    def __init__(self, path: Path) -> None:
        """Open STANDARD_INPUT, a file or a named pipe. Raises TemplateError and RunError."""
        self._path = path
        self._reader: StreamReader | None = StreamReader(self._opened(), str(self))
        self.signals = self._reader.signals

    def __str__(self) -> str:
        return "standard input" if self._path == STANDARD_INPUT else str(self._path)

    @property
    def repeatable(self) -> bool:
        """A file can be read again."""
        return self._path.is_file()

    def segments(self) -> Iterator[Segment]:
        """Yield the segments of the stream."""
        reader, self._reader = self._reader, None
        reader = reader or StreamReader(self._opened(), str(self))
        with closing(reader):
            yield from _with_dictionary(reader.segments())

    def _opened(self) -> BinaryIO:
        """Open the stream unbuffered: no lock is held while a pipe keeps its reader waiting."""
        try:
            if self._path == STANDARD_INPUT:
                return os.fdopen(os.dup(0), "rb", buffering=0)
            return self._path.open("rb", buffering=0)
        except OSError as error:
            raise _unreadable(self, error) from None


def _with_dictionary(segments: Iterator[Segment]) -> Iterator[Segment]:
    """Give the profiles of every segment the dictionary that came with those before."""
    kept = b""
    for segment in segments:
        profiles = segment.get(Signal.PROFILES)
        if profiles is None:
            yield segment
            continue
        yield {**segment, Signal.PROFILES: kept + profiles}
        with suppress(WireError):  # whoever plans the segment says where it is broken
            kept += repeated(profiles)


def _unreadable(source: StreamSource, error: OSError) -> TemplateError:
    problem = reason(error)
    return TemplateError(str(source), problem, "name what `telemetry-generator --stream` writes to")


@dataclass(frozen=True, slots=True)
class FileSource:
    """Template files, compressed or not, of which only a few megabytes are read at a time."""

    files: Mapping[Signal, Path]

    repeatable = True
    cuts_traces = True

    @property
    def signals(self) -> Sequence[Signal]:
        """What the set has."""
        return list(self.files)

    def __str__(self) -> str:
        return ", ".join(map(str, self.files.values()))

    def segments(self) -> Iterator[Segment]:
        """Yield segments that hold the same share of every file."""
        sizes = {signal: max(1, _size(path)) for signal, path in self.files.items()}
        count = max(1, -(-sum(sizes.values()) // SEGMENT_BYTES))
        readers = {
            signal: _pieces(path, max(1, sizes[signal] // count))
            for signal, path in self.files.items()
        }
        for _ in repeat(None):
            segment = {signal: next(reader, b"") for signal, reader in readers.items()}
            if not any(segment.values()):
                return
            yield {signal: piece for signal, piece in segment.items() if piece}


def _size(path: Path) -> int:
    """Return the plain bytes of a template file, or its bytes on disk where nothing tells."""
    entry = entry_beside(path)
    if entry is not None:
        return entry.bytes
    with suppress(OSError):
        return path.stat().st_size
    return 0


def _pieces(path: Path, size: int) -> Iterator[bytes]:
    """Yield the pieces of one file. Raises TemplateError."""
    try:
        yield from pieces(read_blocks(path, block_bytes=size), size)
    except WireError as error:
        place, fix = f"{path}: byte {error.offset}", "generate the set again, or give another file"
        raise TemplateError(place, f"not OTLP: {error.problem}", fix) from None
