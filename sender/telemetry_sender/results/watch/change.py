"""What changed between two samples of a run, as rates."""

from dataclasses import dataclass

from telemetry_common.signals import Signal
from telemetry_sender.results.counters import SignalCounters
from telemetry_sender.results.sample import Sample


@dataclass(frozen=True, slots=True)
class Change:
    """What happened between two samples."""

    before: Sample | None
    """None for the first sample: everything is new."""
    after: Sample

    @property
    def seconds(self) -> float:
        """How long it took."""
        return self.after.elapsed_seconds - (self.before.elapsed_seconds if self.before else 0.0)

    @property
    def acked_per_second(self) -> float:
        """Events accepted per second, of all signals."""
        earlier = self.before.totals.acked if self.before else 0
        return self._rate(self.after.totals.acked - earlier)

    @property
    def intended_per_second(self) -> float | None:
        """Events that the schedule asked for per second; None without one."""
        if self.after.due is None:
            return None
        earlier = self.before.due if self.before else None
        return self._rate(self.after.due - (earlier or 0.0))

    @property
    def cpu_cores(self) -> float:
        """CPU seconds per second."""
        earlier = self.before.usage.cpu_seconds if self.before else 0.0
        return self._rate(self.after.usage.cpu_seconds - earlier)

    def of(self, signal: Signal) -> "SignalRates":
        """Return the rates of a signal."""
        now = self.after.counters[signal]
        then = self.before.counters.get(signal) if self.before else None
        earlier = then or SignalCounters()
        return SignalRates(
            acked=self._rate(now.acked - earlier.acked),
            requests=self._rate(now.requests - earlier.requests),
            bytes=self._rate(now.bytes - earlier.bytes),
        )

    def _rate(self, count: float) -> float:
        return count / self.seconds if self.seconds > 0 else 0.0


@dataclass(frozen=True, slots=True)
class SignalRates:
    """Rates of one signal, per second."""

    acked: float
    requests: float
    bytes: float
