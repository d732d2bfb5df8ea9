"""Settings of what is replayed."""

from pathlib import Path
from typing import Literal, Self

from pydantic import model_validator

from telemetry_common.config import ConfigModel, MisplacedError
from telemetry_common.signals import Signal


class InputConfig(ConfigModel):
    """What to replay: template files by signal, any subset; or a stream of them."""

    traces: Path | None = None
    """File of serialized TracesData."""
    metrics: Path | None = None
    """File of serialized MetricsData."""
    logs: Path | None = None
    """File of serialized LogsData."""
    profiles: Path | None = None
    """File of serialized ProfilesData."""
    stream: Path | None = None
    """What `telemetry-generator --stream` writes, instead of files: `-` for standard input."""
    load: Literal["mapped", "streamed"] = "mapped"
    """`mapped`: files are used where they lie. `streamed`: they are read anew in every pass."""

    @property
    def files(self) -> dict[Signal, Path]:
        """The files given, by signal."""
        paths = {signal: getattr(self, signal.value) for signal in Signal}
        return {signal: path for signal, path in paths.items() if path is not None}

    @property
    def is_streamed(self) -> bool:
        """Whether the set comes piece by piece."""
        return self.stream is not None or self.load == "streamed"

    @model_validator(mode="after")
    def _not_empty(self) -> Self:
        if self.stream is not None and self.files:
            fix = "give either a stream or files"
            raise MisplacedError(("stream",), "there are template files too", fix)
        if self.stream is None and not self.files:
            raise ValueError("no template file; give traces, metrics, logs or profiles")
        return self
