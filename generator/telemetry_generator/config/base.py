"""What the sections of the configuration share: strictness and the types of their values."""

from typing import Annotated, Any

from pydantic import BeforeValidator, ConfigDict, Field

from telemetry_common.config import ConfigModel
from telemetry_common.units import parse_duration

_MIN_HORIZON_SECONDS = 1.0
_MAX_HORIZON_SECONDS = 366 * 86_400.0


def _horizon_seconds(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise ValueError("not a duration like 30s, 5m or 1h30m")  # noqa: TRY004 - pydantic's way
    seconds = parse_duration(value)
    if not _MIN_HORIZON_SECONDS <= seconds <= _MAX_HORIZON_SECONDS:
        raise ValueError("must be between 1s and 366d")
    return seconds


Horizon = Annotated[float, BeforeValidator(_horizon_seconds)]
Positive = Annotated[int, Field(gt=0)]
Percentage = Annotated[float, Field(ge=0, le=100)]
ServiceName = Annotated[str, Field(min_length=1, max_length=200, pattern=r"^\S+$")]
Label = Annotated[str, Field(min_length=1, max_length=63, pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")]
"""A name that Kubernetes and clouds would take too."""


class Section(ConfigModel):
    """Base of the sections below: `true` or `"5"` is not a number here."""

    model_config = ConfigDict(strict=True)
