"""Settings of what is replayed."""

import re
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, model_validator

from telemetry_common.config import ConfigModel, MisplacedError
from telemetry_common.signals import Signal

_RANGE = re.compile(r"\s*([0-9.]+)\s*%\s*\.\.\s*([0-9.]+)\s*%\s*")


def _fractions(text: str) -> tuple[float, float]:
    match = _RANGE.fullmatch(text)
    if match is None:
        raise ValueError(f"{text!r} is not a range like 0%..10%")
    first, last = float(match[1]) / 100, float(match[2]) / 100
    if not 0 <= first < last <= 1:
        raise ValueError(f"{text!r} does not rise from 0% to 100%")
    return first, last


def _checked_range(text: str) -> str:
    _fractions(text)
    return text


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

    range: Annotated[str, AfterValidator(_checked_range)] = "0%..100%"
    """Which part of the set to replay, by its events: `0%..10%` is the first tenth."""

    @property
    def fractions(self) -> tuple[float, float]:
        """Where the part to replay begins and ends, from 0 to 1."""
        return _fractions(self.range)

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
