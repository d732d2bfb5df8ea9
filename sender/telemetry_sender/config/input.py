"""Settings of what is replayed."""

from pathlib import Path
from typing import Self

from pydantic import model_validator

from telemetry_common.config import ConfigModel
from telemetry_common.signals import Signal


class InputConfig(ConfigModel):
    """The template files to replay, by signal; any subset, at least one."""

    traces: Path | None = None
    """File of serialized TracesData."""
    metrics: Path | None = None
    """File of serialized MetricsData."""
    logs: Path | None = None
    """File of serialized LogsData."""
    profiles: Path | None = None
    """File of serialized ProfilesData."""

    @property
    def files(self) -> dict[Signal, Path]:
        """The files given, by signal."""
        paths = {signal: getattr(self, signal.value) for signal in Signal}
        return {signal: path for signal, path in paths.items() if path is not None}

    @model_validator(mode="after")
    def _not_empty(self) -> Self:
        if not self.files:
            raise ValueError("no template file; give traces, metrics, logs or profiles")
        return self
