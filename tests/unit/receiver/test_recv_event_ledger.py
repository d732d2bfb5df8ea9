"""Points, log records and samples are told apart exactly, whatever was lost or came twice."""

from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import (
    ExportMetricsServiceRequest,
)
from opentelemetry.proto.logs.v1.logs_pb2 import LogsData

from receiver_reference import ReferenceSender, build_reference_set, write_reference_set
from telemetry_common.signals import Signal
from telemetry_sender.receiver.event_columns import EventColumns
from telemetry_sender.receiver.event_ledger import EventLedger
from telemetry_sender.receiver.expected_streams import ExpectedStreams
from telemetry_sender.receiver.intake import CheckingIntake
from telemetry_sender.receiver.ledger import Ledger
from telemetry_sender.receiver.points import point_columns
from telemetry_sender.receiver.recent_times import KEPT
from telemetry_sender.receiver.stream_names import StreamNames, hashes
from telemetry_sender.receiver.template_index import TemplateIndex, load_template_index
from telemetry_sender.receiver.wire_views import MetricsView

SEED, PASSES = 5, 6
SIGNALS = [Signal.METRICS, Signal.LOGS, Signal.PROFILES]


def _index() -> TemplateIndex:
    with TemporaryDirectory() as directory:
        write_reference_set(build_reference_set(), Path(directory))
        return load_template_index(Path(directory))


INDEX = _index()
SENDER = ReferenceSender(build_reference_set(), SEED)
OTHER_RUN = ReferenceSender(build_reference_set(), SEED + 1)
STAMPED: dict[Signal, Callable[[int], Any]] = {
    Signal.METRICS: SENDER.metrics,
    Signal.LOGS: SENDER.logs,
    Signal.PROFILES: SENDER.profiles,
}


def _taken(signal: Signal, requests: Iterable[Any]) -> CheckingIntake:
    intake = CheckingIntake(Ledger(INDEX, SEED))
    for request in requests:
        intake.take(signal, request.SerializeToString())
    return intake


@settings(deadline=None, max_examples=60)
@given(
    signal=st.sampled_from(SIGNALS),
    arrivals=st.lists(st.integers(0, PASSES - 1), max_size=20),
)
def test_every_arrival_is_new_or_a_repeat(signal: Signal, arrivals: list[int]) -> None:
    """Whole passes arrive in any order, any number of times, or never."""
    intake = _taken(signal, map(STAMPED[signal], arrivals))
    per_pass = INDEX.events[signal]
    counts = intake.books.counts[signal]
    assert counts.unique == per_pass * len(set(arrivals))
    assert counts.duplicated == per_pass * (len(arrivals) - len(set(arrivals)))
    assert (counts.foreign, counts.undecided, counts.untracked, counts.unidentified) == (0,) * 4


@pytest.mark.parametrize("signal", SIGNALS)
def test_what_is_not_of_the_templates_is_foreign(signal: Signal) -> None:
    """Other resources make other series and records; another run's seed makes other profiles."""
    requests = {
        Signal.METRICS: SENDER.metrics(0),
        Signal.LOGS: SENDER.logs(0),
        Signal.PROFILES: OTHER_RUN.profiles(0),
    }
    request = requests[signal]
    if signal is not Signal.PROFILES:
        resources = getattr(request, f"resource_{signal}")
        resources[0].resource.attributes.add(key="other").value.bool_value = True
    counts = _taken(signal, [request, STAMPED[signal](0)]).books.counts[signal]
    assert (counts.foreign, counts.unique) == (INDEX.events[signal],) * 2


@pytest.mark.parametrize("signal", [Signal.METRICS, Signal.LOGS])
def test_instances_that_number_their_resources_are_not_foreign(
    signal: Signal, tmp_path: Path
) -> None:
    """Each of two instances sends the set with its number behind the names of its host."""
    templates = build_reference_set()
    resources: list[Any] = [templates.metrics.resource_metrics[0], templates.logs.resource_logs[0]]
    for host, each in enumerate(resources):
        each.resource.attributes.add(key="host.name").value.string_value = f"host-{host}"
    write_reference_set(templates, tmp_path)
    intake = CheckingIntake(Ledger(load_template_index(tmp_path), SEED))
    sender = ReferenceSender(templates, SEED)
    for instance in range(2):
        request: Any = sender.metrics(0) if signal is Signal.METRICS else sender.logs(0)
        resource = getattr(request, f"resource_{signal}")[0].resource
        resource.attributes[0].value.string_value += f"-{instance}"
        intake.take(signal, request.SerializeToString())
    counts = intake.books.counts[signal]
    assert (counts.foreign, counts.unique) == (0, 2 * INDEX.events[signal])


@st.composite
def streams_and_times(draw: st.DrawFn) -> tuple[list[int], list[list[tuple[int, int]]]]:
    """Return the copies of each stream, and requests of (stream, time)."""
    copies = draw(st.lists(st.integers(1, 3), min_size=1, max_size=4))
    event = st.tuples(st.integers(0, len(copies) - 1), st.integers(1, 6))
    return copies, draw(st.lists(st.lists(event, max_size=8), max_size=6))


def _names(streams: list[int]) -> StreamNames:
    rest = hashes(streams)
    return StreamNames([b""], np.zeros(len(streams), np.intp), rest, lambda which: rest[which])


def _columns(events: list[tuple[int, int]]) -> EventColumns:
    times = np.array([time for _, time in events], np.uint64)
    return EventColumns(_names([stream for stream, _ in events]), times)


@settings(deadline=None)
@given(streams_and_times())
def test_copies_are_different_in_one_request_and_repeats_in_the_next(
    case: tuple[list[int], list[list[tuple[int, int]]]],
) -> None:
    """An event that a request holds k times is k events, if the set has as many copies of it."""
    copies, requests = case
    file = [stream for stream, count in enumerate(copies) for _ in range(count)]
    ledger = EventLedger(
        ExpectedStreams.of([_columns([(stream, 1) for stream in file]).names.keys()])
    )
    most: Counter[tuple[int, int]] = Counter()
    for events in requests:
        ledger.record(_columns(events))
        most |= Counter({each: min(n, copies[each[0]]) for each, n in Counter(events).items()})
    assert ledger.counts.unique == most.total()
    assert ledger.counts.duplicated == sum(map(len, requests)) - most.total()


def test_streams_that_came_less_often_than_others_are_named() -> None:
    """Of three streams in file order, the second has two copies and missed a pass."""
    file = [(7, 1), (8, 1), (8, 1), (9, 1)]
    ledger = EventLedger(ExpectedStreams.of([_columns(file).names.keys()]))
    for time in (1, 2, 3):
        ledger.record(_columns([(s, time) for s, _ in file if (s, time) != (8, 2)]))
    behind = ledger.behind()
    assert ledger.passes_seen() == 3
    assert behind.events == 2
    assert behind.missing.tolist() == [0, 2, 0]
    assert behind.furthest(5).tolist() == [1]
    assert ledger.expected is not None
    assert ledger.expected.first_event.tolist() == [0, 1, 3]


def test_a_repeat_is_undecided_only_when_its_time_is_forgotten() -> None:
    ledger = EventLedger()
    for time in range(1, KEPT + 2):
        ledger.record(_columns([(1, time)]))
    ledger.record(_columns([(1, 1), (1, 2)]))
    assert (ledger.counts.undecided, ledger.counts.duplicated) == (1, 1)
    assert ledger.counts.unique == KEPT + 1


def test_streams_beyond_the_memory_are_counted_as_untracked() -> None:
    ledger = EventLedger(max_streams=2)
    ledger.record(_columns([(1, 1), (2, 1), (3, 1)]))
    ledger.record(_columns([(3, 2), (2, 2), (1, 2)]))
    assert (ledger.counts.unique, ledger.counts.untracked, ledger.stream_count) == (4, 2, 2)


def test_every_stream_of_the_templates_may_be_written_in_another_way(tmp_path: Path) -> None:
    """However little room there is for others; and what is foreign takes none of it."""
    templates = build_reference_set()
    templates.metrics.resource_metrics[0].resource.attributes.add(key="k").value.int_value = 1
    write_reference_set(templates, tmp_path)
    expected = load_template_index(tmp_path).points
    ledger = EventLedger(expected, max_streams=0)
    raw = ReferenceSender(templates, SEED).metrics(0).SerializeToString()
    for payload in (raw.replace(b"\x0a\x01k", b"\x0a\x01j"), _turned(raw), raw):
        ledger.record(point_columns(MetricsView.FromString(payload)).events)
    per_pass = expected.events
    assert (ledger.counts.unique, ledger.counts.duplicated) == (per_pass, per_pass)
    assert (ledger.counts.foreign, ledger.counts.untracked) == (per_pass, 0)


def test_events_without_a_time_are_not_identified() -> None:
    ledger = EventLedger()
    ledger.record(_columns([(1, 0), (1, 0), (1, 5)]))
    assert (ledger.counts.unidentified, ledger.counts.unique) == (2, 1)


def test_points_arriving_after_later_ones_of_their_series_are_out_of_order() -> None:
    ledger = EventLedger()
    for time in (3, 1, 2, 4, 2):
        ledger.record(_columns([(1, time)]))
    assert (ledger.out_of_order, ledger.counts.duplicated) == (2, 1)


def _point(request: ExportMetricsServiceRequest, **names: str) -> Any:
    """Add a sum's point in a resource, scope and metric named by `names`."""
    resource = request.resource_metrics.add()
    resource.resource.attributes.add(key="r").value.string_value = names.get("resource", "")
    scope = resource.scope_metrics.add()
    scope.scope.name = names.get("scope", "")
    metric = scope.metrics.add(name=names.get("metric", ""), unit=names.get("unit", ""))
    point = getattr(metric, names.get("kind", "sum")).data_points.add(time_unix_nano=1)
    point.attributes.add(key="a").value.string_value = names.get("attribute", "")
    return point


@pytest.mark.parametrize("name", ["resource", "scope", "metric", "unit", "kind", "attribute"])
def test_a_series_is_named_by_all_that_the_data_model_says(name: str) -> None:
    request = ExportMetricsServiceRequest()
    _point(request)
    _point(request, **{name: "gauge" if name == "kind" else "other"})
    _point(request)
    intake = CheckingIntake()
    intake.take(Signal.METRICS, request.SerializeToString())
    counts = intake.books.points.counts
    assert (counts.unique, counts.duplicated) == (2, 1)


@pytest.mark.parametrize("field", ["body", "severity_text", "event_name", "attributes"])
def test_a_log_record_is_known_by_its_content(field: str, tmp_path: Path) -> None:
    templates = build_reference_set()
    request = ReferenceSender(templates, SEED).logs(0)
    record = request.resource_logs[0].scope_logs[0].log_records[0]
    if field == "body":
        record.body.string_value = "other"
    elif field == "attributes":
        record.attributes.add(key="other").value.int_value = 1
    else:
        setattr(record, field, "other")
    write_reference_set(templates, tmp_path)
    intake = CheckingIntake(Ledger(load_template_index(tmp_path), SEED))
    intake.take(Signal.LOGS, request.SerializeToString())
    assert intake.books.counts[Signal.LOGS].foreign == 1


def test_ids_and_times_are_no_content() -> None:
    """What a send changes does not change which record it is."""
    one, other = LogsData(), LogsData()
    for number, data in enumerate((one, other), start=1):
        data.resource_logs.add().scope_logs.add().log_records.add(
            time_unix_nano=number,
            observed_time_unix_nano=number,
            trace_id=bytes([number]) * 16,
            span_id=bytes([number]) * 8,
        )
    intake = CheckingIntake(Ledger(INDEX, SEED))
    for data in (one, other):
        intake.take(Signal.LOGS, data.SerializeToString())
    counts = intake.books.counts[Signal.LOGS]
    assert (counts.unique, counts.foreign) == (2, 0)


def _observed_after(delay: int, into: LogsData) -> LogsData:
    into.resource_logs.add().scope_logs.add().log_records.add(
        time_unix_nano=100, observed_time_unix_nano=100 + delay
    )
    return into


def test_equal_records_of_one_time_are_told_apart_by_when_they_were_observed(
    tmp_path: Path,
) -> None:
    """They are no repeats, although a batch that ends between them puts them into two requests."""
    templates = build_reference_set()
    templates.logs.Clear()
    for delay in (5, 7):
        _observed_after(delay, templates.logs)
    write_reference_set(templates, tmp_path)
    intake = CheckingIntake(Ledger(load_template_index(tmp_path), SEED))
    for delay in (5, 7, 5):
        intake.take(Signal.LOGS, _observed_after(delay, LogsData()).SerializeToString())
    counts = intake.books.counts[Signal.LOGS]
    assert (counts.unique, counts.duplicated, counts.foreign) == (2, 1, 0)


@pytest.mark.parametrize("signal", [Signal.METRICS, Signal.LOGS])
@pytest.mark.parametrize("empty_value", [True, False])
def test_it_does_not_matter_how_attributes_are_written(
    signal: Signal, empty_value: bool, tmp_path: Path
) -> None:
    templates = build_reference_set()
    for each in (templates.metrics.resource_metrics[0], templates.logs.resource_logs[0]):
        each.resource.attributes.add(key="k").value.int_value = 1
        bare = each.resource.attributes.add(key="none")
        if empty_value:
            bare.value.SetInParent()
    write_reference_set(templates, tmp_path)
    intake = CheckingIntake(Ledger(load_template_index(tmp_path), SEED))
    sender = ReferenceSender(templates, SEED)
    request: Any = sender.metrics(0) if signal is Signal.METRICS else sender.logs(0)
    intake.take(signal, request.SerializeToString())
    getattr(request, f"resource_{signal}")[0].resource.attributes[1].value.SetInParent()
    intake.take(signal, _turned(request.SerializeToString()))
    counts = intake.books.counts[signal]
    assert (counts.foreign, counts.unique) == (0, INDEX.events[signal])
    assert counts.duplicated == INDEX.events[signal]


def _turned(raw: bytes) -> bytes:
    """Write the value of the attribute `k` before its key, as the Collector does."""
    key, value = b"\x0a\x01k", b"\x12\x02\x18\x01"
    assert raw.count(key + value) == 1
    return raw.replace(key + value, value + key)
