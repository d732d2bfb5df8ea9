"""Operations of the configuration as offers: what is not configured is as usual for the kind."""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import NamedTuple

from telemetry_common.config import MisplacedError
from telemetry_generator.config.operations import FaultConfig, OperationConfig
from telemetry_generator.world.model import Fault, ServiceKind
from telemetry_generator.world.offers import FUNCTION, usual_offer
from telemetry_generator.world.outline import Offer, Outline

_FITTING: Mapping[str, frozenset[str]] = {
    ServiceKind.HTTP: frozenset({"method", "route"}),
    ServiceKind.GRPC: frozenset({"method", "rpc_service"}),
    ServiceKind.DATABASE: frozenset({"method", "statement", "collection"}),
    ServiceKind.CACHE: frozenset({"method", "key"}),
    ServiceKind.QUEUE: frozenset({"destination"}),
    ServiceKind.CONSUMER: frozenset({"consumes", "group"}),
    FUNCTION: frozenset(),
}
"""Settings that only operations of a kind take."""
_SPECIAL = frozenset().union(*_FITTING.values())

_METHOD_AND_ROUTE = re.compile(r"([A-Z]+) (/\S*)")
_VERB = re.compile(r"\w+")
_COLLECTION = re.compile(r'\b(?:from|into|update|table)\s+"?([\w.]+)|"\w+":\s*"(\w+)"', re.I)
_RPC_CODES = frozenset(
    {
        "CANCELLED", "UNKNOWN", "INVALID_ARGUMENT", "DEADLINE_EXCEEDED", "NOT_FOUND",
        "ALREADY_EXISTS", "PERMISSION_DENIED", "RESOURCE_EXHAUSTED", "FAILED_PRECONDITION",
        "ABORTED", "OUT_OF_RANGE", "UNIMPLEMENTED", "INTERNAL", "UNAVAILABLE", "DATA_LOSS",
        "UNAUTHENTICATED",
    }
)  # fmt: skip


class _Request(NamedTuple):
    """What is asked for: method, target and text of an operation."""

    method: str
    target: str
    text: str = ""


def configured_offer(
    outline: Outline, kind: str, name: str, config: OperationConfig, seed: int
) -> Offer:
    """Return an operation of a service, `kind` being the service's or `FUNCTION`.

    Raises MisplacedError, with a path from the operation, for a setting that does not fit.
    """
    _check_settings(kind, config)
    usual = usual_offer(outline, kind, name, seed)
    request = _REQUESTS[kind](usual, name, config)
    rate = config.error_rate
    return replace(
        usual,
        name=name,
        method=request.method,
        target=request.target,
        text=request.text,
        latency=config.latency.latency if config.latency else usual.latency,
        error_per_million=usual.error_per_million if rate is None else round(rate * 10_000),
        fault=_fault(kind, config.fault, usual.fault),
        weight=config.weight,
        attributes=tuple(config.attributes.items()),
    )


def _check_settings(kind: str, config: OperationConfig) -> None:
    for setting in sorted(_SPECIAL & config.model_fields_set):
        if setting not in _FITTING[kind] and getattr(config, setting) is not None:
            known = ", ".join(sorted(_FITTING[kind])) or "no settings of the protocol"
            what = "a function" if kind == FUNCTION else f"an operation of kind {kind}"
            raise MisplacedError((setting,), f"{what} takes {known}")


def _http(_usual: Offer, name: str, config: OperationConfig) -> _Request:
    """Return method and route; a name such as `GET /carts` says both."""
    told = _METHOD_AND_ROUTE.fullmatch(name)
    method, route = told.groups() if told else ("GET", f"/{name.replace(' ', '-')}")
    return _Request(config.method or method, config.route or route)


def _rpc(usual: Offer, name: str, config: OperationConfig) -> _Request:
    return _Request(config.method or _camel(name), config.rpc_service or usual.target)


def _database(usual: Offer, name: str, config: OperationConfig) -> _Request:
    """Return what a statement says; without one, the usual statement about the collection."""
    if config.statement is None:
        target = config.collection or name
        text = usual.text.replace(usual.target, target)
        return _Request(config.method or usual.method, target, text)
    verb, about = _VERB.search(config.statement), _COLLECTION.search(config.statement)
    method = config.method or (verb[0] if verb else name)
    collection = config.collection or (about[1] or about[2] if about else name)
    return _Request(method, collection, config.statement)


def _cache(_usual: Offer, name: str, config: OperationConfig) -> _Request:
    command = name.upper() if name.isalpha() else "GET"
    return _Request(config.method or command, config.key or name)


def _queue(usual: Offer, name: str, config: OperationConfig) -> _Request:
    return _Request(usual.method, config.destination or name)


def _consumer(usual: Offer, _name: str, _config: OperationConfig) -> _Request:
    return _Request(usual.method, usual.target)


def _function(usual: Offer, name: str, _config: OperationConfig) -> _Request:
    return _Request(name, usual.target)


_REQUESTS: Mapping[str, Callable[[Offer, str, OperationConfig], _Request]] = {
    ServiceKind.HTTP: _http,
    ServiceKind.GRPC: _rpc,
    ServiceKind.DATABASE: _database,
    ServiceKind.CACHE: _cache,
    ServiceKind.QUEUE: _queue,
    ServiceKind.CONSUMER: _consumer,
    FUNCTION: _function,
}


def _camel(name: str) -> str:
    return "".join(part[:1].upper() + part[1:] for part in re.split(r"[^A-Za-z0-9]+", name))


def _fault(kind: str, config: FaultConfig | None, usual: Fault) -> Fault:
    if config is None:
        return usual
    if config.code is not None:
        _check_code(kind, config.code)
    return Fault(
        config.type or usual.exception,
        config.message or usual.message,
        usual.code if config.code is None else config.code,
    )


def _check_code(kind: str, code: str) -> None:
    path = ("fault", "code")
    if kind == ServiceKind.HTTP and not re.fullmatch(r"[45]\d\d", code):
        raise MisplacedError(path, f"{code} is no HTTP status of a failure (400 to 599)")
    if kind == ServiceKind.GRPC and code not in _RPC_CODES:
        raise MisplacedError(path, f"{code} is no gRPC status of a failure, such as UNAVAILABLE")
