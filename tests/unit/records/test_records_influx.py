"""Line protocol says what the stamped requests say, whatever texts and values they hold."""

import math
from pathlib import Path
from random import Random

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from opentelemetry.proto.metrics.v1.metrics_pb2 import AggregationTemporality, MetricsData
from opentelemetry.proto.trace.v1.trace_pb2 import TracesData

from core_support import (
    COMMITTED_SIGNALS,
    committed_data,
    encoded_sample,
    examples,
    sources,
    stampers_of,
)
from handmade_set import HandmadeSet
from influx_lines import NO_BOUND, Pair, pairs_of_set
from influx_texts import (
    LogTexts,
    MetricTexts,
    attribute,
    log_texts,
    logs_with,
    metric_texts,
    metrics_with,
)
from line_protocol import read_line
from record_lines import made_of
from telemetry_common.signals import Signal
from telemetry_sender.records.influx.dialect import influx_dialect
from telemetry_sender.sinks.influx import DEFAULT_TAGS
from template_files import template_of

TAGS = {
    Signal.TRACES: DEFAULT_TAGS,
    Signal.METRICS: None,
    Signal.LOGS: DEFAULT_TAGS,
}


def assert_as_expected(pairs: list[Pair]) -> None:
    for pair in pairs:
        assert read_line(pair.line) == pair.expected


@pytest.mark.parametrize("signal", COMMITTED_SIGNALS)
def test_lines_of_the_committed_set_say_what_a_receiver_sees(signal: Signal) -> None:
    data = committed_data()
    pairs = pairs_of_set(data, signal, TAGS[signal])
    assert len(pairs) >= 180
    assert_as_expected(pairs)


@pytest.mark.parametrize("signal", COMMITTED_SIGNALS)
def test_every_shape_of_event_has_its_line(signal: Signal) -> None:
    """Histograms of both kinds, summaries, points without a value, named and nameless logs."""
    pairs = pairs_of_set(
        {signal: bytes(HandmadeSet().message(signal).SerializeToString())}, signal, TAGS[signal]
    )
    assert pairs
    assert_as_expected(pairs)


@pytest.mark.parametrize("signal", COMMITTED_SIGNALS)
@examples(20)
@given(rng=sources, tags=st.sampled_from([None, {"a"}, {"é"}, ()]))
def test_lines_of_arbitrary_files_say_what_the_bytes_say(
    signal: Signal, rng: Random, tags: set[str] | None
) -> None:
    """Of values that are no numbers, times of any size, and messages without most fields, too."""
    files = {Signal.TRACES: encoded_sample(rng, Signal.TRACES)}
    files[signal] = encoded_sample(rng, signal)
    assert_as_expected(pairs_of_set(files, signal, tags))


@examples(40)
@given(told=metric_texts)
@example(told=[("#a\\", "time", "a\\", "value", "a\\,b"), ("", "count", "\\ ", "\\=", "= ")])
def test_any_text_may_be_a_metric_a_key_and_a_tag(told: list[MetricTexts]) -> None:
    pairs = pairs_of_set({Signal.METRICS: metrics_with(told)}, Signal.METRICS, None)
    assert len(pairs) == 3 * len(told)
    assert_as_expected(pairs)


@examples(40)
@given(told=log_texts)
@example(told=[("trace_id", '"', '\\"\n\r\\n', "\0")])
def test_any_text_may_be_a_field(told: list[LogTexts]) -> None:
    pairs = pairs_of_set({Signal.LOGS: logs_with(told)}, Signal.LOGS, ())
    assert len(pairs) == 3 * len(told)
    assert_as_expected(pairs)


def lines_of(tmp_path: Path, data: TracesData, tags: tuple[str, ...], **rules: int) -> list[bytes]:
    templates = template_of(tmp_path, {Signal.TRACES: data.SerializeToString()})
    template, stamper = templates[Signal.TRACES], stampers_of(templates)[Signal.TRACES]
    most = rules.pop("most", NO_BOUND)
    dialect = influx_dialect(template, tags, most, has_resource_fields=bool(rules))
    return [line for made in made_of(dialect, template, stamper) for line in made.records["traces"]]


def spans_with(*values: str, resource: str = "cart") -> TracesData:
    """Return spans whose attribute `key` has these values."""
    data = TracesData()
    told = data.resource_spans.add()
    told.resource.attributes.append(attribute("service.name", resource))
    told.resource.attributes.append(attribute("host.id", "h1"))
    scope = told.scope_spans.add()
    scope.scope.name = "library"
    for number, value in enumerate(values, 1):
        ids = {"trace_id": bytes([number] * 16), "span_id": bytes([number] * 8)}
        span = scope.spans.add(start_time_unix_nano=number, end_time_unix_nano=number + 1, **ids)
        span.attributes.append(attribute("key", value))
    return data


def test_a_key_with_too_many_values_is_a_field_in_every_line(tmp_path: Path) -> None:
    few, many = spans_with("a", "b", "b", "a"), spans_with("a", "b", "b", "c")
    for data, tagged in ((few, True), (many, False)):
        for line in map(read_line, lines_of(tmp_path, data, ("key",), most=2)):
            assert ("key" in line.tags) == tagged
            assert ("key" in line.fields) != tagged


def test_values_of_resources_count_with_those_of_events(tmp_path: Path) -> None:
    data = spans_with("a")
    for name in ("a", "b", "c"):
        data.MergeFrom(spans_with("a", resource=name))
    lines = [read_line(line) for line in lines_of(tmp_path, data, ("service.name",), most=3)]
    assert all(line.fields["service.name"] in ("cart", "a", "b", "c") for line in lines)
    assert all("service.name" not in line.tags for line in lines)


def test_ids_are_never_tags(tmp_path: Path) -> None:
    (line,) = map(read_line, lines_of(tmp_path, spans_with("a"), ("trace_id", "span_id", "key")))
    assert line.tags == {"key": "a", "kind": "unspecified", "status": "unset"}
    assert {"trace_id", "span_id"} <= line.fields.keys()


def test_what_else_a_resource_says_is_left_out_unless_it_is_asked_for(tmp_path: Path) -> None:
    data, tags = spans_with("a"), ("service.name",)
    (short,) = map(read_line, lines_of(tmp_path, data, tags))
    (whole,) = map(read_line, lines_of(tmp_path, data, tags, has_resource_fields=1))
    assert whole.fields == short.fields | {"host.id": "h1", "otel.scope.name": "library"}
    assert whole.tags == short.tags


def test_a_sum_that_overflows_is_left_out_and_its_line_stays(tmp_path: Path) -> None:
    data = MetricsData()
    metric = data.resource_metrics.add().scope_metrics.add().metrics.add(name="m")
    metric.sum.is_monotonic = True
    metric.sum.aggregation_temporality = AggregationTemporality.AGGREGATION_TEMPORALITY_CUMULATIVE
    metric.sum.data_points.add(as_double=1e308, time_unix_nano=1)
    templates = template_of(tmp_path, {Signal.METRICS: data.SerializeToString()})
    template = templates[Signal.METRICS]
    dialect = influx_dialect(template, None, NO_BOUND, has_resource_fields=False)
    stamper = stampers_of(templates)[Signal.METRICS]
    made = list(made_of(dialect, template, stamper, passes=3))
    fields = [read_line(each.records["metrics"][0]).fields for each in made]
    assert fields == [{"value": 1e308}, {"flags": 0}, {"flags": 0}]


def test_an_attribute_that_is_no_number_is_neither_tag_nor_field(tmp_path: Path) -> None:
    data = spans_with("a")
    for key in ("key.tag", "key.field"):
        span = data.resource_spans[0].scope_spans[0].spans[0]
        span.attributes.add(key=key).value.double_value = math.nan
    (line,) = map(read_line, lines_of(tmp_path, data, ("key.tag",)))
    assert not {"key.tag", "key.field"} & (line.tags.keys() | line.fields.keys())
