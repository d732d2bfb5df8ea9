"""What spans answer only together: unique ids, parents that exist, children inside them."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from opentelemetry.proto.trace.v1.trace_pb2 import TracesData

from telemetry_generator.reading.ids import Lookup, span_hex, trace_hex, trace_keys
from telemetry_generator.validation.kinds import Kind
from telemetry_generator.validation.references import References
from telemetry_generator.validation.span_table import NOT_FOUND, SpanIndex, SpanTable
from telemetry_generator.validation.template_file import TemplateFile

Rows = NDArray[np.int64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class TreeChecks:
    """Checks the relations between all spans of a traces file."""

    file: TemplateFile[TracesData]
    index: SpanIndex

    @property
    def table(self) -> SpanTable:
        """The spans."""
        return self.index.table

    def check(self, links: References) -> int:
        """Check everything; return the number of traces whose root's parent is not in the set."""
        table = self.table
        repeated = Lookup(table.span).repeated()
        repeated = repeated[table.span[repeated] != 0]
        self._find(Kind.SPAN_ID, repeated, "the span id is not unique")
        parent = self.index.find(table.trace, table.parent)
        self._check_windows(parent)
        self._check_cycles(parent)
        self._check_links(links)
        return self._check_roots(parent)

    def _check_windows(self, parent: Rows) -> None:
        table = self.table
        child = np.flatnonzero(parent != NOT_FOUND)
        above = parent[child]
        early = table.start[child] < table.start[above]
        late = table.end[child] > table.end[above]
        self._find(Kind.CHILD_TIME, child[early], "starts before its parent")
        self._find(Kind.CHILD_TIME, child[late & ~early], "ends after its parent")

    def _check_cycles(self, parent: Rows) -> None:
        """Walk up from all spans at once, twice as far at each step: who never arrives, cycles."""
        if not len(parent):
            return
        top = len(parent)
        above = np.append(parent, top)
        above[above == NOT_FOUND] = top
        for _ in range(top.bit_length()):
            above = above[above]
            if (above == top).all():
                return
        cyclic = np.flatnonzero(above[:-1] != top)
        self._find(Kind.PARENT_CYCLE, cyclic, "is its own ancestor, or below a span that is")

    def _check_links(self, links: References) -> None:
        traces, spans, owners = links.columns()
        lost = np.flatnonzero(self.index.unresolved(traces, spans))

        def describe(row: int) -> tuple[str, str]:
            named = f"{trace_hex(traces[row])}/{span_hex(spans[row])}"
            return self.table.place(int(owners[row])), f"links to {named}, which is not in the set"

        self.file.report_rows(Kind.LINK, lost.tolist(), describe)

    def _check_roots(self, parent: Rows) -> int:
        """Find traces with several roots, and parents that are missing but may not be."""
        table = self.table
        _, trace = np.unique(trace_keys(table.trace), return_inverse=True)
        is_root = table.parent == 0
        is_lost = ~is_root & (parent == NOT_FOUND)
        traces = int(trace.max(initial=-1)) + 1
        roots = np.bincount(trace[is_root], minlength=traces)
        lost = np.bincount(trace[is_lost], minlength=traces)
        surplus = _but_the_first(trace, is_root)
        self._find(Kind.TRACE_ROOTS, surplus, "a second root of its trace")
        rootless = (roots == 0) & (lost == 1)
        allowed = self.file.template_set.entry(self.file.signal).rootless
        unexpected = is_lost & ~rootless[trace] if allowed else is_lost
        self._find(Kind.PARENT, np.flatnonzero(unexpected), "its parent is not in the set")
        return int(np.count_nonzero(rootless))

    def _find(self, kind: Kind, rows: Rows, problem: str) -> None:
        describe = lambda row: (self.table.place(row), problem)  # noqa: E731
        self.file.report_rows(kind, rows.tolist(), describe)


def _but_the_first(group: Rows, members: Flags) -> Rows:
    """Return the members of each group except its first."""
    rows = np.flatnonzero(members)
    _, first = np.unique(group[rows], return_index=True)
    return np.delete(rows, first)
