"""Exceptions in log records: which errors report one, and what stands in attributes and bodies."""

import numpy as np

from telemetry_generator.draws import I64, chance, draw
from telemetry_generator.encode.cells import Cells, Objects, join, spread
from telemetry_generator.encode.lazy_fragments import LazyFragments, Rendered
from telemetry_generator.encode.values import attribute_bytes
from telemetry_generator.logs.factory import LogFactory
from telemetry_generator.logs.purposes import Purpose
from telemetry_generator.logs.severity import ERROR_INDEX
from telemetry_generator.logs.table import NONE, LogTable
from telemetry_generator.logs.types import Place
from telemetry_generator.semantics.exceptions import exception_attributes
from telemetry_generator.world.attributes import Attributes

_STACK_TRACE = "exception.stacktrace"
_PER_PERCENT = 10_000  # millionths


class ExceptionTable:
    """The exceptions that errors report: the fault of the operation, in the service's language."""

    def __init__(self, number: int, logs: LogFactory) -> None:
        """Render attributes as the repeated field `number` of a message."""
        self._number = number
        self._topology = logs.topology
        self._services = logs.writers.services
        self._is_work = np.array([kind.place is Place.SERVICES for kind in logs.types])
        self._config = logs.config.stack_traces
        self._brief = LazyFragments(self._render_brief)
        self._full = LazyFragments(self._render_full)
        self._traces = LazyFragments(self._render_trace)

    def attributes(self, table: LogTable) -> Cells:
        """Return the exception of each record that reports one, with or without a stack trace."""
        errors, traced = self._errors(table), self._traced(table)
        if self._config.place == "body":
            traced = traced[:0]
        brief = np.setdiff1d(errors, traced, assume_unique=True)
        return join(
            self._spread(self._brief, brief, table),
            self._spread(self._full, traced, table),
        )

    def append_traces(self, table: LogTable, texts: Objects) -> None:
        """Put stack traces below the messages, if that is their place."""
        if self._config.place == "body":
            rows = self._traced(table)
            if len(rows):
                index = self._traces.index(self._codes(table, rows))
                texts[rows] += self._traces.table.items[index]

    def _errors(self, table: LogTable) -> I64:
        is_message = (table.pattern != NONE) & self._is_work[table.type]
        return np.flatnonzero(is_message & (table.severity >= ERROR_INDEX))

    def _traced(self, table: LogTable) -> I64:
        errors = self._errors(table)
        share = round(self._config.percentage * _PER_PERCENT)
        traced: I64 = errors[chance(draw(table.key[errors], Purpose.STACK_TRACE), share)]
        return traced

    def _codes(self, table: LogTable, rows: I64) -> I64:
        services = self._services[table.places.writer[rows]]
        return table.places.operation[rows] * len(self._topology.services) + services

    def _spread(self, fragments: LazyFragments, rows: I64, table: LogTable) -> Cells:
        if not len(rows):
            return Cells(len(table))
        index = fragments.index(self._codes(table, rows))
        return spread(Cells.pick(fragments.table, index), rows, len(table))

    def _attributes(self, code: int) -> Attributes:
        number, service = divmod(code, len(self._topology.services))
        operation = self._topology.operations[number]
        language = self._topology.services[service].language
        kind: Attributes = (("error.type", operation.fault.exception),)
        return (*kind, *exception_attributes(operation, language))

    def _render_brief(self, code: int) -> Rendered:
        told = (pair for pair in self._attributes(code) if pair[0] != _STACK_TRACE)
        return Rendered(attribute_bytes(self._number, told))

    def _render_full(self, code: int) -> Rendered:
        return Rendered(attribute_bytes(self._number, self._attributes(code)))

    def _render_trace(self, code: int) -> Rendered:
        return Rendered(f"\n{dict(self._attributes(code))[_STACK_TRACE]}".encode())
