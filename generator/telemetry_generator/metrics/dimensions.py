"""Dimension sets: which attributes each series of a metric has, no two of an emitter alike."""

from dataclasses import dataclass

import numpy as np

from telemetry_common.ids import U64
from telemetry_generator.draws import I64, below, draw
from telemetry_generator.metrics.definition import (
    Axis,
    MetricDefinition,
    Reporter,
    Split,
    WorldAxis,
)
from telemetry_generator.metrics.emitters import Emitters
from telemetry_generator.metrics.series import Column, Dimension

# A prime that does not divide a number is coprime to it; these are large enough to mix well.
_PRIMES = np.array([104_729, 350_377, 611_953, 999_983, 15_485_863], np.int64)
_MOST_COMBINATIONS = 1 << 31
_STEP, _FIRST = 1, 2  # purposes of draws


@dataclass(frozen=True, slots=True, eq=False)
class Direction:
    """One axis of a metric, for every emitter: `count` options from `first` on, shape (emitters,).

    Emitters are those that fit the metric, in their order.
    """

    dimension: Dimension
    first: I64
    count: I64


@dataclass(frozen=True, slots=True, eq=False)
class Layout:
    """All directions in which the series of a metric differ, for the emitters that fit it."""

    emitters: I64
    """Numbers of the emitters, ascending; what follows has their shape."""
    order: I64
    """The emitters by their keys: who gets a series first when there are not enough for all."""
    split: Dimension | None
    """The attribute in which the series of a group differ; None when each is its own group."""
    directions: tuple[Direction, ...]
    """In which groups differ."""
    combinations: I64
    """How many groups they make up; counted up to 2^31."""

    @property
    def group(self) -> int:
        """Number of series in a group."""
        return len(self.split.options) if self.split else 1

    def columns(self, rows: I64, numbers: I64, parts: I64) -> tuple[Column, ...]:
        """Return the attributes of n series: of which emitter (a row here), group, and part."""
        columns = [Column(self.split, parts)] if self.split else []
        for direction in self.directions:
            numbers, digit = np.divmod(numbers, direction.count[rows])
            columns.append(Column(direction.dimension, direction.first[rows] + digit))
        return tuple(columns)


_Shape = tuple[Reporter, tuple[Axis | WorldAxis, ...], Split | None]


class Layouts:
    """The layouts of metrics; axes that metrics share become one dimension."""

    def __init__(self, emitters: Emitters) -> None:
        self._emitters = emitters
        self._dimensions: dict[Axis, Dimension] = {}
        self._layouts: dict[_Shape, Layout] = {}

    def of(self, definition: MetricDefinition) -> Layout:
        """Return the layout of a metric."""
        shape = (definition.reporter, definition.axes, definition.values.split)
        if shape not in self._layouts:
            self._layouts[shape] = self._made(definition)
        return self._layouts[shape]

    def _made(self, definition: MetricDefinition) -> Layout:
        numbers = self._emitters.reporting(definition.reporter)
        directions = [self._direction(axis, numbers) for axis in definition.axes]
        split = directions.pop(0).dimension if definition.values.split else None
        combinations = np.ones(len(numbers), np.int64)
        for direction in directions:
            combinations = np.minimum(combinations * direction.count, _MOST_COMBINATIONS)
        return Layout(
            emitters=numbers,
            order=np.argsort(self._emitters.keys[numbers], kind="stable"),
            split=split,
            directions=tuple(directions),
            combinations=combinations,
        )

    def _direction(self, axis: Axis | WorldAxis, emitters: I64) -> Direction:
        if isinstance(axis, WorldAxis):
            table = self._emitters.axis(axis.name)
            services = self._emitters.services[emitters]
            return Direction(table.dimension, table.first[services], table.count[services])
        if axis not in self._dimensions:
            self._dimensions[axis] = Dimension(axis.options)
        zeros = np.zeros(len(emitters), np.int64)
        return Direction(self._dimensions[axis], zeros, zeros + len(axis.options))


def permuted(ordinals: I64, counts: I64, keys: U64) -> I64:
    """Return where each ordinal below `count` goes in a permutation of `count`, by the key.

    The permutation is affine, `(step * ordinal + first) mod count` with a step coprime to the
    count, so that neighbours differ and none is met twice.
    """
    step = _PRIMES[below(draw(keys, _STEP), len(_PRIMES))]
    step = np.where(counts % step, step, 1)
    first = below(draw(keys, _FIRST), counts)
    mixed: I64 = (step % counts * ordinals + first) % counts
    return mixed
