"""What became of each process of a run, and what they did all together."""

import signal as os_signal
import time
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from telemetry_common.signals import Signal
from telemetry_sender.files.account import together
from telemetry_sender.processes.board import Board
from telemetry_sender.processes.crew import Child
from telemetry_sender.processes.order import Origin
from telemetry_sender.results.counters import SignalCounters
from telemetry_sender.results.failures import FailureRow
from telemetry_sender.results.latency import Latencies
from telemetry_sender.results.links import LinkUse
from telemetry_sender.results.result import Outcome, ProcessResult, RunResult
from telemetry_sender.results.sample import Sample
from telemetry_sender.results.stats import RunStats
from telemetry_sender.results.usage import ProcessUsage

PROCESS_DIED = "PROCESS_DIED"
"""The code of events that a process had in flight when it died."""

_BY_SEVERITY = (Outcome.COMPLETED, Outcome.INTERRUPTED, Outcome.FAILED)


def how_it_died(code: int) -> str:
    """Return in words how a process ended, from its exit code."""
    if code >= 0:
        return f"ended with exit code {code}"
    return f"killed by {os_signal.Signals(-code).name}"


@dataclass(slots=True)
class Seen:
    """What the samples of a process have said so far."""

    last: Sample | None = None
    latencies: Latencies = field(default_factory=Latencies)

    def add(self, sample: Sample) -> None:
        """Take a further sample."""
        self.last = sample
        self.latencies.add(sample.latencies)


def left_by_dead(board: Board, child: Child, seen: Seen, death: str, origin: Origin) -> RunResult:
    """Return the result of a process that died; its counters are those on the board.

    What it had in flight has failed, and what was left of a given number of passes is dropped.
    Latencies and the CPU time since its last sample are lost.
    """
    order = child.order
    return RunResult(
        config=order.config,
        seed=order.seed,
        started_at=datetime.fromtimestamp(origin.unix_nanos / 1e9, UTC),
        duration_seconds=max(0.0, time.perf_counter() - origin.seconds),
        outcome=Outcome.FAILED,
        stats=_stats_of_dead(board, child, seen, death),
        events_per_pass=order.events,
        usage=seen.last.usage if seen.last else ProcessUsage.none(),
    )


def _stats_of_dead(board: Board, child: Child, seen: Seen, death: str) -> RunStats:
    counters = {signal: _closed(board, child, signal) for signal in board.signals}
    first = board.signals[0]
    rows = [
        FailureRow(signal, PROCESS_DIED, f"process {child.number}: {death}", 1)
        for signal, now in counters.items()
        if now != board.read(child.number, signal)
    ] or [FailureRow(first, PROCESS_DIED, f"process {child.number}: {death}", 1)]
    before = f"process {child.number}, before it died"
    codes = seen.last.codes if seen.last else {}
    rows += [FailureRow(first, code, before, count) for code, count in codes.items()]
    return RunStats.put_together(counters, {first: seen.latencies}, rows)


def _closed(board: Board, child: Child, signal: Signal) -> SignalCounters:
    """Return the last counters of a dead process, with an outcome for everything."""
    counters, order = board.read(child.number, signal), child.order
    # It may have died between counting a request and publishing it.
    lost = max(0, counters.in_flight)
    left = max(0, order.config.sending.multiplier * order.events[signal] - counters.scheduled)
    return replace(
        counters,
        scheduled=counters.scheduled + left,
        failed=counters.failed + lost,
        dropped=counters.dropped + left,
    )


def gathered(
    results: Mapping[int, RunResult], decisive: AbstractSet[int], parent: ProcessUsage
) -> RunResult:
    """Return the result of the run from those of its processes, by number.

    The worst outcome of the `decisive` ones is that of the run, and `parent` is what the parent
    consumed itself.
    """
    each = [results[number] for number in sorted(results)]
    stats = RunStats(each[0].stats.signals)
    for result in each:
        stats.add(result.stats)
    return replace(
        each[0],
        duration_seconds=max(result.duration_seconds for result in each),
        outcome=max((results[number].outcome for number in decisive), key=_BY_SEVERITY.index),
        failure=next((result.failure for result in each if result.failure), ""),
        stats=stats,
        events_per_pass=_summed([result.events_per_pass for result in each]),
        usage=sum((result.usage for result in each), parent),
        processes=len(each),
        link=_links([result.link for result in each]),
        sinks=together([result.sinks for result in each]),
        members=tuple(_member(number, results[number]) for number in sorted(results)),
    )


def _links(each: Sequence[LinkUse | None]) -> LinkUse | None:
    known = [link for link in each if link is not None]
    return sum(known, LinkUse()) if known else None


def _member(number: int, result: RunResult) -> ProcessResult:
    stats = result.stats
    acked = {signal: stats.of(signal).acked for signal in stats.signals}
    return ProcessResult(number, result.outcome, acked, result.usage)


def _summed(each: Sequence[Mapping[Signal, int]]) -> dict[Signal, int]:
    return {signal: sum(events[signal] for events in each) for signal in each[0]}
