"""A sample of whole traces in bounded memory.

A trace is in the sample if the hash of its id is below a threshold. When the sample grows too large
the threshold is halved. So each trace has the same chance, wherever its spans are in the file, and
it is in with all of its spans or with none.
"""

import numpy as np

from telemetry_common.ids import mix64
from telemetry_generator.inspection.span_columns import SpanColumns

MOST_SPANS = 2_000_000
_HASHES = 1 << 64


class TraceSample:
    """Keeps the spans of so many traces that there are at most `most` of them."""

    def __init__(self, most: int = MOST_SPANS) -> None:
        self._most = most
        self._parts: list[SpanColumns] = []
        self._kept = 0
        self._halvings = 0

    @property
    def share(self) -> float:
        """The share of the traces that is kept: 1 as long as all are."""
        return 1 / (1 << self._halvings)

    def add(self, spans: SpanColumns) -> None:
        """Offer the spans of a chunk."""
        chosen = self._chosen(spans)
        self._parts.append(chosen)
        self._kept += len(chosen)
        # One giant trace may be more than a sample is to hold: it cannot be halved.
        while self._kept > self._most and self._halvings < 32:
            self._halvings += 1
            joined = self._chosen(SpanColumns.joined(self._parts))
            self._parts, self._kept = [joined], len(joined)

    def spans(self) -> SpanColumns | None:
        """Return the spans of the sample in file order; None when there are none."""
        return SpanColumns.joined(self._parts) if self._kept else None

    def _chosen(self, spans: SpanColumns) -> SpanColumns:
        if not self._halvings:
            return spans
        below = np.uint64(_HASHES >> self._halvings)
        return spans.take(mix64(spans.trace) < below)
