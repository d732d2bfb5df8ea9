"""The series of several metrics as one table: many small metrics cost no more than a large one."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Self, TypeVar

import numpy as np

from telemetry_common.ids import U64
from telemetry_generator.draws import F64, I64, Bools
from telemetry_generator.metrics.definition import MetricDefinition, Temporality
from telemetry_generator.metrics.series import MetricSeries

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True, eq=False)
class SeriesTable:
    """n series of metrics that are alike, metric after metric; columns of shape (n,)."""

    parts: tuple[MetricSeries, ...]
    places: I64
    """Where each part stands in its chunk, ascending; shape (parts,)."""
    part: I64
    """The part of each series: an index into `parts`."""
    emitters: I64
    keys: U64
    groups: U64
    generation: I64

    @classmethod
    def of(cls, parts: Sequence[MetricSeries], places: Sequence[int]) -> Self:
        """Take at least one metric."""
        sizes = [len(part) for part in parts]
        return cls(
            parts=tuple(parts),
            places=np.array(places, np.int64),
            part=np.repeat(np.arange(len(parts)), sizes),
            emitters=np.concatenate([part.emitters for part in parts]),
            keys=np.concatenate([part.keys for part in parts]),
            groups=np.concatenate([part.groups for part in parts]),
            generation=np.concatenate([part.generation for part in parts]),
        )

    def __len__(self) -> int:
        return len(self.part)

    def floats(self, value: Callable[[MetricDefinition], float]) -> F64:
        """Return a number of each series' metric."""
        return np.array(self._values(value), np.float64)[self.part]

    def integers(self, value: Callable[[MetricDefinition], int]) -> I64:
        """Return a whole number of each series' metric."""
        return np.array(self._values(value), np.int64)[self.part]

    def flags(self, value: Callable[[MetricDefinition], bool]) -> Bools:
        """Return for each series whether something is so of its metric."""
        return np.array(self._values(value), np.bool_)[self.part]

    def is_delta(self) -> Bools:
        """Return which series have delta temporality."""
        return self.flags(lambda metric: metric.temporality is Temporality.DELTA)

    def _values(self, value: Callable[[MetricDefinition], _T]) -> list[_T]:
        return [value(part.definition) for part in self.parts]
