"""A small system whose requests can be made again, and the logs that belong to them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

from opentelemetry.proto.common.v1.common_pb2 import KeyValue
from opentelemetry.proto.logs.v1.logs_pb2 import LogRecord, LogsData
from opentelemetry.proto.resource.v1.resource_pb2 import Resource

from metric_world import metric_topology
from span_samples import sample_table
from telemetry_generator.config.logs import LogsConfig
from telemetry_generator.encode.logs import LogEncoder
from telemetry_generator.logs.factory import LogFactory
from telemetry_generator.traces.table import SpanTable
from telemetry_generator.world.model import Topology

HORIZON_NANOS = 10**9
SEED = 7
TOPOLOGY = metric_topology()


@dataclass(frozen=True)
class SampleRequests:
    """Requests of a small system."""

    requests: int = 300
    topology: Topology = TOPOLOGY
    typical_spans: float = 12.0

    def table(self, first: int, count: int) -> SpanTable:
        return sample_table(self.topology, first, count)


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
