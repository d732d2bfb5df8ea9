"""What every destination offers, whatever its protocol."""

from typing import Protocol

from telemetry_common.signals import Signal
from telemetry_sender.delivery import Delivery


class Sink(Protocol):
    """A destination of stamped blocks; used from one event loop. `str(sink)` names it to users."""

    async def open(self) -> None:
        """Make ready to write. Raises RunError when the destination cannot be reached."""
        ...

    async def write(self, signal: Signal, payload: bytes) -> Delivery:
        """Hand over one request, an OTLP export message; return what became of it.

        Trouble of the destination is a Delivery, not an exception.
        """
        ...

    async def close(self) -> None:
        """Release everything; safe without `open` and safe twice."""
        ...
