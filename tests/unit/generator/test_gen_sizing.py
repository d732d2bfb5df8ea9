"""Sizes: all counts are scaled alike until the set has the size that was asked for."""

import pytest

from generator_support import configuration
from telemetry_common.errors import UsageError
from telemetry_generator.config.model import GeneratorConfig
from telemetry_generator.sizing import config_of_size


def measured(config: GeneratorConfig) -> int:
    """Return a size with a part that no count changes, as that of a profiles dictionary."""
    assert config.traces
    assert config.metrics
    assert config.logs
    series = config.metrics.timeseries_per_metric.default
    return 50_000 + 5000 * config.traces.count + 40 * 200 * series + 400 * config.logs.count


@pytest.mark.parametrize("size", [300_000, 1 << 20, 1 << 30, 10 << 30])
def test_the_size_is_met_and_the_mix_stays(size: int) -> None:
    before = configuration(logs={"count": 30_000}, traces={"count": 6000})
    after = config_of_size(before, size, measured, measured)
    assert before.logs
    assert after.logs
    assert measured(after) == pytest.approx(size, rel=0.015)
    if size > 1 << 28:
        assert after.trace_count / 6000 == pytest.approx(after.logs.count / 30_000, rel=0.01)


def test_a_size_that_no_counts_give_is_refused_with_the_nearest() -> None:
    with pytest.raises(UsageError, match=r"--size: no counts give 1\.0 KB; the nearest set has"):
        config_of_size(configuration(), 1024, measured, measured)


def test_what_a_rough_measure_gets_wrong_is_corrected() -> None:
    before = configuration(logs={"count": 30_000})
    after = config_of_size(before, 1 << 26, lambda one: measured(one) * 9 // 10, measured)
    assert measured(after) == pytest.approx(1 << 26, rel=0.01)


def of_logs(config: GeneratorConfig) -> int:
    assert config.logs
    return 400 * config.logs.count


def test_signals_that_are_off_stay_off() -> None:
    config = configuration(traces=None, metrics=None)
    after = config_of_size(config, 1 << 20, of_logs, of_logs)
    assert (after.traces, after.metrics) == (None, None)
    assert of_logs(after) == pytest.approx(1 << 20, rel=0.01)
