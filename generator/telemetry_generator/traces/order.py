"""Order: from spans level by level to spans trace by trace, as they stand in the set."""

from dataclasses import dataclass
from typing import Self

import numpy as np

from telemetry_generator.draws import I64
from telemetry_generator.traces.forest import Forest, Level
from telemetry_generator.traces.runs import Runs
from telemetry_generator.traces.table import ROOT, Kind


@dataclass(frozen=True, slots=True, eq=False)
class Order:
    """Where each span of a forest goes: request by request, in one trace after another."""

    rows: I64
    """The rows of the forest in their final order."""
    place: I64
    """The final place of each row of the forest."""
    traces: Runs
    """The traces, as runs of final places."""
    requests: Runs
    """The requests, as runs of final places."""

    @classmethod
    def of(cls, forest: Forest, spans: Level) -> Self:
        """Sort the spans; within a trace they stay in the order in which they were grown."""
        group = spans.request * forest.rows + _first_spans(forest, spans)
        rows = np.argsort(group, kind="stable")
        place = np.empty(len(rows), np.int64)
        place[rows] = np.arange(len(rows))
        return cls(rows, place, Runs.of(group[rows]), Runs.of(spans.request[rows]))

    def parents(self, spans: Level) -> I64:
        """Return the final place of each final row's parent, ROOT for the first of a trace."""
        parent, kind = spans.parent[self.rows], spans.kind[self.rows]
        return np.where((parent == ROOT) | (kind == Kind.CONSUMER), ROOT, self.place[parent])

    def producers(self, spans: Level) -> I64:
        """Return the final place of the producer of each final row, -1 for none."""
        parent, kind = spans.parent[self.rows], spans.kind[self.rows]
        return np.where((parent != ROOT) & (kind == Kind.CONSUMER), self.place[parent], -1)

    def ordinals(self) -> I64:
        """Return the place of each final row within its request."""
        return np.arange(len(self.rows)) - self.requests.each(self.requests.starts)


def _first_spans(forest: Forest, spans: Level) -> I64:
    """Return the row of the first span of each span's trace."""
    first = np.arange(len(spans))
    end = len(forest.levels[0])
    for level in forest.levels[1:]:
        rows = slice(end, end + len(level))
        first[rows] = np.where(level.kind == Kind.CONSUMER, first[rows], first[level.parent])
        end += len(level)
    return first
