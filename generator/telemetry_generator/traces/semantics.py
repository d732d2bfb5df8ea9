"""What a span says: its name and attributes after the OpenTelemetry semantic conventions (1.44).

`constant_attributes` depend on the operation, the side of the call and the outcome only, so an
encoder can prepare them once; `varying_attributes` differ from span to span.
"""

from telemetry_generator.traces.factory import Span
from telemetry_generator.traces.failures import Outcome
from telemetry_generator.traces.tree import Kind
from telemetry_generator.world.attributes import Attributes
from telemetry_generator.world.operations import Operation, Protocol

_SUCCESS_CODES = {"POST": 201, "DELETE": 204}
_PORTS = {Protocol.HTTP: 8080, Protocol.RPC: 9090, Protocol.DATABASE: 5432, Protocol.CACHE: 6379}
_BODILESS = frozenset({204, 404})


def server_address(operation: Operation) -> str:
    """Return the host name under which the operation's service is called."""
    return f"{operation.service}.shop.svc"


def span_name(operation: Operation) -> str:
    """Return a name of low cardinality: `GET /api/v1/users/{id}`, `SELECT orders`."""
    match operation.protocol:
        case Protocol.RPC:
            return f"{operation.target}/{operation.method}"
        case Protocol.INTERNAL:
            return operation.method
        case Protocol.HTTP | Protocol.DATABASE | Protocol.CACHE:
            return f"{operation.method} {operation.target}"


def http_status(operation: Operation, outcome: Outcome) -> int:
    """Return the response status code of an HTTP operation."""
    if outcome.is_failure:
        return int(operation.fault.code)
    return 404 if outcome is Outcome.MISSING else _SUCCESS_CODES.get(operation.method, 200)


def url_path(operation: Operation, detail: int) -> str:
    """Return the path that was asked for: the route with a real id in it."""
    return operation.target.replace("{id}", str(10_000 + detail % 990_000))


def body_size(operation: Operation, outcome: Outcome, detail: int) -> int:
    """Return the size of an HTTP response body in bytes."""
    empty = http_status(operation, outcome) in _BODILESS
    return 0 if empty else 120 + (detail >> 12) % 16_000


def client_address(detail: int) -> str:
    """Return the address of a client, from the block for documentation (RFC 5737) or private."""
    return f"10.{(detail >> 16) % 32}.{(detail >> 8) % 256}.{1 + detail % 254}"


def constant_attributes(operation: Operation, kind: Kind, outcome: Outcome) -> Attributes:
    """Return the attributes that all spans of this operation, side and outcome share."""
    match operation.protocol:
        case Protocol.HTTP:
            return _http(operation, kind, outcome)
        case Protocol.RPC:
            return _rpc(operation, outcome)
        case Protocol.DATABASE:
            return _database(operation, outcome)
        case Protocol.CACHE:
            return _cache(operation, outcome)
        case Protocol.INTERNAL:
            return _internal(operation, outcome)


def varying_attributes(span: Span) -> Attributes:
    """Return the attributes that belong to this span alone."""
    operation, detail = span.operation, span.detail
    match operation.protocol:
        case Protocol.HTTP:
            return _http_varying(span)
        case Protocol.RPC:
            return (
                ("client.address", client_address(detail)),
                ("network.peer.port", _port(detail)),
            )
        case Protocol.DATABASE:
            return (("db.response.returned_rows", 1 + detail % 100),)
        case Protocol.CACHE:
            key = f"{operation.method} {operation.target}:{detail % 1_000_000}"
            return (("db.query.text", key), ("network.peer.port", _PORTS[Protocol.CACHE]))
        case Protocol.INTERNAL:
            return (("thread.id", 1 + detail % 64), ("app.entity.id", f"{detail:08x}"))


def error_message(operation: Operation, kind: Kind, outcome: Outcome) -> str | None:
    """Return the message of an error status, None where the status stays unset.

    A response of 4xx is an error for the client only, one of 5xx on both sides; the message of an
    HTTP span stays empty, because the status code says it.
    """
    if outcome is Outcome.MISSING and kind is Kind.CLIENT:
        return ""
    if not outcome.is_failure:
        return None
    return "" if operation.protocol is Protocol.HTTP else operation.fault.message


def exception_attributes(operation: Operation) -> Attributes:
    """Return the attributes of the `exception` event, or of a log record about it."""
    fault = operation.fault
    where = f"  at {operation.target}.{operation.method}"
    return (
        ("exception.type", fault.exception),
        ("exception.message", fault.message),
        ("exception.stacktrace", f"{fault.exception}: {fault.message}\n{where}"),
    )


def _http(operation: Operation, kind: Kind, outcome: Outcome) -> Attributes:
    code = http_status(operation, outcome)
    side: Attributes = ()
    if kind is Kind.SERVER:
        side = (("http.route", operation.target), ("url.scheme", "http"))
    failed = outcome.is_failure or (code == 404 and kind is Kind.CLIENT)
    return (
        ("http.request.method", operation.method),
        *side,
        ("http.response.status_code", code),
        *_error(str(code), failed=failed),
        ("server.address", server_address(operation)),
        ("server.port", _PORTS[Protocol.HTTP]),
        ("network.protocol.version", "1.1"),
    )


def _http_varying(span: Span) -> Attributes:
    path = url_path(span.operation, span.detail)
    size = ("http.response.body.size", body_size(span.operation, span.outcome, span.detail))
    if span.kind is Kind.SERVER:
        return (("url.path", path), ("client.address", client_address(span.detail)), size)
    port = _PORTS[Protocol.HTTP]
    return (("url.full", f"http://{server_address(span.operation)}:{port}{path}"), size)


def _rpc(operation: Operation, outcome: Outcome) -> Attributes:
    code = operation.fault.code if outcome.is_failure else "OK"
    return (
        ("rpc.system.name", "grpc"),
        ("rpc.method", f"{operation.target}/{operation.method}"),
        ("rpc.response.status_code", code),
        *_error(code, failed=outcome.is_failure),
        ("server.address", server_address(operation)),
        ("server.port", _PORTS[Protocol.RPC]),
    )


def _database(operation: Operation, outcome: Outcome) -> Attributes:
    return (
        ("db.system.name", "postgresql"),
        ("db.namespace", "shop|public"),
        ("db.collection.name", operation.target),
        ("db.operation.name", operation.method),
        ("db.query.text", operation.text),
        ("db.query.summary", f"{operation.method} {operation.target}"),
        *_store_error(operation, outcome),
        ("server.address", server_address(operation)),
        ("server.port", _PORTS[Protocol.DATABASE]),
    )


def _cache(operation: Operation, outcome: Outcome) -> Attributes:
    return (
        ("db.system.name", "redis"),
        ("db.namespace", "0"),
        ("db.operation.name", operation.method),
        ("db.query.summary", f"{operation.method} {operation.target}"),
        *_store_error(operation, outcome),
        ("server.address", server_address(operation)),
        ("server.port", _PORTS[Protocol.CACHE]),
    )


def _internal(operation: Operation, outcome: Outcome) -> Attributes:
    return (
        ("code.function.name", f"{operation.target}.{operation.method}"),
        ("code.line.number", 20 + 3 * len(operation.method)),
        ("thread.name", "worker"),
        *_error(operation.fault.exception, failed=outcome.is_failure),
    )


def _store_error(operation: Operation, outcome: Outcome) -> Attributes:
    if not outcome.is_failure:
        return ()
    return (("db.response.status_code", operation.fault.code), ("error.type", operation.fault.code))


def _error(kind: str, *, failed: bool) -> Attributes:
    return (("error.type", kind),) if failed else ()


def _port(detail: int) -> int:
    return 32_768 + detail % 28_232
