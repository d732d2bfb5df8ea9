"""Walks a traces file down to its spans, a run of whole resources at a time."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from telemetry_common.planning.layout import LAYOUTS, UNIT_LEVEL
from telemetry_common.planning.wire import LENGTH, Bytes, Fields, Messages, scan
from telemetry_common.signals import Signal

_CHUNK_BYTES = 8 << 20

_RESOURCE, _SCOPE, _SPAN = (
    next(iter(container.children)) for container in LAYOUTS[Signal.TRACES].containers
)
assert len(LAYOUTS[Signal.TRACES].containers) == UNIT_LEVEL + 1


@dataclass(frozen=True, slots=True)
class Chunk:
    """The bytes `start`..`end` of a file, and the messages in them.

    The `owner` of a scope is the row of its resource here, that of a span the row of its scope.
    """

    start: int
    end: int
    resources: Fields
    scopes: Fields
    spans: Fields


def chunks(data: Bytes) -> Iterator[Chunk]:
    """Yield the chunks of a file, which together are all of its bytes. Raises WireError."""
    whole = Messages(np.array([0]), np.array([len(data)]))
    resources = scan(data, whole, {_RESOURCE}).of(_RESOURCE, LENGTH)
    first = start = 0
    while first < len(resources):
        limit = resources.tag[first] + _CHUNK_BYTES
        last = max(first + 1, int(np.searchsorted(resources.end, limit, "right")))
        end = int(resources.end[last - 1]) if last < len(resources) else len(data)
        yield _opened(data, start, end, resources.select(slice(first, last)))
        first, start = last, end


def _opened(data: Bytes, start: int, end: int, resources: Fields) -> Chunk:
    scopes = scan(data, resources.values(), {_SCOPE}).of(_SCOPE, LENGTH)
    spans = scan(data, scopes.values(), {_SPAN}).of(_SPAN, LENGTH)
    return Chunk(start, end, resources, scopes, spans)
