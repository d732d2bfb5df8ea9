"""Reads the traces of a set into columns, a chunk at a time."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from opentelemetry.proto.trace.v1.trace_pb2 import ResourceSpans, Span, Status

from telemetry_common.ids import U64
from telemetry_common.signals import Signal
from telemetry_generator.inspection.cardinality import Census
from telemetry_generator.inspection.model import NodeKind
from telemetry_generator.inspection.peers import peer_of
from telemetry_generator.inspection.resources import service_name
from telemetry_generator.inspection.span_columns import NOBODY, SpanColumns
from telemetry_generator.reading.ids import (
    SPAN_ID_BYTES,
    TRACE_ID_BYTES,
    id_words,
    span_keys,
    trace_keys,
)
from telemetry_generator.reading.interner import Interner

_LAST_KIND = Span.SPAN_KIND_CONSUMER


@dataclass(slots=True)
class SpanReader:
    """Turns resources into columns and counts what goes by; texts get numbers here."""

    census: Census
    services: Interner = field(default_factory=Interner)
    peers: Interner = field(default_factory=Interner)
    peer_kinds: dict[int, NodeKind] = field(default_factory=dict)
    kinds: Counter[int] = field(default_factory=Counter)
    """Spans by kind."""
    spans_of_service: Counter[int] = field(default_factory=Counter)

    def read(self, chunk: int, resources: Sequence[ResourceSpans]) -> SpanColumns:
        """Return the spans of `resources`, which are chunk number `chunk` of the file."""
        groups = [
            [span for scope in each.scope_spans for span in scope.spans] for each in resources
        ]
        services = [self.services.number(service_name(each.resource)) for each in resources]
        spans = [span for group in groups for span in group]
        self._count(resources, spans)
        for service, group in zip(services, groups, strict=True):
            self.spans_of_service[service] += len(group)
        sizes = [len(group) for group in groups]
        traces = id_words([span.trace_id for span in spans], TRACE_ID_BYTES)[0]
        return SpanColumns(
            trace=trace_keys(traces),
            span=_span_words([span.span_id for span in spans]),
            parent=_span_words([span.parent_span_id for span in spans]),
            link=_first_links(spans),
            start=np.fromiter((span.start_time_unix_nano for span in spans), np.uint64),
            end=np.fromiter((span.end_time_unix_nano for span in spans), np.uint64),
            service=np.repeat(np.array(services, np.int32), sizes),
            kind=np.array(
                [span.kind if 0 <= span.kind <= _LAST_KIND else 0 for span in spans], np.uint8
            ),
            failed=np.array([_failed(span) for span in spans], np.bool_),
            peer=np.fromiter((self._peer(span) for span in spans), np.int32),
            chunk=np.full(len(spans), chunk, np.int32),
        )

    def _count(self, resources: Sequence[ResourceSpans], spans: Sequence[Span]) -> None:
        add = self.census.add
        of_resources = (pair for each in resources for pair in each.resource.attributes)
        add((Signal.TRACES, "resource"), of_resources)
        add((Signal.TRACES, "span"), (pair for span in spans for pair in span.attributes))
        events = [event for span in spans for event in span.events]
        add((Signal.TRACES, "event"), (pair for event in events for pair in event.attributes))
        self.kinds.update([span.kind for span in spans])

    def _peer(self, span: Span) -> int:
        peer = peer_of(span)
        if peer is None:
            return NOBODY
        kind, name = peer
        number = self.peers.number(name)
        self.peer_kinds.setdefault(number, kind)
        return number


def _failed(span: Span) -> bool:
    return span.HasField("status") and span.status.code == Status.STATUS_CODE_ERROR


def _span_words(ids: Sequence[bytes]) -> U64:
    return id_words(ids, SPAN_ID_BYTES)[0][:, 0]


def _first_links(spans: Sequence[Span]) -> U64:
    keys = np.zeros(len(spans), np.uint64)
    rows = [row for row, span in enumerate(spans) if span.links]
    if rows:
        links = [spans[row].links[0] for row in rows]
        traces = id_words([link.trace_id for link in links], TRACE_ID_BYTES)[0]
        keys[rows] = span_keys(traces, _span_words([link.span_id for link in links]))
    return keys
