"""Traces as OTLP bytes: requests one after another, spans under their resources and scopes."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from opentelemetry.proto.trace.v1.trace_pb2 import ResourceSpans

from telemetry_generator.config.traces import TracesConfig
from telemetry_generator.draws import I64
from telemetry_generator.encode.cells import (
    Cells,
    Fragments,
    join,
    length_prefix,
    length_tag,
    solid,
    spread,
    varint,
)
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
        data, _ = self._grouped(spans, table, scopes, order).render()
        rootless = int(np.count_nonzero(table.phantom))
        return data, TraceCounts(len(order.resources), len(table), len(table.trace_high), rootless)

    def _grouped(self, spans: Cells, table: SpanTable, scopes: I64, order: SpanOrder) -> Cells:
        """Return spans with the beginnings and ends of their groups around them."""
        scope_heads, scope_sizes = _heads(
            2,
            self._scopes.fragments,
            scopes[order.rows[order.scopes]],
            np.add.reduceat(spans.sizes(), order.scopes),
        )
        firsts = np.searchsorted(order.scopes, order.resources)
        instances = self._resources.index(table.instance[order.rows[order.resources]])
        resource_heads, _ = _heads(
            1,
            self._resources.table,
            instances,
            np.add.reduceat(scope_sizes, firsts) + len(_TRAILER),
        )
        ends = np.append(order.resources[1:], len(table)) - 1
        return join(
            spread(solid(resource_heads), order.resources, len(table)),
            spread(solid(scope_heads), order.scopes, len(table)),
            spans,
            spread(Cells.constant(len(ends), _TRAILER), ends, len(table)),
        )


def _heads(number: int, table: Fragments, index: I64, contents: I64) -> tuple[Cells, I64]:
    """Return how each group begins, field `number` of its owner, and how large all of it is.

    A group's message begins with fragment `index`; `contents` bytes follow.
    """
    prefixes = length_prefix(number, table.sizes[index] + contents)
    heads = join(prefixes, Cells.pick(table, index))
    return heads, heads.sizes() + contents


def _resource(topology: Topology, number: int) -> Rendered:
    content = attribute_bytes(1, topology.instances[number].resource.attributes)
    return Rendered(length_tag(1) + varint(len(content)) + content)
