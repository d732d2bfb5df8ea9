"""Ids of many messages as arrays of 64-bit words, so that checks need no loop over events."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from telemetry_common.ids import U64, mix64

TRACE_ID_BYTES = 16
SPAN_ID_BYTES = 8


class HasIds(Protocol):
    """A message that names a span: a span itself, a link, a log record, an exemplar."""

    @property
    def trace_id(self) -> bytes:
        """16 bytes, or empty."""

    @property
    def span_id(self) -> bytes:
        """8 bytes, or empty."""


@dataclass(frozen=True, slots=True)
class IdColumns:
    """Trace and span ids, one element a message; an id that is empty or malformed is zero.

    `malformed_traces` and `malformed_spans` count ids that are neither empty nor of legal length.
    """

    trace_high: U64
    trace_low: U64
    span: U64
    malformed_traces: int
    malformed_spans: int

    def __len__(self) -> int:
        return len(self.span)

    @property
    def invalid_traces(self) -> int:
        """How many trace ids are malformed, empty or all zero."""
        return len(self) - int(np.count_nonzero(self.trace_high | self.trace_low))

    @property
    def invalid_spans(self) -> int:
        """How many span ids are malformed, empty or all zero."""
        return len(self) - int(np.count_nonzero(self.span))


def id_columns(messages: Sequence[HasIds]) -> IdColumns:
    """Return the ids of `messages` in their order."""
    traces, malformed_traces = id_words([each.trace_id for each in messages], TRACE_ID_BYTES)
    spans, malformed_spans = id_words([each.span_id for each in messages], SPAN_ID_BYTES)
    return IdColumns(traces[:, 0], traces[:, 1], spans[:, 0], malformed_traces, malformed_spans)


def id_words(ids: list[bytes], width: int) -> tuple[NDArray[np.uint64], int]:
    """Return ids of `width` bytes as little-endian words, shape (ids, width / 8).

    Ids of another length become zero; the second value counts those that are not empty either.
    """
    lengths = set(map(len, ids))
    malformed = 0
    if not lengths <= {width}:
        if not lengths <= {0, width}:
            malformed = sum(len(each) not in (0, width) for each in ids)
        zero = bytes(width)
        ids = [each if len(each) == width else zero for each in ids]
    return np.frombuffer(b"".join(ids), dtype="<u8").reshape(-1, width // 8), malformed


def span_keys(ids: IdColumns, spans: U64 | None = None) -> U64:
    """Return one 64-bit key for each (trace id, span id): equal pairs have equal keys.

    `spans` names other spans of the same traces, such as the parents. Different pairs collide with
    the probability of a random 64-bit hash: once in 10^8 among the 500,000 keys of a window.
    """
    named = ids.span if spans is None else spans
    return mix64(named ^ mix64(ids.trace_high ^ mix64(ids.trace_low)))


def candidates(wanted: U64, ordered: U64) -> NDArray[np.intp]:
    """Return for each key where in the sorted, not empty `ordered` it is, if it is there."""
    return np.minimum(np.searchsorted(ordered, wanted), len(ordered) - 1)
