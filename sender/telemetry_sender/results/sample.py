"""What one process says of itself about once a second; the samples of several processes add up.

Samples are taken at whole multiples of SAMPLE_SECONDS since the run's start, which all processes
share, so that those of the same moment can be told and added. They feed what is shown while a run
goes on, and the plots of its report.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from telemetry_common.signals import Signal
from telemetry_sender.results.counters import SignalCounters
from telemetry_sender.results.latency import Latencies
from telemetry_sender.results.outage import Outage, merge_outages
from telemetry_sender.results.usage import ProcessUsage

SAMPLE_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Sample:
    """A run at one moment. It can be pickled: processes send it to their parent."""

    elapsed_seconds: float
    counters: Mapping[Signal, SignalCounters]
    """What happened since the run's start."""
    errors: int
    """Requests that failed or lost events since the run's start."""
    due: float | None
    """Events that the schedule asked for since the run's start; None without a schedule."""
    latencies: Latencies
    """Of the requests that ended since the sample before."""
    usage: ProcessUsage
    """CPU time since the run's start, and the largest resident memory."""
    codes: Mapping[str, int] = field(default_factory=dict)
    """The errors since the run's start, by code."""
    planned: float | None = None
    """Events that the run is to send; None without an end to its passes."""
    outage: Outage | None = None
    """What waits for an endpoint that is down; None when none is."""

    @property
    def totals(self) -> SignalCounters:
        """The counters of all signals together."""
        return sum(self.counters.values(), SignalCounters())


def merge_samples(samples: Sequence[Sample]) -> Sample:
    """Return the sum of at least one sample of as many processes, all of the same moment.

    A process that has ended takes part with its last sample and no latencies, or the counts of the
    run would fall.
    """
    latencies = Latencies()
    for sample in samples:
        latencies.add(sample.latencies)
    return Sample(
        elapsed_seconds=max(sample.elapsed_seconds for sample in samples),
        counters=_added([sample.counters for sample in samples], SignalCounters()),
        errors=sum(sample.errors for sample in samples),
        due=_total([sample.due for sample in samples]),
        latencies=latencies,
        usage=sum((sample.usage for sample in samples), ProcessUsage.none()),
        codes=_added([sample.codes for sample in samples], 0),
        planned=_total([sample.planned for sample in samples]),
        outage=merge_outages(sample.outage for sample in samples),
    )


def _total(values: Sequence[float | None]) -> float | None:
    """Return the sum of what is known; None when nothing is."""
    known = [value for value in values if value is not None]
    return sum(known) if known else None


Key = TypeVar("Key")
Count = TypeVar("Count", int, SignalCounters)


def _added(mappings: Sequence[Mapping[Key, Count]], nothing: Count) -> dict[Key, Count]:
    """Return the sums of what stands under the same key."""
    keys = dict.fromkeys(key for mapping in mappings for key in mapping)
    return {key: sum((each.get(key, nothing) for each in mappings), nothing) for key in keys}


Observer = Callable[[Sample], None]
"""Called with each sample of the whole run."""
