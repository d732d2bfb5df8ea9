"""What an encoder of spans must yield, said slowly: one span at a time, by the protobuf classes."""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status, TracesData

from telemetry_common.ids import U64
from telemetry_generator.draws import below, child_keys, draw
from telemetry_generator.semantics import draws
from telemetry_generator.semantics.describe import describe
from telemetry_generator.semantics.description import Case, Description, Peer
from telemetry_generator.semantics.events import EVENTS, VALUES, event_attributes, event_name
from telemetry_generator.semantics.exceptions import exception_attributes
from telemetry_generator.semantics.holes import DIGITS, HEX, OFFSET
from telemetry_generator.semantics.peers import instance_address, user_agent
from telemetry_generator.semantics.pools import POOLS, Source
from telemetry_generator.semantics.scopes import scope_of
from telemetry_generator.traces.table import ROOT, Kind, Outcome, SpanTable
from telemetry_generator.world.model import Protocol, ServiceKind, ServiceNode, Topology

_POOL_PURPOSE = 64


def reference(topology: Topology, table: SpanTable) -> TracesData:
    """Return the spans of a table without any option, in the order of the file."""
    data = TracesData()
    rows = _file_order(topology, table)
    resource: object = None
    scope: object = None
    for row in rows:
        here = (int(table.trace[row]), int(table.instance[row]), bool(table.is_late[row]))
        library = _scope(topology, table, row)
        if here != resource:
            group = data.resource_spans.add(schema_url="https://opentelemetry.io/schemas/1.44.0")
            instance = topology.instances[table.instance[row]]
            _add(group.resource.attributes, instance.resource.attributes)
        if here != resource or library != scope:
            scoped = group.scope_spans.add()
            scoped.scope.name, scoped.scope.version = library
        resource, scope = here, library
        _fill(scoped.spans.add(), topology, table, row)
    return data


def _scope(topology: Topology, table: SpanTable, row: int) -> tuple[str, str]:
    language = topology.services[table.service[row]].language
    scope = scope_of(language, topology.operations[table.operation[row]].protocol)
    return scope.name, scope.version


def _file_order(topology: Topology, table: SpanTable) -> list[int]:
    """Return the rows, grouped by trace, instance and scope in the order of appearance."""
    first: dict[object, int] = {}

    def place(row: int) -> tuple[int, bool, int, int, int]:
        late = bool(table.is_late[row])
        group = (int(table.trace[row]), int(table.instance[row]), late)
        scope = (*group, _scope(topology, table, row))
        block = int(table.request[row]) // 32
        return block, late, first.setdefault(group, row), first.setdefault(scope, row), row

    return [place_[-1] for place_ in sorted([place(row) for row in range(len(table))])]


def _fill(span: Span, topology: Topology, table: SpanTable, row: int) -> None:
    trace, parent = table.trace[row], table.parent[row]
    span.trace_id = _word(table.trace_high[trace]) + _word(table.trace_low[trace])
    span.span_id = _word(table.span_id[row])
    if parent != ROOT:
        span.parent_span_id = _word(table.span_id[parent])
    elif table.phantom[row]:
        span.parent_span_id = _word(table.phantom[row])
    span.start_time_unix_nano, span.end_time_unix_nano = table.start[row], table.end[row]
    is_called = table.kind[row] == Kind.SERVER and bool(span.parent_span_id)
    span.flags = 0x100 | int(table.sampled[trace]) | 0x200 * is_called
    _describe(span, topology, table, row)
    span.events.extend(_events(topology, table, row))
    span.links.extend(_links(table, row))


def _word(value: np.uint64) -> bytes:
    return int(value).to_bytes(8, "little")


def _describe(span: Span, topology: Topology, table: SpanTable, row: int) -> None:
    """Set name, kind, attributes and status."""
    callee = _callee(table, row)
    described = describe(_case(topology, table, row, callee))
    span.name = described.name
    span.kind = Span.SpanKind.ValueType(int(table.kind[row]))
    call = _call(table, row)
    for key, value in described.attributes:
        _add(span.attributes, ((key, _filled(value, call)),))
    _add(span.attributes, _drawn(table, row, described, call))
    _add(span.attributes, _peer(topology, table, row, described, callee))
    if table.attempt[row] and table.kind[row] != Kind.SERVER:
        is_http = topology.operations[table.operation[row]].protocol is Protocol.HTTP
        key = "http.request.resend_count" if is_http else "app.retry.attempt"
        _add(span.attributes, ((key, int(table.attempt[row])),))
    if described.error is not None:
        span.status.code = Status.STATUS_CODE_ERROR
        span.status.message = described.error


def _callee(table: SpanTable, row: int) -> int:
    if table.kind[row] != Kind.CLIENT:
        return -1
    called = np.flatnonzero((table.parent == row) & (table.kind == Kind.SERVER))
    return int(called[0]) if len(called) else -1


def _case(topology: Topology, table: SpanTable, row: int, callee: int) -> Case:
    operation = topology.operations[table.operation[row]]
    outcome = Outcome(int(table.outcome[row]))
    if callee >= 0 and outcome is Outcome.FAILED:
        outcome = Outcome(int(table.outcome[callee]))
    kind = Kind(int(table.kind[row]))
    service = topology.services[operation.service]
    outside = kind is Kind.SERVER and table.parent[row] == ROOT
    return Case(operation, service, kind, outcome, outside, _queue(topology, operation.number))


def _queue(topology: Topology, operation: int) -> ServiceNode | None:
    """Return the queue that an operation takes messages from, or the one that offers it."""
    for each in topology.operations:
        if any(operation in call.operations for call in each.calls):
            return topology.services[each.service]
    return topology.services[topology.operations[operation].service]


def _call(table: SpanTable, row: int) -> U64:
    """Return what both sides of a call share, shape (1,)."""
    at = table.link[row] if table.kind[row] == Kind.CONSUMER and table.link[row] >= 0 else row
    return table.detail[[at]]


def _filled(value: Any, call: U64) -> Any:
    """Return a value with numbers and ids for its markers."""
    if value == OFFSET:
        return int(draws.message_offsets(call)[0])
    if not isinstance(value, str):
        return value
    for ordinal, marker in enumerate(DIGITS):
        value = value.replace(marker, str(draws.numbers(call, ordinal)[0]))
    message = f"{int(draws.message_ids(call)[0]):016x}"
    return value.replace(HEX[0], message[:8]).replace(HEX[1], message[8:])


def _drawn(
    table: SpanTable, row: int, described: Description, call: U64
) -> Iterator[tuple[str, Any]]:
    first = int(np.flatnonzero(table.request == table.request[row])[0])
    bits = {
        Source.SPAN: draw(table.key[[row]], _POOL_PURPOSE),
        Source.CALL: call,
        Source.REQUEST: draw(table.key[[first]], _POOL_PURPOSE),
    }
    for pool in described.pools:
        keys = child_keys(bits[pool.source], np.array([1 + POOLS.index(pool)]))
        yield pool.key, pool.values[below(keys, len(pool.values))[0]]


def _peer(
    topology: Topology, table: SpanTable, row: int, described: Description, callee: int
) -> Iterator[tuple[str, Any]]:
    other = callee if described.peer is Peer.CALLEE else int(table.parent[row])
    if described.peer is Peer.NONE or other < 0:
        return
    instance = topology.instances[table.instance[other]]
    service = topology.services[instance.service]
    if described.peer is Peer.CALLEE:
        yield "network.peer.address", instance_address(instance.number)
        yield "network.peer.port", 9090 if service.kind is ServiceKind.GRPC else 8080
        return
    yield "client.address", instance_address(instance.number)
    if described.peer is Peer.CALLER_AGENT:
        yield "user_agent.original", user_agent(service.language)


def _events(topology: Topology, table: SpanTable, row: int) -> list[Span.Event]:
    events = []
    for at in np.flatnonzero(table.events.owner == row):
        key = table.events.key[[at]]
        number, variant = int(below(draw(key, 0), EVENTS)[0]), int(below(draw(key, 1), VALUES)[0])
        event = Span.Event(name=event_name(number), time_unix_nano=table.events.time[at])
        _add(event.attributes, event_attributes(number, variant))
        events.append(event)
    if table.outcome[row] == Outcome.FAULT:
        time = table.start[row] + (table.end[row] - table.start[row]) * 3 // 4
        event = Span.Event(name="exception", time_unix_nano=time)
        language = topology.services[table.service[row]].language
        operation = topology.operations[table.operation[row]]
        _add(event.attributes, exception_attributes(operation, language))
        events.append(event)
    return sorted(events, key=lambda event: event.time_unix_nano)


def _links(table: SpanTable, row: int) -> Iterator[Span.Link]:
    if table.link[row] >= 0:
        to = table.link[row]
        trace = table.trace[to]
        yield Span.Link(
            trace_id=_word(table.trace_high[trace]) + _word(table.trace_low[trace]),
            span_id=_word(table.span_id[to]),
            flags=0x300 | int(table.sampled[trace]),
        )
    links = table.links
    for at in np.flatnonzero(links.owner == row):
        link = Span.Link(
            trace_id=_word(links.trace_high[at]) + _word(links.trace_low[at]),
            span_id=_word(links.span_id[at]),
            flags=0x301,
        )
        _add(link.attributes, (("app.link.reason", "earlier request"),))
        yield link


def _add(into: Any, attributes: Any) -> None:
    """Append attributes."""
    into.extend(KeyValue(key=key, value=_any_value(value)) for key, value in attributes)


def _any_value(value: Any) -> AnyValue:
    made = AnyValue()
    match value:
        case bool():
            made.bool_value = value
        case int():
            made.int_value = value
        case float():
            made.double_value = value
        case str():
            made.string_value = value
        case bytes():
            made.bytes_value = value
        case tuple():
            made.array_value.values.extend(map(_any_value, value))
        case Mapping():
            _add(made.kvlist_value.values, value.items())
    return made
