"""Ids of the template: a bijection of a span's place in the set, so no two are alike."""

from dataclasses import dataclass
from typing import Self

import numpy as np

from telemetry_common.ids import mix64, mix64_int
from telemetry_generator.config.traces import MAX_SPANS_PER_TRACE
from telemetry_generator.keyed import id_key


@dataclass(frozen=True, slots=True)
class TemplateIds:
    """The keys of a set's ids."""

    span: int
    trace_high: int
    trace_low: int

    @classmethod
    def from_seed(cls, seed: int) -> Self:
        """Derive the keys of the set with this seed."""
        names = ("span-id", "trace-id-high", "trace-id-low")
        return cls(*(id_key(seed, name) for name in names))

    def trace_id(self, number: int) -> bytes:
        """Return the 16-byte id of trace `number`."""
        high, low = mix64_int(self.trace_high + number), mix64_int(self.trace_low + number)
        return high.to_bytes(8, "little") + low.to_bytes(8, "little")

    def span_ids(self, number: int, count: int) -> list[bytes]:
        """Return the 8-byte ids of the first `count` spans of trace `number`."""
        first = self.span + number * MAX_SPANS_PER_TRACE
        raw = mix64(np.arange(first, first + count, dtype=np.uint64)).astype("<u8").tobytes()
        return [raw[at : at + 8] for at in range(0, len(raw), 8)]
