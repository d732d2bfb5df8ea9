"""What an inspection finds, as plain data: every output is made of this and nothing else.

Durations are nanoseconds. Texts are as the set has them; outputs make them safe to show.
"""

from dataclasses import dataclass, field
from enum import StrEnum

from telemetry_common.signals import Signal


@dataclass(frozen=True, slots=True)
class FileFacts:
    """One file of the set: what the manifest says."""

    signal: Signal
    path: str
    bytes: int
    stored_bytes: int
    """Size on disk, smaller than `bytes` where the file is compressed."""
    resources: int
    events: int


@dataclass(frozen=True, slots=True)
class SetFacts:
    """The set as a whole."""

    directory: str
    prefix: str
    generator_version: str
    seed: int
    horizon_nanos: int
    estimated_sender_bytes: int
    files: tuple[FileFacts, ...]


class NodeKind(StrEnum):
    """What stands at an end of a call."""

    SERVICE = "service"
    DATABASE = "database"
    CACHE = "cache"
    QUEUE = "queue"
    EXTERNAL = "external"


@dataclass(frozen=True, slots=True)
class Latency:
    """Percentiles of durations."""

    p50: int
    p90: int
    p99: int
    max: int


@dataclass(frozen=True, slots=True)
class Node:
    """A service, or something that services call and that has no spans of its own."""

    name: str
    kind: NodeKind
    spans: int
    """Spans under the service; 0 for what has none."""
    requests: int
    """Requests, messages or queries that it took."""
    errors: int
    """How many of the requests failed."""
    entries: int
    """Requests that came from outside the set: root spans."""
    latency: Latency
    """Of the requests."""


@dataclass(frozen=True, slots=True)
class Call:
    """All calls from one node to another."""

    caller: str
    callee: str
    count: int
    errors: int
    latency: Latency


@dataclass(frozen=True, slots=True)
class Bin:
    """A bar of a histogram: how many durations lie in `low` .. `high`."""

    low: int
    high: int
    count: int


@dataclass(frozen=True, slots=True)
class TraceFacts:
    """The traces as a whole."""

    traces: int
    spans: int
    errors: int
    """Traces with a span that failed."""
    spans_per_trace: tuple[int, int, int]
    """Fewest, median, most."""
    depth: int
    """Most spans from a root to a leaf."""
    duration: Latency
    durations: tuple[Bin, ...]
    kinds: dict[str, int]
    """Spans by kind."""
    sampled: float
    """Share of the traces that graph, latencies and durations come from."""


@dataclass(frozen=True, slots=True)
class SpanEvent:
    """An event of a span, `at` nanoseconds after its trace began."""

    name: str
    at: int
    attributes: dict[str, str]


@dataclass(frozen=True, slots=True)
class SpanRow:
    """A row of a waterfall; `start` counts from the beginning of the trace."""

    span_id: str
    name: str
    service: str
    kind: str
    depth: int
    start: int
    duration: int
    failed: bool
    message: str
    attributes: dict[str, str]
    events: tuple[SpanEvent, ...]
    links: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Waterfall:
    """One trace as rows, parents before children."""

    title: str
    """Why this trace is shown."""
    trace_id: str
    duration: int
    spans: int
    failed: int
    rows: tuple[SpanRow, ...]
    """The first rows, when the trace has many."""


@dataclass(frozen=True, slots=True)
class MetricFacts:
    """One metric, over all resources."""

    name: str
    family: str
    type: str
    unit: str
    temporality: str
    description: str
    points: int
    resources: int
    exemplars: int
    low: float | None
    high: float | None
    """Range of the values; None for types that have no single value."""


@dataclass(frozen=True, slots=True)
class MetricsFacts:
    """The metrics as a whole."""

    metrics: int
    points: int
    types: dict[str, int]
    """Data points by type."""
    families: dict[str, int]
    """Data points by family, the first part of a metric's name."""
    listed: tuple[MetricFacts, ...]
    """The metrics with the most points."""


@dataclass(frozen=True, slots=True)
class LogSample:
    """A log record's body."""

    type: str
    severity: str
    service: str
    body: str


@dataclass(frozen=True, slots=True)
class LogFacts:
    """The log records as a whole."""

    records: int
    with_span: int
    events: int
    """Records that have an event name."""
    body_bytes: int
    types: dict[str, int]
    severities: dict[str, int]
    """In the order of their weight."""
    services: dict[str, int]
    samples: tuple[LogSample, ...]


@dataclass(frozen=True, slots=True)
class FunctionFacts:
    """A function and what samples say about it: by itself, and with what it calls."""

    name: str
    self_value: int
    total_value: int


@dataclass(frozen=True, slots=True)
class ProfileFacts:
    """The profiles as a whole; values are in the unit of the most frequent sample type."""

    profiles: int
    samples: int
    with_span: int
    sample_types: dict[str, int]
    """Samples by type and unit."""
    services: dict[str, int]
    functions: tuple[FunctionFacts, ...]
    stacks: int
    table_sizes: dict[str, int]


@dataclass(frozen=True, slots=True)
class KeyFacts:
    """An attribute key and how many values it takes."""

    signal: Signal
    level: str
    """Where it stands: resource, span, event, data point, log record."""
    key: str
    occurrences: int
    distinct: int
    exact: bool
    """False where `distinct` is an estimate."""
    examples: tuple[str, ...]

    @property
    def place(self) -> str:
        """What carries the attribute: a resource is told by its signal."""
        return f"resource of {self.signal}" if self.level == "resource" else self.level


@dataclass(frozen=True, slots=True)
class Inspection:
    """Everything that is known about a set."""

    set: SetFacts
    traces: TraceFacts | None = None
    nodes: tuple[Node, ...] = ()
    calls: tuple[Call, ...] = ()
    waterfalls: tuple[Waterfall, ...] = ()
    metrics: MetricsFacts | None = None
    logs: LogFacts | None = None
    profiles: ProfileFacts | None = None
    keys: tuple[KeyFacts, ...] = ()
    notes: tuple[str, ...] = field(default=())
    """What is estimated or left out, and why."""
