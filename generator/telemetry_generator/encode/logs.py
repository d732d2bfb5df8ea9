"""Logs as OTLP bytes: records under the scope of their logger and the resource of their writer."""

from typing import NamedTuple

import numpy as np
from opentelemetry.proto.common.v1.common_pb2 import InstrumentationScope
from opentelemetry.proto.logs.v1.logs_pb2 import LogRecord, ScopeLogs, SeverityNumber

from telemetry_generator.encode.cells import (
    Cells,
    Fragments,
    fixed64_tag,
    join,
    length_tag,
    solid,
    spread,
    varint,
)
from telemetry_generator.encode.groups import Groups, grouped, starts_of
from telemetry_generator.encode.lazy_fragments import LazyFragments, Rendered
from telemetry_generator.encode.log_attributes import LogAttributes
from telemetry_generator.encode.log_bodies import LogBodies
from telemetry_generator.encode.log_messages import MessageTable
from telemetry_generator.encode.values import attribute_bytes
from telemetry_generator.logs.factory import LogFactory
from telemetry_generator.logs.severity import SEVERITIES, Severity
from telemetry_generator.logs.table import NONE, LogTable
from telemetry_generator.logs.world_parameters import world_parameters
from telemetry_generator.world.attributes import Attributes

_ATTRIBUTES = 6  # LogRecord.attributes
_TIME = fixed64_tag(1)
_OBSERVED = fixed64_tag(11)
_TRACE_ID = b"\x4a\x10"  # field 9, 16 bytes
_SPAN_ID = b"\x52\x08"  # field 10, 8 bytes
_SAMPLED = 1  # W3C trace flags
_RECORDS = 2  # ScopeLogs.log_records


class LogCounts(NamedTuple):
    """How much was encoded."""

    resources: int
    records: int


class LogEncoder:
    """Encodes tables of records; what many of them share is rendered once and chosen by index."""

    def __init__(self, logs: LogFactory) -> None:
        messages = MessageTable(logs.catalogue, world_parameters(logs.topology))
        self._messages = messages
        self._bodies = LogBodies(logs, messages)
        self._attributes = LogAttributes(_ATTRIBUTES, logs)
        self._severities = Fragments.of([_severity(one) for one in SEVERITIES])
        self._flags = Fragments.of([b"", LogRecord(flags=_SAMPLED).SerializeToString()])
        # The last is for access logs, whose pattern is NONE, -1.
        self._events = Fragments.of([*(_event(one.event) for one in logs.catalogue.patterns), b""])
        self._scopes = Fragments.of([_scope(source) for source in logs.sources])
        resources = logs.writers.resources
        self._resources = LazyFragments(lambda number: _resource(resources[number].attributes))

    def encode(self, table: LogTable) -> tuple[bytes, LogCounts]:
        """Return a table's records as `LogsData` bytes, whole `ResourceLogs`, and their counts."""
        records = join(
            Cells.words(_TIME, table.places.time.astype(np.uint64)),
            Cells.pick(self._severities, table.severity),
            self._bodies.cells(table),
            self._attributes.cells(table),
            self._event_attributes(table),
            self._ids(table),
            Cells.words(_OBSERVED, table.observed.astype(np.uint64)),
            Cells.pick(self._events, table.pattern),
        )
        groups = self._groups(table)
        data, _ = grouped(records.embed(_RECORDS), *groups).render()
        return data, LogCounts(len(groups[1].starts), len(table))

    def _event_attributes(self, table: LogTable) -> Cells:
        """Return the parameters of those records that are events."""
        rows = np.flatnonzero(self._events.sizes[table.pattern])
        told = self._messages.attributes(_ATTRIBUTES, table.pattern[rows], table.key[rows])
        return spread(solid(told), rows, len(table))

    def _ids(self, table: LogTable) -> Cells:
        """Return flags, trace id and span id of the records that belong to a span."""
        rows = np.flatnonzero(table.places.span != NONE)
        if table.spans is None or not len(rows):
            return Cells(len(table))
        span = table.places.span[rows]
        trace = table.spans.trace[span]
        ids = join(
            Cells.pick(self._flags, table.spans.sampled[trace].astype(np.int64)),
            Cells.words(_TRACE_ID, table.spans.trace_high[trace], table.spans.trace_low[trace]),
            Cells.words(_SPAN_ID, table.spans.span_id[span]),
        )
        return spread(ids, rows, len(table))

    def _groups(self, table: LogTable) -> tuple[Groups, Groups]:
        """Return the scopes and the resources of a table in its order."""
        writer, source = table.places.writer, table.source
        scopes = starts_of(writer * len(self._scopes.items) + source)
        resources = starts_of(writer)
        index = self._resources.index(writer[resources])
        return (
            Groups(scopes, self._scopes, source[scopes]),
            Groups(resources, self._resources.table, index),
        )


def _severity(severity: Severity) -> bytes:
    number = SeverityNumber.ValueType(severity)
    return LogRecord(severity_number=number, severity_text=severity.name).SerializeToString(
        deterministic=True
    )


def _event(name: str) -> bytes:
    return LogRecord(event_name=name).SerializeToString()


def _scope(source: str) -> bytes:
    return ScopeLogs(scope=InstrumentationScope(name=source)).SerializeToString()


def _resource(attributes: Attributes) -> Rendered:
    content = attribute_bytes(1, attributes)
    return Rendered(length_tag(1) + varint(len(content)) + content)
