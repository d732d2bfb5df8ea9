"""The explicit topology: services and who calls whom."""

from typing import Annotated, Self

from pydantic import BeforeValidator, Field, model_validator

from telemetry_generator.config.base import Section, ServiceName
from telemetry_generator.config.calls import as_list
from telemetry_generator.config.explicit_services import EntryConfig, ExplicitServiceConfig
from telemetry_generator.world.explicit.system import compile_system


class TopologyConfig(Section):
    """Services, their operations and their calls, in place of a number of services."""

    services: dict[ServiceName, ExplicitServiceConfig] = Field(min_length=1)
    """The services by name."""
    ingress: Annotated[tuple[EntryConfig, ...], BeforeValidator(as_list)] = Field(
        default=(), strict=False
    )
    """Where requests enter; absent: at every HTTP or gRPC service that no other calls."""
    max_depth: int | None = Field(default=None, gt=0, le=100)
    """How many calls in a row a request may make; required where calls go in a circle."""

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        compile_system(self.services, self.ingress, self.max_depth, replicas=1, seed=0)
        return self
