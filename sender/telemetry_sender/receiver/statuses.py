"""Status codes of both protocols, and which of one stands for which of the other.

A fault is given once, as a gRPC code or as an HTTP code, and is answered over both. gRPC to HTTP
follows the comments of `google/rpc/code.proto`; HTTP to gRPC follows how the OpenTelemetry
Collector reads the answer of an OTLP/HTTP server.
"""

from dataclasses import dataclass
from enum import IntEnum


class Code(IntEnum):
    """The codes of gRPC that tell of an error."""

    CANCELLED = 1
    UNKNOWN = 2
    INVALID_ARGUMENT = 3
    DEADLINE_EXCEEDED = 4
    NOT_FOUND = 5
    ALREADY_EXISTS = 6
    PERMISSION_DENIED = 7
    RESOURCE_EXHAUSTED = 8
    FAILED_PRECONDITION = 9
    ABORTED = 10
    OUT_OF_RANGE = 11
    UNIMPLEMENTED = 12
    INTERNAL = 13
    UNAVAILABLE = 14
    DATA_LOSS = 15
    UNAUTHENTICATED = 16


@dataclass(frozen=True, slots=True)
class Status:
    """One outcome in the words of both protocols."""

    code: Code
    http: int


_HTTP_OF = {
    Code.CANCELLED: 499,
    Code.UNKNOWN: 500,
    Code.INVALID_ARGUMENT: 400,
    Code.DEADLINE_EXCEEDED: 504,
    Code.NOT_FOUND: 404,
    Code.ALREADY_EXISTS: 409,
    Code.PERMISSION_DENIED: 403,
    Code.RESOURCE_EXHAUSTED: 429,
    Code.FAILED_PRECONDITION: 400,
    Code.ABORTED: 409,
    Code.OUT_OF_RANGE: 400,
    Code.UNIMPLEMENTED: 501,
    Code.INTERNAL: 500,
    Code.UNAVAILABLE: 503,
    Code.DATA_LOSS: 500,
    Code.UNAUTHENTICATED: 401,
}
_CODE_OF = {
    400: Code.INVALID_ARGUMENT,
    401: Code.UNAUTHENTICATED,
    403: Code.PERMISSION_DENIED,
    404: Code.UNIMPLEMENTED,
    429: Code.RESOURCE_EXHAUSTED,
    500: Code.INTERNAL,
    502: Code.UNAVAILABLE,
    503: Code.UNAVAILABLE,
    504: Code.UNAVAILABLE,
}


def status_of_code(code: Code) -> Status:
    """Return the status of a gRPC code."""
    return Status(code, _HTTP_OF[code])


def status_of_http(number: int) -> Status:
    """Return the status of an HTTP code."""
    return Status(_CODE_OF.get(number, Code.UNKNOWN), number)


def find_status(name: str) -> Status | None:
    """Return the status that `name` stands for: `unavailable`, `resource-exhausted`, `503`.

    None when it is neither the name of a gRPC code nor an HTTP code of 400 to 599.
    """
    if name.isascii() and name.isdigit():
        return status_of_http(int(name)) if 400 <= int(name) <= 599 else None
    code = Code.__members__.get(name.upper().replace("-", "_"))
    return None if code is None else status_of_code(code)
