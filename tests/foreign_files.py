"""Traces with template attributes as other tools write them, and what they mean."""

from collections.abc import Iterator
from random import Random
from typing import Any

from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue
from opentelemetry.proto.trace.v1.trace_pb2 import ResourceSpans, ScopeSpans, Span, TracesData

from otlp_samples import sample
from telemetry_common.signals import Signal

OFFSET, DURATION = "_template.start_offset_nanos", "_template.duration_nanos"
EMIT_DELAY = "_template.emit_delay_ms"


def attribute(key: str, value: int) -> KeyValue:
    """Return an attribute with an integer value."""
    return KeyValue(key=key, value=AnyValue(int_value=value))


def timed_span(number: int, parent: int, offset: int, duration: int, **fields: Any) -> Span:
    """Return a span of one trace that has its timing as attributes."""
    timing = [attribute(OFFSET, offset), attribute(DURATION, duration)]
    fields.setdefault("trace_id", b"t" * 16)
    return Span(
        span_id=number.to_bytes(8, "big"),
        parent_span_id=parent.to_bytes(8, "big") if parent else b"",
        name=f"span {number}",
        attributes=[attribute("kept", number), *timing],
        **fields,
    )


def file_of(*spans: Span) -> bytes:
    """Return a file with these spans in one resource."""
    resource = ResourceSpans(scope_spans=[ScopeSpans(spans=spans)])
    return TracesData(resource_spans=[resource]).SerializeToString()


def foreign_sample(rng: Random) -> TracesData:
    """Return arbitrary traces, some of whose spans have template attributes."""
    data = sample(rng, Signal.TRACES)
    assert isinstance(data, TracesData)
    for span in spans_of(data):
        if rng.random() < 0.6:
            _mark(rng, span)
    return data


def _mark(rng: Random, span: Span) -> None:
    """Add template attributes; times are often left out, but not always."""
    marks = [attribute(EMIT_DELAY, 5)] if rng.random() < 0.3 else []
    if rng.random() < 0.8:
        limit = rng.choice([1, 200, 10**9, 3 * 10**17])
        marks += [attribute(name, rng.randrange(limit)) for name in (OFFSET, DURATION)]
        if rng.random() < 0.7:
            span.ClearField("start_time_unix_nano")
            span.ClearField("end_time_unix_nano")
    attributes = [*span.attributes, *marks]
    rng.shuffle(attributes)
    del span.attributes[:]
    span.attributes.extend(attributes)


def spans_of(data: TracesData) -> Iterator[Span]:
    """Yield all spans in wire order."""
    for resource in data.resource_spans:
        for scope in resource.scope_spans:
            yield from scope.spans


def set_times(data: TracesData) -> TracesData:
    """Give each marked span its times, with the protobuf classes, and drop the marks."""
    epochs = _epochs(data)
    for span in spans_of(data):
        marks = _marks(span)
        if OFFSET in marks:
            epoch = epochs.get(span.trace_id, 1)
            span.start_time_unix_nano = (epoch + marks[OFFSET]) % 2**64
            span.end_time_unix_nano = (epoch + marks[OFFSET] + marks[DURATION]) % 2**64
        kept = [each for each in span.attributes if not each.key.startswith("_template.")]
        del span.attributes[:]
        span.attributes.extend(kept)
    return data


def _marks(span: Span) -> dict[str, int]:
    return {each.key: each.value.int_value for each in span.attributes}


def _epochs(data: TracesData) -> dict[bytes, int]:
    epochs: dict[bytes, int] = {}
    for span in spans_of(data):
        identified = len(span.trace_id) == 16 and any(span.trace_id)
        if identified and span.start_time_unix_nano and OFFSET not in _marks(span):
            known = epochs.get(span.trace_id, span.start_time_unix_nano)
            epochs[span.trace_id] = min(known, span.start_time_unix_nano)
    return epochs
