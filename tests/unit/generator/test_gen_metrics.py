"""Metrics: real definitions, unique series, values that agree with themselves, true exemplars."""

from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from opentelemetry.proto.metrics.v1.metrics_pb2 import (
    AGGREGATION_TEMPORALITY_CUMULATIVE,
    HistogramDataPoint,
)
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from generator_support import GeneratedSet, attributes, configuration, generate, points
from telemetry_common.signals import Signal
from telemetry_generator.keyed import Stream
from telemetry_generator.metrics.application import application_metric
from telemetry_generator.metrics.catalogue import Family, Instrument, load_catalogue
from telemetry_generator.metrics.dimensions import dimension_sets
from telemetry_generator.metrics.factory import select_metrics
from telemetry_generator.metrics.histograms import add_exemplar, histogram_points
from telemetry_generator.metrics.points import Exemplar, number_values

DEFINITIONS = {metric.name: metric for metric in load_catalogue()}


def histograms(generated: GeneratedSet) -> list[HistogramDataPoint]:
    found = [placed.metric for placed in generated.metrics if placed.metric.HasField("histogram")]
    return [point for metric in found for point in metric.histogram.data_points]


def test_the_catalogue_covers_every_family_with_real_metrics() -> None:
    assert len(DEFINITIONS) >= 100
    families = {metric.family for metric in DEFINITIONS.values()}
    assert families == set(Family) - {Family.APPLICATION}
    kinds = Counter(metric.instrument for metric in DEFINITIONS.values())
    assert min(kinds[instrument] for instrument in Instrument) >= 10


@pytest.mark.parametrize("metric", DEFINITIONS.values(), ids=DEFINITIONS.keys())
def test_a_definition_makes_sense(metric: Any) -> None:
    assert 0 < metric.low < metric.high
    assert metric.unit
    assert metric.description.endswith(".")
    assert bool(metric.bounds) == (metric.instrument is Instrument.HISTOGRAM)
    assert list(metric.bounds) == sorted(set(metric.bounds))
    keys = [key for key, _ in metric.attributes]
    assert len(set(keys)) == len(keys)
    assert all(len(set(values)) == len(values) > 0 for _, values in metric.attributes)


def test_every_metric_asked_for_is_there_once(generated: GeneratedSet) -> None:
    names = [placed.metric.name for placed in generated.metrics]
    assert len(names) == len(set(names)) == 160
    assert set(DEFINITIONS) <= set(names)
    assert sum(name.startswith("app.") for name in names) == 160 - len(DEFINITIONS)


def test_a_larger_choice_keeps_a_smaller_one() -> None:
    small, large = select_metrics(20, seed=3), select_metrics(200, seed=3)
    assert large[:20] == small
    assert select_metrics(20, seed=4) != small


def test_application_metrics_never_share_a_name() -> None:
    names = [application_metric(number).name for number in range(10_000)]
    assert len(set(names)) == len(names)


def test_the_manifest_counts_series(generated: GeneratedSet) -> None:
    entry = generated.manifest.files[Signal.METRICS]
    total = sum(len(points(placed.metric)) for placed in generated.metrics)
    assert entry.events == entry.time_series == total


def test_series_counts_are_the_default_give_or_take_a_sixth(generated: GeneratedSet) -> None:
    counts = [len(points(placed.metric)) for placed in generated.metrics]
    assert min(counts) >= 45 * 5 // 6
    assert max(counts) <= 45 * 7 // 6
    assert len(set(counts)) > 5


def test_series_counts_stay_within_the_bounds(tmp_path: Path) -> None:
    series = {"min": 29, "max": 31, "default": 30}
    config = configuration(metrics={"metric_count": 30, "timeseries_per_metric": series})
    counts = [len(points(placed.metric)) for placed in generate(tmp_path, config).metrics]
    assert set(counts) == {29, 30, 31}


def test_no_two_series_of_a_metric_are_alike(generated: GeneratedSet) -> None:
    for placed in generated.metrics:
        made = [tuple(attributes(point.attributes).items()) for point in points(placed.metric)]
        assert len(set(made)) == len(made), placed.metric.name


@given(st.sampled_from(list(DEFINITIONS.values())), st.integers(1, 3000), st.integers(0, 99))
def test_any_number_of_dimension_sets_is_distinct(metric: Any, count: int, seed: int) -> None:
    made = dimension_sets(metric, count, Stream(seed))
    assert len(set(made)) == len(made) == count
    assert len({tuple(key for key, _ in one) for one in made}) == 1


def test_points_of_a_resource_share_one_instant_within_the_horizon(
    generated: GeneratedSet,
) -> None:
    times: dict[bytes, set[int]] = defaultdict(set)
    for placed in generated.metrics:
        key = placed.resource.SerializeToString()
        times[key] |= {point.time_unix_nano for point in points(placed.metric)}
    assert all(len(some) == 1 for some in times.values())
    assert all(0 < max(some) <= generated.manifest.horizon_nanos for some in times.values())


def test_cumulative_values_start_at_the_epoch_and_are_not_zero(generated: GeneratedSet) -> None:
    for placed in generated.metrics:
        kind = placed.metric.WhichOneof("data")
        for point in points(placed.metric):
            assert point.start_time_unix_nano == (0 if kind == "gauge" else 1)
            if kind == "histogram":
                assert point.count > 0
                assert point.sum > 0
            else:
                assert (point.as_int or point.as_double) > 0
        if kind != "gauge":
            data = getattr(placed.metric, str(kind))
            assert data.aggregation_temporality == AGGREGATION_TEMPORALITY_CUMULATIVE


def test_values_lie_in_the_range_of_their_definition() -> None:
    for metric in DEFINITIONS.values():
        if metric.instrument is not Instrument.HISTOGRAM:
            values = number_values(metric, 200, seed=1)
            assert metric.low <= min(values) <= max(values) <= metric.high + 1e-6


def test_the_instrument_decides_the_shape_of_a_metric(generated: GeneratedSet) -> None:
    for placed in generated.metrics:
        known = DEFINITIONS.get(placed.metric.name)
        if known is None:
            continue
        kind = placed.metric.WhichOneof("data")
        sums = (Instrument.COUNTER, Instrument.UPDOWN)
        assert kind == ("sum" if known.instrument in sums else known.instrument)
        assert placed.metric.sum.is_monotonic == (known.instrument is Instrument.COUNTER)
        assert placed.metric.unit == known.unit


def test_histograms_agree_with_their_buckets(generated: GeneratedSet) -> None:
    found = histograms(generated)
    assert len(found) > 500
    for point in found:
        assert_consistent(point)


def assert_consistent(point: Any) -> None:
    edges = [0.0, *point.explicit_bounds, float("inf")]
    counts = list(point.bucket_counts)
    assert len(counts) == len(point.explicit_bounds) + 1
    assert point.count == sum(counts)
    filled = [at for at, count in enumerate(counts) if count]
    assert edges[filled[0]] < point.min <= edges[filled[0] + 1]
    assert edges[filled[-1]] < point.max <= edges[filled[-1] + 1]
    lowest = sum(count * max(edges[at], point.min) for at, count in enumerate(counts))
    highest = sum(count * min(edges[at + 1], point.max) for at, count in enumerate(counts) if count)
    assert lowest <= point.sum * (1 + 1e-9)
    assert point.sum <= highest * (1 + 1e-9)


def test_an_exemplar_is_one_of_the_observations() -> None:
    metric = DEFINITIONS["http.server.request.duration"]
    point = histogram_points(metric, 1, seed=1)[0]
    before, buckets = point.count, list(point.buckets)
    add_exemplar(point, metric.bounds, Exemplar(5, 0.03, b"t" * 16, b"s" * 8))
    assert point.count == before + 1 == sum(point.buckets)
    assert point.buckets[3] == buckets[3] + 1  # 0.025 < 0.03 <= 0.05
    assert point.min <= 0.03 <= point.max


def test_exemplars_measure_real_spans_of_the_same_instance(generated: GeneratedSet) -> None:
    seen = 0
    for placed in generated.metrics:
        if not placed.metric.HasField("histogram"):
            continue
        for point in placed.metric.histogram.data_points:
            for exemplar in point.exemplars:
                seen += 1
                owner = generated.by_id[exemplar.span_id]
                span = owner.span
                assert exemplar.trace_id == span.trace_id
                assert span.start_time_unix_nano <= exemplar.time_unix_nano
                assert exemplar.time_unix_nano <= span.end_time_unix_nano
                assert exemplar.time_unix_nano <= point.time_unix_nano
                assert owner.resource == placed.resource
                nanos = span.end_time_unix_nano - span.start_time_unix_nano
                assert exemplar.as_double == pytest.approx(nanos / 1e9, abs=1e-6)
                assert_role(placed.metric.name, span)
    assert seen > 10


def assert_role(name: str, span: Span) -> None:
    protocol, side = name.split(".")[:2]
    assert (span.kind == Span.SPAN_KIND_SERVER) == (side == "server")
    assert any(pair.key.startswith(protocol + ".") for pair in span.attributes)


def test_without_traces_there_are_no_exemplars(tmp_path: Path) -> None:
    config = configuration(traces=None, logs=None, metrics={"metric_count": 150})
    made = generate(tmp_path, config)
    assert not any(point.exemplars for point in histograms(made))


def test_resources_of_a_service_are_those_of_its_spans(generated: GeneratedSet) -> None:
    spans = {placed.resource.SerializeToString() for placed in generated.spans}
    services = {
        placed.resource.SerializeToString()
        for placed in generated.metrics
        if "service.name" in attributes(placed.resource.attributes)
    }
    assert len(services) > 5
    assert services <= spans


def test_a_metric_keeps_its_values_in_a_larger_set(tmp_path: Path) -> None:
    series = {"min": 5, "max": 9, "default": 7}
    sets = [
        generate(
            tmp_path / str(count),
            configuration(metrics={"metric_count": count, "timeseries_per_metric": series}),
        )
        for count in (30, 60)
    ]
    small, large = ({p.metric.name: p.metric for p in one.metrics} for one in sets)
    assert {name: large[name] for name in small} == small
