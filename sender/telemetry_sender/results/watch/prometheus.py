"""The sender's own metrics, for Prometheus to scrape while a run goes on (`--metrics HOST:PORT`).

The loop that sends only leaves each sample behind as finished numbers; a thread of its own answers
scrapes from them and never waits for the loop, nor the loop for it.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Thread
from wsgiref.simple_server import WSGIServer

from prometheus_client import CollectorRegistry
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    InfoMetricFamily,
    Metric,
)
from prometheus_client.exposition import start_wsgi_server
from prometheus_client.registry import Collector

from telemetry_common.addresses import parse_host_port
from telemetry_common.errors import UsageError, reason
from telemetry_sender.results.counters import SignalCounters
from telemetry_sender.results.latency import LatencyHistogram
from telemetry_sender.results.sample import Sample
from telemetry_sender.results.watch.change import Change

BUCKETS_SECONDS = (
    0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0
)  # fmt: skip
_OUTCOMES = ("acked", "rejected", "failed", "dropped")
_HIGHEST_PORT = 65_535


@dataclass(frozen=True, slots=True)
class Buckets:
    """Latencies of a run so far: how many were at most each of BUCKETS_SECONDS, all, their sum."""

    reached: tuple[int, ...] = (0,) * len(BUCKETS_SECONDS)
    count: int = 0
    total_seconds: float = 0.0

    def plus(self, histogram: LatencyHistogram) -> "Buckets":
        """Return these and the latencies of a histogram."""
        more = histogram.at_most(BUCKETS_SECONDS)
        return Buckets(
            tuple(mine + theirs for mine, theirs in zip(self.reached, more, strict=True)),
            self.count + histogram.count,
            self.total_seconds + histogram.total_seconds,
        )


@dataclass(frozen=True, slots=True)
class _Shown:
    """All that a scrape needs: replaced as a whole, so that a thread may read it at any time."""

    change: Change
    service: Buckets
    response: Buckets


class RunMetrics(Collector):
    """The metrics of a run; `observe` is the Observer that keeps them up to date.

    `labels` say which run it is, as `stampede_run_info`.
    """

    def __init__(self, labels: Mapping[str, str]) -> None:
        self._labels = dict(labels)
        self._shown: _Shown | None = None

    def observe(self, sample: Sample) -> None:
        """Take the next sample."""
        last = self._shown
        self._shown = _Shown(
            Change(last.change.after if last else None, sample),
            (last.service if last else Buckets()).plus(sample.latencies.service),
            (last.response if last else Buckets()).plus(sample.latencies.response),
        )

    def collect(self) -> Iterator[Metric]:
        """Yield the metrics of the last sample; before the first, only which run it is."""
        yield InfoMetricFamily("stampede_run", "Which run this is.", self._labels)
        shown = self._shown
        if shown is not None:
            yield from _counted(shown.change.after)
            yield _durations(shown)
            yield from _schedule(shown.change)
            yield from _sender(shown.change.after)


def _counted(sample: Sample) -> Iterator[Metric]:
    yield _outcomes(sample)
    for name, help_text, value in _COUNTERS:
        family = CounterMetricFamily(name, help_text, labels=["signal"])
        for signal, counters in sample.counters.items():
            family.add_metric([str(signal)], value(counters))
        yield family
    errors = CounterMetricFamily(
        "stampede_errors", "Requests that failed or lost events.", labels=["code"]
    )
    for code, count in sample.codes.items():
        errors.add_metric([code], count)
    yield errors


def _outcomes(sample: Sample) -> Metric:
    family = CounterMetricFamily(
        "stampede_events", "Events by their outcome.", labels=["signal", "outcome"]
    )
    for signal, counters in sample.counters.items():
        for outcome in _OUTCOMES:
            family.add_metric([str(signal), outcome], getattr(counters, outcome))
    return family


_Value = Callable[[SignalCounters], float]
_COUNTERS: tuple[tuple[str, str, _Value], ...] = (
    ("stampede_scheduled_events", "Events taken for sending.", lambda each: each.scheduled),
    ("stampede_sent_events", "Events handed to the sink, first attempts.", lambda each: each.sent),
    ("stampede_retried_events", "Events of further attempts.", lambda each: each.retried),
    ("stampede_requests", "Requests, further attempts included.", lambda each: each.requests),
    ("stampede_bytes", "Payload bytes, before compression.", lambda each: each.bytes),
    ("stampede_wire_bytes", "Bytes of bodies, after compression.", lambda each: each.wire_bytes),
    (
        "stampede_waiting_seconds",
        "Time that requests waited for their answers, summed: its rate is the requests in flight.",
        lambda each: each.waiting_seconds,
    ),
)


def _durations(shown: _Shown) -> Metric:
    family = HistogramMetricFamily(
        "stampede_request_duration_seconds",
        "From the send (service) or the intended send (response) of a request to its outcome.",
        labels=["view"],
    )
    for view, buckets in (("service", shown.service), ("response", shown.response)):
        bounds = map(str, BUCKETS_SECONDS)
        rows = [*zip(bounds, buckets.reached, strict=True), ("+Inf", buckets.count)]
        family.add_metric([view], rows, buckets.total_seconds)
    return family


def _schedule(change: Change) -> Iterator[Metric]:
    sample, rate = change.after, change.intended_per_second
    if rate is not None:
        yield GaugeMetricFamily(
            "stampede_intended_events_per_second", "What the schedule asks for now.", rate
        )
    yield GaugeMetricFamily(
        "stampede_elapsed_seconds", "Time since the run began.", sample.elapsed_seconds
    )


def _sender(sample: Sample) -> Iterator[Metric]:
    usage = sample.usage
    yield CounterMetricFamily(
        "stampede_cpu_seconds", "CPU time of the sender, all processes.", usage.cpu_seconds
    )
    yield GaugeMetricFamily(
        "stampede_max_rss_bytes", "Largest resident memory, all processes.", usage.max_rss_bytes
    )


@contextmanager
def metrics_server(address: str, metrics: RunMetrics) -> Iterator[str]:
    """Serve the metrics of a run at `HOST:PORT`; yield the URL to scrape. Port 0 lets one be found.

    Raises UsageError when the address is none, is taken, or may not be listened at.
    """
    host, port = _host_and_port(address)
    registry = CollectorRegistry(auto_describe=False)
    registry.register(metrics)
    try:
        server, thread = start_wsgi_server(port, host, registry)
    except OSError as error:
        problem = reason(error)
        raise UsageError(f"--metrics {address}", problem, "choose another address") from None
    try:
        shown = f"[{host}]" if ":" in host else host
        yield f"http://{shown}:{server.server_port}/metrics"
    finally:
        _stop(server, thread)


def _stop(server: WSGIServer, thread: Thread) -> None:
    server.shutdown()
    server.server_close()
    thread.join()


def _host_and_port(address: str) -> tuple[str, int]:
    try:
        host, port = parse_host_port(address)
    except ValueError as error:
        fix = "write for example 127.0.0.1:9464"
        raise UsageError(f"--metrics {address}", str(error), fix) from None
    return host.strip("[]"), port
