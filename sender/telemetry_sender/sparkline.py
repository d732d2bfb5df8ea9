"""A row of numbers as a row of bars, one character each."""

from collections.abc import Sequence

_BARS = "▁▂▃▄▅▆▇█"


def sparkline(values: Sequence[float], top: float | None = None) -> str:
    """Return a bar for each value: full for `top`, or for the highest, and the lowest for zero."""
    highest = max(values, default=0.0) if top is None else top
    if highest <= 0:
        return _BARS[0] * len(values)
    return "".join(_bar(value / highest) for value in values)


def _bar(share: float) -> str:
    return _BARS[round(min(max(share, 0.0), 1.0) * (len(_BARS) - 1))]
