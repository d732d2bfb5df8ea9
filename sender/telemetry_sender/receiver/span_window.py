"""Parents, their time windows and repeated ids, checked in bounded memory.

Within one request every child is compared with its parent at once. A child whose parent is in
another request waits; spans are kept in generations, and a child is compared when the parent is
among the spans of its own generation or of a neighbouring one. So everything is found that
arrives within one generation of its counterpart, whatever the order, and nothing else is kept.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from telemetry_common.ids import U64
from telemetry_sender.receiver.id_columns import candidates, span_keys
from telemetry_sender.receiver.spans import SpanColumns

GENERATION_SPANS = 1 << 18


@dataclass(frozen=True, slots=True)
class _Times:
    """Keys of spans (or, for children, of their parents) with start and end times."""

    keys: U64
    starts: U64
    ends: U64

    def __len__(self) -> int:
        return len(self.keys)

    def at(self, which: NDArray[np.bool_] | NDArray[np.intp]) -> "_Times":
        return _Times(self.keys[which], self.starts[which], self.ends[which])

    def sorted(self) -> "_Times":
        return self.at(np.argsort(self.keys))


@dataclass(slots=True)
class WindowCounts:
    """What was compared: children with their parents' time windows, span ids with each other."""

    children_compared: int = 0
    children_outside_parents: int = 0
    children_without_parent: int = 0
    repeated_span_ids: int = 0


class SpanWindow:
    """Compares spans with those that arrive shortly before and after them."""

    def __init__(self, generation_spans: int = GENERATION_SPANS) -> None:
        self.generation_spans = generation_spans
        self.counts = WindowCounts()
        self._spans: list[_Times] = []
        self._collected = 0
        self._previous = _NOTHING
        self._young: list[_Times] = []
        self._old = _NOTHING

    def add(self, spans: SpanColumns) -> None:
        """Check the spans of one request and remember what later ones may refer to."""
        valid = spans.ids.span != 0
        own = _Times(span_keys(spans.ids), spans.starts, spans.ends).at(valid).sorted()
        parents = _Times(span_keys(spans.ids, spans.parents), spans.starts, spans.ends)
        waiting = self._compare(parents.at(spans.parents != 0), own)
        if len(waiting):
            self._young.append(waiting)
        self._spans.append(own)
        self._collected += len(own)
        if self._collected >= self.generation_spans:
            self._turn()

    def close(self) -> None:
        """Settle what still waits; call once, after the last request."""
        self._turn()
        self.counts.children_without_parent += len(self._old)
        self._old = _NOTHING

    def _turn(self) -> None:
        """End the generation: compare who waits, and forget the generation before it."""
        current = _joined(self._spans).sorted()
        self._count_repeats(current.keys)
        self.counts.children_without_parent += len(self._compare(self._old, current))
        young = self._compare(_joined(self._young), current)
        self._old = self._compare(young, self._previous)
        self._previous = current
        self._spans, self._young, self._collected = [], [], 0

    def _compare(self, children: _Times, spans: _Times) -> _Times:
        """Compare children with their parents in `spans` (sorted); return those not found."""
        if not len(children) or not len(spans):
            return children
        places = candidates(children.keys, spans.keys)
        found = spans.keys[places] == children.keys
        parents = spans.at(places)
        outside = (children.starts < parents.starts) | (children.ends > parents.ends)
        self.counts.children_compared += int(np.count_nonzero(found))
        self.counts.children_outside_parents += int(np.count_nonzero(outside & found))
        return children if not found.any() else children.at(~found)

    def _count_repeats(self, keys: U64) -> None:
        """Count in sorted `keys` those that came before, in this generation or the previous."""
        if not len(keys):
            return
        again = np.concatenate(([False], keys[1:] == keys[:-1]))
        if len(self._previous):
            again |= self._previous.keys[candidates(keys, self._previous.keys)] == keys
        self.counts.repeated_span_ids += int(np.count_nonzero(again))


_NONE = np.zeros(0, np.uint64)
_NOTHING = _Times(_NONE, _NONE, _NONE)


def _joined(parts: list[_Times]) -> _Times:
    if not parts:
        return _NOTHING
    return _Times(
        np.concatenate([each.keys for each in parts]),
        np.concatenate([each.starts for each in parts]),
        np.concatenate([each.ends for each in parts]),
    )
