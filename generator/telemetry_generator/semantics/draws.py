"""What is random in spans: the numbers and ids in texts are the same on both sides of a call."""

import numpy as np

from telemetry_common.ids import U64
from telemetry_generator.draws import I64, below, draw
from telemetry_generator.traces.table import Kind, SpanTable

_FIRST_NUMBER = 10_000_000
_NUMBERS = 90_000_000  # of eight digits
_FIRST_OFFSET = 1 << 28
_NUMBER_PURPOSE = 16
_MESSAGE_PURPOSE = 32
_OFFSET_PURPOSE = 33
_POOL_PURPOSE = 64


def call_bits(table: SpanTable) -> U64:
    """Return the random bits that the sides of a call share, a consumer with its producer."""
    linked = (table.kind == Kind.CONSUMER) & (table.link >= 0)
    return np.where(linked, table.detail[table.link], table.detail)


def source_bits(table: SpanTable) -> U64:
    """Return the random bits of each `pools.Source`: the span, its call and its request; (3, n)."""
    first = np.searchsorted(table.request, table.request)
    own = draw(table.key, _POOL_PURPOSE)
    return np.stack([own, call_bits(table), own[first]])


def numbers(call: U64, ordinal: int) -> I64:
    """Return the number of eight digits at place `ordinal` of each call's texts."""
    chosen: I64 = _FIRST_NUMBER + below(draw(call, _NUMBER_PURPOSE + ordinal), _NUMBERS)
    return chosen


def message_ids(call: U64) -> U64:
    """Return the id of each call's message, which is told in hexadecimal digits."""
    return draw(call, _MESSAGE_PURPOSE)


def message_offsets(call: U64) -> I64:
    """Return the offset of each call's message in its partition: 2^28 to 2^32 + 2^28 - 1."""
    offsets: I64 = _FIRST_OFFSET + (draw(call, _OFFSET_PURPOSE) >> np.uint64(32)).astype(np.int64)
    return offsets
