"""Ids turned back: which pass and which span of the template an id stands for.

The scheme is the one of `telemetry_common.ids`: with n spans and T traces in the set, the id of
span i in pass p is `mix64(key + p * n + i)`, and the two halves of the id of trace t are
`mix64(key + p * T + t)` under two keys of their own.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from telemetry_common.ids import U64, RunKeys, mix64, unmix64
from telemetry_sender.receiver.id_columns import IdColumns
from telemetry_sender.receiver.template_index import ROOT, TemplateIndex

Flags = NDArray[np.bool_]

MAX_COUNTER = 1 << 44
"""Counters at or above this are taken for chance: 20 days at 10 million spans a second."""


@dataclass(frozen=True, slots=True)
class Located:
    """Where ids belong, one element an id; meaningless where `plausible` is false."""

    counters: U64
    passes: U64
    indices: NDArray[np.intp]
    plausible: Flags


class Identity:
    """The ids that one run gives to the spans and traces of a template set."""

    def __init__(self, template: TemplateIndex, keys: RunKeys) -> None:
        self._keys = keys
        self._spans = np.uint64(template.span_count)
        self._trace_count = np.uint64(template.trace_count)
        self._traces = template.traces.astype(np.uint64)
        self._parents = template.parents

    def locate(self, span_ids: U64) -> Located:
        """Invert span ids; zero, the invalid id, is never plausible (see the keys' range)."""
        counters = unmix64(span_ids) - np.uint64(self._keys.span)
        plausible = counters < MAX_COUNTER
        passes, indices = np.divmod(np.where(plausible, counters, 0), self._spans)
        return Located(counters, passes, indices.astype(np.intp), plausible)

    def span_ids(self, counters: U64) -> U64:
        """Return the ids of the spans with these counters."""
        return mix64(np.uint64(self._keys.span) + counters)

    def owns_trace(self, at: Located, ids: IdColumns) -> Flags:
        """Tell for each id whether its trace id is the one of the span located `at`."""
        traces = at.passes * self._trace_count + self._traces[at.indices]
        high, low = self._trace_words(traces)
        owned: Flags = at.plausible & (high == ids.trace_high) & (low == ids.trace_low)
        return owned

    def knows_trace(self, ids: IdColumns) -> Flags:
        """Tell for each trace id whether it is one of the run's."""
        traces = unmix64(ids.trace_high) - np.uint64(self._keys.trace_high)
        _, low = self._trace_words(traces)
        known: Flags = (traces < MAX_COUNTER) & (low == ids.trace_low)
        return known

    def _trace_words(self, traces: U64) -> tuple[U64, U64]:
        high = mix64(np.uint64(self._keys.trace_high) + traces)
        return high, mix64(np.uint64(self._keys.trace_low) + traces)

    def has_right_parent(self, at: Located, parents: U64, passes: int) -> Flags:
        """Tell for each span located `at` whether its parent id is the one it should have.

        That is none for a root, and for a phantom parent some id outside the first `passes`.
        """
        expected = self._parents[at.indices]
        known = expected >= 0
        counters = at.passes * self._spans + np.where(known, expected, 0).astype(np.uint64)
        right: Flags = np.where(known, self.span_ids(counters), 0) == parents
        phantom = expected < ROOT
        if phantom.any():
            outside = unmix64(parents) - np.uint64(self._keys.span) >= self._spans * passes
            right = np.where(phantom, outside & (parents != 0), right)
        return right


@dataclass(frozen=True, slots=True)
class LocatedProfiles:
    """Where profile ids belong, one element an id; meaningless where not `owned`."""

    passes: U64
    numbers: U64
    owned: Flags


class ProfileIdentity:
    """The ids that one run gives to profiles: both halves count on from keys of their own.

    A pass takes as many numbers as the set has profiles and samples, because a profile that is cut
    has a part at any of its samples.
    """

    def __init__(self, keys: RunKeys, numbers_per_pass: int) -> None:
        self._keys = keys
        self._numbers = np.uint64(max(1, numbers_per_pass))

    def locate(self, words: U64) -> LocatedProfiles:
        """Invert profile ids given as words, shape (n, 2)."""
        counters = unmix64(words[:, 0]) - np.uint64(self._keys.profile_high)
        low = mix64(np.uint64(self._keys.profile_low) + counters)
        owned = (counters < MAX_COUNTER) & (low == words[:, 1])
        passes, numbers = np.divmod(np.where(owned, counters, 0), self._numbers)
        return LocatedProfiles(passes, numbers, owned)
