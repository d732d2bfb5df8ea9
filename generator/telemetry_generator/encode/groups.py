"""Messages in their groups: scopes around rows of wire format, and resources around scopes.

Rows of a group follow one another, so its beginning is a few bytes before its first row, once the
sizes of all its rows are known: nothing is copied.
"""

from typing import NamedTuple

import numpy as np

from telemetry_generator.draws import I64
from telemetry_generator.encode.cells import Cells, Fragments, join, length_prefix, solid, spread

_RESOURCES = 1  # TracesData.resource_spans, LogsData.resource_logs
_SCOPES = 2  # ResourceSpans.scope_spans, ResourceLogs.scope_logs


class Groups(NamedTuple):
    """Where groups begin, and how: group i starts at row `starts[i]`, with fragment `chosen[i]`."""

    starts: I64
    fragments: Fragments
    chosen: I64


def grouped(rows: Cells, scopes: Groups, resources: Groups, trailer: bytes = b"") -> Cells:
    """Return rows with the beginnings of their groups before them, as top-level messages.

    Every resource begins where a scope does; `trailer` stands at the end of each resource.
    """
    sizes = np.add.reduceat(rows.sizes(), scopes.starts)
    scope_heads, sizes = _heads(_SCOPES, scopes, sizes)
    firsts = np.searchsorted(scopes.starts, resources.starts)
    sizes = np.add.reduceat(sizes, firsts) + len(trailer)
    resource_heads, _ = _heads(_RESOURCES, resources, sizes)
    ends = np.append(resources.starts[1:], rows.count) - 1
    return join(
        spread(solid(resource_heads), resources.starts, rows.count),
        spread(solid(scope_heads), scopes.starts, rows.count),
        rows,
        *([spread(Cells.constant(len(ends), trailer), ends, rows.count)] if trailer else []),
    )


def starts_of(groups: I64) -> I64:
    """Return the rows at which the group differs from that of the row before."""
    return np.flatnonzero(np.diff(groups, prepend=-1))


def _heads(number: int, groups: Groups, contents: I64) -> tuple[Cells, I64]:
    """Return how each group begins, field `number` of its owner, and how large all of it is.

    A group's message begins with its fragment; `contents` bytes follow.
    """
    prefixes = length_prefix(number, groups.fragments.sizes[groups.chosen] + contents)
    heads = join(prefixes, Cells.pick(groups.fragments, groups.chosen))
    return heads, heads.sizes() + contents
