"""A small system whose requests can be made again, and the logs that belong to them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, NamedTuple

from opentelemetry.proto.common.v1.common_pb2 import KeyValue
from opentelemetry.proto.logs.v1.logs_pb2 import LogRecord, LogsData
from opentelemetry.proto.resource.v1.resource_pb2 import Resource

from span_samples import sample_table, sample_topology
from telemetry_generator.config.logs import LogsConfig
from telemetry_generator.encode.logs import LogEncoder
from telemetry_generator.logs.factory import LogFactory
from telemetry_generator.traces.table import SpanTable
from telemetry_generator.world.infrastructure import Infrastructure, Node, Pod
from telemetry_generator.world.model import ServiceNode, Topology
from telemetry_generator.world.resources import Resource as ResourceModel

HORIZON_NANOS = 10**9
SEED = 7


def _topology() -> Topology:
    """Eight services of all kinds, with a pod for each replica and each store, on two hosts."""
    topology = sample_topology()
    runs = [service for service in topology.services for _ in range(len(service.instances) or 1)]
    pods = tuple(_pod(number, service) for number, service in enumerate(runs))
    nodes = tuple(_node(number) for number in range(2))
    return replace(topology, infrastructure=Infrastructure((), nodes, pods))


def _node(number: int) -> Node:
    name = f"node-{number}"
    return Node(number, 0, name, _resource("host.name", name), _resource("k8s.node.name", name))


def _pod(number: int, service: ServiceNode) -> Pod:
    name = f"{service.name}-{number}"
    pod, container = _resource("k8s.pod.name", name), _resource("container.name", service.name)
    return Pod(number, number % 2, service.number, pod, container)


def _resource(key: str, value: str) -> ResourceModel:
    return ResourceModel(((key, value),))


TOPOLOGY = _topology()


@dataclass(frozen=True)
class SampleRequests:
    """Requests of a small system."""

    requests: int = 300
    typical_spans: float = 12.0

    def table(self, first: int, count: int) -> SpanTable:
        return _table(first, count)


@cache
def _table(first: int, count: int) -> SpanTable:
    return sample_table(TOPOLOGY, first, count)


class PlacedRecord(NamedTuple):
    """A decoded record, and the resource and scope that it stands under."""

    resource: Resource
    scope: str
    record: LogRecord

    @property
    def attributes(self) -> dict[str, Any]:
        return plain(self.record.attributes)

    @property
    def type(self) -> str:
        return str(self.attributes["log.type"])


def log_factory(traces: SampleRequests | None = SampleRequests(), **config: Any) -> LogFactory:
    """Return the logs of the small system; keyword arguments are the configuration."""
    return LogFactory(LogsConfig.model_validate(config), TOPOLOGY, traces, SEED, HORIZON_NANOS)


def decoded(factory: LogFactory, chunk: int = 0) -> list[PlacedRecord]:
    """Return the records of a chunk as a receiver sees them."""
    data, counts = LogEncoder(factory).encode(factory.chunk(chunk))
    records = list(_placed(LogsData.FromString(data)))
    assert counts.records == len(records)
    return records


def all_decoded(factory: LogFactory) -> list[PlacedRecord]:
    """Return the records of all chunks."""
    return [one for number in range(factory.chunks) for one in decoded(factory, number)]


def _placed(data: LogsData) -> Iterator[PlacedRecord]:
    for group in data.resource_logs:
        for scope in group.scope_logs:
            for record in scope.log_records:
                yield PlacedRecord(group.resource, scope.scope.name, record)


def plain(pairs: Iterable[KeyValue]) -> dict[str, Any]:
    """Return attributes as a dictionary; a repeated key is an error."""
    listed = list(pairs)
    found = {pair.key: getattr(pair.value, str(pair.value.WhichOneof("value"))) for pair in listed}
    assert len(found) == len(listed), "an attribute key is repeated"
    return found
