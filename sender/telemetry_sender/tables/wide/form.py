"""How users want metrics laid out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from telemetry_common.errors import UsageError


@dataclass(frozen=True, slots=True)
class WideForm:
    """What tells rows apart, and what columns there are."""

    by: tuple[str, ...] | None
    """Keys of attributes beside the time; None for resource and attributes as they are."""
    names: Mapping[str, str]
    """Other names of metrics."""
    quantiles: tuple[float, ...]
    """From 0 to 1."""

    @classmethod
    def of(
        cls,
        by: Sequence[str] | None,
        names: Mapping[str, str] | None,
        quantiles: Sequence[float] | None,
    ) -> "WideForm":
        """Return the form that a user asks for. Raises UsageError for what is no quantile."""
        for quantile in quantiles or ():
            if not 0 <= quantile <= 1:
                raise UsageError("quantiles", f"{quantile} is none", "give them from 0 to 1")
        return cls(None if by is None else tuple(by), dict(names or {}), tuple(quantiles or ()))

    def name(self, metric: str) -> str:
        """Return what a metric is called."""
        return self.names.get(metric, metric)
