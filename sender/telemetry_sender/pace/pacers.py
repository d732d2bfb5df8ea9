"""The pacers of a run: one that all signals share, or one for each."""

from collections.abc import Mapping
from dataclasses import dataclass

from telemetry_common.signals import Signal
from telemetry_sender.pace.pacer import Pacer
from telemetry_sender.sending.shares import apportion


@dataclass(frozen=True, slots=True)
class Pacers:
    """Which pacer each signal asks; signals that keep step share theirs."""

    by_signal: Mapping[Signal, Pacer]

    @classmethod
    def shared(cls, pacer: Pacer, signals: Mapping[Signal, int]) -> "Pacers":
        """Return one pacer for all `signals`."""
        return cls(dict.fromkeys(signals, pacer))

    @property
    def in_step(self) -> bool:
        """Whether all signals share one pacer, so that their mix can stay that of the set."""
        return len(self._groups()) < 2

    def of(self, signal: Signal) -> Pacer:
        """Return the pacer of a signal."""
        return self.by_signal[signal]

    def due(self, now: float) -> float | None:
        """Return the events that the schedules asked for up to `now`; None without any."""
        due = [pacer.due(now) for pacer, _ in self._groups()]
        known = [events for events in due if events is not None]
        return sum(known) if known else None

    def overdue(
        self, now: float, events: Mapping[Signal, int], largest: Mapping[Signal, int]
    ) -> dict[Signal, int]:
        """Return the events of each signal that were due by `now` and not admitted.

        What a shared pacer is owed is split like the `events` of a pass. `largest` are the events
        of the largest block of each signal: less than that is not owed yet.
        """
        owed = dict.fromkeys(self.by_signal, 0)
        for pacer, shared in self._groups():
            signals = [signal for signal in shared if events[signal]]
            if not signals:
                continue
            total = int(pacer.overdue(now, max(largest[signal] for signal in signals)))
            owed |= apportion(total, {signal: events[signal] for signal in signals})
        return owed

    def _groups(self) -> list[tuple[Pacer, list[Signal]]]:
        """Return each pacer with the signals that share it."""
        groups: dict[int, tuple[Pacer, list[Signal]]] = {}
        for signal, pacer in self.by_signal.items():
            groups.setdefault(id(pacer), (pacer, []))[1].append(signal)
        return list(groups.values())
