"""The bytes of metrics: what they say of the series, and what may not change them."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from opentelemetry.proto.metrics.v1.metrics_pb2 import MetricsData

from metric_world import (
    EverySpan,
    by_series,
    decoded,
    encoded,
    metric_factory,
    metric_topology,
    placed,
)
from telemetry_generator.config.metrics import MetricsConfig
from telemetry_generator.encode.metrics import MetricEncoder
from telemetry_generator.metrics.factory import MetricFactory
from telemetry_generator.metrics.series import NO_NUMBER, MetricSeries
from telemetry_generator.metrics.series_factory import SeriesFactory

_TOPOLOGY = metric_topology()
_COUNTED = {
    "explosion": {"percentage": 10, "series": 400, "attribute": "url.full"},
    "churn": {"percentage": 40},
}


def _expected(factory: SeriesFactory) -> Iterator[tuple[Any, ...]]:
    for number in range(factory.chunks):
        for part in factory.chunk(number):
            for row in range(len(part)):
                yield _series(factory, part, row)


def _series(factory: SeriesFactory, part: MetricSeries, row: int) -> tuple[Any, ...]:
    attributes = [
        pair for column in part.columns for pair in column.dimension.options[column.index[row]]
    ]
    attributes += [
        (column.axis.key, column.axis.value(int(column.numbers[row])))
        for column in part.numbered
        if column.numbers[row] != NO_NUMBER
    ]
    resource = factory.emitters[int(part.emitters[row])].resource.attributes
    name = part.definition.name
    return tuple(sorted(resource)), name, tuple(sorted(attributes, key=str))


@pytest.mark.parametrize("options", [{}, _COUNTED])
def test_the_file_has_exactly_the_series_that_were_planned(options: dict[str, Any]) -> None:
    options = {"timeseries_per_metric": {"min": 5, "max": 60, "default": 40}} | options
    points = placed(decoded(metric_factory(_TOPOLOGY, **options)))
    factory = SeriesFactory(MetricsConfig.model_validate(options), _TOPOLOGY, 1)
    assert Counter(each.series for each in points) == Counter(_expected(factory))
    assert len(by_series(points)) == len(points) == factory.total


def test_a_resource_stands_once_in_a_chunk_and_a_metric_once_under_it() -> None:
    factory = metric_factory(_TOPOLOGY)
    encoder = MetricEncoder(factory.emitters)
    chunk = factory.chunk(1)
    data, counts = encoder.encode(chunk)
    groups = MetricsData.FromString(data).resource_metrics
    assert len({group.resource.SerializeToString() for group in groups}) == len(groups)
    assert counts.resources == len(groups)
    assert counts.points == counts.series == chunk.series
    for group in groups:
        assert group.schema_url
        names = [
            (scope.scope.name, each.name) for scope in group.scope_metrics for each in scope.metrics
        ]
        assert len(set(names)) == len(names)
        assert len({scope.scope.name for scope in group.scope_metrics}) == len(group.scope_metrics)


def test_a_chunk_is_the_same_whichever_process_makes_it() -> None:
    """A chunk made alone, by a fresh factory and encoder, is that of the whole set."""
    whole = encoded(metric_factory(_TOPOLOGY))
    assert len(whole) > 2
    for number in (len(whole) - 1, 1):
        factory = metric_factory(_TOPOLOGY)
        assert MetricEncoder(factory.emitters).encode(factory.chunk(number))[0] == whole[number]


def test_another_seed_makes_another_set() -> None:
    assert encoded(metric_factory(_TOPOLOGY, seed=2)) != encoded(metric_factory(_TOPOLOGY))


def test_values_do_not_depend_on_which_other_metrics_there_are() -> None:
    """The metrics of a smaller set have the same points in a larger one."""
    names = ("system.*", "http.server.active_requests", "process.cpu.*")
    few = placed(decoded(metric_factory(_TOPOLOGY, include=names[1:])))
    more = by_series(placed(decoded(metric_factory(_TOPOLOGY, include=names))))
    assert len(few) > 100
    for each in few:
        (same,) = more[each.series]
        assert same.point == each.point


def test_the_shortest_horizon_still_has_room_for_all_scrapes() -> None:
    config = MetricsConfig.model_validate({"points_per_series": 3, "metric_count": 30})
    factory = MetricFactory(config, _TOPOLOGY, EverySpan(_TOPOLOGY), 1, 10)
    times = [each.point.time_unix_nano for each in placed(decoded(factory))]
    assert 1 <= min(times) <= max(times) <= 10
