"""Decodes the events of a template once, into the columns of its tables."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from telemetry_common.errors import TemplateError
from telemetry_common.planning.cut import Block, cut_events
from telemetry_common.planning.plan import Column as PlanColumn
from telemetry_common.planning.wire import WireError
from telemetry_common.template import Template
from telemetry_sender.events.model import Event
from telemetry_sender.events.reader import EventReader
from telemetry_sender.stamping.places import Places
from telemetry_sender.tables.columns.base import Source
from telemetry_sender.tables.columns.promoted import AttributeBuilder
from telemetry_sender.tables.schemas.choice import schemas_of
from telemetry_sender.tables.schemas.table import TableForm, TableSchema
from telemetry_sender.text.block_bytes import block_bytes

_EVENTS_AT_ONCE = 1024


@dataclass(frozen=True, slots=True)
class DecodedTable:
    """The columns of one table: n rows, in the order of the template."""

    schema: TableSchema
    start: PlanColumn
    """Where the event of each row begins in the template file, (n,)."""
    names: tuple[str, ...]
    promoted: tuple[str, ...]
    """Those of the names that are keys of attributes."""
    sources: tuple[Source, ...]


class Decoder:
    """Reads a template from its beginning on, as far as it is asked to."""

    def __init__(self, template: Template, form: TableForm) -> None:
        self._template = template
        self._reader = EventReader(template.signal)
        self._tables = [_Table(schema, form) for schema in schemas_of(template.signal, form)]
        self._done = 0

    def read(self, until: int) -> None:
        """Read the events before `until`, as far as that is not done. Raises TemplateError."""
        plan = self._template.plan
        while self._done < min(until, plan.events):
            last = min(self._done + _EVENTS_AT_ONCE, plan.events)
            self._take(cut_events(plan, 0, self._done, last))
            self._done = last

    def finish(self) -> list[DecodedTable]:
        """Read what is left, and return all tables: once. Raises TemplateError."""
        self.read(self._template.plan.events)
        return [table.finish(self._template.plan.event_start) for table in self._tables]

    def _take(self, block: Block) -> None:
        plan = self._template.plan
        starts = Places.find(plan.event_start, block).at(plan.event_start)
        events = self._events(block)
        for table in self._tables:
            table.add(events, starts, block.first)

    def _events(self, block: Block) -> list[Event]:
        template = self._template
        try:
            return list(self._reader.read(block_bytes(template, block)))
        except WireError as error:
            problem = f"not OTLP {template.signal}: {error.problem}"
            raise TemplateError(str(template.path), problem, "generate the set again") from None


class _Table:
    """One table while it is read."""

    def __init__(self, schema: TableSchema, form: TableForm) -> None:
        self._schema = schema
        self._promoted = tuple(form.columns)
        self._names = (*(column.name for column in schema.columns), *self._promoted)
        self._builders = [
            *(column.build() for column in schema.columns),
            *map(AttributeBuilder, form.columns),
        ]
        self._rows: list[NDArray[np.int64]] = []

    def add(self, events: Sequence[Event], starts: NDArray[np.int64], first: int) -> None:
        """Take in those of the events that are rows of this table."""
        own = [i for i, event in enumerate(events) if self._schema.takes(event)]
        held = [events[i] for i in own]
        at = starts[own].tolist()
        for builder in self._builders:
            builder.add(held, at)
        self._rows.append(np.array(own, np.int64) + first)

    def finish(self, event_start: PlanColumn) -> DecodedTable:
        """Return the columns of all events."""
        rows = np.concatenate(self._rows) if self._rows else np.empty(0, np.int64)
        sources = tuple(self._builders.pop(0).finish() for _ in self._names)
        return DecodedTable(self._schema, event_start[rows], self._names, self._promoted, sources)
