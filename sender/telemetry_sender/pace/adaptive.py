"""Finds the rate that an endpoint bears, from response times and refusals.

An endpoint that gets more than it bears queues the rest: at (1 + x) times its capacity, the
response time grows by x seconds a second. So the growth says how far the rate is off, and the
distance from the wanted response time says how much of a queue is still to be filled or drained.
Together they are a proportional-integral controller of the queueing delay in its velocity form,
like that of PIE (RFC 8033, section 4.2), with a first part that follows from the queue and is not
tuned. Refusals say it more directly still: the share that is refused is what is too much.
"""

from dataclasses import dataclass, field

from telemetry_sender.config.pace import AdaptiveConfig

# A percentile of fewer answers says nothing.
_FEWEST_ANSWERS = 5


@dataclass(slots=True)
class Controller:
    """Answers in, rate out; all times in seconds, rates in events per second."""

    settings: AdaptiveConfig
    rate: float
    lowest: float
    highest: float
    _since: float = 0.0
    _last: float | None = None
    _refused: int = 0
    _responses: list[float] = field(default_factory=list)

    @classmethod
    def of(cls, settings: AdaptiveConfig, share: float) -> "Controller":
        """Return a controller of a share of the configured rates."""
        return cls(
            settings, settings.start * share, settings.lowest * share, settings.highest * share
        )

    def answered(self, now: float, response_seconds: float, *, ok: bool) -> float | None:
        """Hear of an answer; return the new rate when it is time for one."""
        self._responses.append(response_seconds)
        self._refused += not ok
        passed = now - self._since
        if passed < self.settings.interval or len(self._responses) < _FEWEST_ANSWERS:
            return None
        change = self._change(passed)
        self._since, self._refused, self._responses = now, 0, []
        self.rate = min(self.highest, max(self.lowest, self.rate * (1 + change)))
        return self.rate

    def _change(self, passed: float) -> float:
        """Return by which part of itself the rate is to change after `passed` seconds."""
        settings = self.settings
        response = self._response()
        growth = 0.0 if self._last is None else (response - self._last) / passed
        self._last = response
        distance = (response - settings.target_response) / settings.target_response
        change = -growth - settings.increase * distance
        refused = self._refused / len(self._responses)
        if refused:
            change = min(change, -refused)
        return min(settings.increase, max(-settings.decrease, change))

    def _response(self) -> float:
        ordered = sorted(self._responses)
        return ordered[int(self.settings.percentile * len(ordered))]
