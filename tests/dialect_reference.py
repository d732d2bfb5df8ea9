"""What records of the dialects say, told slowly from requests that the protobuf classes decoded."""

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from google.protobuf.message import Message

from plain_events import (
    KINDS,
    attributes_of,
    finite,
    identifier,
    instant,
    number_of,
    text_of,
    value_of,
)
from seen_events import Seen, seen_in
from telemetry_sender.records.dialects.operations import operation_verb

Record = dict[str, Any]

_NAMED_LEVELS = {"TRACE": 1, "DEBUG": 5, "INFO": 9, "INFORMATION": 9, "WARN": 13, "WARNING": 13}
_NAMED_LEVELS |= {"ERROR": 17, "CRITICAL": 21, "FATAL": 21}


@dataclass(frozen=True, slots=True)
class Told(Seen):
    """One event, and its number in the run, from 1."""

    number: int

    @property
    def service(self) -> str | None:
        return self.text("service.name") or None

    @property
    def instance(self) -> str | None:
        names = [
            str(value)
            for key, value in self.resource.items()
            if key == "host.name" or (key.startswith("k8s.") and key.endswith(".name"))
        ]
        return self.text("service.instance.id") or "/".join(names) or None

    def text(self, key: str) -> str | None:
        """Return an attribute of the resource."""
        value = self.resource.get(key)
        assert value is None or isinstance(value, str)
        return value


def told_of(request: Message, original: Message, first: int) -> Iterator[Told]:
    """Yield the events of a stamped block, the first of which has the number `first`."""
    for number, seen in enumerate(seen_in(request, original), first):
        about = (seen.stream, seen.resource, seen.scope, seen.metric)
        yield Told(*about, seen.event, seen.original, number)


def _trace_id(event: Any) -> str | None:
    return identifier(event.trace_id, 16)


def _span_id(event: Any) -> str | None:
    return identifier(event.span_id, 8)


def _parent_id(span: Any) -> str | None:
    return identifier(span.parent_span_id, 8)


def _level(log: Any) -> str | None:
    number = log.severity_number or _NAMED_LEVELS.get(log.severity_text.strip().upper(), 0)
    for least, name in ((21, "CRITICAL"), (17, "ERROR"), (13, "WARN"), (9, "INFO"), (1, "DEBUG")):
        if least <= number <= 24:
            return name
    return None


def _message(log: Any) -> str | None:
    body = value_of(log.body)
    if isinstance(body, dict) and isinstance(body.get("message"), str):
        body = body["message"]
    return text_of(body)


def _happened(log: Any) -> int:
    return int(log.time_unix_nano or log.observed_time_unix_nano)


def _value(told: Told) -> float | None:
    point, original = told.event, told.original
    if point.flags & 1:
        return None
    if hasattr(point, "as_double"):
        value = number_of(point)
        return None if value is None else finite(value)
    measured = original.count and (not hasattr(original, "min") or original.HasField("sum"))
    mean = original.sum / original.count if measured else math.nan
    return finite(mean)


def _duration(told: Told, unit: int) -> int | None:
    """Return the duration in units of so many nanoseconds, the half of one rounded up."""
    return None if told.duration is None else (told.duration + unit // 2) // unit


def _failed(span: Any) -> bool:
    return bool(span.status.code == 2)


def _timed_out(told: Told) -> bool:
    said = [told.event.status.message, *(map(str, told.attributes.values()))]
    said += [
        str(attributes_of(each.attributes).get("exception.type")) for each in told.event.events
    ]
    texts = " ".join(said).lower()
    return _failed(told.event) and any(
        each in texts for each in ("timeout", "timed out", "timed_out", "deadline")
    )


def _first(said: Mapping[str, Any], *keys: str) -> Any:
    return [*(said[key] for key in keys if key in said), None][0]


def _triage_metric(told: Told) -> Record:
    return {
        "timestamp": instant(told.event.time_unix_nano, "+00:00"),
        "service": told.service,
        "metric": told.metric.name,
        "value": _value(told),
        "unit": told.metric.unit,
        "instance": told.instance,
        "attributes": told.attributes,
    }


def _triage_log(told: Told) -> Record:
    return {
        "timestamp": instant(_happened(told.event), "+00:00"),
        "service": told.service,
        "level": _level(told.event),
        "message": _message(told.event),
        "trace_id": _trace_id(told.event),
    }


def _triage_span(told: Told) -> Record:
    verb = operation_verb(told.event.name)
    return {
        "timestamp": instant(told.event.start_time_unix_nano, "+00:00"),
        "trace_id": _trace_id(told.event),
        "span_id": _span_id(told.event),
        "parent_span_id": _parent_id(told.event),
        "service": told.service,
        "operation": ".".join(filter(None, [told.service, verb])) if verb else None,
        "duration_ms": _duration(told, 1_000_000),
        "status": "error" if _failed(told.event) else "success",
    }


def _triage_event(told: Told) -> Record:
    level = _level(told.event)
    record = {
        "timestamp": instant(_happened(told.event), "+00:00"),
        "type": told.event.event_name,
        "service": told.service,
        "details": _message(told.event),
        "severity": {
            "DEBUG": "info", "INFO": "info", "WARN": "warning", "ERROR": "critical",
            "CRITICAL": "critical", None: None,
        }[level],
    }  # fmt: skip
    if "deployment" in told.event.event_name:
        record["version"] = _first({**told.resource, **told.attributes}, "service.version")
    return record


def _melt_metric(told: Told) -> Record:
    attributes = told.attributes
    return {
        "timestamp": instant(told.event.time_unix_nano, "Z"),
        "metric_name": told.metric.name,
        "value": _value(told),
        "labels": {
            "service": told.service,
            "host": told.text("host.name"),
            "environment": told.text("deployment.environment.name"),
            "unit": told.metric.unit,
        },
        "anomaly": attributes.pop("app.anomaly", False),
        "instance": told.instance,
        "attributes": attributes,
    }


def _melt_event(told: Told) -> Record:
    level = _level(told.event)
    return {
        "timestamp": instant(_happened(told.event), "Z"),
        "event_type": told.event.event_name,
        "severity": level.lower() if level else None,
        "source": told.scope.name or told.service,
        "message": _message(told.event),
        "metadata": {
            "service": told.service,
            "version": told.text("service.version"),
            "host": told.text("host.name"),
            "environment": told.text("deployment.environment.name"),
            "event_id": _first(told.attributes, "log.record.uid", "cloudevents.event_id"),
            "correlation_id": _trace_id(told.event),
        },
    }


def _melt_log(told: Told) -> Record:
    said = told.attributes
    return {
        "timestamp": instant(_happened(told.event), "Z"),
        "level": _level(told.event),
        "service": told.service,
        "message": _message(told.event),
        "trace_id": _trace_id(told.event),
        "span_id": _span_id(told.event),
        "metadata": {
            "host": told.text("host.name"),
            "error_code": _first(said, "error.type", "exception.type"),
            "version": told.text("service.version"),
            "thread_id": said.get("thread.id"),
            "process_id": _first({**told.resource, **said}, "process.pid"),
        },
    }


def _melt_span(told: Told) -> Record:
    kind = told.event.kind
    tags = {
        "service.name": told.service,
        "service.version": told.text("service.version"),
        "environment": told.text("deployment.environment.name"),
        "host.name": told.text("host.name"),
        "span.kind": KINDS[kind] if 1 <= kind <= 5 else kind or None,
    }
    status = "error" if _failed(told.event) else "ok"
    return {
        "trace_id": _trace_id(told.event),
        "span_id": _span_id(told.event),
        "parent_span_id": _parent_id(told.event),
        "operation_name": told.event.name,
        "start_time": instant(told.event.start_time_unix_nano, "Z"),
        "duration": _duration(told, 1_000),
        "service": told.service,
        "tags": {key: value for key, value in tags.items() if value is not None} | told.attributes,
        "status": "timeout" if _timed_out(told) else status,
    }


def _telegen(
    kind: str, time: Callable[[Any], int], data: Callable[[Told], Record]
) -> Callable[[Told], Record]:
    def write(told: Told) -> Record:
        nanos = time(told.event)
        return {
            "type": kind,
            "timestamp": nanos // 1_000_000 if nanos else None,
            "seq_id": told.number,
            "data": data(told),
        }

    return write


def _data_of_point(told: Told) -> Record:
    record = _triage_metric(told)
    del record["timestamp"]
    return record


def _data_of_span(told: Told) -> Record:
    return {
        "service": told.service,
        "name": told.event.name,
        "trace_id": _trace_id(told.event),
        "span_id": _span_id(told.event),
        "parent_span_id": _parent_id(told.event),
        "duration_ns": _duration(told, 1),
        "status": "error" if _failed(told.event) else "ok",
        "attributes": told.attributes,
    }


def _data_of_log(told: Told) -> Record:
    return {
        "service": told.service,
        "level": _level(told.event),
        "message": _message(told.event),
        "trace_id": _trace_id(told.event),
        "span_id": _span_id(told.event),
        "attributes": told.attributes,
    }


def _data_of_event(told: Told) -> Record:
    return {"name": told.event.event_name, **_data_of_log(told)}


REFERENCES: Mapping[str, Mapping[str, Callable[[Told], Record]]] = {
    "triage": {
        "metrics": _triage_metric,
        "logs": _triage_log,
        "traces": _triage_span,
        "events": _triage_event,
    },
    "melt": {
        "metrics": _melt_metric,
        "logs": _melt_log,
        "traces": _melt_span,
        "events": _melt_event,
    },
    "telegen": {
        "metrics": _telegen("update", lambda point: int(point.time_unix_nano), _data_of_point),
        "logs": _telegen("event", _happened, _data_of_log),
        "traces": _telegen("event", lambda span: int(span.start_time_unix_nano), _data_of_span),
        "events": _telegen("event", _happened, _data_of_event),
    },
}
"""What each dialect says of an event of each stream."""
