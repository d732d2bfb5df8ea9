"""A run over time, for the plots of its report: rates, outcomes and latencies by interval.

Memory stays flat however long a run is: beyond MOST_POINTS neighbours become one, so a run of a day
has points of minutes where one of ten minutes has points of seconds.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import pairwise
from operator import attrgetter

from telemetry_common.signals import Signal
from telemetry_sender.results.compact import CompactHistogram
from telemetry_sender.results.counters import SignalCounters
from telemetry_sender.results.latency import PERCENTILES
from telemetry_sender.results.sample import Sample

MOST_POINTS = 600

# What a run counts at its very end would be an enormous rate over the last few milliseconds.
_SHORTEST_INTERVAL_SECONDS = 0.25

Column = list[float]


@dataclass(frozen=True, slots=True)
class Point:
    """A run at the end of an interval: counts since its start, latencies of the interval alone."""

    elapsed_seconds: float
    counters: dict[Signal, SignalCounters]
    totals: SignalCounters
    errors: int
    due: float | None
    cpu_seconds: float
    max_rss_bytes: int
    service: CompactHistogram
    response: CompactHistogram

    @classmethod
    def of(cls, sample: Sample) -> "Point":
        """Return what a sample says."""
        return cls(
            elapsed_seconds=sample.elapsed_seconds,
            counters=dict(sample.counters),
            totals=sample.totals,
            errors=sample.errors,
            due=sample.due,
            cpu_seconds=sample.usage.cpu_seconds,
            max_rss_bytes=sample.usage.max_rss_bytes,
            service=CompactHistogram.of(sample.latencies.service),
            response=CompactHistogram.of(sample.latencies.response),
        )

    def following(self, earlier: "Point") -> "Point":
        """Return this point for an interval that began where that of `earlier` did."""
        return replace(
            self,
            service=earlier.service + self.service,
            response=earlier.response + self.response,
        )


_START = Point(
    elapsed_seconds=0.0,
    counters={},
    totals=SignalCounters(),
    errors=0,
    due=0.0,
    cpu_seconds=0.0,
    max_rss_bytes=0,
    service=CompactHistogram.empty(),
    response=CompactHistogram.empty(),
)


class SeriesRecorder:
    """Keeps the samples of a run, at most `most` points of them; `observe` is its Observer."""

    def __init__(self, most: int = MOST_POINTS) -> None:
        if most < 2:
            raise ValueError("a series needs two points at least")
        self._most = most
        self._points: list[Point] = []

    def observe(self, sample: Sample) -> None:
        """Take the next sample; one that comes too soon after another makes its interval longer."""
        point = Point.of(sample)
        if self._points and point.elapsed_seconds < self._soonest:
            point = point.following(self._points.pop())
        self._points.append(point)
        if len(self._points) > self._most:
            self._points = _halved(self._points)

    @property
    def _soonest(self) -> float:
        return self._points[-1].elapsed_seconds + _SHORTEST_INTERVAL_SECONDS

    def series(self) -> "Series":
        """Return what was recorded so far."""
        return Series(tuple(self._points))


def _halved(points: Sequence[Point]) -> list[Point]:
    """Return the points with every two made one; the last of an odd number stays alone."""
    pairs = zip(points[::2], points[1::2], strict=False)
    merged = [second.following(first) for first, second in pairs]
    return merged + list(points[len(merged) * 2 :])


@dataclass(frozen=True, slots=True)
class Series:
    """The recorded points of a run, in order of time."""

    points: tuple[Point, ...] = ()

    @property
    def seconds(self) -> float:
        """When the last interval ended, in seconds since the start."""
        return self.points[-1].elapsed_seconds if self.points else 0.0

    @property
    def due(self) -> float | None:
        """Events that the schedule asked for up to the last point; None without a schedule."""
        return self.points[-1].due if self.points else None

    def columns(self) -> dict[str, object]:
        """Return the columns of the report, units in their names; one value for each interval."""
        return {
            "elapsed_seconds": [point.elapsed_seconds for point in self.points],
            "intended_events_per_second": self.intended(),
            **self._counted(lambda point: point.totals),
            "errors_per_second": self._per_second(lambda point: point.errors),
            "cpu_cores": self._per_second(lambda point: point.cpu_seconds),
            "max_rss_bytes": [point.max_rss_bytes for point in self.points],
            "latency_ms": {
                "service": self._latency("service"),
                "response": self._latency("response"),
            },
            "signals": {str(signal): self._of(signal) for signal in self._signals()},
        }

    def intended(self) -> list[float | None]:
        """Return the rate that the schedule asked for; None where there is no schedule."""
        return [
            None
            if before.due is None or after.due is None
            else (after.due - before.due) / (after.elapsed_seconds - before.elapsed_seconds)
            for before, after in self._intervals()
        ]

    def sent(self) -> Column:
        """Return the rate of events handed to the sink for the first time."""
        return self._per_second(lambda point: point.totals.sent)

    def _counted(self, counters: Callable[[Point], SignalCounters]) -> dict[str, Column]:
        def column(counter: str) -> Column:
            value = attrgetter(counter)
            return self._per_second(lambda point: float(value(counters(point))))

        return {name: column(counter) for counter, name in _COUNTER_COLUMNS.items()}

    def _of(self, signal: Signal) -> dict[str, Column]:
        return self._counted(lambda point: point.counters.get(signal, SignalCounters()))

    def _signals(self) -> list[Signal]:
        return list(self.points[-1].counters) if self.points else []

    def _per_second(self, count: Callable[[Point], float]) -> Column:
        return [
            (count(after) - count(before)) / (after.elapsed_seconds - before.elapsed_seconds)
            for before, after in self._intervals()
        ]

    def _intervals(self) -> Iterable[tuple[Point, Point]]:
        return pairwise((_START, *self.points))

    def _latency(self, view: str) -> dict[str, list[float | None]]:
        rows = [asdict(getattr(point, view).summary()) for point in self.points]
        return {name: [row[name] for row in rows] for name in PERCENTILES}


_COUNTER_COLUMNS = {
    "sent": "sent_events_per_second",
    "acked": "acked_events_per_second",
    "rejected": "rejected_events_per_second",
    "failed": "failed_events_per_second",
    "retried": "retried_events_per_second",
    "dropped": "dropped_events_per_second",
    "requests": "requests_per_second",
    "bytes": "bytes_per_second",
    "wire_bytes": "wire_bytes_per_second",
}
