"""Progress of a generation: what the writer reports to, and its plain form for log files."""

from typing import Protocol, TextIO

from telemetry_common.signals import Signal


class Progress(Protocol):
    """What the writer reports to while it works."""

    def start(self, signal: Signal, expected: int) -> None:
        """Begin a signal with so many things to come."""

    def advance(self, done: int) -> None:
        """Count things of the current signal as written."""


class PlainProgress:
    """One line when a signal begins: fit for a log file."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def start(self, signal: Signal, expected: int) -> None:
        """Say what comes."""
        print(f"generating {expected:,} {step_noun(signal)}", file=self._stream, flush=True)

    def advance(self, done: int) -> None:
        """Stay silent."""


def step_noun(signal: Signal) -> str:
    """Return what progress counts: traces, since their spans are not known beforehand."""
    return "traces" if signal is Signal.TRACES else signal.event_noun
