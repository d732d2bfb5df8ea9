"""Delays and time windows: from an event's own time to its arrival."""

import numpy as np
import pytest
from hdrh.histogram import HdrHistogram
from hypothesis import given, settings
from hypothesis import strategies as st
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import (
    ExportMetricsServiceRequest,
)
from opentelemetry.proto.collector.profiles.v1development.profiles_service_pb2 import (
    ExportProfilesServiceRequest,
)
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from telemetry_common.signals import Signal
from telemetry_sender.receiver.delays import Delays
from telemetry_sender.receiver.intake import CheckingIntake
from telemetry_sender.receiver.time_window import TimeWindow

NOW = 1_700_000_000_000_000_000
MS = 1_000_000
DAY_MICROS = 86_400_000_000


def _delays(*nanos: int) -> Delays:
    delays = Delays()
    delays.add(np.array([NOW - each for each in nanos], np.uint64), NOW)
    return delays


def test_percentiles_are_the_delays_in_milliseconds() -> None:
    summary = _delays(*(each * MS for each in range(1, 1001))).summary()
    assert summary.p50 == pytest.approx(500, rel=1e-3)
    assert summary.p90 == pytest.approx(900, rel=1e-3)
    assert summary.p99 == pytest.approx(990, rel=1e-3)
    assert summary.p999 == pytest.approx(999, rel=1e-3)
    assert summary.max == pytest.approx(1000, rel=1e-3)
    assert (summary.events, summary.from_the_future) == (1000, 0)


@settings(deadline=None, max_examples=50)
@given(st.lists(st.integers(1, DAY_MICROS), min_size=1, max_size=50))
def test_delays_are_counted_where_the_library_counts_them(micros: list[int]) -> None:
    reference = HdrHistogram(1, DAY_MICROS, 3)
    for each in micros:
        reference.record_value(each)
    summary = _delays(*(each * 1000 for each in micros)).summary()
    assert summary.max == reference.get_max_value() / 1e3
    counted = _delays(*(each * 1000 for each in micros))._counts
    assert counted.tolist() == list(reference.counts)


def test_events_from_the_future_are_counted_apart() -> None:
    """Events without a time are not counted at all."""
    delays = _delays(-1, 0, 5 * MS)
    delays.add(np.zeros(3, np.uint64), NOW)
    summary = delays.summary()
    assert (summary.from_the_future, summary.events) == (1, 2)
    assert summary.max == pytest.approx(5, rel=1e-3)


def test_without_events_there_is_no_percentile() -> None:
    summary = Delays().summary()
    assert (summary.p50, summary.max, summary.events) == (None, None, 0)


@pytest.mark.parametrize(
    ("offset", "outside"),
    [(-1001, 1), (-1000, 0), (0, 0), (10, 0), (11, 1)],
)
def test_the_window_includes_its_bounds(offset: int, outside: int) -> None:
    window = TimeWindow(max_age_nanos=1000, skew_nanos=10)
    assert window.outside(np.array([NOW + offset, 0], np.uint64), NOW) == outside


def test_a_window_longer_than_the_clock_has_no_beginning() -> None:
    assert TimeWindow(1 << 63).outside(np.array([1], np.uint64), 1 << 62) == 0


def _requests(time: int) -> dict[Signal, bytes]:
    """Return a request of each signal with one event that happened, or ended, at `time`."""
    traces, logs = ExportTraceServiceRequest(), ExportLogsServiceRequest()
    metrics, profiles = ExportMetricsServiceRequest(), ExportProfilesServiceRequest()
    spans = traces.resource_spans.add().scope_spans.add().spans
    spans.add(start_time_unix_nano=1, end_time_unix_nano=time)
    metric = metrics.resource_metrics.add().scope_metrics.add().metrics.add()
    metric.gauge.data_points.add(start_time_unix_nano=1, time_unix_nano=time)
    logs.resource_logs.add().scope_logs.add().log_records.add(observed_time_unix_nano=time)
    found = profiles.resource_profiles.add().scope_profiles.add().profiles
    found.add(time_unix_nano=time - 7, duration_nano=7)
    messages = (traces, metrics, logs, profiles)
    return {s: m.SerializeToString() for s, m in zip(Signal, messages, strict=True)}


@pytest.mark.parametrize("signal", list(Signal))
@pytest.mark.parametrize(("age", "outside"), [(2 * MS, 0), (4 * MS, 1)])
def test_every_signal_is_timed(signal: Signal, age: int, outside: int) -> None:
    intake = CheckingIntake(clock=lambda: NOW, time_window=TimeWindow(3 * MS))
    intake.take(signal, _requests(NOW - age)[signal])
    delay = intake.timing.delays[signal].summary()
    assert delay.max == pytest.approx(age / MS, rel=1e-3)
    assert intake.timing.outside[signal] == outside


def test_a_profile_may_end_after_the_end_of_time() -> None:
    request = ExportProfilesServiceRequest()
    found = request.resource_profiles.add().scope_profiles.add().profiles
    found.add(time_unix_nano=(1 << 64) - 1, duration_nano=(1 << 64) - 1)
    intake = CheckingIntake(clock=lambda: NOW)
    intake.take(Signal.PROFILES, request.SerializeToString())
    assert intake.timing.delays[Signal.PROFILES].from_the_future == 1
