"""Settings of where blocks go."""

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import Field

from telemetry_common.config import ConfigModel

OTLP_SINK = "otlp"
DISCARD_SINK = "discard"

LOCAL_SINKS = frozenset(
    {
        "otlp_json",
        "otlp_protobuf",
        "ndjson",
        "json",
        "csv",
        "influx",
        "leb128",
        "bitpacked",
        "arrow",
        "parquet",
    }
)
"""Built-in sinks that leave files behind; runs into them alone follow the timeline by default."""


class SinkConfig(ConfigModel):
    """One destination of a run."""

    name: str
    """Name of the sink: see `telemetry-sender sinks`."""
    options: dict[str, Any] = Field(default_factory=dict)
    """What it is told: see [Options of sinks](#options-of-sinks). `otlp` has a section instead."""

    @property
    def is_local(self) -> bool:
        """Whether it is a built-in one that leaves files behind."""
        return self.name in LOCAL_SINKS


def listed(value: Any) -> Any:
    """Return the sinks as a list, each with its options: a name alone stands for itself."""
    if isinstance(value, str | Mapping):
        return [_described(value)]
    if isinstance(value, Sequence):
        return [_described(each) for each in value]
    return value


def _described(sink: Any) -> Any:
    return {"name": sink} if isinstance(sink, str) else sink
