"""A whole search: trials by the strategy until it knows, and what they showed."""

from collections.abc import Callable
from dataclasses import dataclass, field

from telemetry_sender.results.limits import Limit, LimitKind
from telemetry_sender.search.slo import Slo, parse_slo
from telemetry_sender.search.strategy import Bounds, Phase, Strategy
from telemetry_sender.search.trial import Trial

# A rate that the sender itself did not keep has not been tried.
KEPT = parse_slo("achieved>=0.98")

CONFIRMATION = 2.0
"""How much longer than another trial a confirmation measures."""

TryRate = Callable[[float, float], Trial]
"""Tries a rate (events per second), measuring so many times longer than usual."""


@dataclass(frozen=True, slots=True)
class Step:
    """A trial, why it was made, and the objectives that it broke."""

    phase: Phase
    trial: Trial
    broken: list[str]

    @property
    def sustained(self) -> bool:
        """Whether the rate was kept within all objectives."""
        return not self.broken

    @property
    def limit(self) -> Limit:
        """What limited the rate; who takes all that is sent, late or not at all, is the limit."""
        limit = self.trial.limit
        if self.sustained or limit.kind is not LimitKind.RATE:
            return limit
        broken = ", ".join(self.broken)
        return Limit(LimitKind.ENDPOINT, f"the endpoint, which did not keep {broken}")


@dataclass(slots=True)
class SearchResult:
    """All steps of a search and its answer."""

    slo: Slo
    bounds: Bounds
    steps: list[Step] = field(default_factory=list)
    found: float | None = None
    """The highest sustained rate, confirmed; None when there is none."""
    interrupted: bool = False

    @property
    def knee(self) -> Step | None:
        """The step of the lowest rate that was not sustained: what gives way first."""
        failed = [step for step in self.steps if not step.sustained]
        return min(failed, key=lambda step: step.trial.rate, default=None)


def search(
    slo: Slo, bounds: Bounds, try_rate: TryRate, show: Callable[[Step], None]
) -> SearchResult:
    """Search the highest rate that keeps `slo`; `show` gets every step when it is over.

    A trial that was interrupted ends the search without an answer.
    """
    strategy, result = Strategy(bounds), SearchResult(slo, bounds)
    while (asked := strategy.next()) is not None:
        phase, rate = asked
        try:
            trial = try_rate(rate, CONFIRMATION if phase is Phase.CONFIRM else 1.0)
        except KeyboardInterrupt:  # between two runs, which themselves end in good order
            result.interrupted = True
            return result
        step = Step(phase, trial, [*KEPT.broken(trial), *slo.broken(trial)])
        result.steps.append(step)
        if trial.interrupted:
            result.interrupted = True
            return result
        show(step)
        strategy.tell(phase, rate, sustained=step.sustained)
    result.found = strategy.found
    return result
