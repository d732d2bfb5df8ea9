"""Drafts: a system whose services and operations still go by their names."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from telemetry_generator.world.model import Call, Operation
from telemetry_generator.world.outline import Offer, Outline

_WEIGHT_BITS = 30


@dataclass(frozen=True, slots=True)
class Source:
    """Where the messages of a consumer's endpoint come from; the group shares them out."""

    queue: str
    destination: int
    """Which of the queue's endpoints."""
    group: str


@dataclass(frozen=True, slots=True)
class ServiceDraft:
    """A service with its operations."""

    outline: Outline
    endpoints: Sequence[Offer]
    functions: Sequence[Offer]
    sources: Sequence[Source] = ()
    """For a consumer, the source of each endpoint."""


class Numbering:
    """Numbers for all operations: service by service, endpoints before functions."""

    def __init__(self, services: Sequence[ServiceDraft]) -> None:
        self.operations: list[Operation] = []
        self.services = {draft.outline.name: at for at, draft in enumerate(services)}
        self._endpoints: list[range] = []
        self._functions: list[range] = []
        for service, draft in enumerate(services):
            self._endpoints.append(self._add(service, draft.endpoints))
            self._functions.append(self._add(service, draft.functions))

    def endpoints(self, service: str) -> range:
        """Return the numbers of what others can call on a service."""
        return self._endpoints[self.services[service]]

    def functions(self, service: str) -> range:
        """Return the numbers of what a service does inside."""
        return self._functions[self.services[service]]

    def connect(self, operation: int, calls: Sequence[Call]) -> None:
        """Let an operation make these calls, after those that it makes already."""
        found = self.operations[operation]
        self.operations[operation] = replace(found, calls=(*found.calls, *calls))

    def _add(self, service: int, offers: Sequence[Offer]) -> range:
        first = len(self.operations)
        for number, offer in enumerate(offers, first):
            self.operations.append(_operation(number, service, offer))
        return range(first, len(self.operations))


def shares(groups: Sequence[tuple[int, Sequence[int]]]) -> tuple[int, ...]:
    """Return one weight for each member, as if its group were chosen by weight and then it.

    `groups` are weights with those of the members. The sum stays below 2^32.
    """
    total = sum(weight for weight, _ in groups)
    return tuple(
        _share(weight * member, total * sum(members))
        for weight, members in groups
        for member in members
    )


def _share(part: int, whole: int) -> int:
    """Return a share as a whole number that is 0 only for nothing."""
    return max(1, (part << _WEIGHT_BITS) // whole) if part else 0


def _operation(number: int, service: int, offer: Offer) -> Operation:
    return Operation(
        number=number,
        service=service,
        protocol=offer.protocol,
        method=offer.method,
        target=offer.target,
        latency=offer.latency,
        error_per_million=offer.error_per_million,
        fault=offer.fault,
        text=offer.text,
        attributes=offer.attributes,
    )
