"""Stamps blocks of a stream with the stampers of the segments that they are of."""

from typing import Any

from telemetry_common.planning.cut import Block
from telemetry_common.signals import Signal
from telemetry_sender.streaming.segment_feed import SegmentFeed


class SegmentStamper:
    """Stamps blocks of one signal; the pass of a ticket is the number of its segment."""

    def __init__(self, feed: SegmentFeed, signal: Signal) -> None:
        self._feed = feed
        self._signal = signal

    def stamp(self, block: Block, pass_number: int, now: int) -> Any:
        """Return the block as it is sent at `now` (Unix nanoseconds)."""
        segment = self._feed.segment(pass_number)
        return segment.stampers[self._signal].stamp(block, segment.pass_number, now)
