"""For tests of what reports its progress, and nobody wants to know."""


class NoProgress:
    """Takes the progress of a generation as of a reading."""

    def start(self, what: object, size: int) -> None:
        """Stay silent."""

    def advance(self, done: int) -> None:
        """Stay silent."""

    def at(self, offset: int) -> None:
        """Stay silent."""
