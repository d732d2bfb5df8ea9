"""Spans, data points and log records as values, with the places of what a stamper changes.

They are read once from a block of a template, for forms that are not OTLP: lines and tables. Nobody
changes them. What comes by the million is not frozen all the same: that would treble the time that
it takes to make one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from telemetry_sender.text.fields import SlotKind

Value = str | bool | int | float | bytes | Sequence["Value"] | Mapping[str, "Value"] | None
"""What an attribute or a body holds."""

Attributes = Mapping[str, Value]
"""By key, in the order of the wire; of a key that comes twice, the last value."""


class Spot(NamedTuple):
    """A value that a stamper may change: its kind, and where it begins in the block."""

    kind: SlotKind
    at: int
    value: int | float | bytes
    """What the template says: bytes of an id, which should be 16 or 8, a double, or an integer."""
    is_slot: bool
    """Whether it is changed; otherwise the template's value is what is sent."""


@dataclass(frozen=True, slots=True)
class Resource:
    """Who says something. Equal bytes are one object, so it can be told by its identity."""

    attributes: Attributes

    @property
    def service(self) -> str:
        """The name of the service; empty where the resource has none."""
        return str(self.attributes.get("service.name", ""))


@dataclass(frozen=True, slots=True)
class Scope:
    """What produced it. Equal bytes are one object."""

    name: str
    version: str
    attributes: Attributes


@dataclass(slots=True)
class SpanEvent:
    """Something that happened during a span."""

    time: Spot | None
    name: str
    attributes: Attributes


@dataclass(slots=True)
class Link:
    """A span elsewhere that a span refers to."""

    trace_id: Spot | None
    span_id: Spot | None
    attributes: Attributes


@dataclass(slots=True)
class Span:
    """One span; a value that the wire leaves out is None, or empty.

    So are an id of no bytes, a time of 0 and a count of 0: in OTLP they say the same.
    """

    resource: Resource
    scope: Scope
    trace_id: Spot | None
    span_id: Spot | None
    parent_span_id: Spot | None
    trace_state: str
    flags: int
    name: str
    kind: int
    start: Spot | None
    end: Spot | None
    attributes: Attributes
    events: Sequence[SpanEvent]
    links: Sequence[Link]
    status_code: int
    status_message: str


@dataclass(frozen=True, slots=True)
class Metric:
    """What the points of a metric have in common."""

    name: str
    description: str
    unit: str
    kind: str
    """`gauge`, `sum`, `histogram`, `exponential_histogram` or `summary`."""
    temporality: str
    """`delta`, `cumulative`, or empty for kinds that have none."""
    is_monotonic: bool


@dataclass(frozen=True, slots=True)
class Buckets:
    """One side of an exponential histogram: counts of the buckets from `offset` on."""

    offset: int
    counts: Sequence[int]


@dataclass(slots=True)
class Exemplar:
    """A measurement that a point was made of."""

    time: Spot | None
    value: Spot | None
    trace_id: Spot | None
    span_id: Spot | None
    attributes: Attributes


@dataclass(slots=True)
class Point:
    """One data point of any kind; what its kind does not have is None, or empty."""

    resource: Resource
    scope: Scope
    metric: Metric
    attributes: Attributes
    start: Spot | None
    time: Spot | None
    flags: int
    value: Spot | None = None
    """Of gauges and sums: a double or a signed integer, told by its kind."""
    count: Spot | None = None
    sum: Spot | None = None
    min: Spot | None = None
    max: Spot | None = None
    bucket_counts: Sequence[Spot] = ()
    explicit_bounds: Sequence[float] = ()
    scale: int = 0
    zero_count: Spot | None = None
    zero_threshold: float = 0.0
    positive: Buckets | None = None
    negative: Buckets | None = None
    quantiles: Sequence[tuple[float, float]] = ()
    """Of summaries: quantile (0..1) and value."""
    exemplars: Sequence[Exemplar] = ()


@dataclass(slots=True)
class Log:
    """One log record; with a name, it is an event."""

    resource: Resource
    scope: Scope
    time: Spot | None
    observed_time: Spot | None
    severity_number: int
    severity_text: str
    body: Value
    attributes: Attributes
    trace_id: Spot | None
    span_id: Spot | None
    flags: int
    event_name: str


Event = Span | Point | Log
