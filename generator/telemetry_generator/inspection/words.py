"""Numbers as people read them."""

_UNITS = ((1_000_000_000, "s"), (1_000_000, "ms"), (1_000, "µs"), (1, "ns"))


def duration(nanos: int) -> str:
    """Return nanoseconds with three digits: `1.23 ms`."""
    for size, unit in _UNITS:
        if nanos >= size:
            return f"{_three_digits(nanos / size)} {unit}"
    return "0 s"


def _three_digits(value: float) -> str:
    decimals = 0 if value >= 99.95 else 1 if value >= 9.995 else 2
    return f"{value:,.{decimals}f}"


def share(part: float, whole: float) -> str:
    """Return a share in percent: `0 %`, `<0.1 %`, `3.1 %`, `100 %`."""
    if not part or not whole:
        return "0 %"
    percent = 100 * part / whole
    if percent < 0.1:
        return "<0.1 %"
    return f"{percent:.0f} %" if percent >= 99.95 else f"{percent:.1f} %"


def count(number: int) -> str:
    """Return a count with separators."""
    return f"{number:,}"


def brief(number: float) -> str:
    """Return a number in few characters: `950`, `1.2k`, `34M`."""
    for size, unit in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if abs(number) >= size:
            value = number / size
            return f"{value:.0f}{unit}" if abs(value) >= 9.95 else f"{value:.1f}{unit}"
    return f"{number:.3g}"


def distinct(number: int, *, exact: bool) -> str:
    """Return a number of distinct values, marked where it is an estimate."""
    return f"{number:,}" if exact else f"≈ {number:,}"
