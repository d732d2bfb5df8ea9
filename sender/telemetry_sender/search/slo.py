"""Service level objectives: what a rate must keep to count as sustained.

`response_p99<200ms, loss<0.1%` is a list of conditions. Each compares a figure of a trial with a
bound; docs/search.md lists the figures.
"""

import re
from dataclasses import dataclass
from typing import Protocol

from telemetry_common.units import parse_duration
from telemetry_sender.results.latency import PERCENTILES

_CONDITION = re.compile(r"\s*([a-z0-9_]+)\s*(<=|>=|<|>)\s*([^\s<>=,]+)\s*")

LATENCIES = tuple(f"{view}_{point}" for view in ("response", "service") for point in PERCENTILES)
"""Figures in seconds."""
SHARES = ("loss", "errors", "achieved")
"""Figures that are shares: lost events, failed requests, and sent of intended events."""


class Figures(Protocol):
    """What is known of a trial."""

    def figure(self, name: str) -> float | None:
        """Return a figure of LATENCIES (seconds) or SHARES (0..1); None when nothing was sent."""
        ...


@dataclass(frozen=True, slots=True)
class Condition:
    """One comparison; `bound` in seconds or as a share."""

    figure: str
    operator: str
    bound: float
    text: str
    """As it was written."""

    def holds(self, figures: Figures) -> bool:
        """Tell whether a trial keeps it; one without the figure does not."""
        value = figures.figure(self.figure)
        if value is None:
            return False
        if self.operator in ("<=", ">="):
            return value <= self.bound if self.operator == "<=" else value >= self.bound
        return value < self.bound if self.operator == "<" else value > self.bound


@dataclass(frozen=True, slots=True)
class Slo:
    """Conditions that all have to hold."""

    conditions: tuple[Condition, ...]

    def broken(self, figures: Figures) -> list[str]:
        """Return the conditions that a trial breaks, as they were written."""
        return [each.text for each in self.conditions if not each.holds(figures)]

    def __str__(self) -> str:
        return ", ".join(each.text for each in self.conditions)


def parse_slo(text: str) -> Slo:
    """Return the objectives of `FIGURE<BOUND, …`. Raises ValueError naming the part."""
    return Slo(tuple(map(_condition, text.split(","))))


def _condition(text: str) -> Condition:
    match = _CONDITION.fullmatch(text)
    if match is None:
        raise ValueError(f"{text.strip()!r} is not like response_p99<200ms or loss<0.1%")
    figure, operator, bound = match.groups()
    if figure in LATENCIES:
        return Condition(figure, operator, parse_duration(bound), text.strip())
    if figure in SHARES:
        return Condition(figure, operator, parse_share(bound), text.strip())
    known = ", ".join((*LATENCIES, *SHARES))
    raise ValueError(f"no figure is called {figure!r}; there are {known}")


def parse_share(text: str) -> float:
    """Return 0..1 for `0.1%` or `0.001`. Raises ValueError for anything else."""
    number, percent = text.removesuffix("%"), text.endswith("%")
    try:
        share = float(number) / 100 if percent else float(number)
    except ValueError:
        share = -1.0
    if not 0 <= share <= 1:
        raise ValueError(f"{text!r} is not a share like 0.1% or 0.001")
    return share
