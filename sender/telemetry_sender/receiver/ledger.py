"""The ledger: which spans of the run have arrived, exactly, from their ids alone.

Ids are a keyed bijection, so a receiver that knows the templates and the run's seed turns every
span id back into its counter, and one bit a span tells lost from duplicated from foreign.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from telemetry_common.ids import U64, RunKeys
from telemetry_sender.receiver.id_columns import IdColumns
from telemetry_sender.receiver.identity import Identity, Located
from telemetry_sender.receiver.seen_counters import SeenCounters
from telemetry_sender.receiver.spans import SpanColumns
from telemetry_sender.receiver.template_index import TemplateIndex

MAX_EXAMPLES = 20
MAX_RANGES = 100

_ORPHAN_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class SpanExample:
    """One span to look for: its id in hex and, unless foreign, where it is in the templates."""

    span_id: str
    pass_number: int | None = None
    span_index: int | None = None


@dataclass(frozen=True, slots=True)
class LostRange:
    """Neighbouring spans of one pass that did not arrive."""

    pass_number: int
    first: int
    count: int


@dataclass(slots=True)
class LedgerCounts:
    """What the ledger noticed as spans came in; a duplicate is an arrival beyond the first."""

    duplicated: int = 0
    foreign: int = 0
    trace_id_mismatches: int = 0
    parent_id_mismatches: int = 0
    duplicate_examples: list[SpanExample] = field(default_factory=list)
    foreign_examples: list[SpanExample] = field(default_factory=list)


class Ledger:
    """Books every span of one run; see `docs/receiver.md` for what it costs in memory."""

    def __init__(self, template: TemplateIndex, run_seed: int) -> None:
        self.template = template
        self.run_seed = run_seed
        self.counts = LedgerCounts()
        self._identity = Identity(template, RunKeys.from_seed(run_seed))
        self._seen = SeenCounters()

    @property
    def unique(self) -> int:
        """Number of different spans of the run that arrived."""
        return self._seen.unique

    @property
    def highest_counter(self) -> int:
        """The highest counter that arrived, -1 for none."""
        return self._seen.highest

    @property
    def passes_seen(self) -> int:
        """Number of passes up to the highest counter, whole or not."""
        return -(-(self.highest_counter + 1) // max(1, self.template.span_count))

    @property
    def lost(self) -> int:
        """Number of counters below the highest that did not arrive."""
        return self.highest_counter + 1 - self.unique

    def record(self, spans: SpanColumns) -> None:
        """Book the spans of one request; spans without a valid id are left out."""
        if not self.template.span_count:
            self._count_foreign(spans.ids.span[spans.ids.span != 0])
            return
        at = self._identity.locate(spans.ids.span)
        owned = self._identity.owns_trace(at, spans.ids)
        booked = owned if owned.all() else self._without_foreign(at, owned, spans)
        right = self._identity.has_right_parent(at, spans.parents, self.passes_seen + 1)
        self.counts.parent_id_mismatches += int(np.count_nonzero(booked & ~right))
        self._book(at.counters[booked])

    def _without_foreign(
        self, at: Located, owned: NDArray[np.bool_], spans: SpanColumns
    ) -> NDArray[np.bool_]:
        """Return which spans belong to the run, and count those that do not.

        A span with the wrong trace id still belongs to it if its counter is at most one pass
        beyond those that are certain; otherwise one random id in a million would.
        """
        certain = int(at.counters[owned].max(initial=max(self.highest_counter, 0)))
        near = at.counters <= certain + self.template.span_count
        booked = owned | (at.plausible & near)
        self.counts.trace_id_mismatches += int(np.count_nonzero(booked & ~owned))
        self._count_foreign(spans.ids.span[~booked & (spans.ids.span != 0)])
        return booked

    def _count_foreign(self, span_ids: U64) -> None:
        self.counts.foreign += len(span_ids)
        room = MAX_EXAMPLES - len(self.counts.foreign_examples)
        found = [SpanExample(_hex(each)) for each in span_ids[:room]]
        self.counts.foreign_examples.extend(found)

    def _book(self, counters: U64) -> None:
        again = self._seen.add(counters)
        self.counts.duplicated += len(again)
        room = MAX_EXAMPLES - len(self.counts.duplicate_examples)
        self.counts.duplicate_examples.extend([self._example(int(c)) for c in again[:room]])

    def unresolved(self, references: IdColumns) -> int:
        """Count references that name no span of the run, nor (without a span id) a trace."""
        if not self.template.span_count:
            return len(references)
        at = self._identity.locate(references.span)
        known = self._identity.owns_trace(at, references)
        bare = references.span == 0
        if bare.any():
            known |= bare & self._identity.knows_trace(references)
        return int(np.count_nonzero(~known))

    def orphans(self) -> int:
        """Count the spans that arrived although their parent, which is in the set, did not."""
        spans = self.template.span_count
        if not spans:
            return 0
        step = spans * max(1, _ORPHAN_CHUNK // spans)
        starts = range(0, self.passes_seen * spans, step)
        return sum(self._orphans_within(start, start + step) for start in starts)

    def _orphans_within(self, start: int, stop: int) -> int:
        if self._seen.has_all(start, stop):
            return 0
        present = self._seen.present(start, stop).reshape(-1, self.template.span_count)
        children = np.flatnonzero(self.template.parents >= 0)
        parents = self.template.parents[children]
        return int(np.count_nonzero(present[:, children] & ~present[:, parents]))

    def lost_ranges(self) -> list[LostRange]:
        """Return the first MAX_RANGES runs of lost spans, none across two passes."""
        return list(islice(self._all_lost_ranges(), MAX_RANGES))

    def _all_lost_ranges(self) -> Iterator[LostRange]:
        spans = self.template.span_count
        for first, count in self._seen.gaps(self.highest_counter + 1):
            start, stop = first, first + count
            while start < stop:
                number, index = divmod(start, spans)
                length = min(stop - start, spans - index)
                yield LostRange(number, index, length)
                start += length

    def lost_examples(self) -> list[SpanExample]:
        """Return the first MAX_EXAMPLES lost spans."""
        spans = self.template.span_count
        counters = (
            each.pass_number * spans + each.first + offset
            for each in self._all_lost_ranges()
            for offset in range(each.count)
        )
        return [self._example(counter) for counter in islice(counters, MAX_EXAMPLES)]

    def _example(self, counter: int) -> SpanExample:
        number, index = divmod(counter, self.template.span_count)
        span_id = self._identity.span_ids(np.array([counter], np.uint64))[0]
        return SpanExample(_hex(span_id), number, index)


def _hex(span_id: np.uint64) -> str:
    return int(span_id).to_bytes(8, "little").hex()
