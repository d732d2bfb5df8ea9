"""Settings of how much to send, how, and when to stop."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Any, Self

from pydantic import Field, model_validator

from telemetry_common.config import ConfigModel
from telemetry_common.signals import Signal
from telemetry_sender.config.base import Bytes, NonNegativeInt, PositiveInt, Seconds
from telemetry_sender.config.deferred import DeferredConfig
from telemetry_sender.config.named_shapes import ShapeSetting
from telemetry_sender.config.pace import RateLimitConfig
from telemetry_sender.config.precedence import settled
from telemetry_sender.config.processes import Processes, Shard, WhenProcessDies
from telemetry_sender.config.retry import RetryConfig

# Every worker takes memory before the first request; more of them than this only wait.
_MAX_CONCURRENCY = 10_000


class WhenDown(StrEnum):
    """What a run does when its endpoint goes away."""

    WAIT = "wait"
    FAIL = "fail"


class BatchSizeConfig(ConfigModel):
    """The most that goes into one request; the message limit may allow less."""

    traces: PositiveInt = 100
    """Traces that begin in it; a trace is whole unless it is larger than a request may be."""
    metrics: PositiveInt = 1000
    """Data points."""
    logs: PositiveInt = 1000
    """Log records."""
    profiles: PositiveInt = 1000
    """Samples, of whole profiles; every request carries the whole dictionary as well."""

    def of(self, signal: Signal) -> int:
        """Return the batch size of a signal."""
        return int(getattr(self, signal.value))


class SendingConfig(ConfigModel):
    """How much to send, how fast, and when to stop: at the first of duration, multiplier, size."""

    shape: ShapeSetting | None = None
    """How the rate goes over time: the name of a shape, or its description (docs/shapes.md)."""
    rate_limit: RateLimitConfig = RateLimitConfig()
    batch_size: BatchSizeConfig = BatchSizeConfig()
    concurrency: Annotated[PositiveInt, Field(le=_MAX_CONCURRENCY)] = 10
    """Requests in flight of all processes together; shared out by events, but every signal of
    every process gets at least one."""
    duration: Seconds = 0.0
    """Seconds to send for; 0 means no limit."""
    multiplier: NonNegativeInt = 0
    """How often every event is sent; 0 means no limit."""
    size: Bytes = 0
    """Bytes that are written, like `1GB`, compressed, by all sinks and processes together; 0 means
    no limit. The run ends with the event that comes closest."""
    grace_period: Seconds = 10.0
    """Seconds that requests in flight get to finish at the end."""
    retry: RetryConfig = RetryConfig()
    when_down: WhenDown = WhenDown.WAIT
    """`wait`: when the endpoint goes away, requests wait until it is back. `fail`: the run ends
    with an error once several requests in a row have used up their retries."""
    deferred: DeferredConfig = DeferredConfig()
    processes: Processes = 1
    """Processes that share out the run: a number, or `auto` for all CPUs but one."""
    when_process_dies: WhenProcessDies = WhenProcessDies.STOP
    """`stop`: the other processes end in good order, and the run has failed. `continue`: they go
    on, and what the dead one still had to send is counted as dropped."""
    shard: Shard | None = None
    """Which part of the run this instance sends: `0/4` is the first of four, `auto/4` takes its
    number from JOB_COMPLETION_INDEX. All instances need the same `--run-seed`."""
    distinct_resources: bool = False
    """Whether the resources of each shard get identities of their own: a suffix behind the values
    of `service.instance.id`, `host.name` and the like (docs/processes.md)."""

    @model_validator(mode="after")
    def _distinct_from_others(self) -> Self:
        if self.distinct_resources and self.shard is None:
            raise ValueError("distinct_resources needs a shard, whose number tells them apart")
        return self

    @model_validator(mode="before")
    @classmethod
    def _settled(cls, values: Any) -> Any:
        return settled(values) if isinstance(values, Mapping) else values
