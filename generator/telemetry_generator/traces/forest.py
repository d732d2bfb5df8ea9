"""The spans of many requests while they grow, level by level, before they have times."""

from dataclasses import dataclass, field, fields, replace
from typing import Self, TypeVar

import numpy as np

from telemetry_common.ids import U64
from telemetry_generator.draws import I64, Bools


@dataclass(frozen=True, slots=True, eq=False)
class Level:
    """Spans that were grown together, in the order of their parents; columns of shape (spans,).

    The children of a span all stand next to each other in one level, and each level is ascending
    by request.
    """

    parent: I64
    """Row of the parent in the forest; for a consumer that of the producer; ROOT for none."""
    request: I64
    """Index of the request, counted from the first of the forest."""
    service: I64
    operation: I64
    kind: I64
    key: U64
    detail: U64
    """See `SpanTable`."""
    attempt: I64
    fault: Bools
    """Whether it fails by itself."""
    retried: Bools
    """Whether its failure is followed by another attempt."""
    concurrent: Bools
    """Whether the parent goes on while it lasts."""

    def __len__(self) -> int:
        return len(self.parent)

    def chosen(self, which: I64 | Bools) -> Self:
        """Return those of the spans that `which` says."""
        return type(self)(*(getattr(self, each.name)[which] for each in fields(self)))


@dataclass(frozen=True, slots=True, eq=False)
class Hosts:
    """Spans that can have children, ascending by request; columns of shape (spans,)."""

    row: I64
    """Its row in the forest."""
    request: I64
    service: I64
    operation: I64
    key: U64
    depth: I64
    """How deep it stands, as whoever grows it counts."""
    budget: I64
    """Number of spans to grow below it, where that is given; otherwise 0."""

    def __len__(self) -> int:
        return len(self.row)

    def chosen(self, which: I64 | Bools) -> Self:
        """Return those of the hosts that `which` says."""
        return type(self)(*(getattr(self, each.name)[which] for each in fields(self)))

    def with_budget(self, budget: I64) -> Self:
        """Return those that have a budget, together with it."""
        return replace(self, budget=budget).chosen(budget > 0)


Table = TypeVar("Table", Level, Hosts)


def joined(*tables: Table) -> Table:
    """Return tables of one kind, one after another, as one."""
    names = [each.name for each in fields(tables[0])]
    columns = (np.concatenate([getattr(table, name) for table in tables]) for name in names)
    return type(tables[0])(*columns)


@dataclass(slots=True)
class Forest:
    """The levels so far, the roots first."""

    requests: int
    levels: list[Level] = field(default_factory=list)
    rows: int = 0

    def plant(self, level: Level) -> int:
        """Add a level, and return the row of its first span."""
        first = self.rows
        self.levels.append(level)
        self.rows += len(level)
        return first

    def whole(self) -> Level:
        """Return all levels, one after another, as one."""
        return joined(*self.levels)
