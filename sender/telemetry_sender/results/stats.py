"""Counts of a run, cheap enough for ten thousand requests a second.

One event loop owns them, so there are no locks. The bookkeeping obeys one law: once nothing is in
flight, `scheduled == acked + rejected + failed + dropped` holds for every signal.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from telemetry_common.signals import Signal
from telemetry_sender.results.counters import SignalCounters
from telemetry_sender.results.failures import (
    LOST,
    PARTIAL_SUCCESS,
    WARNING,
    FailureLog,
    FailureRow,
)
from telemetry_sender.results.latency import Latencies, LatencySummary
from telemetry_sender.results.sample import Sample
from telemetry_sender.results.usage import ProcessUsage
from telemetry_sender.sinks.delivery import Delivery


class RunStats:
    """Counters, latencies and failures of a run, by signal.

    `redact` removes secrets from the messages of receivers before they are kept. A pickle carries
    everything but `redact`: what comes out of it is for adding and showing.
    """

    def __init__(self, signals: Iterable[Signal], redact: Callable[[str], str] = str) -> None:
        self._counters = {signal: SignalCounters() for signal in signals}
        self._latencies = {signal: Latencies() for signal in self._counters}
        # Of the requests since the last sample: recording once keeps a request cheap.
        self._recent = {signal: Latencies() for signal in self._counters}
        self._failures = FailureLog(redact)

    @classmethod
    def put_together(
        cls,
        counters: Mapping[Signal, SignalCounters],
        latencies: Mapping[Signal, Latencies],
        failures: Iterable[FailureRow],
    ) -> "RunStats":
        """Return statistics made of their parts, as they are left of a process or in a report."""
        stats = cls(counters)
        stats._counters = dict(counters)
        for signal, each in latencies.items():
            stats._latencies[signal].add(each)
        stats._failures.merge(failures)
        return stats

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

    def refused_retry(self, signal: Signal) -> None:
        """Count a request that fails because there is no budget for a retry."""
        self._counters[signal].refused_retries += 1

    def split(self, signal: Signal) -> None:
        """Count a request that was too large; its halves are counted like further attempts."""
        self._counters[signal].splits += 1

    def deferred(self, signal: Signal, events: int) -> None:
        """Count scheduled events that are held back."""
        self._counters[signal].deferred += events

    def answered(
        self, signal: Signal, size_bytes: int, delivery: Delivery, waited_seconds: float
    ) -> None:
        """Count the answer to one attempt with this payload, whatever the answer says."""
        counters = self._counters[signal]
        counters.wire_bytes += size_bytes if delivery.wire_bytes is None else delivery.wire_bytes
        counters.waiting_seconds += waited_seconds

    def delivered(
        self,
        signal: Signal,
        events: int,
        delivery: Delivery,
        service_seconds: float,
        response_seconds: float,
    ) -> None:
        """Count the final outcome of a request; latencies as described by `Latencies`."""
        latencies = self._recent[signal]
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

    def lost(self, signal: Signal, events: int, why: str) -> None:
        """Count events as failed that had been accepted: what they were in cannot be completed."""
        counters = self._counters[signal]
        counters.acked -= events
        counters.failed += events
        self._failures.add(signal, LOST, why)

    def dropped(self, signal: Signal, events: int, *, deferred: bool = False) -> None:
        """Count scheduled events that were never sent; say whether they were held back."""
        counters = self._counters[signal]
        counters.dropped += events
        counters.deferred_dropped += events if deferred else 0

    def totals(self) -> SignalCounters:
        """Return the sum over all signals."""
        return sum(self._counters.values(), SignalCounters())

    def latency(self, signal: Signal | None = None) -> tuple[LatencySummary, LatencySummary]:
        """Return service and response latency of a signal, or of all signals together."""
        merged = Latencies()
        for each in self.signals if signal is None else [signal]:
            merged.add(self.latencies(each))
        return merged.service.summary(), merged.response.summary()

    def latencies(self, signal: Signal) -> Latencies:
        """Return all latencies of a signal so far."""
        merged = Latencies()
        merged.add(self._latencies[signal])
        merged.add(self._recent[signal])
        return merged

    def failures(self) -> list[FailureRow]:
        """Return what went wrong, the most frequent first."""
        return self._failures.rows()

    def sample(
        self,
        elapsed_seconds: float,
        *,
        due: float | None,
        usage: ProcessUsage,
        planned: float | None = None,
    ) -> Sample:
        """Return the run at this moment; the latencies are those since the sample before."""
        codes = self._failures.codes()
        return Sample(
            elapsed_seconds=elapsed_seconds,
            counters={signal: replace(counters) for signal, counters in self._counters.items()},
            errors=sum(codes.values()),
            due=due,
            latencies=self._settle(),
            usage=usage,
            codes=codes,
            planned=planned,
        )

    def _settle(self) -> Latencies:
        """Book the latencies since the last time with the others, and return them."""
        settled = Latencies()
        for signal, recent in self._recent.items():
            settled.add(recent)
            self._latencies[signal].add(recent)
        self._recent = {signal: Latencies() for signal in self._recent}
        return settled

    def add(self, other: "RunStats") -> None:
        """Add all that another process counted; its latencies count as sampled."""
        for signal in other.signals:
            counters = self._counters.get(signal, SignalCounters())
            self._counters[signal] = counters + other.of(signal)
            self._latencies.setdefault(signal, Latencies()).add(other.latencies(signal))
            self._recent.setdefault(signal, Latencies())
        self._failures.merge(other.failures())
