"""The messages of OTLP as data: the JSON name and the form of every field, by field number.

Taken from opentelemetry-proto v1.10 (`trace.proto`, `metrics.proto`, `logs.proto`, `profiles.proto`
and what they import); a test holds the tables against the real descriptors. A form is that of the
protobuf field, except that `id` is an id's bytes, `time` a fixed64 of Unix nanoseconds, and that
enums are int32, as OTLP/JSON has them. A `*` marks repeated fields.
"""

from collections.abc import Mapping
from typing import NamedTuple

from telemetry_common.signals import Signal


class Field(NamedTuple):
    """A field of a message: its JSON name, and its form or the name of its message."""

    name: str
    form: str
    repeated: bool


MessageFields = Mapping[int, Field]


def _fields(**numbers: str) -> MessageFields:
    """Read entries such as `f3="spans Span*"`."""
    return {int(key[1:]): _field(text) for key, text in numbers.items()}


def _field(text: str) -> Field:
    name, form = text.split()
    return Field(name, form.rstrip("*"), form.endswith("*"))


_COMMON = {
    "Resource": _fields(
        f1="attributes KeyValue*", f2="droppedAttributesCount uint32", f3="entityRefs EntityRef*"
    ),
    "InstrumentationScope": _fields(
        f1="name string",
        f2="version string",
        f3="attributes KeyValue*",
        f4="droppedAttributesCount uint32",
    ),
    "KeyValue": _fields(f1="key string", f2="value AnyValue", f3="keyStrindex int32"),
    "AnyValue": _fields(
        f1="stringValue string",
        f2="boolValue bool",
        f3="intValue int64",
        f4="doubleValue double",
        f5="arrayValue ArrayValue",
        f6="kvlistValue KeyValueList",
        f7="bytesValue bytes",
        f8="stringValueStrindex int32",
    ),
    "ArrayValue": _fields(f1="values AnyValue*"),
    "KeyValueList": _fields(f1="values KeyValue*"),
    "EntityRef": _fields(
        f1="schemaUrl string", f2="type string", f3="idKeys string*", f4="descriptionKeys string*"
    ),
}

_TRACES = {
    "TracesData": _fields(f1="resourceSpans ResourceSpans*"),
    "ResourceSpans": _fields(
        f1="resource Resource", f2="scopeSpans ScopeSpans*", f3="schemaUrl string"
    ),
    "ScopeSpans": _fields(f1="scope InstrumentationScope", f2="spans Span*", f3="schemaUrl string"),
    "Span": _fields(
        f1="traceId id",
        f2="spanId id",
        f3="traceState string",
        f4="parentSpanId id",
        f5="name string",
        f6="kind int32",
        f7="startTimeUnixNano time",
        f8="endTimeUnixNano time",
        f9="attributes KeyValue*",
        f10="droppedAttributesCount uint32",
        f11="events Event*",
        f12="droppedEventsCount uint32",
        f13="links SpanLink*",
        f14="droppedLinksCount uint32",
        f15="status Status",
        f16="flags fixed32",
    ),
    "Event": _fields(
        f1="timeUnixNano time",
        f2="name string",
        f3="attributes KeyValue*",
        f4="droppedAttributesCount uint32",
    ),
    "SpanLink": _fields(
        f1="traceId id",
        f2="spanId id",
        f3="traceState string",
        f4="attributes KeyValue*",
        f5="droppedAttributesCount uint32",
        f6="flags fixed32",
    ),
    "Status": _fields(f2="message string", f3="code int32"),
}

_METRICS = {
    "MetricsData": _fields(f1="resourceMetrics ResourceMetrics*"),
    "ResourceMetrics": _fields(
        f1="resource Resource", f2="scopeMetrics ScopeMetrics*", f3="schemaUrl string"
    ),
    "ScopeMetrics": _fields(
        f1="scope InstrumentationScope", f2="metrics Metric*", f3="schemaUrl string"
    ),
    "Metric": _fields(
        f1="name string",
        f2="description string",
        f3="unit string",
        f5="gauge Gauge",
        f7="sum Sum",
        f9="histogram Histogram",
        f10="exponentialHistogram ExponentialHistogram",
        f11="summary Summary",
        f12="metadata KeyValue*",
    ),
    "Gauge": _fields(f1="dataPoints NumberDataPoint*"),
    "Sum": _fields(
        f1="dataPoints NumberDataPoint*", f2="aggregationTemporality int32", f3="isMonotonic bool"
    ),
    "Histogram": _fields(f1="dataPoints HistogramDataPoint*", f2="aggregationTemporality int32"),
    "ExponentialHistogram": _fields(
        f1="dataPoints ExponentialHistogramDataPoint*", f2="aggregationTemporality int32"
    ),
    "Summary": _fields(f1="dataPoints SummaryDataPoint*"),
    "NumberDataPoint": _fields(
        f2="startTimeUnixNano time",
        f3="timeUnixNano time",
        f4="asDouble double",
        f5="exemplars Exemplar*",
        f6="asInt sfixed64",
        f7="attributes KeyValue*",
        f8="flags uint32",
    ),
    "HistogramDataPoint": _fields(
        f2="startTimeUnixNano time",
        f3="timeUnixNano time",
        f4="count fixed64",
        f5="sum double",
        f6="bucketCounts fixed64*",
        f7="explicitBounds double*",
        f8="exemplars Exemplar*",
        f9="attributes KeyValue*",
        f10="flags uint32",
        f11="min double",
        f12="max double",
    ),
    "ExponentialHistogramDataPoint": _fields(
        f1="attributes KeyValue*",
        f2="startTimeUnixNano time",
        f3="timeUnixNano time",
        f4="count fixed64",
        f5="sum double",
        f6="scale sint32",
        f7="zeroCount fixed64",
        f8="positive Buckets",
        f9="negative Buckets",
        f10="flags uint32",
        f11="exemplars Exemplar*",
        f12="min double",
        f13="max double",
        f14="zeroThreshold double",
    ),
    "Buckets": _fields(f1="offset sint32", f2="bucketCounts uint64*"),
    "SummaryDataPoint": _fields(
        f2="startTimeUnixNano time",
        f3="timeUnixNano time",
        f4="count fixed64",
        f5="sum double",
        f6="quantileValues ValueAtQuantile*",
        f7="attributes KeyValue*",
        f8="flags uint32",
    ),
    "ValueAtQuantile": _fields(f1="quantile double", f2="value double"),
    "Exemplar": _fields(
        f2="timeUnixNano time",
        f3="asDouble double",
        f4="spanId id",
        f5="traceId id",
        f6="asInt sfixed64",
        f7="filteredAttributes KeyValue*",
    ),
}

_LOGS = {
    "LogsData": _fields(f1="resourceLogs ResourceLogs*"),
    "ResourceLogs": _fields(
        f1="resource Resource", f2="scopeLogs ScopeLogs*", f3="schemaUrl string"
    ),
    "ScopeLogs": _fields(
        f1="scope InstrumentationScope", f2="logRecords LogRecord*", f3="schemaUrl string"
    ),
    "LogRecord": _fields(
        f1="timeUnixNano time",
        f2="severityNumber int32",
        f3="severityText string",
        f5="body AnyValue",
        f6="attributes KeyValue*",
        f7="droppedAttributesCount uint32",
        f8="flags fixed32",
        f9="traceId id",
        f10="spanId id",
        f11="observedTimeUnixNano time",
        f12="eventName string",
    ),
}

_PROFILES = {
    "ProfilesData": _fields(
        f1="resourceProfiles ResourceProfiles*", f2="dictionary ProfilesDictionary"
    ),
    "ResourceProfiles": _fields(
        f1="resource Resource", f2="scopeProfiles ScopeProfiles*", f3="schemaUrl string"
    ),
    "ScopeProfiles": _fields(
        f1="scope InstrumentationScope", f2="profiles Profile*", f3="schemaUrl string"
    ),
    "Profile": _fields(
        f1="sampleType ValueType",
        f2="samples Sample*",
        f3="timeUnixNano time",
        f4="durationNano uint64",
        f5="periodType ValueType",
        f6="period int64",
        f7="profileId id",
        f8="droppedAttributesCount uint32",
        f9="originalPayloadFormat string",
        f10="originalPayload bytes",
        f11="attributeIndices int32*",
    ),
    "ValueType": _fields(f1="typeStrindex int32", f2="unitStrindex int32"),
    "Sample": _fields(
        f1="stackIndex int32",
        f2="attributeIndices int32*",
        f3="linkIndex int32",
        f4="values int64*",
        f5="timestampsUnixNano time*",
    ),
    "ProfilesDictionary": _fields(
        f1="mappingTable Mapping*",
        f2="locationTable Location*",
        f3="functionTable Function*",
        f4="linkTable ProfileLink*",
        f5="stringTable string*",
        f6="attributeTable KeyValueAndUnit*",
        f7="stackTable Stack*",
    ),
    "Mapping": _fields(
        f1="memoryStart uint64",
        f2="memoryLimit uint64",
        f3="fileOffset uint64",
        f4="filenameStrindex int32",
        f5="attributeIndices int32*",
    ),
    "Location": _fields(
        f1="mappingIndex int32",
        f2="address uint64",
        f3="lines Line*",
        f4="attributeIndices int32*",
    ),
    "Line": _fields(f1="functionIndex int32", f2="line int64", f3="column int64"),
    "Function": _fields(
        f1="nameStrindex int32",
        f2="systemNameStrindex int32",
        f3="filenameStrindex int32",
        f4="startLine int64",
    ),
    "ProfileLink": _fields(f1="traceId id", f2="spanId id"),
    "KeyValueAndUnit": _fields(
        f1="keyStrindex int32", f2="value AnyValue", f3="unitStrindex int32"
    ),
    "Stack": _fields(f1="locationIndices int32*"),
}

MESSAGES: Mapping[str, MessageFields] = {**_COMMON, **_TRACES, **_METRICS, **_LOGS, **_PROFILES}
"""The fields of each message by number. Two messages are called Link in OTLP: see their names."""

ONEOFS: Mapping[str, frozenset[int]] = {
    "AnyValue": frozenset(range(1, 9)),
    "Metric": frozenset({5, 7, 9, 10, 11}),
    "NumberDataPoint": frozenset({4, 6}),
    "Exemplar": frozenset({3, 6}),
}
"""The fields of which a message has at most one: the last that it got."""

ROOTS: Mapping[Signal, str] = {
    Signal.TRACES: "TracesData",
    Signal.METRICS: "MetricsData",
    Signal.LOGS: "LogsData",
    Signal.PROFILES: "ProfilesData",
}
"""A file's message, which has the fields of the signal's export request."""
