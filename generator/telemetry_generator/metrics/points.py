"""The points of one metric: a value for each of its series at one instant."""

from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from telemetry_common.ids import U64, derive_key
from telemetry_generator.keyed import words
from telemetry_generator.metrics.catalogue import MetricDefinition
from telemetry_generator.world.attributes import Attributes

_MILLION = 1_000_000


class Exemplar(NamedTuple):
    """A measurement of a real span: template time, value, and who was measured."""

    time: int
    value: float
    trace_id: bytes
    span_id: bytes


@dataclass(slots=True)
class HistogramPoint:
    """`count` observations: `buckets` has one more entry than the bounds."""

    count: int
    sum: float
    min: float
    max: float
    buckets: list[int]
    exemplars: list[Exemplar] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class MetricPoints:
    """All points of a metric at template time `time`: either numbers or histograms."""

    definition: MetricDefinition
    time: int
    dimensions: list[Attributes]
    numbers: list[int] | list[float]
    histograms: list[HistogramPoint]


def fractions(draws: U64) -> NDArray[np.float64]:
    """Map each draw to [0, 1): 53 bits, so every step is exact."""
    scaled: NDArray[np.float64] = (draws >> np.uint64(11)).astype(np.float64) * 2.0**-53
    return scaled


def number_values(definition: MetricDefinition, count: int, seed: int) -> list[int] | list[float]:
    """Return a value between `low` and `high` for each series; doubles have six decimals."""
    draws = words(derive_key(seed, "value", definition.name), count)
    spread = fractions(draws) * (definition.high - definition.low) + definition.low
    if definition.is_int:
        whole: list[int] = np.floor(spread).astype(np.int64).tolist()
        return whole
    rounded: list[float] = (np.ceil(spread * _MILLION) / _MILLION).tolist()
    return rounded
