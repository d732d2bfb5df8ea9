"""Metrics of one entity tell one story: they are busy together, and their parts add up."""

from collections import defaultdict
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pytest

from metric_world import Placed, decoded, metric_factory, metric_topology, placed

_MANY = {"min": 1, "max": 6000, "default": 2400}


@pytest.fixture(scope="module")
def points() -> list[Placed]:
    include = (
        "system.cpu.utilization",
        "system.cpu.load_average.1m",
        "system.network.io",
        "system.memory.usage",
        "system.memory.limit",
        "k8s.node.condition.status",
        "process.cpu.utilization",
        "http.server.request.duration",
        "http.server.active_requests",
    )
    factory = metric_factory(
        metric_topology(nodes=60, replicas=30),
        include=include,
        style="semconv",
        exponential_histograms=0,
        timeseries_per_metric=_MANY,
    )
    return placed(decoded(factory))


def _means(
    points: list[Placed], name: str, value: Callable[[Placed], float], key: str
) -> Mapping[str, float]:
    """Return the mean of a metric for each entity that `key` of the resource tells apart."""
    found: defaultdict[str, list[float]] = defaultdict(list)
    for each in points:
        if each.metric.name == name:
            found[each.resource[key]].append(value(each))
    return {entity: sum(values) / len(values) for entity, values in found.items()}


def _spearman(left: Mapping[str, float], right: Mapping[str, float]) -> float:
    both = sorted(left.keys() & right.keys())
    assert len(both) >= 30
    ranks = [np.argsort(np.argsort([values[each] for each in both])) for values in (left, right)]
    return float(np.asarray(np.corrcoef(ranks))[0, 1])


def _plain(each: Placed) -> float:
    return float(each.value)


def _busy(points: list[Placed]) -> Mapping[str, float]:
    states = [each for each in points if each.attributes.get("cpu.mode") == "user"]
    return _means(states, "system.cpu.utilization", _plain, "host.name")


def test_a_busy_host_has_much_to_do_and_much_traffic(points: list[Placed]) -> None:
    busy = _busy(points)
    load = _means(points, "system.cpu.load_average.1m", _plain, "host.name")
    assert _spearman(busy, load) > 0.6
    rates = _means(
        points,
        "system.network.io",
        lambda each: each.value / each.point.time_unix_nano,
        "host.name",
    )
    assert _spearman(busy, rates) > 0.6


def test_a_busy_instance_is_slow_and_has_many_requests(points: list[Placed]) -> None:
    busy = _means(points, "process.cpu.utilization", _plain, "service.instance.id")
    slow = _means(
        points,
        "http.server.request.duration",
        lambda each: each.point.sum / each.point.count,
        "service.instance.id",
    )
    active = _means(points, "http.server.active_requests", _plain, "service.instance.id")
    assert _spearman(busy, slow) > 0.6
    assert _spearman(busy, active) > 0.6


def _groups(points: list[Placed], name: str, key: str, size: int) -> list[list[Placed]]:
    """Return the complete groups of series that differ in `key` only."""
    groups: defaultdict[Any, list[Placed]] = defaultdict(list)
    for each in points:
        if each.metric.name == name:
            rest = tuple(pair for pair in each.series[2] if pair[0] != key)
            groups[each.series[0], rest].append(each)
    return [group for group in groups.values() if len(group) == size]


def test_the_modes_of_a_cpu_share_all_of_its_time(points: list[Placed]) -> None:
    groups = _groups(points, "system.cpu.utilization", "cpu.mode", 7)
    assert len(groups) > 50
    for group in groups:
        assert sum(each.value for each in group) == pytest.approx(1, abs=1e-9)


def test_used_and_free_memory_are_all_of_it(points: list[Placed]) -> None:
    limits = {each.value for each in points if each.metric.name == "system.memory.limit"}
    groups = _groups(points, "system.memory.usage", "system.memory.state", 4)
    assert len(groups) > 50
    assert {sum(each.value for each in group) for group in groups} == limits


def test_of_several_states_exactly_one_holds(points: list[Placed]) -> None:
    groups = _groups(points, "k8s.node.condition.status", "k8s.node.condition.status", 3)
    assert groups
    for group in groups:
        assert sorted(each.value for each in group) == [0, 0, 1]
