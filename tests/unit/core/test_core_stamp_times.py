"""When things happened: traces end as they are sent, logs lie in their spans, series only rise."""

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Any

import pytest
from opentelemetry.proto.metrics.v1.metrics_pb2 import (
    AGGREGATION_TEMPORALITY_CUMULATIVE as CUMULATIVE,
)
from opentelemetry.proto.metrics.v1.metrics_pb2 import AGGREGATION_TEMPORALITY_DELTA as DELTA
from opentelemetry.proto.metrics.v1.metrics_pb2 import Exemplar, MetricsData
from opentelemetry.proto.trace.v1.trace_pb2 import Span, TracesData

from core_support import (
    COMMITTED,
    COMMITTED_SIGNALS,
    SECOND,
    START,
    blocks_of,
    stampers_of,
    templates_of,
)
from otlp_events import holders_of, points_of
from telemetry_common.planning.cut import Limits, cut_events
from telemetry_common.signals import Signal
from telemetry_common.template import Template
from telemetry_sender.stamping.stamp import Stamper

JITTER = 100_000_000
HOUR = 3_600 * SECOND
LIMITS = Limits(4, 1 << 22)


@pytest.fixture(scope="module")
def templates() -> dict[Signal, Template]:
    """Return the committed set, with exemplars and deltas added to its metrics."""
    data = {name: (COMMITTED / f"small-{name}.pb").read_bytes() for name in COMMITTED_SIGNALS}
    data[Signal.METRICS] += more_metrics(holders_of(Signal.TRACES, data[Signal.TRACES])[::20])
    return templates_of(data)


def more_metrics(spans: list[Any]) -> bytes:
    """Return a delta sum and a cumulative histogram with an exemplar for each of these spans."""
    data = MetricsData()
    metrics = data.resource_metrics.add().scope_metrics.add().metrics
    delta, growing = metrics.add(name="delta").sum, metrics.add(name="growing").histogram
    delta.aggregation_temporality = DELTA
    growing.aggregation_temporality = CUMULATIVE
    for span in spans:
        middle = (span.start_time_unix_nano + span.end_time_unix_nano) // 2
        exemplar = Exemplar(
            trace_id=span.trace_id, span_id=span.span_id, time_unix_nano=middle, as_double=1.5
        )
        for point in (
            delta.data_points.add(as_int=7, exemplars=[exemplar]),
            growing.data_points.add(
                count=3, sum=4.5, bucket_counts=[1, 2], explicit_bounds=[1.0], exemplars=[exemplar]
            ),
        ):
            point.start_time_unix_nano, point.time_unix_nano = 1, middle + 1
    return bytes(data.SerializeToString())


def sent(stamper: Stamper, template: Template, pass_number: int, now: int) -> list[Any]:
    """Stamp all blocks of a pass at `now` and return what they hold."""
    signal = template.signal
    stamped = (stamper.stamp(b, pass_number, now) for b in blocks_of(template.plan, LIMITS))
    return [holder for data in stamped for holder in holders_of(signal, data)]


def trace_ends(spans: Iterable[Any]) -> dict[bytes, int]:
    ends: dict[bytes, int] = {}
    for span in spans:
        times = [span.end_time_unix_nano, *(event.time_unix_nano for event in span.events)]
        ends[span.trace_id] = max(ends.get(span.trace_id, 0), *times)
    return ends


@pytest.mark.parametrize("backdate", [0, HOUR])
def test_without_jitter_every_trace_ends_at_its_send_time(
    templates: dict[Signal, Template], backdate: int
) -> None:
    stamper = stampers_of(templates, jitter=0, backdate=backdate)[Signal.TRACES]
    for pass_number in range(3):
        now = START + pass_number * SECOND
        ends = trace_ends(sent(stamper, templates[Signal.TRACES], pass_number, now))
        assert set(ends.values()) == {now - backdate}


def test_jitter_delays_each_trace_by_its_own_amount(templates: dict[Signal, Template]) -> None:
    stamper = stampers_of(templates, jitter=JITTER)[Signal.TRACES]
    ends = trace_ends(sent(stamper, templates[Signal.TRACES], 0, START))
    late = [START - end for end in ends.values()]
    assert all(0 <= each <= JITTER for each in late)
    assert len(set(late)) == len(late) == templates[Signal.TRACES].plan.traces
    assert max(late) - min(late) > JITTER / 2


def test_the_jitter_of_a_trace_differs_between_passes(templates: dict[Signal, Template]) -> None:
    stamper = stampers_of(templates, jitter=JITTER)[Signal.TRACES]
    passes = [
        [*trace_ends(sent(stamper, templates[Signal.TRACES], p, START)).values()] for p in range(2)
    ]
    assert all(one != other for one, other in zip(*passes, strict=True))


def two_of_three_traces() -> bytes:
    """Return three traces of which the first links to the last, often."""
    data = TracesData()
    spans = data.resource_spans.add().scope_spans.add().spans
    for trace in (1, 2, 3):
        span = spans.add(trace_id=bytes([trace]) * 16, span_id=bytes([trace]) * 8)
        span.start_time_unix_nano, span.end_time_unix_nano = 100 * trace, 100 * trace + 50
    for _ in range(5):
        link: Span.Link = spans[0].links.add(trace_id=bytes([3]) * 16, span_id=bytes([3]) * 8)
        assert link.span_id
    return bytes(data.SerializeToString())


def test_a_link_to_a_trace_does_not_fix_when_that_trace_happened() -> None:
    """Nor when those between happened: each of the three ends when it is sent itself."""
    template = templates_of({Signal.TRACES: two_of_three_traces()})[Signal.TRACES]
    stamper = stampers_of({Signal.TRACES: template})[Signal.TRACES]
    for index in range(3):
        now = START + index * HOUR
        block = cut_events(template.plan, index, index, index + 1)
        (span,) = holders_of(Signal.TRACES, stamper.stamp(block, 0, now))
        assert span.end_time_unix_nano == now


def named(span_or_record: Any) -> tuple[bytes, bytes]:
    return span_or_record.trace_id, span_or_record.span_id


@pytest.mark.parametrize("order", [["logs", "traces"], ["traces", "logs"]], ids=["logs", "traces"])
def test_logs_lie_inside_the_span_that_they_name_whoever_is_sent_first(
    templates: dict[Signal, Template], order: list[str]
) -> None:
    stampers = stampers_of(templates, jitter=JITTER, backdate=HOUR)
    inside = 0
    for pass_number in range(6):
        found: dict[str, list[Any]] = {}
        for position, name in enumerate(order):
            signal, now = Signal(name), START + (pass_number * 10 + position) * SECOND
            found[name] = sent(stampers[signal], templates[signal], pass_number, now)
        spans = {named(span): span for span in found["traces"]}
        for record in found["logs"]:
            span = spans.get(named(record))
            if span:
                assert span.start_time_unix_nano <= record.time_unix_nano
                assert record.time_unix_nano <= span.end_time_unix_nano
                inside += 1
    assert inside > 6 * 10


def test_logs_of_a_small_set_find_their_spans_many_passes_later(
    templates: dict[Signal, Template],
) -> None:
    """A pass of some hundred events takes less than the event loop's timer is exact."""
    stampers = stampers_of(templates, jitter=JITTER)
    spans = sent(stampers[Signal.TRACES], templates[Signal.TRACES], 0, START)
    for later in range(1, 40):
        sent(stampers[Signal.TRACES], templates[Signal.TRACES], later, START + later * SECOND)
    ends = {named(span): span.end_time_unix_nano for span in spans}
    records = sent(stampers[Signal.LOGS], templates[Signal.LOGS], 0, START + 40 * SECOND)
    found = [record for record in records if named(record) in ends]
    assert len(found) > 10
    assert all(record.time_unix_nano <= ends[named(record)] for record in found)


@pytest.mark.parametrize("first", [Signal.TRACES, Signal.METRICS])
def test_exemplars_lie_inside_the_span_that_they_name_whoever_is_sent_first(
    templates: dict[Signal, Template], first: Signal
) -> None:
    stampers = stampers_of(templates, jitter=JITTER)
    second = Signal.METRICS if first is Signal.TRACES else Signal.TRACES
    found = {
        signal: sent(stampers[signal], templates[signal], 0, START + position * SECOND)
        for position, signal in enumerate((first, second))
    }
    spans = {named(span): span for span in found[Signal.TRACES]}
    exemplars = [
        exemplar
        for metric in found[Signal.METRICS]
        for point in points_of(metric)
        for exemplar in getattr(point, "exemplars", ())
    ]
    linked = [exemplar for exemplar in exemplars if named(exemplar) in spans]
    assert len(linked) == len(exemplars) > 0
    for exemplar in linked:
        span = spans[named(exemplar)]
        assert span.start_time_unix_nano <= exemplar.time_unix_nano <= span.end_time_unix_nano


def test_logs_without_a_span_are_sent_now_less_a_jitter_each(
    templates: dict[Signal, Template],
) -> None:
    alone = templates_of({Signal.LOGS: (COMMITTED / "small-logs.pb").read_bytes()})
    stamper = stampers_of(alone, jitter=JITTER)[Signal.LOGS]
    records = sent(stamper, alone[Signal.LOGS], 0, START)
    latest = [max(each.time_unix_nano, each.observed_time_unix_nano) for each in records]
    assert all(START - JITTER <= each <= START for each in latest)
    assert len(set(latest)) == len(records) == templates[Signal.LOGS].plan.events


def passes(
    templates: dict[Signal, Template], nows: Sequence[int], **timing: int
) -> list[list[tuple[tuple[str, int], Any]]]:
    """Return the points of each pass with the metric that each belongs to and its place there."""
    stamper = stampers_of(templates, **timing)[Signal.METRICS]
    return [
        [
            ((metric.name, place), point)
            for metric in sent(stamper, templates[Signal.METRICS], number, now)
            for place, point in enumerate(points_of(metric))
        ]
        for number, now in enumerate(nows)
    ]


CLOCKS = {
    "running": [START + n * SECOND for n in range(1, 6)],
    "standing still": [START] * 5,
    "going back": [START - n * SECOND for n in range(5)],
}


@pytest.mark.parametrize("nows", CLOCKS.values(), ids=list(CLOCKS))
@pytest.mark.parametrize("backdate", [0, HOUR])
def test_the_times_of_every_series_rise_from_pass_to_pass(
    templates: dict[Signal, Template], nows: list[int], backdate: int
) -> None:
    found = passes(templates, nows, backdate=backdate)
    for earlier, later in pairwise(found):
        for (_, before), (_, after) in zip(earlier, later, strict=True):
            assert before.time_unix_nano < after.time_unix_nano
    if nows == CLOCKS["running"]:
        for points, now in zip(found, nows, strict=True):
            assert {point.time_unix_nano for _, point in points} == {now - backdate}


def temporality(template: Template) -> list[tuple[int, bool]]:
    """Return temporality, and whether values grow, of each point of the file."""
    traits = []
    for metric in holders_of(Signal.METRICS, template.data[:]):
        kind = metric.WhichOneof("data")
        data = getattr(metric, kind)
        temporal = getattr(data, "aggregation_temporality", 0)
        monotonic = kind == "histogram" or getattr(data, "is_monotonic", False)
        traits += [(temporal, temporal == CUMULATIVE and monotonic)] * len(data.data_points)
    return traits


def test_starts_chain_for_deltas_and_stand_still_for_the_others(
    templates: dict[Signal, Template],
) -> None:
    template = templates[Signal.METRICS]
    found = passes(templates, CLOCKS["running"])
    traits = temporality(template)
    kinds = {temporal for temporal, _ in traits}
    assert kinds >= {CUMULATIVE, DELTA}
    for number, points in enumerate(found):
        for place, ((temporal, _), (_, point)) in enumerate(zip(traits, points, strict=True)):
            if not point.start_time_unix_nano:
                continue
            previous = found[number - 1][place][1].time_unix_nano if number else START
            expected = previous if temporal == DELTA else START
            assert point.start_time_unix_nano == expected


def numbers(point: Any) -> list[float]:
    if point.DESCRIPTOR.name == "NumberDataPoint":
        return [point.as_int if point.HasField("as_int") else point.as_double]
    return [point.count, point.sum, *getattr(point, "bucket_counts", ())]


def test_cumulative_values_are_the_template_times_the_passes_so_far(
    templates: dict[Signal, Template],
) -> None:
    template = templates[Signal.METRICS]
    before = [
        point for each in holders_of(Signal.METRICS, template.data[:]) for point in points_of(each)
    ]
    traits = temporality(template)
    assert sum(grows for _, grows in traits) > 10
    for number, points in enumerate(passes(templates, CLOCKS["running"])):
        for (_, grows), old, (_, new) in zip(traits, before, points, strict=True):
            if new.DESCRIPTOR.name == "ExponentialHistogramDataPoint":
                continue
            factor = number + 1 if grows else 1
            assert numbers(new) == [value * factor for value in numbers(old)]
