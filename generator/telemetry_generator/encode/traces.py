"""Traces as OTLP bytes: requests one after another, spans under their resources and scopes."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from opentelemetry.proto.trace.v1.trace_pb2 import ResourceSpans

from telemetry_generator.config.traces import TracesConfig
from telemetry_generator.draws import I64
from telemetry_generator.encode.cells import length_tag, varint
from telemetry_generator.encode.groups import Groups, grouped
from telemetry_generator.encode.lazy_fragments import LazyFragments, Rendered
from telemetry_generator.encode.span_options import attribute_parts, reserved_keys
from telemetry_generator.encode.span_order import SpanOrder, order_spans
from telemetry_generator.encode.span_parts import ProvidedAttributes, SpanAttributes
from telemetry_generator.encode.span_scopes import ScopeTable
from telemetry_generator.encode.spans import SpanEncoder
from telemetry_generator.encode.values import attribute_bytes
from telemetry_generator.traces.table import SpanTable
from telemetry_generator.world.model import Topology

SCHEMA_URL = "https://opentelemetry.io/schemas/1.44.0"
"""The version of the semantic conventions that attributes follow."""

_TRAILER = ResourceSpans(schema_url=SCHEMA_URL).SerializeToString()


class TraceCounts(NamedTuple):
    """How much was encoded."""

    resources: int
    spans: int
    traces: int
    rootless: int
    """Traces whose root names a parent that is not in the set."""


class TraceEncoder:
    """Encodes tables of spans; the bytes of a request do not depend on the table it is in."""

    def __init__(
        self,
        topology: Topology,
        config: TracesConfig | None = None,
        providers: Sequence[SpanAttributes] = (),
    ) -> None:
        """Take the options of the configuration, and attributes that other packages add."""
        config = config or TracesConfig()
        more = [*attribute_parts(config), *(ProvidedAttributes(one, topology) for one in providers)]
        reserved = reserved_keys(config, providers)
        self._instances = len(topology.instances)
        self._spans = SpanEncoder(topology, config, more, reserved)
        self._scopes = ScopeTable(topology)
        self._resources = LazyFragments(lambda number: _resource(topology, number))

    def encode(self, table: SpanTable) -> tuple[bytes, TraceCounts]:
        """Return a table's spans as `TracesData` bytes, whole `ResourceSpans`, and their counts."""
        scopes = self._scopes.numbers(table)
        order = order_spans(table, scopes, self._instances, self._scopes.count)
        spans = self._spans.spans(table, order.rows).embed(2)
        data, _ = grouped(spans, *self._groups(table, scopes, order), _TRAILER).render()
        rootless = int(np.count_nonzero(table.phantom))
        return data, TraceCounts(len(order.resources), len(table), len(table.trace_high), rootless)

    def _groups(self, table: SpanTable, scopes: I64, order: SpanOrder) -> tuple[Groups, Groups]:
        """Return the scopes and the resources of a table in the order of the file."""
        instances = self._resources.index(table.instance[order.rows[order.resources]])
        return (
            Groups(order.scopes, self._scopes.fragments, scopes[order.rows[order.scopes]]),
            Groups(order.resources, self._resources.table, instances),
        )


def _resource(topology: Topology, number: int) -> Rendered:
    content = attribute_bytes(1, topology.instances[number].resource.attributes)
    return Rendered(length_tag(1) + varint(len(content)) + content)
