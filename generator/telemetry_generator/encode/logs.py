"""Logs as OTLP bytes: one `LogsData` a chunk, with a `ResourceLogs` for each resource in it."""

from collections.abc import Sequence

from opentelemetry.proto.logs.v1.logs_pb2 import LogRecord as LogMessage
from opentelemetry.proto.logs.v1.logs_pb2 import LogsData, ScopeLogs, SeverityNumber

from telemetry_generator.encode.values import ResourceMessages, add_attributes
from telemetry_generator.logs.records import LogRecord
from telemetry_generator.world.resources import Resource

_SAMPLED = 1  # W3C trace flags
_COLLECTION_NANOS = 5_000_000


class LogEncoder:
    """Encodes chunks of log records."""

    def __init__(self, horizon_nanos: int) -> None:
        self._resources = ResourceMessages()
        self._horizon_nanos = horizon_nanos

    def encode(self, records: Sequence[LogRecord]) -> tuple[bytes, int]:
        """Return the chunk as `LogsData` bytes, and how many resources are in it."""
        data = LogsData()
        groups: dict[Resource, ScopeLogs] = {}
        for record in records:
            into = groups.get(record.resource)
            if into is None:
                into = groups[record.resource] = self._add_resource(data, record.resource)
            self._fill(into.log_records.add(), record)
        return data.SerializeToString(deterministic=True), len(groups)

    def _add_resource(self, data: LogsData, resource: Resource) -> ScopeLogs:
        group = data.resource_logs.add()
        group.resource.CopyFrom(self._resources[resource])
        scope_logs = group.scope_logs.add()
        scope_logs.scope.name = "io.stampede.logs"
        scope_logs.scope.version = "1.0.0"
        return scope_logs

    def _fill(self, message: LogMessage, record: LogRecord) -> None:
        message.time_unix_nano = record.time
        message.observed_time_unix_nano = self._observed(record.time)
        message.severity_number = SeverityNumber.ValueType(record.severity)
        message.severity_text = record.severity.name
        message.body.string_value = record.body
        add_attributes(message.attributes, record.attributes)
        if record.of is not None:
            message.trace_id = record.of.trace.trace_id
            message.span_id = record.of.span.span_id
            message.flags = _SAMPLED

    def _observed(self, time: int) -> int:
        """Return when the record was collected: a little later, but within the horizon."""
        return min(time + 1_000 + time % _COLLECTION_NANOS, self._horizon_nanos)
