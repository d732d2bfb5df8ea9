"""Splits a whole number in proportion to weights, so that the parts add up to it."""

from collections.abc import Mapping

from telemetry_common.signals import Signal


def apportion(total: int, weights: Mapping[Signal, int]) -> dict[Signal, int]:
    """Return each signal's part of `total`, rounded by largest remainder. Weights are not all 0."""
    whole = sum(weights.values())
    parts = {signal: total * weight // whole for signal, weight in weights.items()}
    by_remainder = sorted(weights, key=lambda signal: -(total * weights[signal] % whole))
    for signal in by_remainder[: total - sum(parts.values())]:
        parts[signal] += 1
    return parts


def share_workers(concurrency: int, events: Mapping[Signal, int]) -> dict[Signal, int]:
    """Return the workers of each signal: in proportion to its events, and at least one."""
    parts = apportion(concurrency, events)
    return {signal: max(1, workers) for signal, workers in parts.items()}
