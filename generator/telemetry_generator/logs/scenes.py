"""Scenes: where and when a chunk of logs is written, inside spans of the set or on its own."""

from collections.abc import Sequence
from typing import NamedTuple, Protocol

from telemetry_generator.keyed import Stream
from telemetry_generator.logs.messages import Severity
from telemetry_generator.traces.failures import Outcome
from telemetry_generator.traces.pool import PooledSpan
from telemetry_generator.traces.tree import Kind
from telemetry_generator.world import operations
from telemetry_generator.world.operations import Operation
from telemetry_generator.world.resources import Resource
from telemetry_generator.world.topology import ServiceNode

_LOOSE_FAILURE_PERCENT = 1


class Place(NamedTuple):
    """Who writes a record at which template time, and the span it belongs to, if any."""

    time: int
    resource: Resource
    of: PooledSpan | None


class Request(NamedTuple):
    """An HTTP request as an access log sees it."""

    operation: Operation
    outcome: Outcome
    detail: int


class Scene(Protocol):
    """Gives each record of a chunk its place."""

    def request(self, turn: int, stream: Stream) -> tuple[Request, Place]:
        """Return the request of access record `turn`, written when the request is done."""

    def moment(self, severity: Severity, stream: Stream) -> Place:
        """Return where a service logs something of this severity."""


class SpanScene:
    """Records belong to spans of the set: their times lie inside, the resource is the same."""

    def __init__(self, pool: Sequence[PooledSpan], stream: Stream) -> None:
        self._pool = pool
        self._served = stream.shuffled([one for one in pool if _serves_http(one)])
        self._failed = [one for one in pool if one.span.outcome.is_failure] or pool

    def request(self, turn: int, stream: Stream) -> tuple[Request, Place]:
        """Take the SERVER spans in turn, so that a request is logged once while they last."""
        del stream
        of = self._served[turn % len(self._served)]
        span = of.span
        request = Request(span.operation, span.outcome, span.detail)
        return request, Place(span.end, of.trace.resource(span.service), of)

    def moment(self, severity: Severity, stream: Stream) -> Place:
        """Take any span, for an ERROR one that failed."""
        of = stream.pick(self._failed if severity is Severity.ERROR else self._pool)
        span = of.span
        time = span.start + stream.below(span.end - span.start + 1)
        return Place(time, of.trace.resource(span.service), of)


class LooseScene:
    """Records of a set without traces: any time, any instance, no span."""

    def __init__(self, services: Sequence[ServiceNode], horizon_nanos: int) -> None:
        self._services = [service for service in services if not service.is_store]
        self._fronts = [
            service for service in services if service.protocol is operations.Protocol.HTTP
        ]
        self._horizon_nanos = horizon_nanos

    def request(self, turn: int, stream: Stream) -> tuple[Request, Place]:
        """Make up a request to one of the HTTP services."""
        del turn
        service = stream.pick(self._fronts)
        failed = stream.chance(_LOOSE_FAILURE_PERCENT)
        outcome = Outcome.FAILED if failed else Outcome.OK
        request = Request(stream.pick(service.endpoints), outcome, stream.bits() >> 32)
        return request, self._place(service, stream)

    def moment(self, severity: Severity, stream: Stream) -> Place:
        """Take any service."""
        del severity
        return self._place(stream.pick(self._services), stream)

    def _place(self, service: ServiceNode, stream: Stream) -> Place:
        time = 1 + stream.below(self._horizon_nanos)
        return Place(time, stream.pick(service.instances), None)


def _serves_http(one: PooledSpan) -> bool:
    is_http = one.span.operation.protocol is operations.Protocol.HTTP
    return is_http and one.span.kind is Kind.SERVER
