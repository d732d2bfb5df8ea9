"""The services that write records of a type, and what they do when no span says so."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Self

import numpy as np

from telemetry_generator.draws import I64, Weights
from telemetry_generator.logs.choices import Choices
from telemetry_generator.world.model import Protocol, Topology


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
            if service.instances and (service.endpoints or service.functions)
            if not names or service.name in names
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
