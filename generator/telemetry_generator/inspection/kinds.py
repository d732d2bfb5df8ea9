"""Names of the kinds of spans."""

from opentelemetry.proto.trace.v1.trace_pb2 import Span


def kind_name(kind: int) -> str:
    """Return `server`, `client`, …; of a kind that OTLP does not have, its number."""
    if kind not in Span.SpanKind.values():
        return str(kind)
    return Span.SpanKind.Name(Span.SpanKind.ValueType(kind)).removeprefix("SPAN_KIND_").lower()
