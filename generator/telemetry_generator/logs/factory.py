"""Logs by chunk: any chunk can be made alone, at any time, and always comes out the same.

What a record says depends on its number, the seed and the configuration, not on how many records
there are. Which requests it may belong to depends on the number of its chunk, and on the number of
requests only once they are used up and taken again.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from telemetry_common.errors import ConfigError
from telemetry_generator.config.logs import LogsConfig, per_mille
from telemetry_generator.draws import I64, below, chance, draw
from telemetry_generator.logs.access_severity import access_severities
from telemetry_generator.logs.apportion import BLOCK
from telemetry_generator.logs.catalogue import Catalogue
from telemetry_generator.logs.loose import Loose
from telemetry_generator.logs.numbering import Numbering, Records
from telemetry_generator.logs.purposes import Purpose
from telemetry_generator.logs.scene import Scene
from telemetry_generator.logs.table import NONE, LogTable, Places
from telemetry_generator.logs.types import LogType, Place
from telemetry_generator.logs.viewer import Viewer
from telemetry_generator.logs.windows import Requests
from telemetry_generator.logs.writers import Writers
from telemetry_generator.world.model import Topology

_CHUNK = 10_000
_CHUNK_BYTES = 4_000_000
_RECORD_BYTES = 400  # without a body of a size asked for
_DELAY_NANOS = 5_000_000
_LEAST_DELAY_NANOS = 1_000
_PER_PERCENT = 10_000  # millionths


@dataclass(frozen=True)
class LogFactory:
    """All logs of a set; `traces` is None when there are no spans to belong to.

    Raises ConfigError where nobody in the topology can write what is asked for.
    """

    config: LogsConfig
    topology: Topology
    traces: Requests | None
    seed: int
    horizon_nanos: int

    def __post_init__(self) -> None:
        for kind in self.types:
            _check_writers(kind)

    @property
    def count(self) -> int:
        """Number of records."""
        return self.config.count

    @property
    def chunks(self) -> int:
        """Number of chunks."""
        return -(-self.count // self.chunk_size)

    @property
    def chunk_size(self) -> int:
        """Records of a chunk, fewer where bodies are large."""
        sizes = self.config.body.sizes
        body = (sizes.min + sizes.max) // 2 if sizes else 0
        return max(10, min(_CHUNK, _CHUNK_BYTES // (_RECORD_BYTES + body)))

    @cached_property
    def catalogue(self) -> Catalogue:
        """All patterns and parameters."""
        return self.config.catalogue()

    @cached_property
    def types(self) -> Sequence[LogType]:
        """The types of records that there are."""
        resolved = self.config.types.resolved().items()
        return [
            LogType.of(name, one, self.catalogue, self.writers)
            for name, one in resolved
            if one.percentage
        ]

    @cached_property
    def writers(self) -> Writers:
        """Who writes records."""
        return Writers.of(self.topology)

    @cached_property
    def sources(self) -> Sequence[str]:
        """The names of all loggers and programs, in order; the first is that of access logs."""
        return ["access", *sorted({pattern.source for pattern in self.catalogue.patterns})]

    def chunk(self, number: int) -> LogTable:
        """Build chunk `number`, which begins with record `number * chunk_size`."""
        first = number * self.chunk_size
        count = min(self.chunk_size, self.count - first)
        scene = self._scene(number)
        shares = zip(self.types, self._numbering.records(first, count), strict=True)
        tables = [
            self._table(at, kind, records, scene)
            for at, (kind, records) in enumerate(shares)
            if len(records.number)
        ]
        return LogTable.joined(tables, scene.window.spans if scene.window else None)

    @cached_property
    def _numbering(self) -> Numbering:
        return Numbering.of(self.seed, [kind.per_mille for kind in self.types])

    def _scene(self, number: int) -> Scene:
        window = self._viewer.window(number) if self._viewer else None
        return Scene(Loose(self.horizon_nanos), window, self._tied_per_mille)

    @cached_property
    def _viewer(self) -> Viewer | None:
        """What looks at the spans of the set; None where no record belongs to one."""
        if self.traces is None or not self.traces.requests or not self._tied_per_mille:
            return None
        lines = sum(kind.per_mille for kind in self.types if kind.place is Place.REQUESTS)
        tied = self.chunk_size * lines / BLOCK * self._tied_per_mille / BLOCK
        return Viewer(self.traces, self.topology, self.chunk_size, tied)

    @property
    def _tied_per_mille(self) -> int:
        return per_mille(self.config.spans.percentage)

    def _table(self, at: int, kind: LogType, records: Records, scene: Scene) -> LogTable:
        """Return the records of one type."""
        if kind.place is Place.REQUESTS:
            places = scene.requests(kind, records)
            severity = self._access_severity[places.operation, places.outcome]
            pattern = np.full(len(severity), NONE)
        else:
            severity = kind.severities.pick(draw(records.key, Purpose.SEVERITY))
            is_work = kind.place is Place.SERVICES
            places = (
                scene.work(kind, records, severity) if is_work else scene.machines(kind, records)
            )
            pattern = self._patterns(kind, records, severity, places)
        return LogTable(
            number=records.number,
            type=np.full(len(severity), at),
            severity=severity,
            pattern=pattern,
            source=self._source_of[pattern],
            observed=self._observed(records, places.time),
            key=records.key,
            places=places,
        )

    def _patterns(self, kind: LogType, records: Records, severity: I64, places: Places) -> I64:
        percentage = round(self.config.events.percentage * _PER_PERCENT)
        events = chance(draw(records.key, Purpose.EVENT), percentage)
        services = self.writers.services[places.writer]
        return kind.choice.pick(services, severity, events, draw(records.key, Purpose.PATTERN))

    def _observed(self, records: Records, time: I64) -> I64:
        """Return when records were collected: a little later, but within the horizon."""
        delay = _LEAST_DELAY_NANOS + below(draw(records.key, Purpose.DELAY), _DELAY_NANOS)
        observed: I64 = np.minimum(time + delay, self.horizon_nanos)
        return observed

    @cached_property
    def _source_of(self) -> I64:
        """The source of every pattern; that of access logs comes last, where -1 finds it."""
        numbers = {source: number for number, source in enumerate(self.sources)}
        return np.array([*(numbers[one.source] for one in self.catalogue.patterns), 0], np.int64)

    @cached_property
    def _access_severity(self) -> I64:
        return access_severities(self.topology)


def _check_writers(kind: LogType) -> None:
    """Refuse a type that nobody can write."""
    able = {
        Place.REQUESTS: (kind.staff.weights is not None, "serves HTTP"),
        Place.SERVICES: (len(kind.staff.services) > 0, "runs code of its own"),
        Place.STORES: (len(kind.machines) > 0, "is a database, cache or queue"),
        Place.HOSTS: (len(kind.machines) > 0, "is a host"),
    }
    is_able, who = able[kind.place]
    if not is_able:
        problem = f"nothing in the topology {who}, to write such records"
        raise ConfigError(f"logs.types.{kind.name}", problem, "set its percentage to 0")
