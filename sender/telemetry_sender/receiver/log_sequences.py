"""Log records that number themselves: which numbers of each resource came, and which did not."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from telemetry_common.ids import U64
from telemetry_sender.receiver.records import Records, SequenceAttribute
from telemetry_sender.receiver.seen_counters import SeenCounters

MAX_OPEN_PAGES = 1 << 12
"""Pages with gaps that a receiver keeps, over all resources: 64 MiB."""


@dataclass(slots=True)
class _Numbers:
    """The numbers of one resource."""

    seen: SeenCounters = field(default_factory=SeenCounters)
    lowest: int = 1 << 63

    @property
    def lost(self) -> int:
        return self.seen.highest + 1 - self.lowest - self.seen.unique


class LogSequences:
    """Books records by resource and number; a resource's numbers begin with its lowest."""

    def __init__(self, attribute: SequenceAttribute, max_open_pages: int = MAX_OPEN_PAGES) -> None:
        self.unnumbered = 0
        self.duplicated = 0
        self.untracked = 0
        self._attribute = attribute
        self._pages_left = max_open_pages
        self._resources: dict[bytes, _Numbers] = {}

    @property
    def resource_count(self) -> int:
        """Number of resources with numbered records."""
        return len(self._resources)

    @property
    def unique(self) -> int:
        """Different records that came."""
        return sum(each.seen.unique for each in self._resources.values())

    @property
    def lost(self) -> int:
        """Numbers between the lowest and the highest of a resource that did not come."""
        return sum(each.lost for each in self._resources.values())

    def record(self, records: Records) -> None:
        """Book the records of one request."""
        numbers = [self._attribute.of(record) for record in records.messages]
        for resource, found in records.by_resource(numbers):
            self._book(resource, found)

    def _book(self, resource: bytes, found: Sequence[int | None]) -> None:
        numbers = np.array([each for each in found if each is not None], np.uint64)
        self.unnumbered += len(found) - len(numbers)
        if not len(numbers):
            return
        if self._pages_left <= 0:
            self.untracked += len(numbers)
            return
        self._add(self._resources.setdefault(resource, _Numbers()), numbers)

    def _add(self, known: _Numbers, numbers: U64) -> None:
        before = known.seen.open_pages
        self.duplicated += len(known.seen.add(numbers))
        known.lowest = min(known.lowest, int(numbers.min()))
        self._pages_left -= known.seen.open_pages - before
