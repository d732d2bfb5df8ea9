"""Checks a configuration as a run would, and says what it would generate; nothing is written."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from telemetry_common.config import load_config
from telemetry_common.units import format_size
from telemetry_generator.config.model import GeneratorConfig
from telemetry_generator.estimate import Estimate, check_limits, estimate
from telemetry_generator.sources import make_sources


def check_configuration(file: Path, overrides: Sequence[str]) -> list[str]:
    """Return lines about the set that `file` describes.

    Raises ConfigError for what is wrong with it, UsageError for a set beyond its limits.
    """
    config = load_config(GeneratorConfig, file, overrides)
    expected = estimate(make_sources(config))
    check_limits(expected, config.limits)
    return [f"sound: {file}", *_lines(expected)]


def _lines(expected: Estimate) -> Iterator[str]:
    for signal, one in expected.signals.items():
        size = format_size(one.bytes)
        yield f"would generate {signal}: about {one.events:,} {signal.event_noun}, {size}"
    yield f"a sender would need {format_size(expected.sender_bytes)} of memory"
