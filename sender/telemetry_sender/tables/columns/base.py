"""What a column is: it takes in the events of a template once, then gives arrays for every pass."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from telemetry_common.planning.words import Words
from telemetry_sender.tables.arrow import pa

Starts = Sequence[int]
"""Where events begin in the bytes that they were read from."""


@dataclass(frozen=True, slots=True)
class StampedRows:
    """Where rows get their values from: n events in a stamped block."""

    words: Words
    starts: NDArray[np.int64]
    """Where the event of each row begins in the block, shape (n,)."""


class Source(Protocol):
    """A column whose events are all known."""

    @property
    def type(self) -> pa.DataType:
        """What its arrays hold."""
        ...

    def array(self, stamped: StampedRows, rows: slice) -> pa.Array:
        """Return the values of these rows of the template, as they were stamped."""
        ...

    def repeated(self, times: int) -> "Source":
        """Return the column of as many copies of the template, one behind another."""
        ...


class Builder(Protocol):
    """Takes in the events of a template, in their order."""

    def add(self, events: Sequence[Any], starts: Starts) -> None:
        """Take in the next events; `starts` says where each begins in the bytes of their spots."""
        ...

    def finish(self) -> Source:
        """Return the column of all events."""
        ...


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table as users see it."""

    name: str
    doc: str
    type: pa.DataType
    build: Callable[[], Builder]
