"""Consistent probability sampling: what a head sampler writes into the trace state.

https://opentelemetry.io/docs/specs/otel/trace/tracestate-probability-sampling/: a trace is sampled
when its 56 random bits are not below the threshold.
"""

from fractions import Fraction

RANDOM_BITS = 56
_ALL = 1 << RANDOM_BITS


def threshold(percentage: float) -> int:
    """Return the rejection threshold of a sampler that keeps so many percent: 0 .. 2^56 - 1."""
    return round((100 - Fraction(percentage)) * _ALL / 100)


def threshold_text(percentage: float) -> str:
    """Return the threshold as `th` tells it: hexadecimal, without trailing zeros."""
    return f"{threshold(percentage):014x}".rstrip("0") or "0"
