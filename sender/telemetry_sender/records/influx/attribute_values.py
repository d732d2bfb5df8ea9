"""Counts how many values each attribute of a template has, so that tags can be bounded.

Attributes are found by walking the wire format of many events at once; only those that differ
within a stretch of the file are taken apart.
"""

from collections import defaultdict
from collections.abc import Iterator

import numpy as np

from telemetry_common.errors import TemplateError
from telemetry_common.planning.layout import (
    EXPONENTIAL_HISTOGRAM,
    GAUGE,
    HISTOGRAM,
    SUM,
    SUMMARY,
)
from telemetry_common.planning.plan import Column, Plan
from telemetry_common.planning.wire import (
    LENGTH,
    Bytes,
    Messages,
    WireError,
    read_varints,
    scan,
)
from telemetry_common.signals import Signal
from telemetry_common.template import Template
from telemetry_sender.text.rows import Fields, Row, read_fields

# Field numbers of opentelemetry-proto: where messages keep their attributes.
_OF_POINTS = {GAUGE: 7, SUM: 7, HISTOGRAM: 9, EXPONENTIAL_HISTOGRAM: 1, SUMMARY: 7}
_OF_EVENTS = {Signal.TRACES: 9, Signal.LOGS: 6}
_RESOURCE, _OF_RESOURCE = 1, 1
_KEY, _VALUE = 1, 2
_TAGS = (_KEY << 3 | LENGTH, _VALUE << 3 | LENGTH)
_NOWHERE: list[Row] = [(0, 0, LENGTH)]
_AT_ONCE = 1 << 15
"""Messages whose attributes are read together."""
_LONG = 4096
"""Bytes of a value as OTLP has it. InfluxDB takes 65,535 for the name and the tags of a line
together (models.MaxKeyLength)."""


def keys_beyond(template: Template, most: int) -> frozenset[str]:
    """Return the keys of attributes with more than `most` values in resources or in events.

    So are those with a value that is too long for a tag. Raises TemplateError where the template
    holds bytes that are not protobuf.
    """
    values = _Values(most)
    try:
        for attributes in _attributes(template):
            values.add(attributes)
    except WireError as error:
        problem = f"it is not OTLP {template.signal}: {error.problem}"
        raise TemplateError(str(template.path), problem, "generate the set again") from None
    return frozenset(key.decode("utf-8", "replace") for key in values.beyond)


def _attributes(template: Template) -> Iterator[Iterator[bytes]]:
    """Yield the attributes of resources and events, a stretch of the file at a time."""
    data, plan = np.frombuffer(template.data, np.uint8), template.plan
    for table, number in _holders(data, plan):
        for first in range(0, len(table), _AT_ONCE):
            rows = slice(first, first + _AT_ONCE)
            found = scan(data, Messages(table.start[rows], table.end[rows]), {number})
            yield _slices(template, found.of(number, LENGTH).values())


def _slices(template: Template, ranges: Messages) -> Iterator[bytes]:
    for start, end in zip(ranges.start.tolist(), ranges.end.tolist(), strict=True):
        yield template.data[start:end]


def _holders(data: Bytes, plan: Plan) -> Iterator[tuple[Messages, int]]:
    """Yield the messages that have attributes, and in which field."""
    containers = _bodies(data, plan.levels[1].start, plan.levels[1].end)
    yield scan(data, containers, {_RESOURCE}).of(_RESOURCE, LENGTH).values(), _OF_RESOURCE
    events = _bodies(data, plan.event_start, plan.event_end)
    if plan.signal is not Signal.METRICS:
        yield events, _OF_EVENTS[plan.signal]
        return
    held = plan.levels[-1]
    kind = np.repeat(held.number, np.diff(held.first_event))
    for number, attributes in _OF_POINTS.items():
        rows = np.flatnonzero(kind == number)
        yield Messages(events.start[rows], events.end[rows]), attributes


def _bodies(data: Bytes, start: Column, end: Column) -> Messages:
    """Return what is behind the tag and the length of each of these fields."""
    ends = end.astype(np.int64)
    behind_tag = read_varints(data, start.astype(np.int64), ends)[1]
    return Messages(read_varints(data, behind_tag, ends)[1], ends)


class _Values:
    """The values of each key, until there are too many of them or one is too long."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._values: defaultdict[bytes, set[bytes]] = defaultdict(set)
        self.beyond: set[bytes] = set()

    def add(self, attributes: Iterator[bytes]) -> None:
        """Count attributes by their bytes."""
        for attribute in set(attributes):
            key, value = _split(attribute)
            if key not in self.beyond:
                values = self._values[key]
                values.add(value)
                if len(values) > self._most or len(value) > _LONG:
                    self.beyond.add(key)
                    del self._values[key]


def _split(attribute: bytes) -> tuple[bytes, bytes]:
    """Return the key and the value of a KeyValue; of several a parser takes the last."""
    fields: Fields = {}
    try:
        read_fields(attribute, 0, len(attribute), _TAGS, fields)
    except IndexError:
        raise WireError(len(attribute), "message ends within a field") from None
    return _last(attribute, fields, _KEY), _last(attribute, fields, _VALUE)


def _last(data: bytes, fields: Fields, number: int) -> bytes:
    start, end, _ = fields.get(number, _NOWHERE)[-1]
    return data[start:end]
