"""Columns of lists whose items hold stamped values: as counts of buckets, events, links."""

from array import array
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from telemetry_sender.tables.arrow import pa
from telemetry_sender.tables.columns.base import Builder, Column, Source, StampedRows, Starts

GetItems = Callable[[Any], Sequence[Any]]


@dataclass(frozen=True, slots=True)
class Lists:
    """Lists of items, those of all rows behind one another in the columns of the items."""

    type: pa.DataType
    firsts: NDArray[np.int32]
    """The first item of each row, and the number of items last: shape (n + 1,)."""
    items: Sequence[Source]

    def array(self, stamped: StampedRows, rows: slice) -> pa.Array:
        """Return the lists of these rows, as they were stamped."""
        firsts = self.firsts[rows.start : rows.stop + 1]
        inside = slice(int(firsts[0]), int(firsts[-1]))
        starts = np.repeat(stamped.starts, np.diff(firsts))
        held = StampedRows(stamped.words, starts)
        arrays = [item.array(held, inside) for item in self.items]
        ends = pa.array(firsts - firsts[0], pa.int32())
        return pa.ListArray.from_arrays(ends, self._joined(arrays), type=self.type)

    def repeated(self, times: int) -> "Lists":
        """Return the lists as often."""
        lengths = np.tile(np.diff(self.firsts), times)
        firsts = np.append(0, np.cumsum(lengths)).astype(np.int32)
        return Lists(self.type, firsts, [item.repeated(times) for item in self.items])

    def _joined(self, arrays: Sequence[pa.Array]) -> pa.Array:
        inner = self.type.value_type
        if not pa.types.is_struct(inner):
            return arrays[0]
        return pa.StructArray.from_arrays(arrays, fields=list(inner))


class ListBuilder:
    """Takes in the items of events."""

    def __init__(self, get: GetItems, type_: pa.DataType, items: Sequence[Builder]) -> None:
        self._get = get
        self._type = type_
        self._items = items
        self._firsts = array("i", [0])

    def add(self, events: Sequence[Any], starts: Starts) -> None:
        """Take in the next events."""
        found: list[Any] = []
        owners: list[int] = []
        before = self._firsts[-1]
        for event, start in zip(events, starts, strict=True):
            items = self._get(event)
            found.extend(items)
            owners.extend([start] * len(items))
            self._firsts.append(before + len(found))
        for item in self._items:
            item.add(found, owners)

    def finish(self) -> Source:
        """Return the column of all events."""
        firsts = np.array(self._firsts, np.int32)
        return Lists(self._type, firsts, [item.finish() for item in self._items])


def values_of(name: str, doc: str, get: GetItems, item: Column) -> Column:
    """Return a column of lists of one kind of value."""
    type_ = pa.list_(item.type)
    return Column(name, doc, type_, lambda: ListBuilder(get, type_, [item.build()]))


def structs_of(name: str, doc: str, get: GetItems, items: Sequence[Column]) -> Column:
    """Return a column of lists of structs with these fields."""
    type_ = pa.list_(pa.struct([pa.field(item.name, item.type) for item in items]))
    return Column(
        name, doc, type_, lambda: ListBuilder(get, type_, [item.build() for item in items])
    )
