"""Hands out the blocks of each signal in file order, pass after pass, the signals in step.

Every block of a pass is taken exactly once, whatever the number of workers. A signal that is ahead
of the slowest one by more than a block waits, so the mix of signals stays that of the set. A metric
block is not handed out while its previous pass is in flight, so the times of a series only rise.
"""

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from telemetry_common.planning.cut import Block, cut_events
from telemetry_common.planning.plan import Plan, locate
from telemetry_common.planning.wire import Offsets
from telemetry_common.signals import Signal

_BLOCKS_KEPT = 8192


@dataclass(frozen=True, slots=True)
class LateBlock:
    """A block to send some seconds later than the one before it."""

    block: Block
    delay: float


@dataclass(frozen=True, slots=True)
class Ticket:
    """A block to send in one pass (from 0); it has to be handed back when it is done."""

    signal: Signal
    block: Block
    pass_number: int
    plan: Plan
    """Of the file that the block is of."""
    late: tuple[LateBlock, ...] = ()
    """What has to follow later."""


class SignalFeed:
    """Blocks of one signal: `bounds` are their first events, and the number of events last.

    `owned` are the blocks of each pass that this process sends; all of them by default. `delays`
    tells of late blocks, by index, how many seconds they are to follow behind the block before.
    `order` has the indices of the owned blocks as they go out in each pass, if not in file order.
    """

    def __init__(
        self,
        plan: Plan,
        bounds: Offsets,
        passes: int | None,
        owned: range | None = None,
        delays: Mapping[int, float] = MappingProxyType({}),
        order: Offsets | None = None,
    ) -> None:
        owned = range(len(bounds) - 1) if owned is None else owned
        self.signal = plan.signal
        self._plan = plan
        self._bounds = bounds
        self._passes = passes
        self._first = owned.start
        self._blocks = len(owned)
        self._delays = delays
        self._order = order
        self._taken = 0
        self._ended = False
        self._cut: dict[int, Block] = {}
        self._in_flight: set[int] = set()

    @property
    def progress(self) -> float:
        """Passes taken so far, in fractions; infinite at the end."""
        return self._taken / self._blocks if not self.exhausted else float("inf")

    @property
    def step(self) -> float:
        """What one block adds to the progress."""
        return 1 / self._blocks if self._blocks else 0.0

    @property
    def exhausted(self) -> bool:
        """Whether there is nothing more to take."""
        if self._ended or not self._blocks:
            return True
        if self._passes is None:
            return False
        return self._taken >= self._passes * self._blocks

    @property
    def events(self) -> int:
        """Events of one pass."""
        return int(self._bounds[self._first + self._blocks] - self._bounds[self._first])

    @property
    def planned(self) -> float:
        """Events of all passes together; infinite without an end."""
        return float("inf") if self._passes is None else self._passes * self.events

    @property
    def largest_block(self) -> int:
        """Events of the largest block."""
        own = self._bounds[self._first : self._first + self._blocks + 1]
        return int(np.diff(own).max(initial=0))

    @property
    def has_late(self) -> bool:
        """Whether any of the blocks are late."""
        return bool(self._delays)

    @property
    def must_wait(self) -> bool:
        """Whether the next block still waits for its previous pass."""
        return self._index(self._taken % self._blocks) in self._in_flight

    def take(self, most: float) -> Ticket | None:
        """Return the next block, or its first whole units if it has more than `most` events.

        A block that does not fit is the last one; None when not even one unit fits.
        """
        pass_number, place = divmod(self._taken, self._blocks)
        index = self._index(place)
        block = self._block(index)
        if block.events > most:
            self._ended = True
            shorter = self._shortened(block, int(most))
            if shorter is None:
                return None
            block = shorter
        self._taken += 1
        if self.signal is Signal.METRICS:
            self._in_flight.add(index)
        late = self._take_late() if self._delays and not self._ended else ()
        return Ticket(self.signal, block, pass_number, self._plan, late)

    def _take_late(self) -> tuple[LateBlock, ...]:
        """Take the late blocks behind the one just taken; what begins a pass is never late."""
        found: list[LateBlock] = []
        while place := self._taken % self._blocks:
            index = self._index(place)
            if index not in self._delays:
                break
            found.append(LateBlock(self._block(index), self._delays[index]))
            self._taken += 1
        return tuple(found)

    def done(self, ticket: Ticket) -> None:
        """Take a ticket back: its block may go out again."""
        self._in_flight.discard(ticket.block.index)

    def _index(self, place: int) -> int:
        """Return which block has this place in a pass."""
        return self._first + place if self._order is None else int(self._order[place])

    def _block(self, index: int) -> Block:
        block = self._cut.get(index)
        if block is None:
            first, last = self._bounds[index : index + 2].tolist()
            block = cut_events(self._plan, index, first, last)
            if len(self._cut) < _BLOCKS_KEPT:
                self._cut[index] = block
        return block

    def _shortened(self, block: Block, most: int) -> Block | None:
        units = self._plan.unit_first
        last = int(units[locate(units, block.first + most, "right") - 1])
        if last <= block.first:
            return None
        return cut_events(self._plan, block.index, block.first, last)


class Feed:
    """The feeds of all signals of a run, kept in step unless each has a pace of its own."""

    def __init__(self, feeds: Iterable[SignalFeed], *, in_step: bool = True) -> None:
        self._feeds = {feed.signal: feed for feed in feeds}
        self._in_step = in_step
        self._slack = max(feed.step for feed in self._feeds.values())
        self._stopped = False
        self._changed = asyncio.Event()
        # Of the workers of a signal only the first in line watches; the others queue behind it, or
        # every block taken would wake them all.
        self._line = {signal: asyncio.Lock() for signal in self._feeds}

    @property
    def largest_blocks(self) -> dict[Signal, int]:
        """Events of the largest block of each signal."""
        return {signal: feed.largest_block for signal, feed in self._feeds.items()}

    @property
    def events(self) -> dict[Signal, int]:
        """Events of one pass, by signal."""
        return {signal: feed.events for signal, feed in self._feeds.items()}

    @property
    def late_signals(self) -> set[Signal]:
        """The signals that have late blocks."""
        return {signal for signal, feed in self._feeds.items() if feed.has_late}

    def planned(self, signal: Signal) -> float:
        """Return the events of all passes of a signal; infinite without an end."""
        return self._feeds[signal].planned

    async def turn(self, signal: Signal) -> bool:
        """Wait until it is this signal's turn; False when it has nothing more to send."""
        feed = self._feeds[signal]
        async with self._line[signal]:
            while not (self._stopped or feed.exhausted):
                if not feed.must_wait and not self._is_ahead(feed):
                    return True
                self._changed.clear()
                await self._changed.wait()
        return False

    def take(self, signal: Signal, most: float = float("inf")) -> Ticket | None:
        """Return the next block of a signal whose turn it is; see `SignalFeed.take`."""
        ticket = self._feeds[signal].take(most)
        self._changed.set()
        return ticket

    def done(self, ticket: Ticket) -> None:
        """Take a ticket back."""
        self._feeds[ticket.signal].done(ticket)
        self._changed.set()

    def stop(self) -> None:
        """Hand out no more blocks."""
        self._stopped = True
        self._changed.set()

    def _is_ahead(self, feed: SignalFeed) -> bool:
        if not self._in_step:
            return False
        slowest = min(other.progress for other in self._feeds.values())
        return feed.progress - slowest > self._slack
