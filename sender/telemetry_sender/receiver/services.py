"""The gRPC services of OTLP, named in its specification: one a signal, each with one method."""

from telemetry_common.signals import Signal

EXPORT = "Export"

SERVICES = {
    "opentelemetry.proto.collector.trace.v1.TraceService": Signal.TRACES,
    "opentelemetry.proto.collector.metrics.v1.MetricsService": Signal.METRICS,
    "opentelemetry.proto.collector.logs.v1.LogsService": Signal.LOGS,
    "opentelemetry.proto.collector.profiles.v1development.ProfilesService": Signal.PROFILES,
}
