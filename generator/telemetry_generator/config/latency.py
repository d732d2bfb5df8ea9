"""Latency of an operation: a log-normal distribution, given by a median or by percentiles."""

import math
from itertools import pairwise
from statistics import NormalDist
from typing import Annotated, Any, Self

from pydantic import BeforeValidator, Field, model_validator

from telemetry_common.config import MisplacedError
from telemetry_common.units import parse_duration
from telemetry_generator.config.base import Section
from telemetry_generator.world.model import Latency

_SHORTEST, _LONGEST = 1e-6, 3600.0
_USUAL_SIGMA = 0.6
_WIDEST_SIGMA = 3.0  # the limit of `draws.lognormal_millionths`
_TOLERANCE = math.log(1.3)
_PERCENTILES = {"p50": 0.50, "p90": 0.90, "p95": 0.95, "p99": 0.99}
_DEVIATIONS = {name: NormalDist().inv_cdf(share) for name, share in _PERCENTILES.items()}
"""How many standard deviations a percentile of the normal distribution lies above the mean."""


def _seconds(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise ValueError("not a duration like 5ms or 1.5s")  # noqa: TRY004 - pydantic's way
    seconds = parse_duration(value)
    if not _SHORTEST <= seconds <= _LONGEST:
        raise ValueError("must be between 1us and 1h")
    return seconds


Time = Annotated[float, BeforeValidator(_seconds)]


class LatencyConfig(Section):
    """Time that an operation takes itself, without its calls. A plain duration is the median."""

    median: Time | None = None
    """Half of the operations are faster."""
    sigma: float | None = Field(default=None, ge=0, le=_WIDEST_SIGMA)
    """Spread: standard deviation of the logarithm; 0.6 unless percentiles say otherwise."""
    p50: Time | None = None
    """The same as `median`, to go with other percentiles."""
    p90: Time | None = None
    """90 of 100 operations are faster."""
    p95: Time | None = None
    """95 of 100 operations are faster."""
    p99: Time | None = None
    """99 of 100 operations are faster."""

    @model_validator(mode="before")
    @classmethod
    def _from_duration(cls, value: Any) -> Any:
        return value if isinstance(value, dict | LatencyConfig) else {"median": value}

    @model_validator(mode="after")
    def _fits(self) -> Self:
        given = self._given()
        if (self.median is None) == (not given):
            raise ValueError("give a median or percentiles (p50, p90, p95, p99)")
        if self.sigma is not None and len(given) > 1:
            raise MisplacedError(("sigma",), "two percentiles already say how wide the spread is")
        _check_order(given)
        if given:
            _check_fit(given, *self._parameters())
        return self

    @property
    def latency(self) -> Latency:
        """The distribution in whole microseconds and thousandths."""
        mean, sigma = self._parameters()
        return Latency(max(1, round(math.exp(mean) * 1e6)), round(sigma * 1000))

    def _given(self) -> dict[str, float]:
        values = {name: getattr(self, name) for name in _PERCENTILES}
        return {name: value for name, value in values.items() if value is not None}

    def _parameters(self) -> tuple[float, float]:
        """Return mean and standard deviation of the logarithm of the seconds."""
        given = self._given()
        if len(given) > 1:
            return _fitted(given)
        sigma = _USUAL_SIGMA if self.sigma is None else self.sigma
        if self.median is not None:
            return math.log(self.median), sigma
        ((name, value),) = given.items()
        return math.log(value) - sigma * _DEVIATIONS[name], sigma


def _fitted(given: dict[str, float]) -> tuple[float, float]:
    """Return the least-squares line through the logarithms over the normal's percentiles."""
    points = [(_DEVIATIONS[name], math.log(value)) for name, value in given.items()]
    middle_x = math.fsum(x for x, _ in points) / len(points)
    middle_y = math.fsum(y for _, y in points) / len(points)
    above = math.fsum((x - middle_x) * (y - middle_y) for x, y in points)
    sigma = above / math.fsum((x - middle_x) ** 2 for x, _ in points)
    return middle_y - sigma * middle_x, sigma


def _check_order(given: dict[str, float]) -> None:
    for lower, higher in pairwise(given):
        if given[higher] < given[lower]:
            raise MisplacedError((higher,), f"must not be below {lower}")


def _check_fit(given: dict[str, float], mean: float, sigma: float) -> None:
    """Refuse percentiles that no log-normal comes near."""
    if sigma > _WIDEST_SIGMA:
        raise ValueError(f"these percentiles lie too far apart (sigma {sigma:.1f}, at most 3)")
    for name, value in given.items():
        nearest = mean + sigma * _DEVIATIONS[name]
        if abs(math.log(value) - nearest) > _TOLERANCE:
            problem = "no log-normal distribution comes near these percentiles: the nearest has"
            raise MisplacedError((name,), f"{problem} {name} at {math.exp(nearest) * 1e3:.4g}ms")
