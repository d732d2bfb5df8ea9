"""Reads export responses: how many events a receiver rejected although it took the request.

A partial success must not be retried
(https://opentelemetry.io/docs/specs/otlp/#partial-success).
"""

import json
from collections.abc import Mapping
from typing import Any

from google.protobuf.message import DecodeError, Message
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceResponse
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import (
    ExportMetricsServiceResponse,
)
from opentelemetry.proto.collector.profiles.v1development.profiles_service_pb2 import (
    ExportProfilesServiceResponse,
)
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceResponse

from telemetry_common.signals import Signal
from telemetry_sender.sinks.delivery import Delivery

UNREADABLE = Delivery("INTERNAL", message="the response is not OTLP")
"""As gRPC calls a response that its client cannot decode; it is not retried."""

_ACCEPTED = Delivery()

_RESPONSES: Mapping[Signal, type[Message]] = {
    Signal.TRACES: ExportTraceServiceResponse,
    Signal.METRICS: ExportMetricsServiceResponse,
    Signal.LOGS: ExportLogsServiceResponse,
    Signal.PROFILES: ExportProfilesServiceResponse,
}
# OTLP counts whole profiles and does not say which; each has one sample at least.
_REJECTED = {
    Signal.TRACES: ("rejected_spans", "rejectedSpans"),
    Signal.METRICS: ("rejected_data_points", "rejectedDataPoints"),
    Signal.LOGS: ("rejected_log_records", "rejectedLogRecords"),
    Signal.PROFILES: ("rejected_profiles", "rejectedProfiles"),
}


def read_protobuf(signal: Signal, answer: bytes) -> Delivery:
    """Return what a serialized export response of `signal` says."""
    if not answer:
        return _ACCEPTED
    try:
        response: Any = _RESPONSES[signal].FromString(answer)
    except DecodeError:
        return UNREADABLE
    partial = response.partial_success
    rejected: int = getattr(partial, _REJECTED[signal][0])
    return Delivery(rejected=rejected, message=partial.error_message)


def read_json(signal: Signal, answer: bytes) -> Delivery:
    """Return what an export response of `signal` as OTLP/JSON says."""
    if not answer.strip():
        return _ACCEPTED
    try:
        partial = json.loads(answer).get("partialSuccess") or {}
        # A 64-bit integer is a string in JSON of protobuf; numbers are understood too.
        rejected = int(partial.get(_REJECTED[signal][1]) or 0)
        return Delivery(rejected=rejected, message=str(partial.get("errorMessage") or ""))
    except (ValueError, TypeError, AttributeError, RecursionError):
        return UNREADABLE
