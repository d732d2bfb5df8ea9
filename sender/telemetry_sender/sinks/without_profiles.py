"""What sinks say that have no form for profiles: those of records and of tables."""

from telemetry_common.errors import ConfigError
from telemetry_common.signals import Signal
from telemetry_sender.sinks.registry import SinkSetting


def refuse_profiles(setting: SinkSetting) -> None:
    """Raise ConfigError where a sink is to be given profiles."""
    if Signal.PROFILES in setting.signals:
        fix = "remove input.profiles, or use otlp_json or otlp_protobuf"
        raise ConfigError(setting.place, "has no form for profiles", fix)
