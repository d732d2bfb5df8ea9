"""A stamped block on its way to the sink."""

from typing import Any, NamedTuple

from telemetry_common.planning.cut import Block
from telemetry_common.planning.plan import Plan
from telemetry_common.signals import Signal


class Request(NamedTuple):
    """One block of a pass (from 0), stamped; a tuple, since every request makes one."""

    signal: Signal
    plan: Plan
    """Of the file that the block is of."""
    block: Block
    pass_number: int
    stamped_at: int
    """The send time that its events show, Unix nanoseconds; halves are stamped with the same."""
    due: float
    """When it was to be sent, in seconds since the run's start."""
    payload: Any
    """What the sink writes; it has a length."""
    is_part: bool = False
    """Whether its events were sent before, in a request that was too large."""

    is_late: bool = False
    """Whether it was held back."""

    @property
    def events(self) -> int:
        """Spans, data points, log records or samples in it."""
        return self.block.events
