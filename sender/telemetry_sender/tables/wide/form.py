"""How users want metrics laid out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from telemetry_common.errors import UsageError
from telemetry_common.units import parse_duration


@dataclass(frozen=True, slots=True)
class WideForm:
    """What tells rows apart, and what columns there are."""

    by: tuple[str, ...] | None
    """Keys of attributes beside the time; None for resource and attributes as they are."""
    names: Mapping[str, str]
    """Other names of metrics."""
    quantiles: tuple[float, ...] = ()
    """From 0 to 1."""
    every: int = 1
    """Nanoseconds, counted from the start of a pass, whose points share their rows."""

    @classmethod
    def of(
        cls,
        by: Sequence[str] | None,
        names: Mapping[str, str] | None,
        quantiles: Sequence[float] | None,
        every: str | float | None,
    ) -> "WideForm":
        """Return the form that a user asks for. Raises UsageError."""
        for quantile in quantiles or ():
            if not 0 <= quantile <= 1:
                raise UsageError("quantiles", f"{quantile} is none", "give them from 0 to 1")
        keys = None if by is None else tuple(by)
        return cls(keys, dict(names or {}), tuple(quantiles or ()), _nanos(every))

    def name(self, metric: str) -> str:
        """Return what a metric is called."""
        return self.names.get(metric, metric)


def _nanos(every: str | float | None) -> int:
    """Return a time in nanoseconds; 1 for none. Raises UsageError."""
    try:
        return 1 if every is None else max(1, round(parse_duration(every) * 1e9))
    except ValueError as error:
        raise UsageError("every", str(error), "give a time like 1m") from None
