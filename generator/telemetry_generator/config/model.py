"""The whole configuration: what to generate, how much of it, and where to write it."""

from typing import Self

from pydantic import Field, model_validator

from telemetry_common.config import MisplacedError
from telemetry_generator.config.base import Horizon, Section
from telemetry_generator.config.extensions import ExtensionNames
from telemetry_generator.config.infrastructure import InfrastructureConfig
from telemetry_generator.config.limits import LimitsConfig
from telemetry_generator.config.logs import LogsConfig
from telemetry_generator.config.metrics import MetricsConfig
from telemetry_generator.config.output import OutputConfig
from telemetry_generator.config.profiles import ProfilesConfig
from telemetry_generator.config.services import ServicesConfig
from telemetry_generator.config.topology import TopologyConfig
from telemetry_generator.config.traces import TracesConfig
from telemetry_generator.world.names import service_names


class GeneratorConfig(Section):
    """A template set: a signal whose section is absent is off."""

    seed: int = Field(default=0, ge=0, lt=1 << 63)
    """Same seed and configuration, same bytes. `--seed` wins."""
    horizon: Horizon = 600.0
    """The time that the set covers, such as `10m`."""
    output: OutputConfig = OutputConfig()
    """Where the template set goes."""
    topology: TopologyConfig | None = None
    """Services and who calls whom; absent: `traces.services` says how many there are."""
    infrastructure: InfrastructureConfig = InfrastructureConfig()
    """What the services run on."""
    traces: TracesConfig | None = None
    """Traces; absent or `null` is off."""
    metrics: MetricsConfig | None = None
    """Metrics; absent or `null` is off."""
    logs: LogsConfig | None = None
    """Log records; absent or `null` is off."""
    profiles: ProfilesConfig | None = None
    """Profiles; absent or `null` is off."""
    extensions: ExtensionNames = ()
    """Extensions of other packages to use, by name (docs/extending.md)."""
    limits: LimitsConfig = LimitsConfig()
    """How large the set may become."""

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

    @property
    def service_names(self) -> list[str]:
        """The names of all services."""
        if self.topology is not None:
            return list(self.topology.services)
        return service_names(self.services.count, self.services.names)

    @model_validator(mode="after")
    def _services_are_said_once(self) -> Self:
        if self.topology and self.traces and "services" in self.traces.model_fields_set:
            problem = "the topology says already what services there are"
            raise MisplacedError(("traces", "services"), problem, "remove one of the two")
        return self

    @model_validator(mode="after")
    def _spans_are_counted_once(self) -> Self:
        if self.traces is not None:
            check = self.traces.refuse_counts if self.topology else self.traces.check_mean
            check()
        return self

    @model_validator(mode="after")
    def _logs_name_known_services(self) -> Self:
        if self.logs is not None:
            try:
                self.logs.check_services(self.service_names)
            except MisplacedError as error:
                raise MisplacedError(("logs", *error.path), str(error)) from None
        return self

    @model_validator(mode="after")
    def _something_is_on(self) -> Self:
        signals = (self.trace_count, self.metrics, self.logs, self.profiles, self.extensions)
        if not any(signals):
            raise ValueError("no signal is on: add a traces, metrics, logs or profiles section")
        return self
