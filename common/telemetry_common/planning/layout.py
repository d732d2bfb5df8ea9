"""Where OTLP keeps the fields that change per send, as data: containers, events and their slots.

Field numbers are those of opentelemetry-proto v1.10 (`trace.proto`, `metrics.proto`, `logs.proto`,
`profiles.proto`). A new field to stamp, or a new signal, is a change to these tables.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum, auto

from telemetry_common.signals import Signal


class Role(Enum):
    """What a slot holds, and so how it is stamped."""

    TRACE_ID = auto()
    SPAN_ID = auto()
    PARENT_ID = auto()
    PROFILE_ID = auto()
    TIME = auto()
    """An instant that moves with its trace, or with its record."""
    POINT_TIME = auto()
    """The instant of a data point: the same for all points of a request."""
    POINT_START = auto()
    """The start of a data point's interval."""
    COUNT = auto()
    """An unsigned or signed 64-bit integer that grows in cumulative points."""
    AMOUNT = auto()
    """A double that grows in cumulative points."""


ID_BYTES: Mapping[Role, int] = {
    Role.TRACE_ID: 16,
    Role.SPAN_ID: 8,
    Role.PARENT_ID: 8,
    Role.PROFILE_ID: 16,
}
"""The width of an id in bytes; an id of another width is not an id and is left alone."""


@dataclass(frozen=True, slots=True)
class Message:
    """A message type with slots: field number to role, and to child messages that have some."""

    name: str
    roles: Mapping[int, Role] = field(default_factory=dict)
    repeated: Mapping[int, Role] = field(default_factory=dict)
    """Repeated fixed64 fields, packed or not."""
    children: Mapping[int, "Message"] = field(default_factory=dict)
    names_a_span: bool = False
    """Its trace and span ids belong together: a span, or a reference to one."""


@dataclass(frozen=True, slots=True)
class Container:
    """A message whose children are cut apart into blocks; `roles` are slots of its own."""

    name: str
    children: Mapping[int, Message]
    """Field number of the children, and what they are; several for a oneof."""
    roles: Mapping[int, Role] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Layout:
    """One signal's way from the file's root to its events."""

    signal: Signal
    containers: tuple[Container, ...]
    """Containers from the root downwards. Children of the last one are the events."""
    root_messages: Mapping[int, Message] = field(default_factory=dict)
    """Messages with slots beside the resources, sent with every block (the profiles dictionary)."""


def _container(name: str, number: int, child: str) -> Container:
    return Container(name, {number: Message(child)})


_LINK = Message("Link", {1: Role.TRACE_ID, 2: Role.SPAN_ID}, names_a_span=True)

_SPAN = Message(
    "Span",
    {
        1: Role.TRACE_ID,
        2: Role.SPAN_ID,
        4: Role.PARENT_ID,
        7: Role.TIME,
        8: Role.TIME,
    },
    children={11: Message("Event", {1: Role.TIME}), 13: _LINK},
    names_a_span=True,
)

_LOG_RECORD = Message(
    "LogRecord",
    {1: Role.TIME, 9: Role.TRACE_ID, 10: Role.SPAN_ID, 11: Role.TIME},
    names_a_span=True,
)

_EXEMPLAR = Message(
    "Exemplar", {2: Role.TIME, 4: Role.SPAN_ID, 5: Role.TRACE_ID}, names_a_span=True
)

_INTERVAL = {2: Role.POINT_START, 3: Role.POINT_TIME}

_NUMBER_POINT = Message(
    "NumberDataPoint", {**_INTERVAL, 4: Role.AMOUNT, 6: Role.COUNT}, children={5: _EXEMPLAR}
)

_HISTOGRAM_POINT = Message(
    "HistogramDataPoint",
    {**_INTERVAL, 4: Role.COUNT, 5: Role.AMOUNT},
    repeated={6: Role.COUNT},
    children={8: _EXEMPLAR},
)

# Its bucket counts are varints, which have no fixed width; so its count and sum stay with them.
_EXPONENTIAL_POINT = Message("ExponentialHistogramDataPoint", _INTERVAL, children={11: _EXEMPLAR})

_SUMMARY_POINT = Message("SummaryDataPoint", {**_INTERVAL, 4: Role.COUNT, 5: Role.AMOUNT})

GAUGE, SUM, HISTOGRAM, EXPONENTIAL_HISTOGRAM, SUMMARY = 5, 7, 9, 10, 11
"""Field numbers of the kinds of data in a Metric."""

POINTS: Mapping[int, Message] = {
    GAUGE: _NUMBER_POINT,
    SUM: _NUMBER_POINT,
    HISTOGRAM: _HISTOGRAM_POINT,
    EXPONENTIAL_HISTOGRAM: _EXPONENTIAL_POINT,
    SUMMARY: _SUMMARY_POINT,
}
"""The data points by the kind of data that holds them, all in its field 1."""

_METRIC_DATA = {
    GAUGE: Message("Gauge"),
    SUM: Message("Sum"),
    HISTOGRAM: Message("Histogram"),
    EXPONENTIAL_HISTOGRAM: Message("ExponentialHistogram"),
    SUMMARY: Message("Summary"),
}

PROFILE_TIME, PROFILE_DURATION = 3, 4
"""Field numbers of a Profile: when it began, and for how many nanoseconds it was collected."""

SAMPLE_LINK = 3
"""Field number of a Sample: which link of the dictionary, from 0, names its span."""

_LAYOUTS = (
    Layout(
        Signal.TRACES,
        (
            _container("TracesData", 1, "ResourceSpans"),
            _container("ResourceSpans", 2, "ScopeSpans"),
            Container("ScopeSpans", {2: _SPAN}),
        ),
    ),
    Layout(
        Signal.METRICS,
        (
            _container("MetricsData", 1, "ResourceMetrics"),
            _container("ResourceMetrics", 2, "ScopeMetrics"),
            _container("ScopeMetrics", 2, "Metric"),
            Container("Metric", _METRIC_DATA),
            _container("Data", 1, "DataPoint"),
        ),
    ),
    Layout(
        Signal.LOGS,
        (
            _container("LogsData", 1, "ResourceLogs"),
            _container("ResourceLogs", 2, "ScopeLogs"),
            Container("ScopeLogs", {2: _LOG_RECORD}),
        ),
    ),
    Layout(
        Signal.PROFILES,
        (
            _container("ProfilesData", 1, "ResourceProfiles"),
            _container("ResourceProfiles", 2, "ScopeProfiles"),
            _container("ScopeProfiles", 2, "Profile"),
            Container(
                "Profile",
                {2: Message("Sample", repeated={5: Role.TIME})},
                {PROFILE_TIME: Role.TIME, 7: Role.PROFILE_ID},
            ),
        ),
        root_messages={2: Message("ProfilesDictionary", children={4: _LINK})},
    ),
)

UNIT_LEVEL = 2
"""Children of the containers at this level (a scope's metrics, records, profiles) are the units
that a batch does not cut unless they are too large. For traces a unit is a whole trace instead."""

LAYOUTS: Mapping[Signal, Layout] = {layout.signal: layout for layout in _LAYOUTS}
