"""Ids of the template: a bijection of a span's place in the set, so no two are alike."""

from dataclasses import dataclass
from typing import NamedTuple, Self

import numpy as np

from telemetry_common.ids import U64, mix64
from telemetry_generator.draws import I64
from telemetry_generator.keyed import id_key

ORDINAL_BITS = 20
"""Bits of an id's counter for the spans of a request; those above hold the request's number."""

_PHANTOMS = 1 << 61


class TraceIds(NamedTuple):
    """The two words of trace ids, as they stand on the wire, little-endian."""

    high: U64
    low: U64


@dataclass(frozen=True, slots=True)
class TemplateIds:
    """The keys of a set's ids; counters stay below 2^62, so that no sum with a key wraps."""

    span: int
    trace_high: int
    trace_low: int

    @classmethod
    def from_seed(cls, seed: int) -> Self:
        """Derive the keys of the set with this seed."""
        names = ("span-id", "trace-id-high", "trace-id-low")
        return cls(*(id_key(seed, name) for name in names))

    def spans(self, request: I64, ordinal: I64 | int) -> U64:
        """Return the ids of spans, by the number of the request and their place in it."""
        return _words(self.span, _counters(request, ordinal))

    def traces(self, request: I64, ordinal: I64 | int) -> TraceIds:
        """Return the ids of traces, by the number of the request and the place of their root."""
        counters = _counters(request, ordinal)
        return TraceIds(_words(self.trace_high, counters), _words(self.trace_low, counters))

    def phantoms(self, request: I64) -> U64:
        """Return ids of parents that no span of the set has, one for each request."""
        return _words(self.span, request + _PHANTOMS)


def _counters(request: I64, ordinal: I64 | int) -> I64:
    return (request << ORDINAL_BITS) + ordinal


def _words(key: int, counters: I64) -> U64:
    return mix64(counters.astype(np.uint64) + np.uint64(key))
