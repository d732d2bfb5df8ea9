"""The generator's configuration: what to generate, how much of it, and where to write it."""

from typing import Annotated, Any, Self

from pydantic import BeforeValidator, ConfigDict, Field, field_validator, model_validator

from telemetry_common.config import ConfigModel
from telemetry_common.units import parse_duration
from telemetry_generator.world.names import service_names

MAX_SPANS_PER_TRACE = 1 << 20
"""The span counter of an id has 20 bits below the trace's number."""

_MIN_HORIZON_SECONDS = 1.0
_MAX_HORIZON_SECONDS = 366 * 86_400.0


def _horizon_seconds(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise ValueError("not a duration like 30s, 5m or 1h30m")  # noqa: TRY004 - pydantic's way
    seconds = parse_duration(value)
    if not _MIN_HORIZON_SECONDS <= seconds <= _MAX_HORIZON_SECONDS:
        raise ValueError("must be between 1s and 366d")
    return seconds


def _unique_names(names: tuple[str, ...]) -> tuple[str, ...]:
    repeated = sorted({name for name in names if names.count(name) > 1})
    if repeated:
        raise ValueError(f"service {repeated[0]!r} is named twice")
    return names


Horizon = Annotated[float, BeforeValidator(_horizon_seconds)]
Positive = Annotated[int, Field(gt=0)]
Percentage = Annotated[float, Field(ge=0, le=100)]
ServiceName = Annotated[str, Field(min_length=1, max_length=200, pattern=r"^\S+$")]


class Section(ConfigModel):
    """Base of the sections below: `true` or `"5"` is not a number here."""

    model_config = ConfigDict(strict=True)


class OutputConfig(Section):
    """Where the template set goes."""

    directory: str = Field(default="./generated", min_length=1)
    """Directory of the set; created when it does not exist. `--output-dir` wins."""
    prefix: str = Field(default="telemetry", pattern=r"^[A-Za-z0-9_][A-Za-z0-9_.-]*$")
    """Name of the set: files are called `<prefix>-traces.pb`, `<prefix>-metadata.yaml`, …."""


class SpanCountConfig(Section):
    """How many spans a trace has: normally distributed, at least one."""

    avg_per_trace: float = Field(default=15, ge=1, le=MAX_SPANS_PER_TRACE / 2)
    """Mean number of spans of a trace."""
    std_dev: float = Field(default=5, ge=0, le=MAX_SPANS_PER_TRACE / 16)
    """Standard deviation of the number of spans; 0 gives every trace the mean."""


class IngressConfig(Section):
    """Where requests enter the system."""

    single: bool = False
    """Whether all traces start at one service; otherwise at any of the first third."""
    service: ServiceName | None = None
    """The service where all traces start; naming one implies `single`."""


class ServicesConfig(Section):
    """The services of the generated system."""

    count: int = Field(default=5, gt=0, le=10_000)
    """Number of services."""
    names: tuple[ServiceName, ...] = Field(default=(), strict=False)
    """Names of the first services; the rest get default names. A name such as `db` or
    `redis-cache` makes a service a data store."""
    ingress: IngressConfig = IngressConfig()
    """Where requests enter the system."""

    _names_differ = field_validator("names")(_unique_names)

    @model_validator(mode="after")
    def _names_fit(self) -> Self:
        if len(self.names) > self.count:
            raise ValueError(f"{len(self.names)} names for a count of {self.count}")
        names = service_names(self.count, self.names)
        if self.ingress.service is not None and self.ingress.service not in names:
            known = ", ".join(names[:20])
            raise ValueError(f"ingress service {self.ingress.service!r} is none of {known}")
        return self


class TracesConfig(Section):
    """Traces: requests that travel through the services."""

    count: int = Field(default=10_000, ge=0, le=1 << 40)
    """Number of traces; 0 turns the signal off."""
    spans: SpanCountConfig = SpanCountConfig()
    """How many spans a trace has."""
    services: ServicesConfig = ServicesConfig()
    """The services of the generated system; metrics and logs use them too."""


class TimeSeriesConfig(Section):
    """How many time series a metric has: `default` ± 1/6, kept within `min` and `max`."""

    min: Positive = 100
    """Fewest time series of a metric."""
    max: Annotated[int, Field(gt=0, le=1_000_000)] = 500
    """Most time series of a metric."""
    default: Positive = 300
    """Typical number of time series of a metric."""

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if not self.min <= self.default <= self.max:
            order = f"min {self.min}, default {self.default}, max {self.max}"
            raise ValueError(f"must be min <= default <= max, not {order}")
        return self


class MetricsConfig(Section):
    """Metrics: a selection from the catalogue, then application metrics."""

    metric_count: Annotated[int, Field(gt=0, le=10_000_000)] = 100
    """Number of metrics. What the catalogue cannot give is made up of application metrics."""
    timeseries_per_metric: TimeSeriesConfig = TimeSeriesConfig()
    """How many time series a metric has."""


class LogTypeConfig(Section):
    """The share of one type of log record."""

    percentage: Percentage
    """Share of the records, in percent, in steps of 0.1."""

    @field_validator("percentage")
    @classmethod
    def _in_tenths(cls, value: float) -> float:
        if round(value * 10) != round(value * 10, 6):
            raise ValueError("percentages go in steps of 0.1")
        return value

    @property
    def per_mille(self) -> int:
        """The share in thousandths: exact, where a percentage of 0.1 steps is not."""
        return round(self.percentage * 10)


class LogTypesConfig(Section):
    """The types of log records; their percentages sum to 100."""

    http_access: LogTypeConfig = LogTypeConfig(percentage=40)
    """Access log of the HTTP services."""
    application: LogTypeConfig = LogTypeConfig(percentage=40)
    """What the services' own code logs: 10 % DEBUG, 60 % INFO, 20 % WARN, 10 % ERROR."""
    system: LogTypeConfig = LogTypeConfig(percentage=20)
    """What hosts log; such a record belongs to no span."""

    @property
    def per_mille(self) -> dict[str, int]:
        """The share of each type in thousandths."""
        return {
            "http_access": self.http_access.per_mille,
            "application": self.application.per_mille,
            "system": self.system.per_mille,
        }

    @model_validator(mode="after")
    def _sums_to_all(self) -> Self:
        total = sum(self.per_mille.values())
        if total != 1000:
            raise ValueError(f"percentages must sum to 100, not {total / 10:g}")
        return self


class LogsConfig(Section):
    """Log records of three types."""

    count: Annotated[int, Field(gt=0, le=1 << 40)] = 50_000
    """Number of log records."""
    types: LogTypesConfig = LogTypesConfig()
    """The share of each type."""


class GeneratorConfig(Section):
    """A template set: a signal whose section is absent is off."""

    seed: int = Field(default=0, ge=0, lt=1 << 63)
    """Same seed and configuration, same bytes. `--seed` wins."""
    horizon: Horizon = 600.0
    """The time that the set covers, such as `10m`."""
    output: OutputConfig = OutputConfig()
    """Where the template set goes."""
    traces: TracesConfig | None = None
    """Traces; absent or `null` is off."""
    metrics: MetricsConfig | None = None
    """Metrics; absent or `null` is off."""
    logs: LogsConfig | None = None
    """Log records; absent or `null` is off."""

    @property
    def horizon_nanos(self) -> int:
        """The horizon in nanoseconds."""
        return round(self.horizon * 1e9)

    @property
    def trace_count(self) -> int:
        """Number of traces, 0 when the signal is off."""
        return self.traces.count if self.traces else 0

    @property
    def services(self) -> ServicesConfig:
        """The services, which metrics and logs need even when traces are off."""
        return self.traces.services if self.traces else ServicesConfig()

    @model_validator(mode="after")
    def _something_is_on(self) -> Self:
        if not (self.trace_count or self.metrics or self.logs):
            raise ValueError("no signal is on: add a traces, metrics or logs section")
        return self
