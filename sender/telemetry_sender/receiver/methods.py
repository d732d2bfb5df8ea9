"""The gRPC methods of OTLP: one Export a signal, named in the OTLP specification."""

from telemetry_common.signals import Signal

EXPORT_METHODS = {
    "/opentelemetry.proto.collector.trace.v1.TraceService/Export": Signal.TRACES,
    "/opentelemetry.proto.collector.metrics.v1.MetricsService/Export": Signal.METRICS,
    "/opentelemetry.proto.collector.logs.v1.LogsService/Export": Signal.LOGS,
    "/opentelemetry.proto.collector.profiles.v1development.ProfilesService/Export": Signal.PROFILES,
}
