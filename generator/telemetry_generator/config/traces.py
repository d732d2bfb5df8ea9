"""Traces: how many, and how many spans each has."""

from pydantic import Field

from telemetry_generator.config.base import Section
from telemetry_generator.config.services import ServicesConfig

MAX_SPANS_PER_TRACE = 1 << 20
"""The span counter of an id has 20 bits below the trace's number."""


class SpanCountConfig(Section):
    """How many spans a trace has: normally distributed, at least one."""

    avg_per_trace: float = Field(default=15, ge=1, le=MAX_SPANS_PER_TRACE / 2)
    """Mean number of spans of a trace."""
    std_dev: float = Field(default=5, ge=0, le=MAX_SPANS_PER_TRACE / 16)
    """Standard deviation of the number of spans; 0 gives every trace the mean."""


class TracesConfig(Section):
    """Traces: requests that travel through the services."""

    count: int = Field(default=10_000, ge=0, le=1 << 40)
    """Number of traces; 0 turns the signal off."""
    spans: SpanCountConfig = SpanCountConfig()
    """How many spans a trace has."""
    services: ServicesConfig = ServicesConfig()
    """The services of the generated system; metrics and logs use them too."""
