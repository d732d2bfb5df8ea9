"""Metrics that the user defines, in the configuration or in catalogue files of their own."""

from collections.abc import Iterable
from pathlib import Path

from telemetry_common.config import read_yaml, validate
from telemetry_common.errors import ConfigError
from telemetry_generator.config.custom_metrics import CatalogueFile, CustomMetric
from telemetry_generator.config.metrics import MetricsConfig
from telemetry_generator.metrics.application import is_made_up
from telemetry_generator.metrics.catalogue import BOUNDS, load_catalogue
from telemetry_generator.metrics.definition import (
    Axis,
    Instrument,
    MetricDefinition,
    Source,
    ValueModel,
)


def user_metrics(config: MetricsConfig) -> list[MetricDefinition]:
    """Return the configuration's own metrics, then those of the catalogue files in order.

    Raises ConfigError, with file and line, for a file that cannot be read or is not valid, and for
    a name that is taken.
    """
    taken = {metric.name for metric in load_catalogue()}
    taken |= {metric.name for metric in config.custom}
    metrics = list(config.custom)
    for name in config.catalogues:
        metrics += _read(Path(name), taken)
    return [definition_of(metric) for metric in metrics]


def definition_of(metric: CustomMetric) -> MetricDefinition:
    """Return a metric of the configuration as the generator knows metrics."""
    is_histogram = metric.instrument is Instrument.HISTOGRAM
    is_summary = metric.instrument is Instrument.SUMMARY
    return MetricDefinition(
        name=metric.name,
        source=Source.CUSTOM,
        family=metric.family,
        reporter=metric.reported_by,
        instrument=metric.instrument,
        is_int=metric.number == "int",
        unit=metric.unit,
        description=metric.description,
        values=ValueModel(*metric.range, metric.driver, rate=metric.rate),
        axes=tuple(_axes(metric)),
        bounds=metric.bounds or default_bounds(metric.unit) if is_histogram else (),
        quantiles=metric.quantiles if is_summary else (),
        temporality=metric.temporality,
        series=metric.series,
    )


def default_bounds(unit: str) -> tuple[float, ...]:
    """Return the bounds that fit most histograms of this unit."""
    return BOUNDS[{"s": "seconds", "By": "bytes"}.get(unit, "rows")]


def _axes(metric: CustomMetric) -> Iterable[Axis]:
    for key, values in metric.attributes.items():
        yield Axis(tuple(((key, value),) for value in values))


def _read(file: Path, taken: set[str]) -> tuple[CustomMetric, ...]:
    """Return the metrics of a file, and add their names to those taken."""
    source = read_yaml(file)
    metrics = validate(CatalogueFile, source).metrics
    for number, metric in enumerate(metrics):
        if metric.name in taken or is_made_up(metric.name):
            place = source.place(("metrics", number, "name"))
            problem = f"metrics.{number}.name: there is already a metric {metric.name!r}"
            raise ConfigError(place, problem, "choose another name")
        taken.add(metric.name)
    return metrics
