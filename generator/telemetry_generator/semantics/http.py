"""HTTP spans: https://opentelemetry.io/docs/specs/semconv/http/http-spans/."""

from telemetry_generator.semantics import pools
from telemetry_generator.semantics.description import (
    Case,
    Description,
    Peer,
    error_type,
    server,
    server_address,
)
from telemetry_generator.semantics.holes import DIGITS, has_ids, with_ids
from telemetry_generator.semantics.pools import Pool
from telemetry_generator.traces.table import Kind, Outcome
from telemetry_generator.world.attributes import Attributes
from telemetry_generator.world.model import Operation

PORT = 8080
_SUCCESS = {"POST": 201, "DELETE": 204}
_NO_CONTENT = 204
_CLIENT_ERROR = 400
_WITH_BODY = frozenset({"POST", "PUT", "PATCH"})
_SERVER_ERROR = 500


def status_code(operation: Operation, outcome: Outcome) -> int:
    """Return the status code of the response.

    A fault answers with its own code; a failure further down is an internal error here.
    """
    match outcome:
        case Outcome.FAULT:
            return int(operation.fault.code)
        case Outcome.FAILED:
            return 500
        case Outcome.MISSING:
            return 404
        case Outcome.OK:
            return _SUCCESS.get(operation.method, 200)


def path(operation: Operation) -> str:
    """Return the path that is asked for, with markers for the ids in it."""
    return with_ids(operation.target)


def query(operation: Operation) -> str:
    """Return the query string, with a marker: a page of a list, nothing otherwise."""
    is_list = operation.method == "GET" and not has_ids(operation.target)
    return f"limit=50&cursor={DIGITS[0]}" if is_list else ""


def describe(case: Case) -> Description:
    """Return what an HTTP span says."""
    code = status_code(case.operation, case.outcome)
    # 4xx is the client's mistake: for the server it is no error.
    failed = code >= (_SERVER_ERROR if case.kind is Kind.SERVER else _CLIENT_ERROR)
    is_server = case.kind is Kind.SERVER
    attributes: Attributes = (
        ("http.request.method", case.operation.method),
        *(_asked(case.operation) if is_server else _asking(case)),
        ("http.response.status_code", code),
        *error_type(str(code), failed=failed),
        *server(case, PORT),
        ("network.protocol.version", "1.1"),
    )
    name = f"{case.operation.method} {case.operation.target}"
    peer = Peer.CALLER_AGENT if is_server else Peer.CALLEE
    # The message stays empty, because the status code says it all.
    return Description(name, attributes, _pools(case, code), peer, "" if failed else None)


def _asked(operation: Operation) -> Attributes:
    """Return the request as its receiver sees it."""
    asked: Attributes = (
        ("http.route", operation.target),
        ("url.scheme", "http"),
        ("url.path", path(operation)),
    )
    text = query(operation)
    return (*asked, ("url.query", text)) if text else asked


def _asking(case: Case) -> Attributes:
    """Return the request as its sender sees it."""
    text = query(case.operation)
    tail = f"?{text}" if text else ""
    url = f"http://{server_address(case.service)}:{PORT}{path(case.operation)}{tail}"
    return (("url.template", case.operation.target), ("url.full", url))


def _pools(case: Case, code: int) -> tuple[Pool, ...]:
    outside = (pools.OUTSIDE_ADDRESS, pools.USER_AGENT) if case.from_outside else ()
    sent = (pools.REQUEST_BODY,) if case.operation.method in _WITH_BODY else ()
    answered = () if code == _NO_CONTENT else (pools.RESPONSE_BODY,)
    port = (pools.CLIENT_PORT,) if case.kind is Kind.SERVER else ()
    return (*outside, *port, *sent, *answered)
