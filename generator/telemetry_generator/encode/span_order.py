"""The order of spans in a file: which resource and which scope each stands under."""

from typing import NamedTuple

import numpy as np

from telemetry_generator.draws import I64
from telemetry_generator.traces.table import SpanTable

LATE_GROUP = 32
"""Late roots stand behind the other spans of so many consecutive requests, those whose numbers
divided by this are the same. Bytes do not depend on chunks that are multiples of it."""


class SpanOrder(NamedTuple):
    """Spans in the order of the file, n rows."""

    rows: I64
    """The row of the table at each place; shape (n,)."""
    resources: I64
    """The places at which the spans of another resource begin."""
    scopes: I64
    """The places at which the spans of another scope begin; all of `resources` among them."""


def order_spans(table: SpanTable, scopes: I64, instances: int, kinds: int) -> SpanOrder:
    """Return the order of a table's spans.

    Requests follow one another, and so do traces; within a trace, spans are grouped by instance,
    then by scope, in the order of first appearance. `scopes` is the scope of each row, one of
    `kinds`; `instances` is the number of instances.
    """
    late = table.is_late.astype(np.int64)
    resource = (table.trace * instances + table.instance) * 2 + late
    resource_keys = _first_rows(resource)
    scope_keys = _first_rows(resource * kinds + scopes)
    keys = [scope_keys, resource_keys]
    if late.any():
        keys += [late, table.request // LATE_GROUP]
    rows = np.lexsort(keys)
    return SpanOrder(rows, _begins(resource_keys[rows]), _begins(scope_keys[rows]))


def _first_rows(codes: I64) -> I64:
    """Return for each row the first row of the same code."""
    _, first, inverse = np.unique(codes, return_index=True, return_inverse=True)
    rows: I64 = first[inverse]
    return rows


def _begins(keys: I64) -> I64:
    """Return the places at which the key differs from the one before."""
    return np.flatnonzero(np.diff(keys, prepend=-1))
