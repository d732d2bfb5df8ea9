"""What every destination offers, whatever its protocol."""

from collections.abc import Callable
from enum import StrEnum
from typing import Any, Protocol

from telemetry_common.planning.cut import Block
from telemetry_common.signals import Signal
from telemetry_common.template import Template
from telemetry_sender.sinks.delivery import Delivery


class Encoding(StrEnum):
    """What the requests are made of that a sink takes."""

    PROTOBUF = "protobuf"
    """Serialized export requests."""
    JSON = "json"
    """The same as OTLP/JSON text, UTF-8."""


class Encoder(Protocol):
    """Makes of the stamped blocks of one template what a sink writes, which has a length."""

    def prepare(self, block: Block) -> None:
        """Make ready ahead of a run what every pass of a block needs."""
        ...

    def encode(self, block: Block, pass_number: int, stamped: bytes) -> Any:
        """Return what the sink writes of a block, stamped for this pass (from 0)."""
        ...


EncoderFactory = Callable[[Template], Encoder]
"""Makes the encoder for a template; a sink that has one writes what its encoders make."""


class Sink(Protocol):
    """A destination of stamped blocks; used from one event loop. `str(sink)` names it to users."""

    @property
    def encoding(self) -> "Encoding | EncoderFactory":
        """What its requests are made of: one of the forms of OTLP, or what its encoders make."""
        ...

    async def open(self) -> None:
        """Make ready to write.

        Raises RunError when the destination cannot be reached; it may then be called again.
        """
        ...

    async def write(self, signal: Signal, payload: Any) -> Delivery:
        """Hand over one request in the sink's encoding; return what became of it.

        Trouble of the destination is a Delivery, not an exception.
        """
        ...

    async def close(self) -> None:
        """Release everything; safe without `open` and safe twice."""
        ...
