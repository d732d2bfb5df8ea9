"""The bodies of log records of all types: what they say, as text or as keys and values."""

from functools import cached_property

import numpy as np

from telemetry_generator.draws import I64, chance, draw
from telemetry_generator.encode.access_attributes import AccessAttributes
from telemetry_generator.encode.access_lines import AccessLines
from telemetry_generator.encode.cells import Cells, Objects, join, solid, spread
from telemetry_generator.encode.log_body_forms import PAIRS, structured_bodies, text_bodies
from telemetry_generator.encode.log_body_sizes import drawn_sizes, resized
from telemetry_generator.encode.log_exceptions import ExceptionTable
from telemetry_generator.encode.log_messages import MessageTable
from telemetry_generator.encode.span_pools import PoolTable
from telemetry_generator.logs.factory import LogFactory
from telemetry_generator.logs.purposes import Purpose
from telemetry_generator.logs.table import NONE, LogTable

_PER_PERCENT = 10_000  # millionths


class LogBodies:
    """The bodies of all types of records."""

    def __init__(self, logs: LogFactory, messages: MessageTable) -> None:
        self._config = logs.config.body
        self._messages = messages
        self._topology = logs.topology
        self._lines = AccessLines(logs.topology)
        self._exceptions = ExceptionTable(PAIRS, logs)

    @cached_property
    def _access(self) -> AccessAttributes:
        """What structured bodies of access logs hold; not needed while all bodies are texts."""
        return AccessAttributes(PAIRS, self._topology, PoolTable(PAIRS))

    def cells(self, table: LogTable) -> Cells:
        """Return the body of each record."""
        texts = self._texts(table)
        share = round(self._config.structured * _PER_PERCENT)
        is_structured = chance(draw(table.key, Purpose.STRUCTURE), share)
        if not is_structured.any():
            return text_bodies(texts)
        rows, rest = np.flatnonzero(is_structured), np.flatnonzero(~is_structured)
        structured = structured_bodies(texts[rows], self._pairs(table.select(rows)))
        return join(
            spread(solid(structured), rows, len(table)),
            spread(solid(text_bodies(texts[rest])), rest, len(table)),
        )

    def _texts(self, table: LogTable) -> Objects:
        """Return the text of each record as UTF-8 bytes; shape (n,)."""
        texts = np.empty(len(table), object)
        access, messages = _by_form(table)
        texts[access] = self._lines.texts(table.places.select(access))
        texts[messages] = self._messages.texts(table.pattern[messages], table.key[messages])
        self._exceptions.append_traces(table, texts)
        if self._config.sizes is None:
            return texts
        return resized(texts, drawn_sizes(self._config.sizes, table.key), table.key)

    def _pairs(self, table: LogTable) -> Cells:
        """Return what a structured body holds beside the message."""
        access, messages = _by_form(table)
        told = self._access.cells(table.places.select(access))
        meant = self._messages.attributes(PAIRS, table.pattern[messages], table.key[messages])
        return join(
            spread(solid(told), access, len(table)), spread(solid(meant), messages, len(table))
        )


def _by_form(table: LogTable) -> tuple[I64, I64]:
    """Return the rows of access logs, and those of messages made from patterns."""
    return np.flatnonzero(table.pattern == NONE), np.flatnonzero(table.pattern != NONE)
