"""Requests as messages: counted and cut for faults, and the responses that answer them.

All with the generated classes; only what a fault or a capacity in events asks for gets here.
"""

from collections.abc import Iterator, MutableSequence
from typing import Any

from google.protobuf.message import DecodeError, Message
from opentelemetry.proto.collector.logs.v1 import logs_service_pb2 as logs
from opentelemetry.proto.collector.metrics.v1 import metrics_service_pb2 as metrics
from opentelemetry.proto.collector.profiles.v1development import profiles_service_pb2 as profiles
from opentelemetry.proto.collector.trace.v1 import trace_service_pb2 as traces

from telemetry_common.signals import Signal
from telemetry_sender.receiver.faults.actions import Reject
from telemetry_sender.receiver.intake import UndecodableError

REQUESTS: dict[Signal, type[Message]] = {
    Signal.TRACES: traces.ExportTraceServiceRequest,
    Signal.METRICS: metrics.ExportMetricsServiceRequest,
    Signal.LOGS: logs.ExportLogsServiceRequest,
    Signal.PROFILES: profiles.ExportProfilesServiceRequest,
}


def decoded(signal: Signal, payload: bytes) -> Message:
    """Return a request of `signal`. Raises UndecodableError."""
    try:
        return REQUESTS[signal].FromString(payload)
    except DecodeError as error:
        raise UndecodableError(f"not an OTLP {signal} request: {error}") from None


def count_events(signal: Signal, payload: bytes) -> int:
    """Return how many events a request holds. Raises UndecodableError."""
    return sum(map(len, _event_lists(signal, decoded(signal, payload))))


def without_first(signal: Signal, payload: bytes, reject: Reject) -> tuple[bytes, int, int]:
    """Take away the first events that `reject` asks for; profiles go as a whole.

    Returns the rest of the request, how many were taken away as partial success counts them
    (profiles count as profiles), and how many events those are. Raises UndecodableError.
    """
    request = decoded(signal, payload)
    events = sum(map(len, _event_lists(signal, request)))
    rejected = wanted = reject.of(sum(map(len, _rejectable_lists(signal, request))))
    for each in _rejectable_lists(signal, request):
        taken = min(wanted, len(each))
        del each[:taken]
        wanted -= taken
    rest = sum(map(len, _event_lists(signal, request)))
    return request.SerializeToString(), rejected, events - rest


def partial_success(signal: Signal, rejected: int, message: str) -> Message:
    """Return the response that says how much of a request was rejected, and why."""
    if signal is Signal.TRACES:
        return traces.ExportTraceServiceResponse(
            partial_success=traces.ExportTracePartialSuccess(
                rejected_spans=rejected, error_message=message
            )
        )
    if signal is Signal.METRICS:
        return metrics.ExportMetricsServiceResponse(
            partial_success=metrics.ExportMetricsPartialSuccess(
                rejected_data_points=rejected, error_message=message
            )
        )
    if signal is Signal.LOGS:
        return logs.ExportLogsServiceResponse(
            partial_success=logs.ExportLogsPartialSuccess(
                rejected_log_records=rejected, error_message=message
            )
        )
    return profiles.ExportProfilesServiceResponse(
        partial_success=profiles.ExportProfilesPartialSuccess(
            rejected_profiles=rejected, error_message=message
        )
    )


def _event_lists(signal: Signal, request: Any) -> Iterator[MutableSequence[Any]]:
    """Yield the lists that hold the events of a request."""
    if signal is Signal.PROFILES:
        return (each.samples for found in _rejectable_lists(signal, request) for each in found)
    return _rejectable_lists(signal, request)


def _rejectable_lists(signal: Signal, request: Any) -> Iterator[MutableSequence[Any]]:
    """Yield the lists that hold what partial success counts."""
    if signal is Signal.TRACES:
        return (scope.spans for each in request.resource_spans for scope in each.scope_spans)
    if signal is Signal.LOGS:
        return (scope.log_records for each in request.resource_logs for scope in each.scope_logs)
    if signal is Signal.PROFILES:
        return (
            scope.profiles for each in request.resource_profiles for scope in each.scope_profiles
        )
    return (
        getattr(metric, kind).data_points
        for each in request.resource_metrics
        for scope in each.scope_metrics
        for metric in scope.metrics
        if (kind := metric.WhichOneof("data"))
    )
