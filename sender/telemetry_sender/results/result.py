"""How a run ended: everything that the report and the summary are made of."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from telemetry_common.errors import EXIT_FAILED
from telemetry_common.signals import Signal
from telemetry_sender.config.model import SenderConfig
from telemetry_sender.files.account import SinkAccount
from telemetry_sender.results.links import LinkUse
from telemetry_sender.results.series import Series
from telemetry_sender.results.stats import RunStats
from telemetry_sender.results.usage import ProcessUsage


class Outcome(StrEnum):
    """Why a run ended."""

    COMPLETED = "completed"
    """Its duration, its multiplier or its size was reached."""
    INTERRUPTED = "interrupted"
    """Ctrl-C or SIGTERM stopped it in good order."""
    FAILED = "failed"
    """It could not go on."""


@dataclass(frozen=True, slots=True)
class ProcessResult:
    """What one process of several did."""

    number: int
    """From 0."""
    outcome: Outcome
    acked: Mapping[Signal, int]
    usage: ProcessUsage


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
    """What the run consumed: the end's usage since the start's, of all its processes together."""
    processes: int = 1
    """Processes that sent."""
    cores: int = 1
    """Cores that they could use: one each, and no more than the machine has."""
    memory_bytes: int | None = None
    """Memory of the machine; None when unknown."""
    series: Series = field(default_factory=Series)
    """The run over time; empty when it was over before its first sample."""
    link: LinkUse | None = None
    """What the kernel says of the connections to the endpoint; None where it says nothing."""
    shard: str | None = None
    """Which part of a run it was, `0/4` the first of four; None for a whole run."""
    members: tuple[ProcessResult, ...] = ()
    """The processes one by one; empty when the run had only one."""
    failure: str = ""
    """Why it could not go on; empty unless that is known."""
    sinks: tuple[SinkAccount, ...] = ()
    """What its sinks left behind, those that leave anything."""

    @property
    def intended_events_per_second(self) -> float | None:
        """The mean rate that the schedule asked for; None without one."""
        due = self.series.due
        if due is None:
            return self.config.sending.rate_limit.intended
        # What comes after the configured end is only waiting for the last answers.
        return due / min(self.series.seconds, self.config.sending.duration or float("inf"))

    @property
    def intended_events(self) -> float | None:
        """The events that the schedule asked for; None without one."""
        due, rate = self.series.due, self.config.sending.rate_limit.intended
        return rate * self.duration_seconds if due is None and rate is not None else due

    @property
    def sent_events_per_second(self) -> float:
        """Events handed to the sink over the duration."""
        sent = self.stats.totals().sent
        return sent / self.duration_seconds if self.duration_seconds > 0 else 0.0

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
    def requests_in_flight(self) -> float:
        """How many requests waited for their answers, on average."""
        waited = self.stats.totals().waiting_seconds
        return waited / self.duration_seconds if self.duration_seconds > 0 else 0.0

    @property
    def compression_ratio(self) -> float | None:
        """Payload bytes over those on the wire; None when nothing was answered or compressed."""
        totals = self.stats.totals()
        compressed = 0 < totals.wire_bytes < totals.bytes
        return totals.bytes / totals.wire_bytes if compressed else None

    @property
    def exit_code(self) -> int:
        """1 for a failed run and for one whose events were sent and none accepted, else 0."""
        totals = self.stats.totals()
        fruitless = totals.sent > 0 and totals.acked == 0
        return EXIT_FAILED if fruitless or self.outcome is Outcome.FAILED else 0
