"""Writers: who writes log records, each with the resource that its other telemetry has, too."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Self

import numpy as np

from telemetry_generator.draws import I64
from telemetry_generator.logs.table import NONE
from telemetry_generator.world.model import Topology
from telemetry_generator.world.resources import Resource


@dataclass(frozen=True, slots=True, eq=False)
class Writers:
    """All instances of services, then all hosts, then all pods, numbered in this order."""

    topology: Topology
    resources: tuple[Resource, ...]
    services: I64
    """The service of each writer, NONE for hosts; shape (writers,)."""
    hosts: I64
    """The writers that are hosts."""

    @classmethod
    def of(cls, topology: Topology) -> Self:
        """Return the writers of a topology."""
        instances, world = topology.instances, topology.infrastructure
        first_pod = len(instances) + len(world.nodes)
        return cls(
            topology=topology,
            resources=(
                *(instance.resource for instance in instances),
                *(node.host for node in world.nodes),
                *(pod.container for pod in world.pods),
            ),
            services=np.array(
                [
                    *(instance.service for instance in instances),
                    *(NONE for _ in world.nodes),
                    *(pod.service for pod in world.pods),
                ],
                np.int64,
            ),
            hosts=np.arange(len(instances), first_pod),
        )

    def stores_of(self, names: Collection[str] = ()) -> I64:
        """Return the pods of databases, caches and queues, of those with these names or of all."""
        services = self.topology.services
        is_store = [one.is_silent and (not names or one.name in names) for one in services]
        first_pod = len(self.topology.instances) + len(self.hosts)
        pods = np.arange(first_pod, len(self.resources))
        chosen: I64 = pods[np.array(is_store, np.bool_)[self.services[pods]]]
        return chosen
