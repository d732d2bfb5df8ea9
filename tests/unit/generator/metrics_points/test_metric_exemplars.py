"""Exemplars name spans of the traces that the metric has measured."""

from bisect import bisect_left
from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest

from metric_world import EverySpan, Placed, decoded, metric_factory, metric_topology, placed
from telemetry_generator.metrics.catalogue import load_catalogue
from telemetry_generator.traces.table import Outcome, SpanTable
from telemetry_generator.world.model import Protocol

_TOPOLOGY = metric_topology()
_SPANS = EverySpan(_TOPOLOGY)
_TABLE = _SPANS.table(0, _SPANS.requests)
_ROLES = {each.name: each.exemplars for each in load_catalogue()}


def _ids(table: SpanTable) -> Mapping[tuple[bytes, bytes], int]:
    high, low = table.trace_high[table.trace], table.trace_low[table.trace]
    traces = np.stack((high, low), axis=1).astype("<u8").tobytes()
    spans = table.span_id.astype("<u8").tobytes()
    return {
        (traces[16 * row : 16 * row + 16], spans[8 * row : 8 * row + 8]): row
        for row in range(len(table))
    }


def _points(**options: Any) -> list[Placed]:
    usual: dict[str, Any] = {"exemplars": {"percentage": 100}, "exponential_histograms": 50}
    return placed(decoded(metric_factory(_TOPOLOGY, **usual | options)))


def _with_exemplars(points: list[Placed]) -> list[Placed]:
    return [each for each in points if each.kind != "summary" and each.point.exemplars]


@pytest.mark.parametrize(
    "options", [{}, {"temporality": "delta", "points_per_series": 3}, {"points_per_series": 2}]
)
def test_an_exemplar_is_a_span_of_the_emitter_in_the_interval(options: dict[str, Any]) -> None:
    rows = _ids(_TABLE)
    found = _with_exemplars(_points(**options))
    assert len(found) > 100
    for each in found:
        (exemplar,) = each.point.exemplars
        row = rows[exemplar.trace_id, exemplar.span_id]
        instance = _TOPOLOGY.instances[int(_TABLE.instance[row])]
        assert each.resource["service.instance.id"] == instance.resource["service.instance.id"]
        assert exemplar.time_unix_nano == _TABLE.end[row]
        start, end = each.point.start_time_unix_nano, each.point.time_unix_nano
        assert start <= exemplar.time_unix_nano <= end


def test_the_span_has_the_role_that_the_metric_measures() -> None:
    rows = _ids(_TABLE)
    metrics = set()
    for each in _with_exemplars(_points(families=("http", "rpc", "db", "messaging"))):
        (exemplar,) = each.point.exemplars
        row = rows[exemplar.trace_id, exemplar.span_id]
        role = _ROLES[each.metric.name]
        assert role is not None
        assert _TABLE.kind[row] == role.kind
        protocol = _TOPOLOGY.operations[int(_TABLE.operation[row])].protocol
        stored = {Protocol.DATABASE, Protocol.CACHE}
        assert protocol in (stored if role.protocol in stored else {role.protocol})
        metrics.add(each.metric.name)
    assert len(metrics) >= 5


def test_a_measured_exemplar_is_the_duration_and_is_counted() -> None:
    rows = _ids(_TABLE)
    kinds = set()
    for each in _with_exemplars(_points()):
        (exemplar,) = each.point.exemplars
        row = rows[exemplar.trace_id, exemplar.span_id]
        nanos = int(_TABLE.end[row] - _TABLE.start[row])
        kinds.add(each.kind)
        if each.kind == "sum":
            assert getattr(exemplar, exemplar.WhichOneof("value")) == 1
            continue
        assert exemplar.as_double == pytest.approx(nanos / 1e9, abs=1e-9)
        assert each.point.min <= exemplar.as_double <= each.point.max
        assert each.point.sum >= exemplar.as_double
        assert _bucket(each, exemplar.as_double) > 0
    assert kinds == {"sum", "histogram", "exponential_histogram"}


def _bucket(each: Placed, value: float) -> int:
    """Return how many measurements the bucket has that the value falls into."""
    if each.kind == "histogram":
        place = bisect_left(list(each.point.explicit_bounds), value)
        return int(each.point.bucket_counts[place])
    base = 2 ** (2**-each.point.scale)
    bounds = [base ** (each.point.positive.offset + at) for at in range(1, 200)]
    return int(each.point.positive.bucket_counts[bisect_left(bounds, value * (1 - 1e-12))])


def test_a_series_about_one_operation_names_its_spans() -> None:
    rows = _ids(_TABLE)
    routes = 0
    points = _points(include=("http.server.request.duration",), exponential_histograms=0)
    for each in _with_exemplars(points):
        (exemplar,) = each.point.exemplars
        operation = _TABLE.operation[rows[exemplar.trace_id, exemplar.span_id]]
        if "http.route" in each.attributes:
            method = _TOPOLOGY.operations[int(operation)].method
            assert each.attributes["http.request.method"] == method
            routes += 1
    assert routes > 20


def test_a_series_about_failures_names_spans_that_failed() -> None:
    rows = _ids(_TABLE)
    seen = set()
    for each in _with_exemplars(_points(include=("http.server.request.duration",))):
        (exemplar,) = each.point.exemplars
        failed = _TABLE.outcome[rows[exemplar.trace_id, exemplar.span_id]] != Outcome.OK
        assert failed == (each.attributes["http.response.status_code"] >= 400)
        seen.add(bool(failed))
    assert seen == {True, False}


def test_without_traces_or_wish_there_are_no_exemplars() -> None:
    silent = metric_factory(_TOPOLOGY, spans=False, exemplars={"percentage": 100})
    assert not _with_exemplars(placed(decoded(silent)))
    assert not _with_exemplars(_points(exemplars={"percentage": 0}))


def test_the_percentage_is_an_upper_limit() -> None:
    fitting = len(_with_exemplars(_points()))
    some = len(_with_exemplars(_points(exemplars={"percentage": 20})))
    assert 0.12 * fitting < some < 0.28 * fitting
