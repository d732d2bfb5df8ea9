"""Learns from a receiver's answers how large a request may be."""


class SizeLimit:
    """How large the blocks of a signal may be, in bytes of template, which payloads are close to.

    A block as large as one that was refused need not be tried. A receiver that refuses what it took
    before has no such limit, so nothing is learned from it.
    """

    def __init__(self) -> None:
        self._refused = float("inf")
        self._accepted = 0

    def forbids(self, size: int) -> bool:
        """Tell whether a block of this size is as large as one that was refused."""
        return size >= self._refused

    def accepted(self, size: int) -> None:
        """Learn that the receiver took a block of this size."""
        if size > self._accepted:
            self._accepted = size
            if size >= self._refused:
                self._refused = float("inf")

    def refused(self, size: int) -> None:
        """Learn that a block of this size was too large."""
        if size > self._accepted:
            self._refused = min(self._refused, size)
