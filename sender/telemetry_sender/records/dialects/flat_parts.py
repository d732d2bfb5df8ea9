"""The fields that flat records of all streams have."""

from collections.abc import Sequence
from typing import Any

from telemetry_sender.events.model import Attributes, Exemplar, Resource, Scope, Spot
from telemetry_sender.records.dialects.json_line import JsonLine
from telemetry_sender.records.json_text import member
from telemetry_sender.records.text_forms import HEX16, HEX32, ISO_Z, JSON_REAL, NANOS, SIGNED
from telemetry_sender.text.fields import SlotKind


def put_instant(line: JsonLine, time: Spot | None) -> None:
    """Add when the event happened: for people, and exactly."""
    line.put_time("timestamp", time, ISO_Z)
    if time is None:
        line.put("time_unix_nano", None)
    else:
        line.put_number("time_unix_nano", time, NANOS)


def put_nanos(line: JsonLine, name: str, time: Spot | None) -> None:
    """Add another time, if it is known."""
    if time is not None:
        line.put_number(name, time, NANOS)


def put_unless_empty(line: JsonLine, name: str, value: Any) -> None:
    """Add a member that few events have: not where it is 0 or empty, as OTLP leaves it out."""
    if value:
        line.put(name, value)


def put_origin(line: JsonLine, resource: Resource, attributes: Attributes) -> None:
    """Add who says it, and what about it."""
    line.put_shared(_service, resource)
    line.put_attributes("attributes", attributes)
    line.put_shared(_resource, resource)


def _service(resource: Resource) -> str:
    return member("service", resource.service if "service.name" in resource.attributes else None)


def _resource(resource: Resource) -> str:
    return member("resource", resource.attributes)


def put_scope(line: JsonLine, scope: Scope) -> None:
    """Add what produced it."""
    line.put_shared(_scope, scope)


def _scope(scope: Scope) -> str:
    said: Attributes = {
        "scope": scope.name,
        "scope_version": scope.version,
        "scope_attributes": scope.attributes,
    }
    return "".join(member(name, value) for name, value in said.items() if value)


def put_reference(line: JsonLine, trace_id: Spot | None, span_id: Spot | None) -> None:
    """Add the ids of a span."""
    line.put_id("trace_id", trace_id, HEX32)
    line.put_id("span_id", span_id, HEX16)


def put_value(line: JsonLine, value: Spot | None) -> None:
    """Add a measured value; null where there is none."""
    if value is None:
        line.put("value", None)
    else:
        line.put_number("value", value, JSON_REAL if value.kind is SlotKind.REAL else SIGNED)


def put_exemplars(line: JsonLine, exemplars: Sequence[Exemplar]) -> None:
    """Add the measurements that a point was made of, if there are any."""
    if not exemplars:
        return
    line.open_list("exemplars")
    for exemplar in exemplars:
        line.element()
        put_nanos(line, "time_unix_nano", exemplar.time)
        put_value(line, exemplar.value)
        put_reference(line, exemplar.trace_id, exemplar.span_id)
        line.put_attributes("attributes", exemplar.attributes)
        line.close()
    line.close_list()
