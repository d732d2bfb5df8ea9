"""What the pipeline asks of a stamper, whatever its requests are made of."""

from typing import Any, Protocol

from telemetry_common.planning.cut import Block


class BlockStamper(Protocol):
    """Stamps blocks of one template; one stamp at a time."""

    def stamp(self, block: Block, pass_number: int, now: int) -> Any:
        """Return the block as it is sent in this pass (from 0) at `now` (Unix nanoseconds)."""
        ...
