"""Which counters of 0, 1, 2, … have been seen, in one bit each, and none for what is complete.

Counters are kept in pages of 2^17. A page costs 16 KiB from its first counter until its last one
arrives; then its bits are dropped, because whatever else arrives for a complete page is a
duplicate. So memory stays flat while nothing is lost, and grows by one bit a span where it is.
"""

from collections.abc import Iterator
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from telemetry_common.ids import U64

PAGE_BITS = 17
PAGE = 1 << PAGE_BITS

Gap = tuple[int, int]


class SeenCounters:
    """A set of counters that grows in any order and knows its gaps."""

    def __init__(self) -> None:
        self._pages: dict[int, NDArray[np.uint8]] = {}
        self._filled: dict[int, int] = {}
        self._complete: set[int] = set()
        self.unique = 0
        self.highest = -1

    def __repr__(self) -> str:
        return (
            f"SeenCounters(unique={self.unique}, highest={self.highest}, open={len(self._pages)})"
        )

    @property
    def open_pages(self) -> int:
        """How many pages have gaps, and so cost memory."""
        return len(self._pages)

    def add(self, counters: U64) -> U64:
        """Mark `counters` as seen; return those that were so already, repeats included."""
        if not len(counters):
            return counters
        ordered = np.sort(counters)
        first = np.concatenate(([True], ordered[1:] != ordered[:-1]))
        fresh = ordered[first]
        pages = fresh >> np.uint64(PAGE_BITS)
        cuts = [0, *(np.flatnonzero(pages[1:] != pages[:-1]) + 1).tolist(), len(fresh)]
        seen = [
            self._add_to_page(int(pages[start]), fresh[start:stop])
            for start, stop in pairwise(cuts)
        ]
        self.highest = max(self.highest, int(ordered[-1]))
        return np.concatenate([ordered[~first], *seen])

    def _add_to_page(self, page: int, counters: U64) -> U64:
        """Mark distinct counters of one page; return those that were marked before."""
        if page in self._complete:
            return counters
        bits = self._pages.setdefault(page, np.zeros(PAGE // 8, np.uint8))
        offsets = counters & np.uint64(PAGE - 1)
        places = (offsets >> np.uint64(3)).astype(np.intp)
        masks = np.left_shift(1, offsets & np.uint64(7), dtype=np.uint8, casting="unsafe")
        known = (bits[places] & masks) != 0
        np.bitwise_or.at(bits, places, masks)
        self._grow(page, len(counters) - int(np.count_nonzero(known)))
        again: U64 = counters[known]
        return again

    def _grow(self, page: int, added: int) -> None:
        self.unique += added
        self._filled[page] = self._filled.get(page, 0) + added
        if self._filled[page] == PAGE:
            self._complete.add(page)
            del self._pages[page], self._filled[page]

    def present(self, start: int, stop: int) -> NDArray[np.bool_]:
        """Return for each counter of `start .. stop - 1` whether it has been seen."""
        first, last = start >> PAGE_BITS, (stop - 1) >> PAGE_BITS
        seen = np.concatenate([self._page(page) for page in range(first, last + 1)])
        offset = start - (first << PAGE_BITS)
        return seen[offset : offset + stop - start]

    def has_all(self, start: int, stop: int) -> bool:
        """Tell, without looking at bits, whether `start .. stop - 1` lies in complete pages."""
        pages = range(start >> PAGE_BITS, ((stop - 1) >> PAGE_BITS) + 1)
        return all(page in self._complete for page in pages)

    def gaps(self, stop: int) -> Iterator[Gap]:
        """Yield (first counter, count) of every longest run below `stop` that was not seen."""
        pending: Gap | None = None
        for page in range((stop + PAGE - 1) >> PAGE_BITS):
            for first, count in self._page_gaps(page, stop):
                if pending and sum(pending) == first:
                    pending = (pending[0], pending[1] + count)
                    continue
                if pending:
                    yield pending
                pending = (first, count)
        if pending:
            yield pending

    def _page_gaps(self, page: int, stop: int) -> list[Gap]:
        if page in self._complete:
            return []
        start = page << PAGE_BITS
        missing = ~self._page(page)[: stop - start]
        edges = np.flatnonzero(np.diff(missing, prepend=False, append=False))
        return [(start + first, end - first) for first, end in edges.reshape(-1, 2).tolist()]

    def _page(self, page: int) -> NDArray[np.bool_]:
        if page in self._pages:
            return np.unpackbits(self._pages[page], bitorder="little").astype(np.bool_)
        return np.full(PAGE, page in self._complete)
