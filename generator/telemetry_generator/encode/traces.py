"""Traces as OTLP bytes: one `TracesData` a trace, with a `ResourceSpans` for each service in it."""

from opentelemetry.proto.common.v1.common_pb2 import InstrumentationScope
from opentelemetry.proto.trace.v1.trace_pb2 import ResourceSpans, ScopeSpans, Status, TracesData
from opentelemetry.proto.trace.v1.trace_pb2 import Span as SpanMessage

from telemetry_generator.encode.values import ResourceMessages, add_attributes
from telemetry_generator.traces import semantics
from telemetry_generator.traces.factory import Span, Trace
from telemetry_generator.traces.failures import Outcome
from telemetry_generator.traces.tree import ROOT, Kind
from telemetry_generator.world.operations import Operation
from telemetry_generator.world.topology import ServiceNode

# W3C trace flags in bits 0-7, "parent is remote" in bits 8 (known) and 9 (yes).
_SAMPLED_LOCAL_PARENT = 0x101
_SAMPLED_REMOTE_PARENT = 0x301

_SCOPE = InstrumentationScope(name="io.stampede.shop", version="1.0.0")


class TraceEncoder:
    """Encodes traces; what spans of one operation share is prepared once and copied."""

    def __init__(self) -> None:
        self._resources = ResourceMessages()
        self._prototypes: dict[tuple[Operation, Kind, Outcome], SpanMessage] = {}

    def encode(self, trace: Trace) -> tuple[bytes, int]:
        """Return the trace as `TracesData` bytes, and how many resources take part."""
        data = TracesData()
        spans_of: dict[ServiceNode, ScopeSpans] = {}
        for span in trace.spans:
            into = spans_of.get(span.service)
            if into is None:
                into = spans_of[span.service] = self._add_service(data, trace, span.service)
            self._fill(into.spans.add(), trace, span)
        return data.SerializeToString(deterministic=True), len(spans_of)

    def _add_service(self, data: TracesData, trace: Trace, service: ServiceNode) -> ScopeSpans:
        group: ResourceSpans = data.resource_spans.add()
        group.resource.CopyFrom(self._resources[trace.resource(service)])
        scope_spans = group.scope_spans.add()
        scope_spans.scope.CopyFrom(_SCOPE)
        return scope_spans

    def _fill(self, message: SpanMessage, trace: Trace, span: Span) -> None:
        message.MergeFrom(self._prototype(span))
        message.trace_id = trace.trace_id
        message.span_id = span.span_id
        if span.parent != ROOT:
            message.parent_span_id = trace.spans[span.parent].span_id
        message.flags = _flags(span)
        message.start_time_unix_nano = span.start
        message.end_time_unix_nano = span.end
        add_attributes(message.attributes, semantics.varying_attributes(span))
        if span.outcome is Outcome.FAULT:
            _add_exception(message, span)

    def _prototype(self, span: Span) -> SpanMessage:
        key = (span.operation, span.kind, span.outcome)
        found = self._prototypes.get(key)
        if found is None:
            found = self._prototypes[key] = _make_prototype(*key)
        return found


def _make_prototype(operation: Operation, kind: Kind, outcome: Outcome) -> SpanMessage:
    message = SpanMessage(
        name=semantics.span_name(operation),
        kind=SpanMessage.SpanKind.ValueType(kind),
    )
    add_attributes(message.attributes, semantics.constant_attributes(operation, kind, outcome))
    error = semantics.error_message(operation, kind, outcome)
    if error is not None:
        message.status.code = Status.STATUS_CODE_ERROR
        message.status.message = error
    return message


def _flags(span: Span) -> int:
    remote = span.kind is Kind.SERVER and span.parent != ROOT
    return _SAMPLED_REMOTE_PARENT if remote else _SAMPLED_LOCAL_PARENT


def _add_exception(message: SpanMessage, span: Span) -> None:
    """Add the exception at three quarters of the span."""
    time = span.start + (span.end - span.start) * 3 // 4
    event = message.events.add(name="exception", time_unix_nano=time)
    add_attributes(event.attributes, semantics.exception_attributes(span.operation))
