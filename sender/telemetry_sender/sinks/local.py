"""What sinks offer beside writing whose destination is this machine: files and tables."""

from pathlib import Path
from typing import Any, Protocol, runtime_checkable

from telemetry_common.signals import Signal
from telemetry_sender.files.account import SinkAccount


@runtime_checkable
class LocalSink(Protocol):
    """A sink that leaves files behind. Its `write` is in order and never asks for a retry."""

    @property
    def directory(self) -> Path:
        """Where they are."""
        ...

    def weigh(self, signal: Signal, payload: Any) -> int:
        """Return how many bytes a payload would take on disk; writes nothing."""
        ...

    async def finish(self) -> SinkAccount:
        """Complete all files; return what there is now. Safe after a fatal delivery, and twice.

        A sink that is closed without this leaves no unfinished file behind.
        """
        ...
