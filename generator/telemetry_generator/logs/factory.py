"""Logs by chunk: up to a thousand records at a time, each type at its exact share."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from telemetry_generator.config.logs import LogsConfig
from telemetry_generator.keyed import Stream
from telemetry_generator.logs.messages import Message, Severity, load_messages
from telemetry_generator.logs.records import (
    LogRecord,
    access_record,
    application_record,
    system_record,
)
from telemetry_generator.logs.scenes import LooseScene, Place, Scene, SpanScene
from telemetry_generator.traces.factory import TraceFactory
from telemetry_generator.traces.pool import pool_spans
from telemetry_generator.world.resources import Resource, host
from telemetry_generator.world.topology import Topology

CHUNK = 1_000
"""Records of a chunk. Shares are whole thousandths, so every full chunk is split exactly."""

_CHUNK_TRACES = 100
# 10 % DEBUG, 60 % INFO, 20 % WARN, 10 % ERROR.
_SEVERITIES = [Severity.DEBUG] + 6 * [Severity.INFO] + 2 * [Severity.WARN] + [Severity.ERROR]

Messages = Mapping[Severity, tuple[Message, ...]]


def _messages() -> dict[str, Messages]:
    return {log_type: load_messages(log_type) for log_type in ("application", "system")}


@dataclass(frozen=True, slots=True)
class LogFactory:
    """All logs of a set; `traces` is None when there are no spans to belong to."""

    config: LogsConfig
    topology: Topology
    traces: TraceFactory | None
    seed: int
    horizon_nanos: int
    messages: Mapping[str, Messages] = field(default_factory=_messages)

    def chunks(self) -> Iterator[list[LogRecord]]:
        """Yield all records, a chunk at a time, in time order within each."""
        for number in range(-(-self.config.count // CHUNK)):
            yield self.chunk(number)

    def chunk(self, number: int) -> list[LogRecord]:
        """Build chunk `number`, which begins with record `number * CHUNK`."""
        size = min(CHUNK, self.config.count - number * CHUNK)
        shares = split_exactly(size, self.config.types.per_mille)
        scene = self._scene(number)
        records = [
            *self._access(number, shares["http_access"], scene),
            *self._application(number, shares["application"], scene),
            *self._system(number, shares["system"]),
        ]
        return sorted(records, key=lambda record: record.time)

    def _scene(self, number: int) -> Scene:
        if self.traces is None:
            return LooseScene(self.topology.services, self.horizon_nanos)
        first, count = number * _CHUNK_TRACES, self.traces.count
        numbers = ((first + at) % count for at in range(min(_CHUNK_TRACES, count)))
        pool = pool_spans(self.traces, numbers)
        return SpanScene(pool, Stream(self.seed, "log-scene", number))

    def _access(self, number: int, count: int, scene: Scene) -> Iterator[LogRecord]:
        stream = Stream(self.seed, "log", "http_access", number)
        for turn in range(count):
            yield access_record(*scene.request(turn, stream))

    def _application(self, number: int, count: int, scene: Scene) -> Iterator[LogRecord]:
        stream = Stream(self.seed, "log", "application", number)
        for _ in range(count):
            severity = stream.pick(_SEVERITIES)
            message = stream.pick(self.messages["application"][severity])
            yield application_record(message, scene.moment(severity, stream), stream)

    def _system(self, number: int, count: int) -> Iterator[LogRecord]:
        stream = Stream(self.seed, "log", "system", number)
        messages = [one for some in self.messages["system"].values() for one in some]
        hosts = [host(at) for at in range(self.topology.hosts)]
        for _ in range(count):
            yield system_record(stream.pick(messages), self._on(hosts, stream), stream)

    def _on(self, hosts: list[Resource], stream: Stream) -> Place:
        return Place(1 + stream.below(self.horizon_nanos), stream.pick(hosts), None)


def split_exactly(count: int, per_mille: Mapping[str, int]) -> dict[str, int]:
    """Share `count` out by the largest-remainder method; the parts sum to `count`."""
    shares = {name: count * share // 1000 for name, share in per_mille.items()}
    by_remainder = sorted(per_mille, key=lambda name: -(count * per_mille[name] % 1000))
    for name in by_remainder[: count - sum(shares.values())]:
        shares[name] += 1
    return shares
