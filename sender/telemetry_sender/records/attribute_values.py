"""Counts how many values each attribute of a template has, so that tags can be bounded.

Attributes are found by walking the wire format, many events at a time; only those that differ within
a stretch of the file are read one by one.
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
from telemetry_common.planning.plan import Plan
from telemetry_common.planning.wire import (
    LENGTH,
    Bytes,
    Messages,
    Offsets,
    WireError,
    read_varints,
    scan,
)
from telemetry_common.signals import Signal
from telemetry_common.template import Template

# Field numbers of opentelemetry-proto: where messages keep their attributes.
_OF_POINTS = {GAUGE: 7, SUM: 7, HISTOGRAM: 9, EXPONENTIAL_HISTOGRAM: 1, SUMMARY: 7}
_OF_EVENTS = {Signal.TRACES: 9, Signal.LOGS: 6}
_RESOURCE, _OF_RESOURCE = 1, 1
_KEY, _VALUE = 1, 2
_EVENTS_AT_ONCE = 1 << 15


def keys_beyond(template: Template, most: int) -> frozenset[str]:
    """Return the keys of attributes with more than `most` values in resources or in events.

    Raises TemplateError where the template holds bytes that are not protobuf.
    """
    counted = _Counted(most)
    try:
        for attributes in _attributes(template):
            counted.add(template.data[start:end] for start, end in attributes)
    except WireError as error:
        problem = f"it is not OTLP {template.signal}: {error.problem}"
        raise TemplateError(str(template.path), problem, "generate the set again") from None
    return frozenset(counted.beyond)
