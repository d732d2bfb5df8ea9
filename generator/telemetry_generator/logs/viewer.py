"""How far a chunk of records looks around among the requests of the set."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from telemetry_generator.logs.statuses import ErrorStatuses
from telemetry_generator.logs.windows import Requests, Window, window_of
from telemetry_generator.world.model import Topology

_PROBE = 64
_UNUSUAL = 2
_FEWEST_SPANS, _MOST_SPANS = 0.5, 2.5


@dataclass(frozen=True)
class Viewer:
    """Opens the window of each chunk, which has `records` of which `lines` tell of requests."""

    requests: Requests
    topology: Topology
    records: int
    lines: float

    def window(self, chunk: int) -> Window:
        """Return the spans that the records of a chunk may belong to."""
        first, count = window_of(chunk, self._size, self.requests.requests)
        return self._window(first, count)

    @cached_property
    def _size(self) -> int:
        """Requests of a window: enough for each access log to tell of another one.

        But not more than two and a half spans for each record, because making them takes time.
        """
        wanted = self.lines / max(self._served_typically, 0.01)
        fewest, most = (
            self.records * spans / self.requests.typical_spans
            for spans in (_FEWEST_SPANS, _MOST_SPANS)
        )
        return max(1, round(min(max(wanted, fewest), most)))

    @cached_property
    def _served_typically(self) -> float:
        """How often HTTP is served in a request: the mean of the first, giants apart."""
        probe = min(_PROBE, self.requests.requests)
        window = self._window(0, probe)
        counts = np.sort(np.bincount(window.spans.request[window.served], minlength=probe))
        return float(counts[:-_UNUSUAL].mean()) if probe > _UNUSUAL else float(counts.mean())

    @cached_property
    def _statuses(self) -> ErrorStatuses:
        return ErrorStatuses(self.topology)

    def _window(self, first: int, count: int) -> Window:
        return Window.of(self.requests.table(first, count), self.topology, self._statuses)
