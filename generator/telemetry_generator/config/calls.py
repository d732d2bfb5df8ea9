"""Calls: what an operation of an explicit topology does, one edge of the graph each."""

import re
from enum import StrEnum
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, model_validator

from telemetry_generator.config.base import Section

_RANGE = re.compile(r"(\d+)\.\.(\d+)", re.ASCII)
_MOST_CALLS = 10_000

Weight = Annotated[int, Field(ge=0, le=100_000)]
Reference = Annotated[str, Field(min_length=1, max_length=400)]
"""`service` or `service.operation`; `self.operation` for one of the same service."""


def _range(value: Any) -> Any:
    """Return the least and the most of `3`, `1..4` or `[1, 4]`; anything else as it is."""
    if isinstance(value, str) and (found := _RANGE.fullmatch(value.strip())):
        value = [int(found[1]), int(found[2])]
    elif isinstance(value, int) and not isinstance(value, bool):
        value = [value, value]
    whole = isinstance(value, list) and len(value) == 2 and all(type(n) is int for n in value)
    if not whole:
        raise ValueError("not a number or a range like 1..4")
    if not 0 <= value[0] <= value[1] <= _MOST_CALLS:
        raise ValueError(f"must go up, from 0 or more to at most {_MOST_CALLS:,}")
    return tuple(value)


def as_list(value: Any) -> Any:
    """Return a single text as a list of one; anything else as it is."""
    return [value] if isinstance(value, str) else value


class Mode(StrEnum):
    """Whether the caller waits."""

    SYNC = "sync"
    ASYNC = "async"


class CallConfig(Section):
    """A call, or a number of them. A plain text is short for `{to: text}`."""

    to: Reference
    """Whom: `service` for any of its operations by weight, `service.operation` for one, or
    `self.function`."""
    operations: dict[str, Weight] = Field(default_factory=dict)
    """Weights of the callee's operations, where they differ from those that it has itself."""
    probability: float = Field(default=1.0, ge=0, le=1)
    """How likely the call is made, from 0 to 1."""
    count: Annotated[tuple[int, int], BeforeValidator(_range)] = (1, 1)
    """How often it is made when it is made: a number, or a range such as `1..4`."""
    mode: Mode = Field(default=Mode.SYNC, strict=False)
    """`sync`: the caller waits for the answer; `async`: it goes on, so that calls overlap."""
    retries: int = Field(default=0, ge=0, le=10)
    """How often a call that failed is tried again."""

    @model_validator(mode="before")
    @classmethod
    def _from_text(cls, value: Any) -> Any:
        return {"to": value} if isinstance(value, str) else value

    @property
    def per_million(self) -> int:
        """The probability in millionths."""
        return round(self.probability * 1_000_000)


Calls = Annotated[tuple[CallConfig, ...], BeforeValidator(as_list)]
"""Calls in their order; a plain text is short for a list of one."""
