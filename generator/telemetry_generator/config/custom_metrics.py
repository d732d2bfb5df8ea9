"""A metric of the user's own, in the configuration or in a catalogue file."""

import re
from itertools import pairwise
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, field_validator, model_validator

from telemetry_common.config import MisplacedError
from telemetry_generator.config.base import Section
from telemetry_generator.config.choices import parser
from telemetry_generator.metrics.definition import (
    Driver,
    Family,
    Instrument,
    Reporter,
    Temporality,
)
from telemetry_generator.world.attributes import Value

MAX_SERIES = 50_000_000
"""Series of one metric: numbered attributes have eight digits."""

_MAX_VALUES = 100_000
_RANGE = re.compile(r"(-?\d{1,12})\.\.(-?\d{1,12})")

FamilyName = Annotated[Family, BeforeValidator(parser(Family, "family"))]
ReporterName = Annotated[Reporter, BeforeValidator(parser(Reporter, "reporter"))]
InstrumentName = Annotated[Instrument, BeforeValidator(parser(Instrument, "instrument"))]
TemporalityName = Annotated[Temporality, BeforeValidator(parser(Temporality, "temporality"))]
DriverName = Annotated[Driver, BeforeValidator(parser(Driver, "driver"))]
SeriesCount = Annotated[int, Field(gt=0, le=MAX_SERIES)]
Bounds = Annotated[tuple[float, ...], Field(strict=False, max_length=1000)]


def _attribute_values(values: Any) -> tuple[Value, ...]:
    """Return the values of an attribute: of a list, or the numbers of a range like `0..15`."""
    if isinstance(values, str) and (found := _RANGE.fullmatch(values)):
        first, last = map(int, found.groups())
        if not 0 <= last - first < _MAX_VALUES:
            raise ValueError(f"a range goes up, by less than {_MAX_VALUES:,}")
        return tuple(range(first, last + 1))
    if not isinstance(values, list | tuple) or not values:
        raise ValueError("not a list of values, nor a range like 0..15")
    for value in values:
        if not isinstance(value, str | int | float):
            raise ValueError(f"{value!r} is no text, number or true or false")  # noqa: TRY004 - pydantic's way
    return tuple(values)


AttributeValues = Annotated[tuple[Value, ...], BeforeValidator(_attribute_values)]


class CustomMetric(Section):
    """A metric of your own."""

    name: Annotated[str, Field(max_length=255, pattern=r"^[A-Za-z][A-Za-z0-9_./-]*$")]
    """Its name, which no other metric has."""
    description: str = ""
    """What it measures."""
    unit: str = "1"
    """Its unit, in UCUM: `s`, `By`, `1`, `{request}`."""
    instrument: InstrumentName = Instrument.GAUGE
    """`gauge`, `counter`, `updown`, `histogram`, `exponential_histogram` or `summary`."""
    number: Literal["int", "double"] = "double"
    """Whether its values are `int` or `double`."""
    range: Annotated[tuple[float, float], Field(strict=False)] = (0.0, 100.0)
    """Its value when its driver is at nothing and at the utmost; for a counter the increase per
    second, for distributions the median measurement."""
    driver: DriverName = Driver.NOISE
    """What moves it, along with the other metrics of its emitter: `load`, `memory`, `disk`,
    `traffic`, `latency`, `errors`, `uptime`, `noise` or `constant`."""
    rate: Annotated[float, Field(gt=0, le=1e6)] = 1.0
    """For distributions: measurements a second of each series, at full traffic."""
    bounds: Bounds = ()
    """For a histogram: the ascending upper bounds of its buckets."""
    quantiles: Annotated[tuple[float, ...], Field(strict=False, max_length=100)] = (
        0.5,
        0.9,
        0.99,
    )
    """For a summary: its ascending quantiles, from 0 to 1."""
    attributes: dict[str, AttributeValues] = Field(default_factory=dict)
    """For each attribute its values, as a list or as a range of whole numbers like `0..15`."""
    family: FamilyName = Family.APPLICATION
    """The family that it belongs to."""
    reported_by: ReporterName = Reporter.SERVICE
    """Who reports it: `service` (any instance), `http_server`, `java`, `host`, `pod`, …."""
    temporality: TemporalityName | None = None
    """`cumulative` or `delta`; absent as for all metrics."""
    series: SeriesCount | None = None
    """Exact number of its time series; absent as for all metrics."""

    @field_validator("range")
    @classmethod
    def _goes_up(cls, values: tuple[float, float]) -> tuple[float, float]:
        low, high = values
        if not -1e15 <= low <= high <= 1e15:
            raise ValueError(f"must go up, within ±1e15, not from {low:g} to {high:g}")
        return values

    @field_validator("bounds", "quantiles")
    @classmethod
    def _ascend(cls, values: tuple[float, ...]) -> tuple[float, ...]:
        if not all(left < right for left, right in pairwise(values)):
            raise ValueError("must ascend")
        return values

    @field_validator("quantiles")
    @classmethod
    def _are_shares(cls, values: tuple[float, ...]) -> tuple[float, ...]:
        if not all(0 <= value <= 1 for value in values):
            raise ValueError("must lie within 0 and 1")
        return values

    @field_validator("attributes")
    @classmethod
    def _values_differ(cls, attributes: dict[str, tuple[Value, ...]]) -> Any:
        for key, values in attributes.items():
            if not key:
                raise ValueError("an attribute needs a name")
            if len({(type(value), value) for value in values}) < len(values):
                raise MisplacedError((key,), "a value is given twice")
        return attributes

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        instrument = self.instrument
        if instrument in (Instrument.COUNTER, *_DISTRIBUTIONS) and self.range[0] < 0:
            raise MisplacedError(("range",), f"a {instrument} cannot fall below 0")
        if self.bounds and instrument is not Instrument.HISTOGRAM:
            raise MisplacedError(("bounds",), f"a {instrument} has no bounds")
        if self.temporality and not instrument.has_temporality:
            raise MisplacedError(("temporality",), f"a {instrument} has no temporality to choose")
        return self


_DISTRIBUTIONS = tuple(each for each in Instrument if each.is_distribution)


class CatalogueFile(Section):
    """A file of metrics of your own."""

    metrics: Annotated[tuple[CustomMetric, ...], Field(strict=False, min_length=1)]
    """The metrics."""
