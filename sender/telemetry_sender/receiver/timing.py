"""When events arrived, compared with when they say they happened."""

from collections import Counter
from collections.abc import Callable

from telemetry_common.ids import U64
from telemetry_common.signals import Signal
from telemetry_sender.receiver.delays import Delays
from telemetry_sender.receiver.time_window import TimeWindow


class Timing:
    """Delays by signal, and the events outside a window around their arrival.

    `clock` tells Unix nanoseconds.
    """

    def __init__(self, clock: Callable[[], int], window: TimeWindow | None = None) -> None:
        self.delays = {signal: Delays() for signal in Signal}
        self.window = window
        self.outside: Counter[Signal] = Counter()
        self._clock = clock

    def take(self, signal: Signal, times: U64) -> None:
        """Take the times (n,) of the events of a request that arrives now; 0 is no time."""
        arrival = self._clock()
        self.delays[signal].add(times, arrival)
        if self.window:
            self.outside[signal] += self.window.outside(times, arrival)
