"""An event loop on which waiting takes no time: its clock jumps to the next timer.

Everything that waits through asyncio (timeouts, sleeps, `wait_for`) does so in virtual seconds, so
that a test of an hour is exact and over at once.
"""

import asyncio
import selectors
from collections.abc import Coroutine
from typing import Any, TypeVar

from telemetry_sender.clock import SystemClock

Result = TypeVar("Result")

# Only a real signal may arrive where no timer is set; longer silence means that all tasks hang.
_SILENCE_SECONDS = 5.0


class _SkippingSelector(selectors.DefaultSelector):
    def __init__(self) -> None:
        super().__init__()
        self.skipped = 0.0

    def select(self, timeout: float | None = None) -> Any:
        if timeout is None:
            found = super().select(_SILENCE_SECONDS)
            assert found, "every task waits for another one"
            return found
        found = super().select(0)
        if not found:
            self.skipped += max(0.0, timeout)
        return found


class VirtualLoop(asyncio.SelectorEventLoop):
    """An event loop whose time is the sum of all waits."""

    def __init__(self) -> None:
        self._skipping = _SkippingSelector()
        super().__init__(self._skipping)

    def time(self) -> float:
        return self._skipping.skipped


class VirtualClock(SystemClock):
    """The clock of the running virtual loop; its Unix time began at `start` nanoseconds."""

    def __init__(self, start: int) -> None:
        self._start = start

    def seconds(self) -> float:
        return asyncio.get_running_loop().time()

    def unix_nanos(self) -> int:
        return self._start + round(self.seconds() * 1e9)


def run_virtually(main: Coroutine[Any, Any, Result]) -> Result:
    """Run a coroutine to its end on a virtual loop."""
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        return runner.run(main)
