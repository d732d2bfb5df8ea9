"""What every format offers that is read."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, BinaryIO, Protocol

from telemetry_common.signals import Signal
from telemetry_sender.reading.source import Source


class FileFormat(StrEnum):
    """What a file is written in."""

    LEB128 = "leb128"
    BITPACKED = "bitpacked"
    OTLP_PROTOBUF = "otlp_protobuf"
    NDJSON = "ndjson"
    """Lines of JSON: records, or whole OTLP requests."""
    JSON = "json"
    """An array of them, one on a line."""
    ARROW = "arrow"
    PARQUET = "parquet"


class FileReader(Protocol):
    """Reads the records of one file. Methods raise DamagedError and UnreadableError."""

    def schema(self) -> str:
        """Return the layout of the records as JSON text."""
        ...

    def records(self) -> Iterator[Any]:
        """Yield the records one by one, as they stand in the file."""
        ...

    def line(self, record: Any) -> bytes:
        """Return a record as a line of JSON, with its line break."""
        ...


@dataclass(frozen=True, slots=True)
class Request:
    """What is to be read."""

    name: str
    """Of the file, for people."""
    file: BinaryIO
    """As it is on disk; for formats that do not go from front to back."""
    source: Source
    """The same file, unpacked, from front to back."""
    signal: Signal | None
    """What OTLP messages hold; None where the file is to tell."""


ReaderFactory = Callable[[Request], FileReader]
