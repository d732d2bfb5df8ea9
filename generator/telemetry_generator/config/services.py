"""The services of the generated system, and where requests enter it."""

from collections import Counter
from collections.abc import Sequence
from typing import Self

from pydantic import Field, field_validator, model_validator

from telemetry_common.config import ConfigPath, MisplacedError
from telemetry_generator.config.base import Label, Section, ServiceName
from telemetry_generator.world.names import service_names


def _unique_names(names: tuple[str, ...]) -> tuple[str, ...]:
    repeated = [name for name, count in Counter(names).items() if count > 1]
    if repeated:
        raise ValueError(f"service {repeated[0]!r} is named twice")
    return names


def _check_known(name: str, names: Sequence[str], path: ConfigPath) -> None:
    if name not in names:
        raise MisplacedError(path, f"service {name!r} is none of {', '.join(names[:20])}")


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
    namespaces: tuple[Label, ...] = Field(default=("shop",), min_length=1, strict=False)
    """Namespaces, which services get by turns, in their order."""
    namespace_assignments: dict[ServiceName, Label] = Field(default_factory=dict)
    """Namespaces of single services, by name; the others still get theirs by turns."""
    ingress: IngressConfig = IngressConfig()
    """Where requests enter the system."""

    _names_differ = field_validator("names")(_unique_names)

    @model_validator(mode="after")
    def _names_fit(self) -> Self:
        if len(self.names) > self.count:
            raise ValueError(f"{len(self.names)} names for a count of {self.count}")
        names = service_names(self.count, self.names)
        if self.ingress.service is not None:
            _check_known(self.ingress.service, names, ("ingress", "service"))
        for name in self.namespace_assignments:
            _check_known(name, names, ("namespace_assignments", name))
        return self

    def namespace_of(self, name: str, number: int) -> str:
        """Return the namespace of service `number`, which has this name."""
        by_turns = self.namespaces[number % len(self.namespaces)]
        return self.namespace_assignments.get(name, by_turns)
