"""Generating to a size: which counts give a set of so many bytes."""

from collections.abc import Callable

from telemetry_common.errors import UsageError
from telemetry_common.units import format_size
from telemetry_generator.config.model import GeneratorConfig

_ROUNDS = 8
_CORRECTIONS = 3
_CLOSE_ENOUGH = 0.003
_NEARLY = 0.15
_ROUGH_TOLERANCE = 0.3

Measure = Callable[[GeneratorConfig], int]
"""Returns the size in bytes that a configuration leads to."""


def config_of_size(
    config: GeneratorConfig, size: int, roughly: Measure, exactly: Measure
) -> GeneratorConfig:
    """Return the configuration with all counts scaled alike, so that the set has `size` bytes.

    Scaled are the traces, the time series of a metric, the log records and the profiles; the mix
    of the signals stays. `roughly` finds the scale, then `exactly`, which makes the whole set,
    corrects it: a few chunks say little about metrics, whose points differ much in size.
    Raises UsageError for a size that cannot be reached.
    """
    factor, error = _closest(config, size, roughly)
    if error > _ROUGH_TOLERANCE:
        raise _unreachable(size, roughly(_scaled(config, factor)))
    for _ in range(_CORRECTIONS):
        reached = exactly(_scaled(config, factor))
        error = abs(reached / size - 1)
        if error < _CLOSE_ENOUGH:
            break
        factor *= size / reached
        if error < _NEARLY:
            break  # so near, sizes follow the factor
    return _scaled(config, factor)


def _closest(config: GeneratorConfig, size: int, measure: Measure) -> tuple[float, float]:
    """Return the factor of all counts that comes closest to the size, and how far off it is."""
    factor = best = 1.0
    error = float("inf")
    for _ in range(_ROUNDS):
        reached = measure(_scaled(config, factor))
        if abs(reached / size - 1) < error:
            best, error = factor, abs(reached / size - 1)
        if error < _CLOSE_ENOUGH:
            break
        factor *= size / reached
    return best, error


def _unreachable(size: int, nearest: int) -> UsageError:
    problem = f"no counts give {format_size(size)}; the nearest set has {format_size(nearest)}"
    return UsageError("--size", problem, "choose another size, or other counts to start from")


def _scaled(config: GeneratorConfig, factor: float) -> GeneratorConfig:
    def times(count: int) -> int:
        return max(1, round(count * factor)) if count else 0

    changes: dict[str, object] = {}
    if config.traces is not None:
        traces = {"count": times(config.traces.count)}
        changes["traces"] = config.traces.model_copy(update=traces)
    if config.metrics is not None:
        series = config.metrics.timeseries_per_metric
        counts = {name: times(getattr(series, name)) for name in ("min", "default", "max")}
        scaled = {"timeseries_per_metric": series.model_copy(update=counts)}
        changes["metrics"] = config.metrics.model_copy(update=scaled)
    for name in ("logs", "profiles"):
        section = getattr(config, name, None)
        if section is not None:
            changes[name] = section.model_copy(update={"count": times(section.count)})
    return config.model_copy(update=changes)
