"""The sender's configuration: every key, its default, its unit and its bounds."""

from typing import Any

from telemetry_common.config import ConfigModel
from telemetry_sender.config.input import InputConfig
from telemetry_sender.config.otlp import OtlpConfig
from telemetry_sender.config.sending import SendingConfig
from telemetry_sender.config.timestamps import TimestampsConfig
from telemetry_sender.sinks.headers import masked_text


class SenderConfig(ConfigModel):
    """All settings of `telemetry-sender`."""

    input: InputConfig
    otlp: OtlpConfig
    sending: SendingConfig = SendingConfig()
    timestamps: TimestampsConfig = TimestampsConfig()
    sink: str = "otlp_grpc"
    """Where blocks go, by name: `otlp_grpc`, `discard`, or a sink of another package."""


def public_view(config: SenderConfig) -> dict[str, Any]:
    """Return the configuration for reports: header values are masked, `${NAME}` stays."""
    shown = config.model_dump(mode="json")
    shown["otlp"]["headers"] = {
        name: masked_text(text) for name, text in config.otlp.headers.items()
    }
    return shown
