"""Sinks as a run would make them, for an endpoint of a test."""

from collections.abc import Mapping
from typing import Any

from sender_results import make_config
from telemetry_common.signals import Signal
from telemetry_sender.sinks.base import Sink
from telemetry_sender.sinks.registry import SinkSetting, find_sink


def sink_at(
    name: str,
    endpoint: str = "http://127.0.0.1:1",
    environ: Mapping[str, str] | None = None,
    **otlp: Any,
) -> Sink:
    """Return the sink called `name`, not yet opened, with these settings under `otlp`."""
    otlp.setdefault("connect_timeout", 10)
    config = make_config(sinks=name, otlp={"endpoint": endpoint, **otlp})
    return find_sink(name)(SinkSetting(config, environ or {}, tuple(Signal)))
