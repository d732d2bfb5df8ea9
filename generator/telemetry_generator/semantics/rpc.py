"""gRPC spans: https://opentelemetry.io/docs/specs/semconv/rpc/grpc/."""

from telemetry_generator.semantics import pools
from telemetry_generator.semantics.description import Case, Description, Peer, error_type, server
from telemetry_generator.traces.table import Kind, Outcome
from telemetry_generator.world.attributes import Attributes
from telemetry_generator.world.model import Operation

PORT = 9090

# Codes that are an error for the server too; any but OK is one for the client.
_SERVER_ERRORS = frozenset(
    {"UNKNOWN", "DEADLINE_EXCEEDED", "UNIMPLEMENTED", "INTERNAL", "UNAVAILABLE", "DATA_LOSS"}
)


def status_code(operation: Operation, outcome: Outcome) -> str:
    """Return the gRPC status code of the response."""
    match outcome:
        case Outcome.FAULT:
            return operation.fault.code
        case Outcome.FAILED:
            return "INTERNAL"
        case Outcome.MISSING:
            return "NOT_FOUND"
        case Outcome.OK:
            return "OK"


def describe(case: Case) -> Description:
    """Return what a gRPC span says."""
    code = status_code(case.operation, case.outcome)
    is_server = case.kind is Kind.SERVER
    failed = code in _SERVER_ERRORS if is_server else code != "OK"
    return Description(
        name=_full_name(case.operation),
        attributes=_attributes(case, code, failed=failed),
        pools=_pools(case),
        peer=Peer.CALLER if is_server else Peer.CALLEE,
        error=_message(case) if failed else None,
    )


def _full_name(operation: Operation) -> str:
    return f"{operation.target}/{operation.method}"


def _attributes(case: Case, code: str, *, failed: bool) -> Attributes:
    return (
        ("rpc.system.name", "grpc"),
        ("rpc.method", _full_name(case.operation)),
        ("rpc.response.status_code", code),
        *error_type(code, failed=failed),
        *server(case, PORT),
        ("network.transport", "tcp"),
        ("network.protocol.name", "http"),
        ("network.protocol.version", "2"),
    )


def _pools(case: Case) -> tuple[pools.Pool, ...]:
    if case.kind is not Kind.SERVER:
        return ()
    outside = (pools.OUTSIDE_ADDRESS,) if case.from_outside else ()
    return (*outside, pools.CLIENT_PORT)


def _message(case: Case) -> str:
    match case.outcome:
        case Outcome.FAULT:
            return case.operation.fault.message
        case Outcome.MISSING:
            return "entity not found"
        case _:
            return "internal error: a dependency failed"
