"""Faults and capacity as people write them: keys of a YAML file, which the options stand for."""

import math
from typing import Annotated, Any, Self

from pydantic import Field, model_validator

from telemetry_common.config import ConfigModel
from telemetry_common.signals import Signal
from telemetry_sender.config.base import (
    Number,
    PositiveInt,
    PositiveNumber,
    PositiveSeconds,
    Seconds,
)
from telemetry_sender.receiver.capacity import Limit, Mode, Unit
from telemetry_sender.receiver.faults.actions import Fault, Refuse
from telemetry_sender.receiver.faults.kinds import STALL, parse_action, parse_span
from telemetry_sender.receiver.faults.when import When


class FaultConfig(ConfigModel):
    """One fault: what happens, and when. Every condition that is given must hold."""

    fault: str
    """`delay`, `stall`, `slow-read`, `reject`, `close`, `answer-lost`, `garbage`, `hang`, or the
    status of an error: a gRPC code such as `unavailable`, or an HTTP code such as `503`."""
    value: str | float | int | None = None
    """What `delay`, `stall`, `slow-read` and `reject` need: a duration such as `50ms`, for `delay`
    also a range such as `10ms..80ms`; for `reject` a number of events, or a share such as `10%`."""
    retry_after: Seconds | None = None
    """With a status: when the client is asked to come again."""
    signal: Signal | None = None
    """Only requests of this signal."""
    probability: Annotated[Number, Field(gt=0, le=1)] = 1.0
    """Only so large a share of the requests, by chance."""
    nth: PositiveInt = 1
    """Only every nth request."""
    first: PositiveInt | None = None
    """Only the first so many requests."""
    from_: Seconds | None = Field(default=None, alias="from")
    """Not before so long after the first request."""
    to: PositiveSeconds | None = None
    """Not later than so long after the first request."""
    every: PositiveSeconds | None = None
    """In windows that begin again after every so many seconds; the first begins at `from`, or
    without it after one such period."""
    lasts: PositiveSeconds | None = Field(default=None, alias="for")
    """How long such a window lasts."""

    @model_validator(mode="before")
    @classmethod
    def _name_as_text(cls, values: Any) -> Any:
        """Let YAML's 503 be the name of a status."""
        if isinstance(values, dict) and type(values.get("fault")) is int:
            return {**values, "fault": str(values["fault"])}
        return values

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        self.built()
        self._check_windows()
        if self.to is not None and self.to <= (self.from_ or 0):
            raise ValueError("`to` is not after `from`")
        return self

    def _check_windows(self) -> None:
        if self.fault == STALL and self.every is None and self.from_ is None:
            raise ValueError("a stall needs `every` or `from`: when it begins")
        lasts = self._window()
        if self.every is not None and lasts == math.inf:
            raise ValueError("`every` needs `for`: how long each window lasts")
        if self.every is not None and lasts >= self.every:
            raise ValueError("a window as long as the time between two never ends")

    def built(self) -> Fault:
        """Return the fault. Raises ValueError where the keys do not fit together."""
        action = parse_action(self.fault, self.value, self.retry_after)
        if self.retry_after is not None and not isinstance(action, Refuse):
            raise ValueError(f"`retry_after` goes with a status only, not with {self.fault}")
        return Fault(self.fault, action, self._when())

    def _when(self) -> When:
        return When(
            signal=self.signal,
            probability=self.probability,
            nth=self.nth,
            first=self.first,
            start=(self.every or 0.0) if self.from_ is None else self.from_,
            end=math.inf if self.to is None else self.to,
            every=self.every,
            lasts=self._window(),
        )

    def _window(self) -> float:
        if self.fault != STALL:
            return math.inf if self.lasts is None else self.lasts
        if self.lasts is not None:
            raise ValueError("a stall lasts as long as its value says; leave out `for`")
        return parse_span(self.fault, self.value)


class CapacityConfig(ConfigModel):
    """What the server can do and no more."""

    rate: PositiveNumber
    """Units a second."""
    unit: Unit = Unit.EVENTS
    """`events`, `requests` or `bytes`; events are decoded to be counted, even when discarding."""
    mode: Mode = Mode.QUEUE
    """`queue`: what is beyond the capacity waits; `refuse`: it is refused with a time to wait."""
    burst: Seconds = 0.05
    """With `refuse`: so many seconds of the capacity may be taken ahead."""

    def built(self) -> Limit:
        """Return the limit."""
        return Limit(self.rate, self.unit, self.mode, self.burst)


class FaultsFile(ConfigModel):
    """The file of `--faults`."""

    faults: tuple[FaultConfig, ...] = ()
    """Faults in their order; of those that end a request, the first one that strikes counts."""
    capacity: CapacityConfig | None = None
    """What the server can do and no more."""
