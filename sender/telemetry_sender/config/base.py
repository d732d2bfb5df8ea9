"""Types of settings that several sections share."""

from typing import Annotated

from pydantic import BeforeValidator, Field

from telemetry_common.units import parse_duration, parse_size

_TEN_YEARS_MS = 10 * 365 * 86_400_000


def _seconds(value: str | float) -> float:
    if isinstance(value, str | int | float) and not isinstance(value, bool):
        return parse_duration(value)
    raise ValueError("a duration like 30s, 5m or 1h30m is needed")


def _bytes(value: str | int) -> int:
    if isinstance(value, str | int) and not isinstance(value, bool):
        return parse_size(value)
    raise ValueError("a size like 4MB is needed")


# Strict numbers: `true` and "10" are not counts.
PositiveInt = Annotated[int, Field(gt=0, strict=True)]
NonNegativeInt = Annotated[int, Field(ge=0, strict=True)]
Number = Annotated[float, Field(strict=True, allow_inf_nan=False)]
PositiveNumber = Annotated[Number, Field(gt=0)]
Millis = Annotated[Number, Field(ge=0, le=_TEN_YEARS_MS)]
Seconds = Annotated[float, BeforeValidator(_seconds)]
PositiveSeconds = Annotated[Seconds, Field(gt=0)]
Bytes = Annotated[int, BeforeValidator(_bytes)]
