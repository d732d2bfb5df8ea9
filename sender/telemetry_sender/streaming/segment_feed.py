"""Hands out the blocks of a stream: segment by segment, while the next one is being prepared."""

import asyncio
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace

from telemetry_common.signals import Signal
from telemetry_sender.sending.feed import Ticket
from telemetry_sender.streaming.background import in_background
from telemetry_sender.streaming.segment import OpenSegment

_OPEN = 2
"""Segments that may be open at a time; one more is being prepared."""


class SegmentFeed:
    """Feeds the workers of `signals` from segments; a ticket's pass is the segment's number.

    All signals of a segment go in step, as those of a set do.
    """

    def __init__(self, segments: Iterator[OpenSegment], signals: Sequence[Signal]) -> None:
        self._segments = segments
        self._opening: asyncio.Task[None] | None = None
        self._open: dict[int, OpenSegment] = {}
        self._at = dict.fromkeys(signals, 0)
        self._taken = dict.fromkeys(signals, 0)
        self._ended: set[Signal] = set()
        self._in_flight: Counter[int] = Counter()
        self._changed = asyncio.Event()
        self._line = {signal: asyncio.Lock() for signal in signals}
        self._stopped = False

    @property
    def events(self) -> dict[Signal, int]:
        """One event of each signal: how many there are of which is not known beforehand."""
        return dict.fromkeys(self._at, 1)

    @property
    def largest_blocks(self) -> dict[Signal, int]:
        """Events of the largest block of each signal in what is open."""
        largest = dict.fromkeys(self._at, 1)
        for segment in self._open.values():
            for signal, events in segment.feed.largest_blocks.items():
                largest[signal] = max(largest[signal], events)
        return largest

    @property
    def late_signals(self) -> set[Signal]:
        """None: a late part is sent where it comes in the stream."""
        return set()

    def planned(self, signal: Signal) -> float:
        """Return the events of a signal once it has come to its end: infinite before."""
        return self._taken[signal] if signal in self._ended else float("inf")

    def segment(self, number: int) -> OpenSegment:
        """Return an open segment: one of which a ticket is out."""
        return self._open[number]

    async def turn(self, signal: Signal) -> bool:
        """Wait until it is this signal's turn; False when it has nothing more to send.

        Raises TemplateError and RunError for a stream that cannot be read on.
        """
        async with self._line[signal]:
            while (segment := await self._reached(signal)) is not None:
                if signal in segment.feed.events and await segment.feed.turn(signal):
                    return True
                self._at[signal] += 1
                self._forget()
        return False

    def take(self, signal: Signal, most: float = float("inf")) -> Ticket | None:
        """Return the next block of a signal whose turn it is; see `SignalFeed.take`."""
        number = self._at[signal]
        ticket = self._open[number].feed.take(signal, most)
        if ticket is None:
            return None
        self._in_flight[number] += 1
        self._taken[signal] += ticket.block.events
        return replace(ticket, pass_number=number)

    def done(self, ticket: Ticket) -> None:
        """Take a ticket back."""
        number = ticket.pass_number
        self._open[number].feed.done(ticket)
        self._in_flight[number] -= 1
        self._forget()

    def stop(self) -> None:
        """Hand out no more blocks."""
        self._stopped = True
        for segment in self._open.values():
            segment.feed.stop()
        self._changed.set()

    async def _reached(self, signal: Signal) -> OpenSegment | None:
        """Return the segment that a signal has come to, once it is open; None behind the last."""
        if self._opening is None:
            self._opening = asyncio.create_task(self._open_segments())
        while not self._stopped:
            if self._at[signal] in self._open:
                return self._open[self._at[signal]]
            if self._opening.done():
                self._opening.result()
                self._ended.add(signal)
                return None
            self._changed.clear()
            await self._changed.wait()
        return None

    async def _open_segments(self) -> None:
        """Open all segments, each when there is room for it."""
        try:
            while (segment := await in_background(self._next)) is not None:
                self._open[segment.number] = segment
                self._changed.set()
                await self._room()
        finally:
            asyncio.get_running_loop().call_soon(self._changed.set)

    def _next(self) -> OpenSegment | None:
        return None if self._stopped else next(self._segments, None)

    async def _room(self) -> None:
        while len(self._open) >= _OPEN and not self._stopped:
            self._changed.clear()
            await self._changed.wait()

    def _forget(self) -> None:
        """Let go of the segments that all signals have left and of which nothing is in flight."""
        oldest = min(self._at.values())
        for number in [each for each in self._open if each < oldest]:
            if not self._in_flight[number]:
                del self._open[number], self._in_flight[number]
        self._changed.set()
