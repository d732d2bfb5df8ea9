"""Axes of plots: round numbers at even distances, and short ways to write them."""

import math

_STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)
_UNITS = ((1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k"))


def ticks(top: float, most: int = 5) -> list[float]:
    """Return round numbers from zero to the first one at or above `top`, at most `most` + 2."""
    if top <= 0:
        return [0.0, 1.0]
    rough = top / most
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(each * power for each in _STEPS if each * power >= rough * (1 - 1e-9))
    return [step * number for number in range(math.ceil(top / step - 1e-9) + 1)]


def short(value: float) -> str:
    """Return a number in about four characters: `1.25M`, `640`, `0.05`."""
    for size, unit in _UNITS:
        if abs(value) >= size:
            return f"{value / size:.3g}{unit}"
    return f"{value:.3g}"
