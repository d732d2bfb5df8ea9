"""Log records, and how each of the three types is made."""

from typing import NamedTuple

from telemetry_generator.keyed import Stream
from telemetry_generator.logs.messages import Message, Severity
from telemetry_generator.logs.scenes import Place, Request
from telemetry_generator.traces import semantics
from telemetry_generator.traces.pool import PooledSpan
from telemetry_generator.world.attributes import Attributes
from telemetry_generator.world.resources import Resource

_AGENTS = ("Mozilla/5.0 (X11; Linux x86_64)", "curl/8.5.0", "okhttp/4.12.0", "Go-http-client/2.0")


class LogRecord(NamedTuple):
    """A log record at template time `time`; `of` is the span that it belongs to, if any."""

    time: int
    resource: Resource
    of: PooledSpan | None
    source: str
    severity: Severity
    body: str
    attributes: Attributes


def access_record(request: Request, place: Place) -> LogRecord:
    """Return a line in the combined log format, written when the request is done."""
    operation, outcome, detail = request
    code = semantics.http_status(operation, outcome)
    size = semantics.body_size(operation, outcome, detail)
    client = semantics.client_address(detail)
    path = semantics.url_path(operation, detail)
    agent = _AGENTS[detail % len(_AGENTS)]
    attributes: Attributes = (
        ("log.type", "http_access"),
        ("http.request.method", operation.method),
        ("url.path", path),
        ("http.response.status_code", code),
        ("http.response.body.size", size),
        ("client.address", client),
        ("user_agent.original", agent),
    )
    body = f'{client} - - "{operation.method} {path} HTTP/1.1" {code} {size} "-" "{agent}"'
    return LogRecord(*place, "access", _access_severity(code), body, attributes)


def application_record(message: Message, place: Place, stream: Stream) -> LogRecord:
    """Return what a service's own code logs; an ERROR carries the exception."""
    detail = stream.bits() >> 32
    attributes: Attributes = (("log.type", "application"), ("thread.id", 1 + detail % 64))
    if message.severity is Severity.ERROR:
        attributes += _exception(place.of, message)
    body = message.render(detail)
    return LogRecord(*place, message.source, message.severity, body, attributes)


def system_record(message: Message, place: Place, stream: Stream) -> LogRecord:
    """Return what a program on a host logs; it belongs to no span."""
    detail = stream.bits() >> 32
    attributes: Attributes = (
        ("log.type", "system"),
        ("process.executable.name", message.source),
        ("process.pid", 300 + detail % 30_000),
    )
    body = message.render(detail)
    return LogRecord(*place, message.source, message.severity, body, attributes)


def _access_severity(code: int) -> Severity:
    if code >= 500:
        return Severity.ERROR
    return Severity.WARN if code >= 400 else Severity.INFO


def _exception(of: PooledSpan | None, message: Message) -> Attributes:
    if of is not None:
        return semantics.exception_attributes(of.span.operation)
    return (("exception.type", "RuntimeError"), ("exception.message", f"{message.source} failed"))
