"""The way that replay tools usually take: parse, copy, set every field, serialize."""

import copy
import os
from collections.abc import Callable
from typing import Any

from opentelemetry.proto.logs.v1.logs_pb2 import LogsData
from opentelemetry.proto.metrics.v1.metrics_pb2 import MetricsData
from opentelemetry.proto.trace.v1.trace_pb2 import Span, TracesData

from telemetry_common.signals import Signal


class FreshIds:
    """One new random id for each template id."""

    def __init__(self) -> None:
        self._ids: dict[bytes, bytes] = {}

    def of(self, template: bytes) -> bytes:
        """Return the new id; an empty one stays empty."""
        if template and template not in self._ids:
            self._ids[template] = os.urandom(len(template))
        return self._ids.get(template, template)


def stamp_traces(data: bytes, now: int) -> bytes:
    """Return a batch of traces with new ids and times."""
    batch = copy.deepcopy(TracesData.FromString(data))
    ids = FreshIds()
    for resource in batch.resource_spans:
        for scope in resource.scope_spans:
            for span in scope.spans:
                _set_span(span, ids, now)
    return batch.SerializeToString()


def _set_span(span: Span, ids: FreshIds, now: int) -> None:
    span.trace_id = ids.of(span.trace_id)
    span.span_id = ids.of(span.span_id)
    span.parent_span_id = ids.of(span.parent_span_id)
    span.start_time_unix_nano += now
    span.end_time_unix_nano += now
    for event in span.events:
        event.time_unix_nano += now
    for link in span.links:
        link.trace_id = ids.of(link.trace_id)
        link.span_id = ids.of(link.span_id)


def stamp_metrics(data: bytes, now: int) -> bytes:
    """Return a batch of metrics with new times and grown values."""
    batch = copy.deepcopy(MetricsData.FromString(data))
    for resource in batch.resource_metrics:
        for scope in resource.scope_metrics:
            for metric in scope.metrics:
                for point in getattr(metric, metric.WhichOneof("data") or "").data_points:
                    _set_point(point, now)
    return batch.SerializeToString()


def _set_point(point: Any, now: int) -> None:
    point.time_unix_nano = now
    if point.start_time_unix_nano:
        point.start_time_unix_nano = now - 1
    if "bucket_counts" in point.DESCRIPTOR.fields_by_name:
        point.count *= 2
        point.sum *= 2
        point.bucket_counts[:] = [2 * count for count in point.bucket_counts]
    elif point.WhichOneof("value") == "as_int":
        point.as_int *= 2
    else:
        point.as_double *= 2


def stamp_logs(data: bytes, now: int) -> bytes:
    """Return a batch of log records with new ids and times."""
    batch = copy.deepcopy(LogsData.FromString(data))
    ids = FreshIds()
    for resource in batch.resource_logs:
        for scope in resource.scope_logs:
            for record in scope.log_records:
                record.time_unix_nano = now
                record.observed_time_unix_nano = now
                record.trace_id = ids.of(record.trace_id)
                record.span_id = ids.of(record.span_id)
    return batch.SerializeToString()


NAIVE: dict[Signal, Callable[[bytes, int], bytes]] = {
    Signal.TRACES: stamp_traces,
    Signal.METRICS: stamp_metrics,
    Signal.LOGS: stamp_logs,
}
