"""The attributes of points as rows of wire format: options are rendered once, then picked."""

from collections.abc import Iterable

import numpy as np

from telemetry_generator.draws import I64
from telemetry_generator.encode.cells import Cells, Fragments
from telemetry_generator.encode.holes import decimal_words
from telemetry_generator.encode.values import attribute_bytes
from telemetry_generator.metrics.definition import NumberedAxis
from telemetry_generator.metrics.series import NO_NUMBER, Dimension, MetricSeries
from telemetry_generator.metrics.series_table import SeriesTable

_DIGITS = 8
_ABSENT = 0  # the fragment of no bytes


class PointAttributes:
    """Attributes in field `number` of points; the table grows by what series need."""

    def __init__(self, number: int) -> None:
        self._number = number
        self._dimensions: dict[Dimension, int] = {}
        self._options = [b""]
        self._option_table = Fragments.of(self._options)
        self._axes: dict[NumberedAxis, int] = {}
        self._counted = [b""]
        self._holes = [-1]

    def cells(self, series: SeriesTable, points: int) -> list[Cells]:
        """Return the attributes of each series, for each of its `points` points."""
        parts = series.parts
        chosen = [
            _joined(self._chosen(part, slot) for part in parts)
            for slot in range(max(len(part.columns) for part in parts))
        ]
        if len(self._options) != len(self._option_table.items):
            self._option_table = Fragments.of(self._options)
        picked = [Cells.pick(self._option_table, np.repeat(index, points)) for index in chosen]
        slots = range(max(len(part.numbered) for part in parts))
        return picked + [self._numbered_cells(parts, slot, points) for slot in slots]

    def _chosen(self, part: MetricSeries, slot: int) -> I64:
        """Return the place of each series' option in the table."""
        if slot >= len(part.columns):
            return np.full(len(part), _ABSENT)
        column = part.columns[slot]
        first = self._dimensions.get(column.dimension)
        if first is None:
            first = self._dimensions[column.dimension] = len(self._options)
            options = column.dimension.options
            self._options += [attribute_bytes(self._number, option) for option in options]
        return first + column.index

    def _numbered_cells(self, parts: tuple[MetricSeries, ...], slot: int, points: int) -> Cells:
        numbers = np.repeat(_joined(_numbers(part, slot) for part in parts), points)
        axes = np.repeat(_joined(self._axis(part, slot) for part in parts), points)
        table = Fragments.of(self._counted, {"digits": self._holes})
        index = np.where(numbers == NO_NUMBER, _ABSENT, axes)
        digits = decimal_words(np.maximum(numbers, 0))
        return Cells.pick(table, index, {"digits": digits})

    def _axis(self, part: MetricSeries, slot: int) -> I64:
        place = self._place(part.numbered[slot].axis) if slot < len(part.numbered) else _ABSENT
        return np.full(len(part), place)

    def _place(self, axis: NumberedAxis) -> int:
        place = self._axes.get(axis)
        if place is None:
            place = self._axes[axis] = len(self._counted)
            data = attribute_bytes(self._number, ((axis.key, axis.value(0)),))
            self._counted.append(data)
            self._holes.append(len(data) - len(axis.suffix.encode()) - _DIGITS)
        return place


def _numbers(part: MetricSeries, slot: int) -> I64:
    if slot < len(part.numbered):
        return part.numbered[slot].numbers
    return np.full(len(part), NO_NUMBER)


def _joined(columns: Iterable[I64]) -> I64:
    return np.concatenate(list(columns))
