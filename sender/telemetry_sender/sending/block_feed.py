"""What the pipeline asks of whoever hands out blocks: a whole set, or a stream of segments."""

from collections.abc import Collection, Mapping
from typing import Protocol

from telemetry_common.signals import Signal
from telemetry_sender.sending.feed import Ticket


class BlockFeed(Protocol):
    """Hands out blocks; used from one event loop."""

    @property
    def events(self) -> Mapping[Signal, int]:
        """Events of one pass by signal, or what is in proportion to them."""
        ...

    @property
    def largest_blocks(self) -> Mapping[Signal, int]:
        """Events of the largest block of each signal."""
        ...

    @property
    def late_signals(self) -> Collection[Signal]:
        """The signals of which something is held back."""
        ...

    def planned(self, signal: Signal) -> float:
        """Return the events of all passes of a signal; infinite without an end."""
        ...

    async def turn(self, signal: Signal) -> bool:
        """Wait until it is this signal's turn; False when it has nothing more to send."""
        ...

    def take(self, signal: Signal, most: float) -> Ticket | None:
        """Return the next block of a signal whose turn it is, or as much as `most` events of it.

        None, when not even one unit fits, is the end of this signal.
        """
        ...

    def done(self, ticket: Ticket) -> None:
        """Take a ticket back."""
        ...

    def stop(self) -> None:
        """Hand out no more blocks."""
        ...
