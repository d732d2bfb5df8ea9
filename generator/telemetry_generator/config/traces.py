"""Traces: how many, how large, and which of them are out of the ordinary."""

from typing import Annotated, Self

from pydantic import Field, field_validator, model_validator

from telemetry_common.config import MisplacedError
from telemetry_generator.config.base import Percentage, Positive, Section
from telemetry_generator.config.services import ServicesConfig
from telemetry_generator.config.span_content import (
    CardinalityConfig,
    CustomAttributesConfig,
    EventsConfig,
    FatSpansConfig,
    LinksConfig,
    SamplingConfig,
)

MAX_SPANS_PER_TRACE = 1 << 20
"""The span counter of an id has 20 bits below the request's number."""

SpanCount = Annotated[int, Field(gt=0, le=MAX_SPANS_PER_TRACE)]


class HighSpanTracesConfig(Section):
    """Giant traces: wide trees, spread evenly over the set, instead of traces of usual size."""

    enabled: bool = False
    """Whether there are any."""
    count: Positive = 5
    """How many."""
    span_count: SpanCount = 100_000
    """Number of spans of each."""


class SpanCountConfig(Section):
    """How many spans a trace has: normally distributed, at least one.

    With an explicit topology its calls decide, and only the limit and the giants count.
    """

    avg_per_trace: float = Field(default=15, ge=1, le=MAX_SPANS_PER_TRACE / 2)
    """Mean number of spans of a trace."""
    std_dev: float = Field(default=5, ge=0, le=MAX_SPANS_PER_TRACE / 16)
    """Standard deviation of the number of spans; 0 gives every trace the mean."""
    max_per_trace: SpanCount = MAX_SPANS_PER_TRACE
    """Most spans of a request; calls that would exceed it are not made. Giants are exempt."""
    high_span_traces: HighSpanTracesConfig = HighSpanTracesConfig()
    """Giant traces."""


class RootlessConfig(Section):
    """Traces whose root names a parent that is not in the set: it was lost, or not traced."""

    enabled: bool = False
    """Whether there are any."""
    percentage: Percentage = 5.0
    """Share of the requests."""


class LateRootConfig(Section):
    """Traces whose root arrives after the rest, as that of a request that takes long does."""

    enabled: bool = False
    """Whether there are any."""
    percentage: Percentage = 5.0
    """Share of the requests."""
    delay_ms: Annotated[int, Field(gt=0, le=3_600_000)] = 1_000
    """How much later the root is to arrive than the rest of its trace. The manifest records it, and
    the sender keeps it (docs/outcomes.md)."""


class RootConfig(Section):
    """Root spans that are out of the ordinary."""

    rootless: RootlessConfig = RootlessConfig()
    """Traces whose root names an unknown parent."""
    late_root: LateRootConfig = LateRootConfig()
    """Traces whose root arrives late."""

    @property
    def rootless_per_million(self) -> int:
        """Share of the requests without a root of their own, in millionths."""
        return _per_million(self.rootless.percentage) if self.rootless.enabled else 0

    @property
    def late_per_million(self) -> int:
        """Share of the requests with a late root, in millionths."""
        return _per_million(self.late_root.percentage) if self.late_root.enabled else 0

    @model_validator(mode="after")
    def _shares_fit(self) -> Self:
        if self.rootless_per_million + self.late_per_million > 1_000_000:
            problem = "rootless and late_root are more than 100 percent together"
            raise MisplacedError(("late_root", "percentage"), problem)
        return self


class ErrorsConfig(Section):
    """Failures, which start in an operation and go up the call path."""

    rate: Percentage | None = None
    """Share of the requests whose root fails; absent: whatever the operations' own faults give."""
    recovery: Percentage = 35.0
    """Share of the failed calls that the caller survives, with a fallback."""

    @property
    def rate_per_million(self) -> int | None:
        """Share of the requests whose root fails, in millionths; None where it is not given."""
        return None if self.rate is None else _per_million(self.rate)

    @property
    def recovery_per_million(self) -> int:
        """Share of the failed calls that are survived, in millionths."""
        return _per_million(self.recovery)


def _per_million(percentage: float) -> int:
    return round(percentage * 10_000)


class TracesConfig(Section):
    """Traces: requests that travel through the services."""

    count: int = Field(default=10_000, ge=0, le=1 << 40)
    """Number of requests, 0 turns the signal off. Each makes a trace, and one more for every
    message that a consumer takes up."""
    spans: SpanCountConfig = SpanCountConfig()
    """How many spans a trace has."""
    services: ServicesConfig = ServicesConfig()
    """The services of the generated system; metrics and logs use them too."""
    root: RootConfig = RootConfig()
    """Root spans that are missing or late."""
    errors: ErrorsConfig = ErrorsConfig()
    """How often requests fail."""
    sampling: SamplingConfig | None = None
    """Marks of a head sampler; absent: every trace is marked as sampled."""
    links: LinksConfig | None = None
    """Further span links."""
    events: EventsConfig | None = None
    """Further span events."""
    custom_attributes: CustomAttributesConfig | None = None
    """Application attributes on some of the spans."""
    fat_spans: FatSpansConfig | None = None
    """Many long attributes."""
    cardinality: Annotated[tuple[CardinalityConfig, ...], Field(max_length=100)] = Field(
        default=(), strict=False
    )
    """Attributes with a given number of distinct values."""

    @property
    def optional_bytes(self) -> int:
        """About how many bytes the optional sections add to a span, on average."""
        given = (self.links, self.events, self.custom_attributes, self.fat_spans, *self.cardinality)
        return sum(one.typical_bytes for one in given if one is not None)

    @field_validator("cardinality")
    @classmethod
    def _keys_differ(cls, given: tuple[CardinalityConfig, ...]) -> tuple[CardinalityConfig, ...]:
        seen: set[str] = set()
        for at, entry in enumerate(given):
            if entry.key in seen:
                raise MisplacedError((at, "key"), f"{entry.key!r} is given twice")
            seen.add(entry.key)
        return given

    @model_validator(mode="after")
    def _keys_have_one_source(self) -> Self:
        for section in ("custom_attributes", "fat_spans"):
            others = getattr(self, section)
            taken = frozenset(others.attribute_keys()) if others is not None else frozenset()
            for at, entry in enumerate(self.cardinality):
                if entry.key in taken:
                    problem = f"{section} gives spans {entry.key!r} too; choose another key"
                    raise MisplacedError(("cardinality", at, "key"), problem)
        return self

    @model_validator(mode="after")
    def _giants_fit(self) -> Self:
        giants = self.spans.high_span_traces
        if giants.enabled and self.count and giants.count > self.count:
            problem = f"{giants.count} giants do not fit into a count of {self.count}"
            raise MisplacedError(("spans", "high_span_traces", "count"), problem)
        return self

    def check_mean(self) -> None:
        """Raise MisplacedError when traces of a layered system would exceed their limit."""
        spans = self.spans
        if spans.avg_per_trace > spans.max_per_trace:
            problem = f"above max_per_trace {spans.max_per_trace:,}"
            raise MisplacedError(("traces", "spans", "avg_per_trace"), problem)

    def refuse_counts(self) -> None:
        """Raise MisplacedError when a count is given that an explicit topology overrules."""
        for name in ("avg_per_trace", "std_dev"):
            if name in self.spans.model_fields_set:
                problem = "the calls of the topology decide how many spans a trace has"
                raise MisplacedError(("traces", "spans", name), problem)
