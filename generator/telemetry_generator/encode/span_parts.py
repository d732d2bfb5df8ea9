"""What can be added to spans: the seam for attributes from elsewhere."""

from typing import Protocol

from telemetry_generator.draws import I64
from telemetry_generator.encode.cells import Cells, Fragments
from telemetry_generator.traces.table import SpanTable
from telemetry_generator.world.model import Topology

SPAN_ATTRIBUTES = 9
"""Number of the field `Span.attributes`."""


class SpanAttributes(Protocol):
    """Attributes that another package adds to spans."""

    keys: frozenset[str]
    """The keys that it gives; spans get no attribute of these keys from anywhere else."""

    def column(self, table: SpanTable, topology: Topology) -> tuple[Fragments, I64]:
        """Return fragments, and which of them each row of the table gets; shape (n,).

        A fragment is any number of attributes rendered by
        `encode.values.attribute_bytes(SPAN_ATTRIBUTES, …)`; it may be empty. The choice must
        depend on the columns of the row alone, so that it is the same in every table.
        """


class SpanPart(Protocol):
    """Some fields of spans, for a table's `rows` in the order of the file."""

    def cells(self, table: SpanTable, rows: I64) -> Cells:
        """Return the fields of each row."""


class ProvidedAttributes:
    """The attributes of another package as a part of spans."""

    def __init__(self, provider: SpanAttributes, topology: Topology) -> None:
        self._provider = provider
        self._topology = topology

    def cells(self, table: SpanTable, rows: I64) -> Cells:
        """Return the provider's attributes of each row."""
        fragments, index = self._provider.column(table, self._topology)
        return Cells.pick(fragments, index[rows])
