"""Says on every resource which of Acme's tenants it belongs to."""

from collections.abc import Mapping
from typing import Any

from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import (
    ExportMetricsServiceRequest,
)
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from telemetry_common.signals import Signal
from telemetry_sender.transformers.base import TransformerSetting

_REQUESTS: Mapping[Signal, tuple[type[Any], str]] = {
    Signal.TRACES: (ExportTraceServiceRequest, "resource_spans"),
    Signal.METRICS: (ExportMetricsServiceRequest, "resource_metrics"),
    Signal.LOGS: (ExportLogsServiceRequest, "resource_logs"),
}


class Tenant:
    """Adds the attribute `acme.tenant`."""

    def __init__(self, name: str) -> None:
        self._name = name

    def transform(self, signal: Signal, data: bytes) -> bytes:
        """Return the request with the attribute on every resource; profiles stay as they are."""
        if signal not in _REQUESTS:
            return data
        kind, groups = _REQUESTS[signal]
        request = kind.FromString(data)
        for group in getattr(request, groups):
            group.resource.attributes.add(key="acme.tenant").value.string_value = self._name
        return bytes(request.SerializeToString())


def make_transformer(setting: TransformerSetting) -> Tenant:
    """Return the transformer for the tenant that its options name. Raises ValueError."""
    name = setting.options.get("name")
    if not isinstance(name, str):
        raise ValueError("the option `name` says which tenant")  # noqa: TRY004 - of the contract
    return Tenant(name)
