"""Log records taken out of decoded requests."""

from collections.abc import Iterable

from opentelemetry.proto.logs.v1.logs_pb2 import LogRecord, ResourceLogs


def records_of(resources: Iterable[ResourceLogs]) -> list[LogRecord]:
    """Return every log record under `resources`, in wire order."""
    return [
        record for each in resources for scope in each.scope_logs for record in scope.log_records
    ]
