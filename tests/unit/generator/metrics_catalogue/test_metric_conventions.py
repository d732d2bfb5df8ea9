"""Every metric that claims to be a convention is one, down to unit and attribute names."""

import csv
from functools import cache
from pathlib import Path

import pytest

from semantic_attributes import attribute_names
from semantic_metrics import convention_metrics
from telemetry_generator.metrics.cardinality import attribute_keys
from telemetry_generator.metrics.catalogue import (
    catalogue_names,
    load_catalogue,
    required_attributes,
)
from telemetry_generator.metrics.definition import (
    Axis,
    Instrument,
    MetricDefinition,
    Source,
    WorldAxis,
)
from telemetry_generator.metrics.world_axes import WORLD_AXES

_HERE = Path(__file__).parent
_INSTRUMENTS = {"updowncounter": "updown"}
# Client libraries: client_golang's Go collector, client_java's JVM metrics, and what services that
# compute quantiles themselves commonly call the duration of their requests.
_PROMETHEUS = {
    "go_gc_duration_seconds",
    "jvm_gc_collection_seconds",
    "http_request_duration_seconds",
}


@cache
def _documented(file: str) -> dict[str, dict[str, str]]:
    lines = (_HERE / f"{file}_metrics.tsv").read_text(encoding="utf-8").splitlines()
    rows = csv.DictReader((line for line in lines if line[0] != "#"), delimiter="\t")
    return {row["name"]: row for row in rows}


def _of(source: Source) -> list[MetricDefinition]:
    return [metric for metric in load_catalogue() if metric.source is source]


def test_the_catalogue_is_at_least_as_large_as_promised() -> None:
    assert len(catalogue_names()) >= 287


@pytest.mark.parametrize("metric", _of(Source.SEMCONV), ids=lambda metric: str(metric.name))
def test_conventions_exist_with_this_instrument_and_unit(metric: MetricDefinition) -> None:
    convention = convention_metrics().get(metric.name)
    if convention is None:
        row = _documented("language")[metric.name]
        expected = (row["instrument"], row["unit"])
    else:
        instrument = _INSTRUMENTS.get(convention.instrument, convention.instrument)
        expected = (instrument, convention.unit)
    assert (metric.instrument.value, metric.unit) == expected


@pytest.mark.parametrize("metric", _of(Source.SEMCONV), ids=lambda metric: str(metric.name))
def test_attributes_of_conventions_exist(metric: MetricDefinition) -> None:
    known = set(attribute_names())
    if metric.name in _documented("language"):
        known = set(_documented("language")[metric.name]["attributes"].split(","))
    assert attribute_keys(metric) <= known


@pytest.mark.parametrize("metric", _of(Source.SEMCONV), ids=lambda metric: str(metric.name))
def test_required_attributes_are_never_missing(metric: MetricDefinition) -> None:
    required = required_attributes()[metric.name, metric.source]
    assert required <= {key for axis in metric.axes for key in _always(axis)}


def _always(axis: Axis | WorldAxis) -> set[str]:
    """Return what every series has on this axis; tests of series see to the system's axes."""
    if isinstance(axis, WorldAxis):
        return set(WORLD_AXES[axis.name])
    return set.intersection(*({key for key, _ in option} for option in axis.options))


@pytest.mark.parametrize("metric", _of(Source.COLLECTOR), ids=lambda metric: str(metric.name))
def test_metrics_of_the_collector_are_as_it_documents_them(metric: MetricDefinition) -> None:
    row = _documented("collector")[metric.name]
    number = "int" if metric.is_int else "double"
    assert (metric.instrument.value, number) == (row["instrument"], row["number"])
    assert metric.unit == row["unit"]
    assert attribute_keys(metric) == set(filter(None, row["attributes"].split(",")))


def test_every_documented_metric_of_the_collector_is_there() -> None:
    assert {metric.name for metric in _of(Source.COLLECTOR)} == set(_documented("collector"))


def test_metrics_of_prometheus_clients_are_known_ones() -> None:
    assert {metric.name for metric in _of(Source.PROMETHEUS)} == _PROMETHEUS


def test_what_is_made_up_says_so() -> None:
    for metric in _of(Source.APPLICATION):
        assert metric.name.startswith("app.")
        assert all(key.startswith("app.") for key in attribute_keys(metric))


def test_all_kinds_of_data_points_occur() -> None:
    assert {metric.instrument for metric in load_catalogue()} == set(Instrument)
