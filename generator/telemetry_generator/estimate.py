"""Estimates of a set's size, from a few of its chunks: known before anything is written."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from telemetry_common.errors import UsageError
from telemetry_common.signals import Signal
from telemetry_common.units import format_size
from telemetry_generator.chunks import Source
from telemetry_generator.config.limits import LimitsConfig

SENDER_BASE_BYTES = 100 << 20
"""Interpreter, gRPC, and the buffers of requests in flight."""

PLAN_PERCENT = 25
"""The sender's offsets and indices of all slots, next to the template's own bytes."""

_SAMPLES = 4
_GIB = 1 << 30


@dataclass(frozen=True, slots=True)
class Expected:
    """What one signal will come to."""

    steps: int
    events: int
    bytes: int


@dataclass(frozen=True, slots=True)
class Estimate:
    """What a set will come to."""

    signals: Mapping[Signal, Expected]

    @property
    def bytes(self) -> int:
        """Size of all template files."""
        return sum(expected.bytes for expected in self.signals.values())

    @property
    def sender_bytes(self) -> int:
        """Memory that a sender needs for the set."""
        return sender_bytes(self.bytes)


def sender_bytes(template_bytes: int) -> int:
    """Return the memory that a sender needs to replay so many bytes, mapped templates included."""
    return SENDER_BASE_BYTES + template_bytes + template_bytes * PLAN_PERCENT // 100


def estimate(sources: Sequence[Source]) -> Estimate:
    """Make a few chunks of every source, and conclude from them to the whole."""
    return Estimate({source.signal: _expected(source) for source in sources})


def _expected(source: Source) -> Expected:
    samples = [source.chunk(number) for number in _spread(source.chunks)]
    size = sum(len(sample.data) for sample in samples)
    seen = sum(sample.events for sample in samples)
    if len(samples) == source.chunks:
        return Expected(source.steps, seen, size)
    events = round(source.events())
    return Expected(source.steps, events, size * events // max(seen, 1))


def _spread(chunks: int) -> list[int]:
    """Return some chunk numbers, spread evenly."""
    count = min(chunks, _SAMPLES)
    return [(2 * at + 1) * chunks // (2 * count) for at in range(count)]


def check_limits(expected: Estimate, limits: LimitsConfig) -> None:
    """Refuse a set whose replay would take more memory than allowed. Raises UsageError."""
    if limits.allow_unbounded or expected.sender_bytes <= limits.max_memory_gb * _GIB:
        return
    problem = (
        f"sending the set would take about {format_size(expected.sender_bytes)} of memory, "
        f"more than {limits.max_memory_gb:g} GB"
    )
    fix = "lower the counts, raise limits.max_memory_gb, or set limits.allow_unbounded=true"
    raise UsageError("limits.max_memory_gb", problem, fix)
