"""Files that keep nothing: for the speed of what comes before them."""

from pathlib import Path

from telemetry_sender.files.codec import Packed


class DiscardedFile:
    """One file, whatever is written to it."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def write(self, data: Packed, at: int) -> None:
        """Do nothing."""

    def restore(self, data: Packed, at: int) -> None:
        """Do nothing."""

    def seal(self) -> None:
        """Do nothing."""

    def publish(self) -> None:
        """Do nothing."""

    def discard(self) -> None:
        """Do nothing."""
