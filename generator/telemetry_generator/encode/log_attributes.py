"""Attributes of log records that are no access logs: type, thread, process, exception."""

from collections.abc import Sequence

import numpy as np

from telemetry_common.ids import U64
from telemetry_generator.draws import I64, below, draw
from telemetry_generator.encode.access_attributes import AccessAttributes
from telemetry_generator.encode.access_cases import sources
from telemetry_generator.encode.cells import Cells, Fragments, join, solid, spread
from telemetry_generator.encode.log_exceptions import ExceptionTable
from telemetry_generator.encode.span_pools import PoolTable
from telemetry_generator.encode.values import attribute_bytes
from telemetry_generator.logs.factory import LogFactory
from telemetry_generator.logs.purposes import Purpose
from telemetry_generator.logs.table import LogTable, Places
from telemetry_generator.logs.types import Place
from telemetry_generator.semantics.pools import POOLS, THREAD_ID

_THREAD = 1 + POOLS.index(THREAD_ID)
_PIDS = range(300, 2_300)


class ProcessTable:
    """The programs that write the logs of hosts, and the processes that run them."""

    def __init__(self, number: int, programs: Sequence[str]) -> None:
        """Render attributes as the repeated field `number` of a message."""
        self._programs = Fragments.of(
            [attribute_bytes(number, (("process.executable.name", name),)) for name in programs]
        )
        self._pids = Fragments.of(
            [attribute_bytes(number, (("process.pid", pid),)) for pid in _PIDS]
        )

    def pick(self, programs: I64, keys: U64) -> Cells:
        """Return the program of each record, and one of its processes."""
        process = below(draw(keys, Purpose.PROCESS), len(_PIDS))
        return join(Cells.pick(self._programs, programs), Cells.pick(self._pids, process))


class LogAttributes:
    """The attributes of all types of records."""

    def __init__(self, number: int, logs: LogFactory) -> None:
        """Render attributes as the repeated field `number` of a message."""
        self._types = Fragments.of(
            [attribute_bytes(number, (("log.type", kind.name),)) for kind in logs.types]
        )
        self._places = np.array([kind.place.value for kind in logs.types], np.int64)
        self._pools = PoolTable(number)
        self._access = AccessAttributes(number, logs.topology, self._pools)
        self._processes = ProcessTable(number, logs.sources)
        self._exceptions = ExceptionTable(number, logs)

    def cells(self, table: LogTable) -> Cells:
        """Return the attributes of each record, apart from the parameters of events."""
        places = self._places[table.type]
        access, work = (
            np.flatnonzero(places == one.value) for one in (Place.REQUESTS, Place.SERVICES)
        )
        hosts = np.flatnonzero(places == Place.HOSTS.value)
        count = len(table)
        return join(
            Cells.pick(self._types, table.type),
            spread(solid(self._access.cells(table.places.select(access))), access, count),
            spread(self._threads(table.places.select(work)), work, count),
            spread(self._processes.pick(table.source[hosts], table.key[hosts]), hosts, count),
            self._exceptions.attributes(table),
        )

    def _threads(self, places: Places) -> Cells:
        """Return the thread that each record comes from: that of its span, where it tells one."""
        return self._pools.pick(np.full(len(places.thread), _THREAD), sources(places))
