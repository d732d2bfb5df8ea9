"""A row of numbers as a row of bars, one character each."""

from collections.abc import Sequence

_BARS = "▁▂▃▄▅▆▇█"


def sparkline(values: Sequence[float]) -> str:
    """Return a bar for each value; the highest one is full, and zero is the lowest bar."""
    top = max(values, default=0.0)
    if top <= 0:
        return _BARS[0] * len(values)
    return "".join(_BARS[round(max(value, 0.0) / top * (len(_BARS) - 1))] for value in values)
