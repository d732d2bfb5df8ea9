"""What one process says of itself about once a second; the samples of several processes add up.

Samples are taken at whole multiples of SAMPLE_SECONDS since the run's start, which all processes
share, so that those of the same moment can be told and added. They feed what is shown while a run
goes on, and the plots of its report.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from telemetry_common.signals import Signal
from telemetry_sender.results.stats import Latencies, SignalCounters
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


Observer = Callable[[Sample], None]
"""Called with each sample of the whole run."""
