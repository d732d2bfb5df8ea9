"""Cardinality: how many series each metric has, and which attributes are counted to reach that.

An explosion gives some metrics an attribute with a value of its own for every series. Churn lets
part of the series end, and others that differ in an id take their places. And where a metric's own
attributes run out of combinations, one more attribute tells the series apart.
"""

import numpy as np

from telemetry_common.errors import UsageError
from telemetry_common.ids import U64, derive_key
from telemetry_generator.config.metrics import (
    ENUMERATORS,
    ChurnConfig,
    ExplosionConfig,
    MetricsConfig,
    TimeSeriesConfig,
)
from telemetry_generator.draws import I64, below, entity_keys
from telemetry_generator.metrics.definition import (
    Axis,
    MetricDefinition,
    NumberedAxis,
    Reporter,
    WorldAxis,
)
from telemetry_generator.metrics.selection import Selection, matches
from telemetry_generator.metrics.world_axes import WORLD_AXES

_SYSTEM = frozenset(list(Reporter)[: list(Reporter).index(Reporter.SERVICE)])
_PREFIXES = {"url.full": "https://shop.example.com/items/", "url.path": "/items/"}
_UUID = "6f1c2a90-4b7e-4d05-9c3a-0000"  # version 4; eight digits follow


def series_counts(
    selection: Selection, config: MetricsConfig, exploding: frozenset[int], seed: int
) -> I64:
    """Return the number of series of each metric, shape (metrics,)."""
    names = [metric.name for metric in selection.listed]
    listed = np.array([derive_key(seed, "series", name) for name in names], np.uint64)
    made_up = entity_keys(seed, "series", np.arange(selection.made_up))
    bounds = config.timeseries_per_metric
    counts = _around(bounds, np.concatenate((listed, made_up)))
    for number, metric in enumerate(selection.listed):
        counts[number] = metric.series or _whole_groups(metric, int(counts[number]), bounds)
    if config.explosion is not None:
        counts[sorted(exploding)] = config.explosion.series
    return counts


def exploding_metrics(
    selection: Selection, explosion: ExplosionConfig | None, seed: int
) -> frozenset[int]:
    """Return the numbers of the metrics whose cardinality explodes.

    Raises UsageError for a metric that has the exploding attribute anyway.
    """
    if explosion is None:
        return frozenset()
    if explosion.metrics:
        return _named(selection, explosion)
    able = [at for at, metric in enumerate(selection.listed) if _lacks(metric, explosion.attribute)]
    able.sort(key=lambda at: derive_key(seed, "explosion", selection.listed[at].name))
    able += range(len(selection.listed), len(selection))
    return frozenset(able[: max(1, round(len(selection) * explosion.percentage / 100))])


def check_churn(selection: Selection, churn: ChurnConfig | None) -> None:
    """Raise UsageError when a metric has the attribute that is to tell generations apart."""
    if churn is not None:
        for metric in selection.listed:
            _check(metric, "churn", churn.attribute)


def enumerator(metric: MetricDefinition) -> NumberedAxis:
    """Return the attribute that tells series apart when a metric's own have run out."""
    preferred = ENUMERATORS[metric.reporter in _SYSTEM :]
    key = next(key for key in preferred if _lacks(metric, key))
    return numbered_axis(key)


def numbered_axis(key: str) -> NumberedAxis:
    """Return an attribute with counted values that look like what its name says."""
    *words, last = key.split(".")
    if last == "uid" or key == "service.instance.id":
        return NumberedAxis(key, _UUID)
    word = words[-1] if last == "id" and words else last
    return NumberedAxis(key, _PREFIXES.get(key, f"{word}-"))


def attribute_keys(metric: MetricDefinition) -> frozenset[str]:
    """Return all attributes that the metric's axes give."""
    return frozenset(key for axis in metric.axes for key in _axis_keys(axis))


def _axis_keys(axis: Axis | WorldAxis) -> set[str]:
    if isinstance(axis, WorldAxis):
        return set(WORLD_AXES[axis.name])
    return {key for option in axis.options for key, _ in option}


def _lacks(metric: MetricDefinition, key: str) -> bool:
    return key not in attribute_keys(metric)


def _named(selection: Selection, explosion: ExplosionConfig) -> frozenset[int]:
    """Return the metrics whose names the configuration gives."""
    found: list[int] = []
    for number in range(len(selection)):
        metric = selection.definition(number)
        if matches(metric.name, explosion.metrics):
            _check(metric, "explosion", explosion.attribute)
            found.append(number)
    return frozenset(found)


def _check(metric: MetricDefinition, section: str, attribute: str) -> None:
    if not _lacks(metric, attribute):
        raise UsageError(
            f"metrics.{section}.attribute",
            f"metric {metric.name!r} has the attribute {attribute!r} anyway",
            "choose another attribute",
        )


def _around(config: TimeSeriesConfig, keys: U64) -> I64:
    """Return the default give or take a sixth, within the bounds, by each metric's key."""
    low, high = config.default * 5 // 6, config.default * 7 // 6
    counts: I64 = np.clip(low + below(keys, high - low + 1), config.min, config.max)
    return counts


def _whole_groups(metric: MetricDefinition, count: int, bounds: TimeSeriesConfig) -> int:
    """Return the nearest number of series that splits into whole groups, if the bounds allow."""
    if metric.values.split is None or not isinstance(metric.axes[0], Axis):
        return count
    group = len(metric.axes[0].options)
    for whole in (round(count / group), count // group, -(-count // group)):
        if bounds.min <= whole * group <= bounds.max:
            return whole * group
    return count
