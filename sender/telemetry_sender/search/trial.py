"""One trial: the set is sent at a rate for some seconds, and the first of them do not count."""

from collections.abc import Callable
from dataclasses import dataclass, field

from telemetry_sender.config.model import SenderConfig
from telemetry_sender.results.counters import SignalCounters
from telemetry_sender.results.latency import Latencies, LatencySummary
from telemetry_sender.results.limits import Limit, run_limit
from telemetry_sender.results.result import Outcome, RunResult
from telemetry_sender.results.sample import Observer, Sample

Send = Callable[[SenderConfig, Observer], RunResult]
"""Replays with a configuration, and shows samples to an observer."""


@dataclass(slots=True)
class Window:
    """The part of a run behind its first `warm_up` seconds, collected from its samples."""

    warm_up: float
    latencies: Latencies = field(default_factory=Latencies)
    first: Sample | None = None
    last: Sample | None = None

    def add(self, sample: Sample) -> None:
        """Take the next sample of the run."""
        if sample.elapsed_seconds <= self.warm_up or self.first is None:
            self.first = sample
        else:
            self.latencies.add(sample.latencies)
        self.last = sample


@dataclass(frozen=True, slots=True)
class Trial:
    """What a rate came to; counts are of the time behind the warm-up."""

    rate: float
    """Asked for, in events per second."""
    seconds: float
    due: float
    sent: int
    lost: int
    """Events rejected, failed or dropped."""
    errors: int
    requests: int
    service: LatencySummary
    response: LatencySummary
    limit: Limit
    interrupted: bool = False

    @property
    def achieved_events_per_second(self) -> float:
        """Events sent in a second."""
        return self.sent / self.seconds if self.seconds > 0 else 0.0

    def figure(self, name: str) -> float | None:
        """Return a figure that objectives are about: seconds, or a share of 1."""
        view, _, point = name.partition("_")
        if view in ("service", "response"):
            millis = getattr(self.service if view == "service" else self.response, point)
            return None if millis is None else float(millis) / 1e3
        share = {
            "loss": (self.lost, self.lost + self.sent),
            "errors": (self.errors, self.requests),
            "achieved": (self.sent, self.due),
        }[name]
        return share[0] / share[1] if share[1] else None


def trial_config(config: SenderConfig, rate: float, seconds: float) -> SenderConfig:
    """Return the configuration that sends at a constant rate for so many seconds."""
    limit = config.sending.rate_limit.model_copy(update={"events_per_second": rate})
    changes = {"rate_limit": limit, "shape": None, "duration": seconds, "multiplier": 0}
    sending = config.sending.model_copy(update=changes)
    return config.model_copy(update={"sending": sending})


def carry_out(
    send: Send, config: SenderConfig, rate: float, *, warm_up: float, measure: float
) -> Trial:
    """Send at a rate. Raises StampedeError when that cannot begin."""
    window = Window(warm_up)
    result = send(trial_config(config, rate, warm_up + measure), window.add)
    return _trial(rate, window, result)


def _trial(rate: float, window: Window, result: RunResult) -> Trial:
    first, last = window.first, window.last
    assert first is not None  # the end of every run is sampled
    assert last is not None
    before, after = first.totals, last.totals
    seconds = last.elapsed_seconds - first.elapsed_seconds
    return Trial(
        rate=rate,
        seconds=seconds,
        due=rate * seconds,
        sent=after.sent - before.sent,
        lost=_lost(after) - _lost(before),
        errors=last.errors - first.errors,
        requests=after.requests - before.requests,
        service=window.latencies.service.summary(),
        response=window.latencies.response.summary(),
        limit=run_limit(result),
        interrupted=result.outcome is Outcome.INTERRUPTED,
    )


def _lost(counters: SignalCounters) -> int:
    return counters.rejected + counters.failed + counters.dropped
