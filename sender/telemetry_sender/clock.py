"""Time as the sender sees it, passed in so that tests can bring their own."""

import asyncio
import time
from typing import Protocol


class Clock(Protocol):
    """Seconds for pacing and latency, Unix nanoseconds for timestamps, and waiting."""

    def seconds(self) -> float:
        """Return seconds that never go back, from an arbitrary origin."""
        ...

    def unix_nanos(self) -> int:
        """Return nanoseconds since the Unix epoch."""
        ...

    async def wait(self, event: asyncio.Event, seconds: float) -> None:
        """Wait until `event` is set, and at most `seconds`."""
        ...


class SystemClock:
    """The machine's clocks and the running event loop."""

    def seconds(self) -> float:
        """Return the monotonic clock."""
        return time.perf_counter()

    def unix_nanos(self) -> int:
        """Return the wall clock."""
        return time.time_ns()

    async def wait(self, event: asyncio.Event, seconds: float) -> None:
        """Wait on the event loop."""
        try:
            await asyncio.wait_for(event.wait(), seconds)
        except TimeoutError:
            return
