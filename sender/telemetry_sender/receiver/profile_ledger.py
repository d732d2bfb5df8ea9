"""The ledger of profiles: their ids turned back into pass and number, like those of spans.

A profile that a request cuts is sent in parts with ids of their own, so an id stands for the same
samples whenever it comes: samples are counted by the ids of their profiles.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from opentelemetry.proto.profiles.v1development.profiles_pb2 import Profile

from telemetry_sender.receiver.event_counts import EventCounts
from telemetry_sender.receiver.id_columns import id_words
from telemetry_sender.receiver.identity import ProfileIdentity
from telemetry_sender.receiver.recent_times import RecentTimes
from telemetry_sender.receiver.stream_table import UNKNOWN, StreamTable

PROFILE_ID_BYTES = 16


class ProfileLedger:
    """Books the samples of one run; 80 bytes for each profile of the set, or part of one."""

    def __init__(self, identity: ProfileIdentity, samples_per_pass: int) -> None:
        self.counts = EventCounts()
        self.samples_per_pass = samples_per_pass
        self.passes_seen = 0
        self._identity = identity
        self._numbers = StreamTable()
        self._passes = RecentTimes()

    def record(self, profiles: Sequence[Profile]) -> None:
        """Book the samples of the profiles of one request."""
        if not profiles:
            return
        samples = np.array([len(each.samples) for each in profiles], np.int64)
        words, _ = id_words([each.profile_id for each in profiles], PROFILE_ID_BYTES)
        named = (words != 0).any(axis=1)
        at = self._identity.locate(words)
        owned = at.owned & named
        self.counts.unidentified += int(samples[~named].sum())
        self.counts.foreign += int(samples[named & ~owned].sum())
        self._book(at.numbers[owned], at.passes[owned], samples[owned])

    def _book(
        self,
        numbers: NDArray[np.uint64],
        passes: NDArray[np.uint64],
        samples: NDArray[np.int64],
    ) -> None:
        known = self._numbers.find(numbers)
        new = np.unique(numbers[known == UNKNOWN])
        self._numbers.add(new, np.arange(len(self._numbers), len(self._numbers) + len(new)))
        self._passes.reserve(len(self._numbers))
        # A time is never 0.
        arrivals = self._passes.add(self._numbers.find(numbers), passes + np.uint64(1))
        self.counts.count(arrivals, samples)
        self.passes_seen = max(self.passes_seen, int(passes.max(initial=0)) + bool(len(passes)))
