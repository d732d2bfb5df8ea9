"""Counts of a run, cheap enough for ten thousand requests a second.

One event loop owns them, so there are no locks. The bookkeeping obeys one law: once nothing is in
flight, `scheduled == acked + rejected + failed + dropped` holds for every signal.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import astuple, dataclass

from telemetry_common.signals import Signal
from telemetry_sender.results.failures import PARTIAL_SUCCESS, WARNING, FailureLog, FailureRow
from telemetry_sender.results.latency import LatencyHistogram, LatencySummary
from telemetry_sender.sinks.delivery import Delivery


@dataclass(slots=True)
class SignalCounters:
    """What happened to the events of one signal, and the requests and bytes that it took."""

    scheduled: int = 0
    """Events taken for sending."""
    sent: int = 0
    """Events handed to the sink, first attempts only."""
    acked: int = 0
    """Events that the receiver accepted."""
    rejected: int = 0
    """Events that the receiver refused by partial success."""
    failed: int = 0
    """Events of requests that failed for good."""
    retried: int = 0
    """Events of further attempts."""
    dropped: int = 0
    """Events scheduled and never sent, because the run ended first."""
    requests: int = 0
    """Requests handed to the sink, further attempts included."""
    bytes: int = 0
    """Payload bytes of those requests, before compression and framing."""

    @property
    def in_flight(self) -> int:
        """Events without an outcome yet; zero once a run has ended."""
        return self.scheduled - self.acked - self.rejected - self.failed - self.dropped

    def __add__(self, other: "SignalCounters") -> "SignalCounters":
        pairs = zip(astuple(self), astuple(other), strict=True)
        return SignalCounters(*(mine + theirs for mine, theirs in pairs))


@dataclass(frozen=True, slots=True)
class Latencies:
    """Two views of the same requests."""

    service: LatencyHistogram
    """From the actual send of the last attempt to the outcome."""
    response: LatencyHistogram
    """From the intended send to the outcome: free of coordinated omission."""

    @classmethod
    def empty(cls) -> "Latencies":
        """Return two empty histograms."""
        return cls(LatencyHistogram(), LatencyHistogram())


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A run at one moment: accepted events by signal, and requests that went wrong."""

    acked: Mapping[Signal, int]
    errors: int

    @property
    def total(self) -> int:
        """Accepted events of all signals."""
        return sum(self.acked.values())


class RunStats:
    """Counters, latencies and failures of a run, by signal.

    `redact` removes secrets from the messages of receivers before they are kept.
    """

    def __init__(self, signals: Iterable[Signal], redact: Callable[[str], str] = str) -> None:
        self._counters = {signal: SignalCounters() for signal in signals}
        self._latencies = {signal: Latencies.empty() for signal in self._counters}
        self._failures = FailureLog(redact)

    @property
    def signals(self) -> tuple[Signal, ...]:
        """The signals of the run, in the order given."""
        return tuple(self._counters)

    def of(self, signal: Signal) -> SignalCounters:
        """Return the live counters of a signal."""
        return self._counters[signal]

    def scheduled(self, signal: Signal, events: int) -> None:
        """Count events taken for sending; each of them gets an outcome or is dropped."""
        self._counters[signal].scheduled += events

    def sent(self, signal: Signal, events: int, size_bytes: int) -> None:
        """Count a request handed to the sink for the first time."""
        counters = self._counters[signal]
        counters.sent += events
        counters.requests += 1
        counters.bytes += size_bytes

    def retried(self, signal: Signal, events: int, size_bytes: int) -> None:
        """Count a further attempt of a request."""
        counters = self._counters[signal]
        counters.retried += events
        counters.requests += 1
        counters.bytes += size_bytes

    def delivered(
        self,
        signal: Signal,
        events: int,
        delivery: Delivery,
        service_seconds: float,
        response_seconds: float,
    ) -> None:
        """Count the final outcome of a request; latencies as described by `Latencies`."""
        latencies = self._latencies[signal]
        latencies.service.record(service_seconds)
        latencies.response.record(response_seconds)
        if delivery.ok:
            self._accepted(signal, events, delivery)
        else:
            self._counters[signal].failed += events
            self._failures.add(signal, delivery.code, delivery.message)

    def _accepted(self, signal: Signal, events: int, delivery: Delivery) -> None:
        # A receiver may claim any number; no more than what was sent can have been refused.
        rejected = min(max(delivery.rejected, 0), events)
        counters = self._counters[signal]
        counters.acked += events - rejected
        counters.rejected += rejected
        if rejected or delivery.message:
            code = PARTIAL_SUCCESS if rejected else WARNING
            self._failures.add(signal, code, delivery.message)

    def dropped(self, signal: Signal, events: int) -> None:
        """Count scheduled events that were never sent."""
        self._counters[signal].dropped += events

    def totals(self) -> SignalCounters:
        """Return the sum over all signals."""
        return sum(self._counters.values(), SignalCounters())

    def latency(self, signal: Signal | None = None) -> tuple[LatencySummary, LatencySummary]:
        """Return service and response latency of a signal, or of all signals together."""
        chosen = self._latencies.values() if signal is None else [self._latencies[signal]]
        merged = Latencies.empty()
        for latencies in chosen:
            merged.service.add(latencies.service)
            merged.response.add(latencies.response)
        return merged.service.summary(), merged.response.summary()

    def failures(self) -> list[FailureRow]:
        """Return what went wrong, the most frequent first."""
        return self._failures.rows()

    def snapshot(self) -> Snapshot:
        """Return the numbers of the statistics line."""
        acked = {signal: counters.acked for signal, counters in self._counters.items()}
        return Snapshot(acked, self._failures.total)
