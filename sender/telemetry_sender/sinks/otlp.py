"""OTLP over the protocol that is configured; only that one's library is imported."""

from telemetry_sender.config.otlp import OtlpProtocol
from telemetry_sender.sinks.base import Sink
from telemetry_sender.sinks.registry import SinkSetting


def make_sink(setting: SinkSetting) -> Sink:
    """Return the sink for the configured endpoints. Raises ConfigError for headers and files."""
    if setting.config.otlp.protocol is OtlpProtocol.GRPC:
        from telemetry_sender.sinks.otlp_grpc import make_grpc_sink  # noqa: PLC0415

        return make_grpc_sink(setting)
    from telemetry_sender.sinks.otlp_http import make_http_sink  # noqa: PLC0415

    return make_http_sink(setting)
