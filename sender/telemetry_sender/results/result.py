"""How a run ended: everything that the report and the summary are made of."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from telemetry_common.errors import EXIT_FAILED
from telemetry_common.signals import Signal
from telemetry_sender.config.model import SenderConfig
from telemetry_sender.results.stats import RunStats
from telemetry_sender.results.usage import ProcessUsage


class Outcome(StrEnum):
    """Why a run ended."""

    COMPLETED = "completed"
    """Its duration or its multiplier was reached."""
    INTERRUPTED = "interrupted"
    """Ctrl-C or SIGTERM stopped it in good order."""
    FAILED = "failed"
    """It could not go on."""


@dataclass(frozen=True, slots=True)
class RunResult:
    """One ended run."""

    config: SenderConfig
    seed: int
    started_at: datetime
    """When sending began; aware of its time zone."""
    duration_seconds: float
    """From then until the last outcome."""
    outcome: Outcome
    stats: RunStats
    events_per_pass: Mapping[Signal, int]
    """Events of the template set by signal."""
    usage: ProcessUsage
    """What the run consumed: the end's usage since the start's."""

    @property
    def achieved_events_per_second(self) -> float:
        """Accepted events over the duration."""
        acked = self.stats.totals().acked
        return acked / self.duration_seconds if self.duration_seconds > 0 else 0.0

    @property
    def cpu_utilization(self) -> float:
        """CPU seconds per second: 1.0 is one core."""
        seconds = self.duration_seconds
        return self.usage.cpu_seconds / seconds if seconds > 0 else 0.0

    @property
    def exit_code(self) -> int:
        """1 for a failed run and for one whose events were sent and none accepted, else 0."""
        totals = self.stats.totals()
        fruitless = totals.sent > 0 and totals.acked == 0
        return EXIT_FAILED if fruitless or self.outcome is Outcome.FAILED else 0
