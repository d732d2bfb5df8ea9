"""A load whose rate is set while it goes, by what becomes of the requests."""

from bisect import bisect_left, bisect_right

from telemetry_sender.pace.adaptive import Controller

# Only what lies within the pacer's burst is asked for again.
_CHANGES_KEPT = 4096


class AdaptiveLoad:
    """Keeps each rate of a controller until it gives the next; the past stays as it was."""

    def __init__(self, controller: Controller) -> None:
        self._controller = controller
        self._since = [0.0]
        self._before = [0.0]
        self._rates = [controller.rate]

    @property
    def lowest(self) -> float:
        """The lowest rate that the controller may give."""
        return self._controller.lowest

    @property
    def highest(self) -> float:
        """The highest rate that the controller may give."""
        return self._controller.highest

    def answered(self, now: float, response_seconds: float, *, ok: bool) -> None:
        """Let the controller hear of an answer, and go on at the rate that it gives."""
        rate = self._controller.answered(now, response_seconds, ok=ok)
        if rate is not None:
            self._change(now, rate)

    def _change(self, now: float, rate: float) -> None:
        before = self.events(now)
        if len(self._rates) == _CHANGES_KEPT:
            for kept in (self._since, self._before, self._rates):
                del kept[: _CHANGES_KEPT // 2]
        self._since.append(now)
        self._before.append(before)
        self._rates.append(rate)

    def rate(self, elapsed: float) -> float:
        """Return the rate at this moment."""
        return self._rates[self._at(elapsed)]

    def events(self, elapsed: float) -> float:
        """Return the events up to this moment, with the last rate from now on."""
        number = self._at(elapsed)
        return self._before[number] + self._rates[number] * (elapsed - self._since[number])

    def when(self, events: float) -> float:
        """Return when it comes, or came, to so many events."""
        number = max(0, bisect_left(self._before, events) - 1)
        return self._since[number] + (events - self._before[number]) / self._rates[number]

    def _at(self, elapsed: float) -> int:
        return max(0, bisect_right(self._since, elapsed) - 1)
