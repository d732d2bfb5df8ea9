"""The topology as columns, so that all spans of a level can follow its edges at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np

from telemetry_generator.draws import I64, Bools, Weights
from telemetry_generator.traces.choices import Choices
from telemetry_generator.traces.table import Kind
from telemetry_generator.world.model import Call, Operation, Protocol, ServiceNode, Topology

_NEAR = {Protocol.INTERNAL: Kind.INTERNAL, Protocol.MESSAGING: Kind.PRODUCER}
_FAR = {Protocol.INTERNAL: Kind.INTERNAL, Protocol.MESSAGING: Kind.CONSUMER}

_LONGEST_MICROS = 10**11  # more than a day: longer than any horizon that is of use


@dataclass(frozen=True, slots=True, eq=False)
class Calls:
    """All calls of the topology, those of an operation next to each other; shape (calls,)."""

    first: I64
    """The first call of each operation, shape (operations,)."""
    count: I64
    """How many calls each operation makes, shape (operations,)."""
    targets: Choices
    """The operations that a call may lead to."""
    per_million: I64
    fewest: I64
    most: I64
    concurrent: Bools
    retries: I64

    @classmethod
    def of(cls, operations: Sequence[Operation]) -> Self:
        """Return the numbered calls of all operations."""
        count = _numbers([len(operation.calls) for operation in operations])
        calls = [call for operation in operations for call in operation.calls]
        return cls(
            first=np.cumsum(count) - count,
            count=count,
            targets=Choices.of(
                [call.operations for call in calls], [call.weights for call in calls]
            ),
            per_million=_column(calls, "per_million"),
            fewest=_column(calls, "fewest"),
            most=_column(calls, "most"),
            concurrent=_column(calls, "concurrent").astype(bool),
            retries=_column(calls, "retries"),
        )


def _column(calls: Sequence[Call], name: str) -> I64:
    return _numbers([getattr(call, name) for call in calls])


@dataclass(frozen=True, slots=True, eq=False)
class Graph:
    """What growing needs to know of operations and services, by their numbers."""

    doors: I64
    """The operations at which requests arrive."""
    door_weights: Weights
    service: I64
    """The service of each operation."""
    near: I64
    """The kind of the span on the caller's side, or of the work itself."""
    far: I64
    """The kind of the span on the callee's side."""
    is_traced: Bools
    """Whether a call to the operation has a SERVER span on the other side."""
    errors: I64
    """How often each operation fails by itself, in millionths."""
    can_miss: Bools
    """Whether the operation asks for one entity, which may not exist."""
    median_micros: I64
    sigma_millis: I64
    calls: Calls
    endpoints: Choices
    """The operations that each service offers."""
    functions: Choices
    """What each service does by itself."""
    callees: Choices
    """The services that each service calls."""
    stores: Choices
    """Those of them that are databases and caches: calls that take one span."""
    calls_ends_only: Bools
    """Whether all that each service calls are services that call nobody; shape (services,)."""
    instances: Choices
    """The replicas of each service."""

    @classmethod
    def of(cls, topology: Topology) -> Self:
        """Return the columns of a topology."""
        operations, services = topology.operations, topology.services
        service = _numbers([operation.service for operation in operations])
        near = _numbers([_NEAR.get(operation.protocol, Kind.CLIENT) for operation in operations])
        silent = np.array([each.is_silent for each in services])
        return cls(
            doors=_numbers(topology.ingress),
            door_weights=Weights.of(topology.ingress_weights),
            service=service,
            near=near,
            far=_numbers([_FAR.get(each.protocol, Kind.SERVER) for each in operations]),
            is_traced=~silent[service] & (near == Kind.CLIENT),
            errors=_numbers([each.error_per_million for each in operations]),
            can_miss=np.array([_can_miss(each) for each in operations]),
            median_micros=_numbers([_median_micros(each) for each in operations]),
            sigma_millis=_numbers([each.latency.sigma_millis for each in operations]),
            calls=Calls.of(operations),
            endpoints=Choices.of(
                [each.endpoints for each in services], [each.weights for each in services]
            ),
            functions=Choices.even([each.functions for each in services]),
            callees=Choices.even([each.callees for each in services]),
            stores=Choices.even([_stores(topology, each.callees) for each in services]),
            calls_ends_only=np.array([_calls_ends_only(topology, each) for each in services]),
            instances=Choices.even([each.instances for each in services]),
        )


def _numbers(values: Sequence[int]) -> I64:
    return np.array(values, np.int64)


def _median_micros(operation: Operation) -> int:
    return min(operation.latency.median_micros, _LONGEST_MICROS)


def _can_miss(operation: Operation) -> bool:
    of_http = operation.protocol is Protocol.HTTP
    names_one = any(sign in operation.target for sign in "{:<")
    return of_http and operation.method == "GET" and names_one


def _stores(topology: Topology, callees: Sequence[int]) -> list[int]:
    services = [topology.services[callee] for callee in callees]
    return [service.number for service in services if service.is_silent and not service.callees]


def _calls_ends_only(topology: Topology, service: ServiceNode) -> bool:
    ends = [not topology.services[callee].callees for callee in service.callees]
    return bool(ends) and all(ends)
