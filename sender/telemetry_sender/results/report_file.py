"""Reports of runs, read back: what the page and the comparison take from the file."""

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    NonNegativeFloat,
    NonNegativeInt,
    model_validator,
)

from telemetry_common.signals import Signal
from telemetry_sender.results.reading import read_part

Column = list[float]
NullableColumn = list[float | None]


class _Part(BaseModel):
    """A part of a report; fields that a later version adds are ignored."""

    model_config = ConfigDict(extra="ignore", frozen=True, allow_inf_nan=False)


class Percentiles(_Part):
    """Latencies in milliseconds."""

    p50: float | None = None
    p90: float | None = None
    p99: float | None = None
    p999: float | None = None
    max: float | None = None


class LatencyViews(_Part):
    """Both views of the same requests."""

    service: Percentiles
    response: Percentiles


class Counters(_Part):
    """What happened to events."""

    scheduled: NonNegativeInt
    sent: NonNegativeInt
    acked: NonNegativeInt
    rejected: NonNegativeInt
    failed: NonNegativeInt
    retried: NonNegativeInt
    dropped: NonNegativeInt
    requests: NonNegativeInt
    bytes: NonNegativeInt
    wire_bytes: NonNegativeInt = 0


class SignalPart(Counters):
    """One signal."""

    latency_ms: LatencyViews


class RunPart(_Part):
    """The run and its surroundings."""

    seed: int
    start: str
    duration_seconds: NonNegativeFloat
    versions: dict[str, str] = Field(default_factory=dict)
    cpu_count: int | None = None
    configuration: dict[str, Any] = Field(default_factory=dict)


class IntendedPart(_Part):
    """What was asked for."""

    events_per_second: float | None


class RatePart(_Part):
    """What was reached."""

    achieved_events_per_second: NonNegativeFloat
    accuracy_percent: float | None = None


class ErrorRow(_Part):
    """One kind of failure."""

    signal: Signal
    code: str
    message: str
    count: NonNegativeInt


class LimitPart(_Part):
    """What limited the run."""

    kind: str
    sentence: str


class SenderPart(_Part):
    """What the sender consumed."""

    cpu_seconds: NonNegativeFloat
    cpu_utilization: NonNegativeFloat
    max_rss_bytes: NonNegativeInt
    processes: int = 1


class ProcessPart(_Part):
    """One process of several."""

    number: NonNegativeInt
    outcome: str
    acked: dict[Signal, NonNegativeInt]
    cpu_seconds: NonNegativeFloat
    max_rss_bytes: NonNegativeInt


class PercentileColumns(_Part):
    """Latencies over time, in milliseconds."""

    p50: NullableColumn = []
    p90: NullableColumn = []
    p99: NullableColumn = []
    p999: NullableColumn = []
    max: NullableColumn = []


class LatencyColumns(_Part):
    """Both views over time."""

    service: PercentileColumns = PercentileColumns()
    response: PercentileColumns = PercentileColumns()


class SignalColumns(_Part):
    """One signal over time."""

    acked_events_per_second: Column = []


class SeriesPart(SignalColumns):
    """The run over time; empty when it was too short, or when the report has none."""

    elapsed_seconds: Column = []
    intended_events_per_second: NullableColumn = []
    sent_events_per_second: Column = []
    rejected_events_per_second: Column = []
    failed_events_per_second: Column = []
    retried_events_per_second: Column = []
    dropped_events_per_second: Column = []
    requests_per_second: Column = []
    bytes_per_second: Column = []
    wire_bytes_per_second: Column = []
    errors_per_second: Column = []
    cpu_cores: Column = []
    max_rss_bytes: Column = []
    latency_ms: LatencyColumns = LatencyColumns()
    signals: dict[Signal, SignalColumns] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _even(self) -> Self:
        if any(after <= before for before, after in pairwise((0.0, *self.elapsed_seconds))):
            raise ValueError("elapsed_seconds do not rise")
        if {len(column) for column in _columns(self)} - {0, len(self.elapsed_seconds)}:
            raise ValueError("columns differ in length")
        return self


def _columns(part: BaseModel) -> Iterator[list[Any]]:
    """Yield all columns of a part and of the parts in it."""
    for name in type(part).model_fields:
        value = getattr(part, name)
        if isinstance(value, list):
            yield value
        for inner in value.values() if isinstance(value, dict) else [value]:
            if isinstance(inner, BaseModel):
                yield from _columns(inner)


class RunReport(_Part):
    """The report of a run, or of several that were merged (docs/report.md)."""

    schema_version: Literal[2]
    run: RunPart
    outcome: str
    intended: IntendedPart
    totals: Counters
    signals: dict[Signal, SignalPart]
    rate: RatePart
    latency_ms: LatencyViews
    errors: list[ErrorRow]
    limit: LimitPart | None = None
    sender: SenderPart
    processes: list[ProcessPart] = []
    """Empty when there was only one."""
    series: SeriesPart = SeriesPart()


def read_report(file: Path) -> RunReport:
    """Return the report in a file. Raises UsageError when it is none or cannot be read."""
    return read_part(RunReport, file)
