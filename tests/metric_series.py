"""Series of metrics, read back as plain values."""

from collections.abc import Iterator, Mapping
from typing import Any

from telemetry_generator.config.metrics import MetricsConfig
from telemetry_generator.metrics.series import NO_NUMBER, MetricSeries
from telemetry_generator.metrics.series_factory import SeriesFactory
from telemetry_generator.world.attributes import Attributes
from telemetry_generator.world.model import Topology


def series_factory(
    topology: Topology, settings: Mapping[str, Any] | None = None, seed: int = 7
) -> SeriesFactory:
    """Return the factory of a configuration's series."""
    return SeriesFactory(MetricsConfig.model_validate(settings or {}), topology, seed)


def all_series(factory: SeriesFactory) -> Iterator[MetricSeries]:
    """Yield the metrics of all chunks in order."""
    for number in range(factory.chunks):
        yield from factory.chunk(number)


def attributes_of(series: MetricSeries, row: int) -> Attributes:
    """Return all attributes of one series."""
    chosen = [
        pair
        for column in series.columns
        for pair in column.dimension.options[int(column.index[row])]
    ]
    counted = [
        (column.axis.key, column.axis.value(int(column.numbers[row])))
        for column in series.numbered
        if column.numbers[row] != NO_NUMBER
    ]
    return (*chosen, *counted)


def identities(factory: SeriesFactory) -> list[tuple[str, int, Attributes]]:
    """Return name, key of the emitter, and attributes of every series."""
    return [
        (series.definition.name, factory.emitters[emitter].key, attributes_of(series, row))
        for series in all_series(factory)
        for row, emitter in enumerate(series.emitters.tolist())
    ]
