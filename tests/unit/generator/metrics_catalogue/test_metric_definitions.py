"""Definitions make sense, those of the catalogue and those that are made up."""

from collections import Counter
from itertools import pairwise

import pytest

from telemetry_generator.metrics.application import application_metric, is_made_up
from telemetry_generator.metrics.catalogue import catalogue_names, load_catalogue
from telemetry_generator.metrics.definition import (
    Axis,
    Driver,
    Instrument,
    MetricDefinition,
    NumberedAxis,
    SplitKind,
    WorldAxis,
)
from telemetry_generator.metrics.world_axes import WORLD_AXES

_ALL = (*load_catalogue(), *map(application_metric, range(30)))


def _id(metric: MetricDefinition) -> str:
    return f"{metric.name}-{metric.source}"


def test_name_and_source_tell_metrics_apart() -> None:
    assert max(Counter(map(_id, load_catalogue())).values()) == 1


@pytest.mark.parametrize("metric", _ALL, ids=_id)
def test_a_definition_makes_sense(metric: MetricDefinition) -> None:
    values = metric.values
    assert values.low <= values.high
    if metric.instrument is Instrument.COUNTER or metric.instrument.is_distribution:
        assert values.low > 0
    assert values.rate > 0
    assert metric.description.endswith(".")
    assert bool(metric.bounds) == (metric.instrument is Instrument.HISTOGRAM)
    assert all(left < right for left, right in pairwise(metric.bounds))
    assert all(left < right for left, right in pairwise(metric.quantiles))
    if values.driver is Driver.CONSTANT:
        assert metric.instrument in (Instrument.GAUGE, Instrument.UPDOWN)


@pytest.mark.parametrize("metric", _ALL, ids=_id)
def test_options_of_an_axis_differ(metric: MetricDefinition) -> None:
    for axis in metric.axes:
        if isinstance(axis, WorldAxis):
            assert axis.name in WORLD_AXES
        else:
            assert len(set(axis.options)) == len(axis.options)


@pytest.mark.parametrize(
    "metric", [metric for metric in _ALL if metric.values.split is not None], ids=_id
)
def test_what_a_split_divides_comes_first(metric: MetricDefinition) -> None:
    split, axis = metric.values.split, metric.axes[0]
    assert split is not None
    assert isinstance(axis, Axis)
    options = [dict(option) for option in axis.options]
    assert all(option.keys() == {split.key} for option in options)
    assert len(options) > 1
    if split.kind is SplitKind.REST:
        assert {split.key: split.rest} in options


def test_no_two_application_metrics_share_a_name() -> None:
    names = [application_metric(number).name for number in range(20_000)]
    assert len(set(names)) == len(names)
    assert all(map(is_made_up, names))


def test_names_of_the_catalogue_are_not_made_up_again() -> None:
    assert not any(map(is_made_up, catalogue_names()))


def test_numbered_values_have_a_fixed_width() -> None:
    axis = NumberedAxis("user.id", "user-")
    assert (axis.value(0), axis.value(99_999_999)) == ("user-00000000", "user-99999999")
