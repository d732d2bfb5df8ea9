"""Time series as columns: what is known of them before they have values.

The encoder renders the options of a dimension once and then picks them by index, so a series
costs no objects.
"""

from dataclasses import dataclass

from telemetry_common.ids import U64
from telemetry_generator.draws import I64
from telemetry_generator.metrics.definition import MetricDefinition, NumberedAxis
from telemetry_generator.world.attributes import Attributes

NO_NUMBER = -1
"""Stands in a numbered column where a series lacks the attribute."""

NO_OPERATION = -1
"""Stands for an option that is about no operation in particular."""


@dataclass(frozen=True, slots=True, eq=False)
class Dimension:
    """A table of attributes to choose from; compared by identity, so it can key a cache."""

    options: tuple[Attributes, ...]
    operations: I64 | None = None
    """For each option, the operation that it is about: an index into `Topology.operations`.

    None when no option is about an operation; exemplars of a series prefer its operation's spans.
    """


@dataclass(frozen=True, slots=True, eq=False)
class Column:
    """Attributes of n series: option `index` of the dimension, shape (n,)."""

    dimension: Dimension
    index: I64


@dataclass(frozen=True, slots=True, eq=False)
class NumberedColumn:
    """An attribute of n series whose values are counted; `numbers` has shape (n,)."""

    axis: NumberedAxis
    numbers: I64
    """NO_NUMBER where the series lacks the attribute."""


@dataclass(frozen=True, slots=True, eq=False)
class MetricSeries:
    """n series of one metric, by emitter; no two have the same resource and attributes.

    The series of a group, which differ in the attribute of the definition's split only, are
    neighbours, though the last group of an emitter, and the first and last of a chunk, may be
    incomplete.
    """

    definition: MetricDefinition
    emitters: I64
    """The emitter of each series, ascending: an index into `SeriesFactory.emitters`."""
    columns: tuple[Column, ...]
    """In the order of `definition.axes`, so the split's column is the first."""
    numbered: tuple[NumberedColumn, ...]
    keys: U64
    """The key of each series' draws: it depends on metric, emitter and attributes alone."""
    groups: U64
    """The key of each series' group; without a split every series is a group of its own."""
    generation: I64
    """Which part of the horizon each series lives in, counted from 0; see `churn.generations`.

    FOREVER for a series that lives all the time.
    """

    def __len__(self) -> int:
        return len(self.emitters)


FOREVER = -1
"""The generation of a series that is not churned."""
