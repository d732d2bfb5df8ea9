"""What the sender process itself consumed: the first suspect when a rate is not reached."""

import resource
import sys
from dataclasses import dataclass
from typing import Self

# ru_maxrss counts kilobytes on Linux and bytes on macOS.
_RSS_UNIT = 1 if sys.platform == "darwin" else 1024


@dataclass(frozen=True, slots=True)
class ProcessUsage:
    """CPU time of all threads, user and system, and the largest resident memory so far."""

    cpu_seconds: float
    max_rss_bytes: int

    @classmethod
    def now(cls) -> Self:
        """Return the usage of this process since it started."""
        used = resource.getrusage(resource.RUSAGE_SELF)
        return cls(used.ru_utime + used.ru_stime, used.ru_maxrss * _RSS_UNIT)

    def since(self, start: "ProcessUsage") -> "ProcessUsage":
        """Return this usage without the CPU time that had passed at `start`."""
        return ProcessUsage(self.cpu_seconds - start.cpu_seconds, self.max_rss_bytes)

    def __add__(self, other: "ProcessUsage") -> "ProcessUsage":
        """Return what two processes consumed together; pages that they share count in both."""
        return ProcessUsage(
            self.cpu_seconds + other.cpu_seconds, self.max_rss_bytes + other.max_rss_bytes
        )

    @classmethod
    def none(cls) -> Self:
        """Return the usage of nothing."""
        return cls(0.0, 0)
