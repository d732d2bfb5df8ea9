"""Spans as columns, for questions about all of them at once."""

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from telemetry_common.ids import U64

Flags = NDArray[np.bool_]
Numbers = NDArray[np.int32]
Rows = NDArray[np.int64]
NOBODY = -1


@dataclass(frozen=True, slots=True)
class SpanColumns:
    """n spans in file order, every column of shape (n,). Texts are numbers of an interner."""

    trace: U64
    """A word for each trace id."""
    span: U64
    parent: U64
    """Span id of the parent, 0 for none."""
    link: U64
    """A word for the trace and span that the first link names, 0 for none."""
    start: U64
    end: U64
    service: Numbers
    kind: NDArray[np.uint8]
    failed: Flags
    peer: Numbers
    """What a span without a callee in the set calls, NOBODY where it does not say."""
    chunk: Numbers
    """Which chunk of the file it is in."""

    def __len__(self) -> int:
        return len(self.span)

    @property
    def duration(self) -> U64:
        """Nanoseconds; 0 for a span that ends before it starts."""
        return np.where(self.end > self.start, self.end - self.start, 0).astype(np.uint64)

    def take(self, rows: Flags | Rows) -> "SpanColumns":
        """Return some of the spans."""
        return SpanColumns(*(getattr(self, field.name)[rows] for field in fields(self)))

    @classmethod
    def joined(cls, parts: Sequence["SpanColumns"]) -> "SpanColumns":
        """Return the parts, at least one, one after another."""
        columns = ([getattr(part, field.name) for part in parts] for field in fields(cls))
        return cls(*map(np.concatenate, columns))
