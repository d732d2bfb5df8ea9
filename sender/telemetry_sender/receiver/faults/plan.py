"""Decides for each request which faults strike it; carries nothing out."""

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from telemetry_common.signals import Signal
from telemetry_sender.receiver.faults.actions import (
    Delay,
    Ending,
    Fault,
    SlowRead,
    Stall,
)


@dataclass(frozen=True, slots=True)
class Ruling:
    """What happens to one request: unread seconds, then waiting seconds, then the ending.

    `ending` is None for a request that is taken and answered as it should be.
    """

    unread_seconds: float = 0.0
    wait_seconds: float = 0.0
    ending: Ending | None = None
    faults: tuple[str, ...] = ()


HARMLESS = Ruling()


@dataclass(slots=True)
class _Candidate:
    """A fault, how many requests it has looked at, and its own chances.

    Chances depend on the seed, the fault's place and the number of the request alone: another fault
    behind it changes nothing.
    """

    fault: Fault
    chances: random.Random
    seen: int = 0

    def strikes(self, signal: Signal, elapsed: float) -> bool:
        when = self.fault.when
        if not when.applies_to(signal):
            return False
        self.seen += 1
        return when.strikes(self.seen, elapsed, self.chances.random())


class FaultPlan:
    """The faults of a session in their order.

    Pauses add up, but stalls pass at the same time; of what ends a request, the first one given
    counts.
    """

    def __init__(self, faults: Sequence[Fault] = (), seed: int = 0) -> None:
        self._candidates = [
            # Not a secret: a seed repeats the faults of another session.
            _Candidate(fault, random.Random(f"{seed}/{index}"))  # noqa: S311
            for index, fault in enumerate(faults)
        ]
        self.slow_reads = any(isinstance(each.action, SlowRead) for each in faults)
        """Whether a body may have to be left unread."""

    def rule(self, signal: Signal, elapsed: float) -> Ruling:
        """Return what happens to the next request; `elapsed` seconds after the first one."""
        struck = [each for each in self._candidates if each.strikes(signal, elapsed)]
        if not struck:
            return HARMLESS
        faults = [each.fault for each in struck]
        ending = next((each for each in faults if isinstance(each.action, Ending)), None)
        pauses = [each for each in faults if not isinstance(each.action, Ending)]
        return Ruling(
            unread_seconds=sum(_unread(each) for each in pauses),
            wait_seconds=_stalled(pauses, elapsed) + sum(_delay(each) for each in struck),
            ending=None if ending is None else _ending(ending),
            faults=tuple(each.name for each in (*pauses, *([ending] if ending else []))),
        )


def _ending(fault: Fault) -> Ending:
    assert isinstance(fault.action, Ending)
    return fault.action


def _unread(fault: Fault) -> float:
    return fault.action.seconds if isinstance(fault.action, SlowRead) else 0.0


def _delay(candidate: _Candidate) -> float:
    action = candidate.fault.action
    return candidate.chances.uniform(action.low, action.high) if isinstance(action, Delay) else 0.0


def _stalled(faults: Iterable[Fault], elapsed: float) -> float:
    """Return how long the longest stall lasts from now on."""
    ends = (each.when.window_end(elapsed) for each in faults if isinstance(each.action, Stall))
    return max((end - elapsed for end in ends if end is not None), default=0.0)
