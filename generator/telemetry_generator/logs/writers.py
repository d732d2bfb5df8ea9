"""Writers: who writes log records, each with the resource that its other telemetry has, too."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Self

import numpy as np

from telemetry_common.ids import U64
from telemetry_generator.draws import I64, Weights, below
from telemetry_generator.logs.table import NONE
from telemetry_generator.world.model import Protocol, Topology
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


@dataclass(frozen=True, slots=True, eq=False)
class Choices:
    """Lists to choose from, one after another in `items`."""

    items: I64
    first: I64
    count: I64

    @classmethod
    def of(cls, lists: Collection[Collection[int]]) -> Self:
        """Take lists of numbers; some may be empty, as long as nothing is chosen from them."""
        count = np.array([len(each) for each in lists], np.int64)
        items = np.array([item for each in lists for item in each], np.int64)
        return cls(items, np.cumsum(count) - count, count)

    def pick(self, lists: I64, draws: U64) -> I64:
        """Return an item of each row's list."""
        chosen: I64 = self.items[self.first[lists] + below(draws, self.count[lists])]
        return chosen


@dataclass(frozen=True, slots=True, eq=False)
class Staff:
    """Services that write records of a type, and what they do when no span says so."""

    services: I64
    """Numbers of the services."""
    instances: Choices
    """The instances of every service there is, by its number."""
    operations: Choices
    """What every service does, by its number."""
    offering: I64
    """The service that offers each operation."""
    requests: I64
    """The HTTP operations that these services offer."""
    weights: Weights | None
    """How often each of them is asked for; None when there is none."""

    @classmethod
    def of(cls, topology: Topology, names: Collection[str] = ()) -> Self:
        """Return the services with these names, or all that run code of their own."""
        services = [
            service
            for service in topology.services
            if service.instances and (not names or service.name in names)
        ]
        offered = [
            (number, weight)
            for service in services
            for number, weight in zip(service.endpoints, service.weights, strict=True)
            if topology.operations[number].protocol is Protocol.HTTP
        ]
        weights = [weight for _, weight in offered]
        return cls(
            services=np.array([service.number for service in services], np.int64),
            instances=Choices.of([service.instances for service in topology.services]),
            operations=Choices.of(
                [(*service.endpoints, *service.functions) for service in topology.services]
            ),
            offering=np.array([one.service for one in topology.operations], np.int64),
            requests=np.array([number for number, _ in offered], np.int64),
            weights=Weights.of(weights) if any(weights) else None,
        )
