"""What records of other schemas say about an event, drawn from the conventions of OpenTelemetry.

What an event does not say is None: nothing is made up. The keys are those of
https://opentelemetry.io/docs/specs/semconv/.
"""

import math
import re
from collections.abc import Mapping
from typing import NamedTuple

from telemetry_sender.events.model import Attributes, Log, Point, Resource, Span, Spot, Value
from telemetry_sender.records.flat_names import level_of as otlp_level
from telemetry_sender.records.json_text import json_text

_ERROR_STATUS = 2
_NO_RECORDED_VALUE = 1
_TIMEOUT_CODES = frozenset({"408", "504"})
_TIMEOUT = re.compile(r"timed?[ _]?out|deadline[ _]?exceeded", re.IGNORECASE)
_IS_NAME = re.compile(r"host\.name|k8s\.\w+\.name").fullmatch
_WORD = re.compile(r"[^\W_]+")
_TEXT_NUMBERS: Mapping[str, int] = {
    "TRACE": 1,
    "DEBUG": 5,
    "INFO": 9,
    "INFORMATION": 9,
    "WARN": 13,
    "WARNING": 13,
    "ERROR": 17,
    "CRITICAL": 21,
    "FATAL": 21,
}
"""The least severity number of each name that is in common use."""


_OTHER_LEVELS = {"TRACE": "DEBUG", "FATAL": "CRITICAL"}


class Place(NamedTuple):
    """Where something ran."""

    service: str | None
    version: str | None
    host: str | None
    environment: str | None


def place_of(resource: Resource) -> Place:
    """Return where a resource says that it ran."""
    said = resource.attributes
    environment = said.get("deployment.environment.name", said.get("deployment.environment"))
    return Place(
        service=service_of(resource),
        version=_text(said.get("service.version")),
        host=_text(said.get("host.name")),
        environment=_text(environment),
    )


def service_of(resource: Resource) -> str | None:
    """Return the name of the service; None where the resource has none."""
    return _text(resource.attributes.get("service.name")) or None


def instance_of(resource: Resource) -> str | None:
    """Return what tells a resource apart from others that report the same metrics.

    That is the id of a service's instance, else the names of all that a host or an object of
    Kubernetes lies in and its own, from the outermost on; None where there are no such names.
    """
    said = resource.attributes
    if "service.instance.id" in said:
        return _text(said["service.instance.id"])
    return "/".join(str(value) for key, value in said.items() if _IS_NAME(key)) or None


def level_of(log: Log) -> str | None:
    """Return `DEBUG`, `INFO`, `WARN`, `ERROR` or `CRITICAL`; None where the record does not say.

    The number decides, and the name where there is none.
    """
    level = otlp_level(log.severity_number or _named_severity(log.severity_text))
    return _OTHER_LEVELS.get(level, level) if level else None


def message_of(log: Log) -> str | None:
    """Return the body as text: of a structured one its `message`, or else all of it as JSON."""
    body = log.body
    if isinstance(body, Mapping) and isinstance(body.get("message"), str):
        body = body["message"]
    return _text(body)


def time_of(log: Log) -> Spot | None:
    """Return when it happened; where that is unknown, when it was observed."""
    return known(log.time) or known(log.observed_time)


def known(time: Spot | None) -> Spot | None:
    """Return a time; none where it is zero, which says the same as nothing."""
    return time if time and (time.is_slot or time.value) else None


def first_of(attributes: Attributes, *keys: str) -> Value:
    """Return the value of the first of these keys that is there."""
    return next((attributes[key] for key in keys if key in attributes), None)


def is_failed(span: Span) -> bool:
    """Tell whether the span's status is an error."""
    return span.status_code == _ERROR_STATUS


def is_timeout(span: Span) -> bool:
    """Tell whether a span failed because something took too long: its code or a text says so."""
    if not is_failed(span):
        return False
    code = first_of(span.attributes, "error.type", "http.response.status_code")
    exceptions = (event.attributes.get("exception.type") for event in span.events)
    texts = (code, span.status_message, *exceptions)
    return str(code) in _TIMEOUT_CODES or any(_TIMEOUT.search(str(text)) for text in texts)


def is_anomaly(point: Point) -> bool:
    """Tell whether the point is labelled as a part of an anomaly."""
    return point.attributes.get(ANOMALY) is True


ANOMALY = "app.anomaly"
"""The attribute, a boolean, that labels points."""


def is_deployment(log: Log) -> bool:
    """Tell whether an event is a deployment, by a word of its name."""
    return "deployment" in _WORD.findall(log.event_name.lower())


def has_value(point: Point) -> bool:
    """Tell whether anything was measured: a flag marks the end of a series."""
    return not point.flags & _NO_RECORDED_VALUE


def mean_of(point: Point) -> float | None:
    """Return the mean of a distribution's measurements; of a cumulative one, since its pass began.

    Count and sum grow alike from pass to pass, so the mean stays. None where there are no
    measurements, or no sum.
    """
    if point.count is None or not point.count.value:
        return None
    # Only of summaries is a sum that is left out a zero.
    absent = 0.0 if point.metric.kind == "summary" else math.nan
    mean = float(point.sum.value if point.sum else absent) / float(point.count.value)
    return mean if math.isfinite(mean) else None


def _named_severity(text: str) -> int:
    """Return the least severity number of a name; 0 for one that is not common."""
    return _TEXT_NUMBERS.get(text.strip().upper(), 0)


def _text(value: Value) -> str | None:
    """Return a value as text: a string as it is, bytes in base64, all else as JSON."""
    if value is None or isinstance(value, str):
        return value
    return json_text(value).strip('"') if isinstance(value, bytes) else json_text(value)
