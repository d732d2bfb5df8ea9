"""What the receiver did on purpose, for its report."""

from collections import Counter
from dataclasses import dataclass, field

from telemetry_common.signals import Signal


@dataclass(slots=True)
class FaultCounts:
    """How many requests each fault struck, and how many events partial successes rejected."""

    requests: Counter[str] = field(default_factory=Counter)
    rejected_events: Counter[Signal] = field(default_factory=Counter)

    def as_json(self) -> dict[str, object]:
        """Return the counts for the report, in the order in which they first happened."""
        return {
            "requests": dict(self.requests),
            "rejected_events": {str(name): count for name, count in self.rejected_events.items()},
        }
