"""Systems for tests of the world: from a number of services, or from a topology in YAML."""

from typing import Any

from telemetry_common.config import ConfigModel, parse_yaml, validate
from telemetry_generator.config.infrastructure import InfrastructureConfig
from telemetry_generator.config.services import ServicesConfig
from telemetry_generator.config.topology import TopologyConfig
from telemetry_generator.world.build import build_topology
from telemetry_generator.world.model import Operation, ServiceNode, Topology


class TopologyFile(ConfigModel):
    """A configuration of which only the topology matters."""

    topology: TopologyConfig


def layered(
    seed: int = 0, *, infrastructure: dict[str, Any] | None = None, **services: Any
) -> Topology:
    """Return the layered graph of this `traces.services` section."""
    return build_topology(
        ServicesConfig.model_validate(services),
        None,
        InfrastructureConfig.model_validate(infrastructure or {}),
        seed,
    )


def explicit(text: str, seed: int = 0, *, infrastructure: dict[str, Any] | None = None) -> Topology:
    """Return the system of a YAML file with a `topology` section. Raises ConfigError."""
    config = validate(TopologyFile, parse_yaml(text, "shop.yaml"))
    return build_topology(
        ServicesConfig(),
        config.topology,
        InfrastructureConfig.model_validate(infrastructure or {}),
        seed,
    )


def service(topology: Topology, name: str) -> ServiceNode:
    """Return the service of this name."""
    return next(found for found in topology.services if found.name == name)


def endpoints(topology: Topology, name: str) -> list[Operation]:
    """Return what others can ask of the service of this name."""
    return [topology.operations[number] for number in service(topology, name).endpoints]


def reachable(topology: Topology) -> set[str]:
    """Return the names of the services that a request can reach."""
    todo = [topology.operations[number].service for number in topology.ingress]
    found: set[int] = set()
    while todo:
        number = todo.pop()
        if number not in found:
            found.add(number)
            todo += topology.services[number].callees
    return {topology.services[number].name for number in found}
