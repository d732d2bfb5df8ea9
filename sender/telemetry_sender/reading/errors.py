"""What is wrong with a file that is read."""

from telemetry_common.errors import UsageError


class UnreadableError(UsageError):
    """A file that is not there, or not in a form that is read."""


class DamagedError(UnreadableError):
    """A file that is sound up to some byte; what came before it has been read."""
