"""What every destination offers, whatever its protocol."""

from enum import StrEnum
from typing import Protocol

from telemetry_common.signals import Signal
from telemetry_sender.sinks.delivery import Delivery


class Encoding(StrEnum):
    """What the requests are made of that a sink takes."""

    PROTOBUF = "protobuf"
    """Serialized export requests."""
    JSON = "json"
    """The same as OTLP/JSON text, UTF-8."""


class Sink(Protocol):
    """A destination of stamped blocks; used from one event loop. `str(sink)` names it to users."""

    @property
    def encoding(self) -> Encoding:
        """What its requests are made of."""
        ...

    async def open(self) -> None:
        """Make ready to write.

        Raises RunError when the destination cannot be reached; it may then be called again.
        """
        ...

    async def write(self, signal: Signal, payload: bytes) -> Delivery:
        """Hand over one request in the sink's encoding; return what became of it.

        Trouble of the destination is a Delivery, not an exception.
        """
        ...

    async def close(self) -> None:
        """Release everything; safe without `open` and safe twice."""
        ...
