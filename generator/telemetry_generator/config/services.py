"""The services of the generated system, and where requests enter it."""

from typing import Self

from pydantic import Field, field_validator, model_validator

from telemetry_generator.config.base import Section, ServiceName
from telemetry_generator.world.names import service_names


def _unique_names(names: tuple[str, ...]) -> tuple[str, ...]:
    repeated = sorted({name for name in names if names.count(name) > 1})
    if repeated:
        raise ValueError(f"service {repeated[0]!r} is named twice")
    return names


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
