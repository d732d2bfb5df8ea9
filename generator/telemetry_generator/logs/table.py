"""Log records as columns: what the model of logs makes, and the encoder reads."""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import NamedTuple, Self

import numpy as np

from telemetry_common.ids import U64
from telemetry_generator.draws import I64
from telemetry_generator.traces.table import SpanTable

NONE = -1
"""Stands in a column of numbers where there is nothing to refer to."""


class Places(NamedTuple):
    """Where, when and on whose behalf records are written; columns of shape (n,)."""

    writer: I64
    """An index into `Writers.resources`."""
    time: I64
    """Template times."""
    span: I64
    """The row of the span that a record belongs to, NONE for none."""
    operation: I64
    """What was being done: an index into `Topology.operations`, NONE on hosts and stores."""
    outcome: I64
    """How the operation ended."""
    peer: I64
    """The instance that asked for it, NONE for a client outside of the set."""
    thread: U64
    """Random bits of whatever runs in the thread: the span."""
    call: U64
    """Random bits of the call, shared with the spans on both its sides."""
    request: U64
    """Random bits of the whole request, shared by all its spans."""

    def select(self, rows: I64) -> "Places":
        """Return the places of these rows."""
        return Places._make(column[rows] for column in self)


@dataclass(frozen=True, slots=True, eq=False)
class LogTable:
    """n log records, grouped by writer and source, in time order within a group."""

    number: I64
    """Number of the record in the whole set."""
    type: I64
    """Its type: an index into `LogFactory.types`."""
    severity: I64
    """An index into `SEVERITIES`."""
    pattern: I64
    """Its message: an index into the catalogue's patterns; NONE for an access log."""
    source: I64
    """Its scope: an index into `LogFactory.sources`."""
    observed: I64
    """When it was collected, a template time."""
    key: U64
    """The key of the record's further draws."""
    places: Places
    spans: SpanTable | None = None
    """The spans that `places.span` refers to."""

    def __len__(self) -> int:
        return len(self.number)

    @classmethod
    def joined(cls, tables: Sequence[Self], spans: SpanTable | None) -> Self:
        """Return the records of all tables, in order; `spans` are what they belong to."""
        joined = {
            name: np.concatenate([getattr(table, name) for table in tables])
            for name in _columns(tables[0])
        }
        places = joined_places([table.places for table in tables])
        together = cls(**joined, places=places, spans=spans)
        return together.select(_in_groups(together))

    def select(self, rows: I64) -> Self:
        """Return the records of these rows."""
        columns = {name: getattr(self, name)[rows] for name in _columns(self)}
        return replace(self, **columns, places=self.places.select(rows))


def joined_places(parts: Sequence[Places]) -> Places:
    """Return all places, in order."""
    return Places._make(np.concatenate(columns) for columns in zip(*parts, strict=True))


def _in_groups(table: LogTable) -> I64:
    """Return the rows by writer and source, in time order within each."""
    groups = table.places.writer * (1 + table.source.max(initial=0)) + table.source
    order: I64 = np.lexsort((table.places.time, groups))
    return order


def _columns(table: LogTable) -> list[str]:
    return [field.name for field in fields(table) if field.name not in ("places", "spans")]
